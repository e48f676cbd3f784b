//! What loads, stores and atomic operations move, as their mnemonics say it. Pure.

use super::alu::Kind;

/// The data of one load or store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Bytes in memory.
    pub bytes: u8,
    /// Narrow values keep their sign.
    pub signed: bool,
    /// Only a half of the register: the upper one?
    pub half: Option<bool>,
}

impl Shape {
    /// Of what follows `load_` or `store_`: `b64`, `i8`, `d16_hi_b16`, `u16_d16`.
    pub fn parse(suffix: &str) -> Option<Self> {
        let mut shape = Self { bytes: 0, signed: false, half: None };
        for part in suffix.split('_') {
            match part {
                "d16" => shape.half = Some(shape.half.unwrap_or(false)),
                "hi" => shape.half = Some(true),
                "format" => return None,
                _ => {
                    let (letter, bits) = part.split_at_checked(1)?;
                    shape.signed = letter == "i";
                    shape.bytes = match (letter, bits.parse::<u16>().ok()?) {
                        ("u" | "i" | "b", bits @ (8 | 16 | 32 | 64 | 96 | 128)) => (bits / 8) as u8,
                        _ => return None,
                    };
                }
            }
        }
        (shape.bytes > 0).then_some(shape)
    }

    /// Registers that it fills or takes.
    pub fn dwords(&self) -> usize {
        usize::from(self.bytes).div_ceil(4)
    }

    /// Whether registers hold what memory does, as it stands.
    pub fn is_plain(&self) -> bool {
        self.half.is_none() && !self.signed
    }

    /// What a loaded narrow value makes of the register.
    pub fn loaded(&self, value: u32, old: u32) -> u32 {
        let value = match (self.bytes, self.signed) {
            (1, true) => value as u8 as i8 as u32,
            (2, true) => value as u16 as i16 as u32,
            _ => value,
        };
        match self.half {
            None => value,
            Some(false) => value & 0xffff | old & 0xffff_0000,
            Some(true) => value << 16 | old & 0xffff,
        }
    }

    /// The value that a store takes from a register.
    pub fn stored(&self, register: u32) -> u32 {
        if self.half == Some(true) { register >> 16 } else { register }
    }
}

/// An atomic operation: what memory holds, the operand, and what is compared.
pub type Change = fn(u64, u64, u64) -> u64;

/// An atomic operation's data and function.
#[derive(Clone, Copy)]
pub struct Atomic {
    /// 4 or 8.
    pub bytes: u8,
    /// Two values are given: new and expected.
    pub compares: bool,
    /// The function.
    pub change: Change,
}

fn float32(f: impl Fn(f32, f32) -> f32, a: u64, b: u64) -> u64 {
    u64::from(f(f32::from_bits(a as u32), f32::from_bits(b as u32)).to_bits())
}

fn float64(f: impl Fn(f64, f64) -> f64, a: u64, b: u64) -> u64 {
    f(f64::from_bits(a), f64::from_bits(b)).to_bits()
}

impl Atomic {
    /// Of what follows `atomic_`, or `ds_` without `rtn_`: `add_u32`, `cmpswap_b64`.
    pub fn parse(name: &str) -> Option<Self> {
        let (operation, letters) = name.rsplit_once('_')?;
        let kind = match letters {
            "b32" | "u32" | "i32" => Kind::Bits32,
            "b64" | "u64" | "i64" => Kind::Bits64,
            "f32" => Kind::Float32,
            "f64" => Kind::Float64,
            _ => return None,
        };
        let bytes = (kind.bits() / 8) as u8;
        let signed = letters.starts_with('i');
        let change = match kind {
            Kind::Float32 => float_change32(operation)?,
            Kind::Float64 => float_change64(operation)?,
            _ if signed => signed_change(operation, bytes)?,
            _ => unsigned_change(operation)?,
        };
        Some(Self { bytes, compares: operation.starts_with("cmp"), change })
    }
}

fn signed_change(operation: &str, bytes: u8) -> Option<Change> {
    Some(match (operation, bytes) {
        ("min", 4) => |old, data, _| (old as i32).min(data as i32) as u64,
        ("max", 4) => |old, data, _| (old as i32).max(data as i32) as u64,
        ("min", _) => |old, data, _| (old as i64).min(data as i64) as u64,
        ("max", _) => |old, data, _| (old as i64).max(data as i64) as u64,
        _ => return None,
    })
}

fn unsigned_change(operation: &str) -> Option<Change> {
    Some(match operation {
        "add" => |old, data, _| old.wrapping_add(data),
        "sub" => |old, data, _| old.wrapping_sub(data),
        "rsub" => |old, data, _| data.wrapping_sub(old),
        "csub" => |old, data, _| old.saturating_sub(data),
        "min" => |old, data, _| old.min(data),
        "max" => |old, data, _| old.max(data),
        "and" => |old, data, _| old & data,
        "or" => |old, data, _| old | data,
        "xor" => |old, data, _| old ^ data,
        "inc" => |old, data, _| if old >= data { 0 } else { old + 1 },
        "dec" => |old, data, _| if old == 0 || old > data { data } else { old - 1 },
        "swap" | "storexchg" | "wrxchg" => |_, data, _| data,
        "cmpswap" | "cmpstore" | "cmpst" => |old, data, expected| if old == expected { data } else { old },
        "mskor" => |old, data, mask| old & !mask | data,
        _ => return None,
    })
}

fn float_change32(operation: &str) -> Option<Change> {
    Some(match operation {
        "add" => |old, data, _| float32(|a, b| a + b, old, data),
        "min" => |old, data, _| float32(f32::min, old, data),
        "max" => |old, data, _| float32(f32::max, old, data),
        "cmpswap" | "cmpstore" | "cmpst" => |old, data, expected| {
            if f32::from_bits(old as u32) == f32::from_bits(expected as u32) { data } else { old }
        },
        _ => return None,
    })
}

fn float_change64(operation: &str) -> Option<Change> {
    Some(match operation {
        "add" => |old, data, _| float64(|a, b| a + b, old, data),
        "min" => |old, data, _| float64(f64::min, old, data),
        "max" => |old, data, _| float64(f64::max, old, data),
        "cmpswap" | "cmpstore" | "cmpst" => {
            |old, data, expected| if f64::from_bits(old) == f64::from_bits(expected) { data } else { old }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_say_what_moves() {
        let shape = |bytes, signed, half| Some(Shape { bytes, signed, half });
        assert_eq!(Shape::parse("b128"), shape(16, false, None));
        assert_eq!(Shape::parse("d16_hi_i8"), shape(1, true, Some(true)));
        assert_eq!(Shape::parse("u16_d16"), shape(2, false, Some(false)));
        assert_eq!(Shape::parse("format_x"), None);
    }

    #[test]
    fn narrow_values_keep_sign_and_other_half() {
        let shape = Shape::parse("d16_hi_i8").expect("a shape");
        assert_eq!(shape.loaded(0x80, 0x1234_5678), 0xff80_5678);
        assert_eq!(Shape::parse("i16").expect("a shape").loaded(0x8000, 7), 0xffff_8000);
    }

    #[test]
    fn counters_wrap_at_their_limit() {
        let change = |name| Atomic::parse(name).expect("an atomic").change;
        assert_eq!((change("inc_u32")(5, 5, 0), change("inc_u32")(4, 5, 0)), (0, 5));
        assert_eq!((change("dec_u32")(0, 5, 0), change("dec_u32")(9, 5, 0)), (5, 5));
        assert_eq!(change("min_i32")(0xffff_ffff, 1, 0) as u32, 0xffff_ffff);
        assert!(Atomic::parse("cmpswap_b64").is_some_and(|atomic| atomic.compares && atomic.bytes == 8));
    }
}
