//! What the system as a whole is and offers. Answers to GetSystemInfo of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use std::ffi::{CStr, c_char};

use crate::{
    abi::*,
    agent::machine::Machine,
    arch::{self, timer},
    boundary::{Error, List, Stream, Value},
    extension,
    isa::Setting,
    log::packets,
    runtime,
};

/// HSA_SYSTEM_INFO_VERSION: the version of the HSA specification, 1.1.
const VERSION: (u16, u16) = (1, 1);

/// HSA_AMD_SYSTEM_INFO_BUILD_VERSION.
const BUILD: &CStr =
    match CStr::from_bytes_with_nul(concat!("rocr-rs ", env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("the version of the package holds a NUL"),
    };

pub fn get_info(attribute: hsa_system_info_t, value: Value) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    match attribute {
        HSA_SYSTEM_INFO_VERSION_MAJOR => value.write::<u16>(VERSION.0),
        HSA_SYSTEM_INFO_VERSION_MINOR => value.write::<u16>(VERSION.1),
        HSA_SYSTEM_INFO_TIMESTAMP => value.write::<u64>(timer::now()),
        HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY => value.write::<u64>(timer::frequency()),
        HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT => value.write::<u64>(u64::MAX),
        HSA_SYSTEM_INFO_ENDIANNESS => value.write::<hsa_endianness_t>(if cfg!(target_endian = "little") {
            HSA_ENDIANNESS_LITTLE
        } else {
            HSA_ENDIANNESS_BIG
        }),
        HSA_SYSTEM_INFO_MACHINE_MODEL => value.write::<hsa_machine_model_t>(HSA_MACHINE_MODEL_LARGE),
        HSA_SYSTEM_INFO_EXTENSIONS => value.write::<extension::Bitmap>(extension::of_system(&machine.config)),
        other => amd(&machine, other, value),
    }
}

fn amd(machine: &Machine, attribute: hsa_system_info_t, value: Value) -> Result<(), Error> {
    match attribute {
        HSA_AMD_SYSTEM_INFO_BUILD_VERSION => value.write::<*const c_char>(BUILD.as_ptr()),
        HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED => {
            value.write::<bool>(machine.gpus().all(|gpu| gpu.capability().svm()))
        }
        HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT => value
            .write::<bool>(machine.gpus().flat_map(|gpu| &gpu.gpu).all(|gpu| gpu.isa.xnack() == Setting::On)),
        HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED => {
            value.write::<bool>(machine.config.mwaitx && arch::has_mwaitx())
        }
        HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED => value.write::<bool>(machine.has_dmabuf()),
        HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED => {
            value.write::<bool>(machine.has_virtual_memory_api())
        }
        HSA_AMD_SYSTEM_INFO_XNACK_ENABLED => value.write::<bool>(machine.xnack),
        HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR => value.write::<u16>(HSA_AMD_INTERFACE_VERSION_MAJOR),
        HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR => value.write::<u16>(HSA_AMD_INTERFACE_VERSION_MINOR),
        // Handles for other hosts need a fabric manager, of which amdkfd tells nothing.
        HSA_AMD_SYSTEM_INFO_FABRIC_HANDLES_SUPPORTED => value.write::<bool>(false),
        // Host memory is exported through a GPU's DRM node.
        HSA_AMD_SYSTEM_INFO_HOST_ALLOC_DMA_BUF_SUPPORTED => {
            value.write::<bool>(machine.has_virtual_memory_api() && machine.gpus().next().is_some())
        }
        _ => Err(Error::InvalidArgument),
    }
}

/// Also before `hsa_init`, as upstream has it.
pub fn enable_logging(flags: List<u8>, stream: Stream) -> Result<(), Error> {
    let bytes = flags.read(8)?;
    packets::follow(bytes.iter().rev().fold(0, |bits, &byte| bits << 8 | u64::from(byte)), stream);
    Ok(())
}
