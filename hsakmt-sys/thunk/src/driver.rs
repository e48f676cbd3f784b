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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::fake, uapi::kfd::kfd_ioctl_set_event_args};

    fn refused(kernel: Arc<dyn Kernel>) -> Error {
        Driver::open(kernel).err().expect("refused")
    }

    #[test]
    fn a_device_that_does_not_open_comes_with_its_remedy() {
        for (errno, remedy) in [
            (Errno::ENOENT, "modprobe amdgpu"),
            (Errno::EACCES, "join group render"),
            (Errno::EPERM, "device cgroup"),
            (Errno::ENODEV, "no GPU that it can use"),
            (Errno::EMFILE, "ulimit -n"),
            (Errno::EIO, "see dmesg"),
        ] {
            let error = refused(fake::closed(errno));
            assert_eq!(error.status, Status::KernelIoChannelNotOpened);
            assert!(error.message.starts_with("/dev/kfd: "), "{error}");
            assert!(error.message.contains(remedy), "{error}");
        }
    }

    #[test]
    fn another_interface_is_refused_with_what_to_update() {
        for (major, older) in [(0, "update the kernel"), (2, "update the library")] {
            let error = refused(fake::of_version(major));
            assert_eq!(error.status, Status::DriverMismatch);
            assert!(error.message.ends_with(older), "{error}");
        }
    }

    #[test]
    fn failures_name_the_request_and_what_is_missing() {
        let driver = fake::driver(5, |_, _, _| Err(Errno::EINVAL));
        let error = driver.ask("SOME_REQUEST", &mut kfd_ioctl_set_event_args::default()).unwrap_err();
        assert_eq!((error.status, error.message.contains("SOME_REQUEST: EINVAL")), (Status::Error, true));
        let error = driver.require_minor(6, "SOMETHING").unwrap_err();
        assert_eq!(error.status, Status::NotSupported);
        assert!(
            error.message.starts_with("SOMETHING needs KFD interface 1.6; this kernel has 1.5"),
            "{error}"
        );
        assert_eq!(failed("X", Errno::EBADF).status, Status::KernelIoChannelNotOpened);
    }
}
