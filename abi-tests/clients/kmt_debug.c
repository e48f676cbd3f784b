/* The debugger's side of the thunk: a process debugs itself, looks at its devices and queues, stops and resumes them,
   and asks in the wrong order. */
#include "kmt.h"

#define RING 65536

/* What linux/kfd_ioctl.h has of this from Linux 6.5 on, which Debian 12's is too old for. */
enum { SUSPEND_QUEUES = 6, RESUME_QUEUES = 7, QUERY_DEBUG_EVENT = 11 };
struct kfd_ioctl_dbg_trap_args {
    uint32_t pid, op;
    union {
        struct { uint64_t exceptions, queues; uint32_t count, grace; } suspend;
        struct { uint64_t queues; uint32_t count, pad; } resume;
    };
};
struct runtime { uint64_t r_debug; uint32_t state, ttmp_setup; };
struct device { uint64_t exceptions, apertures[6]; uint32_t gpu, others[15]; };
struct queue { uint64_t exceptions, addresses[4]; uint32_t id, gpu, ring_size, type, save_area_size, reserved; };

static void operation(struct kfd_ioctl_dbg_trap_args *args, HSA_QUEUEID *queues) {
    HSAuint64 answer = 7;
    args->pid = (unsigned)getpid();
    int status = hsaKmtDebugTrapIoctl(args, queues, &answer);
    printf("operation %u: %d, answer %lld\n", args->op, status, (long long)answer);
}

static void devices(void) {
    struct device *entries = NULL;
    HSAuint32 count = 0, size = 0;
    int status = hsaKmtDbgGetDeviceData((void **)&entries, &count, &size);
    printf("devices: %d\n", status);
    if (status != HSAKMT_STATUS_SUCCESS) return; /* upstream leaves what it freed in `entries` */
    printf("%u devices of %u bytes, the first of kernel id %#x\n", count, size, count ? entries->gpu : 0);
    free(entries);
}

/* Suspended, since upstream fails without (and asks the driver less often than it should). */
static void suspended_queues(void) {
    struct queue *entries = NULL;
    HSAuint32 count = 0, size = 0;
    int status = hsaKmtDbgGetQueueData((void **)&entries, &count, &size, true);
    printf("queues: %d\n", status);
    if (status != HSAKMT_STATUS_SUCCESS) return;
    printf("%u queues of %u bytes:", count, size);
    for (unsigned i = 0; i < count; i++)
        printf(" %u of type %u, ring of %u", entries[i].id, entries[i].type, entries[i].ring_size);
    printf("\n");
    free(entries);
}

static void refused_to_strangers(void) {
    HsaDbgWaveMessage message;
    HSA_DBG_WATCH_MODE mode = HSA_DBG_WATCH_READ;
    void *watched = &message;
    HSAuint64 mask = ~0ULL;
    HsaEvent *event = NULL;
    memset(&message, 0, sizeof message);
    struct kfd_ioctl_dbg_trap_args args = {.op = QUERY_DEBUG_EVENT};
    printf("-- nobody debugs\n");
    operation(&args, NULL);
    devices();
    suspended_queues();
    SAY(hsaKmtDbgDisable());
    printf("-- the debugger of 2014\n");
    SAY(hsaKmtDbgRegister(gpus[0]));
    SAY(hsaKmtDbgUnregister(gpus[0]));
    SAY(hsaKmtDbgWavefrontControl(gpus[0], HSA_DBG_WAVEOP_HALT, HSA_DBG_WAVEMODE_SINGLE, 0, &message));
    SAY(hsaKmtDbgAddressWatch(gpus[0], 1, &mode, &watched, &mask, &event));
}

/* By the thunk's names of queues, which it turns into the kernel's in the caller's own array. */
static void stop_and_go(HSA_QUEUEID id) {
    uint32_t kernel_id = 999;
    struct kfd_ioctl_dbg_trap_args stop = {.op = SUSPEND_QUEUES}, go = {.op = RESUME_QUEUES};
    stop.suspend.count = 1;
    stop.suspend.queues = (uintptr_t)&kernel_id;
    operation(&stop, &id);
    printf("the kernel's queue is %u\n", kernel_id);
    go.resume.count = 1;
    go.resume.queues = (uintptr_t)&kernel_id;
    operation(&go, &id);
}

static void with_a_queue(void) {
    HsaQueueResource resource;
    HSAuint64 alternate = 0;
    void *ring = must_allocate(0, RING, system_flags());
    memset(&resource, 0, sizeof resource);
    SAY(hsaKmtMapMemoryToGPU(ring, RING, &alternate));
    SAY(hsaKmtCreateQueue(gpus[0], HSA_QUEUE_COMPUTE, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, RING, NULL, &resource));
    suspended_queues();
    /* Suspended queues cannot be destroyed: the driver waits. */
    stop_and_go(resource.QueueId);
    SAY(hsaKmtDestroyQueue(resource.QueueId));
    SAY(hsaKmtUnmapMemoryToGPU(ring));
    SAY(hsaKmtFreeMemory(ring, RING));
}

int main(void) {
    struct runtime *info = NULL;
    HSAuint32 size = 0, capabilities = 77;
    kmt_open();
    if (gpu_count > 0) {
        refused_to_strangers();
        printf("-- the process debugs itself\n");
        SAY(hsaKmtCheckRuntimeDebugSupport());
        SAY(hsaKmtRuntimeEnable((void *)0x5000, true));
        SAY(hsaKmtGetRuntimeCapabilities(&capabilities));
        printf("capabilities %u\n", capabilities);
        int status = hsaKmtDbgEnable((void **)&info, &size);
        printf("begun: %d, %u bytes\n", status, size);
        if (status == HSAKMT_STATUS_SUCCESS) {
            printf("r_debug %#llx, state %u, trap temporaries %u\n", (unsigned long long)info->r_debug,
                   info->state, info->ttmp_setup);
            free(info);
            devices();
            with_a_queue();
            SAY(hsaKmtDbgDisable());
        }
        SAY(hsaKmtRuntimeDisable());
    }
    kmt_close();
    return 0;
}
