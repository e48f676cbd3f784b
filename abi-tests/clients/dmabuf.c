/* Memory of a GPU given away and taken in by descriptors of dma-bufs. The same on every library. With an argument: by descriptors
   for devices that the flags tell, which older libraries do not know. */
#include "gpu.h"
#include <unistd.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

static char *memory;
static int dmabuf = -1, other = -1;

#pragma weak hsa_amd_portable_export_dmabuf_v2
static void for_devices(void) {
    uint64_t offset;
    NEED(hsa_amd_memory_pool_allocate(vram, 2 << 20, 0, (void **)&memory));
    SAY(hsa_amd_portable_export_dmabuf_v2(memory, 4096, &dmabuf, &offset, HSA_AMD_DMABUF_MAPPING_TYPE_NONE));
    SAY(hsa_amd_portable_export_dmabuf_v2(memory, 4096, &dmabuf, &offset, HSA_AMD_DMABUF_MAPPING_TYPE_PCIE));
}

static void export(void) {
    void *far;
    uint64_t offset = 77;
    NEED(hsa_amd_memory_pool_allocate(vram, 2 << 20, 0, (void **)&memory));
    NEED(hsa_amd_memory_pool_allocate(system_memory, 4096, 0, &far));
    SAY(hsa_amd_portable_export_dmabuf(memory, 2 << 20, &dmabuf, &offset));
    printf("a descriptor: %s, offset %d\n", dmabuf >= 0 ? "yes" : "no", (int)offset);
    SAY(hsa_amd_portable_export_dmabuf(memory + 8192, 4096, &other, &offset));
    printf("another: %s, offset %d\n", other >= 0 && other != dmabuf ? "yes" : "no", (int)offset);
    int none;
    SAY(hsa_amd_portable_export_dmabuf(memory, (2 << 20) + 1, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(memory + (2 << 20), 1, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(far, 4096, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(&none, 4096, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(NULL, 4096, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(memory, 0, &none, &offset));
    SAY(hsa_amd_portable_export_dmabuf(memory, 4096, NULL, &offset));
    SAY(hsa_amd_portable_export_dmabuf(memory, 4096, &none, NULL));
    SAY(hsa_amd_memory_pool_free(far));
}

static void look(const char *what, const void *at, const void *base) {
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint32_t count = 77;
    hsa_agent_t *accessible = NULL;
    unsigned status = hsa_amd_pointer_info(at, &info, malloc, &count, &accessible);
    printf("-- %s: %#x, type %d", what, status, (int)info.type);
    if (!status && info.type)
        printf(", at its beginning %s, %zu bytes, the GPU's %s, flags %#x, for %u, the GPU %s",
               info.agentBaseAddress == base ? "yes" : "no", info.sizeInBytes,
               info.agentOwner.handle == gpu.handle ? "yes" : "no", info.global_flags, count,
               count && accessible[0].handle == gpu.handle ? "yes" : "no");
    printf("\n");
}

static void import(void) {
    size_t bytes = 77, length = 77;
    char *place = NULL;
    const void *metadata = NULL;
    SAY(hsa_amd_interop_map_buffer(1, &gpu, dmabuf, 0, &bytes, (void **)&place, &length, &metadata));
    printf("%zu bytes, elsewhere %s, described by %zu\n", bytes, place != memory ? "yes" : "no", length);
    look("taken in", place + 5000, place);
    look("where it comes from", memory + 5000, memory);
    SAY(hsa_amd_agents_allow_access(1, &gpu, NULL, place));
    SAY(hsa_amd_interop_unmap_buffer(place));
    look("given back", memory + 5000, memory);
    SAY(hsa_amd_interop_map_buffer(1, &gpu, dmabuf, 0, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_memory_pool_free(memory));
    SAY(hsa_amd_portable_close_dmabuf(dmabuf));
    SAY(hsa_amd_portable_close_dmabuf(other));
    SAY(hsa_amd_portable_close_dmabuf(other));
    look("of which only this is left", place, place);
    SAY(hsa_amd_interop_unmap_buffer(place));
    SAY(hsa_amd_interop_unmap_buffer(NULL));
    SAY(hsa_amd_interop_map_buffer(1, &gpu, 1000, 0, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(1, &gpu, STDOUT_FILENO, 0, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(0, &gpu, dmabuf, 0, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(1, &gpu, dmabuf, 2, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(1, NULL, dmabuf, 0, &bytes, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(1, &gpu, dmabuf, 0, NULL, (void **)&place, NULL, NULL));
    SAY(hsa_amd_interop_map_buffer(1, &gpu, dmabuf, 0, &bytes, NULL, NULL, NULL));
}

int main(int count, char **words) {
    (void)words;
    open_gpu();
    if (count > 1) {
        for_devices();
    } else {
        export();
        import();
    }
    SAY(hsa_shut_down());
    return 0;
}
