/* A kernel that does not end: it waits for the host. Usage: stalls CODE_OBJECT [TRACE TIMES] (kernels/meeting.c). The host
   lets it go when the trace of ioctls says that queues were updated so many times, or waits with the kernel, for ever
   unless the GPU hangs and somebody finds out. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>
#include <time.h>

static atomic_int errors;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    printf("queue error: %#x\n", (unsigned)status);
    errors++;
}

static int updates(const char *trace) {
    char line[4096];
    int count = 0;
    FILE *file = fopen(trace, "r");
    while (file && fgets(line, sizeof line, file)) count += strstr(line, " UPDATE_QUEUE ") != NULL;
    if (file) fclose(file);
    return count;
}

int main(int count, char **words) {
    if (count < 2) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, on_error);
    hsa_executable_t code = load(words[1]);
    uint32_t *word = shared(64), *seen = shared(256);
    void **arguments = shared(64);
    arguments[0] = word, arguments[1] = seen;
    hsa_signal_t done = new_signal(1);
    launch(queue, kernel(code, "wait_for"), 1, arguments, done);
    if (count > 3) {
        struct timespec nap = {0, 10000000};
        while (updates(words[2]) < atoi(words[3])) nanosleep(&nap, NULL);
        word[1] = 99;
        __atomic_store_n(word, 7, __ATOMIC_RELEASE);
    }
    long left = (long)hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
    printf("left: %ld, seen: %u, errors: %d\n", left, seen[63], errors);
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
