/* of linux/kfd_ioctl.h */
struct kfd_ioctl_dbg_trap_args;
