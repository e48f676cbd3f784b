/* Every way in which the ioctls on queues, and on what must come before them, fail. */
#define _GNU_SOURCE
#include "kfd_errors.h"

static struct device *gpu = &devices[0];
static int compute_queues;

#define POINTERS 0x900000000ULL
#define RING 0x910000000ULL
#define FREE_VA 0x990000000ULL

static struct kfd_ioctl_create_queue_args sdma(void) {
    return (struct kfd_ioctl_create_queue_args){.ring_base_address = RING, .write_pointer_address = POINTERS,
        .read_pointer_address = POINTERS + 64, .ring_size = PAGE, .gpu_id = gpu->id,
        .queue_type = KFD_IOC_QUEUE_TYPE_SDMA, .queue_percentage = 100};
}

#define CREATE(why, field, value) do { \
    struct kfd_ioctl_create_queue_args args = sdma(); \
    args.field = value; \
    path("CREATE_QUEUE", why, AMDKFD_IOC_CREATE_QUEUE, &args); \
} while (0)

#define UPDATE(why, ...) path("UPDATE_QUEUE", why, AMDKFD_IOC_UPDATE_QUEUE, \
    &(struct kfd_ioctl_update_queue_args){__VA_ARGS__})

static void create_arguments(void) {
    CREATE("percentage above 100", queue_percentage, 101);
    CREATE("priority above 15", queue_priority, 16);
    CREATE("ring not in user space", ring_base_address, ~0ULL);
    CREATE("ring size no power of two", ring_size, PAGE + 1);
    CREATE("metadata ring size no power of two", metadata_ring_size, 3);
    CREATE("read pointer not in user space", read_pointer_address, ~0ULL);
    CREATE("write pointer not in user space", write_pointer_address, ~0ULL);
    CREATE("end-of-pipe buffer not in user space", eop_buffer_address, ~0ULL);
    CREATE("save area not in user space", ctx_save_restore_address, ~0ULL);
    CREATE("unknown type", queue_type, 77);
    CREATE("unknown GPU", gpu_id, NO_GPU);
    CREATE("write pointer not mapped", write_pointer_address, FREE_VA);
    CREATE("read pointer not mapped", read_pointer_address, FREE_VA);
    CREATE("ring not mapped", ring_base_address, FREE_VA);
    CREATE("ring not mapped whole", ring_size, 2 * PAGE);
    struct kfd_ioctl_create_queue_args args = sdma();
    args.queue_type = KFD_IOC_QUEUE_TYPE_SDMA_BY_ENG_ID;
    args.sdma_engine_id = 99;
    path("CREATE_QUEUE", "unknown engine", AMDKFD_IOC_CREATE_QUEUE, &args);
}

static struct kfd_ioctl_create_queue_args compute(void) {
    struct kfd_ioctl_create_queue_args args = sdma();
    args.queue_type = KFD_IOC_QUEUE_TYPE_COMPUTE_AQL;
    args.ctx_save_restore_size = gpu->cwsr_size;
    args.ctl_stack_size = gpu->ctl_stack_size;
    return args;
}

#define COMPUTE(why, field, value) do { \
    struct kfd_ioctl_create_queue_args args = compute(); \
    args.field = value; \
    path("CREATE_QUEUE", why, AMDKFD_IOC_CREATE_QUEUE, &args); \
} while (0)

static void create_compute(void) {
    struct kfd_ioctl_create_queue_args args = compute();
    args.eop_buffer_address = POINTERS;
    args.eop_buffer_size = 16;
    path("CREATE_QUEUE", "end-of-pipe buffer too small", AMDKFD_IOC_CREATE_QUEUE, &args);
    args.eop_buffer_address = FREE_VA;
    args.eop_buffer_size = PAGE;
    path("CREATE_QUEUE", "end-of-pipe buffer not mapped", AMDKFD_IOC_CREATE_QUEUE, &args);
    COMPUTE("control stack of another size", ctl_stack_size, 1);
    COMPUTE("save area too small", ctx_save_restore_size, 1);
    COMPUTE("save area not mapped", ctx_save_restore_address, FREE_VA);
}

/* With the save area that make_compute found room for. */
static struct kfd_ioctl_create_queue_args with_area(void) {
    struct kfd_ioctl_create_queue_args args = compute();
    args.ctx_save_restore_address = 0x920000000;
    return args;
}

static unsigned make(struct kfd_ioctl_create_queue_args args) {
    must("create queue", ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &args));
    return args.queue_id;
}

/* A compute queue with all that belongs to it. The debugger's part is 32 bytes for each wave, with room to spare. */
static unsigned make_compute(void) {
    struct kfd_ioctl_create_queue_args args = with_area();
    __u64 debug = property(gpu->node, "simd_count") * 40ULL * 32, size = gpu->cwsr_size + debug;
    for (__u64 tried = gpu->cwsr_size; tried <= size; tried += PAGE) {
        tried = (tried + PAGE - 1) / PAGE * PAGE;
        __u64 area = mapped(gpu, args.ctx_save_restore_address, tried);
        if (ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &args) == 0) return args.queue_id;
        unsigned id = gpu->id;
        struct kfd_ioctl_unmap_memory_from_gpu_args off = {.handle = area, .n_devices = 1,
                                                           .device_ids_array_ptr = (unsigned long)&id};
        must("unmap", ioctl(kfd, AMDKFD_IOC_UNMAP_MEMORY_FROM_GPU, &off));
        must("free", ioctl(kfd, AMDKFD_IOC_FREE_MEMORY_OF_GPU,
                           &(struct kfd_ioctl_free_memory_of_gpu_args){.handle = area}));
    }
    must("create compute queue", -1);
    return 0;
}

static void update(unsigned queue) {
    UPDATE("percentage above 100", .queue_id = queue, .queue_percentage = 101);
    UPDATE("priority above 15", .queue_id = queue, .queue_priority = 16);
    UPDATE("ring not in user space", .queue_id = queue, .ring_base_address = ~0ULL);
    UPDATE("ring size no power of two", .queue_id = queue, .ring_size = PAGE + 1);
    UPDATE("unknown queue", .queue_id = 999);
    UPDATE("ring not mapped", .queue_id = queue, .ring_base_address = FREE_VA, .ring_size = PAGE);
    path("DESTROY_QUEUE", "unknown queue", AMDKFD_IOC_DESTROY_QUEUE,
         &(struct kfd_ioctl_destroy_queue_args){.queue_id = 999});
}

#define MASK(why, ...) path("SET_CU_MASK", why, AMDKFD_IOC_SET_CU_MASK, &(struct kfd_ioctl_set_cu_mask_args){__VA_ARGS__})
#define STATE(why, ...) path("GET_QUEUE_WAVE_STATE", why, AMDKFD_IOC_GET_QUEUE_WAVE_STATE, \
    &(struct kfd_ioctl_get_queue_wave_state_args){__VA_ARGS__})
#define SYNC(why, queue, wanted) path("ALLOC_QUEUE_GWS", why, AMDKFD_IOC_ALLOC_QUEUE_GWS, \
    &(struct kfd_ioctl_alloc_queue_gws_args){.queue_id = queue, .num_gws = wanted})

static void ask(unsigned queue, unsigned of_sdma) {
    unsigned half[2] = {1, 0}, whole[2] = {~0u, ~0u};
    MASK("no bits", .queue_id = queue);
    MASK("bits that are no whole words", .queue_id = queue, .num_cu_mask = 33);
    MASK("mask not readable", .queue_id = queue, .num_cu_mask = 32, .cu_mask_ptr = NOWHERE);
    MASK("unknown queue", .queue_id = 999, .num_cu_mask = 32, .cu_mask_ptr = (unsigned long)whole);
    MASK("half of a pair", .queue_id = queue, .num_cu_mask = 32, .cu_mask_ptr = (unsigned long)half);
    STATE("unknown queue", .queue_id = 999);
    STATE("not a compute queue", .queue_id = of_sdma);
    STATE("active queue", .queue_id = queue);
    must("disable", ioctl(kfd, AMDKFD_IOC_UPDATE_QUEUE, &(struct kfd_ioctl_update_queue_args){.queue_id = queue}));
    STATE("header not writable", .queue_id = queue, .ctl_stack_address = NOWHERE);
}

/* A debugger masks the CUs of gfx11 itself, and does not go with global wave sync there. */
static void debugged(unsigned queue) {
    unsigned whole[2] = {~0u, ~0u};
    struct kfd_runtime_info info;
    struct kfd_ioctl_dbg_trap_args args = {.pid = (unsigned)getpid(), .op = KFD_IOC_DBG_TRAP_ENABLE,
        .enable = {.dbg_fd = (unsigned)kfd, .rinfo_ptr = (unsigned long)&info, .rinfo_size = sizeof info}};
    must("attach", ioctl(kfd, AMDKFD_IOC_DBG_TRAP, &args));
    unsigned fresh = make(with_area());
    MASK("masked for a debugger", .queue_id = fresh, .num_cu_mask = 32, .cu_mask_ptr = (unsigned long)whole);
    args.op = KFD_IOC_DBG_TRAP_DISABLE;
    must("detach", ioctl(kfd, AMDKFD_IOC_DBG_TRAP, &args));
    SYNC("unknown queue", 999, 1);
    SYNC("none to give back", queue, 0);
    must("wave sync", ioctl(kfd, AMDKFD_IOC_ALLOC_QUEUE_GWS,
                            &(struct kfd_ioctl_alloc_queue_gws_args){.queue_id = queue, .num_gws = 1}));
    SYNC("the device's are taken", queue, 1);
    args.op = KFD_IOC_DBG_TRAP_ENABLE;
    path("DBG_TRAP.ENABLE", "queue with global wave sync", AMDKFD_IOC_DBG_TRAP, &args);
}

static void limits(void) {
    struct kfd_ioctl_create_queue_args args = sdma();
    int result, made = 0;
    while ((result = ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &args)) == 0) made++;
    printf("CREATE_QUEUE %s no SDMA queue left\n", name_of(result));
    if (!compute_queues) return;
    args = with_area();
    while ((result = ioctl(kfd, AMDKFD_IOC_CREATE_QUEUE, &args)) == 0 && made < 2000) made++;
    printf("CREATE_QUEUE %s as many queues as a device takes\n", name_of(result));
}

static void other_devices_pointer(void) {
    if (device_count < 2) return;
    acquire(&devices[1]);
    __u64 handle = allocate(&devices[1], 0x930000000, PAGE, GTT);
    map_on(handle, gpu);
    CREATE("write pointer in another device's memory", write_pointer_address, 0x930000000);
}

int main(void) {
    start();
    if (!find_devices()) return 0;
    acquire(gpu);
    mapped(gpu, POINTERS, PAGE);
    mapped(gpu, RING, PAGE);
    create_arguments();
    create_compute();
    other_devices_pointer();
    unsigned of_sdma = make(sdma());
    update(of_sdma);
    path("SET_XNACK_MODE", "queues exist", AMDKFD_IOC_SET_XNACK_MODE,
         &(struct kfd_ioctl_set_xnack_mode_args){.xnack_enabled = 1});
    path("RUNTIME_ENABLE", "queues exist", AMDKFD_IOC_RUNTIME_ENABLE,
         &(struct kfd_ioctl_runtime_enable_args){.mode_mask = 1});
    if (property(gpu->node, "gfx_target_version") < 90000) {
        SYNC("device without any", of_sdma, 1);
    } else if (gpu->cwsr_size && device_count == 1) {
        unsigned queue = make_compute();
        compute_queues = 1;
        ask(queue, of_sdma);
        debugged(queue);
    }
    limits();
    return 0;
}
