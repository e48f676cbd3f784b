/* What scripts/bench tools measures: tools_bench packets|calls REPEATS TOOL. Packets go into a queue of a GPU that does not
   run them; with the tool library `table` into one that a handler sees them in, and passes them on. Calls are of one kind;
   with the tracer they are written down. Prints nanoseconds; under callgrind, only these operations are counted. */
#define _GNU_SOURCE
#include "gpu.h"

#include <dlfcn.h>
#include <hsa/hsa_api_trace.h>
#include <time.h>
#include <unistd.h>
#if defined(__has_include) && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

enum { PACKETS = 16384 };

static hsa_queue_t *queue;

static void pass(const void *packets, uint64_t count, uint64_t index, void *data, hsa_amd_queue_intercept_packet_writer writer) {
    (void)index, (void)data;
    writer(packets, count);
}

static void make_queue(const char *tool) {
    void *library = *tool ? dlopen(tool, RTLD_NOW) : NULL;
    HsaApiTable *(*table)(void) = library ? (HsaApiTable * (*)(void)) dlsym(library, "table") : NULL;
    if (!table) {
        NEED(hsa_queue_create(gpu, PACKETS, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue));
        return;
    }
    const AmdExtTable *amd = table()->amd_ext_;
    NEED(amd->hsa_amd_queue_intercept_create_fn(gpu, PACKETS, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue));
    NEED(amd->hsa_amd_queue_intercept_register_fn(queue, pass, NULL));
}

static void packet(void) { barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, (hsa_signal_t){0}); }

static void call(void) {
    uint16_t major;
    NEED(hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &major));
}

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv) {
    long repeats = argc == 4 ? atol(argv[2]) : 0;
    if (repeats < 1 || repeats >= PACKETS) return 2;
    char trace[64];
    snprintf(trace, sizeof trace, "/tmp/tools_bench.%d", (int)getpid());
    if (*argv[3]) setenv("HSA_TOOLS_LIB", argv[3], 1), setenv("HSA_TRACE", trace, 1);
    open_gpu();
    unlink(trace);
    bool packets = !strcmp(argv[1], "packets");
    if (packets) make_queue(argv[3]);
    void (*operation)(void) = packets ? packet : call;
    operation();
    double begin = nanoseconds();
    CALLGRIND_START_INSTRUMENTATION;
    for (long i = 0; i < repeats; i++) operation();
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("nanoseconds: %.0f\n", (nanoseconds() - begin) / (double)repeats);
    fflush(NULL);
    _exit(0); /* what is left over is not measured */
}
