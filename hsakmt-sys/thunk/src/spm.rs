//! The streaming performance monitor: hardware that writes counters to memory as it goes.
//!
//! Touches `driver`. Answers to upstream's `spm.c`. Linux has no such request: there every call ends with ENOTTY, told
//! as `Error`. (Upstream returns -1, which is no status.)
#![forbid(unsafe_code)]

use crate::{
    driver::Driver,
    error::Result,
    topology::model::GpuId,
    uapi::kfd::{kfd_ioctl_spm_args, spm_op},
};

/// A buffer for the monitor to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Address; 0 takes the buffer away. The kernel checks it.
    pub address: u64,
    /// Bytes.
    pub size: u32,
    /// How long to wait for the buffer before it to fill, ms.
    pub timeout: u32,
}

/// What came of setting a new buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Bytes in the buffer before.
    pub bytes: u32,
    /// Time left, ms.
    pub timeout: u32,
    /// Whether the hardware had to drop data.
    pub lost: bool,
}

/// Takes the monitor of a GPU for this process.
///
/// # Errors
/// `Error` when another process has it, or the kernel none.
pub fn acquire(driver: &Driver, gpu: GpuId) -> Result<()> {
    ask(driver, kfd_ioctl_spm_args { op: spm_op::ACQUIRE, gpu_id: gpu.0, ..Default::default() }).map(drop)
}

/// Gives it back.
///
/// # Errors
/// `Error` when this process does not have it.
pub fn release(driver: &Driver, gpu: GpuId) -> Result<()> {
    ask(driver, kfd_ioctl_spm_args { op: spm_op::RELEASE, gpu_id: gpu.0, ..Default::default() }).map(drop)
}

/// Waits for the buffer in use to fill, and sets the next one.
///
/// # Errors
/// `Error` when this process does not have the monitor.
pub fn set_destination(driver: &Driver, gpu: GpuId, destination: Destination) -> Result<Filled> {
    let told = ask(
        driver,
        kfd_ioctl_spm_args {
            dest_buf: destination.address,
            buf_size: destination.size,
            op: spm_op::SET_DEST_BUF,
            timeout: destination.timeout,
            gpu_id: gpu.0,
            ..Default::default()
        },
    )?;
    Ok(Filled { bytes: told.bytes_copied, timeout: told.timeout, lost: told.has_data_loss != 0 })
}

fn ask(driver: &Driver, mut arguments: kfd_ioctl_spm_args) -> Result<kfd_ioctl_spm_args> {
    driver.ask("RLC_SPM", &mut arguments)?;
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Status,
        kernel::{Errno, bytes_of_argument, fake, read_back},
        uapi::Argument,
    };

    #[test]
    fn a_full_buffer_is_told_of_when_the_next_one_is_set() {
        let driver = fake::driver(18, |request, argument, _| {
            assert_eq!(request, kfd_ioctl_spm_args::REQUEST);
            let mut told: kfd_ioctl_spm_args = read_back(argument);
            if told.op == spm_op::SET_DEST_BUF {
                assert_eq!((told.dest_buf, told.buf_size, told.timeout, told.gpu_id), (0x1000, 64, 10, 7));
                (told.bytes_copied, told.timeout, told.has_data_loss) = (32, 4, 1);
                argument.copy_from_slice(bytes_of_argument(&told));
            }
            Ok(0)
        });
        let gpu = GpuId(7);
        acquire(&driver, gpu).unwrap();
        let next = Destination { address: 0x1000, size: 64, timeout: 10 };
        let filled = set_destination(&driver, gpu, next).unwrap();
        assert_eq!(filled, Filled { bytes: 32, timeout: 4, lost: true });
        release(&driver, gpu).unwrap();
    }

    #[test]
    fn a_kernel_without_the_monitor_is_an_error_that_names_the_request() {
        let driver = fake::driver(18, |_, _, _| Err(Errno::ENOTTY));
        let error = acquire(&driver, GpuId(7)).unwrap_err();
        assert_eq!(error.status, Status::Error);
        assert!(error.message.contains("RLC_SPM: ENOTTY"), "{error}");
    }
}
