/* What scripts/bench runtime measures: hsa_bench WHAT REPEATS [NUMBER|CODE_OBJECT]. Two runs that differ in REPEATS differ
   by the cost of that many operations. Under callgrind, only the operations are counted. */
#include "gpu.h"

#include <unistd.h>
#if defined(__has_include) && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

/* What an operation is done with; each takes what it wants. */
static hsa_signal_t signal;
static hsa_queue_t *queue;
static hsa_executable_t executable;
static hsa_executable_symbol_t symbol;
static void *place, *source;
static size_t bytes;

static void create(long i) {
    hsa_signal_t made;
    NEED(hsa_signal_create(i, 0, NULL, &made));
    NEED(hsa_signal_destroy(made));
}

static void load_value(long i) {
    (void)i;
    hsa_signal_load_scacquire(signal);
}

static void store(long i) { hsa_signal_store_screlease(signal, i); }

static void subtract(long i) {
    (void)i;
    hsa_signal_subtract_screlease(signal, 1);
}

/* The condition is met already. */
static void wait(long i) {
    (void)i;
    hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 5, UINT64_MAX, HSA_WAIT_STATE_ACTIVE);
}

static void doorbell(long i) {
    (void)i;
    uint64_t index = hsa_queue_add_write_index_screlease(queue, 1);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

static void allocate(long i) {
    (void)i;
    void *made;
    NEED(hsa_amd_memory_pool_allocate(vram, bytes, 0, &made));
    NEED(hsa_amd_memory_pool_free(made));
}

static void pointer(long i) {
    (void)i;
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    NEED(hsa_amd_pointer_info(place, &info, NULL, NULL, NULL));
}

static void lock(long i) {
    (void)i;
    void *on_gpu;
    NEED(hsa_amd_memory_lock(place, 4096, &gpu, 1, &on_gpu));
    NEED(hsa_amd_memory_unlock(place));
}

static void copy(long i) {
    (void)i;
    NEED(hsa_amd_memory_async_copy(place, gpu, source, cpu, 4096, 0, NULL, signal));
}

static void find_symbol(long i) {
    (void)i;
    NEED(hsa_executable_get_symbol_by_name(executable, "sums.kd", &gpu, &symbol));
}

static void ask_symbol(long i) {
    (void)i;
    uint64_t object;
    NEED(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &object));
}

static volatile int called;

static bool handler(hsa_signal_value_t value, void *unused) {
    (void)value;
    (void)unused;
    called = 1;
    return false;
}

/* A barrier completes a signal that has a handler. */
static void handle(long i) {
    (void)i;
    called = 0;
    hsa_signal_store_screlease(signal, 1);
    NEED(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, handler, NULL));
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, signal);
    while (!called) usleep(50);
}

static void with_queue(const char *unused) {
    (void)unused;
    queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
}

static void with_bytes(const char *number) { bytes = strtoul(number, NULL, 0); }

/* The last one of so many is looked up. */
static void with_allocations(const char *number) {
    for (long i = atol(number); i > 0; i--) NEED(hsa_amd_memory_pool_allocate(vram, 4096, 0, &place));
}

/* The range is locked all the time. */
static void with_locked(const char *unused) {
    (void)unused;
    void *on_gpu;
    place = aligned_alloc(4096, 4096);
    NEED(hsa_amd_memory_lock(place, 4096, &gpu, 1, &on_gpu));
}

/* The first copy makes the engine. */
static void with_engine(const char *unused) {
    (void)unused;
    NEED(hsa_amd_memory_pool_allocate(vram, 4096, 0, &place));
    NEED(hsa_amd_memory_pool_allocate(system_memory, 4096, 0, &source));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, source));
    copy(0);
    wait_zero(signal);
}

static void with_code(const char *file) {
    executable = load(file);
    find_symbol(0);
}

/* So many others wait for what does not come. */
static void with_handlers(const char *number) {
    with_queue(NULL);
    for (long i = atol(number); i > 1; i--)
        NEED(hsa_amd_signal_async_handler(new_signal(1), HSA_SIGNAL_CONDITION_LT, 1, handler, NULL));
    handle(0);
}

static const struct {
    const char *name;
    void (*operation)(long);
    void (*prepare)(const char *);
} operations[] = {
    {"create", create, NULL},
    {"load", load_value, NULL},
    {"store", store, NULL},
    {"subtract", subtract, NULL},
    {"wait", wait, NULL},
    {"doorbell", doorbell, with_queue},
    {"allocate", allocate, with_bytes},
    {"pointer", pointer, with_allocations},
    {"lock", lock, with_locked},
    {"copy", copy, with_engine},
    {"symbol", find_symbol, with_code},
    {"info", ask_symbol, with_code},
    {"handler", handle, with_handlers},
};

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    long repeats = atol(argv[2]);
    open_gpu();
    signal = new_signal(1);
    for (size_t which = 0; which < sizeof operations / sizeof *operations; which++) {
        if (strcmp(argv[1], operations[which].name)) continue;
        if (operations[which].prepare) operations[which].prepare(argv[3]);
        CALLGRIND_START_INSTRUMENTATION;
        for (long i = 0; i < repeats; i++) operations[which].operation(i);
        CALLGRIND_STOP_INSTRUMENTATION;
        fflush(NULL);
        _exit(0); /* what is left over is not measured */
    }
    return 2;
}
