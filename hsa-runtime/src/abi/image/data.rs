//! Images: statuses, attributes of agents, formats and descriptors.

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
