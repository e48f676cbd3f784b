//! The kernel's interface as its own exported headers state it (linux/kfd_ioctl.h, drm/drm.h, drm/amdgpu_drm.h,
//! drm/amdxdna_accel.h, asm/ioctl.h). Shares no type with the libraries under test, so that a mistake cannot be made on both sides.
//! Names are the headers' own. Touches nothing but core.
#![forbid(unsafe_code)]

pub mod amdxdna;
pub mod drm;
pub mod ioc;
pub mod kfd;
pub mod kfd_flags;
pub mod layout;
pub mod table;
