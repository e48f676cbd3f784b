/* Signals in numbers: "threads" makes and destroys them from 16 threads, "many" has 100,000 of them, "again" starts and
   ends the runtime with handlers left over, "idle" waits for ten seconds for what does not come, "fork" goes on in parent
   and child, "exit" leaves while others wait, "stuck" waits for nothing, first shortly. */
#include "idle.h"
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 16
#define ROUNDS 2000
#define MANY 100000

static atomic_int failures, calls;

static void want(int right) {
    if (!right) atomic_fetch_add(&failures, 1);
}

static bool once(hsa_signal_value_t value, void *signal) {
    want(value < 1);
    if (signal) want(hsa_signal_destroy((hsa_signal_t){(uintptr_t)signal}) == HSA_STATUS_SUCCESS);
    atomic_fetch_add(&calls, 1);
    return false;
}

static void *make_and_destroy(void *seed) {
    unsigned int state = (unsigned int)(uintptr_t)seed;
    for (int i = 0; i < ROUNDS; i++) {
        hsa_signal_t signal;
        want(hsa_signal_create(1, 0, NULL, &signal) == HSA_STATUS_SUCCESS);
        want(hsa_signal_load_scacquire(signal) == 1);
        switch (rand_r(&state) % 3) {
            case 0: /* The handler destroys it. */
                want(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, once,
                                                  (void *)(uintptr_t)signal.handle) == HSA_STATUS_SUCCESS);
                hsa_signal_subtract_screlease(signal, 1);
                continue;
            case 1:
                hsa_signal_store_screlease(signal, -i);
                want(hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                               HSA_WAIT_STATE_BLOCKED) == -i);
        }
        want(hsa_signal_destroy(signal) == HSA_STATUS_SUCCESS);
    }
    return NULL;
}

static void threads(void) {
    pthread_t made[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&made[i], NULL, make_and_destroy, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++) pthread_join(made[i], NULL);
}

/* Every one hundredth gets a handler, and is set last. */
static void many(void) {
    hsa_signal_t *signals = calloc(MANY, sizeof *signals);
    for (int i = 0; i < MANY; i++) {
        want(hsa_signal_create(i + 1, 0, NULL, &signals[i]) == HSA_STATUS_SUCCESS);
        if (i % 100 == 0)
            want(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_LT, 1, once, NULL) ==
                 HSA_STATUS_SUCCESS);
    }
    for (int i = 0; i < MANY; i++) want(hsa_signal_exchange_scacq_screl(signals[i], 0) == i + 1);
    while (atomic_load(&calls) < MANY / 100) usleep(1000);
    for (int i = 0; i < MANY; i++) want(hsa_signal_destroy(signals[i]) == HSA_STATUS_SUCCESS);
    free(signals);
}

static void again(void) {
    for (int round = 0; round < 100; round++) {
        hsa_signal_t signals[20];
        want(hsa_shut_down() == HSA_STATUS_SUCCESS);
        want(hsa_init() == HSA_STATUS_SUCCESS);
        for (int i = 0; i < 20; i++) {
            want(hsa_signal_create(1, 0, NULL, &signals[i]) == HSA_STATUS_SUCCESS);
            want(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_LT, 1, once, NULL) ==
                 HSA_STATUS_SUCCESS);
        }
        for (int i = 0; i < 10; i++) hsa_signal_store_screlease(signals[i], 0);
        while (atomic_load(&calls) < 10 * (round + 1)) usleep(100);
    }
}

static void *wait_long(void *signal) {
    want(hsa_signal_wait_scacquire(*(hsa_signal_t *)signal, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                   HSA_WAIT_STATE_ACTIVE) == 0);
    return NULL;
}

/* A thread waits for a signal that interrupts, one for a signal that nobody announces, and 5000 have handlers. */
static void idle(void) {
    hsa_signal_t signals[5002];
    pthread_t waiting[2];
    for (int i = 0; i < 5002; i++) want(hsa_signal_create(1, 0, NULL, &signals[i]) == HSA_STATUS_SUCCESS);
    want(hsa_signal_destroy(signals[1]) == HSA_STATUS_SUCCESS);
    want(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &signals[1]) == HSA_STATUS_SUCCESS);
    for (int i = 2; i < 5002; i++)
        want(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_LT, 1, once, NULL) ==
             HSA_STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) pthread_create(&waiting[i], NULL, wait_long, &signals[i]);
    sleep(3);
    look_on();
    for (int i = 0; i < 5002; i++) hsa_signal_store_screlease(signals[i], 0);
    for (int i = 0; i < 2; i++) pthread_join(waiting[i], NULL);
    while (atomic_load(&calls) < 5000) usleep(1000);
}

/* A signal, a wait and a handler. */
static void use(void) {
    hsa_signal_t signal;
    pthread_t waiting;
    int before = atomic_load(&calls);
    want(hsa_signal_create(1, 0, NULL, &signal) == HSA_STATUS_SUCCESS);
    want(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, once, NULL) == HSA_STATUS_SUCCESS);
    pthread_create(&waiting, NULL, wait_long, &signal);
    usleep(5000);
    hsa_signal_store_screlease(signal, 0);
    pthread_join(waiting, NULL);
    while (atomic_load(&calls) == before) usleep(100);
    want(hsa_signal_destroy(signal) == HSA_STATUS_SUCCESS);
}

/* The child has none of the parent's threads, and begins anew. */
static void forked(void) {
    hsa_signal_t left;
    int status = -1;
    want(hsa_signal_create(1, 0, NULL, &left) == HSA_STATUS_SUCCESS);
    want(hsa_amd_signal_async_handler(left, HSA_SIGNAL_CONDITION_LT, 1, once, NULL) == HSA_STATUS_SUCCESS);
    use();
    pid_t child = fork();
    if (child == 0) {
        want(hsa_signal_destroy(left) == HSA_STATUS_ERROR_NOT_INITIALIZED);
        want(hsa_init() == HSA_STATUS_SUCCESS);
        want(hsa_signal_destroy(left) == HSA_STATUS_ERROR_INVALID_SIGNAL);
        use();
        want(hsa_shut_down() == HSA_STATUS_SUCCESS);
        exit(atomic_load(&failures));
    }
    use();
    want(waitpid(child, &status, 0) == child && status == 0);
    hsa_signal_store_screlease(left, 0);
}

static void leave(void) {
    hsa_signal_t signals[8];
    pthread_t waiting;
    for (int i = 0; i < 8; i++) {
        want(hsa_signal_create(1, 0, NULL, &signals[i]) == HSA_STATUS_SUCCESS);
        want(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_LT, 1, once, NULL) ==
             HSA_STATUS_SUCCESS);
        pthread_create(&waiting, NULL, wait_long, &signals[i]);
    }
    usleep(5000);
    exit(7);
}

/* Waits that are given up are no error. */
static void stuck(void) {
    hsa_signal_t signal;
    uint64_t second = 0;
    want(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &second) == HSA_STATUS_SUCCESS);
    want(hsa_signal_create(1, 0, NULL, &signal) == HSA_STATUS_SUCCESS);
    want(hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, second / 4, HSA_WAIT_STATE_BLOCKED) == 1);
    printf("waited in vain\n");
    fflush(stdout);
    want(hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, 3 * second, HSA_WAIT_STATE_BLOCKED) == 1);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    want(hsa_init() == HSA_STATUS_SUCCESS);
    if (!strcmp(what, "threads")) threads();
    if (!strcmp(what, "many")) many();
    if (!strcmp(what, "again")) again();
    if (!strcmp(what, "idle")) idle();
    if (!strcmp(what, "fork")) forked();
    if (!strcmp(what, "exit")) leave();
    if (!strcmp(what, "stuck")) stuck();
    want(hsa_shut_down() == HSA_STATUS_SUCCESS);
    printf("%s: %d failures\n", what, atomic_load(&failures));
    return 0;
}
