//! Launch descriptor in dispatch metadata: amd_launch_descriptor.h.

/// Regions that a launch can prefetch.
pub const AMD_LAUNCH_DESCRIPTOR_MAX_PREFETCH_REGIONS: usize = 2;
/// `version` of an empty descriptor.
pub const AMD_LAUNCH_DESCRIPTOR_VERSION_NONE: u8 = 0;
/// `version` of a gfx1250 descriptor.
pub const AMD_LAUNCH_DESCRIPTOR_VERSION_GFX1250: u8 = 1;

/// One region that the launch prefetches; each dword is packed from bit fields.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct amd_data_prefetch_t {
    /// 0 cooperative, 1-2 temporal, 3-4 scope, 5-15 burst size, 16-31 bursts.
    pub dw0: u32,
    /// 0-3 chunk size, 4-5 translation permissions, 8-31 low address.
    pub dw1: u32,
    /// 0-24 high address.
    pub dw2: u32,
    /// 0-23 stride, 30-31 mode.
    pub dw3: u32,
}

/// Launch parameters in dispatch metadata.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct amd_launch_descriptor_t {
    pub version: u8,
    pub priority: u8,
    pub pm_hint: u8,
    pub reserved0: u8,
    /// 0-3 first compute unit, 4-7 count, 8-9 shader engines.
    pub cu_enable: u32,
    pub dispatch_granularity_limiter: u16,
    pub reserved1: u16,
    pub reserved2: u8,
    pub reserved3: u8,
    pub tg_chunk_size: u16,
    pub reserved4: u32,
    pub prefetch: [amd_data_prefetch_t; AMD_LAUNCH_DESCRIPTOR_MAX_PREFETCH_REGIONS],
}
