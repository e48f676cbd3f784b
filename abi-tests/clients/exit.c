/* exit() by one thread while others are inside the library, and calls after exit has begun. */
#include <hsa/hsa.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_barrier_t started;

static void *busy(void *unused) {
    uint64_t now;
    pthread_barrier_wait(&started);
    for (;;) {
        hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &now);
        if (hsa_init() == HSA_STATUS_SUCCESS) hsa_shut_down();
    }
    return unused;
}

/* A status, whichever, and no crash: the library must not have torn anything down. */
static void late(void) {
    uint16_t major;
    hsa_status_t status = hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &major);
    printf("late call returned: %s\n", status == HSA_STATUS_SUCCESS || status >= HSA_STATUS_ERROR ? "a status" : "nonsense");
}

static void *leave(void *unused) {
    pthread_barrier_wait(&started);
    exit(7);
    return unused;
}

int main(void) {
    pthread_t thread;
    pthread_barrier_init(&started, NULL, 6);
    atexit(late);
    if (hsa_init() != HSA_STATUS_SUCCESS) return 1;
    for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, busy, NULL);
    pthread_create(&thread, NULL, leave, NULL);
    pthread_barrier_wait(&started);
    pthread_join(thread, NULL);
    return 2;
}
