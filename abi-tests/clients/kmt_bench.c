/* What scripts/bench thunk measures: kmt_bench WHAT REPEATS [ALLOCATIONS]. Two runs that differ in REPEATS differ by the
   cost of that many operations. Under callgrind, only the operations are counted. */
#include "kmt.h"
#if defined(__has_include) && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

#define SIZE 4096

static void must(HSAKMT_STATUS status, const char *what) {
    if (status == HSAKMT_STATUS_SUCCESS) return;
    fprintf(stderr, "%s: %d\n", what, (int)status);
    exit(1);
}

static void allocations(long repeats) {
    HsaMemFlags flags = local_flags();
    HSAuint64 alternate;
    for (long i = 0; i < repeats; i++) {
        void *address = NULL;
        must(hsaKmtAllocMemory(gpus[0], SIZE, flags, &address), "allocate");
        must(hsaKmtMapMemoryToGPU(address, SIZE, &alternate), "map");
        must(hsaKmtUnmapMemoryToGPU(address), "unmap");
        must(hsaKmtFreeMemory(address, SIZE), "free");
    }
}

static void events(long repeats) {
    HsaEventDescriptor wanted = {0};
    wanted.EventType = HSA_EVENTTYPE_SIGNAL;
    for (long i = 0; i < repeats; i++) {
        HsaEvent *event = NULL;
        must(hsaKmtCreateEvent(&wanted, false, false, &event), "create");
        must(hsaKmtSetEvent(event), "set");
        must(hsaKmtWaitOnEvent(event, 1000), "wait");
        must(hsaKmtDestroyEvent(event), "destroy");
    }
}

static void lookups(long repeats, char **places, long count) {
    HsaPointerInfo info;
    unsigned long long state = 1;
    for (long i = 0; i < repeats; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        char *inside = places[(state >> 33) % count] + (state >> 20) % SIZE;
        must(hsaKmtQueryPointerInfo(inside, &info), "look up");
    }
}

/* A process may have 65,530 mappings, and memory takes one for each allocation. Addresses alone do not, with
   HSA_SVM_GUARD_PAGES=0: then the kernel joins them. */
static char **allocate_many(long count) {
    char **places = calloc(count, sizeof *places);
    HsaMemFlags flags = local_flags();
    flags.ui32.OnlyAddress = 1;
    for (long i = 0; i < count; i++)
        must(hsaKmtAllocMemory(gpus[0], SIZE, flags, (void **)&places[i]), "allocate many");
    return places;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    long repeats = argc > 2 ? atol(argv[2]) : 1, count = argc > 3 ? atol(argv[3]) : 1;
    char **places = NULL;
    kmt_open();
    if (!strcmp(what, "lookup")) places = allocate_many(count);
    CALLGRIND_START_INSTRUMENTATION;
    if (!strcmp(what, "memory")) allocations(repeats);
    if (!strcmp(what, "event")) events(repeats);
    if (places) lookups(repeats, places, count);
    CALLGRIND_STOP_INSTRUMENTATION;
    fflush(NULL);
    _exit(0); /* a million allocations need not be freed one by one */
}
