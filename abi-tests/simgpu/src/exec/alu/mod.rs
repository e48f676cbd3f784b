//! What vector instructions compute, lane by lane, apart from where operands come from: tables of mnemonic and
//! function. Source modifiers, clamp, lanes that are off and denormals are the caller's.
//!
//! A row is written as a closure over Rust types; its types say how the operands are read. The tables are found by
//! LLVM's mnemonic without its encoding suffix, since that is the one name all generations share.
//! Touches only `lanes` and `half`.

mod approximate;
mod compare;
mod convert;
mod divide;
mod double;
mod float;
mod halves;
mod integer;
mod media;
mod packed;
pub mod round;
pub mod rounded;
mod single;
mod value;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::lanes::{Lanes, Wide};
pub use value::Kind;

/// One operation.
pub struct Alu {
    /// Mnemonic without `_e32`, `_e64`, `_dpp`; an integer operation that saturates is a row of its own, with `clamp`
    /// behind it.
    pub name: &'static str,
    /// What the result is.
    pub dst: Kind,
    /// What each source is.
    pub src: &'static [Kind],
    /// How it is computed.
    pub run: Run,
}

/// The function over all lanes of a pass. A mask is a lane of 0 or 1, among sources and results.
pub enum Run {
    /// Nothing wider than 32 bits.
    Narrow(fn(&[Lanes; 4], &mut Lanes)),
    /// The same with a carry, or another bit a lane, besides.
    Carry(fn(&[Lanes; 4], &mut Lanes, &mut Lanes)),
    /// Something has 64 bits.
    Wide(fn(&[Wide; 4], &mut Wide)),
    /// The same with a bit besides.
    WideCarry(fn(&[Wide; 4], &mut Wide, &mut Lanes)),
}

/// A row of operands and results within 32 bits.
macro_rules! narrow {
    ($name:literal, |$($arg:ident: $type:ty),+| -> $result:ty $body:block) => {
        $crate::exec::alu::Alu {
            name: $name,
            dst: <$result as $crate::exec::alu::value::Value>::KIND,
            src: &[$(<$type as $crate::exec::alu::value::Value>::KIND),+],
            run: $crate::exec::alu::Run::Narrow(|sources, out| {
                for (lane, out) in out.iter_mut().enumerate() {
                    let mut rest = sources.iter();
                    $(let $arg = <$type as $crate::exec::alu::value::Value>::of(
                        u64::from(rest.next().map_or(0, |lanes| lanes[lane])));)+
                    let result: $result = $body;
                    *out = $crate::exec::alu::value::Value::bits(result) as u32;
                }
            }),
        }
    };
}

/// A row with a bit a lane besides the result.
macro_rules! carry {
    ($name:literal, |$($arg:ident: $type:ty),+| -> $result:ty $body:block) => {
        $crate::exec::alu::Alu {
            name: $name,
            dst: <$result as $crate::exec::alu::value::Value>::KIND,
            src: &[$(<$type as $crate::exec::alu::value::Value>::KIND),+],
            run: $crate::exec::alu::Run::Carry(|sources, out, bits| {
                for (lane, (out, bit)) in out.iter_mut().zip(bits).enumerate() {
                    let mut rest = sources.iter();
                    $(let $arg = <$type as $crate::exec::alu::value::Value>::of(
                        u64::from(rest.next().map_or(0, |lanes| lanes[lane])));)+
                    let (result, carry): ($result, bool) = $body;
                    *out = $crate::exec::alu::value::Value::bits(result) as u32;
                    *bit = u32::from(carry);
                }
            }),
        }
    };
}

/// A row in which something has 64 bits.
macro_rules! wide {
    ($name:literal, |$($arg:ident: $type:ty),+| -> $result:ty $body:block) => {
        $crate::exec::alu::Alu {
            name: $name,
            dst: <$result as $crate::exec::alu::value::Value>::KIND,
            src: &[$(<$type as $crate::exec::alu::value::Value>::KIND),+],
            run: $crate::exec::alu::Run::Wide(|sources, out| {
                for (lane, out) in out.iter_mut().enumerate() {
                    let mut rest = sources.iter();
                    $(let $arg = <$type as $crate::exec::alu::value::Value>::of(
                        rest.next().map_or(0, |lanes| lanes[lane]));)+
                    let result: $result = $body;
                    *out = $crate::exec::alu::value::Value::bits(result);
                }
            }),
        }
    };
}

/// The same with a bit a lane besides.
macro_rules! wide_carry {
    ($name:literal, |$($arg:ident: $type:ty),+| -> $result:ty $body:block) => {
        $crate::exec::alu::Alu {
            name: $name,
            dst: <$result as $crate::exec::alu::value::Value>::KIND,
            src: &[$(<$type as $crate::exec::alu::value::Value>::KIND),+],
            run: $crate::exec::alu::Run::WideCarry(|sources, out, bits| {
                for (lane, (out, bit)) in out.iter_mut().zip(bits).enumerate() {
                    let mut rest = sources.iter();
                    $(let $arg = <$type as $crate::exec::alu::value::Value>::of(
                        rest.next().map_or(0, |lanes| lanes[lane]));)+
                    let (result, carry): ($result, bool) = $body;
                    *out = $crate::exec::alu::value::Value::bits(result);
                    *bit = u32::from(carry);
                }
            }),
        }
    };
}
pub(crate) use {carry, narrow, wide, wide_carry};

/// All tables.
const TABLES: [&[Alu]; 22] = [
    integer::TABLE,
    integer::SATURATING,
    integer::SATURATING_CARRIES,
    integer::CARRIES,
    integer::WIDE,
    halves::INTEGERS,
    halves::FLOATS,
    single::TABLE,
    double::TABLE,
    divide::TABLE,
    convert::TABLE,
    approximate::TABLE,
    media::TABLE,
    packed::TABLE,
    packed::MIXED,
    packed::INTEGERS,
    packed::SATURATING,
    packed::SATURATING_DOTS,
    compare::INTEGERS,
    compare::FLOATS,
    compare::CLASSES,
    compare::CONSTANT,
];

/// The operation of a mnemonic as [`Alu::name`] has it.
pub fn find(name: &str) -> Option<&'static Alu> {
    static BY_NAME: OnceLock<HashMap<&str, &Alu>> = OnceLock::new();
    let map = BY_NAME.get_or_init(|| TABLES.iter().copied().flatten().map(|row| (row.name, row)).collect());
    map.get(name).copied()
}

/// The mnemonics of operations whose last bits are not the hardware's.
pub fn approximate() -> impl Iterator<Item = &'static str> {
    approximate::TABLE.iter().map(|row| row.name)
}

/// Whether an operation gives one of its sources back: those whose NaNs MODE.ieee concerns.
pub fn chooses(name: &str) -> bool {
    ["min", "max", "med3"].iter().any(|part| name.contains(part))
}

/// Whether only silicon knows the last bits of an operation's results.
pub fn is_approximate(name: &str) -> bool {
    approximate::TABLE.iter().any(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mnemonic_has_two_rows() {
        let mut seen = std::collections::HashSet::new();
        for row in TABLES.iter().copied().flatten() {
            assert!(seen.insert(row.name), "{} twice", row.name);
        }
    }
}
