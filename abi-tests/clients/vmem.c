/* Addresses and memory that are joined later: reserved, mapped, seen by agents, shared.
   As 7.2.4 has it: 6.1.2 knows neither alignments nor plain memory, and 6.4.3 faults. */
#include "gpu.h"
#include <unistd.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))
#define CHUNK ((size_t)2 << 20)

static hsa_amd_vmem_alloc_handle_t memory, other;
static const hsa_amd_vmem_alloc_handle_t no_memory;

static void look(const char *what, const void *at, const void *base) {
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint32_t count = 77;
    hsa_agent_t *accessible = NULL;
    unsigned status = hsa_amd_pointer_info(at, &info, malloc, &count, &accessible);
    printf("-- %s: %#x, type %d, the host's %s, %zu bytes, the GPU's %s\n", what, status, (int)info.type,
           info.hostBaseAddress == base ? "right" : "wrong", info.sizeInBytes,
           info.agentOwner.handle == gpu.handle ? "yes" : "no");
}

static void plain(void) {
    char *place = NULL;
    SAY(hsa_amd_vmem_address_reserve((void **)&place, (size_t)1 << 40, 0, HSA_AMD_VMEM_ADDRESS_NO_REGISTER));
    place[5] = 7, place[((size_t)1 << 40) - 1] = 8;
    printf("a terabyte is written and read: %d %d %d\n", place[5], place[((size_t)1 << 40) - 1], place[4096]);
    look("plain", place, place);
    SAY(hsa_amd_vmem_address_free(place, 4096));
    SAY(hsa_amd_vmem_address_free(place, (size_t)1 << 40));
    SAY(hsa_amd_vmem_address_free(place, (size_t)1 << 40));
}

static void reservations(void) {
    char *place = NULL, *near = NULL;
    SAY(hsa_amd_vmem_address_reserve((void **)&place, 4 * CHUNK, 0, 0));
    look("reserved", place, place);
    SAY(hsa_amd_vmem_address_reserve_align((void **)&near, CHUNK, 0, 64 << 20, 0));
    printf("aligned: %s\n", (uintptr_t)near % (64 << 20) ? "no" : "yes");
    SAY(hsa_amd_vmem_address_free(near, CHUNK));
    SAY(hsa_amd_vmem_address_reserve((void **)&near, 0, 0, 0));
    SAY(hsa_amd_vmem_address_reserve((void **)&near, 100, 0, 0));
    SAY(hsa_amd_vmem_address_free(NULL, CHUNK));
    SAY(hsa_amd_vmem_address_free(place + CHUNK, CHUNK));
    SAY(hsa_amd_vmem_address_free(place, CHUNK));
    SAY(hsa_amd_vmem_address_free(place, 4 * CHUNK));
    look("given back", place, NULL);
}

static void handles(void) {
    hsa_amd_memory_pool_t pool = {0};
    hsa_amd_memory_type_t type = 7;
    SAY(hsa_amd_vmem_handle_create(vram, CHUNK, MEMORY_TYPE_PINNED, 0, &memory));
    SAY(hsa_amd_vmem_get_alloc_properties_from_handle(memory, &pool, &type));
    printf("its pool: %s, type %d\n", pool.handle == vram.handle ? "yes" : "no", (int)type);
    SAY(hsa_amd_vmem_handle_create(vram, 2 * CHUNK, MEMORY_TYPE_NONE, 0, &other));
    SAY(hsa_amd_vmem_handle_create(vram, 100, MEMORY_TYPE_NONE, 0, &other));
    SAY(hsa_amd_vmem_handle_create(vram, 0, MEMORY_TYPE_NONE, 0, &other));
    SAY(hsa_amd_vmem_handle_create(vram, CHUNK, 2, 0, &other));
    SAY(hsa_amd_vmem_handle_create(vram, (size_t)1 << 50, MEMORY_TYPE_NONE, 0, &other));
    SAY(hsa_amd_vmem_handle_release(no_memory));
}

static hsa_access_permission_t permission(void *at, hsa_agent_t agent) {
    hsa_access_permission_t found = 7;
    printf("%#x ", (unsigned)hsa_amd_vmem_get_access(at, &found, agent));
    return found;
}

static void mappings(void) {
    char *place = NULL;
    hsa_amd_memory_access_desc_t access[2] = {{HSA_ACCESS_PERMISSION_RO, gpu}, {HSA_ACCESS_PERMISSION_RW, cpu}};
    hsa_amd_vmem_alloc_handle_t again = {0};
    NEED(hsa_amd_vmem_address_reserve((void **)&place, 4 * CHUNK, 0, 0));
    SAY(hsa_amd_vmem_set_access(place, CHUNK, access, 1));
    SAY(hsa_amd_vmem_map(place, CHUNK, 0, memory, 0));
    SAY(hsa_amd_vmem_map(place + CHUNK, 2 * CHUNK, 0, other, 0));
    look("mapped", place, place);
    SAY(hsa_amd_vmem_map(place + CHUNK, CHUNK, 0, memory, 0));
    SAY(hsa_amd_vmem_map(place + 4 * CHUNK, CHUNK, 0, memory, 0));
    SAY(hsa_amd_vmem_map(place + 3 * CHUNK, CHUNK, 0, no_memory, 0));
    SAY(hsa_amd_vmem_map(NULL, CHUNK, 0, memory, 0));
    printf("nobody's yet: %d\n", (int)permission(place, gpu));
    SAY(hsa_amd_vmem_set_access(place, CHUNK, access, 2));
    printf("the GPU reads: %d\n", (int)permission(place + 4096, gpu));
    printf("of processors nothing is told: %d\n", (int)permission(place, cpu));
    printf("the other is nobody's: %d\n", (int)permission(place + CHUNK, gpu));
    memset(place, 42, CHUNK);
    printf("the host writes and reads: %d\n", place[CHUNK - 1]);
    access[0].permissions = HSA_ACCESS_PERMISSION_RW;
    SAY(hsa_amd_vmem_set_access(place, 3 * CHUNK, access, 1));
    printf("the GPU writes both: %d", (int)permission(place, gpu));
    printf(" %d, the host still reads %d\n", (int)permission(place + 2 * CHUNK, gpu), place[0]);
    SAY(hsa_amd_vmem_set_access(place, 4 * CHUNK, access, 1));
    SAY(hsa_amd_vmem_set_access(place, 5 * CHUNK, access, 1));
    SAY(hsa_amd_vmem_set_access(place, CHUNK, NULL, 1));
    SAY(hsa_amd_vmem_set_access(place, CHUNK, access, 0));
    SAY(hsa_amd_vmem_retain_alloc_handle(&again, place));
    printf("the same handle: %s\n", again.handle == memory.handle ? "yes" : "no");
    SAY(hsa_amd_vmem_retain_alloc_handle(&again, place + 4096));
    SAY(hsa_amd_vmem_address_free(place, 4 * CHUNK));
    SAY(hsa_amd_vmem_handle_release(memory));
    SAY(hsa_amd_vmem_handle_release(memory));
    printf("released, and still read: %d\n", place[9]);
    SAY(hsa_amd_vmem_unmap(place, CHUNK + 4096));
    SAY(hsa_amd_vmem_unmap(place, 3 * CHUNK));
    SAY(hsa_amd_vmem_unmap(place, CHUNK));
    SAY(hsa_amd_vmem_handle_release(memory));
    SAY(hsa_amd_vmem_address_free(place, 4 * CHUNK));
}

static void exchange(void) {
    char *place = NULL;
    int dmabuf = -1;
    hsa_amd_vmem_alloc_handle_t taken = {0}, again = {0};
    hsa_amd_memory_access_desc_t access = {HSA_ACCESS_PERMISSION_RW, cpu};
    SAY(hsa_amd_vmem_export_shareable_handle(&dmabuf, other, 0));
    SAY(hsa_amd_vmem_import_shareable_handle(dmabuf, &taken));
    SAY(hsa_amd_vmem_import_shareable_handle(-1, &taken));
    SAY(hsa_amd_vmem_import_shareable_handle(STDOUT_FILENO, &taken));
    SAY(hsa_amd_vmem_import_shareable_handle(dmabuf, NULL));
    /* 0 is a descriptor as any other. */
    SAY(hsa_amd_vmem_import_shareable_handle(dup2(dmabuf, STDIN_FILENO), &again));
    SAY(hsa_amd_vmem_handle_release(again));
    SAY(hsa_amd_vmem_export_shareable_handle(&dmabuf, no_memory, 0));
    printf("a descriptor: %d\n", dmabuf);
    NEED(hsa_amd_vmem_address_reserve((void **)&place, 4 * CHUNK, 0, 0));
    SAY(hsa_amd_vmem_map(place, 2 * CHUNK, 0, other, 0));
    SAY(hsa_amd_vmem_map(place + 2 * CHUNK, 2 * CHUNK, 0, taken, 0));
    SAY(hsa_amd_vmem_set_access(place, 4 * CHUNK, &access, 1));
    place[7] = 99;
    printf("one memory at two places: %d\n", place[2 * CHUNK + 7]);
    SAY(hsa_amd_vmem_unmap(place, 4 * CHUNK));
    SAY(hsa_amd_vmem_handle_release(taken));
    SAY(hsa_amd_vmem_handle_release(other));
    SAY(hsa_amd_vmem_address_free(place, 4 * CHUNK));
}

int main(void) {
    open_gpu();
    plain();
    reservations();
    handles();
    mappings();
    exchange();
    SAY(hsa_shut_down());
    return 0;
}
