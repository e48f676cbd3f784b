//! Formats of texels that the hardware has. Pure. Answers to upstream's `image_lut_kv.cpp` and `image_lut_gfx11.cpp`.

use crate::abi::*;

/// What the bits of a component mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    Unorm,
    Snorm,
    Uint,
    Sint,
    Float,
    /// 8 bits on the curve of sRGB.
    Srgb,
}
use Numbers::*;

/// How the components of a texel lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// So many of so many bits each.
    Even(u8, u8),
    /// Five bits three times, and one.
    Packed555,
    /// Five, six and five bits.
    Packed565,
    /// Ten bits three times, and two.
    Packed101010,
}
use Layout::*;

/// A format that the hardware has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub layout: Layout,
    pub numbers: Numbers,
    /// Where each component of what is read comes from: 0 zero, 1 one, 4 to 7 a component of the texel.
    pub select: [u32; 4],
}

const READ: u32 = HSA_EXT_IMAGE_CAPABILITY_READ_ONLY.0;
const WRITE: u32 = HSA_EXT_IMAGE_CAPABILITY_WRITE_ONLY.0;
const BOTH: u32 = HSA_EXT_IMAGE_CAPABILITY_READ_WRITE.0;

/// The bits of a component and their meaning, of the types that stand for one component.
fn component(kind: hsa_ext_image_channel_type_t) -> Option<(u8, Numbers)> {
    Some(match kind {
        HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8 => (8, Snorm),
        HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16 => (16, Snorm),
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8 => (8, Unorm),
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16 => (16, Unorm),
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8 => (8, Sint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16 => (16, Sint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32 => (32, Sint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8 => (8, Uint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16 => (16, Uint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32 => (32, Uint),
        HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT => (16, Float),
        HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT => (32, Float),
        _ => return None,
    })
}

/// The layout of the types that stand for a whole texel.
fn packed(kind: hsa_ext_image_channel_type_t) -> Option<Layout> {
    Some(match kind {
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555 => Packed555,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565 => Packed565,
        HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010 => Packed101010,
        _ => return None,
    })
}

/// Components of a channel order, and where each of the four that are read comes from.
fn order(order: hsa_ext_image_channel_order_t) -> Option<(u8, [u32; 4])> {
    Some(match order {
        HSA_EXT_IMAGE_CHANNEL_ORDER_A => (1, [0, 0, 0, 4]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_R => (1, [4, 0, 0, 1]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_RG => (2, [4, 5, 0, 1]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_RA => (2, [4, 0, 0, 5]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGB => (3, [6, 5, 4, 1]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA | HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA => (4, [4, 5, 6, 7]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA => (4, [6, 5, 4, 7]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB => (4, [5, 6, 7, 4]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY => (1, [4, 4, 4, 4]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE => (1, [4, 4, 4, 1]),
        HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH => (1, [4, 0, 0, 0]),
        _ => return None,
    })
}

/// Whether texels of an order may have components of these bits and this meaning, and what may be done with them.
fn access(order: hsa_ext_image_channel_order_t, bits: u8, numbers: Numbers) -> u32 {
    let all = READ | WRITE | BOTH;
    match order {
        HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA | HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB if bits != 8 => 0,
        HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY | HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE
            if matches!(numbers, Sint | Uint) =>
        {
            0
        }
        HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA if (bits, numbers) == (8, Unorm) => READ,
        HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH if matches!((bits, numbers), (16, Unorm) | (32, Float)) => {
            READ | WRITE
        }
        HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA | HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH => 0,
        _ => all,
    }
}

/// The format of an image of this geometry, and what may be done with it; none that the hardware lacks.
pub fn find(format: hsa_ext_image_format_t, geometry: hsa_ext_image_geometry_t) -> Option<(Format, u32)> {
    let (kind, name) = (
        hsa_ext_image_channel_type_t(format.channel_type),
        hsa_ext_image_channel_order_t(format.channel_order),
    );
    let (components, select) = order(name)?;
    let found = match (packed(kind), components) {
        (Some(layout), 3) => (Format { layout, numbers: Unorm, select }, READ | WRITE | BOTH),
        (None, 1 | 2 | 4) => {
            let (bits, numbers) = component(kind)?;
            let access = access(name, bits, numbers);
            let numbers = if name == HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA { Srgb } else { numbers };
            (Format { layout: Even(components, bits), numbers, select }, access)
        }
        _ => return None,
    };
    let fits = match geometry {
        HSA_EXT_IMAGE_GEOMETRY_2DDEPTH | HSA_EXT_IMAGE_GEOMETRY_2DADEPTH => {
            name == HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH
        }
        // Buffers are not read on a curve, nor in parts of bytes.
        HSA_EXT_IMAGE_GEOMETRY_1DB => {
            found.0.numbers != Srgb && !matches!(found.0.layout, Packed555 | Packed565)
        }
        _ => true,
    };
    (fits && found.1 != 0).then_some(found)
}

/// What may be done with images of a format, in bits of `hsa_ext_image_capability_t`.
pub fn capability(format: hsa_ext_image_format_t, geometry: hsa_ext_image_geometry_t) -> u32 {
    find(format, geometry).map_or(0, |(_, access)| access)
}

impl Layout {
    /// Bytes of a texel.
    pub fn bytes(self) -> u64 {
        match self {
            Even(components, bits) => u64::from(components) * u64::from(bits) / 8,
            Packed555 | Packed565 => 2,
            Packed101010 => 4,
        }
    }
}

impl Format {
    /// Bytes of a texel.
    pub fn bytes(&self) -> u64 {
        self.layout.bytes()
    }
}
