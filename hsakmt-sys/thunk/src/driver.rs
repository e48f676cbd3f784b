//! `/dev/kfd`, open: the one way to the driver for every room above.
//!
//! Touches `kernel`. Answers to `hsaKmtOpenKFD` and `hsakmt_init_kfd_version` of upstream.
#![forbid(unsafe_code)]

use crate::{
    error::{Error, Result, Status},
    kernel::{Attached, Errno, Fd, Kernel, fork},
    uapi::{
        Argument, Request,
        kfd::{KFD_IOCTL_MAJOR_VERSION, kfd_ioctl_get_version_args},
    },
};
use std::{path::Path, sync::Arc};

const PATH: &str = "/dev/kfd";

/// Version of the driver's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1 since there is amdkfd.
    pub major: u32,
    /// Grows with each addition.
    pub minor: u32,
}

/// An open `/dev/kfd`. Serves the process that opened it; in a forked child every call is EBADF.
pub struct Driver {
    kernel: Arc<dyn Kernel>,
    fd: Fd,
    version: Version,
    generation: u64,
}

impl Driver {
    /// Opens the device and asks its version.
    ///
    /// # Errors
    /// `KernelIoChannelNotOpened` when it cannot be opened, `DriverMismatch` for another major version, `Error` when it
    /// does not answer.
    pub(crate) fn open(kernel: Arc<dyn Kernel>) -> Result<Self> {
        let generation = fork::generation();
        let fd = kernel.open(Path::new(PATH)).map_err(not_opened)?;
        let version = match version(&*kernel, fd) {
            Ok(version) => version,
            Err(error) => {
                kernel.close(fd);
                return Err(error);
            }
        };
        Ok(Self { kernel, fd, version, generation })
    }

    /// Version of the interface.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The kernel beneath.
    #[must_use]
    pub fn kernel(&self) -> &dyn Kernel {
        &*self.kernel
    }

    /// The descriptor, for mappings.
    #[must_use]
    pub fn fd(&self) -> Fd {
        self.fd
    }

    /// Whether this process is a child of the one that opened the device.
    #[must_use]
    pub fn is_forked(&self) -> bool {
        fork::generation() != self.generation
    }

    /// Refuses what the kernel is too old for.
    ///
    /// # Errors
    /// `NotSupported`.
    pub fn require_minor(&self, minor: u32, what: &str) -> Result<()> {
        if self.version.minor >= minor {
            return Ok(());
        }
        let have = self.version.minor;
        let message =
            format!("{what} needs KFD interface 1.{minor}; this kernel has 1.{have}: use a newer one");
        Err(Error::new(Status::NotSupported, message))
    }

    /// Issues the request of `argument`.
    ///
    /// # Errors
    /// The kernel's; EBADF after a fork.
    pub fn call<T: Argument>(&self, argument: &mut T) -> std::result::Result<(), Errno> {
        self.call_with(argument, &mut [])
    }

    /// The same with buffers.
    ///
    /// # Errors
    /// The kernel's; EBADF after a fork.
    pub fn call_with<T: Argument>(
        &self,
        argument: &mut T,
        attached: &mut [Attached<'_>],
    ) -> std::result::Result<(), Errno> {
        if self.is_forked() {
            return Err(Errno::EBADF);
        }
        self.kernel.call_with(self.fd, argument, attached)
    }

    /// Issues a request whose argument has a variable length, or whose answer is a number.
    ///
    /// # Errors
    /// The kernel's; EBADF after a fork.
    pub fn raw(&self, request: Request, argument: &mut [u8]) -> std::result::Result<i32, Errno> {
        if self.is_forked() {
            return Err(Errno::EBADF);
        }
        self.kernel.ioctl(self.fd, request, argument, &mut [])
    }

    /// Issues the request of `argument`; a failure is `Error`, with the request's name and errno.
    ///
    /// # Errors
    /// `Error`, or `KernelIoChannelNotOpened` after a fork.
    pub fn ask<T: Argument>(&self, name: &str, argument: &mut T) -> Result<()> {
        self.call(argument).map_err(|errno| failed(name, errno))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.kernel.close(self.fd);
    }
}

/// A request that failed, with upstream's catch-all status.
pub(crate) fn failed(name: &str, errno: Errno) -> Error {
    let status = match errno {
        Errno::EBADF => Status::KernelIoChannelNotOpened,
        _ => Status::Error,
    };
    Error::new(status, format!("{PATH}: {name}: {errno:?} ({})", errno.desc()))
}

fn not_opened(errno: Errno) -> Error {
    let remedy = match errno {
        Errno::ENOENT => "load amdgpu (modprobe amdgpu), or pass the device to the container",
        Errno::EACCES => "join group render (or video) and log in again",
        Errno::EPERM => "allow the device in the container's device cgroup",
        Errno::ENODEV | Errno::ENXIO => "amdgpu found no GPU that it can use for compute; see dmesg",
        Errno::EMFILE | Errno::ENFILE => "close files or raise the limit (ulimit -n)",
        _ => "see dmesg for amdgpu",
    };
    let message = format!("{PATH}: {errno:?} ({}); {remedy}", errno.desc());
    Error::new(Status::KernelIoChannelNotOpened, message)
}

fn version(kernel: &dyn Kernel, fd: Fd) -> Result<Version> {
    let mut arguments = kfd_ioctl_get_version_args::default();
    kernel.call(fd, &mut arguments).map_err(|errno| {
        let status = Status::Error;
        Error::new(
            status,
            format!("{PATH}: GET_VERSION: {errno:?} ({}); is this amdkfd's device?", errno.desc()),
        )
    })?;
    let version = Version { major: arguments.major_version, minor: arguments.minor_version };
    if version.major != KFD_IOCTL_MAJOR_VERSION {
        let Version { major, minor } = version;
        let message = format!(
            "{PATH}: interface {major}.{minor}, but this library speaks {KFD_IOCTL_MAJOR_VERSION}.x; update the {}",
            if major < KFD_IOCTL_MAJOR_VERSION { "kernel" } else { "library" }
        );
        return Err(Error::new(Status::DriverMismatch, message));
    }
    Ok(version)
}
