//! The kernels as processors start them: their code, and the descriptors that AQL packets lead to. Pure.
//!
//! A room of the hardware's numbers: `llvm::amdhsa::kernel_descriptor_t` and COMPUTE_PGM_RSRC1 to 3, which is where LLVM's
//! AMDGPU usage guide has them.

use crate::abi::*;

/// Bytes of a kernel's arguments.
pub const ARGUMENTS: u64 = 64;
/// Bytes from one descriptor of a kernel to the next.
pub const DESCRIPTOR_BYTES: u64 = 64;
/// Bytes from the code of one kernel to the next.
const KERNEL_BYTES: u64 = 512;

/// A kernel, by its position in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Units of 16 bytes.
    Copy,
    CopyBytes,
    /// Units of 4 bytes.
    Fill,
    /// Boxes, in units of so many bytes.
    CopyBox16,
    CopyBox4,
    CopyBox1,
    /// Boxes, with texels of so many bytes.
    FillBox16,
    FillBox8,
    FillBox4,
    FillBox2,
    FillBox1,
}

/// How many kernels there are.
const KERNELS: u64 = Kernel::FillBox1 as u64 + 1;
/// Bytes of the descriptors, before the code, which processors fetch in lines of up to 256 bytes.
const DESCRIPTORS: u64 = (KERNELS * DESCRIPTOR_BYTES).next_multiple_of(256);

/// The code for a generation; `None` if there is none.
fn code(major: u32) -> Option<&'static [u8]> {
    Some(match major {
        8 => include_bytes!("../../../shaders/gfx8.bin"),
        9 => include_bytes!("../../../shaders/gfx9.bin"),
        10 => include_bytes!("../../../shaders/gfx10.bin"),
        11 => include_bytes!("../../../shaders/gfx11.bin"),
        12 => include_bytes!("../../../shaders/gfx12.bin"),
        _ => return None,
    })
}

/// The descriptor of the kernel at `position`: its registers, and where its code is.
fn descriptor(major: u32, position: u64) -> [u64; 8] {
    // 32 vector registers, counted in fours or, on gfx90a and gfx94x, in eights.
    let vector = 7;
    // Scalar ones are counted before gfx10 only: 96, as the first of gfx8 must have them, or 32 with VCC at their end.
    let scalar = match major {
        8 => 11 << 6,
        9 => 2 << 6,
        _ => 0,
    };
    // MEM_ORDERED
    let ordered = if major < 10 { 0 } else { 1 << 30 };
    // Two user registers, for the arguments' address; the workgroup's number along each axis.
    let rsrc2 = 2 << 1 | 7 << 7;
    // ACCUM_OFFSET, of gfx90a and gfx94x: accumulation registers would follow the others.
    let rsrc3: u64 = if major == 9 { 7 } else { 0 };
    let properties = AMD_KERNEL_CODE_PROPERTIES_ENABLE_SGPR_KERNARG_SEGMENT_PTR.0 as u64;
    let entry = DESCRIPTORS + position * KERNEL_BYTES - position * DESCRIPTOR_BYTES;
    let rsrc1: u64 = vector | scalar | ordered;
    [0, ARGUMENTS, entry, 0, 0, rsrc3 << 32, rsrc1 | rsrc2 << 32, properties]
}

/// Descriptors and code, as they are to be in memory.
pub fn image(major: u32) -> Option<Vec<u64>> {
    let code = code(major)?;
    let mut descriptors: Vec<u64> = (0..KERNELS).flat_map(|position| descriptor(major, position)).collect();
    descriptors.resize(DESCRIPTORS as usize / 8, 0);
    let code = code.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
    descriptors.extend(code);
    Some(descriptors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_lead_to_the_kernels_of_every_generation() {
        for major in 8..=12 {
            let words = image(major).unwrap();
            assert_eq!(words.len() as u64 * 8, DESCRIPTORS + KERNELS * KERNEL_BYTES, "gfx{major}");
            for position in 0..KERNELS {
                let descriptor = position * DESCRIPTOR_BYTES;
                let entry = descriptor + words[descriptor as usize / 8 + 2];
                assert_eq!(entry, DESCRIPTORS + position * KERNEL_BYTES);
                assert_ne!(words[entry as usize / 8], 0, "gfx{major}");
            }
        }
        assert!(image(7).is_none() && image(13).is_none());
    }

    #[test]
    fn registers_are_as_the_assembler_describes_them() {
        // What `.amdhsa_kernel` makes of 32 and 23 registers, MEM_ORDERED and nothing of floating point.
        let of = |major| descriptor(major, 0)[5..].to_vec();
        let rest = 0x384 << 32;
        assert_eq!(of(8), [0, 0x2c7 | rest, 8]);
        assert_eq!(of(9), [7 << 32, 0x87 | rest, 8]);
        assert_eq!(of(11), [0, 0x4000_0007 | rest, 8]);
    }
}
