/* Queues of the thunk: every type, wrong arguments, update, compute-unit masks, what a queue's save area says. */
#include "kmt.h"

#define RING 65536

static void used(HSA_QUEUEID id, void *ring) {
    HSAuint32 mask[2] = {0xff, 0}, gws = 0;
    HsaQueueInfo info;
    memset(&info, 0, sizeof info);
    SAY(hsaKmtUpdateQueue(id, 50, HSA_QUEUE_PRIORITY_HIGH, ring, RING, NULL));
    SAY(hsaKmtUpdateQueue(id, 101, HSA_QUEUE_PRIORITY_HIGH, ring, RING, NULL));
    SAY(hsaKmtUpdateQueue(id, 0, HSA_QUEUE_PRIORITY_MINIMUM, ring, RING, NULL));
    SAY(hsaKmtSetQueueCUMask(id, 32, mask));
    SAY(hsaKmtSetQueueCUMask(id, 33, mask));
    SAY(hsaKmtSetQueueCUMask(id, 0, mask));
    SAY(hsaKmtGetQueueInfo(id, &info));
    printf("save area %s, %llu bytes, control stack used %llu\n", info.UserContextSaveArea ? "yes" : "no",
           (unsigned long long)info.SaveAreaSizeInBytes, (unsigned long long)info.ControlStackUsedInBytes);
    SAY(hsaKmtAllocQueueGWS(id, 0, &gws));
}

static void queue(HSA_QUEUE_TYPE type, HSA_QUEUE_PRIORITY priority, HSAuint64 size) {
    HsaQueueResource resource;
    HSAuint64 alternate = 0;
    HsaMemFlags flags = system_flags();
    flags.ui32.ExecuteAccess = 1;
    char *pointers = must_allocate(0, 4096, flags);
    void *ring = must_allocate(0, RING, flags);
    memset(&resource, 0, sizeof resource);
    printf("-- type %d, priority %d, %llu bytes\n", (int)type, (int)priority, (unsigned long long)size);
    SAY(hsaKmtMapMemoryToGPU(ring, RING, &alternate));
    SAY(hsaKmtMapMemoryToGPU(pointers, 4096, &alternate));
    resource.Queue_write_ptr_aql = (HSAuint64 *)pointers;
    resource.Queue_read_ptr_aql = (HSAuint64 *)(pointers + 128);
    int status = hsaKmtCreateQueue(gpus[0], type, 100, priority, ring, size, NULL, &resource);
    printf("create %d, doorbell %s\n", status, resource.Queue_DoorBell ? "yes" : "no");
    if (status == HSAKMT_STATUS_SUCCESS) {
        used(resource.QueueId, ring);
        SAY(hsaKmtDestroyQueue(resource.QueueId));
    }
    SAY(hsaKmtUnmapMemoryToGPU(ring));
    SAY(hsaKmtUnmapMemoryToGPU(pointers));
    SAY(hsaKmtFreeMemory(ring, RING));
    SAY(hsaKmtFreeMemory(pointers, 4096));
}

int main(void) {
    HsaQueueResource resource;
    memset(&resource, 0, sizeof resource);
    kmt_open();
    if (gpu_count > 0) {
        queue(HSA_QUEUE_COMPUTE, HSA_QUEUE_PRIORITY_NORMAL, RING);
        queue(HSA_QUEUE_COMPUTE_AQL, HSA_QUEUE_PRIORITY_NORMAL, RING);
        queue(HSA_QUEUE_COMPUTE_AQL, HSA_QUEUE_PRIORITY_MAXIMUM, RING);
        queue(HSA_QUEUE_COMPUTE_AQL, HSA_QUEUE_PRIORITY_MINIMUM, RING);
        queue(HSA_QUEUE_COMPUTE_AQL, HSA_QUEUE_PRIORITY_NORMAL, 3000);
        queue(HSA_QUEUE_SDMA, HSA_QUEUE_PRIORITY_NORMAL, RING);
        queue(HSA_QUEUE_SDMA_XGMI, HSA_QUEUE_PRIORITY_NORMAL, RING);
        queue(HSA_QUEUE_MULTIMEDIA_DECODE, HSA_QUEUE_PRIORITY_NORMAL, RING);
        queue((HSA_QUEUE_TYPE)99, HSA_QUEUE_PRIORITY_NORMAL, RING);
        SAY(hsaKmtCreateQueue(gpus[0], HSA_QUEUE_COMPUTE_AQL, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, RING, NULL,
                              &resource));
    }
    SAY(hsaKmtCreateQueue(12345, HSA_QUEUE_COMPUTE, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, RING, NULL, &resource));
    kmt_close();
    return 0;
}
