//! AMDGPU_INFO_HW_IP_COUNT and _HW_IP_INFO for the engines that compute programs know: graphics, compute, DMA. Which
//! video engines a card has is not known here. Mirrors `amdgpu_hw_ip_info` of amdgpu/amdgpu_kms.c. Touches nothing but
//! memory.
#![forbid(unsafe_code)]

use super::RenderCall;
use crate::contract::Errno;
use crate::topology::Gpu;
use crate::uapi::drm::*;

/// Most rings of a kind that one client uses (`amdgpu_ctx_num_entities`).
const COMPUTE_RINGS: u32 = 4;
const DMA_RINGS: u32 = 2;

/// AMDGPU_INFO_HW_IP_COUNT. Cards with partitions count the instances of the file's partition, others have one
/// graphics block.
pub(super) fn count(call: &mut RenderCall, kind: u32) -> Result<u32, Errno> {
    let gpu = call.gpu();
    match kind {
        AMDGPU_HW_IP_GFX | AMDGPU_HW_IP_COMPUTE if gpu.is_gfx943() => Ok(gpu.xccs() as u32),
        AMDGPU_HW_IP_GFX | AMDGPU_HW_IP_COMPUTE => Ok(1),
        AMDGPU_HW_IP_DMA => Ok(dma_engines(gpu)),
        other => Err(unknown(call, other)),
    }
}

/// AMDGPU_INFO_HW_IP_INFO, of the first instance, which is the only one that can be asked for.
pub(super) fn info(call: &mut RenderCall, kind: u32, instance: u32) -> Result<drm_amdgpu_info_hw_ip, Errno> {
    if instance > 0 {
        return Err(Errno::EINVAL);
    }
    let gpu = call.gpu();
    let (alignment, rings) = match kind {
        // CDNA has no graphics ring.
        AMDGPU_HW_IP_GFX => ((32, 32), u32::from(!is_cdna(gpu))),
        AMDGPU_HW_IP_COMPUTE => ((32, 32), COMPUTE_RINGS),
        AMDGPU_HW_IP_DMA => ((256, 4), dma_engines(gpu).min(DMA_RINGS)),
        other => return Err(unknown(call, other)),
    };
    let mut ip = drm_amdgpu_info_hw_ip {
        ib_start_alignment: alignment.0,
        ib_size_alignment: alignment.1,
        available_rings: (1 << rings) - 1,
        ..drm_amdgpu_info_hw_ip::default()
    };
    // The SDMA block's version is not known from the tree and stays 0.
    if kind != AMDGPU_HW_IP_DMA {
        let [major, minor, revision] = graphics_version(gpu.gfx);
        (ip.hw_ip_version_major, ip.hw_ip_version_minor) = (major, minor);
        if gpu.is_soc15() {
            ip.ip_discovery_version = major << 16 | minor << 8 | revision;
        }
    }
    Ok(ip)
}

fn dma_engines(gpu: &Gpu) -> u32 {
    gpu.properties.get_u32("num_sdma_engines") + gpu.properties.get_u32("num_sdma_xgmi_engines")
}

fn is_cdna(gpu: &Gpu) -> bool {
    matches!(gpu.gfx, 90008 | 90010) || gpu.is_gfx943()
}

/// GC_HWIP's version where it differs from the target's name (kfd_device.c's table `kgd2kfd_probe`).
fn graphics_version(gfx: u32) -> [u32; 3] {
    match gfx {
        90000 => [9, 0, 1],
        90006 => [9, 4, 0],
        90008 => [9, 4, 1],
        90010 => [9, 4, 2],
        90402 => [9, 4, 3],
        100100 => [10, 1, 10],
        _ => [gfx / 10000, gfx / 100 % 100, gfx % 100],
    }
}

fn unknown(call: &mut RenderCall, kind: u32) -> Errno {
    if kind < AMDGPU_HW_IP_NUM {
        call.state.report.not_implemented(format!("AMDGPU_INFO about engines of type {kind}"));
    }
    Errno::EINVAL
}
