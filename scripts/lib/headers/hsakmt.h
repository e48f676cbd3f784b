/* of linux/kfd_ioctl.h */
struct kfd_dbg_device_info_entry;
struct kfd_ioctl_dbg_trap_args;
struct kfd_runtime_info;
