/* A copy whose engine hangs, and those behind it: somebody finds out, and their waits end. A fault plan hangs the engine.
   Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>

static void *there, *here;
static atomic_int events;

static hsa_status_t on_event(const hsa_amd_event_t *event, void *data) {
    (void)data;
    if (event->event_type != HSA_AMD_GPU_HW_EXCEPTION_EVENT) return HSA_STATUS_ERROR;
    printf("hardware event: agent %d, cause %u\n", event->hw_exception.agent.handle == gpu.handle,
           (unsigned)event->hw_exception.reset_cause);
    events++;
    return HSA_STATUS_SUCCESS;
}

static hsa_signal_t copy(void) {
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_memory_async_copy(there, gpu, here, cpu, 4096, 0, NULL, done));
    return done;
}

static long left(hsa_signal_t signal) {
    return (long)hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    NEED(hsa_amd_register_system_event_handler(on_event, NULL));
    NEED(hsa_amd_memory_pool_allocate(vram, 4096, 0, &there));
    NEED(hsa_amd_memory_pool_allocate(system_memory, 4096, 0, &here));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, here));
    hsa_signal_t hangs = copy(), behind = copy();
    printf("hangs: %ld\n", left(hangs));
    printf("behind it: %ld\n", left(behind));
    printf("later: %ld\n", left(copy()));
    NEED(hsa_shut_down());
    printf("events: %d\nend\n", events);
    return 0;
}
