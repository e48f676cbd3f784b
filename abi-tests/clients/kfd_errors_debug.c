/* Every way in which the debugger's operations and the runtime's rendezvous with it fail. The process debugs itself. */
#define _GNU_SOURCE
#include "kfd_errors.h"

static struct device *gpu = &devices[0];

#define TRAP(operation, why, ...) do { \
    struct kfd_ioctl_dbg_trap_args args = {.pid = (unsigned)getpid(), .op = KFD_IOC_DBG_TRAP_##operation, __VA_ARGS__}; \
    path("DBG_TRAP." #operation, why, AMDKFD_IOC_DBG_TRAP, &args); \
} while (0)

static void must_trap(struct kfd_ioctl_dbg_trap_args args) {
    args.pid = (unsigned)getpid();
    must("debugger", ioctl(kfd, AMDKFD_IOC_DBG_TRAP, &args));
}

static void enable(int fd) {
    static struct kfd_runtime_info info;
    must_trap((struct kfd_ioctl_dbg_trap_args){.op = KFD_IOC_DBG_TRAP_ENABLE,
              .enable = {.dbg_fd = (unsigned)fd, .rinfo_ptr = (unsigned long)&info, .rinfo_size = sizeof info}});
}

/* Each operation but the first needs the first; the hardware's need the runtime too. */
#define EACH(what) \
    what(DISABLE) what(SEND_RUNTIME_EVENT) what(SET_EXCEPTIONS_ENABLED) what(QUERY_DEBUG_EVENT) \
    what(QUERY_EXCEPTION_INFO) what(GET_QUEUE_SNAPSHOT) what(GET_DEVICE_SNAPSHOT) EACH_ON_HARDWARE(what)
#define EACH_ON_HARDWARE(what) \
    what(SET_WAVE_LAUNCH_OVERRIDE) what(SET_WAVE_LAUNCH_MODE) what(SUSPEND_QUEUES) what(RESUME_QUEUES) \
    what(SET_NODE_ADDRESS_WATCH) what(CLEAR_NODE_ADDRESS_WATCH) what(SET_FLAGS)

/* Another process has the driver open, and does not know of this one. */
static void stranger(void) {
    int ends[2];
    char byte = 0;
    must("pipe", pipe(ends));
    int child = fork();
    if (!child) {
        must("open", open("/dev/kfd", O_RDWR | O_CLOEXEC));
        if (write(ends[1], &byte, 1) == 1) pause();
        exit(1);
    }
    must("wait for the other process", (int)read(ends[0], &byte, 1));
    struct kfd_ioctl_dbg_trap_args args = {.pid = (unsigned)child};
    /* The simulated driver looks into /proc, which is not for those who have fewer privileges than the other. */
    privileged(1);
    path("DBG_TRAP", "another process that is not traced", AMDKFD_IOC_DBG_TRAP, &args);
    privileged(0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
}

static void who(int fd) {
    stranger();
    struct kfd_ioctl_dbg_trap_args args = {.pid = 4000000};
    path("DBG_TRAP", "no such process", AMDKFD_IOC_DBG_TRAP, &args);
    args.pid = 1;
    path("DBG_TRAP", "process without /dev/kfd", AMDKFD_IOC_DBG_TRAP, &args);
#define BEFORE(operation) TRAP(operation, "no debugger attached");
    EACH(BEFORE)
    TRAP(ENABLE, "device before gfx9", .enable = {.dbg_fd = (unsigned)fd, .rinfo_ptr = NOWHERE, .rinfo_size = 8});
    TRAP(ENABLE, "file not open", .enable.dbg_fd = 999);
    TRAP(ENABLE, "runtime's state not writable", .enable = {.dbg_fd = (unsigned)fd, .rinfo_ptr = NOWHERE, .rinfo_size = 8});
    if (property(gpu->node, "gfx_target_version") < 90000) exit(0);
    enable(fd);
    TRAP(ENABLE, "attached already", .enable.dbg_fd = (unsigned)fd);
#define WITHOUT_RUNTIME(operation) TRAP(operation, "runtime not enabled");
    EACH_ON_HARDWARE(WITHOUT_RUNTIME)
    args = (struct kfd_ioctl_dbg_trap_args){.pid = (unsigned)getpid(), .op = 77};
    path("DBG_TRAP", "unknown operation", AMDKFD_IOC_DBG_TRAP, &args);
}

static void rendezvous(void) {
    struct kfd_ioctl_runtime_enable_args args = {.mode_mask = 1};
    interrupt_soon();
    path("RUNTIME_ENABLE", "signal while the debugger is waited for", AMDKFD_IOC_RUNTIME_ENABLE, &args);
    must_trap((struct kfd_ioctl_dbg_trap_args){.op = KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT,
              .send_runtime_event.exception_mask = KFD_EC_MASK(EC_PROCESS_RUNTIME)});
    must("enable the runtime", ioctl(kfd, AMDKFD_IOC_RUNTIME_ENABLE, &args));
    path("RUNTIME_ENABLE", "enabled already", AMDKFD_IOC_RUNTIME_ENABLE, &args);
}

static void exceptions(void) {
    TRAP(SEND_RUNTIME_EVENT, "memory violation on an unknown GPU", .send_runtime_event = {
         .exception_mask = KFD_EC_MASK(EC_DEVICE_MEMORY_VIOLATION), .gpu_id = NO_GPU});
    TRAP(QUERY_DEBUG_EVENT, "nothing that is enabled has occurred");
    __u64 info[4];
#define INFO(why, code, source, where) TRAP(QUERY_EXCEPTION_INFO, why, .query_exception_info = { \
    .info_ptr = (unsigned long)(where), .info_size = 8, .source_id = source, .exception_code = code})
    INFO("no place for it", EC_PROCESS_RUNTIME, 0, 0);
    INFO("unknown exception", 60, 0, info);
    INFO("unknown queue", EC_QUEUE_NEW, 999, info);
    INFO("unknown GPU", EC_DEVICE_QUEUE_DELETE, NO_GPU, info);
    INFO("place not writable", EC_PROCESS_RUNTIME, 0, NOWHERE);
    INFO("has not occurred on the device", EC_DEVICE_QUEUE_DELETE, gpu->id, info);
    INFO("has not occurred in the process", EC_PROCESS_DEVICE_REMOVE, 0, info);
}

static void hardware(void) {
    TRAP(SET_WAVE_LAUNCH_OVERRIDE, "unknown mode", .launch_override.override_mode = 77);
    TRAP(SET_WAVE_LAUNCH_OVERRIDE, "exceptions that a device does not trap",
         .launch_override = {.enable_mask = 1u << 20, .support_request_mask = 1u << 20});
    TRAP(SET_WAVE_LAUNCH_MODE, "unknown mode", .launch_mode.launch_mode = 2);
    TRAP(SUSPEND_QUEUES, "queues without an array", .suspend_queues.num_queues = 1);
    TRAP(SUSPEND_QUEUES, "more queues than there can be",
         .suspend_queues = {.num_queues = 1025, .queue_array_ptr = NOWHERE});
    TRAP(SUSPEND_QUEUES, "array not readable", .suspend_queues = {.num_queues = 1, .queue_array_ptr = NOWHERE});
    TRAP(RESUME_QUEUES, "more queues than there can be",
         .resume_queues = {.num_queues = 1025, .queue_array_ptr = NOWHERE});
    TRAP(RESUME_QUEUES, "array not readable", .resume_queues = {.num_queues = 1, .queue_array_ptr = NOWHERE});
    TRAP(SET_NODE_ADDRESS_WATCH, "unknown GPU", .set_node_address_watch.gpu_id = NO_GPU);
    TRAP(CLEAR_NODE_ADDRESS_WATCH, "unknown GPU", .clear_node_address_watch.gpu_id = NO_GPU);
    TRAP(CLEAR_NODE_ADDRESS_WATCH, "number too high", .clear_node_address_watch = {.gpu_id = gpu->id, .id = 4});
    TRAP(CLEAR_NODE_ADDRESS_WATCH, "not set", .clear_node_address_watch = {.gpu_id = gpu->id, .id = 3});
    for (int i = 0; i < 4; i++)
        must_trap((struct kfd_ioctl_dbg_trap_args){.op = KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH,
                  .set_node_address_watch.gpu_id = gpu->id});
    TRAP(SET_NODE_ADDRESS_WATCH, "none left", .set_node_address_watch.gpu_id = gpu->id);
    TRAP(SET_FLAGS, "what a device can not", .set_flags.flags = KFD_DBG_TRAP_FLAG_SINGLE_ALU_OP);
}

static unsigned make_queue(void) {
    mapped(gpu, 0x900000000, PAGE);
    mapped(gpu, 0x910000000, PAGE);
    struct kfd_ioctl_create_queue_args queue = {.ring_base_address = 0x910000000, .ring_size = PAGE,
        .write_pointer_address = 0x900000000, .read_pointer_address = 0x900000040, .gpu_id = gpu->id,
        .queue_type = KFD_IOC_QUEUE_TYPE_SDMA, .queue_percentage = 100};
    must("create queue", ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &queue));
    return queue.queue_id;
}

static void snapshots(unsigned queue) {
    __u64 entry[16], info;
    TRAP(GET_QUEUE_SNAPSHOT, "entries of no size", .queue_snapshot.snapshot_buf_ptr = (unsigned long)entry);
    TRAP(GET_QUEUE_SNAPSHOT, "buffer not writable",
         .queue_snapshot = {.snapshot_buf_ptr = NOWHERE, .num_queues = 1, .entry_size = 8});
    TRAP(GET_DEVICE_SNAPSHOT, "no buffer", .device_snapshot.num_devices = 1);
    TRAP(GET_DEVICE_SNAPSHOT, "buffer not writable",
         .device_snapshot = {.snapshot_buf_ptr = NOWHERE, .num_devices = 1, .entry_size = 8});
    must_trap((struct kfd_ioctl_dbg_trap_args){.op = KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT,
              .queue_snapshot = {.exception_mask = KFD_EC_MASK(EC_QUEUE_NEW), .num_queues = 1, .entry_size = 64,
                                 .snapshot_buf_ptr = (unsigned long)entry}});
    INFO("has not occurred in the queue", EC_QUEUE_NEW, queue, &info);
}

static void suspended(unsigned queue) {
    unsigned array[1] = {queue};
    must_trap((struct kfd_ioctl_dbg_trap_args){.op = KFD_IOC_DBG_TRAP_SUSPEND_QUEUES,
              .suspend_queues = {.num_queues = 1, .queue_array_ptr = (unsigned long)array}});
    interrupt_soon();
    path("DESTROY_QUEUE", "signal while a debugger has it suspended", AMDKFD_IOC_DESTROY_QUEUE,
         &(struct kfd_ioctl_destroy_queue_args){.queue_id = queue});
}

int main(void) {
    start();
    if (!find_devices()) return 0;
    acquire(gpu);
    int ends[2];
    must("pipe", pipe(ends));
    who(ends[1]);
    rendezvous();
    exceptions();
    hardware();
    unsigned queue = make_queue();
    snapshots(queue);
    suspended(queue);
    return 0;
}
