/* What is left when the library is closed and opened again, or with an argument when the process forks: memory of
   before is read, described, mapped and freed. */
#include "kmt.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SIZE 65536
#define KINDS 4

static const char *const names[KINDS] = {"paged", "pinned", "of a GPU", "registered"};
static unsigned char *memory[KINDS];

/* Whether memory can be read, found out by the kernel. */
static int readable(const void *address) {
    int ends[2];
    if (pipe(ends) != 0) exit(2);
    int can = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return can;
}

static void look(const char *who) {
    for (int kind = 0; kind < KINDS; kind++) {
        int can = readable(memory[kind]);
        printf("%s: %s: %s %d\n", who, names[kind], can ? "reads" : "cannot read", can ? memory[kind][SIZE - 1] : 0);
    }
}

static void make(void) {
    HsaMemFlags paged = system_flags(), visible = local_flags();
    HSAuint64 alternate = 0;
    paged.ui32.NonPaged = 0;
    visible.ui32.HostAccess = 1;
    memory[0] = must_allocate(0, SIZE, paged);
    memory[1] = must_allocate(0, SIZE, system_flags());
    memory[2] = must_allocate(gpus[0], SIZE, visible);
    memory[3] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SAY(hsaKmtRegisterMemory(memory[3], SIZE));
    for (int kind = 0; kind < KINDS; kind++) {
        if (!memory[kind] || memory[kind] == MAP_FAILED) exit(3);
        SAY(hsaKmtMapMemoryToGPU(memory[kind], SIZE, &alternate));
        memset(memory[kind], 40 + kind, SIZE);
    }
}

/* All that can be asked of memory. */
static void ask(void) {
    for (int kind = 0; kind < KINDS; kind++) {
        HsaPointerInfo info = {0};
        HSAuint64 alternate = 0;
        printf("%s:\n", names[kind]);
        SAY(hsaKmtQueryPointerInfo(memory[kind], &info));
        printf("type %d, %llu bytes\n", (int)info.Type, (unsigned long long)info.SizeInBytes);
        SAY(hsaKmtSetMemoryUserData(memory[kind], &alternate));
        SAY(hsaKmtMapMemoryToGPU(memory[kind], SIZE, &alternate));
        SAY(hsaKmtUnmapMemoryToGPU(memory[kind]));
        if (kind == 3)
            SAY(hsaKmtDeregisterMemory(memory[kind]));
        else
            SAY(hsaKmtFreeMemory(memory[kind], SIZE));
    }
}

static void wait_for(pid_t child) {
    int ended = -1;
    waitpid(child, &ended, 0);
    printf("child ended with %d\n", ended);
}

/* The parent's memory is the child's to read, where it is not a device's; the library knows nothing of it. */
static void child(HsaEvent *event) {
    look("child");
    SAY(hsaKmtSetEvent(event));
    SAY(hsaKmtWaitOnEvent(event, 0));
    kmt_open();
    make();
    look("child, with its own");
    ask();
    kmt_close();
}

static void forked(void) {
    HsaEventDescriptor descriptor = {0};
    HsaEvent *event = NULL;
    SAY(hsaKmtCreateEvent(&descriptor, false, true, &event));
    make();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        child(event);
        fflush(stdout);
        _exit(0);
    }
    wait_for(pid);
    look("parent");
    SAY(hsaKmtWaitOnEvent(event, 0));
    SAY(hsaKmtDestroyEvent(event));
    ask();
}

static void reopened(void) {
    make();
    kmt_close();
    look("closed");
    ask();
    kmt_open();
    look("reopened");
    ask();
    make();
    look("with new ones");
    ask();
}

int main(int count, char **words) {
    (void)words;
    kmt_open();
    if (count > 1)
        forked();
    else
        reopened();
    kmt_close();
    return 0;
}
