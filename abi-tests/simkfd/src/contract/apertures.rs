//! Where LDS, scratch and GPU memory lie in the address space of a process on each GPU. Mirrors
//! amdkfd/kfd_flat_memory.c (`kfd_init_apertures`). Touches nothing.
#![forbid(unsafe_code)]

use super::Call;
use crate::topology::{Gpu, Machine};
use crate::uapi::kfd::kfd_process_device_apertures;

/// LDS and scratch apertures are 4 GiB.
const APERTURE_LIMIT: u64 = 0xffff_ffff;
/// `MAKE_LDS_APP_BASE_V9` and `MAKE_SCRATCH_APP_BASE_V9`
const LDS_BASE_V9: u64 = 1 << 48;
const SCRATCH_BASE_V9: u64 = 2 << 48;
/// `MAKE_LDS_APP_BASE_VI` and `MAKE_SCRATCH_APP_BASE_VI`
const LDS_BASE_VI: u64 = 1 << 61;
const SCRATCH_BASE_VI: u64 = (1 << 61) + (1 << 32);
/// `shared_aperture_start` and `private_aperture_start` (assumed: gfx12.1 has them where gmc_v9_0 puts them).
const LDS_BASE_V12: u64 = 0x2000_0000_0000_0000;
const SCRATCH_BASE_V12: u64 = 0x1000_0000_0000_0000;
/// `AMDGPU_VA_RESERVED_BOTTOM`
const RESERVED_BOTTOM: u64 = 1 << 16;
/// `KFD_CWSR_TBA_TMA_SIZE`
const TRAP_HANDLER_BYTES: u64 = 2 * 4096;

/// The apertures of all devices of the calling process, in their order.
pub(super) fn all(call: &mut Call) -> Vec<kfd_process_device_apertures> {
    let (machine, page) = (call.machine, call.host.page_size());
    call.process().devices.iter().map(|device| of(&machine.gpus[device.gpu], machine, page)).collect()
}

/// Those of one GPU.
pub(crate) fn of(gpu: &Gpu, machine: &Machine, page: u64) -> kfd_process_device_apertures {
    let (lds_base, scratch_base) = match gpu.gfx {
        ..90000 => (LDS_BASE_VI, SCRATCH_BASE_VI),
        90000..120500 => (LDS_BASE_V9, SCRATCH_BASE_V9),
        _ => (LDS_BASE_V12, SCRATCH_BASE_V12),
    };
    kfd_process_device_apertures {
        lds_base,
        lds_limit: lds_base | APERTURE_LIMIT,
        scratch_base,
        scratch_limit: scratch_base | APERTURE_LIMIT,
        gpuvm_base: gpuvm_base(gpu, machine, page),
        gpuvm_limit: gpu.gpuvm_size() - 1,
        gpu_id: gpu.id,
        pad: 0,
    }
}

/// Where user mode's part begins. Kernels before KFD 1.15 kept the trap handler and a page for themselves at the
/// bottom of every address space (`SVM_USER_BASE`; assumed: the change came with Linux 6.9, without a KFD version).
fn gpuvm_base(gpu: &Gpu, machine: &Machine, page: u64) -> u64 {
    let user_base = TRAP_HANDLER_BYTES + 2 * page;
    match (machine.kfd_at_least(15), gpu.is_soc15()) {
        (true, true) => RESERVED_BOTTOM,
        (true, false) => RESERVED_BOTTOM.max(user_base),
        (false, _) => user_base,
    }
}
