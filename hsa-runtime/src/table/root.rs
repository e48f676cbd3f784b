//! The root of the tables: what tool libraries get in `OnLoad`.

use super::{
    amd_ext::{AMD_EXT, AmdExtTable},
    core::{CORE, CoreApiTable},
    finalizer::{FINALIZER_EXT, FinalizerExtTable},
    image::{IMAGE_EXT, ImageExtTable},
    pc_sampling::{PC_SAMPLING_EXT, PcSamplingExtTable},
};
use crate::{
    abi::{ApiTableVersion, HSA_API_TABLE_MAJOR_VERSION, HSA_API_TABLE_STEP_VERSION},
    boundary::Slots,
    tools::{
        Tables,
        table::{TOOLS, ToolsApiTable},
    },
};

/// All tables. A member counts only if `version.minor_id` reaches past it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct HsaApiTable {
    pub version: ApiTableVersion,
    pub core_: *mut CoreApiTable,
    pub amd_ext_: *mut AmdExtTable,
    pub finalizer_ext_: *mut FinalizerExtTable,
    pub image_ext_: *mut ImageExtTable,
    pub tools_: *mut ToolsApiTable,
    pub pc_sampling_ext_: *mut PcSamplingExtTable,
}

/// The root, in static storage and valid before `hsa_init`. Marked used, so that the optimiser takes neither it nor
/// the slots that it leads to for constants: it cannot see the tools that write them.
#[used]
pub static ROOT: Slots<HsaApiTable> = Slots::new(HsaApiTable {
    version: ApiTableVersion {
        major_id: HSA_API_TABLE_MAJOR_VERSION,
        minor_id: size_of::<HsaApiTable>() as u32,
        step_id: HSA_API_TABLE_STEP_VERSION,
        reserved: 0,
    },
    core_: CORE.get(),
    amd_ext_: AMD_EXT.get(),
    finalizer_ext_: FINALIZER_EXT.get(),
    image_ext_: IMAGE_EXT.get(),
    tools_: TOOLS.get(),
    pc_sampling_ext_: PC_SAMPLING_EXT.get(),
});

/// What tool libraries get.
pub fn for_tools() -> Tables {
    Tables { root: ROOT.get().cast(), version: HSA_API_TABLE_MAJOR_VERSION.into() }
}

/// Takes everything back that tool libraries put into the tables.
pub fn restore() {
    CORE.restore();
    AMD_EXT.restore();
    FINALIZER_EXT.restore();
    IMAGE_EXT.restore();
    PC_SAMPLING_EXT.restore();
    TOOLS.restore();
    ROOT.restore();
}

const _: () = assert!(size_of::<HsaApiTable>() == 64);
