//! DRM render nodes: opened once, kept for the life of the thunk.
//!
//! The kernel binds a process's GPU address space to the descriptor that it acquired the VM from
//! (`kfd_ioctl_acquire_vm`), so the same descriptor serves until the end. Touches `kernel`.
//! Answers to `hsakmt_open_drm_render_device` in upstream's `fmm.c` and `amdgpu_query_gpu_info` of libdrm.
#![forbid(unsafe_code)]

use crate::{
    kernel::{Attached, Errno, Fd, Kernel},
    topology::model::DrmInfo,
    uapi::drm::{
        AMDGPU_INFO_DEV_INFO, AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY, drm_amdgpu_info,
        drm_amdgpu_info_device, drm_amdgpu_proc_options,
    },
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, mem::offset_of, path::PathBuf, sync::Arc};

/// The open render nodes of a process.
pub struct RenderNodes {
    kernel: Arc<dyn Kernel>,
    open: Mutex<BTreeMap<u32, Fd>>,
    /// What open ones told: a device stays what it is while its node is open.
    told: Mutex<BTreeMap<u32, DrmInfo>>,
}

impl RenderNodes {
    /// None open.
    pub(crate) fn new(kernel: Arc<dyn Kernel>) -> Self {
        Self { kernel, open: Mutex::default(), told: Mutex::default() }
    }

    /// Path of a render node.
    #[must_use]
    pub fn path(minor: u32) -> PathBuf {
        PathBuf::from(format!("/dev/dri/renderD{minor}"))
    }

    /// Where sysfs tells of a render node; 226 is DRM's major number.
    #[must_use]
    pub fn sysfs(minor: u32) -> PathBuf {
        PathBuf::from(format!("/sys/dev/char/226:{minor}"))
    }

    /// The descriptor of a render node, opened if it is not.
    ///
    /// # Errors
    /// The kernel's, at opening.
    pub fn get(&self, minor: u32) -> Result<Fd, Errno> {
        let mut open = self.open.lock();
        if let Some(fd) = open.get(&minor) {
            return Ok(*fd);
        }
        let fd = self.kernel.open(&Self::path(minor))?;
        open.insert(minor, fd);
        Ok(fd)
    }

    /// What amdgpu tells of the device, asked once.
    ///
    /// # Errors
    /// The kernel's, at opening or asking.
    pub fn info(&self, minor: u32) -> Result<DrmInfo, Errno> {
        let mut told = self.told.lock();
        if let Some(info) = told.get(&minor) {
            return Ok(*info);
        }
        let info = self.ask(minor)?;
        told.insert(minor, info);
        Ok(info)
    }

    fn ask(&self, minor: u32) -> Result<DrmInfo, Errno> {
        let fd = self.get(minor)?;
        let mut device = [drm_amdgpu_info_device::default()];
        let mut query = drm_amdgpu_info {
            return_size: size_of::<drm_amdgpu_info_device>() as u32,
            query: AMDGPU_INFO_DEV_INFO,
            ..Default::default()
        };
        let answer = Attached::new(offset_of!(drm_amdgpu_info, return_pointer), &mut device);
        self.kernel.call_with(fd, &mut query, &mut [answer])?;
        let [device] = device;
        Ok(DrmInfo {
            family: device.family,
            external_rev: device.external_rev,
            chip_rev: device.chip_rev,
            pci_rev: device.pci_rev,
            counter_frequency_khz: device.gpu_counter_freq,
            tcc_blocks: device.num_tcc_blocks,
            ids_flags: device.ids_flags,
        })
    }

    /// How many ms the kernel waits before it sends SIGBUS for poisoned memory of a GPU; `u32::MAX` is for ever.
    ///
    /// # Errors
    /// The kernel's: EINVAL or ENOTTY where it has no such option.
    pub fn set_sigbus_delay(&self, minor: u32, milliseconds: u32) -> Result<(), Errno> {
        let fd = self.get(minor)?;
        let op = AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY;
        self.kernel.call(fd, &mut drm_amdgpu_proc_options { op, value: milliseconds })
    }
}

impl Drop for RenderNodes {
    fn drop(&mut self) {
        for fd in self.open.get_mut().values() {
            self.kernel.close(*fd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{fake, read_back},
        uapi::Argument,
    };

    #[test]
    fn the_sigbus_delay_is_an_option_of_the_process_that_old_kernels_refuse() {
        let nodes = RenderNodes::new(fake::kernel(18, |request, argument, _| {
            assert_eq!(request, drm_amdgpu_proc_options::REQUEST);
            let told: drm_amdgpu_proc_options = read_back(argument);
            assert_eq!(told.op, AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY);
            if told.value == u32::MAX { Ok(0) } else { Err(Errno::ENOTTY) }
        }));
        assert_eq!(nodes.set_sigbus_delay(128, u32::MAX), Ok(()));
        assert_eq!(nodes.set_sigbus_delay(128, 500), Err(Errno::ENOTTY));
    }

    #[test]
    fn a_device_is_asked_once_what_it_is() {
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let nodes = RenderNodes::new(fake::kernel(18, move |_, argument, buffers| {
            let query: drm_amdgpu_info = read_back(argument);
            assert_eq!(
                (query.query, query.return_size as usize),
                (AMDGPU_INFO_DEV_INFO, buffers[0].bytes.len())
            );
            *count.lock() += 1;
            buffers[0].bytes.fill(1);
            Ok(0)
        }));
        for _ in 0..2 {
            assert_eq!(nodes.info(128).unwrap().family, 0x0101_0101);
        }
        assert_eq!(*asked.lock(), 1);
    }
}
