//! Images: how many registers hold the address depends on the operation and the dimension.
#![forbid(unsafe_code)]

use super::super::table;
use super::super::{Op, Target};
use super::fields::{self, Words};
use super::source;
use super::{Encoding, Illegal, Inst};

/// Coordinates of each dimension, layer and sample included; derivatives have no layer.
const COORDINATES: [(u16, u16); 8] = [(1, 1), (2, 2), (3, 3), (3, 2), (2, 1), (3, 2), (3, 2), (4, 2)];

/// What the parts of a mnemonic say.
struct Kind {
    name: &'static str,
    gfx10: bool,
}

impl Kind {
    fn of(op: Op, target: Target) -> Self {
        Kind { name: op.name(), gfx10: target.is_gfx10() }
    }

    fn has(&self, part: &str) -> bool {
        self.name.split('_').any(|at| at == part)
    }

    fn bvh(&self) -> bool {
        self.name.contains("bvh")
    }

    fn sampled(&self) -> bool {
        self.has("sample") || self.name.contains("gather4") || self.has("lod")
    }

    /// Whether data may be halves.
    fn has_halves(&self) -> bool {
        !(self.has("pck") || self.has("atomic") || self.has("lod") || self.has("resinfo") || self.bvh())
    }

    /// The masks of atomic operations: for 32 bits and for 64, twice as many where something is compared.
    fn masks(&self) -> [u8; 2] {
        if self.name.ends_with("cmpswap") { [3, 15] } else { [1, 3] }
    }

    /// Four components whatever the mask says.
    fn four(&self) -> bool {
        self.name.contains("gather4") || self.bvh() || self.has("msaa") && !self.gfx10
    }

    /// Registers of the address: what the operation needs besides coordinates, each 32 bits, or 16 with a16.
    fn address_registers(&self, dim: u8, a16: bool) -> u16 {
        let (coordinates, derived) = COORDINATES[usize::from(dim & 7)];
        let count = |part: &str| u16::from(self.has(part));
        let halves = |count: u16| if a16 { count.div_ceil(2) } else { count };
        if self.bvh() {
            return if a16 { 8 } else { 11 } + u16::from(self.has("bvh64"));
        }
        if self.has("resinfo") {
            return 1;
        }
        // Offset, bias and comparison are never packed; derivatives by direction, if at all.
        let directions = match self.has("d") || self.has("cd") {
            true if self.has("g16") => 2 * derived.div_ceil(2),
            true => 2 * derived,
            false => 0,
        };
        let level = count("l") + count("cl") + count("mip");
        count("o") + count("c") + count("b") + directions + halves(coordinates + level)
    }

    /// The most further words of registers that any dimension needs.
    fn most_words(&self) -> u32 {
        // Nothing with samples is sampled.
        let dimensions = if self.sampled() { 0..6 } else { 0..8 };
        let most = dimensions.map(|dim| self.address_registers(dim, false)).max().unwrap_or(1);
        u32::from(most - 1).div_ceil(4)
    }
}

/// Decodes MIMG.
pub(super) fn decode(words: &mut Words) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let (table, number) = fields::opcode(Encoding::Mimg, words);
    let target = words.target();
    let row = table::find(target, table, number).ok_or(Illegal)?;
    let mut inst = Inst::empty(row.op, Encoding::Mimg, target);
    let kind = Kind::of(row.op, target);
    flags(&mut inst, words);
    let bad_mask = kind.has("atomic") && !kind.masks().contains(&inst.mem.dmask);
    let lacking = bad_mask || target == Target::Gfx1010 && (kind.bvh() || kind.has("msaa"));
    if lacking || inst.mem.d16 && kind.gfx10 && !kind.has_halves() || kind.bvh() && !can_intersect(&inst) {
        return Err(Illegal);
    }
    let returns = row.results == 1 && (!row.has(table::ATOMIC) || inst.mem.glc);
    inst.results = u8::from(returns);
    inst.push(source::vector(words.field(40, 8), data_bits(&inst, &kind)));
    addresses(&mut inst, words, &kind)?;
    let resource = if kind.bvh() { 128 } else { 256 };
    inst.push(source::scalar(words.field(48, 5) << 2, resource, target)?);
    let sampler = words.field(if kind.gfx10 { 53 } else { 58 }, 5);
    if kind.sampled() {
        inst.push(source::scalar(sampler << 2, 128, target)?);
    } else if sampler != 0 {
        return Err(Illegal);
    }
    inst.words = words.used();
    Ok(inst)
}

fn flags(inst: &mut Inst, words: &Words) {
    let mem = &mut inst.mem;
    mem.dmask = words.field(8, 4) as u8;
    if inst.target.is_gfx10() {
        mem.dim = words.field(3, 3) as u8;
        (mem.dlc, mem.unorm, mem.glc, mem.r128) = (words.bit(7), words.bit(12), words.bit(13), words.bit(15));
        (mem.tfe, mem.lwe, mem.slc) = (words.bit(16), words.bit(17), words.bit(25));
        (mem.a16, mem.d16) = (words.bit(62), words.bit(63));
    } else {
        mem.dim = words.field(2, 3) as u8;
        mem.unorm = words.bit(7);
        (mem.slc, mem.dlc, mem.glc) = (words.bit(12), words.bit(13), words.bit(14));
        (mem.r128, mem.a16, mem.d16) = (words.bit(15), words.bit(16), words.bit(17));
        (mem.tfe, mem.lwe) = (words.bit(53), words.bit(54));
    }
}

/// Intersections have fixed flags.
fn can_intersect(inst: &Inst) -> bool {
    let mem = &inst.mem;
    let others = mem.slc || mem.dlc || mem.glc || mem.tfe || mem.lwe || mem.d16;
    mem.dmask == 15 && mem.unorm && mem.r128 && !others
}

/// One register a component, or half of one; four of a gather; status at the end.
fn data_bits(inst: &Inst, kind: &Kind) -> u16 {
    let mem = &inst.mem;
    let components = if kind.four() { 4 } else { mem.dmask.count_ones().max(1) as u16 };
    let registers = if mem.d16 { components.div_ceil(2) } else { components };
    32 * (registers + u16::from(mem.tfe))
}

/// The address: consecutive registers, or one named after the other (NSA), up to four in each further word. gfx10
/// has up to three such words, gfx11 one: there, what does not fit follows the last one named, and of rays each
/// vector has one name.
fn addresses(inst: &mut Inst, words: &mut Words, kind: &Kind) -> Result<(), Illegal> {
    let count = kind.address_registers(inst.mem.dim, inst.mem.a16);
    let first = words.field(32, 8);
    let further = if kind.gfx10 { words.field(1, 2) } else { words.field(0, 1) };
    if further == 0 {
        inst.push(source::vector(first, 32 * count));
        return Ok(());
    }
    if further > kind.most_words().max(1) {
        return Err(Illegal);
    }
    let mut registers = vec![first as u8];
    for _ in 0..further {
        registers.extend(words.next()?.to_le_bytes());
    }
    let vectors = if inst.mem.a16 { 2 } else { 3 };
    let pointer = if kind.has("bvh64") { 2 } else { 1 };
    let mut left = count;
    for (at, register) in registers.into_iter().enumerate() {
        let wide = match at {
            _ if kind.gfx10 => 1,
            0 if kind.bvh() => pointer,
            2.. if kind.bvh() && at < 2 + vectors => 3,
            4 if !kind.bvh() => left,
            _ => 1,
        };
        if left > 0 {
            inst.push(source::vector(u32::from(register), 32 * wide));
        }
        left = left.saturating_sub(wide);
    }
    if left == 0 { Ok(()) } else { Err(Illegal) }
}
