/* What the programs on libhsakmt share: SAY prints a call's text and status, so that two libraries' outputs can be
   compared line by line. Addresses never appear in an output. */
#ifndef KMT_H
#define KMT_H
#include <hsakmt/hsakmt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAY(call) printf("%s: %d\n", #call, (int)(call))
#define GPUS_MAX 3

static HsaNodeProperties properties;
static HSAuint32 gpus[GPUS_MAX];
static unsigned gpu_count;

/* Opens the library and takes note of the first few GPUs. */
static inline void kmt_open(void) {
    HsaSystemProperties system = {0};
    setvbuf(stdout, NULL, _IOLBF, 0); /* what a crash cuts off is the crashing call only */
    SAY(hsaKmtOpenKFD());
    SAY(hsaKmtAcquireSystemProperties(&system));
    gpu_count = 0;
    for (HSAuint32 node = 0; node < system.NumNodes && gpu_count < GPUS_MAX; node++)
        if (hsaKmtGetNodeProperties(node, &properties) == HSAKMT_STATUS_SUCCESS && properties.NumFComputeCores > 0)
            gpus[gpu_count++] = node;
    printf("%u nodes, GPUs:", system.NumNodes);
    for (unsigned i = 0; i < gpu_count; i++) printf(" %u", gpus[i]);
    printf("\n");
    if (gpu_count > 0) hsaKmtGetNodeProperties(gpus[0], &properties);
}

static inline void kmt_close(void) {
    SAY(hsaKmtReleaseSystemProperties());
    SAY(hsaKmtCloseKFD());
}

/* Memory in the system that the CPU and the GPUs see. */
static inline HsaMemFlags system_flags(void) {
    HsaMemFlags flags = {0};
    flags.ui32.NonPaged = 1;
    flags.ui32.HostAccess = 1;
    return flags;
}

/* Memory of a GPU's own. */
static inline HsaMemFlags local_flags(void) {
    HsaMemFlags flags = {0};
    flags.ui32.NonPaged = 1;
    flags.ui32.CoarseGrain = 1;
    return flags;
}

/* An allocation that the program cannot do without: says so when it fails. */
static inline void *must_allocate(HSAuint32 node, HSAuint64 size, HsaMemFlags flags) {
    void *address = NULL;
    HSAKMT_STATUS status = hsaKmtAllocMemory(node, size, flags, &address);
    if (status != HSAKMT_STATUS_SUCCESS) printf("no memory on node %u: %d\n", node, status);
    return address;
}
#endif
