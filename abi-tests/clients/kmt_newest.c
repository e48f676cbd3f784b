/* Names of the thunk that are newer than the releases that Debian packages, so that the statuses that are expected are those
   that upstream's source gives; buffers by handle are in kmt_buffers.c. */
#include "kmt.h"

/* The begins of kfd_runtime_info and kfd_dbg_device_info_entry of the kernel's kfd_ioctl.h, which older headers lack. */
struct runtime_info {
    uint64_t r_debug;
    uint32_t runtime_state, ttmp_setup;
};
struct device_info {
    uint64_t exception_status, apertures[6];
    uint32_t gpu_id, location_id, vendor_id, device_id, revision_id, subsystem[2], fw_version, gfx_target_version, rest[32];
};

static void clock_of_a_node(void) {
    HSAuint64 frequency = 0;
    SAY(hsaKmtGetNodeWallclockFrequency(gpus[0], &frequency));
    printf("%llu Hz\n", (unsigned long long)frequency);
    SAY(hsaKmtGetNodeWallclockFrequency(gpus[0], NULL));
    SAY(hsaKmtGetNodeWallclockFrequency(0, &frequency));
    SAY(hsaKmtGetNodeWallclockFrequency(12345, &frequency));
}

/* The driver's numbers of queues, which a debugger is told, too. */
static void numbers_of_queues(void) {
    HsaQueueResource resources[2] = {0};
    HSAuint32 number = UINT32_MAX;
    void *ring = must_allocate(0, 4096, system_flags());
    SAY(hsaKmtMapMemoryToGPU(ring, 4096, NULL));
    for (int i = 0; i < 2; i++) {
        SAY(hsaKmtCreateQueue(gpus[0], HSA_QUEUE_COMPUTE, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, 4096, NULL, &resources[i]));
        SAY(hsaKmtGetKernelQueueId(resources[i].QueueId, &number));
        printf("number %u\n", number);
    }
    SAY(hsaKmtGetKernelQueueId(resources[0].QueueId, NULL));
    for (int i = 0; i < 2; i++) SAY(hsaKmtDestroyQueue(resources[i].QueueId));
    SAY(hsaKmtGetKernelQueueId(resources[0].QueueId, &number));
    SAY(hsaKmtUnmapMemoryToGPU(ring));
    SAY(hsaKmtFreeMemory(ring, 4096));
}

static void core_dumps(void) {
    struct runtime_info runtime;
    struct device_info device;
    memset(&runtime, 0xff, sizeof runtime);
    memset(&device, 0xff, sizeof device);
    SAY(hsaKmtGetCoreRuntimeInfo(&runtime));
    printf("debugged by %#llx, state %u, set up %u\n", (unsigned long long)runtime.r_debug, runtime.runtime_state, runtime.ttmp_setup);
    SAY(hsaKmtRuntimeEnable((void *)0x1000, true));
    SAY(hsaKmtGetCoreRuntimeInfo(&runtime));
    printf("debugged by %#llx, state %u, set up %u\n", (unsigned long long)runtime.r_debug, runtime.runtime_state, runtime.ttmp_setup);
    SAY(hsaKmtRuntimeDisable());
    SAY(hsaKmtGetCoreRuntimeInfo(NULL));
    SAY(hsaKmtGetCoreDeviceInfo(properties.KFDGpuID, &device));
    printf("the GPU's own number: %s, gfx %u, vendor %#x\n", device.gpu_id == properties.KFDGpuID ? "yes" : "no",
           device.gfx_target_version, device.vendor_id);
    SAY(hsaKmtGetCoreDeviceInfo(properties.KFDGpuID, NULL));
    SAY(hsaKmtGetCoreDeviceInfo(1, &device));
}

/* Only AMD's own driver reads and writes files for GPUs, and only on Windows are there semaphores of others. */
static void refused(void) {
    HSA_EXTERNAL_SEMAPHORE_HANDLE semaphore = {0};
    HSAuint64 copied = 77;
    int32_t status = 77;
    void *memory = must_allocate(gpus[0], 4096, local_flags());
    SAY(hsaKmtAisReadWriteFile(memory, 4096, STDOUT_FILENO, 0, 77, &copied, &status));
    printf("untouched %d %d\n", (int)copied, status);
    SAY(hsaKmtAisReadWriteFile(memory, 4096, STDOUT_FILENO, 0, 1, &copied, &status));
    printf("copied %d, status %d\n", (int)copied, status);
    SAY(hsaKmtFreeMemory(memory, 4096));
    SAY(hsaKmtImportExternalSemaphore(gpus[0], NULL, 0, &semaphore));
    SAY(hsaKmtDestroyExternalSemaphore(semaphore));
    SAY(hsaKmtQueueSignalExternalSemaphore(1, semaphore, 1));
    SAY(hsaKmtQueueWaitExternalSemaphore(1, semaphore, 1));
    SAY(hsaKmtSetPersistingCacheSize(gpus[0], 4096));
    SAY(hsaKmtSetPersistingCacheSize(gpus[0], 1ull << 32));
    SAY(hsaKmtSetPersistingCacheSize(0, 4096));
    SAY(hsaKmtSetSigbusDelay(gpus[0], 100));
    SAY(hsaKmtSetSigbusDelay(0, 100));
}

int main(void) {
    HSAuint64 frequency;
    SAY(hsaKmtSetSigbusDelay(0, 100));
    SAY(hsaKmtGetNodeWallclockFrequency(0, &frequency));
    kmt_open();
    clock_of_a_node();
    numbers_of_queues();
    core_dumps();
    refused();
    kmt_close();
    return 0;
}
