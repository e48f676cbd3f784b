//! Images and samplers: hsa_ext_image.h.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Statuses of the image extension.
    hsa_ext_image_status_t of hsa_status_t {
        HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED = 0x3000,
        HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED = 0x3001,
        HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED = 0x3002,
        HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED = 0x3003,
    }
}

c_enum! {
    /// Image attributes of `hsa_agent_get_info`.
    hsa_ext_image_agent_info_t of hsa_agent_info_t {
        HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS = 0x3000,
        HSA_EXT_AGENT_INFO_IMAGE_1DA_MAX_ELEMENTS = 0x3001,
        HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS = 0x3002,
        HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS = 0x3003,
        HSA_EXT_AGENT_INFO_IMAGE_2DA_MAX_ELEMENTS = 0x3004,
        HSA_EXT_AGENT_INFO_IMAGE_2DDEPTH_MAX_ELEMENTS = 0x3005,
        HSA_EXT_AGENT_INFO_IMAGE_2DADEPTH_MAX_ELEMENTS = 0x3006,
        HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS = 0x3007,
        HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS = 0x3008,
        HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES = 0x3009,
        HSA_EXT_AGENT_INFO_MAX_IMAGE_RORW_HANDLES = 0x300A,
        HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS = 0x300B,
        HSA_EXT_AGENT_INFO_IMAGE_LINEAR_ROW_PITCH_ALIGNMENT = 0x300C,
        HSA_EXT_AGENT_INFO_IMAGE_SUPPORT = 0x300D,
    }
}

/// Handle of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_ext_image_t {
    pub handle: u64,
}

c_enum! {
    /// Shape of an image.
    hsa_ext_image_geometry_t: u32 {
        HSA_EXT_IMAGE_GEOMETRY_1D = 0,
        HSA_EXT_IMAGE_GEOMETRY_2D = 1,
        HSA_EXT_IMAGE_GEOMETRY_3D = 2,
        HSA_EXT_IMAGE_GEOMETRY_1DA = 3,
        HSA_EXT_IMAGE_GEOMETRY_2DA = 4,
        HSA_EXT_IMAGE_GEOMETRY_1DB = 5,
        HSA_EXT_IMAGE_GEOMETRY_2DDEPTH = 6,
        HSA_EXT_IMAGE_GEOMETRY_2DADEPTH = 7,
    }
}

c_enum! {
    /// Component type of an image.
    hsa_ext_image_channel_type_t: u32 {
        HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8 = 0,
        HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16 = 1,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8 = 2,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16 = 3,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24 = 4,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555 = 5,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565 = 6,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010 = 7,
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8 = 8,
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16 = 9,
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32 = 10,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8 = 11,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16 = 12,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32 = 13,
        HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT = 14,
        HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT = 15,
    }
}

/// `hsa_ext_image_channel_type_t` with a fixed width.
pub type hsa_ext_image_channel_type32_t = u32;

c_enum! {
    /// Component order of an image.
    hsa_ext_image_channel_order_t: u32 {
        HSA_EXT_IMAGE_CHANNEL_ORDER_A = 0,
        HSA_EXT_IMAGE_CHANNEL_ORDER_R = 1,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RX = 2,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RG = 3,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGX = 4,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RA = 5,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGB = 6,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGBX = 7,
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA = 8,
        HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA = 9,
        HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB = 10,
        HSA_EXT_IMAGE_CHANNEL_ORDER_ABGR = 11,
        HSA_EXT_IMAGE_CHANNEL_ORDER_SRGB = 12,
        HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBX = 13,
        HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA = 14,
        HSA_EXT_IMAGE_CHANNEL_ORDER_SBGRA = 15,
        HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY = 16,
        HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE = 17,
        HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH = 18,
        HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH_STENCIL = 19,
    }
}

/// `hsa_ext_image_channel_order_t` with a fixed width.
pub type hsa_ext_image_channel_order32_t = u32;

/// Component type and order.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_image_format_t {
    pub channel_type: hsa_ext_image_channel_type32_t,
    pub channel_order: hsa_ext_image_channel_order32_t,
}

/// Shape, size in pixels and format of an image.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_image_descriptor_t {
    pub geometry: hsa_ext_image_geometry_t,
    pub width: usize,
    pub height: usize,
    pub depth: usize,
    pub array_size: usize,
    pub format: hsa_ext_image_format_t,
}

/// `hsa_ext_image_descriptor_t` with mipmap levels (0 and 1: no mipmap).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_image_descriptor_v2_t {
    pub geometry: hsa_ext_image_geometry_t,
    pub width: usize,
    pub height: usize,
    pub depth: usize,
    pub array_size: usize,
    pub format: hsa_ext_image_format_t,
    pub mipmap_levels: usize,
}

c_enum! {
    /// Bits: what an agent can do with an image format.
    hsa_ext_image_capability_t: u32 {
        HSA_EXT_IMAGE_CAPABILITY_NOT_SUPPORTED = 0x0,
        HSA_EXT_IMAGE_CAPABILITY_READ_ONLY = 0x1,
        HSA_EXT_IMAGE_CAPABILITY_WRITE_ONLY = 0x2,
        HSA_EXT_IMAGE_CAPABILITY_READ_WRITE = 0x4,
        HSA_EXT_IMAGE_CAPABILITY_READ_MODIFY_WRITE = 0x8,
        HSA_EXT_IMAGE_CAPABILITY_ACCESS_INVARIANT_DATA_LAYOUT = 0x10,
    }
}

c_enum! {
    /// Layout of image data in memory.
    hsa_ext_image_data_layout_t: u32 {
        HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE = 0x0,
        HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR = 0x1,
    }
}

/// Size and alignment of image data, in bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_image_data_info_t {
    pub size: usize,
    pub alignment: usize,
}

/// Part of an image.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_image_region_t {
    pub offset: hsa_dim3_t,
    pub range: hsa_dim3_t,
}

/// Handle of a sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_ext_sampler_t {
    pub handle: u64,
}

c_enum! {
    /// What a sampler does outside the image.
    hsa_ext_sampler_addressing_mode_t: u32 {
        HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED = 0,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE = 1,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER = 2,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT = 3,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT = 4,
    }
}

/// `hsa_ext_sampler_addressing_mode_t` with a fixed width.
pub type hsa_ext_sampler_addressing_mode32_t = u32;

c_enum! {
    /// Normalised or pixel coordinates.
    hsa_ext_sampler_coordinate_mode_t: u32 {
        HSA_EXT_SAMPLER_COORDINATE_MODE_UNNORMALIZED = 0,
        HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED = 1,
    }
}

/// `hsa_ext_sampler_coordinate_mode_t` with a fixed width.
pub type hsa_ext_sampler_coordinate_mode32_t = u32;

c_enum! {
    /// How a sampler filters.
    hsa_ext_sampler_filter_mode_t: u32 {
        HSA_EXT_SAMPLER_FILTER_MODE_NEAREST = 0,
        HSA_EXT_SAMPLER_FILTER_MODE_LINEAR = 1,
        HSA_EXT_SAMPLER_FILTER_MODE_NONE = 2,
    }
}

/// `hsa_ext_sampler_filter_mode_t` with a fixed width.
pub type hsa_ext_sampler_filter_mode32_t = u32;

/// A sampler, one addressing mode for all coordinates.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_sampler_descriptor_t {
    pub coordinate_mode: hsa_ext_sampler_coordinate_mode32_t,
    pub filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub address_mode: hsa_ext_sampler_addressing_mode32_t,
}

/// A sampler, one addressing mode a coordinate. The mipmap filter was inserted after release 7.2 (20 to
/// 24 bytes).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_sampler_descriptor_v2_t {
    pub coordinate_mode: hsa_ext_sampler_coordinate_mode32_t,
    pub filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub mipmap_filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub address_modes: [hsa_ext_sampler_addressing_mode32_t; 3],
}

/// Extension table of images 1.0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_images_1_00_pfn_t {
    pub hsa_ext_image_get_capability: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t>,
    pub hsa_ext_image_copy: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            src_offset: *const hsa_dim3_t,
            dst_image: hsa_ext_image_t,
            dst_offset: *const hsa_dim3_t,
            range: *const hsa_dim3_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_import: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_memory: *const c_void,
            src_row_pitch: usize,
            src_slice_pitch: usize,
            dst_image: hsa_ext_image_t,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_export: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            dst_memory: *mut c_void,
            dst_row_pitch: usize,
            dst_slice_pitch: usize,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_clear: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image: hsa_ext_image_t,
            data: *const c_void,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> hsa_status_t>,
}

/// Extension table of images 1.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_images_1_pfn_t {
    pub hsa_ext_image_get_capability: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t>,
    pub hsa_ext_image_copy: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            src_offset: *const hsa_dim3_t,
            dst_image: hsa_ext_image_t,
            dst_offset: *const hsa_dim3_t,
            range: *const hsa_dim3_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_import: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_memory: *const c_void,
            src_row_pitch: usize,
            src_slice_pitch: usize,
            dst_image: hsa_ext_image_t,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_export: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            dst_memory: *mut c_void,
            dst_row_pitch: usize,
            dst_slice_pitch: usize,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_clear: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image: hsa_ext_image_t,
            data: *const c_void,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> hsa_status_t>,
    pub hsa_ext_image_get_capability_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            image_data_row_pitch: usize,
            image_data_slice_pitch: usize,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            image_data_row_pitch: usize,
            image_data_slice_pitch: usize,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create_v2: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_v2_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
}
