//! Sampling of program counters.
//!
//! Touches `driver`. Answers to upstream's `pc_sampling.c`. The request is of AMD's own kernel; Linux answers ENOTTY,
//! whatever its interface version, which is told as `Error`.
#![forbid(unsafe_code)]

use crate::{
    driver::{Driver, failed},
    error::{Error, Result, Status},
    kernel::Errno,
    topology::model::GpuId,
    uapi::kfd::{kfd_ioctl_pc_sample_args, minor, pc_sample_op},
};

/// Whether the driver's version has sampling.
///
/// # Errors
/// `NotSupported` before interface 1.16.
pub fn check_support(driver: &Driver) -> Result<()> {
    driver.require_minor(minor::PC_SAMPLING, "PC_SAMPLE")
}

/// Writes what a GPU offers to `room` records of `kfd_pc_sample_info` at `address`, which the kernel checks. Returns how
/// many there are, and whether that worked: with too little room, the number is what the caller wants.
///
/// # Errors
/// `NotSupported` before interface 1.16, as the number 0.
pub fn capabilities(driver: &Driver, gpu: GpuId, address: u64, room: u32) -> (u32, Result<()>) {
    if let Err(error) = check_support(driver) {
        return (0, Err(error));
    }
    let mut arguments = kfd_ioctl_pc_sample_args {
        sample_info_ptr: address,
        num_sample_info: room,
        ..operation(pc_sample_op::QUERY_CAPABILITIES, gpu, 0)
    };
    let answered = ask(driver, &mut arguments, |errno| match errno {
        Errno::ENOSPC => Status::BufferTooSmall,
        Errno::EINVAL => Status::InvalidParameter,
        Errno::EOPNOTSUPP => Status::NotSupported,
        Errno::EBUSY => Status::Unavailable,
        _ => Status::Error,
    });
    (arguments.num_sample_info, answered)
}

/// Creates a session that samples as the `kfd_pc_sample_info` at `address` says, and returns its id.
///
/// # Errors
/// `InvalidParameter`, `NoMemory`, `Unavailable` when another kind of sampling is on, `Error`.
pub fn create(driver: &Driver, gpu: GpuId, address: u64) -> Result<u32> {
    let mut arguments = kfd_ioctl_pc_sample_args {
        sample_info_ptr: address,
        num_sample_info: 1,
        ..operation(pc_sample_op::CREATE, gpu, 0)
    };
    ask(driver, &mut arguments, |errno| match errno {
        Errno::EINVAL => Status::InvalidParameter,
        Errno::ENOMEM => Status::NoMemory,
        Errno::EBUSY => Status::Unavailable,
        _ => Status::Error,
    })?;
    Ok(arguments.trace_id)
}

/// Stops a session, if it runs, and destroys it.
///
/// # Errors
/// `InvalidParameter` for no session, `Error`.
pub fn destroy(driver: &Driver, gpu: GpuId, session: u32) -> Result<()> {
    // One that does not run is as good.
    let _ = stop(driver, gpu, session);
    ask(driver, &mut operation(pc_sample_op::DESTROY, gpu, session), |errno| match errno {
        Errno::EINVAL => Status::InvalidParameter,
        _ => Status::Error,
    })
}

/// Starts a session.
///
/// # Errors
/// `InvalidParameter` for no session, `OutOfResources`, `Unavailable`, `KernelAlreadyOpened` when
/// it runs, `Error`.
pub fn start(driver: &Driver, gpu: GpuId, session: u32) -> Result<()> {
    ask(driver, &mut operation(pc_sample_op::START, gpu, session), |errno| match errno {
        Errno::EINVAL => Status::InvalidParameter,
        Errno::ENOMEM => Status::OutOfResources,
        Errno::EBUSY => Status::Unavailable,
        Errno::EALREADY => Status::KernelAlreadyOpened,
        _ => Status::Error,
    })
}

/// Stops a session.
///
/// # Errors
/// `InvalidParameter` for no session, `KernelAlreadyOpened` when it does not run, `Error`.
pub fn stop(driver: &Driver, gpu: GpuId, session: u32) -> Result<()> {
    ask(driver, &mut operation(pc_sample_op::STOP, gpu, session), |errno| match errno {
        Errno::EINVAL => Status::InvalidParameter,
        Errno::EALREADY => Status::KernelAlreadyOpened,
        _ => Status::Error,
    })
}

fn operation(op: u32, gpu: GpuId, session: u32) -> kfd_ioctl_pc_sample_args {
    kfd_ioctl_pc_sample_args { op, gpu_id: gpu.0, trace_id: session, ..Default::default() }
}

fn ask(driver: &Driver, arguments: &mut kfd_ioctl_pc_sample_args, status: fn(Errno) -> Status) -> Result<()> {
    driver.call(arguments).map_err(|errno| Error { status: status(errno), ..failed("PC_SAMPLE", errno) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{bytes_of_argument, fake, read_back};
    use std::sync::{Arc, Mutex};

    const GPU: GpuId = GpuId(7);

    #[test]
    fn a_session_is_stopped_before_it_is_destroyed() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let driver = fake::driver(18, move |_, argument, _| {
            let mut told: kfd_ioctl_pc_sample_args = read_back(argument);
            log.lock().unwrap().push((told.op, told.gpu_id, told.trace_id));
            if told.op == pc_sample_op::CREATE {
                assert_eq!((told.sample_info_ptr, told.num_sample_info), (0x1000, 1));
                told.trace_id = 5;
                argument.copy_from_slice(bytes_of_argument(&told));
            }
            if told.op == pc_sample_op::STOP { Err(Errno::EALREADY) } else { Ok(0) }
        });
        assert_eq!(create(&driver, GPU, 0x1000).unwrap(), 5);
        start(&driver, GPU, 5).unwrap();
        destroy(&driver, GPU, 5).unwrap();
        use pc_sample_op::{CREATE, DESTROY, START, STOP};
        assert_eq!(*seen.lock().unwrap(), [(CREATE, 7, 0), (START, 7, 5), (STOP, 7, 5), (DESTROY, 7, 5)]);
    }

    #[test]
    fn too_little_room_tells_how_much_there_is() {
        let driver = fake::driver(18, |_, argument, _| {
            let told: kfd_ioctl_pc_sample_args = read_back(argument);
            assert_eq!(told.num_sample_info, 1);
            let told = kfd_ioctl_pc_sample_args { num_sample_info: 3, ..told };
            argument.copy_from_slice(bytes_of_argument(&told));
            Err(Errno::ENOSPC)
        });
        let (count, answered) = capabilities(&driver, GPU, 0x1000, 1);
        assert_eq!((count, answered.unwrap_err().status), (3, Status::BufferTooSmall));
    }

    #[test]
    fn each_errno_has_upstreams_status() {
        let status = |errno, call: fn(&Driver) -> Result<()>| {
            call(&fake::driver(18, move |_, _, _| Err(errno))).unwrap_err().status
        };
        let offered = |driver: &Driver| capabilities(driver, GPU, 0, 0).1;
        assert_eq!(status(Errno::EINVAL, offered), Status::InvalidParameter);
        assert_eq!(status(Errno::EOPNOTSUPP, offered), Status::NotSupported);
        assert_eq!(status(Errno::EBUSY, offered), Status::Unavailable);
        assert_eq!(status(Errno::ENOTTY, offered), Status::Error);
        let create_one = |driver: &Driver| create(driver, GPU, 0).map(drop);
        assert_eq!(status(Errno::EINVAL, create_one), Status::InvalidParameter);
        assert_eq!(status(Errno::EBUSY, create_one), Status::Unavailable);
        assert_eq!(status(Errno::EINVAL, |driver| start(driver, GPU, 1)), Status::InvalidParameter);
        assert_eq!(status(Errno::EALREADY, |driver| stop(driver, GPU, 1)), Status::KernelAlreadyOpened);
        assert_eq!(status(Errno::EINVAL, |driver| destroy(driver, GPU, 1)), Status::InvalidParameter);
        assert_eq!(status(Errno::ENOMEM, |driver| create(driver, GPU, 0).map(drop)), Status::NoMemory);
        assert_eq!(status(Errno::ENOMEM, |driver| start(driver, GPU, 1)), Status::OutOfResources);
        assert_eq!(status(Errno::EALREADY, |driver| start(driver, GPU, 1)), Status::KernelAlreadyOpened);
        assert_eq!(status(Errno::EBUSY, |driver| start(driver, GPU, 1)), Status::Unavailable);
        assert_eq!(status(Errno::EINVAL, |driver| stop(driver, GPU, 1)), Status::InvalidParameter);
        assert_eq!(status(Errno::ENOTTY, |driver| destroy(driver, GPU, 1)), Status::Error);
    }

    #[test]
    fn old_kernels_are_not_asked() {
        let driver = fake::driver(15, |_, _, _| panic!("asked"));
        assert_eq!(check_support(&driver).unwrap_err().status, Status::NotSupported);
        assert_eq!(capabilities(&driver, GPU, 0, 0).1.unwrap_err().status, Status::NotSupported);
    }
}
