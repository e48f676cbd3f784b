/* The process and its file: clocks, apertures, runtime, debugger, mappings, and who inherits what. */
#define _GNU_SOURCE
#include "kfd_call.h"
#include <sys/mman.h>
#include <sys/wait.h>

/* Numbers of amdkfd/kfd_priv.h: the kind of a mapping is in its offset. */
#define MAP_EVENTS (2ULL << 62)
#define MAP_DOORBELL (3ULL << 62)
#define MAP_RESERVED (1ULL << 62)

static void clocks(unsigned gpu) {
    struct kfd_ioctl_get_clock_counters_args clock = {.gpu_id = gpu};
    call("clock counters", AMDKFD_IOC_GET_CLOCK_COUNTERS, &clock);
    printf("gpu clock %llu, cpu %s, system %s, %llu Hz\n", clock.gpu_clock_counter,
           clock.cpu_clock_counter ? "runs" : "none", clock.system_clock_counter ? "runs" : "none",
           clock.system_clock_freq);
}

static void apertures(unsigned count, int array) {
    struct kfd_process_device_apertures aperture[8];
    memset(aperture, 0x55, sizeof aperture);
    struct kfd_ioctl_get_process_apertures_new_args args = {
        .kfd_process_device_apertures_ptr = array ? (unsigned long)aperture : 0, .num_of_nodes = count};
    call("apertures", AMDKFD_IOC_GET_PROCESS_APERTURES_NEW, &args);
    printf("%u nodes, gpu id %#x\n", args.num_of_nodes, aperture[0].gpu_id);
}

static void runtime(unsigned mode) {
    struct kfd_ioctl_runtime_enable_args args = {.mode_mask = mode, .r_debug = 4096};
    call(mode ? "runtime enable" : "runtime disable", AMDKFD_IOC_RUNTIME_ENABLE, &args);
    printf("capabilities %#x\n", args.capabilities_mask);
}

static void trap(const char *what, unsigned operation) {
    struct kfd_ioctl_dbg_trap_args args = {.pid = getpid(), .op = operation};
    call(what, AMDKFD_IOC_DBG_TRAP, &args);
}

static void debugger(void) {
    struct kfd_runtime_info info = {.r_debug = 1, .runtime_state = 9};
    int pipes[2];
    if (pipe(pipes)) exit(1);
    struct kfd_ioctl_dbg_trap_args args = {.pid = getpid(), .op = KFD_IOC_DBG_TRAP_ENABLE};
    args.enable.rinfo_ptr = (unsigned long)&info;
    args.enable.rinfo_size = sizeof info;
    args.enable.dbg_fd = 999;
    call("debug enable, no such file", AMDKFD_IOC_DBG_TRAP, &args);
    args.enable.dbg_fd = pipes[1];
    call("debug enable", AMDKFD_IOC_DBG_TRAP, &args);
    printf("runtime state %u, r_debug %llu, ttmp %u, size %u\n", info.runtime_state, info.r_debug, info.ttmp_setup,
           args.enable.rinfo_size);
    call("debug enable again", AMDKFD_IOC_DBG_TRAP, &args);
    char name[32];
    for (unsigned operation = 2; operation < 17; operation++) {
        snprintf(name, sizeof name, "debug operation %u", operation);
        trap(name, operation);
    }
    trap("debug disable", KFD_IOC_DBG_TRAP_DISABLE);
    trap("debug disable again", KFD_IOC_DBG_TRAP_DISABLE);
    args.pid = 1;
    call("debug of the first process", AMDKFD_IOC_DBG_TRAP, &args);
    args.pid = 4000000;
    call("debug of nobody", AMDKFD_IOC_DBG_TRAP, &args);
}

static void map(const char *what, size_t bytes, unsigned long long offset) {
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, kfd, (off_t)offset);
    printf("map %s: %s\n", what, mapped == MAP_FAILED ? said(-1) : "0");
}

static void mappings(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), events = KFD_SIGNAL_EVENT_LIMIT * sizeof(long long);
    map("events before there are any", events, MAP_EVENTS);
    struct kfd_ioctl_create_event_args event = {.event_type = KFD_IOC_EVENT_SIGNAL};
    call("create event", AMDKFD_IOC_CREATE_EVENT, &event);
    map("one page more of events", events + page, MAP_EVENTS);
    map("one page of events", page, MAP_EVENTS);
    map("events", events, MAP_EVENTS);
    map("events again", events, MAP_EVENTS);
    map("doorbells of no device", 2 * page, MAP_DOORBELL);
    map("reserved memory of no device", 2 * page, MAP_RESERVED);
    map("registers of no device", page, 0);
}

static void child(void) {
    fflush(stdout);
    pid_t process = fork();
    if (process == 0) {
        struct kfd_ioctl_get_version_args version;
        call("the parent's file in a child", AMDKFD_IOC_GET_VERSION, &version);
        map("the parent's file in a child", 4096, MAP_EVENTS);
        close(kfd);
        kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
        printf("open in a child: %s\n", kfd == -1 ? said(-1) : "0");
        runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK);
        exit(0);
    }
    int status;
    waitpid(process, &status, 0);
}

int main(void) {
    start();
    clocks(0);
    clocks(1);
    struct kfd_ioctl_get_process_apertures_args old = {.num_of_nodes = 5};
    call("old apertures", AMDKFD_IOC_GET_PROCESS_APERTURES, &old);
    printf("%u nodes\n", old.num_of_nodes);
    apertures(0, 0);
    apertures(0, 1);
    apertures(1, 0);
    apertures(8, 1);
    trap("debug disable before enable", KFD_IOC_DBG_TRAP_DISABLE);
    debugger();
    runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK);
    runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK);
    debugger();
    runtime(0);
    runtime(0);
    runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK | KFD_RUNTIME_ENABLE_MODE_TTMP_SAVE_MASK);
    mappings();
    int second = dup(kfd);
    close(kfd);
    kfd = second;
    runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK);
    child();
    close(kfd);
    kfd = open("/dev/kfd", O_RDONLY | O_CLOEXEC);
    printf("read-only open of the same process: %s\n", kfd == -1 ? said(-1) : "0");
    runtime(KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK);
    return 0;
}
