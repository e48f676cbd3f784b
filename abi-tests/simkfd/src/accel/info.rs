//! `aie2_get_info` (aie2_pci.c): what the device tells of itself. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::AccelCall;
use crate::contract::Errno;
use crate::topology::Npu;
use crate::uapi::amdxdna::*;
use crate::uapi::layout::Layout;

/// `amdxdna_drm_get_info_ioctl`: as much of the answer as the buffer has room for.
pub(super) fn get(call: &mut AccelCall, args: &mut amdxdna_drm_get_info) -> Result<(), Errno> {
    let npu = call.npu();
    let answer = match args.param {
        DRM_AMDXDNA_QUERY_AIE_METADATA => metadata(npu).to_bytes(),
        DRM_AMDXDNA_QUERY_AIE_VERSION => version(npu).to_bytes(),
        DRM_AMDXDNA_QUERY_FIRMWARE_VERSION => {
            let [major, minor, patch, build] = npu.firmware;
            amdxdna_drm_query_firmware_version { major, minor, patch, build }.to_bytes()
        }
        other => {
            if other <= DRM_AMDXDNA_GET_LAST {
                call.state.report.not_implemented(format!("DRM_IOCTL_AMDXDNA_GET_INFO {other}"));
            }
            return Err(Errno::EOPNOTSUPP);
        }
    };
    let room = (args.buffer_size as usize).min(answer.len());
    call.host.write_user(args.buffer, &answer[..room])
}

fn version(npu: &Npu) -> amdxdna_drm_query_aie_version {
    let [major, minor] = npu.aie_version;
    amdxdna_drm_query_aie_version { major, minor }
}

/// `amdxdna_get_metadata` (aie.c): what the firmware told when it started.
fn metadata(npu: &Npu) -> amdxdna_drm_query_aie_metadata {
    let tiles = |rows: [u16; 2]| amdxdna_drm_query_aie_tile_metadata {
        row_start: rows[0],
        row_count: rows[1],
        ..Default::default()
    };
    amdxdna_drm_query_aie_metadata {
        col_size: npu.column_bytes,
        cols: npu.columns,
        rows: npu.rows,
        version: version(npu),
        core: tiles(npu.core_rows),
        mem: tiles(npu.memory_rows),
        shim: tiles(npu.shim_rows),
    }
}
