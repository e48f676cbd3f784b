/* Every way in which the checkpoint of a process, and letting it go on, fail. Only who may have the capability for it can tell. */
#define _GNU_SOURCE
#include "kfd_errors.h"

#define CRIU(operation, why, ...) do { \
    struct kfd_ioctl_criu_args args = {__VA_ARGS__}; \
    args.op = KFD_CRIU_OP_##operation; \
    path("CRIU_OP." #operation, why, AMDKFD_IOC_CRIU_OP, &args); \
} while (0)

static struct kfd_criu_device_bucket buckets[8];
static struct kfd_criu_bo_bucket objects[8];
static unsigned char private_data[8192];

/* What a checkpoint of the process as it is must be given. */
static struct kfd_ioctl_criu_args counted(void) {
    struct kfd_ioctl_criu_args args = {.op = KFD_CRIU_OP_PROCESS_INFO};
    must("process info", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &args));
    if (args.num_devices > 8 || args.num_bos > 8 || args.priv_data_size > sizeof private_data) exit(1);
    args.devices = (unsigned long)buckets;
    args.bos = (unsigned long)objects;
    args.priv_data = (unsigned long)private_data;
    return args;
}

static void checkpoint(struct kfd_ioctl_criu_args good) {
#define CHANGED(why, field, value) do { \
    struct kfd_ioctl_criu_args args = good; \
    args.field = value; \
    args.op = KFD_CRIU_OP_CHECKPOINT; \
    path("CRIU_OP.CHECKPOINT", why, AMDKFD_IOC_CRIU_OP, &args); \
} while (0)
    CHANGED("no place for it", bos, 0);
    CHANGED("other numbers than were counted", num_objects, 7);
    CHANGED("private data not writable", priv_data, NOWHERE);
    CHANGED("devices not writable", devices, NOWHERE);
    CHANGED("objects not writable", bos, NOWHERE);
    struct rlimit all, none;
    getrlimit(RLIMIT_NOFILE, &all);
    none = all;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    CHANGED("no descriptor left", pid, 0);
    setrlimit(RLIMIT_NOFILE, &all);
    good.op = KFD_CRIU_OP_CHECKPOINT;
    must("checkpoint", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &good));
    must("unpause", ioctl(kfd, AMDKFD_IOC_CRIU_OP, &(struct kfd_ioctl_criu_args){.op = KFD_CRIU_OP_UNPAUSE}));
    CHANGED("queues not paused", pid, 0);
}

int main(void) {
    start();
    if (!may_checkpoint()) return 0;
    path("CRIU_OP", "argument out of reach", AMDKFD_IOC_CRIU_OP, (void *)NOWHERE);
    path("CRIU_OP", "unknown operation", AMDKFD_IOC_CRIU_OP, &(struct kfd_ioctl_criu_args){.op = 77});
    if (!find_devices()) {
        CRIU(PROCESS_INFO, "machine without a GPU", 0);
        CRIU(CHECKPOINT, "machine without a GPU", .devices = 1, .bos = 1, .priv_data = 1);
        return 0;
    }
    acquire(&devices[0]);
    allocate(&devices[0], 0x800000000, PAGE, GTT);
    CRIU(UNPAUSE, "queues not paused", 0);
    CRIU(RESUME, "no such process", .pid = 4000000);
    CRIU(RESUME, "process without /dev/kfd", .pid = 1);
    CRIU(RESUME, "process that was not restored", .pid = (unsigned)getpid());
    checkpoint(counted());
    return 0;
}
