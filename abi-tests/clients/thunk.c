/* The thunk's topology, as a client sees it that was compiled against whichever header: nothing is written beyond
   the structures that the header declares, and the elements of arrays lie where it says. */
#include <hsakmt/hsakmt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char canary[16] = "nothing up here";

static struct {
    HsaNodeProperties node;
    unsigned char after[sizeof canary];
} guarded;

/* A zeroed array of `count` elements with the canary behind it. */
static void *array(size_t size, unsigned count) {
    unsigned char *block = calloc(1, size * count + sizeof canary);
    memcpy(block + size * count, canary, sizeof canary);
    return block;
}

static const char *intact(const void *block, size_t bytes) {
    return memcmp((const unsigned char *)block + bytes, canary, sizeof canary) ? "OVERWRITTEN" : "intact";
}

static void links(unsigned node, unsigned count) {
    HsaIoLinkProperties *link = array(sizeof *link, count);
    HSAKMT_STATUS status = hsaKmtGetNodeIoLinkProperties(node, count, link);
    printf("  links %d, %s\n", status, intact(link, sizeof *link * count));
    for (unsigned i = 0; i < count; i++)
        printf("    %u -> %u type %d weight %u\n", link[i].NodeFrom, link[i].NodeTo, (int)link[i].IoLinkType,
               link[i].Weight);
    free(link);
}

static void banks(unsigned node, unsigned count) {
    HsaMemoryProperties *bank = array(sizeof *bank, count);
    HSAKMT_STATUS status = hsaKmtGetNodeMemoryProperties(node, count, bank);
    printf("  banks %d, %s\n", status, intact(bank, sizeof *bank * count));
    for (unsigned i = 0; i < count; i++)
        printf("    heap %d, %llu bytes, %u bits\n", (int)bank[i].HeapType,
               (unsigned long long)bank[i].SizeInBytes, bank[i].Width);
    free(bank);
}

static void node(unsigned number) {
    memset(&guarded.node, 0, sizeof guarded.node);
    memcpy(guarded.after, canary, sizeof canary);
    HSAKMT_STATUS status = hsaKmtGetNodeProperties(number, &guarded.node);
    printf("node %u: %d, %s, %u cpu cores, %u simd cores, gfx %u.%u.%u, %u banks, %u caches, %u links\n", number, status,
           intact(&guarded, sizeof guarded.node), guarded.node.NumCPUCores, guarded.node.NumFComputeCores,
           guarded.node.EngineId.ui32.Major, guarded.node.EngineId.ui32.Minor, guarded.node.EngineId.ui32.Stepping,
           guarded.node.NumMemoryBanks, guarded.node.NumCaches, guarded.node.NumIOLinks);
    banks(number, guarded.node.NumMemoryBanks);
    links(number, guarded.node.NumIOLinks);
}

int main(void) {
    HsaSystemProperties system;
    HsaVersionInfo version;
    HSAKMT_STATUS status = hsaKmtOpenKFD();
    printf("open %d\n", status);
    if (status != HSAKMT_STATUS_SUCCESS) return 0;
    printf("again %d\n", hsaKmtOpenKFD());
    printf("version %d\n", hsaKmtGetVersion(&version));
    printf("system %d\n", hsaKmtAcquireSystemProperties(&system));
    printf("%u nodes\n", system.NumNodes);
    for (unsigned i = 0; i < system.NumNodes; i++) node(i);
    printf("node too far: %d\n", hsaKmtGetNodeProperties(system.NumNodes, &guarded.node));
    printf("release %d, close %d, close %d, close %d\n", hsaKmtReleaseSystemProperties(), hsaKmtCloseKFD(),
           hsaKmtCloseKFD(), hsaKmtCloseKFD());
    return 0;
}
