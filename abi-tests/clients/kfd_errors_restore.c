/* Every way in which restoring a process from a checkpoint fails, each in a process of its own: one that fails leaves
   half of it. Only who may have the capability for it can tell. */
#define _GNU_SOURCE
#include "kfd_checkpoint.h"

static struct kfd_ioctl_criu_args good;
static size_t buffers_at, objects_at, events_at, ranges_at;

/* Restores the checkpoint with a change, and tells how that fails. */
#define RESTORE(why, change) do { \
    int child = fresh_process(); \
    if (!child) { \
        struct kfd_ioctl_criu_args args = good; \
        change; \
        args.op = KFD_CRIU_OP_RESTORE; \
        path("CRIU_OP.RESTORE", why, AMDKFD_IOC_CRIU_OP, &args); \
        exit(0); \
    } \
    if (!ended(child)) exit(1); \
} while (0)

static unsigned *word(size_t offset) { return (unsigned *)(saved_private + offset); }

static void of_the_whole(void) {
    RESTORE("nothing to restore", args.num_devices = 0);
    RESTORE("private data not readable", args.priv_data = NOWHERE);
    RESTORE("no private data of the process", args.priv_data_size = 4);
    RESTORE("checkpoint of another version", *word(0) = 77);
    RESTORE("a GPU can not retry", *word(4) = 1);
    RESTORE("more private data than objects", args.num_objects--);
    RESTORE("less private data than objects", args.num_objects++);
}

static void of_devices(void) {
    RESTORE("other devices than there are", args.num_devices++);
    RESTORE("devices not readable", args.devices = NOWHERE);
    RESTORE("no private data of the devices", args.priv_data_size = PROCESS_BYTES);
    RESTORE("device without a name", saved_devices[0].user_gpu_id = 0);
    RESTORE("unknown GPU", saved_devices[0].actual_gpu_id = NO_GPU);
    RESTORE("VM acquired already", acquire(&devices[0]));
    RESTORE("file not open", saved_devices[0].drm_fd = 999);
    RESTORE("not a render node", saved_devices[0].drm_fd = (unsigned)kfd);
}

static void of_buffers(void) {
    RESTORE("no private data of the objects", args.priv_data_size = buffers_at);
    RESTORE("objects not readable", args.bos = NOWHERE);
    RESTORE("object of an unknown GPU", saved_buffers[0].gpu_id = NO_GPU);
    RESTORE("handle that can be none", *word(buffers_at + 8) = ~0u);
    RESTORE("handle that is taken", *word(buffers_at + BUFFER_BYTES + 8) = *word(buffers_at + 8));
    RESTORE("mapped on an unknown GPU", *word(buffers_at + 12) = NO_GPU);
    RESTORE("address taken in the VM", saved_buffers[1].addr = saved_buffers[0].addr);
    RESTORE("doorbells not whole", saved_buffers[0].alloc_flags = KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL);
    RESTORE("register page not a page", (saved_buffers[0].alloc_flags = KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP,
                                         saved_buffers[0].size = 2 * PAGE));
    RESTORE("register page where there is none", saved_buffers[0].alloc_flags = KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP);
    RESTORE("memory of no kind", saved_buffers[0].alloc_flags = 0);
    RESTORE("more than there is", saved_buffers[0].size = 1ULL << 45);
    struct rlimit all, none;
    getrlimit(RLIMIT_NOFILE, &all);
    none = all;
    none.rlim_cur = 0;
    RESTORE("no descriptor left", setrlimit(RLIMIT_NOFILE, &none));
}

static void of_queues(void) {
    /* MES wants the write pointer's memory, of which a checkpoint says nothing. */
    if (property(devices[0].node, "gfx_target_version") >= 110000) {
        RESTORE("queue that MES is to schedule", (void)args);
        return;
    }
    RESTORE("queue on an unknown GPU", *word(objects_at + 64) = NO_GPU);
    RESTORE("queue of an unknown type", *word(objects_at + 68) = 77);
    RESTORE("queue's image of another size", *word(objects_at + 112) = 1);
    RESTORE("queue number too high", *word(objects_at + 76) = 4096);
    RESTORE("queue number taken", (args.num_objects = 2, args.priv_data_size += events_at - objects_at,
        memmove(word(events_at), word(objects_at), events_at - objects_at)));
    RESTORE("SDMA queue number taken", (args.num_objects = 2, args.priv_data_size += events_at - objects_at,
        memmove(word(events_at), word(objects_at), events_at - objects_at), *word(events_at + 76) = 9));
    RESTORE("SDMA queue number too high", *word(objects_at + 96) = 999);
    RESTORE("doorbell of another engine", *word(objects_at + 88) ^= 1);
}

static void of_events(void) {
    RESTORE("unknown object", *word(events_at) = 77);
    RESTORE("event number that can be none", *word(events_at + 16) = ~0u);
    RESTORE("event number beyond the page", *word(events_at + 16) = 4096);
    RESTORE("event number taken", *word(events_at + 16) = 0);
    RESTORE("event of an unknown type", *word(events_at + 24) = 77);
    RESTORE("signal page that is no memory", *word(events_at + 12) = devices[0].id; *word(events_at + 8) = 999);
}

/* The memory of a range may be gone only when the process is to go on. */
static void of_ranges(void *memory) {
    int child = fresh_process();
    if (!child) {
        struct kfd_ioctl_criu_args args = good;
        args.op = KFD_CRIU_OP_RESTORE;
        must("restore", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &args));
        munmap(memory, PAGE);
        args = (struct kfd_ioctl_criu_args){.op = KFD_CRIU_OP_RESUME, .pid = (unsigned)getpid()};
        path("CRIU_OP.RESUME", "memory of a range is gone", AMDKFD_IOC_CRIU_OP, &args);
        exit(0);
    }
    if (!ended(child)) exit(1);
}

/* With a queue, or with all else: nothing that stands behind a queue is reached where MES refuses it. */
static void fill(int with_queue, void *range) {
    for (unsigned i = 0; i < device_count; i++) acquire(&devices[i]);
    mapped(&devices[0], USER, PAGE);
    mapped(&devices[0], USER + PAGE, PAGE);
    if (with_queue) sdma_queue(&devices[0]);
    event_of(KFD_IOC_EVENT_SIGNAL);
    share_range(&devices[0], range);
    good = write_down();
    buffers_at = PROCESS_BYTES + good.num_devices * DEVICE_BYTES;
    objects_at = buffers_at + good.num_bos * BUFFER_BYTES;
    events_at = objects_at + (with_queue ? QUEUE_BYTES + *word(objects_at + 112) : 0);
    ranges_at = events_at + EVENT_BYTES;
}

int main(void) {
    start();
    if (!may_checkpoint() || !find_devices()) return 0;
    void *range = own_pages(1, PROT_READ | PROT_WRITE);
    int child = fresh_process();
    if (!child) {
        fill(1, range);
        of_queues();
        return 0;
    }
    if (!ended(child)) return 1;
    fill(0, range);
    of_the_whole();
    of_devices();
    of_buffers();
    of_events();
    if (good.priv_data_size > ranges_at) of_ranges(range);
    return 0;
}
