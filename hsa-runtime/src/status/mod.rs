//! What `hsa_status_string` says of each status.
//!
//! Data. The texts are part of the interface: programs print them, and scripts that watch those programs look for
//! them. Values are those of hsa.h, hsa_ext_amd.h, hsa_ext_image.h and hsa_ext_finalize.h.
#![forbid(unsafe_code)]

use std::ffi::CStr;

/// The text of a status; `None` if no header defines it.
pub fn describe(status: u32) -> Option<&'static CStr> {
    let index = TEXTS.binary_search_by_key(&status, |&(value, _)| value).ok()?;
    Some(TEXTS[index].1)
}

/// Value and text, ascending.
#[rustfmt::skip]
static TEXTS: &[(u32, &CStr)] = &[
    (0, c"HSA_STATUS_SUCCESS: The function has been executed successfully."),
    (1, c"HSA_STATUS_INFO_BREAK: A traversal over a list of elements has been interrupted by the application before completing."),
    (40, c"HSA_STATUS_ERROR_INVALID_MEMORY_POOL: The memory pool is invalid."),
    (41, c"HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: The agent attempted to access memory beyond the largest legal address."),
    (42, c"HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION: The agent attempted to execute an illegal shader instruction."),
    (43, c"HSA_STATUS_ERROR_MEMORY_FAULT: Agent attempted to access an inaccessible address."),
    (44, c"HSA_STATUS_CU_MASK_REDUCED: The CU mask was successfully set but the mask attempted to enable a CU which was disabled for the process.  CUs disabled for the process remain disabled."),
    (45, c"HSA_STATUS_ERROR_OUT_OF_REGISTERS: Kernel has requested more VGPRs than are available on this agent"),
    (46, c"HSA_STATUS_ERROR_RESOURCE_BUSY: Resource is busy or temporarily unavailable."),
    (47, c"HSA_STATUS_ERROR_NOT_SUPPORTED: Request is not supported by this system."),
    (48, c"HSA_STATUS_ERROR_XNACK_DISABLED: Xnack is disabled on this system, but required by the requested operation."),
    (49, c"HSA_STATUS_ERROR_INVALID_DISPATCH_PARAMETERS: Kernel dispatch packet parameters exceed hardware limits for this agent (e.g. register usage, work-group dimensions, or other dispatch constraints)"),
    (50, c"HSA_STATUS_ERROR_RESOURCE_NOT_READY: Underlying resource is a valid resource, but it is not ready to be used."),
    (0x1000, c"HSA_STATUS_ERROR: A generic error has occurred."),
    (0x1001, c"HSA_STATUS_ERROR_INVALID_ARGUMENT: One of the actual arguments does not meet a precondition stated in the documentation of the corresponding formal argument."),
    (0x1002, c"HSA_STATUS_ERROR_INVALID_QUEUE_CREATION: The requested queue creation is not valid."),
    (0x1003, c"HSA_STATUS_ERROR_INVALID_ALLOCATION: The requested allocation is not valid."),
    (0x1004, c"HSA_STATUS_ERROR_INVALID_AGENT: The agent is invalid."),
    (0x1005, c"HSA_STATUS_ERROR_INVALID_REGION: The memory region is invalid."),
    (0x1006, c"HSA_STATUS_ERROR_INVALID_SIGNAL: The signal is invalid."),
    (0x1007, c"HSA_STATUS_ERROR_INVALID_QUEUE: The queue is invalid."),
    (0x1008, c"HSA_STATUS_ERROR_OUT_OF_RESOURCES: The runtime failed to allocate the necessary resources. This error may also occur when the core runtime library needs to spawn threads or create internal OS-specific events."),
    (0x1009, c"HSA_STATUS_ERROR_INVALID_PACKET_FORMAT: The AQL packet is malformed."),
    (0x100a, c"HSA_STATUS_ERROR_RESOURCE_FREE: An error has been detected while releasing a resource."),
    (0x100b, c"HSA_STATUS_ERROR_NOT_INITIALIZED: An API other than hsa_init has been invoked while the reference count of the HSA runtime is zero."),
    (0x100c, c"HSA_STATUS_ERROR_REFCOUNT_OVERFLOW: The maximum reference count for the object has been reached."),
    (0x100d, c"HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS: The arguments passed to a functions are not compatible."),
    (0x100e, c"HSA_STATUS_ERROR_INVALID_INDEX: The index is invalid."),
    (0x100f, c"HSA_STATUS_ERROR_INVALID_ISA: The instruction set architecture is invalid."),
    (0x1010, c"HSA_STATUS_ERROR_INVALID_CODE_OBJECT: The code object is invalid."),
    (0x1011, c"HSA_STATUS_ERROR_INVALID_EXECUTABLE: The executable is invalid."),
    (0x1012, c"HSA_STATUS_ERROR_FROZEN_EXECUTABLE: The executable is frozen."),
    (0x1013, c"HSA_STATUS_ERROR_INVALID_SYMBOL_NAME: There is no symbol with the given name."),
    (0x1014, c"HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED: The variable is already defined."),
    (0x1015, c"HSA_STATUS_ERROR_VARIABLE_UNDEFINED: The variable is undefined."),
    (0x1016, c"HSA_STATUS_ERROR_EXCEPTION: An HSAIL operation resulted in a hardware exception."),
    (0x1017, c"HSA_STATUS_ERROR_INVALID_ISA_NAME: The instruction set architecture name is invalid."),
    (0x1018, c"HSA_STATUS_ERROR_INVALID_CODE_SYMBOL: The code object symbol is invalid."),
    (0x1019, c"HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL: The executable symbol is invalid."),
    (0x1020, c"HSA_STATUS_ERROR_INVALID_FILE: The file descriptor is invalid."),
    (0x1021, c"HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER: The code object reader is invalid."),
    (0x1022, c"HSA_STATUS_ERROR_INVALID_CACHE: The cache is invalid."),
    (0x1023, c"HSA_STATUS_ERROR_INVALID_WAVEFRONT: The wavefront is invalid."),
    (0x1024, c"HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP: The signal group is invalid."),
    (0x1025, c"HSA_STATUS_ERROR_INVALID_RUNTIME_STATE: The HSA runtime is not in the configuration state."),
    (0x1026, c"HSA_STATUS_ERROR_FATAL: The queue received an error that may require process termination."),
    (0x2000, c"HSA_EXT_STATUS_ERROR_INVALID_PROGRAM: Invalid program"),
    (0x2001, c"HSA_EXT_STATUS_ERROR_INVALID_MODULE: Invalid module"),
    (0x2002, c"HSA_EXT_STATUS_ERROR_INCOMPATIBLE_MODULE: Incompatible module"),
    (0x2003, c"HSA_EXT_STATUS_ERROR_MODULE_ALREADY_INCLUDED: Module already included"),
    (0x2004, c"HSA_EXT_STATUS_ERROR_SYMBOL_MISMATCH: Symbol mismatch"),
    (0x2005, c"HSA_EXT_STATUS_ERROR_FINALIZATION_FAILED: Finalization failed"),
    (0x2006, c"HSA_EXT_STATUS_ERROR_DIRECTIVE_MISMATCH: Directive mismatch"),
    (0x3000, c"HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED: Image format is not supported."),
    (0x3001, c"HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED: Image size is not supported."),
    (0x3002, c"HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED: Image pitch is not supported or invalid."),
    (0x3003, c"HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED: Sampler descriptor is not supported or invalid."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_found() {
        assert!(TEXTS.is_sorted_by(|a, b| a.0 < b.0));
        for &(value, text) in TEXTS {
            assert_eq!(describe(value), Some(text));
        }
    }

    #[test]
    fn unknown_values_have_no_text() {
        for value in [2, 39, 0x0fff, 0x1027, 0x2007, 0x3004, u32::MAX] {
            assert_eq!(describe(value), None);
        }
    }
}
