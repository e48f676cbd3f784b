/* Two processes that hold one buffer object: what one of them says of it the other hears, and it takes from the
   machine's memory until the last of them lets go, whoever allocated it. */
#define _GNU_SOURCE
#include "kfd_errors.h"
#include <linux/dma-buf.h>
#include <sys/socket.h>

#define BYTES (16ULL << 20)

static int channel;

union control { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof(int))]; };

/* A byte for the other process, and a descriptor if there is one. */
static void tell(int fd) {
    char byte = 0;
    union control control = {{0}};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd != -1) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
        *sent = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(sent), &fd, sizeof fd);
    }
    must("send", (int)sendmsg(channel, &message, MSG_NOSIGNAL));
}

static int hear(void) {
    char byte;
    int fd = -1;
    union control control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = sizeof control};
    if (recvmsg(channel, &message, 0) != 1) must("receive", -1);
    struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
    if (sent) memcpy(&fd, CMSG_DATA(sent), sizeof fd);
    return fd;
}

static __u64 available(void) {
    struct kfd_ioctl_get_available_memory_args args = {.gpu_id = devices[0].id};
    must("available memory", ioctl(kfd, AMDKFD_IOC_AVAILABLE_MEMORY, &args));
    return args.available;
}

/* The GEM handle of the object behind a descriptor. */
static unsigned handle_of(int fd) {
    struct drm_prime_handle args = {.fd = fd};
    must("import for rendering", ioctl(devices[0].render, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args));
    return args.handle;
}

static void describe(unsigned handle, const char *text) {
    struct drm_amdgpu_gem_metadata args = {.handle = handle, .op = AMDGPU_GEM_METADATA_OP_SET_METADATA};
    args.data.flags = 3;
    args.data.data_size_bytes = (unsigned)strlen(text);
    memcpy(args.data.data, text, strlen(text));
    must("set metadata", ioctl(devices[0].render, DRM_IOCTL_AMDGPU_GEM_METADATA, &args));
}

static void described(const char *who, int fd) {
    char text[256] = "";
    struct kfd_ioctl_get_dmabuf_info_args args = {.dmabuf_fd = (unsigned)fd, .metadata_ptr = (unsigned long)text,
                                                  .metadata_size = sizeof text};
    must("information", ioctl(kfd, AMDKFD_IOC_GET_DMABUF_INFO, &args));
    struct dma_buf_sync begin = {DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW}, nothing = {DMA_BUF_SYNC_START};
    must("access", ioctl(fd, DMA_BUF_IOCTL_SYNC, &begin));
    const char *refused = said(ioctl(fd, DMA_BUF_IOCTL_SYNC, &nothing));
    printf("%s: %llu bytes, described by %u: %s, access to nothing: %s\n", who, args.size, args.metadata_size, text,
           refused);
}

/* Ends with everything open. */
static void export(void) {
    close(kfd);
    kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
    must("open", kfd);
    acquire(&devices[0]);
    int fd = export_of(allocate(&devices[0], 0x800000000, BYTES, VRAM));
    tell(fd);
    hear();
    describe(handle_of(fd), "by the exporter");
    tell(-1);
    hear();
    described("exporter", fd);
    exit(0);
}

static __u64 import(int fd) {
    struct kfd_ioctl_import_dmabuf_args args = {.va_addr = 0x800000000, .gpu_id = devices[0].id,
                                                .dmabuf_fd = (unsigned)fd};
    must("import", ioctl(kfd, AMDKFD_IOC_IMPORT_DMABUF, &args));
    return args.handle;
}

int main(void) {
    int ends[2];
    start();
    if (!find_devices()) must("a device", -1);
    must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    acquire(&devices[0]);
    __u64 before = available();
    int child = fork();
    channel = ends[child == 0];
    if (!child) export();
    int fd = hear();
    printf("taken by the exporter: %d\n", before - available() >= BYTES);
    described("importer", fd);
    __u64 memory = import(fd);
    tell(-1);
    hear();
    described("importer", fd);
    unsigned handle = handle_of(fd);
    describe(handle, "by the importer");
    __u64 both = available();
    tell(-1);
    waitpid(child, NULL, 0);
    described("importer", fd);
    printf("still taken, and once: %d\n", available() == both && before - both < 2 * BYTES);
    close(fd);
    struct drm_gem_close closed = {.handle = handle};
    must("close", ioctl(devices[0].render, DRM_IOCTL_GEM_CLOSE, &closed));
    printf("taken while mapped by a handle: %d\n", available() == both);
    struct kfd_ioctl_free_memory_of_gpu_args freed = {.handle = memory};
    must("free", ioctl(kfd, AMDKFD_IOC_FREE_MEMORY_OF_GPU, &freed));
    printf("given back: %d\n", available() == before);
    return 0;
}
