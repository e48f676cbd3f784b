/* Statuses before the library is opened, and of arguments that name nothing. */
#include "kmt.h"

static HsaVersionInfo version;
static HsaSystemProperties machine;
static HsaMemoryProperties bank;
static HsaCacheProperties cache;
static HsaIoLinkProperties link_properties;
static HsaClockCounters clocks;
static HsaEventDescriptor descriptor;

/* Calls that need an open library and, but for the first, a machine. */
static void everything(HSAuint32 node) {
    HSAuint32 capabilities = 0;
    HSAuint64 bytes = 0;
    HSAint32 xnack = 0;
    HsaEvent *event = NULL;
    HsaNodeProperties own;
    void *address = NULL;
    int fd = -1;
    SAY(hsaKmtGetVersion(&version));
    SAY(hsaKmtGetNodeProperties(node, &own));
    SAY(hsaKmtGetNodeMemoryProperties(node, 1, &bank));
    SAY(hsaKmtGetNodeCacheProperties(node, 0, 1, &cache));
    SAY(hsaKmtGetNodeIoLinkProperties(node, 1, &link_properties));
    SAY(hsaKmtGetClockCounters(node, &clocks));
    SAY(hsaKmtAvailableMemory(node, &bytes));
    SAY(hsaKmtAllocMemory(node, 4096, local_flags(), &address));
    SAY(hsaKmtSetMemoryPolicy(node, 0, 0, NULL, 0));
    SAY(hsaKmtSetTrapHandler(node, NULL, 0, NULL, 0));
    SAY(hsaKmtOpenSMI(node, &fd));
    if (fd >= 0) close(fd);
    SAY(hsaKmtCreateEvent(&descriptor, true, false, &event));
    if (event) SAY(hsaKmtDestroyEvent(event));
    SAY(hsaKmtGetXNACKMode(&xnack));
    SAY(hsaKmtGetRuntimeCapabilities(&capabilities));
    SAY(hsaKmtCheckRuntimeDebugSupport());
}

/* What no library does. */
static void refused(void) {
    SAY(hsaKmtProcessVMRead(0, NULL, 0, NULL, 0, NULL));
    SAY(hsaKmtProcessVMWrite(0, NULL, 0, NULL, 0, NULL));
    SAY(hsaKmtMapGraphicHandle(1, 0, 0, 0, 4096, NULL));
    SAY(hsaKmtUnmapGraphicHandle(1, 0, 4096));
    SAY(hsaKmtUnmapGraphicHandle(1, 0x1000, 4096));
    SAY(hsaKmtReplaceAsanHeaderPage(NULL));
    SAY(hsaKmtReturnAsanHeaderPage(NULL));
}

/* Without those in which upstream crashes: hsaKmtGetVersion, hsaKmtGetClockCounters, hsaKmtCreateEvent. */
static void nothing(void) {
    SAY(hsaKmtAcquireSystemProperties(NULL));
    SAY(hsaKmtGetNodeProperties(0, NULL));
    SAY(hsaKmtGetNodeMemoryProperties(0, 1, NULL));
    SAY(hsaKmtGetNodeCacheProperties(0, 0, 1, NULL));
    SAY(hsaKmtGetNodeIoLinkProperties(0, 1, NULL));
    SAY(hsaKmtMapMemoryToGPU(NULL, 0, NULL));
    SAY(hsaKmtQueryPointerInfo(NULL, NULL));
    SAY(hsaKmtRegisterMemory(NULL, 4096));
    SAY(hsaKmtRegisterMemory(&version, 0));
    SAY(hsaKmtRegisterSharedHandle(NULL, NULL, NULL));
    SAY(hsaKmtShareMemory(NULL, 0, NULL));
    SAY(hsaKmtSVMGetAttr(NULL, 0, 0, NULL));
    SAY(hsaKmtSVMSetAttr(NULL, 0, 0, NULL));
    SAY(hsaKmtRuntimeDisable());
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("-- before opening\n");
    SAY(hsaKmtCloseKFD());
    everything(0);
    refused();
    SAY(hsaKmtOpenKFD());
    printf("-- before the snapshot\n");
    SAY(hsaKmtGetNodeProperties(0, &properties));
    SAY(hsaKmtReleaseSystemProperties());
    SAY(hsaKmtAcquireSystemProperties(&machine));
    printf("-- arguments that are not there\n");
    nothing();
    refused();
    printf("-- a node that is not there\n");
    everything(12345);
    printf("-- the CPU's node\n");
    everything(0);
    kmt_close();
    return 0;
}
