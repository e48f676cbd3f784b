//! Allocation, mapping, pointer information, sharing, shared virtual memory.

use super::{Zero, structs};
use std::ffi::c_void;

/// `HsaMemFlags`: bits of an allocation.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HsaMemFlags(pub u32);

impl Zero for HsaMemFlags {
    const ZERO: Self = Self(0);
}

impl HsaMemFlags {
    pub const NON_PAGED: u32 = 1;
    pub const READ_ONLY: u32 = 1 << 3;
    pub const HOST_ACCESS: u32 = 1 << 6;
    pub const NO_SUBSTITUTE: u32 = 1 << 7;
    pub const SCRATCH: u32 = 1 << 9;
    pub const EXECUTE_ACCESS: u32 = 1 << 12;
    pub const COARSE_GRAIN: u32 = 1 << 13;
    pub const AQL_QUEUE_MEMORY: u32 = 1 << 14;
    pub const FIXED_ADDRESS: u32 = 1 << 15;
    pub const NO_NUMA_BIND: u32 = 1 << 16;
    pub const UNCACHED: u32 = 1 << 17;
    pub const NO_ADDRESS: u32 = 1 << 18;
    pub const ONLY_ADDRESS: u32 = 1 << 19;
    pub const EXTENDED_COHERENT: u32 = 1 << 20;
    pub const GTT_ACCESS: u32 = 1 << 21;
    pub const CONTIGUOUS: u32 = 1 << 22;

    /// Whether a bit is set.
    #[must_use]
    pub const fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// The same with a bit set.
    #[must_use]
    pub const fn with(self, bit: u32) -> Self {
        Self(self.0 | bit)
    }

    /// The page size asked for, bytes (`HSA_PAGE_SIZE`).
    #[must_use]
    pub const fn page_size(self) -> u64 {
        match (self.0 >> 4) & 3 {
            0 => 4 << 10,
            1 => 64 << 10,
            2 => 2 << 20,
            _ => 1 << 30,
        }
    }
}

/// `HsaMemMapFlags`.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HsaMemMapFlags(pub u32);

/// `HSA_POINTER_TYPE`.
pub mod pointer_type {
    pub const UNKNOWN: u32 = 0;
    pub const ALLOCATED: u32 = 1;
    pub const REGISTERED_USER: u32 = 2;
    pub const REGISTERED_GRAPHICS: u32 = 3;
    pub const REGISTERED_SHARED: u32 = 4;
    pub const RESERVED_ADDR: u32 = 5;
}

/// `HSA_HEAPTYPE`.
pub mod heap_type {
    pub const SYSTEM: u32 = 0;
    pub const FRAME_BUFFER_PUBLIC: u32 = 1;
    pub const FRAME_BUFFER_PRIVATE: u32 = 2;
    pub const GPU_LDS: u32 = 4;
    pub const GPU_SCRATCH: u32 = 5;
    pub const DEVICE_SVM: u32 = 6;
    pub const MMIO_REMAP: u32 = 7;
}

/// `HSA_SVM_FLAGS`.
pub mod svm_flag {
    pub const HOST_ACCESS: u32 = 1;
    pub const COHERENT: u32 = 1 << 1;
    pub const HIVE_LOCAL: u32 = 1 << 2;
    pub const GPU_RO: u32 = 1 << 3;
    pub const GPU_EXEC: u32 = 1 << 4;
    pub const GPU_READ_MOSTLY: u32 = 1 << 5;
    pub const GPU_ALWAYS_MAPPED: u32 = 1 << 6;
    pub const EXT_COHERENT: u32 = 1 << 7;
}

/// `HSA_SVM_ATTR_TYPE`.
pub mod svm_attribute {
    pub const PREFERRED_LOC: u32 = 0;
    pub const PREFETCH_LOC: u32 = 1;
    pub const ACCESS: u32 = 2;
    pub const ACCESS_IN_PLACE: u32 = 3;
    pub const NO_ACCESS: u32 = 4;
    pub const SET_FLAGS: u32 = 5;
    pub const CLR_FLAGS: u32 = 6;
    pub const GRANULARITY: u32 = 7;
}

/// `HsaSharedMemoryHandle`.
pub type HsaSharedMemoryHandle = [u32; 8];
/// `HsaAMDGPUDeviceHandle`: libdrm_amdgpu's `amdgpu_device_handle`.
pub type HsaAMDGPUDeviceHandle = *mut c_void;
/// `HsaAisFlags`: from a file to memory.
pub const HSA_AIS_READ: u32 = 1;
/// `HsaAisFlags`: from memory to a file.
pub const HSA_AIS_WRITE: u32 = 2;

structs! {
    HsaGraphicsResourceInfo: 32 {
        MemoryAddress: *mut c_void = 0, SizeInBytes: u64 = 8, Metadata: *const c_void = 16,
        MetadataSizeInBytes: u32 = 24, NodeId: u32 = 28,
    }
    HsaPointerInfo: 68 {
        Type: u32 = 0, Node: u32 = 4, MemFlags: HsaMemFlags = 8, CPUAddress: *mut c_void = 12,
        GPUAddress: u64 = 20, SizeInBytes: u64 = 28, NRegisteredNodes: u32 = 36, NMappedNodes: u32 = 40,
        RegisteredNodes: *const u32 = 44, MappedNodes: *const u32 = 52, UserData: *mut c_void = 60,
    }
    HsaMemoryRange: 16 { MemoryAddress: *mut c_void = 0, SizeInBytes: u64 = 8 }
    HSA_SVM_ATTRIBUTE: 8 { r#type: u32 = 0, value: u32 = 4 }
}

#[cfg(test)]
mod tests {
    use super::HsaMemFlags;

    #[test]
    fn page_sizes_are_two_bits_of_the_flags() {
        let sizes = [0, 1, 2, 3].map(|size| HsaMemFlags(size << 4).page_size());
        assert_eq!(sizes, [4 << 10, 64 << 10, 2 << 20, 1 << 30]);
    }
}
