/* 256 threads allocate, map, look up, free, and make, set and wait on events at once. */
#include "kmt.h"
#include <pthread.h>
#include <stdatomic.h>

#define THREADS 256
#define ROUNDS 20

static pthread_barrier_t start;
static atomic_int failures;

static void check(HSAKMT_STATUS status, const char *what) {
    if (status == HSAKMT_STATUS_SUCCESS) return;
    fprintf(stderr, "%s: %d\n", what, status);
    failures++;
}

static void memory(HSAuint64 size) {
    HSAuint64 alternate = 0;
    HsaPointerInfo info;
    void *address = NULL;
    check(hsaKmtAllocMemory(0, size, system_flags(), &address), "allocate");
    check(hsaKmtMapMemoryToGPU(address, size, &alternate), "map");
    check(hsaKmtQueryPointerInfo(address, &info), "look up");
    if (info.CPUAddress != address || info.SizeInBytes != size) failures++;
    check(hsaKmtUnmapMemoryToGPU(address), "unmap");
    check(hsaKmtFreeMemory(address, size), "free");
}

static void event(void) {
    HsaEventDescriptor descriptor = {0};
    HsaEvent *made = NULL;
    check(hsaKmtCreateEvent(&descriptor, false, false, &made), "create event");
    check(hsaKmtSetEvent(made), "set event");
    check(hsaKmtWaitOnEvent(made, 1000), "wait");
    check(hsaKmtDestroyEvent(made), "destroy event");
}

static void *work(void *number) {
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        memory(4096 * (1 + ((uintptr_t)number + round) % 8));
        event();
    }
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    kmt_open();
    pthread_barrier_init(&start, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    printf("%d failures\n", failures);
    kmt_close();
    return 0;
}
