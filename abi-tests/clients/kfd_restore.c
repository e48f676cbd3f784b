/* A process is written down, and another one made from that, which has all that the first had: the same memory with
   the same content, queue, events and ranges. Its own checkpoint is the same, too. */
#define _GNU_SOURCE
#include "kfd_checkpoint.h"

static void *view(int file, __u64 offset) {
    void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)offset);
    if (memory == MAP_FAILED) must("mmap", -1);
    return memory;
}

/* Puts a number into each buffer object of the checkpoint. */
static void number(unsigned count) {
    for (unsigned i = 0; i < count; i++) *(unsigned *)view((int)saved_buffers[i].dmabuf_fd, 0) = 70 + i;
}

/* What CRIU's plugin does: the content of what was written down goes where the new memory is mapped. */
static void copy(unsigned count, const struct kfd_criu_bo_bucket *old) {
    for (unsigned i = 0; i < count; i++) {
        void *target = view(devices[0].render, saved_buffers[i].restored_offset);
        memcpy(target, view((int)old[i].dmabuf_fd, 0), PAGE);
        printf("buffer %u of %llu bytes at %llx: %u\n", i, saved_buffers[i].size, saved_buffers[i].addr,
               *(unsigned *)target);
    }
}

/* Waits for a moment at most. */
static void wait_on(const char *what, unsigned event) {
    struct kfd_event_data data = {.event_id = event};
    struct kfd_ioctl_wait_events_args args = {.events_ptr = (unsigned long)&data, .num_events = 1};
    must("wait", ioctl(kfd, AMDKFD_IOC_WAIT_EVENTS, &args));
    printf("%s: %s\n", what, args.wait_result == KFD_IOC_WAIT_RESULT_COMPLETE ? "set" : "not set");
}

static void compare(const char *what, const void *one, const void *other, size_t bytes) {
    printf("%s: %s\n", what, memcmp(one, other, bytes) ? "DIFFERENT" : "the same");
}

/* In the new process, with the checkpoint of the old one. */
static void restored(struct kfd_ioctl_criu_args args, const unsigned *events) {
    struct kfd_criu_bo_bucket old[MAX_BUFFERS];
    static unsigned char told[sizeof saved_private];
    memcpy(old, saved_buffers, sizeof old);
    memcpy(told, saved_private, sizeof told);
    args.op = KFD_CRIU_OP_RESTORE;
    call("restore", AMDKFD_IOC_CRIU_OP, &args);
    copy(args.num_bos, old);
    struct kfd_ioctl_criu_args resume = {.op = KFD_CRIU_OP_RESUME, .pid = (unsigned)getpid()};
    call("resume", AMDKFD_IOC_CRIU_OP, &resume);
    memset(saved_private, 0xff, sizeof saved_private);
    struct kfd_ioctl_criu_args again = write_down();
    compare("counts", &again.num_devices, &args.num_devices, 3 * sizeof args.num_devices);
    compare("private data", saved_private, told, args.priv_data_size);
    for (unsigned i = 0; i < args.num_bos; i++) {
        saved_buffers[i].offset = old[i].offset;
        saved_buffers[i].dmabuf_fd = old[i].dmabuf_fd;
    }
    compare("objects", saved_buffers, old, args.num_bos * sizeof *old);
    wait_on("first event", events[0]);
    wait_on("second event", events[1]);
}

int main(void) {
    start();
    if (!may_checkpoint() || !find_devices()) return 0;
    for (unsigned i = 0; i < device_count; i++) acquire(&devices[i]);
    mapped(&devices[0], USER, PAGE);
    /* MES takes no queue from a checkpoint. */
    int queue = property(devices[0].node, "gfx_target_version") < 110000;
    if (queue) sdma_queue(&devices[0]);
    unsigned events[] = {event_of(KFD_IOC_EVENT_SIGNAL), event_of(KFD_IOC_EVENT_SIGNAL)};
    must("set", ioctl(kfd, AMDKFD_IOC_SET_EVENT, &(struct kfd_ioctl_set_event_args){.event_id = events[1]}));
    share_range(&devices[0], own_pages(1, PROT_READ | PROT_WRITE));
    struct kfd_ioctl_criu_args args = write_down();
    printf("%u devices, %u objects of memory, %u others\n", args.num_devices, args.num_bos, args.num_objects);
    number(args.num_bos);
    int child = fresh_process();
    if (!child) {
        restored(args, events);
        if (queue) call("destroy queue", AMDKFD_IOC_DESTROY_QUEUE, &(struct kfd_ioctl_destroy_queue_args){0});
        return 0;
    }
    return !ended(child);
}
