//! DRM_IOCTL_AMDGPU_INFO: `amdgpu_info_ioctl` of amdgpu/amdgpu_kms.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{RenderCall, device_info, engines};
use crate::contract::{Clock, Errno, gpu_clock};
use crate::memory::RESERVED_VRAM;
use crate::uapi::drm::*;
use crate::uapi::layout::Layout;

/// `AMDGPU_GFX_MAX_SE` and `AMDGPU_GFX_MAX_SH_PER_SE`
const MAX_SHADER_ENGINES: u32 = 4;
const MAX_ARRAYS_PER_ENGINE: u32 = 2;
/// How many registers one question may ask for.
const MAX_REGISTERS: u32 = 128;

/// Serves one query. The answer is cut to the size that the caller has room for.
pub(super) fn info(call: &mut RenderCall, args: &mut drm_amdgpu_info) -> Result<(), Errno> {
    if args.return_size == 0 || args.return_pointer == 0 {
        return Err(Errno::EINVAL);
    }
    let gpu = call.gpu();
    let answer = match args.query {
        AMDGPU_INFO_ACCEL_WORKING => 1u32.to_ne_bytes().to_vec(),
        AMDGPU_INFO_HW_IP_INFO => engines::info(call, args.union_data[0], args.union_data[1])?.to_bytes(),
        AMDGPU_INFO_HW_IP_COUNT => engines::count(call, args.union_data[0])?.to_ne_bytes().to_vec(),
        AMDGPU_INFO_TIMESTAMP => gpu_clock(gpu, call.host.clock_ns(Clock::Boottime)).to_ne_bytes().to_vec(),
        AMDGPU_INFO_VRAM_USAGE => call.state.accounts.vram_used(call.host, call.node).to_ne_bytes().to_vec(),
        AMDGPU_INFO_VIS_VRAM_USAGE => memory(call).cpu_accessible_vram.heap_usage.to_ne_bytes().to_vec(),
        AMDGPU_INFO_GTT_USAGE => call.state.accounts.ttm_used(call.host).to_ne_bytes().to_vec(),
        // Nothing moves but by a fault plan, and only a reset loses memory.
        AMDGPU_INFO_NUM_BYTES_MOVED | AMDGPU_INFO_NUM_EVICTIONS | AMDGPU_INFO_NUM_VRAM_CPU_PAGE_FAULTS => {
            0u64.to_ne_bytes().to_vec()
        }
        AMDGPU_INFO_VRAM_LOST_COUNTER => resets(call).to_ne_bytes().to_vec(),
        AMDGPU_INFO_VRAM_GTT => {
            let memory = memory(call);
            let sizes = drm_amdgpu_info_vram_gtt {
                vram_size: memory.vram.usable_heap_size,
                vram_cpu_accessible_size: memory.cpu_accessible_vram.usable_heap_size,
                gtt_size: memory.gtt.usable_heap_size,
            };
            sizes.to_bytes()
        }
        AMDGPU_INFO_MEMORY => memory(call).to_bytes(),
        AMDGPU_INFO_READ_MMR_REG => registers(args)?,
        AMDGPU_INFO_DEV_INFO => device_info::of(gpu, call.host.page_size()).to_bytes(),
        query if query <= AMDGPU_INFO_LAST => {
            call.state.report.not_implemented(format!("AMDGPU_INFO query {query:#x}"));
            return Err(Errno::EINVAL);
        }
        _ => return Err(Errno::EINVAL),
    };
    let room = answer.len().min(args.return_size as usize);
    call.host.write_user(args.return_pointer, &answer[..room])
}

/// How often the device of the file was reset.
fn resets(call: &RenderCall) -> u32 {
    let same = |node: &&usize| call.machine.gpus[**node].device == call.gpu().device;
    call.state.resets.keys().find(same).map_or(0, |node| call.state.resets[node])
}

/// AMDGPU_INFO_MEMORY
fn memory(call: &RenderCall) -> drm_amdgpu_memory_info {
    let facts = &call.gpu().facts;
    let total = facts.vram_bytes.unwrap_or(0);
    let visible = facts.visible_vram_bytes.unwrap_or(total);
    let gtt = facts.gtt_bytes.unwrap_or(call.machine.ttm_limit_bytes);
    let used = call.state.accounts.vram_used(call.host, call.node);
    let usable = total.saturating_sub(facts.vram_pinned_bytes + RESERVED_VRAM);
    drm_amdgpu_memory_info {
        vram: heap(total, usable, used),
        // What the driver keeps for itself is taken to lie in the visible part, as the firmware regions do.
        cpu_accessible_vram: heap(
            visible,
            visible.saturating_sub(facts.vram_pinned_bytes).min(usable),
            used.min(visible),
        ),
        gtt: heap(gtt, gtt, call.state.accounts.ttm_used(call.host)),
    }
}

fn heap(total: u64, usable: u64, used: u64) -> drm_amdgpu_heap_info {
    drm_amdgpu_heap_info {
        total_heap_size: total,
        usable_heap_size: usable,
        heap_usage: used,
        max_allocation: usable / 4 * 3,
    }
}

/// AMDGPU_INFO_READ_MMR_REG. libdrm reads GB_ADDR_CONFIG and its like at initialisation and keeps them for Mesa; their
/// values are not known and read as 0 (assumed: every register that is asked for is on the chip's list).
fn registers(args: &drm_amdgpu_info) -> Result<Vec<u8>, Errno> {
    let [_, count, instance, _] = args.union_data;
    let engine = instance >> AMDGPU_INFO_MMR_SE_INDEX_SHIFT & AMDGPU_INFO_MMR_SE_INDEX_MASK;
    let array = instance >> AMDGPU_INFO_MMR_SH_INDEX_SHIFT & AMDGPU_INFO_MMR_SH_INDEX_MASK;
    let bad_engine = engine != AMDGPU_INFO_MMR_SE_INDEX_MASK && engine >= MAX_SHADER_ENGINES;
    let bad_array = array != AMDGPU_INFO_MMR_SH_INDEX_MASK && array >= MAX_ARRAYS_PER_ENGINE;
    if bad_engine || bad_array || count > MAX_REGISTERS {
        return Err(Errno::EINVAL);
    }
    Ok(vec![0; count as usize * size_of::<u32>()])
}
