/* What becomes of work that a GPU cannot finish: three packets wait behind a gate, the first goes wrong, and waits without
   an end are for all of them and for what comes later. Usage: faults CODE_OBJECT WHAT HANDLERS [HOW] (kernels/meeting.c). WHAT is memory,
   abort, illegal or packet; HANDLERS are none, queue, system or both; HOW the process ends is wait (for the packets; the
   default), exit or shut_down (while the handler runs), destroy (the queue, while the fault is on its way), again (another
   queue computes afterwards) or time (as wait, and prints how long it was from the packets' begin to the last signal's error). Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>
#include <time.h>

static atomic_int queue_errors, system_events;
static const char *how = "wait";

static int ends(const char *word) { return strcmp(how, word) == 0; }

/* Handlers take their time when somebody else is to be quicker. */
static void heard(atomic_int *count) {
    struct timespec nap = {0, 50000000};
    atomic_fetch_add(count, 1);
    if (ends("exit") || ends("shut_down")) nanosleep(&nap, NULL);
}

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    if (queue != *(hsa_queue_t **)data) puts("another queue");
    printf("queue error: %#x\n", (unsigned)status);
    heard(&queue_errors);
}

static uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

static hsa_status_t on_event(const hsa_amd_event_t *event, void *data) {
    (void)data;
    if (event->event_type != HSA_AMD_GPU_MEMORY_FAULT_EVENT) return HSA_STATUS_ERROR;
    printf("system event: agent %d, reason %#x\n", event->memory_fault.agent.handle == gpu.handle,
           (unsigned)event->memory_fault.fault_reason_mask);
    heard(&system_events);
    return HSA_STATUS_SUCCESS;
}

/* A packet of the vendor's whose format is none. */
static void nonsense(hsa_queue_t *queue, hsa_signal_t done) {
    uint64_t index;
    hsa_barrier_and_packet_t *packet = reserve(queue, &index);
    packet->completion_signal = done;
    submit(queue, packet, index, HSA_PACKET_TYPE_VENDOR_SPECIFIC, 0xff);
}

static void compute(hsa_executable_t code) {
    uint32_t *words = shared(256), *out = shared(256);
    void **arguments = shared(64);
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    hsa_signal_t done = new_signal(1);
    words[5] = 20, arguments[0] = words, arguments[1] = out;
    launch(queue, kernel(code, "stumble"), 1, arguments, done);
    long left = wait_zero(done);
    printf("another queue: %ld left, %u\n", left, out[5]);
}

int main(int count, char **words) {
    if (count < 4) return 2;
    const char *what = words[2], *handlers = words[3];
    int both = strcmp(handlers, "both") == 0;
    if (count > 4) how = words[4];
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    if (both || strcmp(handlers, "system") == 0) NEED(hsa_amd_register_system_event_handler(on_event, NULL));
    static hsa_queue_t *queue;
    int hears = both || strcmp(handlers, "queue") == 0;
    NEED(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, hears ? on_error : NULL, &queue, UINT32_MAX, UINT32_MAX, &queue));
    hsa_executable_t code = load(words[1]);
    void **bad = shared(64), **good = shared(64), *buffer;
    good[0] = shared(256), good[1] = shared(256);
    NEED(hsa_amd_memory_pool_allocate(vram, 4 << 20, 0, &buffer));
    /* What was allocated last, and is no part of a block, has nothing before it. */
    bad[0] = (char *)buffer - 4096, bad[1] = good[1];
    printf("buffer: %p\n", buffer);

    hsa_signal_t gate = new_signal(1), done[3] = {new_signal(1), new_signal(1), new_signal(5)};
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, &gate, 1, (hsa_signal_t){0});
    if (strcmp(what, "memory") == 0) launch(queue, kernel(code, "touch"), 1, bad, done[0]);
    if (strcmp(what, "abort") == 0) launch(queue, kernel(code, "abort_wave"), 1, good, done[0]);
    if (strcmp(what, "illegal") == 0) launch(queue, kernel(code, "illegal"), 1, good, done[0]);
    if (strcmp(what, "packet") == 0) nonsense(queue, done[0]);
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, done[1]);
    launch(queue, kernel(code, "touch"), 1, good, done[2]);
    uint64_t begin = microseconds();
    hsa_signal_store_screlease(gate, 0);

    if (ends("destroy")) NEED(hsa_queue_destroy(queue));
    if (ends("exit") || ends("shut_down"))
        while (!queue_errors && !system_events) {}
    if (ends("exit")) exit(3);
    if (!ends("destroy") && !ends("shut_down")) {
        for (int i = 0; i < 3; i++)
            printf("left: %ld\n", (long)hsa_signal_wait_scacquire(done[i], HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                                                  HSA_WAIT_STATE_BLOCKED));
        if (ends("time")) printf("microseconds: %lu\n", (unsigned long)(microseconds() - begin));
        while (!queue_errors && !system_events) {}
        /* More than the ring has room for. */
        hsa_signal_t late = new_signal(1);
        for (int i = 0; i < 100; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, late);
        printf("late: %ld\n", (long)hsa_signal_wait_scacquire(late, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                                              HSA_WAIT_STATE_BLOCKED));
        if (ends("again")) compute(code);
        NEED(hsa_queue_destroy(queue));
    }
    NEED(hsa_shut_down());
    if (!ends("destroy")) printf("heard: %d\n", queue_errors + system_events);
    puts("end");
    return 0;
}
