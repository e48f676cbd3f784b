//! The comparisons and the atomic operations that PM4 and SDMA packets share: `function` of WAIT_REG_MEM and
//! POLL_REGMEM, and the L2 cache's operation numbers of ATOMIC_MEM and ATOMIC. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::memory::{Fault, Memory};

/// Compares as function `number` says; nothing for a number that means nothing.
pub fn compare(number: u32, value: u64, reference: u64) -> Option<bool> {
    Some(match number {
        0 => true,
        1 => value < reference,
        2 => value <= reference,
        3 => value == reference,
        4 => value != reference,
        5 => value >= reference,
        6 => value > reference,
        _ => return None,
    })
}

/// An atomic operation of the L2 cache (`TC_OP_ATOMIC_*`): bit 5 is set for 64 bits, bit 6 when the old value is not
/// asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atomic {
    kind: Kind,
    /// It works on 64 bits, not 32.
    pub wide: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Swap,
    CompareSwap,
    Add,
    Sub,
    SignedMin,
    UnsignedMin,
    SignedMax,
    UnsignedMax,
    And,
    Or,
    Xor,
    Increment,
    Decrement,
}

impl Atomic {
    /// The operation of a number; nothing for floating-point ones and for numbers that mean nothing.
    pub fn from_number(number: u32) -> Option<Self> {
        use Kind::*;
        let kind = match number & 0x1f {
            7 => Swap,
            8 => CompareSwap,
            15 => Add,
            16 => Sub,
            17 => SignedMin,
            18 => UnsignedMin,
            19 => SignedMax,
            20 => UnsignedMax,
            21 => And,
            22 => Or,
            23 => Xor,
            24 => Increment,
            25 => Decrement,
            _ => return None,
        };
        Some(Self { kind, wide: number & 0x20 != 0 })
    }

    /// Whether it stores only where memory holds an expected value.
    pub fn compares(self) -> bool {
        self.kind == Kind::CompareSwap
    }

    /// Does it, and gives what memory held before.
    pub fn run(self, memory: &dyn Memory, address: u64, source: u64, expected: u64) -> Result<u64, Fault> {
        if self.wide {
            return memory.update64(address, &mut |old| self.new_value(old, source, expected));
        }
        let (source, expected) = (source & 0xffff_ffff, expected & 0xffff_ffff);
        let old = memory.update32(address, &mut |old| self.new_value(old.into(), source, expected) as u32)?;
        Ok(old.into())
    }

    fn new_value(self, old: u64, source: u64, expected: u64) -> u64 {
        let signed = |value: u64| if self.wide { value as i64 } else { value as u32 as i32 as i64 };
        match self.kind {
            Kind::Swap => source,
            Kind::CompareSwap if old == expected => source,
            Kind::CompareSwap => old,
            Kind::Add => old.wrapping_add(source),
            Kind::Sub => old.wrapping_sub(source),
            Kind::SignedMin => signed(old).min(signed(source)) as u64,
            Kind::UnsignedMin => old.min(source),
            Kind::SignedMax => signed(old).max(signed(source)) as u64,
            Kind::UnsignedMax => old.max(source),
            Kind::And => old & source,
            Kind::Or => old | source,
            Kind::Xor => old ^ source,
            // Both wrap at `source`, as the ISA manuals say of the same operations in shaders.
            Kind::Increment if old >= source => 0,
            Kind::Increment => old + 1,
            Kind::Decrement if old == 0 || old > source => source,
            Kind::Decrement => old - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::vm::Vm;
    use super::*;

    fn run(number: u32, old: u64, source: u64) -> u64 {
        let memory = Vm::plain(0, 8);
        memory.store64(0, old).unwrap();
        let atomic = Atomic::from_number(number).unwrap();
        atomic.run(&memory, 0, source, 5).unwrap();
        memory.load64(0).unwrap()
    }

    #[test]
    fn operations_keep_to_their_width() {
        let high = 0xabcd_0000_0000_0000;
        assert_eq!(run(15, high | 0xffff_ffff, 1), high, "ADD_RTN_32 carries nowhere");
        assert_eq!(run(47, 0xffff_ffff, 1), 1 << 32, "ADD_RTN_64");
        assert_eq!(run(111, 3, u64::MAX), 2, "ADD_64 of minus one");
        assert_eq!(run(17, 0x7fff_ffff, 0xffff_ffff), 0xffff_ffff, "SMIN_RTN_32 takes the sign");
        assert_eq!(run(49, 1, u64::MAX), u64::MAX, "SMIN_RTN_64 takes the sign");
        assert_eq!(run(50, 1, u64::MAX), 1, "UMIN_RTN_64");
    }

    #[test]
    fn comparing_and_wrapping_operations() {
        assert_eq!(run(40, 5, 9), 9, "CMPSWAP_RTN_64 of what was expected");
        assert_eq!(run(40, 6, 9), 6);
        assert_eq!(run(24, 9, 9), 0, "INC wraps behind its limit");
        assert_eq!(run(24, 8, 9), 9);
        assert_eq!(run(25, 0, 9), 9, "DEC wraps to its limit");
        assert_eq!(run(25, 12, 9), 9);
        assert_eq!(Atomic::from_number(0), None);
    }

    #[test]
    fn comparisons() {
        let table: Vec<Option<bool>> = (0..8).map(|number| compare(number, 2, 3)).collect();
        assert_eq!(
            table,
            [1, 1, 1, 0, 1, 0, 0].map(|b| Some(b == 1)).into_iter().chain([None]).collect::<Vec<_>>()
        );
    }
}
