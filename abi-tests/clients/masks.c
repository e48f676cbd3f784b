/* Which compute units queues may use: what HSA_CU_MASK says, what a program sets, and what it reads back. */
#include "gpu.h"

static void show(const char *when, hsa_queue_t *queue) {
    uint32_t mask[5] = {7, 7, 7, 7, 7};
    unsigned status = (unsigned)hsa_amd_queue_cu_get_mask(queue, 128, mask);
    printf("%s: %#x, %#x %#x %#x %#x %#x\n", when, status, mask[0], mask[1], mask[2], mask[3], mask[4]);
}

static void set(const char *what, hsa_queue_t *queue, uint32_t bits, uint32_t first, uint32_t second, uint32_t third) {
    uint32_t mask[3] = {first, second, third};
    printf("set %s: %#x\n", what, (unsigned)hsa_amd_queue_cu_set_mask(queue, bits, bits ? mask : NULL));
    show(what, queue);
}

int main(void) {
    open_gpu();
    uint32_t units = 0;
    NEED(hsa_agent_get_info(gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT, &units));
    printf("units of a cooperative dispatch: %u\n", units);
    hsa_queue_t *queue;
    unsigned status = (unsigned)hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue);
    printf("create: %#x\n", status);
    if (status) return 0;
    show("at first", queue);
    set("as all are", queue, 0, 0, 0, 0);
    set("four", queue, 32, 0xf, 0, 0);
    set("half a pair", queue, 32, 1, 0, 0);
    set("more than there are", queue, 96, ~0u, ~0u, ~0u);
    set("the second word", queue, 64, 0, 0xff00, 0);
    set("the third word", queue, 96, 0, 0, 0xc0000003);
    set("none", queue, 32, 0, 0, 0);
    set("all again", queue, 0, 0, 0, 0);
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
