/* A hundred threads open and close the runtime at once; when the last has closed it, it is closed. */
#include <hsa/hsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define THREADS 100
#define ROUNDS 20

static pthread_barrier_t start;
static atomic_int failures;

static hsa_status_t look(hsa_agent_t agent, void *data) {
    char name[64];
    (void)data;
    return hsa_agent_get_info(agent, HSA_AGENT_INFO_NAME, name);
}

static void check(hsa_status_t status, const char *what) {
    if (status == HSA_STATUS_SUCCESS) return;
    fprintf(stderr, "%s: %d\n", what, status);
    failures++;
}

static void *work(void *unused) {
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        check(hsa_init(), "hsa_init");
        check(hsa_iterate_agents(look, NULL), "hsa_iterate_agents");
        check(hsa_shut_down(), "hsa_shut_down");
    }
    return unused;
}

int main(void) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    printf("%d failures; after the last: %d\n", failures, hsa_shut_down());
    return 0;
}
