/* Buffers by descriptor within one process: exported whole and in part, taken in again, and all that is refused. */
#include "kmt.h"
#include <fcntl.h>
#include <sys/mman.h>

#define SIZE (2u << 20)
#define PART 65536

static HSAuint64 alternate;

static unsigned char *make(HsaMemFlags flags, HSAuint32 node) {
    unsigned char *memory = must_allocate(node, SIZE, flags);
    if (!memory) exit(2);
    SAY(hsaKmtMapMemoryToGPU(memory, SIZE, &alternate));
    return memory;
}

static int export(void *from, HSAuint64 size) {
    HSAuint64 offset = 77;
    int fd = -1;
    SAY(hsaKmtExportDMABufHandle(from, size, &fd, &offset));
    printf("descriptor %s, offset %llu\n", fd >= 0 ? "yes" : "no", (unsigned long long)offset);
    return fd;
}

/* What the driver shows of a descriptor, and what comes of the same memory twice in one address space. */
static void import(int fd, HSAuint32 nodes) {
    for (int round = 0; round < 2; round++) {
        HsaGraphicsResourceInfo info = {0};
        HsaPointerInfo about = {0};
        SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, nodes, gpus));
        printf("%llu bytes of node %u, %llu of metadata, address %s\n", (unsigned long long)info.SizeInBytes,
               info.NodeId, (unsigned long long)info.MetadataSizeInBytes, info.MemoryAddress ? "yes" : "no");
        SAY(hsaKmtQueryPointerInfo(info.MemoryAddress, &about));
        printf("type %d, %llu bytes, node %u\n", (int)about.Type, (unsigned long long)about.SizeInBytes, about.Node);
        SAY(hsaKmtMapMemoryToGPU(info.MemoryAddress, info.SizeInBytes, &alternate));
        SAY(hsaKmtUnmapMemoryToGPU(info.MemoryAddress));
        SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
        SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
        SAY(hsaKmtMapMemoryToGPU(info.MemoryAddress, info.SizeInBytes, &alternate));
    }
}

/* An import is an allocation too: it can be exported further. */
static void passed_on(int fd) {
    HsaGraphicsResourceInfo info = {0};
    SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, 1, gpus));
    int further = export(info.MemoryAddress, info.SizeInBytes);
    unsigned char *first = mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unsigned char *second = mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_SHARED, further, 0);
    if (first != MAP_FAILED && second != MAP_FAILED) {
        first[1] = 33;
        printf("passed on: %d\n", second[1]);
    }
    SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
    close(further);
}

static void wrong(unsigned char *memory) {
    HsaGraphicsResourceInfo info = {0};
    HSAuint32 node = 999;
    HSAuint64 offset;
    unsigned char own[PART];
    int fd, other = open("/dev/null", O_RDWR);
    SAY(hsaKmtExportDMABufHandle(memory, 2 * SIZE, &fd, &offset));
    SAY(hsaKmtExportDMABufHandle(memory + PART, SIZE, &fd, &offset));
    SAY(hsaKmtExportDMABufHandle(NULL, SIZE, &fd, &offset));
    SAY(hsaKmtExportDMABufHandle(own, PART, &fd, &offset));
    SAY(hsaKmtRegisterGraphicsHandleToNodes(other, &info, 1, gpus));
    SAY(hsaKmtRegisterGraphicsHandleToNodes(999, &info, 1, gpus));
    SAY(hsaKmtRegisterGraphicsHandleToNodes((HSAuint64)-1, &info, 1, gpus));
    fd = export(memory, SIZE);
    SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, 1, &node));
    SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, 0, NULL));
    SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
    close(fd);
    close(other);
}

/* Handles of AMD's own kernel: Linux has no such requests, so none can be made and none is accepted. */
static void handles(unsigned char *memory) {
    HsaSharedMemoryHandle handle = {1, 2, 3, 4, 1, 0, SIZE >> 12, 0};
    void *address = NULL;
    HSAuint64 size = 0;
    SAY(hsaKmtShareMemory(memory, SIZE, &handle));
    SAY(hsaKmtShareMemory(memory + PART, PART, &handle));
    SAY(hsaKmtShareMemory(memory, 1ull << 45, &handle));
    SAY(hsaKmtRegisterSharedHandle(&handle, &address, &size));
    SAY(hsaKmtRegisterSharedHandleToNodes(&handle, &address, &size, 1, gpus));
    SAY(hsaKmtRegisterSharedHandleToNodes(&handle, &address, &size, 1, NULL));
    handle[4] = 99;
    SAY(hsaKmtRegisterSharedHandle(&handle, &address, &size));
    printf("address %s, %llu bytes\n", address ? "yes" : "no", (unsigned long long)size);
}

int main(void) {
    HsaMemFlags local = local_flags();
    local.ui32.HostAccess = 1;
    kmt_open();
    unsigned char *memory[] = {make(local, gpus[0]), make(system_flags(), 0)};
    for (int kind = 0; kind < 2; kind++) {
        int whole = export(memory[kind], SIZE), part = export(memory[kind] + PART, PART);
        import(whole, 1);
        import(part, gpu_count);
        passed_on(whole);
        close(part);
        close(whole);
        wrong(memory[kind]);
        handles(memory[kind]);
        SAY(hsaKmtUnmapMemoryToGPU(memory[kind]));
        SAY(hsaKmtFreeMemory(memory[kind], SIZE));
        export(memory[kind], SIZE);
    }
    kmt_close();
    return 0;
}
