/* One of two processes that share a buffer over a socket, each with a library of its own: `export PATH` or
   `import PATH`. The exporter ends while the importer still holds what it was given. */
#include "kmt.h"
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SIZE (4u << 20)

static int channel;

static struct sockaddr_un at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

/* The exporter waits to be found, the importer looks until it finds: neither is started first. */
static void connect_to(const char *path, int exports) {
    struct sockaddr_un address = at(path);
    channel = socket(AF_UNIX, SOCK_STREAM, 0);
    if (!exports) {
        while (connect(channel, (struct sockaddr *)&address, sizeof address) != 0) usleep(10000);
        return;
    }
    int listener = channel;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) exit(2);
    channel = accept(listener, NULL, NULL);
    close(listener);
}

union control {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

/* Waits for the other side: 1 when it sent a byte, 0 when it has ended. */
static int hear(int *fd) {
    char byte = 0;
    union control control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int heard = recvmsg(channel, &message, 0) == 1;
    struct cmsghdr *sent = heard ? CMSG_FIRSTHDR(&message) : NULL;
    if (sent && fd) memcpy(fd, CMSG_DATA(sent), sizeof *fd);
    return heard;
}

/* Gives the other side a descriptor. */
static void give(int fd) {
    char byte = 0;
    union control control = {{0}};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
    sent->cmsg_level = SOL_SOCKET;
    sent->cmsg_type = SCM_RIGHTS;
    sent->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(sent), &fd, sizeof fd);
    if (sendmsg(channel, &message, MSG_NOSIGNAL) != 1) exit(3);
}

static void export(void) {
    HsaMemFlags flags = local_flags();
    HSAuint64 alternate = 0, offset = 1;
    int fd = -1;
    flags.ui32.HostAccess = 1;
    unsigned char *bytes = must_allocate(gpus[0], SIZE, flags);
    if (!bytes) exit(4);
    SAY(hsaKmtMapMemoryToGPU(bytes, SIZE, &alternate));
    bytes[0] = 11;
    bytes[SIZE - 1] = 99;
    SAY(hsaKmtExportDMABufHandle(bytes, SIZE, &fd, &offset));
    give(fd);
    if (!hear(NULL)) exit(5);
    printf("exporter reads %d\n", bytes[SIZE / 2]);
    bytes[1] = 12;
    /* Ends with the buffer mapped, exported and in use elsewhere. */
}

static void import(void) {
    HsaGraphicsResourceInfo info = {0};
    HSAuint64 alternate = 0;
    int fd = -1;
    if (!hear(&fd)) exit(6);
    SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, 1, gpus));
    printf("%llu bytes of node %u\n", (unsigned long long)info.SizeInBytes, info.NodeId);
    SAY(hsaKmtMapMemoryToGPU(info.MemoryAddress, info.SizeInBytes, &alternate));
    unsigned char *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) exit(7);
    close(fd);
    printf("importer reads %d and %d\n", bytes[0], bytes[SIZE - 1]);
    bytes[SIZE / 2] = 77;
    if (send(channel, "", 1, MSG_NOSIGNAL) != 1) exit(8);
    printf("exporter %s\n", hear(NULL) ? "speaks" : "is gone");
    printf("importer still reads %d, %d, %d and %d\n", bytes[0], bytes[1], bytes[SIZE / 2], bytes[SIZE - 1]);
    SAY(hsaKmtUnmapMemoryToGPU(info.MemoryAddress));
    SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
    SAY(hsaKmtMapMemoryToGPU(info.MemoryAddress, info.SizeInBytes, &alternate));
}

int main(int count, char **words) {
    if (count != 3) return 1;
    int exports = strcmp(words[1], "export") == 0;
    kmt_open();
    connect_to(words[2], exports);
    if (exports) {
        export();
        return 0;
    }
    import();
    kmt_close();
    return 0;
}
