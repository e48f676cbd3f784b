/* What the kfd_errors*.c probes share: a device with its address space, memory on it, and one line a failing call:
   the ioctl, what the kernel said, and what was wrong. abi-tests/simkfd/src/paths/table.txt has the same lines. */
#include "kfd_call.h"
#include <drm/amdgpu_drm.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define VRAM (KFD_IOC_ALLOC_MEM_FLAGS_VRAM | KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE)
#define GTT (KFD_IOC_ALLOC_MEM_FLAGS_GTT | KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE)
#define USERPTR (KFD_IOC_ALLOC_MEM_FLAGS_USERPTR | KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE)
#define NOWHERE 8UL
#define NO_GPU 0xbad
#define PAGE 4096UL

struct device {
    unsigned id, node, minor, cwsr_size, ctl_stack_size;
    int render;
};

static struct device devices[2];
static unsigned device_count;

/* ENOTSUPP is the kernel's own, and has no name outside. */
static inline const char *name_of(int result) {
    return result == -1 && errno == 524 ? "ENOTSUPP" : said(result);
}

static inline int path(const char *ioctl_name, const char *why, unsigned long request, void *argument) {
    int result = ioctl(kfd, request, argument);
    printf("%s %s %s\n", ioctl_name, name_of(result), why);
    return result;
}

/* Whether the caller may have what checkpoints need. `simkfd coverage` asks for none of CRIU_OP's paths if not. */
static inline int may_checkpoint(void) {
    int may = privileged(1);
    if (!may) puts("skipped CRIU_OP without CAP_CHECKPOINT_RESTORE");
    return may;
}

/* Steps that must work for the others to mean something. */
static inline void must(const char *what, int result) {
    if (result >= 0) return;
    printf("FAILED %s: %s\n", what, name_of(result));
    exit(1);
}

static inline unsigned property(unsigned node, const char *wanted) {
    char file[96], key[64];
    unsigned long long value, found = 0;
    snprintf(file, sizeof file, "/sys/class/kfd/kfd/topology/nodes/%u/properties", node);
    FILE *text = fopen(file, "r");
    while (text && fscanf(text, "%63s %llu", key, &value) == 2)
        if (!strcmp(key, wanted)) found = value;
    if (text) fclose(text);
    return (unsigned)found;
}

/* How many there are, up to two. */
static inline unsigned find_devices(void) {
    for (unsigned node = 0; node < 8 && device_count < 2; node++) {
        char file[96];
        unsigned id = 0;
        snprintf(file, sizeof file, "/sys/class/kfd/kfd/topology/nodes/%u/gpu_id", node);
        FILE *text = fopen(file, "r");
        if (!text) break;
        if (fscanf(text, "%u", &id) == 1 && id)
            devices[device_count++] = (struct device){.id = id, .node = node, .minor = property(node, "drm_render_minor"),
                .cwsr_size = property(node, "cwsr_size"), .ctl_stack_size = property(node, "ctl_stack_size"),
                .render = -1};
        fclose(text);
    }
    return device_count;
}

static inline int open_render(const struct device *device) {
    char file[32];
    snprintf(file, sizeof file, "/dev/dri/renderD%u", device->minor);
    return open(file, O_RDWR | O_CLOEXEC);
}

static inline void acquire(struct device *device) {
    device->render = open_render(device);
    must("open render node", device->render);
    struct kfd_ioctl_acquire_vm_args args = {.drm_fd = (unsigned)device->render, .gpu_id = device->id};
    must("acquire", ioctl(kfd, AMDKFD_IOC_ACQUIRE_VM, &args));
}

static inline __u64 allocate(const struct device *device, __u64 va, __u64 size, unsigned flags) {
    struct kfd_ioctl_alloc_memory_of_gpu_args args = {.va_addr = va, .size = size, .gpu_id = device->id,
                                                      .flags = flags};
    must("allocate", ioctl(kfd, AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, &args));
    return args.handle;
}

static inline void map_on(__u64 handle, const struct device *device) {
    unsigned id = device->id;
    struct kfd_ioctl_map_memory_to_gpu_args args = {.handle = handle, .device_ids_array_ptr = (unsigned long)&id,
                                                    .n_devices = 1};
    must("map", ioctl(kfd, AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args));
}

static inline __u64 mapped(const struct device *device, __u64 va, __u64 size) {
    __u64 handle = allocate(device, va, size, GTT);
    map_on(handle, device);
    return handle;
}

static inline int export_of(__u64 handle) {
    struct kfd_ioctl_export_dmabuf_args args = {.handle = handle, .flags = O_CLOEXEC};
    must("export", ioctl(kfd, AMDKFD_IOC_EXPORT_DMABUF, &args));
    return (int)args.dmabuf_fd;
}

static inline void *own_pages(size_t pages, int protection) {
    void *memory = mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) must("mmap", -1);
    return memory;
}

static inline void on_alarm(int signal) { (void)signal; }

/* Ends whatever sleeps in a moment. */
static inline void interrupt_soon(void) {
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
    ualarm(100000, 0);
}
