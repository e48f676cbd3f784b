/* What the kfd_*.c probes share: /dev/kfd by the C library alone, and one line a call with what the kernel said. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kfd_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int kfd = -1;

/* 0, or the name of the error. */
static const char *said(int result) {
    static char number[16];
    if (result == -1) return strerrorname_np(errno);
    snprintf(number, sizeof number, "%d", result);
    return number;
}

static inline int call(const char *what, unsigned long request, void *argument) {
    int result = ioctl(kfd, request, argument);
    printf("%s: %s\n", what, said(result));
    return result;
}

/* What hangs is ended. */
static void start(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(30);
    kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
    printf("open: %s\n", kfd == -1 ? said(-1) : "0");
    if (kfd == -1) exit(0);
}
