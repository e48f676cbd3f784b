//! The ioctl tables: `amdkfd_ioctls` of amdkfd/kfd_chardev.c with the KFD minor version that brought each entry,
//! what of `drm_ioctls` and `amdgpu_ioctls_kms` a render node serves, and what of `drm_ioctls` and
//! `amdxdna_drm_ioctls` an accelerator's node does. Touches nothing.
#![forbid(unsafe_code)]

use super::ioc::{self, Direction};
use super::layout::{Field, Layout};
use super::{amdxdna, drm, kfd};

/// An ioctl of the interface.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// `_IOC_NR`
    pub nr: u8,
    /// The header's name without `AMDKFD_IOC_` or `DRM_IOCTL_`.
    pub name: &'static str,
    /// `_IOC_DIR`
    pub direction: Direction,
    /// `_IOC_SIZE`, in bytes.
    pub size: usize,
    /// The KFD minor version that brought it; 0 for DRM.
    pub since: u32,
    /// The fields of the argument struct.
    pub fields: &'static [Field],
}

impl Descriptor {
    const fn of<T: Layout>(nr: u8, name: &'static str, direction: Direction, since: u32) -> Self {
        Descriptor { nr, name, direction, size: T::SIZE, since, fields: T::FIELDS }
    }

    const fn bare(nr: u8, name: &'static str, direction: Direction, size: usize, since: u32) -> Self {
        Descriptor { nr, name, direction, size, since, fields: &[] }
    }

    /// The request number of a /dev/kfd ioctl.
    pub const fn kfd_request(&self) -> u32 {
        ioc::request(self.direction, AMDKFD_IOCTL_BASE, self.nr, self.size)
    }

    /// The request number of a render node's or an accelerator's ioctl.
    pub const fn drm_request(&self) -> u32 {
        ioc::request(self.direction, drm::DRM_IOCTL_BASE, self.nr, self.size)
    }
}

/// `AMDKFD_IOCTL_BASE`
pub const AMDKFD_IOCTL_BASE: u8 = b'K';

/// The entry of /dev/kfd's table for a number; the newest interface's, whatever the machine's version.
pub fn kfd(nr: u8) -> Option<&'static Descriptor> {
    KFD_IOCTLS.iter().chain(AMD_IOCTLS).find(|ioctl| ioctl.nr == nr)
}

/// The entry of a render node's table for a number.
pub fn drm(nr: u8) -> Option<&'static Descriptor> {
    DRM_IOCTLS.iter().find(|ioctl| ioctl.nr == nr)
}

/// The entry of an accelerator's table for a number.
pub fn accel(nr: u8) -> Option<&'static Descriptor> {
    ACCEL_IOCTLS.iter().find(|ioctl| ioctl.nr == nr)
}

use Direction::{None as IO, Read as IOR, ReadWrite as IOWR, Write as IOW};

/// `amdkfd_ioctls`, ordered by number.
pub const KFD_IOCTLS: &[Descriptor] = &[
    Descriptor::of::<kfd::kfd_ioctl_get_version_args>(0x01, "GET_VERSION", IOR, 0),
    Descriptor::of::<kfd::kfd_ioctl_create_queue_args>(0x02, "CREATE_QUEUE", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_destroy_queue_args>(0x03, "DESTROY_QUEUE", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_set_memory_policy_args>(0x04, "SET_MEMORY_POLICY", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_clock_counters_args>(0x05, "GET_CLOCK_COUNTERS", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_process_apertures_args>(0x06, "GET_PROCESS_APERTURES", IOR, 0),
    Descriptor::of::<kfd::kfd_ioctl_update_queue_args>(0x07, "UPDATE_QUEUE", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_create_event_args>(0x08, "CREATE_EVENT", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_destroy_event_args>(0x09, "DESTROY_EVENT", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_set_event_args>(0x0a, "SET_EVENT", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_reset_event_args>(0x0b, "RESET_EVENT", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_wait_events_args>(0x0c, "WAIT_EVENTS", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_dbg_register_args>(0x0d, "DBG_REGISTER_DEPRECATED", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_dbg_unregister_args>(0x0e, "DBG_UNREGISTER_DEPRECATED", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_dbg_address_watch_args>(0x0f, "DBG_ADDRESS_WATCH_DEPRECATED", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_dbg_wave_control_args>(0x10, "DBG_WAVE_CONTROL_DEPRECATED", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_set_scratch_backing_va_args>(0x11, "SET_SCRATCH_BACKING_VA", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_tile_config_args>(0x12, "GET_TILE_CONFIG", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_set_trap_handler_args>(0x13, "SET_TRAP_HANDLER", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_process_apertures_new_args>(
        0x14,
        "GET_PROCESS_APERTURES_NEW",
        IOWR,
        0,
    ),
    Descriptor::of::<kfd::kfd_ioctl_acquire_vm_args>(0x15, "ACQUIRE_VM", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_alloc_memory_of_gpu_args>(0x16, "ALLOC_MEMORY_OF_GPU", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_free_memory_of_gpu_args>(0x17, "FREE_MEMORY_OF_GPU", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_map_memory_to_gpu_args>(0x18, "MAP_MEMORY_TO_GPU", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_unmap_memory_from_gpu_args>(0x19, "UNMAP_MEMORY_FROM_GPU", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_set_cu_mask_args>(0x1a, "SET_CU_MASK", IOW, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_queue_wave_state_args>(0x1b, "GET_QUEUE_WAVE_STATE", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_get_dmabuf_info_args>(0x1c, "GET_DMABUF_INFO", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_import_dmabuf_args>(0x1d, "IMPORT_DMABUF", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_alloc_queue_gws_args>(0x1e, "ALLOC_QUEUE_GWS", IOWR, 0),
    Descriptor::of::<kfd::kfd_ioctl_smi_events_args>(0x1f, "SMI_EVENTS", IOWR, 3),
    Descriptor::of::<kfd::kfd_ioctl_svm_args>(0x20, "SVM", IOWR, 5),
    Descriptor::of::<kfd::kfd_ioctl_set_xnack_mode_args>(0x21, "SET_XNACK_MODE", IOWR, 5),
    Descriptor::of::<kfd::kfd_ioctl_criu_args>(0x22, "CRIU_OP", IOWR, 7),
    Descriptor::of::<kfd::kfd_ioctl_get_available_memory_args>(0x23, "AVAILABLE_MEMORY", IOWR, 9),
    Descriptor::of::<kfd::kfd_ioctl_export_dmabuf_args>(0x24, "EXPORT_DMABUF", IOWR, 12),
    Descriptor::of::<kfd::kfd_ioctl_runtime_enable_args>(0x25, "RUNTIME_ENABLE", IOWR, 13),
    Descriptor::of::<kfd::kfd_ioctl_dbg_trap_args>(0x26, "DBG_TRAP", IOWR, 13),
    Descriptor::bare(0x27, "CREATE_PROCESS", IO, 0, 19),
    Descriptor::of::<kfd::kfd_ioctl_profiler_args>(0x28, "PROFILER", IOWR, 23),
];

/// What AMD's own driver has beyond Linux's, as far as it is here.
pub const AMD_IOCTLS: &[Descriptor] =
    &[Descriptor::of::<kfd::kfd_ioctl_pc_sample_args>(0x85, "PC_SAMPLE", IOWR, 16)];

/// The ioctls of a render node (drm core, and amdgpu from 0x40), ordered by number. Entries without fields are
/// known to the kernel and not to the simulator.
pub const DRM_IOCTLS: &[Descriptor] = &[
    Descriptor::of::<drm::drm_version>(0x00, "VERSION", IOWR, 0),
    Descriptor::bare(0x05, "GET_CLIENT", IOWR, 40, 0),
    Descriptor::of::<drm::drm_gem_close>(0x09, "GEM_CLOSE", IOW, 0),
    Descriptor::of::<drm::drm_get_cap>(0x0c, "GET_CAP", IOWR, 0),
    Descriptor::of::<drm::drm_prime_handle>(0x2d, "PRIME_HANDLE_TO_FD", IOWR, 0),
    Descriptor::of::<drm::drm_prime_handle>(0x2e, "PRIME_FD_TO_HANDLE", IOWR, 0),
    Descriptor::bare(0x40, "AMDGPU_GEM_CREATE", IOWR, 32, 0),
    Descriptor::of::<drm::drm_amdgpu_gem_mmap>(0x41, "AMDGPU_GEM_MMAP", IOWR, 0),
    Descriptor::bare(0x42, "AMDGPU_CTX", IOWR, 16, 0),
    Descriptor::bare(0x43, "AMDGPU_BO_LIST", IOWR, 24, 0),
    Descriptor::bare(0x44, "AMDGPU_CS", IOWR, 24, 0),
    Descriptor::of::<drm::drm_amdgpu_info>(0x45, "AMDGPU_INFO", IOW, 0),
    Descriptor::of::<drm::drm_amdgpu_gem_metadata>(0x46, "AMDGPU_GEM_METADATA", IOWR, 0),
    Descriptor::bare(0x47, "AMDGPU_GEM_WAIT_IDLE", IOWR, 16, 0),
    Descriptor::of::<drm::drm_amdgpu_gem_va>(0x48, "AMDGPU_GEM_VA", IOW, 0),
    Descriptor::bare(0x49, "AMDGPU_WAIT_CS", IOWR, 32, 0),
    Descriptor::of::<drm::drm_amdgpu_gem_op>(0x50, "AMDGPU_GEM_OP", IOWR, 0),
    Descriptor::bare(0x51, "AMDGPU_GEM_USERPTR", IOWR, 24, 0),
    Descriptor::bare(0x52, "AMDGPU_WAIT_FENCES", IOWR, 24, 0),
    Descriptor::bare(0x53, "AMDGPU_VM", IOWR, 8, 0),
    Descriptor::bare(0x54, "AMDGPU_FENCE_TO_HANDLE", IOWR, 32, 0),
    Descriptor::bare(0x55, "AMDGPU_SCHED", IOW, 16, 0),
    Descriptor::of::<drm::drm_syncobj_create>(0xbf, "SYNCOBJ_CREATE", IOWR, 0),
    Descriptor::of::<drm::drm_syncobj_destroy>(0xc0, "SYNCOBJ_DESTROY", IOWR, 0),
    Descriptor::of::<drm::drm_syncobj_timeline_wait>(0xca, "SYNCOBJ_TIMELINE_WAIT", IOWR, 0),
];

/// The ioctls of an accelerator's node (drm core, and amdxdna from 0x40), likewise.
pub const ACCEL_IOCTLS: &[Descriptor] = &[
    Descriptor::of::<drm::drm_version>(0x00, "VERSION", IOWR, 0),
    Descriptor::of::<drm::drm_gem_close>(0x09, "GEM_CLOSE", IOW, 0),
    Descriptor::bare(0x2d, "PRIME_HANDLE_TO_FD", IOWR, 12, 0),
    Descriptor::bare(0x2e, "PRIME_FD_TO_HANDLE", IOWR, 12, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_create_hwctx>(0x40, "AMDXDNA_CREATE_HWCTX", IOWR, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_destroy_hwctx>(0x41, "AMDXDNA_DESTROY_HWCTX", IOWR, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_config_hwctx>(0x42, "AMDXDNA_CONFIG_HWCTX", IOWR, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_create_bo>(0x43, "AMDXDNA_CREATE_BO", IOWR, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_get_bo_info>(0x44, "AMDXDNA_GET_BO_INFO", IOWR, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_sync_bo>(0x45, "AMDXDNA_SYNC_BO", IOWR, 0),
    Descriptor::bare(0x46, "AMDXDNA_EXEC_CMD", IOWR, 56, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_get_info>(0x47, "AMDXDNA_GET_INFO", IOWR, 0),
    Descriptor::bare(0x48, "AMDXDNA_SET_STATE", IOWR, 16, 0),
    Descriptor::of::<amdxdna::amdxdna_drm_wait_cmd>(0x49, "AMDXDNA_WAIT_CMD", IOW, 0),
    Descriptor::bare(0x4a, "AMDXDNA_GET_ARRAY", IOWR, 24, 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_ordered_and_without_doubles() {
        for table in [KFD_IOCTLS, DRM_IOCTLS, ACCEL_IOCTLS] {
            assert!(table.windows(2).all(|pair| pair[0].nr < pair[1].nr));
        }
    }

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
    fn requests_are_the_published_ones() {
        let requests = [
            (kfd(0x02), 0xc060_4b02),
            (kfd(0x06), 0x8190_4b06),
            (kfd(0x16), 0xc028_4b16),
            (kfd(0x20), 0xc018_4b20),
            (kfd(0x21), 0xc004_4b21),
            (kfd(0x28), 0xc010_4b28),
        ];
        for (ioctl, request) in requests {
            assert_eq!(ioctl.unwrap().kfd_request(), request);
        }
        assert_eq!(drm(0x00).unwrap().drm_request(), 0xc040_6400);
        assert_eq!(drm(0x05).unwrap().drm_request(), 0xc028_6405);
        assert_eq!(drm(0x45).unwrap().drm_request(), 0x4020_6445);
        assert_eq!(drm(0x46).unwrap().drm_request(), 0xc120_6446);
        assert_eq!(accel(0x47).unwrap().drm_request(), 0xc010_6447);
    }
}
