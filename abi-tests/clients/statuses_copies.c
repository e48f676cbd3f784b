/* Statuses of asynchronous copies: agents, signals, boxes and engines that are right and wrong. */
#include "statuses.h"

#define BYTES 4096

static hsa_amd_memory_pool_t vram, pool;
static hsa_signal_t gone;
/* What would fault waits for it: a process that dies of a fault does so at one of the next calls, or at none. */
static hsa_signal_t never;
static char *near, *far;

/* Nobody waits for the copies; each has a signal of its own. */
static hsa_signal_t fresh(void) {
    hsa_signal_t made;
    NEED(hsa_signal_create(1, 0, NULL, &made));
    return made;
}

static void agents(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"a pool", pool.handle}};
    hsa_pitched_ptr_t to = {far, 64, 64}, from = {near, 64, 64};
    hsa_dim3_t at = {0, 0, 0}, range = {16, 1, 1};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_agent_t no = {bad[i].handle};
        TRY(hsa_amd_memory_async_copy, (far, no, near, cpu, 64, 0, NULL, fresh()), "to agent %s", kind);
        TRY(hsa_amd_memory_async_copy, (far, gpu, near, no, 64, 0, NULL, fresh()), "from agent %s", kind);
        TRY(hsa_amd_memory_async_copy_on_engine, (far, no, near, cpu, 64, 0, NULL, fresh(), 1, false), "to agent %s", kind);
        TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, no, 64, 0, NULL, fresh(), 1, false), "from agent %s", kind);
        TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, no, hsaHostToDevice, 0, NULL, fresh()), "agent %s", kind);
    }
}

static void signals(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"an agent", gpu.handle}, {"destroyed", gone.handle}};
    hsa_pitched_ptr_t to = {far, 64, 64}, from = {near, 64, 64};
    hsa_dim3_t at = {0, 0, 0}, range = {16, 1, 1};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_signal_t no = {bad[i].handle};
        TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 64, 0, NULL, no), "done by signal %s", kind);
        TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 64, 1, &no, fresh()), "after signal %s", kind);
        TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, cpu, 64, 0, NULL, no, 1, false), "done by signal %s", kind);
        TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, cpu, 64, 1, &no, fresh(), 1, false), "after signal %s", kind);
        TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, gpu, hsaHostToDevice, 0, NULL, no), "done by signal %s", kind);
        TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, gpu, hsaHostToDevice, 1, &no, fresh()), "after signal %s", kind);
        afresh();
    }
}

static void arguments(void) {
    hsa_pitched_ptr_t to = {far, 64, 64}, from = {near, 64, 64}, nowhere = {NULL, 64, 64};
    hsa_dim3_t at = {0, 0, 0}, range = {16, 1, 1}, flat = {0, 1, 1};
    TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 64, 0, NULL, fresh()), "good");
    TRY(hsa_amd_memory_async_copy, (far, cpu, near, cpu, 64, 0, NULL, fresh()), "between CPUs");
    TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 0, 0, NULL, fresh()), "nothing");
    TRY(hsa_amd_memory_async_copy, (NULL, gpu, near, cpu, 64, 1, &never, fresh()), "to null");
    TRY(hsa_amd_memory_async_copy, (far, gpu, NULL, cpu, 64, 1, &never, fresh()), "from null");
    TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 64, 1, NULL, fresh()), "signals nowhere");
    TRY(hsa_amd_memory_async_copy, (far, gpu, near, cpu, 64, 0, &gone, fresh()), "no signals somewhere");
    for (uint32_t engine = 0; engine < 5; engine++) {
        TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, cpu, 64, 0, NULL, fresh(), engine, false), "engine %u", engine);
    }
    TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, cpu, 64, 0, NULL, fresh(), 1u << 31, false), "engine far away");
    TRY(hsa_amd_memory_async_copy_on_engine, (NULL, gpu, near, cpu, 64, 1, &never, fresh(), 1, false), "to null");
    TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, NULL, cpu, 64, 1, &never, fresh(), 1, false), "from null");
    TRY(hsa_amd_memory_async_copy_on_engine, (far, gpu, near, cpu, 64, 1, NULL, fresh(), 1, false), "signals nowhere");
    for (int direction = -1; direction < 5; direction++) {
        TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, gpu, direction, 0, NULL, fresh()), "direction %d", direction);
    }
    TRY(hsa_amd_memory_async_copy_rect, (NULL, &at, &from, &at, &range, gpu, hsaHostToDevice, 0, NULL, fresh()), "to nowhere");
    TRY(hsa_amd_memory_async_copy_rect, (&to, NULL, &from, &at, &range, gpu, hsaHostToDevice, 0, NULL, fresh()), "to no offset");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, NULL, &at, &range, gpu, hsaHostToDevice, 0, NULL, fresh()), "from nowhere");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, NULL, &range, gpu, hsaHostToDevice, 0, NULL, fresh()), "from no offset");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, NULL, gpu, hsaHostToDevice, 0, NULL, fresh()), "no range");
    TRY(hsa_amd_memory_async_copy_rect, (&nowhere, &at, &from, &at, &range, gpu, hsaHostToDevice, 1, &never, fresh()), "to null");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &nowhere, &at, &range, gpu, hsaHostToDevice, 1, &never, fresh()), "from null");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &flat, gpu, hsaHostToDevice, 0, NULL, fresh()), "nothing");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, gpu, hsaHostToDevice, 1, NULL, fresh()), "signals nowhere");
    TRY(hsa_amd_memory_async_copy_rect, (&to, &at, &from, &at, &range, cpu, hsaHostToDevice, 0, NULL, fresh()), "by a CPU");
}

static void cases(void) {
    open_agents();
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &vram);
    hsa_amd_agent_iterate_memory_pools(cpu, (void *)take_first, &pool);
    NEED(hsa_signal_create(1, 0, NULL, &gone));
    NEED(hsa_signal_destroy(gone));
    NEED(hsa_signal_create(1, 0, NULL, &never));
    NEED(hsa_amd_memory_pool_allocate(pool, BYTES, 0, (void **)&near));
    NEED(hsa_amd_memory_pool_allocate(vram, BYTES, 0, (void **)&far));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, near));
    agents();
    signals();
    arguments();
}

int main(void) { return all_cases(cases); }
