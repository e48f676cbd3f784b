/* Statuses of memory: pools, regions, locks, pointers, callbacks at the end, descriptors, memory of other processes. */
#include "statuses.h"
#include <fcntl.h>

#pragma weak hsa_amd_portable_export_dmabuf_v2
#pragma weak hsa_amd_ais_file_read
#pragma weak hsa_amd_ais_file_write

#define PAGE 4096

static hsa_amd_memory_pool_t vram, pool;
static hsa_region_t region;
static hsa_signal_t a_signal;
static char *host, *memory;
static void *out;

static void notified(void *at, void *data) { (void)at, (void)data; }

static void *allocated(void) {
    void *made;
    NEED(hsa_amd_memory_pool_allocate(pool, 2 * PAGE, 0, &made));
    return made;
}

static void allocations(void) {
    static const size_t sizes[] = {0, 1, PAGE, (size_t)1 << 44, SIZE_MAX};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        TRY(hsa_amd_memory_pool_allocate, (vram, sizes[i], 0, &out), "VRAM, size %#zx", sizes[i]);
        TRY(hsa_amd_memory_pool_allocate, (pool, sizes[i], 0, &out), "host, size %#zx", sizes[i]);
        TRY(hsa_memory_allocate, (region, sizes[i], &out), "size %#zx", sizes[i]);
    }
    for (unsigned bit = 0; bit < 9; bit++)
        TRY(hsa_amd_memory_pool_allocate, (vram, PAGE, 1u << bit, &out), "flags %#x", 1u << bit);
    TRY(hsa_amd_memory_pool_allocate, (vram, PAGE, 0, NULL), "nowhere");
    TRY(hsa_memory_allocate, (region, PAGE, NULL), "nowhere");
    const handle_case_t bad[] = {NO_HANDLES, {"an agent", gpu.handle}, {"a signal", a_signal.handle}};
    bool can;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        uint64_t h = bad[i].handle;
        hsa_amd_memory_pool_t no = {h};
        TRY(hsa_amd_memory_pool_allocate, (no, PAGE, 0, &out), "pool %s", kind);
        TRY(hsa_memory_allocate, ((hsa_region_t){h}, PAGE, &out), "region %s", kind);
        TRY(hsa_amd_memory_pool_can_migrate, (no, vram, &can), "from pool %s", kind);
        TRY(hsa_amd_memory_pool_can_migrate, (vram, no, &can), "to pool %s", kind);
        TRY(hsa_amd_memory_migrate, (memory, no, 0), "to pool %s", kind);
        TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, NULL, 0, no, 0, &out), "pool %s", kind);
    }
    TRY(hsa_amd_memory_pool_can_migrate, (vram, pool, &can), "good");
    TRY(hsa_amd_memory_pool_can_migrate, (vram, pool, NULL), "nowhere");
    TRY(hsa_amd_memory_migrate, (memory, vram, 0), "good");
    TRY(hsa_amd_memory_migrate, (memory, vram, 1), "flags 1");
    TRY(hsa_amd_memory_migrate, (NULL, vram, 0), "null");
}

/* Each function that takes an address, with those that are no memory's. */
static void addresses(void) {
    void *gone = allocated();
    NEED(hsa_amd_memory_pool_free(gone));
    const handle_case_t bad[] = {{"null", 0}, {"on the stack", (uint64_t)(uintptr_t)&bad}, {"within", (uint64_t)(uintptr_t)memory + 64},
                                 {"made up", 0x123456789000}, {"freed", (uint64_t)(uintptr_t)gone}};
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    hsa_amd_ipc_memory_t shared;
    uint64_t offset;
    int file;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        void *at = (void *)(uintptr_t)bad[i].handle;
        TRY(hsa_amd_memory_pool_free, (at), "address %s", kind);
        TRY(hsa_memory_free, (at), "address %s", kind);
        TRY(hsa_amd_memory_unlock, (at), "address %s", kind);
        TRY(hsa_amd_agents_allow_access, (1, &gpu, NULL, at), "address %s", kind);
        TRY(hsa_amd_pointer_info, (at, &info, NULL, NULL, NULL), "address %s", kind);
        TRY(hsa_amd_pointer_info_set_userdata, (at, NULL), "address %s", kind);
        TRY(hsa_amd_register_deallocation_callback, (at, notified, NULL), "address %s", kind);
        TRY(hsa_amd_deregister_deallocation_callback, (at, notified), "address %s", kind);
        TRY(hsa_amd_portable_export_dmabuf, (at, PAGE, &file, &offset), "address %s", kind);
        TRY(hsa_amd_portable_export_dmabuf_v2, (at, PAGE, &file, &offset, 0), "address %s", kind);
        TRY(hsa_amd_ipc_memory_create, (at, PAGE, &shared), "address %s", kind);
        TRY(hsa_amd_ipc_memory_detach, (at), "address %s", kind);
        TRY(hsa_amd_interop_unmap_buffer, (at), "address %s", kind);
        TRY(hsa_memory_register, (at, PAGE), "address %s", kind);
        TRY(hsa_memory_deregister, (at, PAGE), "address %s", kind);
        TRY(hsa_memory_assign_agent, (at, gpu, HSA_ACCESS_PERMISSION_RW), "address %s", kind);
    }
    TRY(hsa_amd_memory_pool_free, (allocated()), "good");
    TRY(hsa_memory_free, (allocated()), "good");
}

static void agents(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"a pool", pool.handle}};
    hsa_amd_ipc_memory_t shared = {{0}};
    size_t size;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_agent_t no = {bad[i].handle};
        TRY(hsa_amd_agents_allow_access, (1, &no, NULL, memory), "agent %s", kind);
        TRY(hsa_amd_memory_lock, (host, PAGE, &no, 1, &out), "agent %s", kind);
        TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, &no, 1, pool, 0, &out), "agent %s", kind);
        TRY(hsa_memory_assign_agent, (memory, no, HSA_ACCESS_PERMISSION_RW), "agent %s", kind);
        TRY(hsa_amd_interop_map_buffer, (1, &no, 0, 0, &size, &out, NULL, NULL), "agent %s", kind);
        TRY(hsa_amd_ipc_memory_attach, (&shared, PAGE, 1, &no, &out), "agent %s", kind);
    }
}

static void locks(void) {
    static const uint32_t counts[] = {0, 1};
    for (size_t i = 0; i < COUNT(counts); i++) {
        TRY(hsa_amd_memory_lock, (host, PAGE, &gpu, counts[i], &out), "%u agents", counts[i]);
        TRY(hsa_amd_memory_lock, (host, PAGE, NULL, counts[i], &out), "%u agents nowhere", counts[i]);
        TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, &gpu, counts[i], pool, 0, &out), "%u agents", counts[i]);
        TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, NULL, counts[i], pool, 0, &out), "%u agents nowhere", counts[i]);
    }
    TRY(hsa_amd_memory_lock, (host, PAGE, &gpu, -1, &out), "-1 agents");
    TRY(hsa_amd_memory_lock, (NULL, PAGE, NULL, 0, &out), "null");
    TRY(hsa_amd_memory_lock, (host, 0, NULL, 0, &out), "nothing");
    TRY(hsa_amd_memory_lock, (host, PAGE, NULL, 0, NULL), "nowhere");
    TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, NULL, 0, pool, 0, NULL), "nowhere");
    TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, NULL, 0, vram, 0, &out), "to VRAM");
    for (unsigned bit = 0; bit < 4; bit++)
        TRY(hsa_amd_memory_lock_to_pool, (host, PAGE, NULL, 0, pool, 1u << bit, &out), "flags %#x", 1u << bit);
    TRY(hsa_amd_memory_unlock, (host), "good");
}

static void arguments(void) {
    hsa_amd_pointer_info_t info = {.size = 0};
    hsa_amd_ipc_memory_t shared = {{0}};
    uint64_t offset;
    size_t size;
    int file = open("/dev/null", O_RDWR);
    uint32_t flags = 1;
    TRY(hsa_amd_agents_allow_access, (1, &gpu, NULL, memory), "good");
    TRY(hsa_amd_agents_allow_access, (1, &gpu, &flags, memory), "with flags");
    TRY(hsa_amd_agents_allow_access, (0, &gpu, NULL, memory), "none");
    TRY(hsa_amd_agents_allow_access, (1, NULL, NULL, memory), "agents nowhere");
    TRY(hsa_amd_pointer_info, (memory, &info, NULL, NULL, NULL), "of no size");
    TRY(hsa_amd_pointer_info, (memory, NULL, NULL, NULL, NULL), "nowhere");
    TRY(hsa_amd_register_deallocation_callback, (memory, NULL, NULL), "null");
    TRY(hsa_amd_deregister_deallocation_callback, (memory, NULL), "null");
    for (int access = 0; access < 5; access++)
        TRY(hsa_memory_assign_agent, (memory, gpu, access), "access %d", access);
    TRY(hsa_memory_register, (host, 0), "nothing");
    TRY(hsa_memory_deregister, (host, 0), "nothing");
    TRY(hsa_memory_copy, (memory, host, 64), "good");
    TRY(hsa_memory_copy, (NULL, host, 64), "to null");
    TRY(hsa_memory_copy, (memory, NULL, 64), "from null");
    TRY(hsa_memory_copy, (NULL, NULL, 0), "nothing");
    TRY(hsa_amd_memory_fill, (memory, 1, 4), "good");
    TRY(hsa_amd_memory_fill, (memory + 1, 1, 4), "at an odd address");
    TRY(hsa_amd_memory_fill, (NULL, 1, 4), "null");
    TRY(hsa_amd_memory_fill, (memory, 1, 0), "nothing");
    TRY(hsa_amd_memory_fill, (&progress, 1, 0), "nothing of the process's");
    TRY(hsa_amd_portable_export_dmabuf, (memory, 0, &file, &offset), "nothing");
    TRY(hsa_amd_portable_export_dmabuf, (memory, PAGE, NULL, &offset), "file nowhere");
    TRY(hsa_amd_portable_export_dmabuf, (memory, PAGE, &file, NULL), "offset nowhere");
    TRY(hsa_amd_portable_export_dmabuf, (memory, (size_t)1 << 40, &file, &offset), "too much");
    for (unsigned bit = 0; bit < 3; bit++)
        TRY(hsa_amd_portable_export_dmabuf_v2, (memory, PAGE, &file, &offset, 1u << bit), "flags %#x", 1u << bit);
    TRY(hsa_amd_portable_close_dmabuf, (file), "good");
    TRY(hsa_amd_portable_close_dmabuf, (file), "closed");
    TRY(hsa_amd_portable_close_dmabuf, (-1), "-1");
    TRY(hsa_amd_interop_map_buffer, (1, &gpu, -1, 0, &size, &out, NULL, NULL), "handle -1");
    TRY(hsa_amd_interop_map_buffer, (0, &gpu, 0, 0, &size, &out, NULL, NULL), "no agents");
    TRY(hsa_amd_interop_map_buffer, (1, NULL, 0, 0, &size, &out, NULL, NULL), "agents nowhere");
    TRY(hsa_amd_interop_map_buffer, (1, &gpu, 0, 1, &size, &out, NULL, NULL), "flags 1");
    TRY(hsa_amd_interop_map_buffer, (1, &gpu, 0, 0, NULL, &out, NULL, NULL), "size nowhere");
    TRY(hsa_amd_interop_map_buffer, (1, &gpu, 0, 0, &size, NULL, NULL, NULL), "address nowhere");
    TRY(hsa_amd_ipc_memory_create, (memory, PAGE, NULL), "nowhere");
    TRY(hsa_amd_ipc_memory_create, (memory, 0, &shared), "nothing");
    TRY(hsa_amd_ipc_memory_attach, (NULL, PAGE, 0, NULL, &out), "no handle");
    TRY(hsa_amd_ipc_memory_attach, (&shared, 0, 0, NULL, &out), "nothing");
    TRY(hsa_amd_ipc_memory_attach, (&shared, PAGE, 0, NULL, NULL), "nowhere");
    TRY(hsa_amd_ipc_memory_attach, (&shared, PAGE, 1, NULL, &out), "agents nowhere");
}

static void files(void) {
    hsa_amd_ais_file_handle_t none = {.handle = NULL}, file = {.fd = open("/dev/zero", O_RDWR)};
    uint64_t copied;
    int32_t status;
    TRY(hsa_amd_ais_file_read, (none, memory, PAGE, 0, &copied, &status), "file null");
    TRY(hsa_amd_ais_file_write, (none, memory, PAGE, 0, &copied, &status), "file null");
    TRY(hsa_amd_ais_file_read, (file, memory, PAGE, 0, &copied, &status), "a driver without it");
    TRY(hsa_amd_ais_file_write, (file, memory, PAGE, 0, &copied, &status), "a driver without it");
    TRY(hsa_amd_ais_file_read, (file, memory, PAGE, 0, NULL, NULL), "nowhere");
    TRY(hsa_amd_ais_file_read, (file, NULL, PAGE, 0, &copied, &status), "address null");
    TRY(hsa_amd_ais_file_read, (file, memory, 0, 0, &copied, &status), "nothing");
    TRY(hsa_amd_ais_file_read, (file, memory, (size_t)1 << 40, 0, &copied, &status), "too much");
}

static void cases(void) {
    open_agents();
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &vram);
    hsa_amd_agent_iterate_memory_pools(cpu, (void *)take_first, &pool);
    hsa_agent_iterate_regions(cpu, (void *)take_first, &region);
    host = aligned_alloc(PAGE, 16 * PAGE);
    memory = allocated();
    allocations();
    addresses();
    agents();
    locks();
    arguments();
    files();
}

int main(void) { return all_cases(cases); }
