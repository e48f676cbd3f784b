/* Signals that are made together: refusals, side by side, completed by a GPU, changed by the host, heard by handlers, and gone
   in any order. In the host's memory and in the GPU's. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"

#include <stdatomic.h>
#include <unistd.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

enum { COUNT = 100 };

static hsa_amd_signal_batch_t batch;
static hsa_signal_t signals[COUNT];
static atomic_int heard;

static hsa_status_t make(uint32_t count, const hsa_signal_value_t *values, uint64_t attributes, hsa_amd_memory_pool_t pool) {
    return hsa_amd_signal_batch_create(count, values, 0, NULL, attributes, pool, &batch, signals);
}

static void refusals(void) {
    hsa_agent_t twice[2] = {gpu, gpu};
    hsa_amd_memory_pool_t none = {0};
    SAY(make(0, NULL, 0, arguments_memory));
    SAY(make(1, NULL, HSA_AMD_SIGNAL_IPC, arguments_memory));
    SAY(make(1, NULL, 0, none));
    SAY(hsa_amd_signal_batch_create(1, NULL, 0, NULL, 0, arguments_memory, NULL, signals));
    SAY(hsa_amd_signal_batch_create(1, NULL, 0, NULL, 0, arguments_memory, &batch, NULL));
    SAY(hsa_amd_signal_batch_create(1, NULL, 1, NULL, 0, arguments_memory, &batch, signals));
    SAY(hsa_amd_signal_batch_create(1, NULL, 2, twice, 0, arguments_memory, &batch, signals));
    batch.handle = 0;
    SAY(hsa_amd_signal_batch_destroy(batch));
}

static bool hear(hsa_signal_value_t value, void *argument) {
    (void)argument;
    atomic_fetch_add(&heard, value == 0);
    return false;
}

static void use(const char *where, hsa_amd_memory_pool_t pool, hsa_queue_t *queue) {
    hsa_signal_value_t values[COUNT];
    for (int i = 0; i < COUNT; i++) values[i] = i + 1;
    printf("in %s memory: %#x\n", where, (unsigned)make(COUNT, values, 0, pool));
    int side_by_side = 0, right = 0;
    for (int i = 0; i < COUNT; i++) {
        side_by_side += i == 0 || signals[i].handle == signals[i - 1].handle + 128;
        right += hsa_signal_load_scacquire(signals[i]) == i + 1;
        hsa_signal_subtract_relaxed(signals[i], i - 1);
        right += hsa_signal_exchange_scacq_screl(signals[i], 1) == 2;
        right += hsa_signal_cas_scacq_screl(signals[i], 7, 9) == 1;
    }
    printf("side by side: %d, right: %d\n", side_by_side, right);
    heard = 0;
    NEED(hsa_amd_signal_async_handler(signals[COUNT - 1], HSA_SIGNAL_CONDITION_EQ, 0, hear, NULL));
    for (int i = 0; i < COUNT; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, signals[i]);
    for (int i = 0; i < COUNT; i++)
        if (wait_zero(signals[i])) puts("left");
    while (!heard) usleep(100);
}

static void end(int batch_is_first) {
    if (batch_is_first) SAY(hsa_amd_signal_batch_destroy(batch));
    for (int i = 0; i < COUNT; i++) NEED(hsa_signal_destroy(signals[i]));
    if (!batch_is_first) SAY(hsa_amd_signal_batch_destroy(batch));
    SAY(hsa_amd_signal_batch_destroy(batch));
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    NEED(hsa_amd_pointer_info((void *)(uintptr_t)signals[0].handle, &info, NULL, NULL, NULL));
    printf("its memory is known: %d\n", info.type != HSA_EXT_POINTER_TYPE_UNKNOWN);
}

int main(void) {
    open_gpu();
    refusals();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    use("the host's", arguments_memory, queue);
    end(1);
    use("the GPU's", vram, queue);
    end(0);
    use("the host's", arguments_memory, queue);
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
