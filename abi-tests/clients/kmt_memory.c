/* Memory of the thunk: allocate, map, register, look up, export; in every order that goes wrong, too. */
#include "kmt.h"
#include <sys/mman.h>

#define SIZE (1 << 20)

/* All of a pointer's facts that do not depend on where it lies. */
static void look(const char *what, const void *address) {
    HsaPointerInfo info;
    memset(&info, 0, sizeof info);
    HSAKMT_STATUS status = hsaKmtQueryPointerInfo(address, &info);
    printf("%s: %d, type %d, node %u, flags %#x, %llu bytes, registered %u, mapped %u, user data %s\n", what, status,
           (int)info.Type, info.Node, info.MemFlags.Value, (unsigned long long)info.SizeInBytes,
           info.NRegisteredNodes, info.NMappedNodes, info.UserData ? "yes" : "no");
}

static void allocated(HSAuint32 node, HsaMemFlags flags) {
    HSAuint64 alternate = 0;
    HsaMemMapFlags map = {0};
    static int mine;
    void *address = NULL;
    printf("-- node %u, flags %#x\n", node, flags.Value);
    SAY(hsaKmtAllocMemory(node, SIZE, flags, &address));
    if (!address) return;
    look("allocated", address);
    look("its last byte", (char *)address + SIZE - 1);
    SAY(hsaKmtSetMemoryUserData(address, &mine));
    SAY(hsaKmtMapMemoryToGPU(address, SIZE, &alternate));
    look("mapped", address);
    SAY(hsaKmtMapMemoryToGPU(address, SIZE, &alternate));
    SAY(hsaKmtUnmapMemoryToGPU(address));
    SAY(hsaKmtUnmapMemoryToGPU(address));
    SAY(hsaKmtMapMemoryToGPUNodes(address, SIZE, &alternate, map, 1, gpus));
    SAY(hsaKmtMapMemoryToGPUNodes(address, SIZE, &alternate, map, gpu_count, gpus));
    look("mapped to nodes", address);
    SAY(hsaKmtUnmapMemoryToGPU(address));
    SAY(hsaKmtFreeMemory(address, SIZE));
    look("freed", address);
    SAY(hsaKmtFreeMemory(address, SIZE));
}

static void refused(void) {
    void *address = NULL;
    HsaMemFlags flags = system_flags(), fixed = system_flags();
    printf("-- what is refused\n");
    SAY(hsaKmtAllocMemory(0, 0, flags, &address));
    SAY(hsaKmtAllocMemory(0, 100, flags, &address));
    SAY(hsaKmtAllocMemory(0, SIZE, flags, NULL));
    SAY(hsaKmtAllocMemory(12345, SIZE, flags, &address));
    SAY(hsaKmtAllocMemoryAlign(0, SIZE, 3, flags, &address));
    SAY(hsaKmtAllocMemoryAlign(0, SIZE, 100, flags, &address));
    SAY(hsaKmtAllocMemory(gpus[0], 1ULL << 50, local_flags(), &address));
    fixed.ui32.FixedAddress = 1;
    SAY(hsaKmtAllocMemory(0, SIZE, fixed, &address));
    SAY(hsaKmtFreeMemory(NULL, 0));
    SAY(hsaKmtFreeMemory((void *)0x1000, SIZE));
    SAY(hsaKmtMapMemoryToGPU(NULL, SIZE, NULL));
    SAY(hsaKmtUnmapMemoryToGPU(NULL));
    SAY(hsaKmtUnmapMemoryToGPU((void *)0x1000));
    SAY(hsaKmtDeregisterMemory((void *)0x1000));
    SAY(hsaKmtSetMemoryUserData((void *)0x1000, NULL));
}

static void aligned(void) {
    HSAuint64 alignments[] = {0, 4096, 1 << 16, 1 << 21, 1 << 30};
    printf("-- alignment\n");
    for (unsigned i = 0; i < sizeof alignments / sizeof *alignments; i++) {
        void *address = NULL;
        int status = hsaKmtAllocMemoryAlign(gpus[0], SIZE, alignments[i], local_flags(), &address);
        HSAuint64 mask = alignments[i] ? alignments[i] - 1 : 4095;
        printf("%#llx: %d, %s\n", (unsigned long long)alignments[i], status,
               (uintptr_t)address & mask ? "not aligned" : "aligned");
        SAY(hsaKmtFreeMemory(address, SIZE));
    }
}

static void registered(void) {
    HSAuint64 alternate = 0;
    HsaMemFlags coarse = {0};
    char *own = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("-- registered\n");
    memset(own, 1, SIZE);
    look("a stranger", own);
    SAY(hsaKmtRegisterMemory(own, SIZE));
    look("registered", own);
    SAY(hsaKmtMapMemoryToGPU(own, SIZE, &alternate));
    look("mapped", own);
    SAY(hsaKmtUnmapMemoryToGPU(own));
    SAY(hsaKmtDeregisterMemory(own));
    SAY(hsaKmtDeregisterMemory(own));
    SAY(hsaKmtRegisterMemoryToNodes(own, SIZE, gpu_count, gpus));
    look("registered to nodes", own);
    SAY(hsaKmtMapMemoryToGPU(own, SIZE, &alternate));
    look("mapped", own);
    SAY(hsaKmtUnmapMemoryToGPU(own));
    SAY(hsaKmtDeregisterMemory(own));
    coarse.ui32.CoarseGrain = 1;
    SAY(hsaKmtRegisterMemoryWithFlags(own, SIZE, coarse));
    look("registered with flags", own);
    SAY(hsaKmtDeregisterMemory(own));
    munmap(own, SIZE);
}

static void exported(void) {
    void *address = must_allocate(gpus[0], SIZE, local_flags());
    HSAuint64 size = 0, offset = 77;
    int fd = -1;
    printf("-- exported\n");
    SAY(hsaKmtExportDMABufHandle(address, SIZE, &fd, &offset));
    printf("descriptor %s, offset %llu\n", fd >= 0 ? "yes" : "no", (unsigned long long)offset);
    if (fd >= 0) close(fd);
    SAY(hsaKmtExportDMABufHandle((void *)0x1000, SIZE, &fd, &offset));
    SAY(hsaKmtShareMemory(address, SIZE, NULL));
    SAY(hsaKmtRegisterSharedHandle(NULL, &address, &size));
    SAY(hsaKmtFreeMemory(address, SIZE));
}

int main(void) {
    HsaMemFlags host = local_flags(), executable = system_flags();
    HSAuint64 available = 0;
    kmt_open();
    if (gpu_count > 0) {
        allocated(0, system_flags());
        executable.ui32.ExecuteAccess = 1;
        allocated(0, executable);
        allocated(gpus[0], local_flags());
        host.ui32.HostAccess = 1;
        allocated(gpus[0], host);
        refused();
        aligned();
        registered();
        exported();
        SAY(hsaKmtAvailableMemory(gpus[0], &available));
        printf("some is left: %s\n", available > 0 ? "yes" : "no");
        SAY(hsaKmtAvailableMemory(0, &available));
        SAY(hsaKmtAvailableMemory(12345, &available));
    }
    kmt_close();
    return 0;
}
