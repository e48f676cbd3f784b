/* Buffers by handle, as ROCr uses them since 2026: memory becomes a handle, is seen by the processor and mapped for a GPU
   at addresses of the program's choice, and goes to another process with a token. With "gpu" a queue writes through
   such a mapping. No release has these functions in a library of its own, so the statuses that are expected are those
   that upstream's source gives. */
#include "kmt.h"
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SIZE (2u << 20)
#define PART 65536u

_Static_assert(sizeof(HsaHandleImportDesc) == 40 && offsetof(HsaHandleImportDesc, dmabuf_fd) == 12 &&
               offsetof(HsaHandleImportDesc, mem) == 28 && offsetof(HsaHandleImportDesc, metadata) == 36, "import");
_Static_assert(sizeof(HsaHandleImportResult) == 24 && offsetof(HsaHandleImportResult, alloc_size) == 12, "imported");
_Static_assert(sizeof(HsaHandleExportDesc) == 28 && offsetof(HsaHandleExportDesc, buf_handle) == 12, "export");
_Static_assert(sizeof(HsaMemoryExportResult) == 16 && sizeof(HsaHandleImportFlags) == 4, "exported, flags");

static int failures;

#define EXPECT(value, expected)                                                                                   \
    do {                                                                                                          \
        unsigned long long is = (unsigned long long)(value);                                                      \
        if (is != (unsigned long long)(expected)) failures++, printf("line %d: %s: %llu\n", __LINE__, #value, is); \
    } while (0)
#define WORKS(call) EXPECT(call, HSAKMT_STATUS_SUCCESS)

static HsaAMDGPUDeviceHandle device;

static HSAKMT_STATUS import_as(int type, int fd, HsaHandleImportFlags flags, HSAuint32 token,
                               HsaHandleImportResult *result) {
    HsaHandleImportDesc wanted = {.device_handle = device, .type = type, .dmabuf_fd = fd, .metadata = token};
    memset(result, 0, sizeof *result);
    return hsaKmtHandleImport(&wanted, result, &flags);
}

static HsaMemoryObjectHandle import(int fd) {
    HsaHandleImportResult result;
    WORKS(import_as(HSA_EXTERNAL_HANDLE_DMA_BUF, fd, (HsaHandleImportFlags){0}, 0, &result));
    EXPECT(result.alloc_size, SIZE);
    EXPECT(result.dmabuf_fd, fd);
    return result.buf_handle;
}

static int export(HsaMemoryObjectHandle buffer) {
    HsaHandleExportDesc wanted = {device, HSA_EXTERNAL_HANDLE_DMA_BUF, buffer, SIZE};
    HsaMemoryExportResult result = {0};
    HsaHandleExportFlags flags = {0};
    WORKS(hsaKmtHandleExport(&wanted, &result, &flags));
    return result.dmabuf_fd;
}

/* Memory of the GPU that only a handle keeps: the allocation is freed, as ROCr frees it. */
static HsaMemoryObjectHandle create(void) {
    HsaMemFlags flags = local_flags();
    HSAuint64 offset = 1;
    int fd = -1;
    flags.ui32.HostAccess = 1;
    unsigned char *memory = must_allocate(gpus[0], SIZE, flags);
    if (!memory) exit(2);
    memory[0] = 11;
    WORKS(hsaKmtExportDMABufHandle(memory, SIZE, &fd, &offset));
    EXPECT(offset, 0);
    HsaMemoryObjectHandle buffer = import(fd);
    EXPECT(import(fd), (size_t)buffer);
    WORKS(hsaKmtMemHandleFree(buffer));
    close(fd);
    WORKS(hsaKmtFreeMemory(memory, SIZE));
    return buffer;
}

/* The two ways by which the processor sees a buffer. */
static unsigned char *for_processor(HsaMemoryObjectHandle buffer) {
    void *mapped = NULL, *again = NULL;
    HSAuint64 offset = 0;
    int fd = -1;
    WORKS(hsaKmtMemoryCpuMap(buffer, &mapped));
    WORKS(hsaKmtMemoryCpuMap(buffer, &again));
    EXPECT(mapped == again, 1);
    WORKS(hsaKmtMemoryGetCpuAddr(device, buffer, &offset));
    WORKS(hsaKmtGetAmdGPUDeviceFd(device, &fd));
    unsigned char *own = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
    EXPECT(own == MAP_FAILED, 0);
    ((unsigned char *)mapped)[1] = 22;
    EXPECT(own[0], 11);
    EXPECT(own[1], 22);
    munmap(own, SIZE);
    return mapped;
}

static HSAuint64 reserve(void) {
    HsaMemFlags flags = {0};
    flags.ui32.OnlyAddress = 1;
    void *address = NULL;
    WORKS(hsaKmtAllocMemory(gpus[0], 2 * SIZE, flags, &address));
    return (size_t)address;
}

static void for_gpu(HsaMemoryObjectHandle buffer, HSAuint64 at) {
    HSAuint32 gpu = gpus[0];
    WORKS(hsaKmtMemoryVaMap(buffer, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, gpu));
    EXPECT(hsaKmtMemoryVaMap(buffer, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, gpu), HSAKMT_STATUS_ERROR);
    WORKS(hsaKmtMemoryVaMap(buffer, PART, PART, at + SIZE, HSA_MEMORY_ACCESS_RO, gpu));
    EXPECT(hsaKmtMemoryVaMap(buffer, SIZE, PART, at + SIZE + PART, HSA_MEMORY_ACCESS_WO, gpu), HSAKMT_STATUS_ERROR);
    EXPECT(hsaKmtMemoryVaMap(buffer, 1, PART, at + SIZE + PART, HSA_MEMORY_ACCESS_WO, gpu), HSAKMT_STATUS_ERROR);
    EXPECT(hsaKmtMemoryVaMap(buffer, 0, 0, at + SIZE + PART, HSA_MEMORY_ACCESS_WO, gpu), HSAKMT_STATUS_ERROR);
    EXPECT(hsaKmtMemoryVaMap(NULL, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, gpu), HSAKMT_STATUS_ERROR);
    EXPECT(hsaKmtMemoryVaMap(buffer, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, 999), HSAKMT_STATUS_INVALID_NODE_UNIT);
    if (gpu_count > 1)
        EXPECT(hsaKmtMemoryVaMap(buffer, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, gpus[1]), HSAKMT_STATUS_ERROR);
    WORKS(hsaKmtMemoryVaUnmap(buffer, 0, SIZE, at, gpu));
    EXPECT(hsaKmtMemoryVaUnmap(buffer, 0, SIZE, at, gpu), HSAKMT_STATUS_ERROR);
    EXPECT(hsaKmtMemoryVaUnmap(NULL, 0, SIZE, at, gpu), HSAKMT_STATUS_ERROR);
    WORKS(hsaKmtMemoryVaUnmap(buffer, PART, PART, at + SIZE, gpu));
    WORKS(hsaKmtMemoryVaMap(buffer, 0, SIZE, at, HSA_MEMORY_ACCESS_RW, gpu));
}

/* A DMA queue stores a word at an address of the GPU: packet WRITE of the SDMA engines. */
static void write_by_gpu(HSAuint64 at, volatile HSAuint32 *seen) {
    HsaMemFlags flags = system_flags();
    HsaQueueResource queue = {0};
    HSAuint64 alternate = 0;
    flags.ui32.ExecuteAccess = 1;
    HSAuint32 *ring = must_allocate(0, PART, flags);
    HSAuint64 *pointers = must_allocate(0, 4096, flags);
    if (!ring || !pointers) exit(2);
    WORKS(hsaKmtMapMemoryToGPU(ring, PART, &alternate));
    WORKS(hsaKmtMapMemoryToGPU(pointers, 4096, &alternate));
    queue.Queue_write_ptr_aql = pointers;
    queue.Queue_read_ptr_aql = pointers + 16;
    WORKS(hsaKmtCreateQueue(gpus[0], HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, PART, NULL, &queue));
    const HSAuint32 packet[] = {2, (HSAuint32)at, (HSAuint32)(at >> 32), 0, 0x12345678};
    memcpy(ring, packet, sizeof packet);
    __atomic_store_n(pointers, sizeof packet, __ATOMIC_RELEASE);
    __atomic_store_n(queue.Queue_DoorBell_aql, sizeof packet, __ATOMIC_RELEASE);
    while (*seen != 0x12345678) usleep(1000);
    printf("the GPU wrote\n");
    WORKS(hsaKmtDestroyQueue(queue.QueueId));
    WORKS(hsaKmtUnmapMemoryToGPU(ring));
    WORKS(hsaKmtUnmapMemoryToGPU(pointers));
    WORKS(hsaKmtFreeMemory(ring, PART));
    WORKS(hsaKmtFreeMemory(pointers, 4096));
}

static HSAKMT_STATUS import_token(int fd, int update, HSAuint32 token, HsaHandleImportResult *result) {
    HsaHandleImportFlags flags = {.ui32 = {.IPCHandle = 1, .UpdateMetadata = update}};
    return import_as(HSA_EXTERNAL_HANDLE_DMA_BUF, fd, flags, token, result);
}

/* A child has the library to itself: it opens it, and takes the buffer in by the descriptor that it inherited. */
static void in_child(int fd) {
    HsaHandleImportResult result;
    void *mapped = NULL;
    EXPECT(hsaKmtMemoryCpuMap((HsaMemoryObjectHandle)1, &mapped), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
    kmt_open();
    WORKS(hsaKmtGetAMDGPUDeviceHandle(gpus[0], &device));
    WORKS(import_token(fd, 0, 77, &result));
    WORKS(hsaKmtMemoryCpuMap(result.buf_handle, &mapped));
    unsigned char *bytes = mapped;
    EXPECT(bytes[1], 22);
    bytes[2] = 33;
    WORKS(hsaKmtMemoryVaMap(result.buf_handle, 0, SIZE, (size_t)bytes, HSA_MEMORY_ACCESS_RW, gpus[0]));
    WORKS(hsaKmtMemHandleFreePreserveMetadata(result.buf_handle));
    EXPECT(hsaKmtMemHandleFree(result.buf_handle), HSAKMT_STATUS_INVALID_HANDLE);
    kmt_close();
    fflush(stdout);
    _exit(failures);
}

static void tokens(HsaMemoryObjectHandle buffer, unsigned char *bytes) {
    HsaHandleImportResult result;
    int fd = export(buffer);
    WORKS(import_token(fd, 1, 77, &result));
    EXPECT(result.metadata, 0);
    WORKS(hsaKmtMemHandleFreePreserveMetadata(result.buf_handle));
    WORKS(import_token(fd, 1, 88, &result));
    EXPECT(result.metadata, 77);
    WORKS(hsaKmtMemHandleFreePreserveMetadata(result.buf_handle));
    EXPECT(import_token(fd, 0, 88, &result), HSAKMT_STATUS_INVALID_PARAMETER);
    EXPECT(result.metadata, 77);
    close(fd);
    fd = export(buffer);
    fflush(stdout);
    int ended = -1;
    pid_t child = fork();
    if (child == 0) in_child(fd);
    waitpid(child, &ended, 0);
    EXPECT(ended, 0);
    EXPECT(bytes[2], 33);
    WORKS(import_token(fd, 0, 77, &result));
    WORKS(hsaKmtMemHandleFree(result.buf_handle));
    EXPECT(import_token(fd, 0, 77, &result), HSAKMT_STATUS_INVALID_PARAMETER);
    EXPECT(result.metadata, 0);
    close(fd);
}

static void wrong(HsaMemoryObjectHandle buffer) {
    int fd = export(buffer), other = open("/dev/null", O_RDWR);
    HsaHandleImportFlags none = {0};
    HsaHandleImportDesc wanted = {.type = HSA_EXTERNAL_HANDLE_DMA_BUF, .dmabuf_fd = fd};
    HsaHandleExportDesc out = {.type = HSA_EXTERNAL_HANDLE_DMA_BUF, .buf_handle = buffer, .size = SIZE};
    HsaHandleExportFlags nothing = {0};
    HsaMemoryExportResult exported;
    HsaHandleImportResult result;
    EXPECT(hsaKmtHandleImport(&wanted, &result, &none), HSAKMT_STATUS_INVALID_HANDLE);
    EXPECT(hsaKmtHandleImport(NULL, &result, &none), HSAKMT_STATUS_INVALID_HANDLE);
    EXPECT(hsaKmtHandleImport(&wanted, NULL, &none), HSAKMT_STATUS_INVALID_HANDLE);
    EXPECT(import_as(HSA_EXTERNAL_HANDLE_DMA_BUF, -1, none, 0, &result), HSAKMT_STATUS_ERROR);
    EXPECT(import_as(HSA_EXTERNAL_HANDLE_DMA_BUF, other, none, 0, &result), HSAKMT_STATUS_ERROR);
    EXPECT(import_as(HSA_EXTERNAL_HANDLE_FABRIC, fd, none, 0, &result), HSAKMT_STATUS_ERROR);
    EXPECT(import_as(HSA_EXTERNAL_HANDLE_GEM_FLINK_NAME, fd, none, 0, &result), HSAKMT_STATUS_NOT_SUPPORTED);
    EXPECT(import_as(HSA_EXTERNAL_HANDLE_KMS, fd, none, 0, &result), HSAKMT_STATUS_NOT_SUPPORTED);
    EXPECT(hsaKmtHandleExport(&out, &exported, &nothing), HSAKMT_STATUS_INVALID_HANDLE);
    out.device_handle = device;
    out.type = HSA_EXTERNAL_HANDLE_KMS;
    EXPECT(hsaKmtHandleExport(&out, &exported, &nothing), HSAKMT_STATUS_NOT_SUPPORTED);
    out.type = HSA_EXTERNAL_HANDLE_FABRIC;
    EXPECT(hsaKmtHandleExport(&out, &exported, &nothing), HSAKMT_STATUS_ERROR);
    close(other);
    close(fd);
}

int main(int argc, char **argv) {
    HSAuint64 before = 0, after = 0;
    kmt_open();
    WORKS(hsaKmtGetAMDGPUDeviceHandle(gpus[0], &device));
    WORKS(hsaKmtAvailableMemory(gpus[0], &before));
    HsaMemoryObjectHandle buffer = create();
    unsigned char *bytes = for_processor(buffer);
    HSAuint64 at = reserve();
    for_gpu(buffer, at);
    if (argc > 1 && strcmp(argv[1], "gpu") == 0) write_by_gpu(at + PART, (HSAuint32 *)(bytes + PART));
    tokens(buffer, bytes);
    wrong(buffer);
    WORKS(hsaKmtMemHandleFree(buffer));
    EXPECT(hsaKmtMemHandleFree(buffer), HSAKMT_STATUS_INVALID_HANDLE);
    WORKS(hsaKmtAvailableMemory(gpus[0], &after));
    EXPECT(before == after, 1);
    WORKS(hsaKmtFreeMemory((void *)at, 2 * SIZE));
    kmt_close();
    EXPECT(hsaKmtMemHandleFreePreserveMetadata(buffer), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
    printf("%d failures\n", failures);
    return failures != 0;
}
