//! Every way in which a call can fail, and its number in hsa.h, hsa_ext_amd.h, hsa_ext_image.h or
//! hsa_ext_finalize.h.
#![forbid(unsafe_code)]

use std::fmt;

use crate::abi::hsa_status_t;

/// Why a call failed. The discriminant is the status that the caller sees; `hsa_status_string` explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(dead_code, reason = "the statuses are a closed list; rooms come to need them one by one")]
pub enum Error {
    InvalidMemoryPool = 40,
    ResourceBusy = 46,
    NotSupported = 47,
    XnackDisabled = 48,
    ResourceNotReady = 50,
    Generic = 0x1000,
    InvalidArgument = 0x1001,
    InvalidQueueCreation = 0x1002,
    InvalidAllocation = 0x1003,
    InvalidAgent = 0x1004,
    InvalidRegion = 0x1005,
    InvalidSignal = 0x1006,
    InvalidQueue = 0x1007,
    OutOfResources = 0x1008,
    InvalidPacketFormat = 0x1009,
    ResourceFree = 0x100A,
    NotInitialized = 0x100B,
    RefcountOverflow = 0x100C,
    IncompatibleArguments = 0x100D,
    InvalidIndex = 0x100E,
    InvalidIsa = 0x100F,
    InvalidCodeObject = 0x1010,
    InvalidExecutable = 0x1011,
    FrozenExecutable = 0x1012,
    InvalidSymbolName = 0x1013,
    VariableAlreadyDefined = 0x1014,
    VariableUndefined = 0x1015,
    Exception = 0x1016,
    InvalidIsaName = 0x1017,
    InvalidCodeSymbol = 0x1018,
    InvalidExecutableSymbol = 0x1019,
    InvalidFile = 0x1020,
    InvalidCodeObjectReader = 0x1021,
    InvalidCache = 0x1022,
    InvalidWavefront = 0x1023,
    InvalidSignalGroup = 0x1024,
    InvalidRuntimeState = 0x1025,
    Fatal = 0x1026,
    ImageFormatUnsupported = 0x3000,
    ImageSizeUnsupported = 0x3001,
    ImagePitchUnsupported = 0x3002,
    SamplerDescriptorUnsupported = 0x3003,
}

impl From<Error> for hsa_status_t {
    fn from(error: Error) -> Self {
        hsa_status_t(error as u32)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?} (status {:#x})", *self as u32)
    }
}

impl std::error::Error for Error {}
