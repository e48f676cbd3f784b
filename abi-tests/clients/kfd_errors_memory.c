/* Every way in which the ioctls on memory and address spaces fail. */
#define _GNU_SOURCE
#include "kfd_errors.h"

static struct device *gpu = &devices[0];

#define ALLOC(why, ...) path("ALLOC_MEMORY_OF_GPU", why, AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, \
    &(struct kfd_ioctl_alloc_memory_of_gpu_args){__VA_ARGS__})
#define FREE(why, which) path("FREE_MEMORY_OF_GPU", why, AMDKFD_IOC_FREE_MEMORY_OF_GPU, \
    &(struct kfd_ioctl_free_memory_of_gpu_args){.handle = which})
#define ACQUIRE(why, fd, id) path("ACQUIRE_VM", why, AMDKFD_IOC_ACQUIRE_VM, \
    &(struct kfd_ioctl_acquire_vm_args){.drm_fd = (unsigned)(fd), .gpu_id = id})
#define IMPORT(why, fd, id) path("IMPORT_DMABUF", why, AMDKFD_IOC_IMPORT_DMABUF, \
    &(struct kfd_ioctl_import_dmabuf_args){.va_addr = 0x900000000, .gpu_id = id, .dmabuf_fd = (unsigned)(fd)})
#define INFO(why, fd, ...) path("GET_DMABUF_INFO", why, AMDKFD_IOC_GET_DMABUF_INFO, \
    &(struct kfd_ioctl_get_dmabuf_info_args){.dmabuf_fd = (unsigned)(fd), __VA_ARGS__})
#define EXPORT(why, which) path("EXPORT_DMABUF", why, AMDKFD_IOC_EXPORT_DMABUF, \
    &(struct kfd_ioctl_export_dmabuf_args){.handle = which})

static void before_a_vm(void) {
    ALLOC("no VM acquired", .size = PAGE, .gpu_id = gpu->id, .flags = GTT, .va_addr = 0x800000000);
    unsigned id = gpu->id;
    path("MAP_MEMORY_TO_GPU", "no VM acquired on the owner", AMDKFD_IOC_MAP_MEMORY_TO_GPU,
         &(struct kfd_ioctl_map_memory_to_gpu_args){.handle = (__u64)id << 32, .n_devices = 1,
                                                    .device_ids_array_ptr = (unsigned long)&id});
    IMPORT("no VM acquired", kfd, gpu->id);
    path("SET_MEMORY_POLICY", "no VM acquired", AMDKFD_IOC_SET_MEMORY_POLICY,
         &(struct kfd_ioctl_set_memory_policy_args){.gpu_id = id});
    path("SET_TRAP_HANDLER", "no VM acquired", AMDKFD_IOC_SET_TRAP_HANDLER,
         &(struct kfd_ioctl_set_trap_handler_args){.gpu_id = id});
    path("SET_SCRATCH_BACKING_VA", "no VM acquired", AMDKFD_IOC_SET_SCRATCH_BACKING_VA,
         &(struct kfd_ioctl_set_scratch_backing_va_args){.gpu_id = id});
    path("CREATE_QUEUE", "no VM acquired", AMDKFD_IOC_CREATE_QUEUE,
         &(struct kfd_ioctl_create_queue_args){.gpu_id = id});
    path("CREATE_EVENT", "page on a device without a VM", AMDKFD_IOC_CREATE_EVENT,
         &(struct kfd_ioctl_create_event_args){.event_page_offset = (__u64)id << 32 | 7});
}

static void address_spaces(void) {
    int render = open_render(gpu);
    ACQUIRE("descriptor not open", 999, gpu->id);
    ACQUIRE("unknown GPU", render, NO_GPU);
    ACQUIRE("not a render node", kfd, gpu->id);
    acquire(gpu);
    ACQUIRE("another VM is acquired", render, gpu->id);
    if (device_count > 1) ACQUIRE("VM of another device of the process", gpu->render, devices[1].id);
    close(render);
}

static void allocation(void) {
    char *user = own_pages(4, PROT_READ | PROT_WRITE), *read_only = own_pages(1, PROT_READ);
    *(volatile char *)read_only;
    __u64 va = 0x800000000;
    ALLOC("no bytes", .gpu_id = gpu->id, .flags = GTT, .va_addr = va);
    ALLOC("unknown GPU", .size = PAGE, .gpu_id = NO_GPU, .flags = GTT, .va_addr = va);
    ALLOC("no kind of memory", .size = PAGE, .gpu_id = gpu->id, .va_addr = va);
    ALLOC("doorbells not whole", .size = PAGE, .gpu_id = gpu->id, .flags = KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL);
    ALLOC("register page not a page", .size = 2 * PAGE, .gpu_id = gpu->id,
          .flags = KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP);
    ALLOC("register page where there is none", .size = PAGE, .gpu_id = gpu->id,
          .flags = KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP);
    ALLOC("public VRAM that the processor does not see", .size = PAGE, .gpu_id = gpu->id,
          .flags = VRAM | KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC, .va_addr = va);
    ALLOC("more than there is", .size = 1ULL << 45, .gpu_id = gpu->id, .flags = VRAM, .va_addr = va);
    ALLOC("user memory without an address", .size = PAGE, .gpu_id = gpu->id, .flags = USERPTR, .va_addr = va);
    ALLOC("user memory that is not mapped", .size = PAGE, .gpu_id = gpu->id, .flags = USERPTR, .va_addr = va,
          .mmap_offset = PAGE);
    ALLOC("user memory that is read-only", .size = PAGE, .gpu_id = gpu->id, .flags = USERPTR, .va_addr = va,
          .mmap_offset = (unsigned long)read_only);
    ALLOC("user memory that wraps", .size = PAGE, .gpu_id = gpu->id, .flags = USERPTR, .va_addr = va,
          .mmap_offset = -PAGE / 2 * 2);
    ALLOC("size that wraps", .size = ~0ULL, .gpu_id = gpu->id, .flags = GTT);
    munmap(user, 4 * PAGE);
    munmap(read_only, PAGE);
}

static void freeing(__u64 handle) {
    FREE("unknown GPU", (__u64)NO_GPU << 32);
    FREE("unknown handle", handle + 77);
    FREE("mapped on a GPU", handle);
    struct kfd_ioctl_create_event_args event = {.event_page_offset = allocate(gpu, 0x810000000, 32768, GTT)};
    __u64 page = event.event_page_offset;
    must("create event", ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &event));
    FREE("it is the signal page", page);
    path("CREATE_EVENT", "page twice", AMDKFD_IOC_CREATE_EVENT,
         &(struct kfd_ioctl_create_event_args){.event_page_offset = page});
}

/* Mapping and unmapping make the same checks. */
static void mapping(const char *name, unsigned long request, __u64 handle) {
    unsigned ids[2] = {gpu->id, NO_GPU};
    struct kfd_ioctl_map_memory_to_gpu_args good = {.handle = handle, .n_devices = 1,
                                                    .device_ids_array_ptr = (unsigned long)ids}, args = good;
    args.n_devices = 0;
    path(name, "no devices", request, &args);
    args = good;
    args.n_success = 2;
    path(name, "more done than there are", request, &args);
    args = good;
    args.device_ids_array_ptr = NOWHERE;
    path(name, "ids not readable", request, &args);
    args = good;
    args.n_devices = 2000000;
    path(name, "too many devices", request, &args);
    args = good;
    args.handle = (__u64)NO_GPU << 32;
    path(name, "unknown owner", request, &args);
    args = good;
    args.handle += 77;
    path(name, "unknown handle", request, &args);
    args = good;
    args.device_ids_array_ptr = (unsigned long)&ids[1];
    path(name, "unknown GPU", request, &args);
}

static void mapping_only(void) {
    unsigned ids[2] = {gpu->id, device_count > 1 ? devices[1].id : 0};
    struct kfd_ioctl_map_memory_to_gpu_args args = {.handle = allocate(gpu, 0x820000000, PAGE, VRAM), .n_devices = 1,
                                                    .device_ids_array_ptr = (unsigned long)&ids[1]};
    if (device_count > 1) {
        path("MAP_MEMORY_TO_GPU", "no VM acquired on the GPU", AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args);
        path("UNMAP_MEMORY_FROM_GPU", "no VM acquired on the GPU", AMDKFD_IOC_UNMAP_MEMORY_FROM_GPU, &args);
    }
    args.device_ids_array_ptr = (unsigned long)ids;
    path("UNMAP_MEMORY_FROM_GPU", "not mapped there", AMDKFD_IOC_UNMAP_MEMORY_FROM_GPU, &args);
    if (device_count > 1) {
        acquire(&devices[1]);
        args.device_ids_array_ptr = (unsigned long)&ids[1];
        path("MAP_MEMORY_TO_GPU", "VRAM that the GPU can not reach", AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args);
        args.device_ids_array_ptr = (unsigned long)ids;
    }
    args.handle = allocate(gpu, 0, PAGE, VRAM);
    path("MAP_MEMORY_TO_GPU", "memory without an address", AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args);
    args.handle = allocate(gpu, 0x800000000, PAGE, GTT);
    path("MAP_MEMORY_TO_GPU", "address taken in the VM", AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args);
}

static void sharing(__u64 handle) {
    int buffer = export_of(handle);
    IMPORT("unknown GPU", buffer, NO_GPU);
    IMPORT("descriptor not open", 999, gpu->id);
    IMPORT("not a dma-buf", kfd, gpu->id);
    INFO("descriptor not open", 999);
    INFO("not a dma-buf", kfd);
    EXPORT("unknown GPU", (__u64)NO_GPU << 32);
    EXPORT("unknown handle", handle + 77);
    unsigned long user = (unsigned long)own_pages(1, PROT_READ | PROT_WRITE);
    *(volatile char *)user = 1;
    struct kfd_ioctl_alloc_memory_of_gpu_args args = {.va_addr = 0x830000000, .size = PAGE, .mmap_offset = user,
                                                      .gpu_id = gpu->id, .flags = USERPTR};
    must("user memory", ioctl(kfd, AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &args));
    EXPORT("user memory", args.handle);
    struct kfd_ioctl_alloc_memory_of_gpu_args page = {.va_addr = 0x831000000, .size = PAGE, .gpu_id = gpu->id,
                                                      .flags = KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP};
    if (ioctl(kfd, AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &page) == 0) {
        int registers = export_of(page.handle);
        IMPORT("registers", registers, gpu->id);
        INFO("registers", registers);
    }
}

/* A buffer with metadata, which goes in by its GEM handle. */
static void metadata(__u64 handle) {
    int buffer = export_of(handle);
    struct drm_prime_handle prime = {.fd = buffer};
    must("import to GEM", ioctl(gpu->render, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
    struct drm_amdgpu_gem_metadata set = {.handle = prime.handle, .op = AMDGPU_GEM_METADATA_OP_SET_METADATA};
    set.data.data_size_bytes = 8;
    must("set metadata", ioctl(gpu->render, DRM_IOCTL_AMDGPU_GEM_METADATA, &set));
    INFO("no room for the metadata", buffer, .metadata_size = 4);
    INFO("metadata not writable", buffer, .metadata_size = 64, .metadata_ptr = NOWHERE);
}

static void no_descriptors(__u64 handle) {
    dup2(kfd, 60);
    kfd = 60;
    for (int fd = 3; fd < 60; fd++)
        if (fd != gpu->render) dup2(kfd, fd);
    struct rlimit limit = {.rlim_cur = 61, .rlim_max = 61};
    setrlimit(RLIMIT_NOFILE, &limit);
    EXPORT("no descriptor left", handle);
    path("SMI_EVENTS", "no descriptor left", AMDKFD_IOC_SMI_EVENTS,
         &(struct kfd_ioctl_smi_events_args){.gpuid = gpu->id});
}

int main(void) {
    start();
    if (!find_devices()) return 0;
    before_a_vm();
    address_spaces();
    allocation();
    __u64 handle = mapped(gpu, 0x800000000, PAGE);
    freeing(handle);
    mapping("MAP_MEMORY_TO_GPU", AMDKFD_IOC_MAP_MEMORY_TO_GPU, handle);
    mapping("UNMAP_MEMORY_FROM_GPU", AMDKFD_IOC_UNMAP_MEMORY_FROM_GPU, handle);
    mapping_only();
    sharing(handle);
    metadata(handle);
    no_descriptors(handle);
    return 0;
}
