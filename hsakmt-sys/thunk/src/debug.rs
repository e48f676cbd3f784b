//! The runtime and its debugger: telling the kernel of the one, asking it as the other, and what a core dump holds.
//!
//! Touches `driver`, and through `thunk` the topology and apertures. Answers to upstream's `debug.c` and Linux
//! `kfd_debug.c`. A process can be its own debugger only where a tracer allows it (`kfd_ioctl_set_debug_trap`).
#![forbid(unsafe_code)]

use crate::{
    Thunk,
    driver::{Driver, failed},
    error::{Error, Result, Status},
    kernel::{Attached, Errno, bytes_of_argument, process_id, read_back},
    render::RenderNodes,
    sysfs,
    topology::model::{DEBUG_SUPPORTED_FIRMWARE, Node},
    uapi::{
        Argument, Record,
        kfd::{
            self, EXCEPTION_QUEUE_NEW, dbg_trap, kfd_dbg_device_info_entry, kfd_ioctl_dbg_trap_args,
            kfd_ioctl_runtime_enable_args, kfd_queue_snapshot_entry, kfd_runtime_info, runtime_mode,
            runtime_state,
        },
    },
};
use std::mem::offset_of;

impl Thunk {
    /// Tells the kernel of the runtime: the address of its `r_debug`, and whether waves save trap temporaries. Returns
    /// the capabilities mask.
    ///
    /// # Errors
    /// `NotSupported` before interface 1.13 or on old firmware; `Unavailable` when a debugger is attached or the process
    /// enabled it before (EBUSY); `Error` otherwise.
    pub fn runtime_enable(&self, r_debug: u64, setup_ttmp: bool) -> Result<u32> {
        self.check_debug_support()?;
        let ttmp = if setup_ttmp { runtime_mode::TTMP_SAVE } else { 0 };
        let mut arguments = kfd_ioctl_runtime_enable_args {
            r_debug,
            mode_mask: runtime_mode::ENABLE | ttmp,
            capabilities_mask: 0,
        };
        let enabled = self.driver().call(&mut arguments);
        let mut told = self.runtime.lock();
        (told.r_debug, told.ttmp_setup) = (r_debug, u32::from(setup_ttmp));
        match enabled {
            Ok(()) => {
                told.runtime_state = runtime_state::ENABLED;
                Ok(arguments.capabilities_mask)
            }
            Err(errno @ Errno::EBUSY) => {
                told.runtime_state = runtime_state::ENABLED_BUSY;
                Err(Error { status: Status::Unavailable, ..failed("RUNTIME_ENABLE", errno) })
            }
            Err(errno) => Err(failed("RUNTIME_ENABLE", errno)),
        }
    }

    /// Takes it back.
    ///
    /// # Errors
    /// `NotSupported` before interface 1.13 or on old firmware; `Error` otherwise.
    pub fn runtime_disable(&self) -> Result<()> {
        self.check_debug_support()?;
        self.driver().ask("RUNTIME_ENABLE", &mut kfd_ioctl_runtime_enable_args::default())?;
        *self.runtime.lock() = kfd_runtime_info::default();
        Ok(())
    }

    /// Whether a debugger can work: the driver's interface and the firmware of every GPU allow it.
    ///
    /// # Errors
    /// `NotSupported` when not.
    pub fn check_debug_support(&self) -> Result<()> {
        self.driver().require_minor(kfd::minor::DEBUGGER, "RUNTIME_ENABLE")?;
        let topology = self.topology();
        let mut gpus = topology.nodes.iter().filter(|node| node.gfx.is_some());
        match gpus.find(|node| node.properties.capability & DEBUG_SUPPORTED_FIRMWARE == 0) {
            None => Ok(()),
            Some(node) => {
                let message = format!("node {}: its firmware has no debugger support", node.kernel_index);
                Err(Error::new(Status::NotSupported, message))
            }
        }
    }

    /// What the kernel was told last of the runtime, for a core dump that is written without a debugger.
    #[must_use]
    pub fn core_runtime_info(&self) -> kfd_runtime_info {
        *self.runtime.lock()
    }

    /// What a debugger would hear of a GPU, for a core dump that is written without one. The exceptions, which only the
    /// kernel knows, are 0.
    ///
    /// # Errors
    /// `InvalidNodeUnit` for no visible GPU.
    pub fn core_device_info(&self, gpu_id: u32) -> Result<kfd_dbg_device_info_entry> {
        let topology = self.topology();
        let node = topology.nodes.iter().find(|node| node.gpu_id.0 == gpu_id && node.gfx.is_some());
        let node = node.ok_or(Status::InvalidNodeUnit)?;
        let mut entry = described(node);
        let minor = node.properties.drm_render_minor as u32;
        entry.subsystem_vendor_id = self.pci_id(minor, "subsystem_vendor");
        entry.subsystem_device_id = self.pci_id(minor, "subsystem_device");
        if let Some(gpu) = self.services()?.memory.gpu(gpu_id) {
            (entry.lds_base, entry.lds_limit) = (gpu.lds.base, gpu.lds.limit);
            (entry.scratch_base, entry.scratch_limit) = (gpu.scratch.base, gpu.scratch.limit);
            (entry.gpuvm_base, entry.gpuvm_limit) = (gpu.gpuvm.base, gpu.gpuvm.limit);
        }
        Ok(entry)
    }

    /// A PCI id that neither driver tells; 0 where sysfs does not either.
    fn pci_id(&self, render_minor: u32, name: &str) -> u32 {
        let file = RenderNodes::sysfs(render_minor).join("device").join(name);
        let text = self.driver().kernel().read(&file).map(sysfs::text).unwrap_or_default();
        sysfs::hexadecimal(&text).unwrap_or(0)
    }
}

fn described(node: &Node) -> kfd_dbg_device_info_entry {
    let properties = &node.properties;
    let gfx = node.kernel_gfx.map_or(0, |gfx| gfx.major * 10_000 + gfx.minor * 100 + gfx.stepping);
    kfd_dbg_device_info_entry {
        gpu_id: node.gpu_id.0,
        location_id: properties.location_id as u32,
        vendor_id: properties.vendor_id as u32,
        device_id: properties.device_id as u32,
        revision_id: node.drm.map_or(0, |drm| drm.pci_rev),
        fw_version: properties.fw_version as u32,
        gfx_target_version: gfx,
        simd_count: properties.simd_count as u32,
        max_waves_per_simd: properties.max_waves_per_simd as u32,
        array_count: properties.array_count as u32,
        simd_arrays_per_engine: properties.simd_arrays_per_engine as u32,
        num_xcc: properties.num_xcc as u32,
        capability: properties.capability as u32,
        debug_prop: properties.debug_prop as u32,
        ..Default::default()
    }
}

/// Begins debugging this process, and tells what the kernel knows of its runtime.
///
/// # Errors
/// `NotSupported` before interface 1.13; `Error` when the kernel refuses.
pub fn enable(driver: &Driver) -> Result<kfd_runtime_info> {
    driver.require_minor(kfd::minor::DEBUGGER, "DBG_TRAP")?;
    let mut info = [kfd_runtime_info::default()];
    let mut arguments = kfd_ioctl_dbg_trap_args {
        count: size_of_val(&info) as u32,
        size: driver.fd().0 as u32,
        ..operation(dbg_trap::ENABLE)
    };
    ask(driver, &mut arguments, &mut info)?;
    Ok(info[0])
}

/// Ends it.
///
/// # Errors
/// `NotSupported` before interface 1.13; `Error` when the kernel refuses.
pub fn disable(driver: &Driver) -> Result<()> {
    driver.require_minor(kfd::minor::DEBUGGER, "DBG_TRAP")?;
    driver.ask("DBG_TRAP", &mut operation(dbg_trap::DISABLE))
}

/// The GPUs of this process, of which the machine has at most `most`.
///
/// # Errors
/// `NotSupported` before interface 1.13; `Error` when the kernel refuses, for example because nobody debugs.
pub fn devices(driver: &Driver, most: u32) -> Result<Vec<kfd_dbg_device_info_entry>> {
    driver.require_minor(kfd::minor::DEBUGGER, "DBG_TRAP")?;
    snapshot(driver, dbg_trap::GET_DEVICE_SNAPSHOT, 0, most)
}

/// The queues of this process, stopped if `suspend` says so. No queue is no failure, other than upstream.
///
/// # Errors
/// As [`devices`].
pub fn queues(driver: &Driver, suspend: bool) -> Result<Vec<kfd_queue_snapshot_entry>> {
    driver.require_minor(kfd::minor::DEBUGGER, "DBG_TRAP")?;
    let snapshot = |most| snapshot(driver, dbg_trap::GET_QUEUE_SNAPSHOT, EXCEPTION_QUEUE_NEW, most);
    let mut arguments = kfd_ioctl_dbg_trap_args {
        exception_mask: EXCEPTION_QUEUE_NEW,
        size: size_of::<kfd_queue_snapshot_entry>() as u32,
        ..operation(dbg_trap::GET_QUEUE_SNAPSHOT)
    };
    driver.ask("DBG_TRAP", &mut arguments)?;
    let queues: Vec<kfd_queue_snapshot_entry> = snapshot(arguments.count)?;
    if !suspend || queues.is_empty() {
        return Ok(queues);
    }
    let mut ids: Vec<u32> = queues.iter().map(|queue| queue.queue_id).collect();
    let mut arguments = kfd_ioctl_dbg_trap_args {
        exception_mask: EXCEPTION_QUEUE_NEW,
        count: ids.len() as u32,
        ..operation(dbg_trap::SUSPEND_QUEUES)
    };
    ask(driver, &mut arguments, &mut ids)?;
    snapshot(ids.len() as u32)
}

/// Issues a debugger's request as it is, and returns what the kernel does: for SUSPEND_QUEUES and RESUME_QUEUES how many.
///
/// # Errors
/// The kernel's.
pub fn request(driver: &Driver, arguments: &mut kfd_ioctl_dbg_trap_args) -> std::result::Result<i32, Errno> {
    let mut bytes = bytes_of_argument(arguments).to_vec();
    let answered = driver.raw(kfd_ioctl_dbg_trap_args::REQUEST, &mut bytes);
    *arguments = read_back(&bytes);
    answered
}

/// The address of the queues of SUSPEND_QUEUES or RESUME_QUEUES, and how many: the latter has no mask of exceptions, so
/// that its fields begin where the former's mask is.
#[must_use]
pub fn queue_array(arguments: &kfd_ioctl_dbg_trap_args) -> (u64, u32) {
    if arguments.op == dbg_trap::SUSPEND_QUEUES {
        return (arguments.pointer, arguments.count);
    }
    let [first, second, third, fourth, ..] = arguments.pointer.to_ne_bytes();
    (arguments.exception_mask, u32::from_ne_bytes([first, second, third, fourth]))
}

fn operation(op: u32) -> kfd_ioctl_dbg_trap_args {
    kfd_ioctl_dbg_trap_args { pid: process_id(), op, ..Default::default() }
}

/// At most `most` records; with no room the kernel only counts.
fn snapshot<T: Record>(driver: &Driver, op: u32, exceptions: u64, most: u32) -> Result<Vec<T>> {
    let mut records = vec![T::default(); most as usize];
    let mut arguments = kfd_ioctl_dbg_trap_args {
        exception_mask: exceptions,
        count: most,
        size: size_of::<T>() as u32,
        ..operation(op)
    };
    ask(driver, &mut arguments, &mut records)?;
    records.truncate(arguments.count as usize);
    Ok(records)
}

fn ask<T: Record>(driver: &Driver, arguments: &mut kfd_ioctl_dbg_trap_args, records: &mut [T]) -> Result<()> {
    let buffer = Attached::new(offset_of!(kfd_ioctl_dbg_trap_args, pointer), records);
    driver.call_with(arguments, &mut [buffer]).map_err(|errno| failed("DBG_TRAP", errno))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{bytes_of, fake};
    use std::sync::{Arc, Mutex};

    fn write_back(argument: &mut [u8], told: &kfd_ioctl_dbg_trap_args) {
        argument.copy_from_slice(bytes_of_argument(told));
    }

    #[test]
    fn old_kernels_are_not_asked() {
        let driver = fake::driver(12, |_, _, _| panic!("asked"));
        for refused in [
            enable(&driver).map(drop),
            disable(&driver),
            devices(&driver, 1).map(drop),
            queues(&driver, true).map(drop),
        ] {
            assert_eq!(refused.unwrap_err().status, Status::NotSupported);
        }
    }

    #[test]
    fn a_debugger_hears_of_the_runtime() {
        let known =
            kfd_runtime_info { r_debug: 0x5000, runtime_state: runtime_state::ENABLED, ttmp_setup: 1 };
        let driver = fake::driver(13, move |_, argument, buffers| {
            let told: kfd_ioctl_dbg_trap_args = read_back(argument);
            assert_eq!((told.op, told.pid, told.count, told.size), (dbg_trap::ENABLE, process_id(), 16, 3));
            buffers[0].bytes.copy_from_slice(bytes_of(&[known]));
            Ok(0)
        });
        assert_eq!(enable(&driver).unwrap(), known);
    }

    #[test]
    fn as_many_devices_are_told_as_the_kernel_has() {
        let driver = fake::driver(13, |_, argument, buffers| {
            let mut told: kfd_ioctl_dbg_trap_args = read_back(argument);
            assert_eq!((told.op, told.count, told.size), (dbg_trap::GET_DEVICE_SNAPSHOT, 3, 120));
            let entry = kfd_dbg_device_info_entry { gpu_id: 7, ..Default::default() };
            buffers[0].bytes[..120].copy_from_slice(bytes_of(&[entry]));
            told.count = 1;
            write_back(argument, &told);
            Ok(0)
        });
        let devices = devices(&driver, 3).unwrap();
        assert_eq!(devices.iter().map(|entry| entry.gpu_id).collect::<Vec<_>>(), [7]);
    }

    /// Two queues, 4 and 5; what was asked goes to the log.
    fn two_queues() -> (Driver, Arc<Mutex<Vec<u32>>>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let driver = fake::driver(13, move |_, argument, buffers| {
            let mut told: kfd_ioctl_dbg_trap_args = read_back(argument);
            log.lock().unwrap().push(told.op);
            if told.op == dbg_trap::SUSPEND_QUEUES {
                assert_eq!(buffers[0].bytes, bytes_of(&[4u32, 5]));
                return Ok(2);
            }
            if told.count == 2 {
                let queue = |queue_id| kfd_queue_snapshot_entry { queue_id, ..Default::default() };
                buffers[0].bytes.copy_from_slice(bytes_of(&[queue(4), queue(5)]));
            }
            told.count = 2;
            write_back(argument, &told);
            Ok(0)
        });
        (driver, seen)
    }

    #[test]
    fn queues_are_counted_then_told_then_stopped_then_told_again() {
        use dbg_trap::{GET_QUEUE_SNAPSHOT, SUSPEND_QUEUES};
        let (driver, seen) = two_queues();
        assert_eq!(queues(&driver, true).unwrap().len(), 2);
        let asked = [GET_QUEUE_SNAPSHOT, GET_QUEUE_SNAPSHOT, SUSPEND_QUEUES, GET_QUEUE_SNAPSHOT];
        assert_eq!(*seen.lock().unwrap(), asked);
        seen.lock().unwrap().clear();
        assert_eq!(queues(&driver, false).unwrap()[1].queue_id, 5);
        assert_eq!(*seen.lock().unwrap(), [GET_QUEUE_SNAPSHOT, GET_QUEUE_SNAPSHOT]);
    }

    #[test]
    fn a_request_returns_the_kernels_number_and_fields() {
        let driver = fake::driver(13, |_, argument, _| {
            let told: kfd_ioctl_dbg_trap_args = read_back(argument);
            write_back(argument, &kfd_ioctl_dbg_trap_args { count: 9, ..told });
            Ok(1)
        });
        let mut arguments = operation(dbg_trap::RESUME_QUEUES);
        assert_eq!(request(&driver, &mut arguments), Ok(1));
        assert_eq!(arguments.count, 9);
    }

    #[test]
    fn queues_to_resume_stand_earlier_than_queues_to_suspend() {
        let mut bytes = [0u8; 32];
        bytes[8..16].copy_from_slice(&0x5000u64.to_ne_bytes());
        bytes[16..20].copy_from_slice(&3u32.to_ne_bytes());
        let resume: kfd_ioctl_dbg_trap_args = read_back(&bytes);
        let resume = kfd_ioctl_dbg_trap_args { op: dbg_trap::RESUME_QUEUES, ..resume };
        assert_eq!(queue_array(&resume), (0x5000, 3));
        let suspend =
            kfd_ioctl_dbg_trap_args { pointer: 0x6000, count: 4, ..operation(dbg_trap::SUSPEND_QUEUES) };
        assert_eq!(queue_array(&suspend), (0x6000, 4));
    }
}
