/* What scripts/bench runtime measures: hsa_bench WHAT REPEATS [SIGNALS]. Two runs that differ in REPEATS differ by the
   cost of that many operations. Under callgrind, only the operations are counted. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__has_include) && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

static void must(hsa_status_t status, const char *what) {
    if (status == HSA_STATUS_SUCCESS) return;
    fprintf(stderr, "%s: %d\n", what, (int)status);
    exit(1);
}

static void create_and_destroy(long repeats) {
    for (long i = 0; i < repeats; i++) {
        hsa_signal_t signal;
        must(hsa_signal_create(1, 0, NULL, &signal), "create");
        must(hsa_signal_destroy(signal), "destroy");
    }
}

static void store(hsa_signal_t signal, long repeats) {
    for (long i = 0; i < repeats; i++) hsa_signal_store_screlease(signal, i);
}

static void subtract(hsa_signal_t signal, long repeats) {
    for (long i = 0; i < repeats; i++) hsa_signal_subtract_screlease(signal, 1);
}

static void load(hsa_signal_t signal, long repeats) {
    for (long i = 0; i < repeats; i++) hsa_signal_load_scacquire(signal);
}

/* The condition is met already. */
static void wait(hsa_signal_t signal, long repeats) {
    for (long i = 0; i < repeats; i++)
        hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 5, UINT64_MAX, HSA_WAIT_STATE_ACTIVE);
}

static volatile int called;

static bool handler(hsa_signal_value_t value, void *unused) {
    (void)value;
    (void)unused;
    called = 1;
    return false;
}

/* A handler is registered and called, while `count` others wait for what does not come. */
static void handlers(hsa_signal_t signal, long repeats, long count) {
    for (long i = 0; i < count; i++) {
        hsa_signal_t other;
        must(hsa_signal_create(1, 0, NULL, &other), "create");
        must(hsa_amd_signal_async_handler(other, HSA_SIGNAL_CONDITION_LT, 1, handler, NULL), "register");
    }
    CALLGRIND_START_INSTRUMENTATION;
    for (long i = 0; i < repeats; i++) {
        called = 0;
        hsa_signal_store_screlease(signal, 1);
        must(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, handler, NULL), "register");
        hsa_signal_store_screlease(signal, 0);
        while (!called) usleep(10);
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    long repeats = argc > 2 ? atol(argv[2]) : 1, count = argc > 3 ? atol(argv[3]) : 0;
    hsa_signal_t signal;
    must(hsa_init(), "init");
    must(hsa_signal_create(1, 0, NULL, &signal), "create");
    if (!strcmp(what, "handler")) handlers(signal, repeats, count);
    CALLGRIND_START_INSTRUMENTATION;
    if (!strcmp(what, "create")) create_and_destroy(repeats);
    if (!strcmp(what, "store")) store(signal, repeats);
    if (!strcmp(what, "subtract")) subtract(signal, repeats);
    if (!strcmp(what, "load")) load(signal, repeats);
    if (!strcmp(what, "wait")) wait(signal, repeats);
    CALLGRIND_STOP_INSTRUMENTATION;
    fflush(NULL);
    _exit(0); /* what is left over is not measured */
}
