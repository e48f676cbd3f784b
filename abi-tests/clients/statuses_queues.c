/* Statuses of queues: made, changed, asked, destroyed; what their indices answer, which have no status. */
#include "statuses.h"

#pragma weak hsa_amd_queue_get_info

#define ORDERS(operation, arguments, ...)                             \
    VALUE(hsa_queue_##operation##_relaxed, arguments, __VA_ARGS__);   \
    VALUE(hsa_queue_##operation##_scacquire, arguments, __VA_ARGS__); \
    VALUE(hsa_queue_##operation##_acquire, arguments, __VA_ARGS__)
#define ALL_ORDERS(operation, arguments, ...)                           \
    ORDERS(operation, arguments, __VA_ARGS__);                          \
    VALUE(hsa_queue_##operation##_screlease, arguments, __VA_ARGS__);   \
    VALUE(hsa_queue_##operation##_release, arguments, __VA_ARGS__);     \
    VALUE(hsa_queue_##operation##_scacq_screl, arguments, __VA_ARGS__); \
    VALUE(hsa_queue_##operation##_acq_rel, arguments, __VA_ARGS__)
#define STORES(operation, arguments, ...)                              \
    SILENT(hsa_queue_##operation##_relaxed, arguments, __VA_ARGS__);   \
    SILENT(hsa_queue_##operation##_screlease, arguments, __VA_ARGS__); \
    SILENT(hsa_queue_##operation##_release, arguments, __VA_ARGS__)

static hsa_queue_t *queue;
static hsa_region_t cpu_region;
static hsa_signal_t a_signal;

static hsa_queue_t *new_queue(void) {
    hsa_queue_t *made;
    NEED(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX, &made));
    return made;
}

/* Queues that nothing runs on: the indices are only numbers. */
static void indices(void) {
    hsa_queue_t *soft;
    NEED(hsa_soft_queue_create(cpu_region, 64, HSA_QUEUE_TYPE_MULTI, HSA_QUEUE_FEATURE_AGENT_DISPATCH, a_signal, &soft));
    ORDERS(load_read_index, (soft), "good");
    ORDERS(load_write_index, (soft), "good");
    ALL_ORDERS(add_write_index, (soft, 3), "good");
    ALL_ORDERS(cas_write_index, (soft, 21, 5), "good");
    STORES(store_write_index, (soft, 7), "good");
    STORES(store_read_index, (soft, 7), "good");
    VALUE(hsa_queue_load_read_index_relaxed, (soft), "stored");
    VALUE(hsa_queue_load_write_index_relaxed, (soft), "stored");
    VALUE(hsa_queue_load_read_index_relaxed, (NULL), "null");
    SILENT(hsa_queue_store_write_index_relaxed, (NULL, 1), "null");
    TRY(hsa_amd_queue_cu_set_mask, (soft, 32, (uint32_t *)zeros), "a soft queue");
    TRY(hsa_amd_queue_set_priority, (soft, HSA_AMD_QUEUE_PRIORITY_LOW), "a soft queue");
    TRY(hsa_amd_profiling_set_profiler_enabled, (soft, 1), "a soft queue");
    TRY(hsa_queue_inactivate, (soft), "a soft queue");
    TRY(hsa_queue_destroy, (soft), "a soft queue");
}

static void created(void) {
    static const uint32_t sizes[] = {0, 1, 2, 3, 32, 63, 64, 4096, 131072, 262144, 1u << 31, UINT32_MAX};
    hsa_queue_t *made;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint32_t size = sizes[i];
        made = NULL;
        TRY(hsa_queue_create, (gpu, size, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX, &made), "size %u", size);
        if (made) hsa_queue_destroy(made);
        TRY(hsa_soft_queue_create, (cpu_region, size, HSA_QUEUE_TYPE_MULTI, 1, a_signal, &made), "size %u", size);
    }
    for (uint32_t type = 0; type < 6; type++) {
        made = NULL;
        TRY(hsa_queue_create, (gpu, 64, type, NULL, NULL, UINT32_MAX, UINT32_MAX, &made), "type %u", type);
        if (made) hsa_queue_destroy(made);
        TRY(hsa_soft_queue_create, (cpu_region, 64, type, 1, a_signal, &made), "type %u", type);
    }
    for (uint32_t features = 0; features < 5; features++)
        TRY(hsa_soft_queue_create, (cpu_region, 64, 0, features, a_signal, &made), "features %u", features);
    TRY(hsa_soft_queue_create, (cpu_region, 64, 0, 1, a_signal, NULL), "nowhere");
    TRY(hsa_queue_create, (cpu, 64, 0, NULL, NULL, UINT32_MAX, UINT32_MAX, &made), "CPU");
    TRY(hsa_queue_create, (gpu, 64, 0, NULL, NULL, UINT32_MAX, UINT32_MAX, NULL), "nowhere");
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        uint64_t h = bad[i].handle;
        TRY(hsa_queue_create, ((hsa_agent_t){h}, 64, 0, NULL, NULL, UINT32_MAX, UINT32_MAX, &made), "agent %s", kind);
        TRY(hsa_soft_queue_create, ((hsa_region_t){h}, 64, 0, 1, a_signal, &made), "region %s", kind);
        if (h != a_signal.handle)
            TRY(hsa_soft_queue_create, (cpu_region, 64, 0, 1, (hsa_signal_t){h}, &made), "signal %s", kind);
    }
}

static void handles(void) {
    hsa_queue_t *gone = new_queue();
    hsa_queue_destroy(gone);
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"destroyed", (uint64_t)(uintptr_t)gone}};
    uint32_t mask[8] = {0};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_queue_t *no = (hsa_queue_t *)(uintptr_t)bad[i].handle;
        TRY(hsa_queue_inactivate, (no), "queue %s", kind);
        TRY(hsa_amd_queue_cu_set_mask, (no, 32, mask), "queue %s", kind);
        TRY(hsa_amd_queue_cu_get_mask, (no, 32, mask), "queue %s", kind);
        TRY(hsa_amd_queue_set_priority, (no, HSA_AMD_QUEUE_PRIORITY_LOW), "queue %s", kind);
        TRY(hsa_amd_profiling_set_profiler_enabled, (no, 1), "queue %s", kind);
        TRY(hsa_amd_queue_get_info, (no, HSA_AMD_QUEUE_INFO_AGENT, mask), "queue %s", kind);
        TRY(hsa_queue_destroy, (no), "queue %s", kind);
        afresh();
    }
}

static void arguments(void) {
    uint32_t mask[64] = {0};
    static const uint32_t counts[] = {0, 1, 31, 32, 64, 1024};
    for (size_t i = 0; i < COUNT(counts); i++) {
        memset(mask, 0xff, sizeof mask);
        TRY(hsa_amd_queue_cu_set_mask, (queue, counts[i], mask), "%u bits", counts[i]);
        TRY(hsa_amd_queue_cu_get_mask, (queue, counts[i], mask), "%u bits", counts[i]);
    }
    memset(mask, 0, sizeof mask);
    TRY(hsa_amd_queue_cu_set_mask, (queue, 32, mask), "no bit");
    TRY(hsa_amd_queue_cu_set_mask, (queue, 32, NULL), "nowhere");
    TRY(hsa_amd_queue_cu_get_mask, (queue, 32, NULL), "nowhere");
    for (int priority = -1; priority < 5; priority++)
        TRY(hsa_amd_queue_set_priority, (queue, priority), "priority %d", priority);
    TRY(hsa_amd_profiling_set_profiler_enabled, (queue, 1), "on");
    TRY(hsa_amd_profiling_set_profiler_enabled, (queue, 0), "off");
    for (unsigned attribute = 0; attribute < 18; attribute++)
        TRY(hsa_amd_queue_get_info, (queue, attribute, mask), "attribute %u", attribute);
    TRY(hsa_amd_queue_get_info, (queue, 0, NULL), "nowhere");
    TRY(hsa_queue_inactivate, (new_queue()), "good");
    TRY(hsa_queue_destroy, (new_queue()), "good");
}

static void cases(void) {
    open_agents();
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    hsa_agent_iterate_regions(cpu, (void *)take_first, &cpu_region);
    queue = new_queue();
    indices();
    created();
    handles();
    arguments();
}

int main(void) { return all_cases(cases); }
