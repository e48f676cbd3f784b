/* Statuses of virtual memory: addresses and memory that are joined, and memory that the kernel moves. */
#include "statuses.h"
#include <fcntl.h>

#pragma weak hsa_amd_vmem_address_reserve_align

#define CHUNK ((size_t)2 << 20)

static hsa_amd_memory_pool_t vram;
static hsa_signal_t a_signal;
static hsa_amd_vmem_alloc_handle_t memory;
static void *place, *out;
static char *host;

static hsa_amd_vmem_alloc_handle_t created(void) {
    hsa_amd_vmem_alloc_handle_t made;
    NEED(hsa_amd_vmem_handle_create(vram, CHUNK, MEMORY_TYPE_PINNED, 0, &made));
    return made;
}

static void *reserved(void) {
    void *made = NULL;
    NEED(hsa_amd_vmem_address_reserve(&made, CHUNK, 0, 0));
    return made;
}

static void makers(void) {
    static const size_t sizes[] = {0, 1, 4096, CHUNK, (size_t)1 << 50, SIZE_MAX};
    hsa_amd_vmem_alloc_handle_t made;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        out = NULL;
        TRY(hsa_amd_vmem_address_reserve, (&out, sizes[i], 0, 0), "size %#zx", sizes[i]);
        out = NULL;
        TRY(hsa_amd_vmem_address_reserve_align, (&out, CHUNK, 0, sizes[i], 0), "aligned to %#zx", sizes[i]);
        TRY(hsa_amd_vmem_handle_create, (vram, sizes[i], MEMORY_TYPE_PINNED, 0, &made), "size %#zx", sizes[i]);
    }
    for (unsigned bit = 0; bit < 4; bit++) {
        TRY(hsa_amd_vmem_address_reserve, (&out, CHUNK, 0, 1u << bit), "flags %#x", 1u << bit);
        TRY(hsa_amd_vmem_handle_create, (vram, CHUNK, MEMORY_TYPE_PINNED, 1u << bit, &made), "flags %#x", 1u << bit);
    }
    for (int type = -1; type < 3; type++)
        TRY(hsa_amd_vmem_handle_create, (vram, CHUNK, type, 0, &made), "type %d", type);
    TRY(hsa_amd_vmem_handle_create, (vram, CHUNK, MEMORY_TYPE_PINNED, 0, NULL), "nowhere");
    TRY(hsa_amd_vmem_address_reserve, (NULL, CHUNK, 0, 0), "nowhere");
    TRY(hsa_amd_vmem_address_reserve_align, (NULL, CHUNK, 0, 0, 0), "nowhere");
}

static void handles(void) {
    hsa_amd_vmem_alloc_handle_t gone = created();
    NEED(hsa_amd_vmem_handle_release(gone));
    const handle_case_t bad[] = {NO_HANDLES, {"a pool", vram.handle}, {"a signal", a_signal.handle}, {"destroyed", gone.handle}};
    hsa_amd_memory_access_desc_t access = {HSA_ACCESS_PERMISSION_RW, {0}};
    hsa_access_permission_t allowed;
    hsa_amd_memory_pool_t pool;
    hsa_amd_memory_type_t type;
    int file;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        uint64_t h = bad[i].handle;
        hsa_amd_vmem_alloc_handle_t no = {h};
        TRY(hsa_amd_vmem_handle_release, (no), "memory %s", kind);
        TRY(hsa_amd_vmem_map, (place, CHUNK, 0, no, 0), "memory %s", kind);
        TRY(hsa_amd_vmem_export_shareable_handle, (&file, no, 0), "memory %s", kind);
        TRY(hsa_amd_vmem_get_alloc_properties_from_handle, (no, &pool, &type), "memory %s", kind);
        if (h != vram.handle) TRY(hsa_amd_vmem_handle_create, ((hsa_amd_memory_pool_t){h}, CHUNK, MEMORY_TYPE_PINNED, 0, &no), "pool %s", kind);
        access.agent_handle.handle = h;
        TRY(hsa_amd_vmem_set_access, (place, CHUNK, &access, 1), "agent %s", kind);
        TRY(hsa_amd_vmem_get_access, (place, &allowed, (hsa_agent_t){h}), "agent %s", kind);
    }
}

static void addresses(void) {
    char *gone = reserved();
    NEED(hsa_amd_vmem_address_free(gone, CHUNK));
    const handle_case_t bad[] = {{"null", 0}, {"on the heap", (uint64_t)(uintptr_t)host}, {"within", (uint64_t)(uintptr_t)place + 4096},
                                 {"odd", (uint64_t)(uintptr_t)place + 1}, {"freed", (uint64_t)(uintptr_t)gone}};
    hsa_amd_memory_access_desc_t access = {HSA_ACCESS_PERMISSION_RW, gpu};
    hsa_access_permission_t allowed;
    hsa_amd_vmem_alloc_handle_t found;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        void *at = (void *)(uintptr_t)bad[i].handle;
        TRY(hsa_amd_vmem_map, (at, CHUNK, 0, memory, 0), "address %s", kind);
        TRY(hsa_amd_vmem_unmap, (at, CHUNK), "address %s", kind);
        TRY(hsa_amd_vmem_set_access, (at, CHUNK, &access, 1), "address %s", kind);
        TRY(hsa_amd_vmem_get_access, (at, &allowed, gpu), "address %s", kind);
        TRY(hsa_amd_vmem_retain_alloc_handle, (&found, at), "address %s", kind);
        TRY(hsa_amd_vmem_address_free, (at, CHUNK), "address %s", kind);
    }
}

static void arguments(void) {
    hsa_amd_memory_access_desc_t access = {HSA_ACCESS_PERMISSION_RW, gpu};
    hsa_access_permission_t allowed;
    hsa_amd_vmem_alloc_handle_t found;
    hsa_amd_memory_type_t type;
    hsa_amd_memory_pool_t pool;
    int file;
    TRY(hsa_amd_vmem_map, (reserved(), 0, 0, memory, 0), "nothing");
    TRY(hsa_amd_vmem_map, (reserved(), CHUNK, 4096, memory, 0), "behind a page");
    TRY(hsa_amd_vmem_map, (reserved(), 2 * CHUNK, 0, memory, 0), "too much");
    TRY(hsa_amd_vmem_map, (reserved(), CHUNK, 0, memory, 1), "flags 1");
    TRY(hsa_amd_vmem_set_access, (reserved(), CHUNK, &access, 1), "nothing mapped");
    TRY(hsa_amd_vmem_get_access, (reserved(), &allowed, gpu), "nothing mapped");
    NEED(hsa_amd_vmem_map(place, CHUNK, 0, memory, 0));
    TRY(hsa_amd_vmem_map, (place, CHUNK, 0, memory, 0), "again");
    for (int wish = -1; wish < 5; wish++) {
        access.permissions = wish;
        TRY(hsa_amd_vmem_set_access, (place, CHUNK, &access, 1), "permission %d", wish);
    }
    access.permissions = HSA_ACCESS_PERMISSION_RW;
    TRY(hsa_amd_vmem_set_access, (place, 0, &access, 1), "nothing");
    TRY(hsa_amd_vmem_set_access, (place, 4096, &access, 1), "a page");
    TRY(hsa_amd_vmem_set_access, (place, CHUNK, NULL, 1), "from nowhere");
    TRY(hsa_amd_vmem_set_access, (place, CHUNK, &access, 0), "no agents");
    TRY(hsa_amd_vmem_get_access, (place, &allowed, gpu), "good");
    TRY(hsa_amd_vmem_get_access, (place, NULL, gpu), "nowhere");
    TRY(hsa_amd_vmem_retain_alloc_handle, (&found, place), "good");
    TRY(hsa_amd_vmem_retain_alloc_handle, (NULL, place), "nowhere");
    TRY(hsa_amd_vmem_get_alloc_properties_from_handle, (memory, &pool, &type), "good");
    TRY(hsa_amd_vmem_get_alloc_properties_from_handle, (memory, NULL, &type), "pool nowhere");
    TRY(hsa_amd_vmem_get_alloc_properties_from_handle, (memory, &pool, NULL), "type nowhere");
    TRY(hsa_amd_vmem_export_shareable_handle, (&file, memory, 0), "good");
    TRY(hsa_amd_vmem_export_shareable_handle, (&file, memory, 1), "flags 1");
    TRY(hsa_amd_vmem_export_shareable_handle, (NULL, memory, 0), "nowhere");
    TRY(hsa_amd_vmem_import_shareable_handle, (-1, &found), "file -1");
    TRY(hsa_amd_vmem_import_shareable_handle, (open("/dev/null", O_RDWR), &found), "no memory's file");
    TRY(hsa_amd_vmem_import_shareable_handle, (-1, NULL), "nowhere");
    TRY(hsa_amd_vmem_address_free, (place, CHUNK), "mapped");
    TRY(hsa_amd_vmem_unmap, (place, 4096), "a page");
    TRY(hsa_amd_vmem_unmap, (place, CHUNK), "good");
    TRY(hsa_amd_vmem_address_free, (place, 4096), "a page");
    TRY(hsa_amd_vmem_address_free, (place, CHUNK), "good");
    TRY(hsa_amd_vmem_handle_release, (created()), "good");
}

static void moved(void) {
    static const uint64_t known[] = {0, 1, 2, 3, 4, 5, 6, 7, 0x100, 0x101, 0x200, 0x201, 0x202, 0x203, 0x204, 0xffff};
    for (size_t i = 0; i < COUNT(known); i++)
        for (uint64_t value = 0; value < 2; value++) {
            int of_agent = known[i] == HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION || known[i] == HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION ||
                           known[i] >= HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE;
            hsa_amd_svm_attribute_pair_t pair = {known[i], of_agent && value ? gpu.handle : value}, same = pair;
            unsigned attribute = (unsigned)known[i];
            TRY(hsa_amd_svm_attributes_set, (host, CHUNK, &pair, 1), "attribute %#x, %s", attribute, value ? "one" : "none");
            TRY(hsa_amd_svm_attributes_get, (host, CHUNK, &same, 1), "attribute %#x, %s", attribute, value ? "one" : "none");
        }
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_READ_ONLY, 0};
    TRY(hsa_amd_svm_attributes_set, (host, CHUNK, &pair, 0), "none");
    TRY(hsa_amd_svm_attributes_get, (host, CHUNK, &pair, 0), "none");
    TRY(hsa_amd_svm_attributes_set, (host, 0, &pair, 1), "nothing");
    TRY(hsa_amd_svm_attributes_get, (host, 0, &pair, 1), "nothing");
    TRY(hsa_amd_svm_attributes_set, (NULL, CHUNK, &pair, 1), "null");
    TRY(hsa_amd_svm_attributes_get, (NULL, CHUNK, &pair, 1), "null");
    TRY(hsa_amd_svm_attributes_set, (host, CHUNK, NULL, 1), "from nowhere");
    TRY(hsa_amd_svm_attributes_get, (host, CHUNK, NULL, 1), "nowhere");
    TRY(hsa_amd_svm_prefetch_async, (host, CHUNK, gpu, 0, NULL, (hsa_signal_t){0}), "good");
    TRY(hsa_amd_svm_prefetch_async, (host, CHUNK, cpu, 0, NULL, a_signal), "to the CPU");
    afresh();
    TRY(hsa_amd_svm_prefetch_async, (host, CHUNK, gpu, 1, NULL, (hsa_signal_t){0}), "signals nowhere");
    const handle_case_t bad[] = {NO_HANDLES, {"a pool", vram.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        TRY(hsa_amd_svm_prefetch_async, (host, CHUNK, (hsa_agent_t){bad[i].handle}, 0, NULL, (hsa_signal_t){0}), "agent %s", bad[i].kind);
        afresh();
    }
}

static void cases(void) {
    open_agents();
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &vram);
    host = aligned_alloc(CHUNK, CHUNK);
    memory = created(), place = reserved();
    makers();
    handles();
    addresses();
    arguments();
    moved();
}

int main(void) { return all_cases(cases); }
