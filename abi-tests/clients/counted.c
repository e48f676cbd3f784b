/* Queues that several users share by count: how they are spread, what each may do, that all of them compute. Needs a GPU
   that runs queues (SIMKFD_GPU=1), GPU_MAX_HW_QUEUES=2, and as its argument the code object of `kernels/meeting.c`. */
#include "gpu.h"

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

static hsa_queue_t *queue;

static hsa_status_t acquire(hsa_agent_t agent, hsa_queue_type_t type, unsigned priority) {
    return hsa_amd_counted_queue_acquire(agent, type, (hsa_amd_queue_priority_t)priority, NULL, NULL, 0, &queue);
}

static uint32_t number(hsa_queue_t *of) {
    uint32_t id = 0;
    NEED(hsa_amd_queue_get_info(of, HSA_QUEUE_INFO_HW_ID, &id));
    return id;
}

static int32_t uses(hsa_queue_t *of) {
    int32_t count = 0;
    NEED(hsa_amd_queue_get_info(of, HSA_QUEUE_INFO_USE_COUNT, &count));
    return count;
}

static void refusals(void) {
    SAY(hsa_amd_counted_queue_acquire(gpu, HSA_QUEUE_TYPE_MULTI, HSA_AMD_QUEUE_PRIORITY_LOW, NULL, NULL, 0, NULL));
    SAY(acquire(gpu, HSA_QUEUE_TYPE_MULTI, 999));
    SAY(acquire(gpu, HSA_QUEUE_TYPE_SINGLE, HSA_AMD_QUEUE_PRIORITY_LOW));
    SAY(acquire(cpu, HSA_QUEUE_TYPE_MULTI, HSA_AMD_QUEUE_PRIORITY_LOW));
    SAY(hsa_amd_counted_queue_release(NULL));
}

int main(int count, char **files) {
    if (count != 2) return 2;
    enum { GROUPS = 4, ITEMS = GROUPS * 64 };
    open_gpu();
    refusals();
    hsa_queue_t *shared_queues[6];
    for (int i = 0; i < 6; i++) {
        NEED(acquire(gpu, HSA_QUEUE_TYPE_MULTI, i < 3 ? HSA_AMD_QUEUE_PRIORITY_LOW : HSA_AMD_QUEUE_PRIORITY_HIGH));
        shared_queues[i] = queue;
    }
    for (int i = 0; i < 6; i++)
        printf("%d: queue %u of %u packets, %d uses\n", i, number(shared_queues[i]), shared_queues[i]->size, uses(shared_queues[i]));
    printf("own handles: %d, one ring: %d\n", shared_queues[0] != shared_queues[2],
           shared_queues[0]->base_address == shared_queues[2]->base_address);
    uint32_t mask[3] = {0xf, 0, 0};
    SAY(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_LOW));
    SAY(hsa_amd_queue_cu_set_mask(queue, 32, mask));
    SAY(hsa_queue_destroy(queue));
    hsa_executable_symbol_t touch = kernel(load(files[1]), "touch");
    uint32_t *words = shared(ITEMS * 4), *out = shared(6 * ITEMS * 4);
    void **arguments = shared(6 * 16);
    for (uint32_t i = 0; i < ITEMS; i++) words[i] = i;
    for (int round = 0; round < 50; round++) {
        hsa_signal_t done = new_signal(6);
        for (int i = 0; i < 6; i++) {
            arguments[2 * i] = words, arguments[2 * i + 1] = out + i * ITEMS;
            launch(shared_queues[i], touch, GROUPS, arguments + 2 * i, done);
        }
        if (wait_zero(done)) puts("left");
        hsa_signal_destroy(done);
    }
    uint32_t right = 0;
    for (uint32_t i = 0; i < 6 * ITEMS; i++) right += out[i] == 2 * (i % ITEMS) + 1;
    printf("right: %u of %u\n", right, 6 * ITEMS);
    for (int i = 0; i < 6; i++) NEED(hsa_amd_counted_queue_release(shared_queues[i]));
    int32_t left;
    SAY(hsa_amd_queue_get_info(shared_queues[0], HSA_QUEUE_INFO_USE_COUNT, &left));
    NEED(acquire(gpu, HSA_QUEUE_TYPE_MULTI, HSA_AMD_QUEUE_PRIORITY_LOW));
    printf("again: queue %u, %d uses\n", number(queue), uses(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
