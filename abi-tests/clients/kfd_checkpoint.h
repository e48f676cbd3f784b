/* A process with some of everything, written down by AMDKFD_IOC_CRIU_OP, and another one made from that: for the
   probes of restoring. What is private to the kernel has the layout of amdkfd/kfd_priv.h. */
#include "kfd_errors.h"

#define POINTERS 0x900000000ULL
#define RING 0x910000000ULL
#define USER 0x930000000ULL
#define MAX_BUFFERS 8

/* Bytes of the private data of the process, a device, a buffer object and a queue. */
enum { PROCESS_BYTES = 8, DEVICE_BYTES = 8, BUFFER_BYTES = 272, QUEUE_BYTES = 120, EVENT_BYTES = 64 };

static struct kfd_criu_device_bucket saved_devices[2];
static struct kfd_criu_bo_bucket saved_buffers[MAX_BUFFERS];
static unsigned char saved_private[16384];

/* A range of shared virtual memory; the device may access it where the kernel serves that. */
static inline void share_range(const struct device *device, void *memory) {
    struct { struct kfd_ioctl_svm_args head; struct kfd_ioctl_svm_attribute access; } args = {
        {.start_addr = (unsigned long)memory, .size = PAGE, .op = KFD_IOCTL_SVM_OP_SET_ATTR, .nattr = 1},
        {KFD_IOCTL_SVM_ATTR_ACCESS, device->id}};
    /* The head's flexible array makes the compiler pad nothing in between. */
    ioctl(kfd, _IOC(_IOC_READ | _IOC_WRITE, AMDKFD_IOCTL_BASE, 0x20, sizeof args), &args);
}

/* An SDMA queue on the first device, which has all that it stands on. */
static inline unsigned sdma_queue(const struct device *device) {
    mapped(device, POINTERS, PAGE);
    mapped(device, RING, PAGE);
    struct kfd_ioctl_create_queue_args args = {.ring_base_address = RING, .write_pointer_address = POINTERS,
        .read_pointer_address = POINTERS + 64, .ring_size = PAGE, .gpu_id = device->id,
        .queue_type = KFD_IOC_QUEUE_TYPE_SDMA, .queue_percentage = 100};
    must("create queue", ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &args));
    return args.queue_id;
}

static inline unsigned event_of(unsigned type) {
    struct kfd_ioctl_create_event_args args = {.event_type = type, .auto_reset = 1};
    must("create event", ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &args));
    return args.event_id;
}

/* The arguments that a checkpoint of the process takes, and that its restoring takes. The process stays paused. */
static inline struct kfd_ioctl_criu_args write_down(void) {
    struct kfd_ioctl_criu_args args = {.op = KFD_CRIU_OP_PROCESS_INFO};
    must("process info", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &args));
    if (args.num_devices > 2 || args.num_bos > MAX_BUFFERS || args.priv_data_size > sizeof saved_private)
        must("room for the checkpoint", -1);
    args.devices = (unsigned long)saved_devices;
    args.bos = (unsigned long)saved_buffers;
    args.priv_data = (unsigned long)saved_private;
    args.op = KFD_CRIU_OP_CHECKPOINT;
    must("checkpoint", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &args));
    return args;
}

/* A child that has nothing of the driver's open but /dev/kfd and a render node for each device: 0 in it. */
static inline int fresh_process(void) {
    fflush(stdout);
    int child = fork();
    if (child) return child;
    close(kfd);
    kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
    must("open", kfd);
    for (unsigned i = 0; i < device_count; i++) {
        devices[i].render = open_render(&devices[i]);
        must("open render node", devices[i].render);
        saved_devices[i].drm_fd = (unsigned)devices[i].render;
    }
    return 0;
}

/* Waits for the child; whether all that must work did. */
static inline int ended(int child) {
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0;
}
