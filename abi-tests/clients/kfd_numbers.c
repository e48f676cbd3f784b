/* Every ioctl number, with arguments that say nothing: which are known, how much is copied, and what is checked
   when there is no device. */
#define _GNU_SOURCE
#include "kfd_call.h"

static void try(const char *what, unsigned number, unsigned long request, void *argument) {
    char line[64];
    snprintf(line, sizeof line, "%#04x %s", number, what);
    call(line, request, argument);
}

/* The arguments are larger than any that the kernel knows, so what lies behind its own is ignored. */
static void filled(const char *what, unsigned number, unsigned bytes, int byte) {
    unsigned char argument[512];
    memset(argument, byte, sizeof argument);
    try(what, number, _IOC(_IOC_READ | _IOC_WRITE, AMDKFD_IOCTL_BASE, number, bytes), argument);
}

int main(void) {
    start();
    for (unsigned number = 0; number < 0x2c; number++) {
        filled("all zero", number, 512, 0);
        filled("all ones", number, 512, 0xff);
        filled("8 bytes of zero", number, 8, 0);
        filled("8 bytes of ones", number, 8, 0xff);
        try("no size", number, _IO(AMDKFD_IOCTL_BASE, number), NULL);
        try("null", number, _IOC(_IOC_READ | _IOC_WRITE, AMDKFD_IOCTL_BASE, number, 64), NULL);
    }
    struct kfd_ioctl_get_version_args version = {0};
    call("another type's letter", _IOR('J', 0x01, version), &version);
    call("another direction", _IOW(AMDKFD_IOCTL_BASE, 0x01, version), &version);
    printf("version %u.%u\n", version.major_version, version.minor_version);
    return 0;
}
