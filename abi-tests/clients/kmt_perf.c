/* Performance counters: which there are on each node, and what registering, starting and stopping them says. Standard
   input is a file without readers of perf events, as everywhere. */
#include "kmt.h"

static HsaCounterProperties *counters;
static HsaPmcTraceRoot root;

/* Every block and counter of a node, as a caller walks through them; but of the flags only the one that upstream
   sets, which leaves the others as it found them. */
static void tell(const HsaCounterProperties *all) {
    const char *at = (const char *)&all->Blocks[0];
    printf("%u blocks, %u at once\n", all->NumBlocks, all->NumConcurrent);
    for (HSAuint32 b = 0; b < all->NumBlocks; b++) {
        const HsaCounterBlockProperties *block = (const void *)at;
        const HSA_UUID *id = &block->BlockId;
        printf("%08x-%04x-%04x-", id->Data1, id->Data2, id->Data3);
        for (unsigned i = 0; i < sizeof id->Data4; i++) printf("%02x", id->Data4[i]);
        printf(": %u at once of %u:", block->NumConcurrent, block->NumCounters);
        for (HSAuint32 i = 0; i < block->NumCounters; i++) {
            const HsaCounter *one = &block->Counters[i];
            printf(" %u/%llu", one->BlockIndex, (unsigned long long)one->CounterId);
            if (one->Type != HSA_PROFILE_TYPE_NONPRIV_IMMEDIATE || one->CounterSizeInBits != 64 ||
                one->CounterMask != ~0ull || !one->Flags.ui32.Global)
                printf("(%d %u %llx %x)", one->Type, one->CounterSizeInBits, (unsigned long long)one->CounterMask,
                       one->Flags.ui32.Global);
        }
        printf("\n");
        at = (const char *)&block->Counters[block->NumCounters];
    }
}

/* A registration: started, read, stopped, taken back. */
static void trace(HSAuint32 node, HSAuint32 count, HsaCounter *wanted) {
    static char buffer[4096];
    memset(&root, 0, sizeof root);
    SAY(hsaKmtPmcRegisterTrace(node, count, wanted, &root));
    printf("%u passes, %llu bytes, %s\n", root.NumberOfPasses, (unsigned long long)root.TraceBufferMinSizeBytes,
           root.TraceId ? "an id" : "no id");
    if (root.TraceId == 0) return;
    SAY(hsaKmtPmcAcquireTraceAccess(node, root.TraceId));
    SAY(hsaKmtPmcAcquireTraceAccess(12345, root.TraceId));
    SAY(hsaKmtPmcQueryTrace(root.TraceId));
    SAY(hsaKmtPmcStartTrace(root.TraceId, NULL, sizeof buffer));
    SAY(hsaKmtPmcStartTrace(root.TraceId, buffer, 0));
    SAY(hsaKmtPmcStartTrace(root.TraceId, buffer, sizeof buffer));
    SAY(hsaKmtPmcQueryTrace(root.TraceId));
    SAY(hsaKmtPmcStopTrace(root.TraceId));
    SAY(hsaKmtPmcReleaseTraceAccess(node, root.TraceId));
    SAY(hsaKmtPmcReleaseTraceAccess(12345, root.TraceId));
    SAY(hsaKmtPmcUnregisterTrace(12345, root.TraceId));
    SAY(hsaKmtPmcUnregisterTrace(0, root.TraceId));
    SAY(hsaKmtPmcUnregisterTrace(node, root.TraceId));
}

/* Privileged counters, which no node offers: upstream's library takes them where the block is there. */
static void privileged(HSAuint32 node) {
    static HsaCounter wanted[513];
    HSAuint32 slots = counters->Blocks[0].NumConcurrent;
    for (unsigned i = 0; i < 513; i++) {
        wanted[i] = counters->Blocks[0].Counters[0];
        wanted[i].Type = HSA_PROFILE_TYPE_PRIVILEGED_IMMEDIATE;
    }
    trace(node, 1, wanted);
    trace(node, slots, wanted);
    trace(node, slots + 1, wanted);
    trace(node, 512, wanted);
    trace(node, 513, wanted);
    wanted[0].Type = HSA_PROFILE_TYPE_PRIVILEGED_STREAMING;
    wanted[1].Type = HSA_PROFILE_TYPE_NONPRIV_STREAMING;
    trace(node, 2, wanted);
    wanted[1].BlockIndex = 24;
    trace(node, 2, wanted);
}

/* Ids that are none. */
static void nothing(HSAuint32 node) {
    char buffer[64];
    HSAuint64 not_one[8] = {0};
    SAY(hsaKmtPmcUnregisterTrace(node, 0));
    SAY(hsaKmtPmcAcquireTraceAccess(node, 0));
    SAY(hsaKmtPmcReleaseTraceAccess(node, 0));
    SAY(hsaKmtPmcStartTrace(0, buffer, sizeof buffer));
    SAY(hsaKmtPmcQueryTrace(0));
    SAY(hsaKmtPmcStopTrace(0));
    SAY(hsaKmtPmcUnregisterTrace(12345, (HSATraceId)(uintptr_t)not_one));
    SAY(hsaKmtPmcUnregisterTrace(node, (HSATraceId)(uintptr_t)not_one));
    SAY(hsaKmtPmcAcquireTraceAccess(12345, (HSATraceId)(uintptr_t)not_one));
    SAY(hsaKmtPmcReleaseTraceAccess(node, (HSATraceId)(uintptr_t)not_one));
    SAY(hsaKmtPmcStartTrace((HSATraceId)(uintptr_t)not_one, buffer, sizeof buffer));
    SAY(hsaKmtPmcQueryTrace((HSATraceId)(uintptr_t)not_one));
    SAY(hsaKmtPmcStopTrace((HSATraceId)(uintptr_t)not_one));
}

static void node(HSAuint32 node) {
    HsaCounterProperties *again = NULL;
    HsaCounter one = {.Type = HSA_PROFILE_TYPE_NONPRIV_IMMEDIATE, .CounterSizeInBits = 64, .BlockIndex = 14};
    counters = NULL;
    SAY(hsaKmtPmcGetCounterProperties(node, &counters));
    trace(node, 1, &one); /* what only queues reach is nothing to register */
    nothing(node);
    if (counters == NULL) return;
    SAY(hsaKmtPmcGetCounterProperties(node, &again));
    printf("the same: %d\n", again == counters);
    tell(counters);
    privileged(node);
}

int main(void) {
    HsaCounter one = {.Type = HSA_PROFILE_TYPE_PRIVILEGED_IMMEDIATE};
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("-- before opening\n");
    SAY(hsaKmtPmcGetCounterProperties(0, &counters));
    SAY(hsaKmtPmcRegisterTrace(0, 1, &one, &root));
    nothing(0);
    kmt_open();
    printf("-- arguments that are not there\n");
    SAY(hsaKmtPmcGetCounterProperties(0, NULL));
    SAY(hsaKmtPmcGetCounterProperties(12345, &counters));
    SAY(hsaKmtPmcRegisterTrace(0, 1, NULL, &root));
    SAY(hsaKmtPmcRegisterTrace(0, 1, &one, NULL));
    SAY(hsaKmtPmcRegisterTrace(0, 0, &one, &root));
    SAY(hsaKmtPmcRegisterTrace(12345, 1, &one, &root));
    printf("-- the CPU's node\n");
    node(0);
    for (unsigned i = 0; i < gpu_count; i++) {
        printf("-- a GPU\n");
        node(gpus[i]);
    }
    kmt_close();
    return 0;
}
