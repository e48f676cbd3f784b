/* Every way in which the ioctls on events, shared virtual memory and the process as a whole fail. */
#define _GNU_SOURCE
#include "kfd_errors.h"
#include <pthread.h>

static struct device *gpu = &devices[0];

static const struct {
    unsigned number;
    unsigned long request;
    const char *name;
} every[] = {
#define IOCTL(name) {_IOC_NR(AMDKFD_IOC_##name), AMDKFD_IOC_##name, #name}
    IOCTL(GET_VERSION), IOCTL(CREATE_QUEUE), IOCTL(DESTROY_QUEUE), IOCTL(SET_MEMORY_POLICY),
    IOCTL(GET_CLOCK_COUNTERS), IOCTL(GET_PROCESS_APERTURES), IOCTL(UPDATE_QUEUE), IOCTL(CREATE_EVENT),
    IOCTL(DESTROY_EVENT), IOCTL(SET_EVENT), IOCTL(RESET_EVENT), IOCTL(WAIT_EVENTS), IOCTL(DBG_REGISTER_DEPRECATED),
    IOCTL(DBG_UNREGISTER_DEPRECATED), IOCTL(DBG_ADDRESS_WATCH_DEPRECATED), IOCTL(DBG_WAVE_CONTROL_DEPRECATED),
    IOCTL(SET_SCRATCH_BACKING_VA), IOCTL(GET_TILE_CONFIG), IOCTL(SET_TRAP_HANDLER),
    IOCTL(GET_PROCESS_APERTURES_NEW), IOCTL(ACQUIRE_VM), IOCTL(ALLOC_MEMORY_OF_GPU), IOCTL(FREE_MEMORY_OF_GPU),
    IOCTL(MAP_MEMORY_TO_GPU), IOCTL(UNMAP_MEMORY_FROM_GPU), IOCTL(SET_CU_MASK), IOCTL(GET_QUEUE_WAVE_STATE),
    IOCTL(GET_DMABUF_INFO), IOCTL(IMPORT_DMABUF), IOCTL(ALLOC_QUEUE_GWS), IOCTL(SMI_EVENTS), IOCTL(SVM),
    IOCTL(SET_XNACK_MODE), IOCTL(CRIU_OP), IOCTL(AVAILABLE_MEMORY), IOCTL(EXPORT_DMABUF), IOCTL(RUNTIME_ENABLE),
    IOCTL(DBG_TRAP), IOCTL(CREATE_PROCESS), IOCTL(PROFILER),
};

static void arguments_out_of_reach(void) {
    for (unsigned i = 0; i < sizeof every / sizeof *every; i++)
        if (_IOC_SIZE(every[i].request)) path(every[i].name, "argument out of reach", every[i].request, (void *)NOWHERE);
    path("CRIU_OP", "caller without the capability", AMDKFD_IOC_CRIU_OP, &(struct kfd_ioctl_criu_args){0});
}

static void in_a_child(void) {
    fflush(stdout);
    pid_t process = fork();
    if (process == 0) {
        static unsigned char zeros[512];
        for (unsigned i = 0; i < sizeof every / sizeof *every; i++)
            path(every[i].name, "another process's file", every[i].request, zeros);
        exit(0);
    }
    waitpid(process, NULL, 0);
}

/* The newest ioctls, where the kernel is older. */
static void before_their_time(void) {
    static unsigned char zeros[64];
    struct kfd_ioctl_get_version_args version = {0};
    must("version", ioctl(kfd, AMDKFD_IOC_GET_VERSION, &version));
    for (unsigned i = 0; i < sizeof every / sizeof *every; i++)
        if (every[i].number > 0x26 && version.minor_version < 19)
            path(every[i].name, "kernel that does not know it", every[i].request, zeros);
}

static void old_debugger(void) {
    static unsigned char zeros[64];
    for (unsigned i = 0; i < sizeof every / sizeof *every; i++)
        if (every[i].number >= 0x0d && every[i].number <= 0x10)
            path(every[i].name, "the old debugger is gone", every[i].request, zeros);
}

#define POLICY(why, ...) path("SET_MEMORY_POLICY", why, AMDKFD_IOC_SET_MEMORY_POLICY, \
    &(struct kfd_ioctl_set_memory_policy_args){__VA_ARGS__})
#define TILES(why, ...) path("GET_TILE_CONFIG", why, AMDKFD_IOC_GET_TILE_CONFIG, \
    &(struct kfd_ioctl_get_tile_config_args){__VA_ARGS__})

static void devices_asked(void) {
    POLICY("unknown default policy", .default_policy = 2, .gpu_id = gpu->id);
    POLICY("unknown alternate policy", .alternate_policy = 2, .gpu_id = gpu->id);
    POLICY("unknown GPU", .gpu_id = NO_GPU);
    POLICY("aperture that the registers can not say", .gpu_id = gpu->id, .alternate_aperture_base = 5,
           .alternate_aperture_size = 5);
    path("SET_SCRATCH_BACKING_VA", "unknown GPU", AMDKFD_IOC_SET_SCRATCH_BACKING_VA,
         &(struct kfd_ioctl_set_scratch_backing_va_args){.gpu_id = NO_GPU});
    path("SET_TRAP_HANDLER", "unknown GPU", AMDKFD_IOC_SET_TRAP_HANDLER,
         &(struct kfd_ioctl_set_trap_handler_args){.gpu_id = NO_GPU});
    path("AVAILABLE_MEMORY", "unknown GPU", AMDKFD_IOC_AVAILABLE_MEMORY,
         &(struct kfd_ioctl_get_available_memory_args){.gpu_id = NO_GPU});
    path("SMI_EVENTS", "unknown GPU", AMDKFD_IOC_SMI_EVENTS, &(struct kfd_ioctl_smi_events_args){.gpuid = NO_GPU});
    TILES("unknown GPU", .gpu_id = NO_GPU);
    TILES("tile table not writable", .gpu_id = gpu->id, .tile_config_ptr = NOWHERE, .num_tile_configs = 1);
    TILES("macro tile table not writable", .gpu_id = gpu->id, .macro_tile_config_ptr = NOWHERE,
          .num_macro_tile_configs = 1);
    path("GET_PROCESS_APERTURES_NEW", "more than there are nodes", AMDKFD_IOC_GET_PROCESS_APERTURES_NEW,
         &(struct kfd_ioctl_get_process_apertures_new_args){.num_of_nodes = 999});
    path("GET_PROCESS_APERTURES_NEW", "array not writable", AMDKFD_IOC_GET_PROCESS_APERTURES_NEW,
         &(struct kfd_ioctl_get_process_apertures_new_args){.num_of_nodes = 1,
                                                            .kfd_process_device_apertures_ptr = NOWHERE});
}

#define EVENT(name, why, which) path(#name "_EVENT", why, AMDKFD_IOC_##name##_EVENT, \
    &(struct kfd_ioctl_set_event_args){.event_id = which})
#define PAGE_OF(why, handle) path("CREATE_EVENT", why, AMDKFD_IOC_CREATE_EVENT, \
    &(struct kfd_ioctl_create_event_args){.event_page_offset = handle})

static unsigned create_event(unsigned type) {
    struct kfd_ioctl_create_event_args args = {.event_type = type};
    must("create event", ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &args));
    return args.event_id;
}

static void *destroy_later(void *id) {
    usleep(100000);
    ioctl(kfd, AMDKFD_IOC_DESTROY_EVENT, &(struct kfd_ioctl_destroy_event_args){.event_id = *(unsigned *)id});
    return NULL;
}

static void waits(void) {
    unsigned id = create_event(KFD_IOC_EVENT_SIGNAL);
    struct kfd_event_data data = {.event_id = id};
    struct kfd_ioctl_wait_events_args good = {.events_ptr = (unsigned long)&data, .num_events = 1, .timeout = 5000},
                                      args = good;
    args.num_events = KFD_SIGNAL_EVENT_LIMIT + 1;
    path("WAIT_EVENTS", "more than there can be", AMDKFD_IOC_WAIT_EVENTS, &args);
    args = good;
    args.events_ptr = NOWHERE;
    path("WAIT_EVENTS", "array not readable", AMDKFD_IOC_WAIT_EVENTS, &args);
    data.event_id = 4000;
    path("WAIT_EVENTS", "unknown event", AMDKFD_IOC_WAIT_EVENTS, &good);
    data.event_id = id;
    interrupt_soon();
    args = good;
    path("WAIT_EVENTS", "signal while asleep", AMDKFD_IOC_WAIT_EVENTS, &args);
    pthread_t thread;
    pthread_create(&thread, NULL, destroy_later, &id);
    args = good;
    path("WAIT_EVENTS", "event destroyed while asleep", AMDKFD_IOC_WAIT_EVENTS, &args);
    pthread_join(thread, NULL);
}

static void events(void) {
    PAGE_OF("page on an unknown GPU", (__u64)NO_GPU << 32);
    unsigned memory = create_event(KFD_IOC_EVENT_MEMORY);
    EVENT(SET, "unknown event", 999);
    EVENT(SET, "event of another type", memory);
    EVENT(RESET, "unknown event", 999);
    EVENT(RESET, "event of another type", memory);
    EVENT(DESTROY, "unknown event", 999);
    waits();
    int result;
    do {
        result = ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &(struct kfd_ioctl_create_event_args){.event_type = 0});
    } while (result == 0);
    printf("CREATE_EVENT %s no id left\n", name_of(result));
}

static void event_pages(void) {
    PAGE_OF("page that is no memory", (__u64)gpu->id << 32 | 77);
    PAGE_OF("page in VRAM", allocate(gpu, 0x840000000, 32768, VRAM));
    PAGE_OF("page too small", allocate(gpu, 0x841000000, PAGE, GTT));
}

static void svm(const char *why, unsigned operation, unsigned long start, unsigned long size, unsigned type,
                unsigned value) {
    struct {
        __u64 start_addr, size;
        __u32 op, nattr, type, value;
    } args = {start, size, operation, 1, type, value};
    path(operation == KFD_IOCTL_SVM_OP_GET_ATTR ? "SVM.GET_ATTR" : "SVM.SET_ATTR", why,
         _IOC(_IOC_READ | _IOC_WRITE, AMDKFD_IOCTL_BASE, 0x20, sizeof args), &args);
}

static void both_ways(unsigned operation, unsigned long memory) {
    svm("address not on a page", operation, memory + 8, PAGE, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    svm("size not in pages", operation, memory, PAGE + 8, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    svm("no address", operation, 0, PAGE, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    svm("no bytes", operation, memory, 0, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    svm("unknown attribute", operation, memory, PAGE, 77, 9);
    svm("unknown GPU", operation, memory, PAGE, KFD_IOCTL_SVM_ATTR_ACCESS, NO_GPU);
    svm("memory that is not mapped", operation, PAGE, PAGE, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    /* Where also GPUs of few address bits can have something. */
    unsigned long taken = 0x4000000000 + operation * PAGE;
    mmap((void *)taken, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mapped(gpu, taken, PAGE);
    svm("a GPU has something else there", operation, taken, PAGE, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
}

static void shared_memory(unsigned long memory) {
    both_ways(KFD_IOCTL_SVM_OP_SET_ATTR, memory);
    both_ways(KFD_IOCTL_SVM_OP_GET_ATTR, memory);
    struct kfd_ioctl_svm_args head = {.start_addr = memory, .size = PAGE, .op = 77};
    path("SVM", "unknown operation", AMDKFD_IOC_SVM, &head);
    head.nattr = 3;
    path("SVM", "fewer attributes than announced", AMDKFD_IOC_SVM, &head);
    svm("GPU without shared virtual memory", KFD_IOCTL_SVM_OP_SET_ATTR, memory, PAGE, KFD_IOCTL_SVM_ATTR_ACCESS,
        gpu->id);
    unsigned long much = (unsigned long)mmap(NULL, 1UL << 41, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    svm("more than there is", KFD_IOCTL_SVM_OP_SET_ATTR, much, 1UL << 41, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    struct kfd_ioctl_alloc_memory_of_gpu_args args = {.va_addr = memory, .size = PAGE, .gpu_id = gpu->id,
                                                      .flags = GTT};
    path("ALLOC_MEMORY_OF_GPU", "address of shared virtual memory", AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &args);
    args = (struct kfd_ioctl_alloc_memory_of_gpu_args){.va_addr = 0x850000000, .mmap_offset = memory, .size = PAGE,
                                                       .gpu_id = gpu->id, .flags = USERPTR};
    path("ALLOC_MEMORY_OF_GPU", "user memory is shared virtual memory", AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &args);
}

/* A second file with a context of its own. */
static void contexts(unsigned long memory) {
    int primary = kfd;
    kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
    must("create process", ioctl(kfd, AMDKFD_IOC_CREATE_PROCESS));
    path("CREATE_PROCESS", "not the primary context", AMDKFD_IOC_CREATE_PROCESS, NULL);
    struct kfd_ioctl_alloc_memory_of_gpu_args args = {.size = PAGE, .gpu_id = gpu->id, .flags = USERPTR,
                                                      .mmap_offset = memory, .va_addr = 0x850000000};
    path("ALLOC_MEMORY_OF_GPU", "user memory in another context", AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &args);
    struct kfd_ioctl_svm_args head = {.start_addr = memory, .size = PAGE};
    path("SVM", "not the primary context", AMDKFD_IOC_SVM, &head);
    path("DBG_TRAP", "not the primary context", AMDKFD_IOC_DBG_TRAP, &(struct kfd_ioctl_dbg_trap_args){.op = 1});
    struct kfd_ioctl_acquire_vm_args vm = {.drm_fd = (unsigned)gpu->render, .gpu_id = gpu->id};
    path("ACQUIRE_VM", "VM of another process", AMDKFD_IOC_ACQUIRE_VM, &vm);
    struct kfd_ioctl_profiler_args lock = {.op = KFD_IOC_PROFILER_PMC, .pmc = {.gpu_id = gpu->id, .lock = 1}};
    must("lock", ioctl(primary, AMDKFD_IOC_PROFILER, &lock));
    path("PROFILER.PMC", "locked by another process", AMDKFD_IOC_PROFILER, &lock);
    close(kfd);
    kfd = primary;
    path("PROFILER.PMC", "locked already", AMDKFD_IOC_PROFILER, &lock);
    lock.pmc.lock = 0;
    must("unlock", ioctl(kfd, AMDKFD_IOC_PROFILER, &lock));
    path("PROFILER.PMC", "not locked", AMDKFD_IOC_PROFILER, &lock);
    lock.pmc.gpu_id = NO_GPU;
    path("PROFILER.PMC", "unknown GPU", AMDKFD_IOC_PROFILER, &lock);
    lock.op = KFD_IOC_PROFILER_PTL_CONTROL;
    path("PROFILER.PTL_CONTROL", "unknown GPU", AMDKFD_IOC_PROFILER, &lock);
    lock.pmc.gpu_id = gpu->id;
    path("PROFILER.PTL_CONTROL", "device without a limiter", AMDKFD_IOC_PROFILER, &lock);
    lock.op = 77;
    path("PROFILER", "unknown operation", AMDKFD_IOC_PROFILER, &lock);
}

/* What needs no GPU: tests/kfd_vm.rs asks the real driver the same. */
static void without_a_gpu(void) {
    before_their_time();
    arguments_out_of_reach();
    old_debugger();
    devices_asked();
    events();
    struct kfd_ioctl_runtime_enable_args enable = {.mode_mask = KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK};
    must("enable the runtime", ioctl(kfd, AMDKFD_IOC_RUNTIME_ENABLE, &enable));
    path("RUNTIME_ENABLE", "enabled already", AMDKFD_IOC_RUNTIME_ENABLE, &enable);
    in_a_child();
    path("GET_DMABUF_INFO", "machine without a GPU", AMDKFD_IOC_GET_DMABUF_INFO,
         &(struct kfd_ioctl_get_dmabuf_info_args){.dmabuf_fd = (unsigned)kfd});
}

int main(void) {
    start();
    if (!find_devices()) {
        without_a_gpu();
        return 0;
    }
    unsigned long memory = (unsigned long)own_pages(1, PROT_READ | PROT_WRITE);
    *(volatile char *)memory = 1;
    svm("no VM acquired", KFD_IOCTL_SVM_OP_SET_ATTR, memory, PAGE, KFD_IOCTL_SVM_ATTR_GRANULARITY, 9);
    acquire(gpu);
    arguments_out_of_reach();
    old_debugger();
    devices_asked();
    path("SET_XNACK_MODE", "kernel without shared virtual memory", AMDKFD_IOC_SET_XNACK_MODE,
         &(struct kfd_ioctl_set_xnack_mode_args){.xnack_enabled = -1});
    path("SVM", "kernel without shared virtual memory", AMDKFD_IOC_SVM,
         &(struct kfd_ioctl_svm_args){.start_addr = memory, .size = PAGE, .op = KFD_IOCTL_SVM_OP_GET_ATTR});
    path("SET_XNACK_MODE", "a GPU can not retry", AMDKFD_IOC_SET_XNACK_MODE,
         &(struct kfd_ioctl_set_xnack_mode_args){.xnack_enabled = 1});
    event_pages();
    events();
    shared_memory(memory);
    contexts(memory);
    in_a_child();
    return 0;
}
