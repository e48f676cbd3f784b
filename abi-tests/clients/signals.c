/* Signals of every kind: made, read as the ABI lays them out, changed, waited for; the same on every library. */
#include <hsa/amd_hsa_signal.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SAY(call) printf("%s: %d\n", #call, (int)(call))
#define VALUE(call) printf("%s: %lld\n", #call, (long long)(call))
#define EQ HSA_SIGNAL_CONDITION_EQ
#define NE HSA_SIGNAL_CONDITION_NE
#define LT HSA_SIGNAL_CONDITION_LT
#define GTE HSA_SIGNAL_CONDITION_GTE
#define BLOCKED HSA_WAIT_STATE_BLOCKED
#define ACTIVE HSA_WAIT_STATE_ACTIVE

static hsa_agent_t cpu, gpu;
static const hsa_signal_t none = {0};

static hsa_status_t find_agents(hsa_agent_t agent, void *unused) {
    hsa_device_type_t type;
    (void)unused;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    hsa_agent_t *found = type == HSA_DEVICE_TYPE_GPU ? &gpu : &cpu;
    if (!found->handle) *found = agent;
    return HSA_STATUS_SUCCESS;
}

static bool handler(hsa_signal_value_t value, void *calls) {
    (void)value;
    (void)calls;
    return false;
}

/* What programs read past the library, and what the kind allows. Handlers only where they are refused: upstream's thread
   is of no use any more when a signal is destroyed that has one. */
static void look(const char *what, bool interrupts, hsa_signal_t signal) {
    const amd_signal_t *abi = (const amd_signal_t *)signal.handle;
    hsa_signal_value_t *pointer = NULL;
    printf("-- %s: kind %d, value %d, mailbox %s, event %s, times %d %d, aligned %s\n", what, (int)abi->kind,
           (int)abi->value, abi->event_mailbox_ptr ? "yes" : "no", abi->event_id ? "yes" : "no", (int)abi->start_ts,
           (int)abi->end_ts, signal.handle % 64 ? "no" : "yes");
    SAY(hsa_amd_signal_value_pointer(signal, (volatile hsa_signal_value_t **)&pointer));
    printf("pointer to the value: %s\n", pointer == &abi->value ? "yes" : "no");
    if (!interrupts) SAY(hsa_amd_signal_async_handler(signal, EQ, 12345, handler, NULL));
    SAY(hsa_signal_destroy(signal));
}

static void kinds(void) {
    hsa_agent_t both[2] = {cpu, gpu}, twice[2] = {gpu, gpu};
    hsa_signal_t signal = none;
    SAY(hsa_signal_create(5, 0, NULL, &signal));
    look("for all", true, signal);
    SAY(hsa_signal_create(5, 1, &gpu, &signal));
    look("for the GPU", false, signal);
    SAY(hsa_signal_create(5, 1, &cpu, &signal));
    look("for the processor", true, signal);
    SAY(hsa_signal_create(-6, 2, both, &signal));
    look("for both", true, signal);
    SAY(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &signal));
    look("GPU only", false, signal);
    SAY(hsa_amd_signal_create(2, 0, NULL, 0, &signal));
    look("without attributes", true, signal);
    SAY(hsa_signal_create(5, 2, twice, &signal));
    SAY(hsa_signal_create(5, 1, NULL, &signal));
    SAY(hsa_signal_create(5, 0, NULL, NULL));
    SAY(hsa_signal_destroy(none));
    SAY(hsa_amd_signal_value_pointer(none, NULL));
    SAY(hsa_amd_signal_async_handler(none, EQ, 0, handler, NULL));
}

#define EACH_ORDER(signal, operation, operand)                              \
    hsa_signal_##operation##_relaxed(signal, operand);                      \
    VALUE(hsa_signal_load_relaxed(signal));                                 \
    hsa_signal_##operation##_scacquire(signal, operand);                    \
    VALUE(hsa_signal_load_scacquire(signal));                               \
    hsa_signal_##operation##_screlease(signal, operand + 1);                \
    VALUE(hsa_signal_load_relaxed(signal));                                 \
    hsa_signal_##operation##_scacq_screl(signal, operand + 2);              \
    VALUE(hsa_signal_load_acquire(signal))

static void operations(hsa_signal_t signal) {
    hsa_signal_store_relaxed(signal, 0x7000000000000001);
    VALUE(hsa_signal_load_relaxed(signal));
    hsa_signal_store_screlease(signal, -1);
    VALUE(hsa_signal_load_scacquire(signal));
    hsa_signal_silent_store_relaxed(signal, 100);
    VALUE(hsa_signal_load_relaxed(signal));
    hsa_signal_silent_store_screlease(signal, 0xff);
    EACH_ORDER(signal, and, 0x7e);
    EACH_ORDER(signal, or, 0x100);
    EACH_ORDER(signal, xor, 0x33);
    EACH_ORDER(signal, add, 1000);
    EACH_ORDER(signal, subtract, 3000);
    VALUE(hsa_signal_exchange_relaxed(signal, 1));
    VALUE(hsa_signal_exchange_scacquire(signal, 2));
    VALUE(hsa_signal_exchange_screlease(signal, 3));
    VALUE(hsa_signal_exchange_scacq_screl(signal, 4));
    VALUE(hsa_signal_cas_relaxed(signal, 4, 5));
    VALUE(hsa_signal_cas_scacquire(signal, 4, 6));
    VALUE(hsa_signal_cas_screlease(signal, 5, 7));
    VALUE(hsa_signal_cas_scacq_screl(signal, 7, -8));
    /* The names of HSA 1.0. */
    hsa_signal_store_release(signal, 10);
    hsa_signal_add_acq_rel(signal, 10);
    hsa_signal_subtract_acquire(signal, 5);
    hsa_signal_xor_release(signal, 1);
    VALUE(hsa_signal_exchange_acq_rel(signal, 11));
    VALUE(hsa_signal_cas_acquire(signal, 11, 12));
    VALUE(hsa_signal_wait_acquire(signal, EQ, 12, UINT64_MAX, BLOCKED));
}

static void waits(hsa_signal_t signal) {
    hsa_signal_store_relaxed(signal, 1);
    VALUE(hsa_signal_wait_scacquire(signal, EQ, 1, UINT64_MAX, BLOCKED));
    VALUE(hsa_signal_wait_relaxed(signal, NE, 2, UINT64_MAX, ACTIVE));
    VALUE(hsa_signal_wait_relaxed(signal, LT, 2, UINT64_MAX, ACTIVE));
    VALUE(hsa_signal_wait_relaxed(signal, GTE, 1, UINT64_MAX, BLOCKED));
    VALUE(hsa_signal_wait_relaxed(signal, LT, 1, 0, BLOCKED));
    VALUE(hsa_signal_wait_relaxed(signal, LT, -5, 1000000, ACTIVE));
    VALUE(hsa_signal_wait_scacquire(signal, GTE, 2, 3000000, BLOCKED));
}

/* One after another, each when it is waited for: two at once could be told in either order. */
static sem_t turn;

static void *count_down(void *signals) {
    const hsa_signal_t *signal = signals;
    for (int i = 0; i < 4; i++) {
        while (sem_wait(&turn)) continue;
        usleep(2000 + 3000 * i);
        hsa_signal_subtract_screlease(signal[i], 1);
    }
    return NULL;
}

static void several(hsa_signal_t *signals) {
    hsa_signal_condition_t less[4] = {LT, LT, LT, LT};
    hsa_signal_value_t one[4] = {1, 1, 1, 1}, value = 77;
    pthread_t thread;
    hsa_signal_t found = none;
    hsa_signal_group_t group;
    for (int i = 0; i < 4; i++) hsa_signal_store_relaxed(signals[i], 1);
    sem_init(&turn, 0, 1);
    pthread_create(&thread, NULL, count_down, signals);
    VALUE(hsa_signal_wait_scacquire(signals[0], LT, 1, UINT64_MAX, BLOCKED));
    sem_post(&turn);
    VALUE(hsa_amd_signal_wait_any(3, signals + 1, less, one, UINT64_MAX, BLOCKED, &value));
    VALUE(value);
    SAY(hsa_signal_group_create(0, signals, 0, NULL, &group));
    SAY(hsa_signal_group_create(2, signals + 2, 1, &gpu, &group));
    sem_post(&turn);
    SAY(hsa_signal_group_wait_any_scacquire(group, less, one, BLOCKED, &found, &value));
    printf("the third one: %s, %d\n", found.handle == signals[2].handle ? "yes" : "no", (int)value);
    SAY(hsa_signal_group_wait_any_relaxed(group, less, one, ACTIVE, &found, &value));
    SAY(hsa_signal_group_destroy(group));
    sem_post(&turn);
    VALUE(hsa_signal_wait_scacquire(signals[3], LT, 1, UINT64_MAX, ACTIVE));
    pthread_join(thread, NULL);
}

/* What the handlers of one thread did; a lock, since the main thread prints it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int calls, sum;

static bool count(hsa_signal_value_t value, void *wanted) {
    pthread_mutex_lock(&lock);
    sum += (int)value;
    bool keep = ++calls % (int)(intptr_t)wanted != 0;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return keep;
}

static void called(void *number) {
    count(1000, number);
}

static void await(int wanted) {
    pthread_mutex_lock(&lock);
    while (calls < wanted) pthread_cond_wait(&changed, &lock);
    printf("calls %d, sum %d\n", calls, sum);
    pthread_mutex_unlock(&lock);
}

static void handlers(hsa_signal_t *signals) {
    for (int i = 0; i < 4; i++) hsa_signal_store_relaxed(signals[i], 1);
    SAY(hsa_amd_signal_async_handler(signals[0], LT, 1, NULL, NULL));
    SAY(hsa_amd_signal_async_handler(signals[0], LT, 1, count, (void *)1));
    SAY(hsa_amd_signal_async_handler(signals[1], GTE, 50, count, (void *)1));
    hsa_signal_store_screlease(signals[0], -1);
    await(1);
    hsa_signal_store_screlease(signals[1], 60);
    await(2);
    /* Met already; and one that stays for three calls. */
    SAY(hsa_amd_signal_async_handler(signals[0], EQ, -1, count, (void *)1));
    await(3);
    SAY(hsa_amd_signal_async_handler(signals[2], EQ, 5, count, (void *)6));
    hsa_signal_store_screlease(signals[2], 5);
    await(6);
    SAY(hsa_amd_async_function(NULL, NULL));
    SAY(hsa_amd_async_function(called, (void *)1));
    await(7);
    /* Several at one signal. */
    for (int i = 0; i < 3; i++) SAY(hsa_amd_signal_async_handler(signals[3], NE, 1, count, (void *)1));
    hsa_signal_add_screlease(signals[3], 1);
    await(10);
}

int main(void) {
    hsa_signal_t signals[4];
    SAY(hsa_signal_create(1, 0, NULL, &signals[0]));
    SAY(hsa_init());
    hsa_iterate_agents(find_agents, NULL);
    kinds();
    for (int i = 0; i < 4; i++) SAY(hsa_signal_create(1, 0, NULL, &signals[i]));
    operations(signals[0]);
    waits(signals[0]);
    several(signals);
    handlers(signals);
    for (int i = 0; i < 4; i++) SAY(hsa_signal_destroy(signals[i]));
    SAY(hsa_amd_signal_create(3, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &signals[0]));
    operations(signals[0]);
    waits(signals[0]);
    SAY(hsa_signal_destroy(signals[0]));
    SAY(hsa_shut_down());
    SAY(hsa_signal_create(1, 0, NULL, &signals[0]));
    return 0;
}
