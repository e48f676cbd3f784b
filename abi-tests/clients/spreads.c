/* What waits for work that went wrong: a packet of another queue, a copy by an engine that waits for that, and what is asked
   for later. Usage: spreads CODE_OBJECT WHAT (kernels/meeting.c); WHAT is memory or abort. Needs a GPU that runs queues
   (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>

static void *there, *here;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    printf("queue error: %#x\n", (unsigned)status);
}

static hsa_signal_t copy(const hsa_signal_t *after) {
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_memory_async_copy(there, gpu, here, cpu, 4096, after ? 1 : 0, after, done));
    return done;
}

static long left(hsa_signal_t signal) {
    return (long)hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
}

int main(int count, char **words) {
    if (count < 3) return 2;
    int memory = strcmp(words[2], "memory") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    hsa_queue_t *bad = new_queue(HSA_QUEUE_TYPE_MULTI, on_error), *good = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    hsa_executable_t code = load(words[1]);
    void **arguments = shared(64);
    here = shared(4096);
    NEED(hsa_amd_memory_pool_allocate(vram, 4 << 20, 0, &there));
    arguments[0] = memory ? (void *)((uintptr_t)there - 4096) : here, arguments[1] = here;
    printf("before: %ld\n", left(copy(NULL)));

    hsa_signal_t gate = new_signal(1), first = new_signal(1), second = new_signal(1);
    barrier(bad, HSA_PACKET_TYPE_BARRIER_AND, &gate, 1, (hsa_signal_t){0});
    launch(bad, kernel(code, memory ? "touch" : "abort_wave"), 1, arguments, first);
    barrier(good, HSA_PACKET_TYPE_BARRIER_AND, &first, 1, second);
    hsa_signal_t third = copy(&second);
    hsa_signal_store_screlease(gate, 0);

    printf("work: %ld\n", left(first));
    printf("what waits for it: %ld\n", left(second));
    printf("the copy that waits for that: %ld\n", left(third));
    printf("a later one: %ld\n", left(copy(&third)));
    printf("one that waits for nothing: %ld\n", left(copy(NULL)));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
