/* The library's life: opened twice, closed, opened again, and forked while it is open. */
#include "kmt.h"
#include <sys/wait.h>

#define SIZE 65536

static void use(const char *who) {
    HsaEventDescriptor descriptor = {0};
    HsaEvent *event = NULL;
    HSAuint64 alternate = 0;
    void *address = must_allocate(0, SIZE, system_flags());
    printf("%s: memory %s\n", who, address ? "yes" : "no");
    memset(address, 3, SIZE);
    SAY(hsaKmtMapMemoryToGPU(address, SIZE, &alternate));
    SAY(hsaKmtCreateEvent(&descriptor, false, true, &event));
    SAY(hsaKmtWaitOnEvent(event, 0));
    SAY(hsaKmtDestroyEvent(event));
    SAY(hsaKmtUnmapMemoryToGPU(address));
    SAY(hsaKmtFreeMemory(address, SIZE));
}

/* The parent's memory can be read; its handles mean nothing here. */
static int child(const unsigned char *inherited) {
    HSAuint64 alternate = 0;
    printf("child reads %d\n", inherited[SIZE - 1]);
    SAY(hsaKmtMapMemoryToGPU((void *)inherited, SIZE, &alternate));
    kmt_open();
    use("child");
    SAY(hsaKmtCloseKFD());
    fflush(stdout);
    return 0;
}

int main(void) {
    int ended = -1;
    kmt_open();
    use("parent");
    SAY(hsaKmtOpenKFD());
    SAY(hsaKmtCloseKFD());
    use("closed once");
    unsigned char *kept = must_allocate(0, SIZE, system_flags());
    memset(kept, 42, SIZE);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) _exit(child(kept));
    waitpid(pid, &ended, 0);
    printf("child ended with %d\n", ended);
    use("parent again");
    SAY(hsaKmtFreeMemory(kept, SIZE));
    kmt_close();
    SAY(hsaKmtCloseKFD());
    kmt_open();
    use("reopened");
    kmt_close();
    return 0;
}
