/* Statuses of signals and groups of them; what those answer that have no status. */
#include "statuses.h"

#pragma weak hsa_amd_signal_wait_all

/* All functions of an operation that takes a signal and a value, in each memory order, by its old names and its new. */
#define ORDERS(KIND, operation, arguments, ...)                        \
    KIND(hsa_signal_##operation##_relaxed, arguments, __VA_ARGS__);    \
    KIND(hsa_signal_##operation##_scacquire, arguments, __VA_ARGS__);  \
    KIND(hsa_signal_##operation##_acquire, arguments, __VA_ARGS__);    \
    KIND(hsa_signal_##operation##_screlease, arguments, __VA_ARGS__);  \
    KIND(hsa_signal_##operation##_release, arguments, __VA_ARGS__);    \
    KIND(hsa_signal_##operation##_scacq_screl, arguments, __VA_ARGS__); \
    KIND(hsa_signal_##operation##_acq_rel, arguments, __VA_ARGS__)

static hsa_queue_t *queue;
static bool never(hsa_signal_value_t value, void *data) {
    (void)value, (void)data;
    return false;
}
static void nothing(void *data) { (void)data; }

static hsa_signal_t new_signal(hsa_signal_value_t value) {
    hsa_signal_t made;
    NEED(hsa_signal_create(value, 0, NULL, &made));
    return made;
}

static hsa_signal_t destroyed(void) {
    hsa_signal_t made = new_signal(1);
    NEED(hsa_signal_destroy(made));
    return made;
}

static void operations(void) {
    hsa_signal_t good = new_signal(1);
    ORDERS(VALUE, exchange, (good, 2), "good");
    ORDERS(VALUE, cas, (good, 2, 3), "good");
    ORDERS(SILENT, add, (good, 2), "good");
    ORDERS(SILENT, subtract, (good, 2), "good");
    ORDERS(SILENT, and, (good, 2), "good");
    ORDERS(SILENT, or, (good, 2), "good");
    ORDERS(SILENT, xor, (good, 2), "good");
    SILENT(hsa_signal_store_relaxed, (good, 1), "good");
    SILENT(hsa_signal_store_screlease, (good, 1), "good");
    SILENT(hsa_signal_store_release, (good, 1), "good");
    SILENT(hsa_signal_silent_store_relaxed, (good, 1), "good");
    SILENT(hsa_signal_silent_store_screlease, (good, 7), "good");
    VALUE(hsa_signal_load_relaxed, (good), "good");
    VALUE(hsa_signal_load_scacquire, (good), "good");
    VALUE(hsa_signal_load_acquire, (good), "good");
    for (unsigned condition = 0; condition < 4; condition++) {
        VALUE(hsa_signal_wait_relaxed, (good, condition, 7, 1, HSA_WAIT_STATE_BLOCKED), "condition %u", condition);
        VALUE(hsa_signal_wait_scacquire, (good, condition, 7, 1, HSA_WAIT_STATE_ACTIVE), "condition %u", condition);
        VALUE(hsa_signal_wait_acquire, (good, condition, 7, 1, 2), "condition %u", condition);
    }
    /* What each of the others does with a handle that is none: as these do. */
    VALUE(hsa_signal_load_relaxed, ((hsa_signal_t){0}), "null");
    SILENT(hsa_signal_store_relaxed, ((hsa_signal_t){0}, 1), "null");
    VALUE(hsa_signal_wait_relaxed, ((hsa_signal_t){0}, 0, 0, 1, 0), "null");
}

static void several(void) {
    hsa_signal_t good = new_signal(1), two[2] = {good, good}, none[2] = {good, {0}};
    hsa_signal_condition_t equal[2] = {HSA_SIGNAL_CONDITION_EQ, HSA_SIGNAL_CONDITION_EQ};
    hsa_signal_value_t values[2] = {1, 1}, out[2];
    VALUE(hsa_amd_signal_wait_any, (2, two, equal, values, 1, 0, out), "good");
    VALUE(hsa_amd_signal_wait_any, (2, two, equal, values, 1, 0, NULL), "nowhere");
    VALUE(hsa_amd_signal_wait_any, (2, none, equal, values, 1, 0, out), "one is null");
    VALUE(hsa_amd_signal_wait_any, (0, two, equal, values, 1, 0, out), "none");
    VALUE(hsa_amd_signal_wait_all, (2, two, equal, values, 1, 0, out), "good");
    VALUE(hsa_amd_signal_wait_all, (2, two, equal, values, 1, 0, NULL), "nowhere");
    values[1] = 2;
    VALUE(hsa_amd_signal_wait_all, (2, two, equal, values, 1, 0, out), "one is not met");
    values[0] = 2;
    VALUE(hsa_amd_signal_wait_any, (2, two, equal, values, 1, 0, NULL), "none is met");
}

static void created(void) {
    hsa_agent_t twice[2] = {gpu, gpu}, null[1] = {{0}};
    hsa_signal_t made;
    TRY(hsa_signal_create, (0, 0, NULL, &made), "for all");
    TRY(hsa_signal_create, (0, 1, &gpu, &made), "for a GPU");
    TRY(hsa_signal_create, (0, 2, twice, &made), "for a GPU twice");
    TRY(hsa_signal_create, (0, 1, null, &made), "for agent null");
    TRY(hsa_signal_create, (0, 1, NULL, &made), "for agents nowhere");
    TRY(hsa_signal_create, (0, 0, NULL, NULL), "nowhere");
    for (unsigned attributes = 0; attributes < 9; attributes++)
        TRY(hsa_amd_signal_create, (0, 0, NULL, attributes, &made), "attributes %#x", attributes);
    TRY(hsa_amd_signal_create, (0, 0, NULL, 1ull << 63, &made), "attributes far away");
    TRY(hsa_amd_signal_create, (0, 0, NULL, 0, NULL), "nowhere");
    TRY(hsa_amd_signal_create, (0, 1, NULL, 0, &made), "for agents nowhere");
    TRY(hsa_amd_signal_create, (0, 2, twice, 0, &made), "for a GPU twice");
}

static void handles(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"an agent", gpu.handle}, {"destroyed", destroyed().handle}};
    volatile hsa_signal_value_t *at;
    hsa_amd_ipc_signal_t shared;
    uint64_t times[2];
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_signal_t no = {bad[i].handle};
        TRY(hsa_signal_destroy, (no), "signal %s", kind);
        TRY(hsa_amd_signal_value_pointer, (no, &at), "signal %s", kind);
        TRY(hsa_amd_signal_async_handler, (no, HSA_SIGNAL_CONDITION_EQ, 5, never, NULL), "signal %s", kind);
        TRY(hsa_amd_ipc_signal_create, (no, &shared), "signal %s", kind);
        TRY(hsa_amd_profiling_get_dispatch_time, (gpu, no, (void *)times), "signal %s", kind);
        TRY(hsa_amd_profiling_get_async_copy_time, (no, (void *)times), "signal %s", kind);
        afresh();
    }
}

static void arguments(void) {
    hsa_signal_t good = new_signal(1), pool_signal, shared_signal;
    volatile hsa_signal_value_t *at;
    hsa_amd_ipc_signal_t shared;
    uint64_t times[2];
    NEED(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &pool_signal));
    NEED(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_IPC, &shared_signal));
    TRY(hsa_amd_signal_value_pointer, (good, &at), "good");
    TRY(hsa_amd_signal_value_pointer, (queue->doorbell_signal, &at), "a doorbell");
    TRY(hsa_amd_signal_value_pointer, (good, NULL), "nowhere");
    TRY(hsa_signal_destroy, (queue->doorbell_signal), "a doorbell");
    for (unsigned condition = 0; condition < 5; condition++)
        TRY(hsa_amd_signal_async_handler, (new_signal(1), condition, 5, never, NULL), "condition %u", condition);
    TRY(hsa_amd_signal_async_handler, (good, 0, 5, NULL, NULL), "no handler");
    TRY(hsa_amd_signal_async_handler, (pool_signal, 0, 5, never, NULL), "for GPUs alone");
    TRY(hsa_amd_signal_async_handler, (queue->doorbell_signal, 0, 5, never, NULL), "a doorbell");
    TRY(hsa_amd_async_function, (nothing, NULL), "good");
    TRY(hsa_amd_async_function, (NULL, NULL), "null");
    TRY(hsa_amd_register_system_event_handler, (NULL, NULL), "null");
    TRY(hsa_amd_ipc_signal_create, (good, &shared), "an own signal");
    TRY(hsa_amd_ipc_signal_create, (shared_signal, &shared), "good");
    TRY(hsa_amd_ipc_signal_create, (shared_signal, NULL), "nowhere");
    /* Not with a handle that nobody made: 7.2.4 looks for its maker for ten seconds. */
    TRY(hsa_amd_ipc_signal_attach, (NULL, &good), "no handle");
    TRY(hsa_amd_ipc_signal_attach, (&shared, NULL), "nowhere");
    TRY(hsa_amd_profiling_get_dispatch_time, (gpu, good, (void *)times), "nothing ran");
    TRY(hsa_amd_profiling_get_dispatch_time, (cpu, good, (void *)times), "CPU");
    TRY(hsa_amd_profiling_get_dispatch_time, ((hsa_agent_t){0}, good, (void *)times), "agent null");
    TRY(hsa_amd_profiling_get_dispatch_time, (gpu, good, NULL), "nowhere");
    TRY(hsa_amd_profiling_get_async_copy_time, (good, (void *)times), "nothing ran");
    TRY(hsa_amd_profiling_get_async_copy_time, (good, NULL), "nowhere");
    TRY(hsa_amd_profiling_async_copy_enable, (true), "on");
    TRY(hsa_amd_profiling_async_copy_enable, (false), "off");
    TRY(hsa_amd_profiling_convert_tick_to_system_domain, (gpu, 1, times), "GPU");
    TRY(hsa_amd_profiling_convert_tick_to_system_domain, (cpu, 1, times), "CPU");
    TRY(hsa_amd_profiling_convert_tick_to_system_domain, (gpu, 1, NULL), "nowhere");
    TRY(hsa_signal_destroy, (good), "good");
}

static void groups(void) {
    hsa_signal_t good = new_signal(1), two[2] = {good, new_signal(2)}, same[2] = {good, good}, null[2] = {good, {0}}, first;
    hsa_agent_t twice[2] = {gpu, gpu}, no_agent[1] = {{0}};
    hsa_signal_condition_t equal[2] = {HSA_SIGNAL_CONDITION_EQ, HSA_SIGNAL_CONDITION_EQ};
    hsa_signal_value_t values[2] = {1, 1}, value;
    hsa_signal_group_t group, gone;
    TRY(hsa_signal_group_create, (2, two, 0, NULL, &group), "good");
    TRY(hsa_signal_group_create, (2, two, 1, &cpu, &group), "for a CPU");
    TRY(hsa_signal_group_create, (2, same, 0, NULL, &group), "one twice");
    TRY(hsa_signal_group_create, (2, null, 0, NULL, &group), "one is null");
    TRY(hsa_signal_group_create, (0, two, 0, NULL, &group), "none");
    TRY(hsa_signal_group_create, (2, NULL, 0, NULL, &group), "signals nowhere");
    TRY(hsa_signal_group_create, (2, two, 2, twice, &group), "for a GPU twice");
    TRY(hsa_signal_group_create, (2, two, 1, no_agent, &group), "for agent null");
    TRY(hsa_signal_group_create, (2, two, 1, NULL, &group), "for agents nowhere");
    TRY(hsa_signal_group_create, (2, two, 0, NULL, NULL), "nowhere");
    NEED(hsa_signal_group_create(2, two, 0, NULL, &group));
    NEED(hsa_signal_group_create(2, two, 0, NULL, &gone));
    NEED(hsa_signal_group_destroy(gone));
    TRY(hsa_signal_group_wait_any_scacquire, (group, equal, values, 0, &first, &value), "good");
    TRY(hsa_signal_group_wait_any_relaxed, (group, equal, values, 0, &first, &value), "good");
    TRY(hsa_signal_group_wait_any_relaxed, (group, NULL, values, 0, &first, &value), "no conditions");
    TRY(hsa_signal_group_wait_any_relaxed, (group, equal, NULL, 0, &first, &value), "no values");
    TRY(hsa_signal_group_wait_any_relaxed, (group, equal, values, 0, NULL, &value), "no signal");
    TRY(hsa_signal_group_wait_any_relaxed, (group, equal, values, 0, &first, NULL), "no value");
    TRY(hsa_signal_group_wait_any_relaxed, (group, equal, values, 2, &first, &value), "a wait of no kind");
    const handle_case_t bad[] = {NO_HANDLES, {"an agent", gpu.handle}, {"a signal", good.handle}, {"destroyed", gone.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        hsa_signal_group_t no = {bad[i].handle};
        TRY(hsa_signal_group_wait_any_scacquire, (no, equal, values, 0, &first, &value), "group %s", bad[i].kind);
        TRY(hsa_signal_group_wait_any_relaxed, (no, equal, values, 0, &first, &value), "group %s", bad[i].kind);
        TRY(hsa_signal_group_destroy, (no), "group %s", bad[i].kind);
        afresh();
    }
    TRY(hsa_signal_group_destroy, (group), "good");
}

static void cases(void) {
    open_agents();
    NEED(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_SINGLE, NULL, NULL, UINT32_MAX, UINT32_MAX, &queue));
    operations();
    several();
    created();
    handles();
    arguments();
    groups();
}

int main(void) { return all_cases(cases); }
