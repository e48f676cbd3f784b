/* One process's memory of a GPU in another: by descriptors of dma-bufs, by handles of physical memory, by tickets. What the
   exporter's GPU wrote the importer's GPU reads, and the other way round; and what is taken in stays when the exporter has
   freed it. The same on every library. The parent imports, a child exports; each opens the library by itself.
   shared_memory WAY: buffer, physical or ticket. */
#include "channel.h"
#include "gpu.h"
#include <sys/wait.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))
#define SIZE (2u << 20)
enum { EXPORTED = 0x11111111, IMPORTED = 0x22222222 };

static uint32_t *host;

/* Has the GPU read all words into the host's memory: how many are as expected. */
static unsigned words_of(const void *memory, uint32_t expected) {
    unsigned count = 0;
    hsa_signal_t done = new_signal(1);
    memset(host, 0, SIZE);
    NEED(hsa_amd_memory_async_copy(host, gpu, memory, gpu, SIZE, 0, NULL, done));
    if (wait_zero(done)) puts("left");
    NEED(hsa_signal_destroy(done));
    for (unsigned i = 0; i < SIZE / 4; i++) count += host[i] == expected;
    return count;
}

static void fill(void *memory, uint32_t word) {
    hsa_signal_t done = new_signal(1);
    for (unsigned i = 0; i < SIZE / 4; i++) host[i] = word;
    NEED(hsa_amd_memory_async_copy(memory, gpu, host, gpu, SIZE, 0, NULL, done));
    if (wait_zero(done)) puts("left");
    NEED(hsa_signal_destroy(done));
}

/* The exporter's part once the other has it. */
static void see_change(const void *memory) {
    hear();
    printf("exporter: %u words changed\n", words_of(memory, IMPORTED));
}

/* The importer's part once it has it. */
static void read_and_change(void *memory) {
    printf("importer: %u words there\n", words_of(memory, EXPORTED));
    fill(memory, IMPORTED);
    tell(-1);
}

static void export_buffer(void) {
    void *memory;
    int fd = -1;
    uint64_t offset;
    NEED(hsa_amd_memory_pool_allocate(vram, SIZE, 0, &memory));
    fill(memory, EXPORTED);
    SAY(hsa_amd_portable_export_dmabuf(memory, SIZE, &fd, &offset));
    tell(fd);
    SAY(hsa_amd_portable_close_dmabuf(fd));
    see_change(memory);
    SAY(hsa_amd_memory_pool_free(memory));
    tell(-1);
}

static void import_buffer(void) {
    size_t bytes;
    void *place;
    int fd = hear();
    SAY(hsa_amd_interop_map_buffer(1, &gpu, fd, 0, &bytes, &place, NULL, NULL));
    close(fd);
    read_and_change(place);
    hear();
    printf("importer: %u words stay\n", words_of(place, IMPORTED));
    SAY(hsa_amd_interop_unmap_buffer(place));
}

/* Maps physical memory for the GPU. */
static void *mapped(hsa_amd_vmem_alloc_handle_t physical) {
    hsa_amd_memory_access_desc_t access = {HSA_ACCESS_PERMISSION_RW, gpu};
    void *place;
    NEED(hsa_amd_vmem_address_reserve(&place, SIZE, 0, 0));
    SAY(hsa_amd_vmem_map(place, SIZE, 0, physical, 0));
    SAY(hsa_amd_vmem_set_access(place, SIZE, &access, 1));
    return place;
}

static void unmap(void *place, hsa_amd_vmem_alloc_handle_t physical) {
    SAY(hsa_amd_vmem_unmap(place, SIZE));
    SAY(hsa_amd_vmem_handle_release(physical));
    SAY(hsa_amd_vmem_address_free(place, SIZE));
}

static void export_physical(void) {
    hsa_amd_vmem_alloc_handle_t physical;
    int fd = -1;
    NEED(hsa_amd_vmem_handle_create(vram, SIZE, MEMORY_TYPE_NONE, 0, &physical));
    void *place = mapped(physical);
    fill(place, EXPORTED);
    SAY(hsa_amd_vmem_export_shareable_handle(&fd, physical, 0));
    tell(fd);
    close(fd);
    see_change(place);
    unmap(place, physical);
    tell(-1);
}

static void import_physical(void) {
    hsa_amd_vmem_alloc_handle_t physical;
    int fd = hear();
    SAY(hsa_amd_vmem_import_shareable_handle(fd, &physical));
    close(fd);
    void *place = mapped(physical);
    read_and_change(place);
    hear();
    printf("importer: %u words stay\n", words_of(place, IMPORTED));
    unmap(place, physical);
}

static void export_ticket(void) {
    void *memory;
    hsa_amd_ipc_memory_t ticket;
    NEED(hsa_amd_memory_pool_allocate(vram, SIZE, 0, &memory));
    fill(memory, EXPORTED);
    SAY(hsa_amd_ipc_memory_create(memory, SIZE, &ticket));
    fflush(stdout);
    if (write(channel, &ticket, sizeof ticket) != sizeof ticket) exit(5);
    see_change(memory);
    SAY(hsa_amd_memory_pool_free(memory));
    tell(-1);
}

static void import_ticket(void) {
    hsa_amd_ipc_memory_t ticket;
    void *place;
    if (recv(channel, &ticket, sizeof ticket, MSG_WAITALL) != sizeof ticket) exit(6);
    SAY(hsa_amd_ipc_memory_attach(&ticket, SIZE, 1, &gpu, &place));
    read_and_change(place);
    hear();
    printf("importer: %u words stay\n", words_of(place, IMPORTED));
    SAY(hsa_amd_ipc_memory_detach(place));
}

static const struct {
    const char *name;
    void (*parts[2])(void);
} ways[] = {
    {"buffer", {import_buffer, export_buffer}},
    {"physical", {import_physical, export_physical}},
    {"ticket", {import_ticket, export_ticket}},
};

int main(int count, char **words) {
    int ends[2], status = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
    pid_t exporter = fork();
    channel = ends[exporter == 0];
    close(ends[exporter != 0]);
    open_gpu();
    NEED(hsa_amd_memory_pool_allocate(arguments_memory, SIZE, 0, (void **)&host));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, host));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (count == 2 && !strcmp(words[1], ways[i].name)) ways[i].parts[exporter == 0]();
    NEED(hsa_shut_down());
    if (exporter == 0) return 0;
    waitpid(exporter, &status, 0);
    printf("end %d\n", status);
    return 0;
}
