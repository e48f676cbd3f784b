/* Two processes and one buffer: the parent exports memory of a GPU, a child that opened the library by itself takes it
   in by a descriptor that it was sent, a second one maps a descriptor that it inherited. What one writes the others
   read, also after the exporter has freed its own; and what one takes is missing for the other. */
#include "channel.h"
#include "kmt.h"
#include <sys/mman.h>
#include <sys/wait.h>

#define SIZE (4u << 20)

static HSAuint64 available(void) {
    HSAuint64 bytes = 0;
    SAY(hsaKmtAvailableMemory(gpus[0], &bytes));
    return bytes;
}

/* Takes the buffer in for the GPU, and gives it back. */
static void import(int fd) {
    HsaGraphicsResourceInfo info = {0};
    HSAuint64 alternate = 0;
    SAY(hsaKmtRegisterGraphicsHandleToNodes(fd, &info, 1, gpus));
    printf("%llu bytes of node %u\n", (unsigned long long)info.SizeInBytes, info.NodeId);
    SAY(hsaKmtMapMemoryToGPU(info.MemoryAddress, info.SizeInBytes, &alternate));
    SAY(hsaKmtUnmapMemoryToGPU(info.MemoryAddress));
    SAY(hsaKmtDeregisterMemory(info.MemoryAddress));
}

/* What lies behind the descriptor, for the processor. */
static unsigned char *map(int fd) {
    unsigned char *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("mapped: %s\n", bytes == MAP_FAILED ? "no" : "yes");
    if (bytes == MAP_FAILED) exit(5);
    return bytes;
}

static void sent_to(void) {
    kmt_open();
    HSAuint64 before = available();
    tell(-1);
    int fd = hear();
    printf("less memory by %llu bytes\n", (unsigned long long)(before - available()));
    import(fd);
    unsigned char *bytes = map(fd);
    printf("child reads %d and %d\n", bytes[0], bytes[SIZE - 1]);
    bytes[SIZE / 2] = 77;
    tell(-1);
    hear();
    printf("child still reads %d, %d and %d\n", bytes[0], bytes[SIZE / 2], bytes[SIZE - 1]);
    kmt_close();
}

/* Upstream's library cannot import in a child of a process that has it open, so this one does without. */
static void inherits(int fd) {
    unsigned char *bytes = map(fd);
    printf("second child reads %d, %d and %d\n", bytes[0], bytes[SIZE / 2], bytes[SIZE - 1]);
}

static void wait_for(pid_t child) {
    int ended = -1;
    waitpid(child, &ended, 0);
    printf("child ended with %d\n", ended);
}

static void export(void) {
    HsaMemFlags flags = local_flags();
    HSAuint64 alternate = 0, offset = 1;
    int fd = -1;
    hear();
    kmt_open();
    flags.ui32.HostAccess = 1;
    unsigned char *bytes = must_allocate(gpus[0], SIZE, flags);
    if (!bytes) exit(6);
    SAY(hsaKmtMapMemoryToGPU(bytes, SIZE, &alternate));
    bytes[0] = 11;
    bytes[SIZE - 1] = 99;
    SAY(hsaKmtExportDMABufHandle(bytes, SIZE, &fd, &offset));
    printf("offset %llu\n", (unsigned long long)offset);
    tell(fd);
    hear();
    printf("parent reads %d\n", bytes[SIZE / 2]);
    fflush(stdout);
    pid_t second = fork();
    if (second == 0) {
        inherits(fd);
        exit(0);
    }
    wait_for(second);
    close(fd);
    SAY(hsaKmtUnmapMemoryToGPU(bytes));
    SAY(hsaKmtFreeMemory(bytes, SIZE));
    tell(-1);
}

int main(void) {
    int ends[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 2;
    pid_t child = fork();
    channel = ends[child == 0];
    close(ends[child != 0]);
    if (child == 0) {
        sent_to();
        exit(0);
    }
    export();
    wait_for(child);
    kmt_close();
}
