/* The thunk's way through a driver that has no GPU: open, topology, clocks, events and waits, runtime, close. */
#include <hsakmt/hsakmt.h>
#include <stdio.h>

#define SAY(call) printf(#call ": %d\n", call)

static void events(void) {
    HsaEventDescriptor descriptor = {.EventType = HSA_EVENTTYPE_SIGNAL};
    HsaEvent *kept = NULL, *consumed = NULL;
    SAY(hsaKmtCreateEvent(&descriptor, true, false, &kept));
    SAY(hsaKmtCreateEvent(&descriptor, false, true, &consumed));
    if (!kept || !consumed) return;
    HsaEvent *both[] = {kept, consumed};
    SAY(hsaKmtWaitOnEvent(kept, 0));
    SAY(hsaKmtWaitOnEvent(kept, 20));
    SAY(hsaKmtWaitOnMultipleEvents(both, 2, false, 0));
    SAY(hsaKmtSetEvent(kept));
    SAY(hsaKmtSetEvent(consumed));
    SAY(hsaKmtWaitOnMultipleEvents(both, 2, true, 1000));
    SAY(hsaKmtWaitOnMultipleEvents(both, 2, true, 0));
    SAY(hsaKmtWaitOnEvent(kept, HSA_EVENTTIMEOUT_INFINITE));
    SAY(hsaKmtResetEvent(kept));
    SAY(hsaKmtWaitOnEvent(kept, 0));
    SAY(hsaKmtDestroyEvent(consumed));
    SAY(hsaKmtDestroyEvent(kept));
}

int main(void) {
    HsaVersionInfo version = {0};
    HsaSystemProperties system = {0};
    HsaNodeProperties node = {0};
    HsaClockCounters clocks = {0};
    SAY(hsaKmtOpenKFD());
    SAY(hsaKmtGetVersion(&version));
    printf("driver %u.%u\n", version.KernelInterfaceMajorVersion, version.KernelInterfaceMinorVersion);
    SAY(hsaKmtAcquireSystemProperties(&system));
    SAY(hsaKmtGetNodeProperties(0, &node));
    printf("%u nodes, the first has %u processor cores and %u memory banks\n", system.NumNodes, node.NumCPUCores,
           node.NumMemoryBanks);
    SAY(hsaKmtGetClockCounters(0, &clocks));
    printf("system clock %s\n", clocks.SystemClockCounter ? "runs" : "stands");
    events();
    SAY(hsaKmtRuntimeEnable(NULL, true));
    SAY(hsaKmtRuntimeEnable(NULL, true));
    SAY(hsaKmtRuntimeDisable());
    SAY(hsaKmtReleaseSystemProperties());
    SAY(hsaKmtCloseKFD());
    return 0;
}
