//! A step: one instruction in the form that runs. Touches every kind of step.

use super::access::Access;
use super::constant::ScalarLoad;
use super::cross::CrossStep;
use super::flow::{Chip, Flow, Next};
use super::image::{Failure, Image};
use super::matrix::Matrix;
use super::scalar::{Input, Output};
use super::source::{Source, scalar_value};
use super::space::Reach;
use super::typed::Typed;
use super::vector::{Pad, Vector};
use super::wave::{Wave, place};
use crate::device::memory::Fault;

/// A scalar operation with its operands.
#[derive(Clone, Copy)]
pub struct ScalarStep {
    /// The operation.
    pub run: fn(Input) -> Output,
    /// Where the result goes.
    pub dst: u8,
    /// The result has 64 bits.
    pub wide: bool,
    /// The sources.
    pub src: [Source; 2],
    /// Which of them have 64 bits.
    pub src_wide: [bool; 2],
}

/// `s_*_saveexec`: EXEC is kept and changed. `s_*_wrexec`: the new one is kept.
#[derive(Clone, Copy)]
pub struct Save {
    /// From the source and EXEC.
    pub change: fn(u64, u64) -> u64,
    /// Where EXEC goes.
    pub dst: u8,
    /// The new one does.
    pub keeps_new: bool,
    /// The source.
    pub src: Source,
}

/// `s_movrels` and its kin: registers whose number M0 adds to.
#[derive(Clone, Copy)]
pub struct Relative {
    /// Where to, and the shift of what M0 adds; `None` where it adds nothing.
    pub dst: (u8, Option<u32>),
    /// Where from, likewise.
    pub src: (u8, Option<u32>),
    /// 64 bits.
    pub wide: bool,
}

/// What a step does.
#[derive(Clone)]
pub enum Act {
    /// A scalar operation.
    Scalar(ScalarStep),
    /// Scalar registers by M0.
    Relative(Relative),
    /// EXEC is saved and changed.
    Save(Save),
    /// A vector operation.
    Vector(Box<Vector>),
    /// Two at once.
    Dual(Box<[Vector; 2]>),
    /// Across lanes.
    Cross(CrossStep),
    /// Matrices.
    Matrix(Matrix),
    /// A scalar load.
    ScalarLoad(ScalarLoad),
    /// Vector memory or LDS.
    Access(Box<Access>),
    /// LDS at two addresses.
    Pair(Box<[Access; 2]>),
    /// Buffers of elements with a format.
    Typed(Box<Typed>),
    /// Images.
    Image(Box<Image>),
    /// Control flow and messages.
    Flow(Flow),
}

/// An instruction that is ready to run.
#[derive(Clone)]
pub struct Step {
    /// Its mnemonic.
    pub name: &'static str,
    /// Its length in bytes.
    pub bytes: u8,
    /// What it does.
    pub act: Act,
}

impl Step {
    /// Runs it on a wave.
    pub fn run(
        &self,
        wave: &mut Wave,
        pad: &mut Pad,
        reach: &mut Reach<'_>,
        chip: &dyn Chip,
    ) -> Result<Next, Fault> {
        wave.pc = wave.pc.wrapping_add(u64::from(self.bytes));
        match &self.act {
            Act::Scalar(step) => step.run(wave),
            Act::Relative(relative) => relative.run(wave),
            Act::Save(save) => save.run(wave),
            Act::Vector(vector) => vector.run(wave, pad),
            Act::Dual(pair) => dual(pair, wave, pad),
            Act::Cross(cross) => cross.run(wave),
            Act::Matrix(matrix) => matrix.run(wave),
            Act::ScalarLoad(load) => load.run(wave, reach.memory)?,
            Act::Access(access) => access.run(wave, reach)?,
            Act::Pair(pair) => Access::run_both(pair, wave, reach)?,
            Act::Typed(typed) if !typed.run(wave, reach.memory)? => return Ok(Next::Unknown),
            Act::Typed(_) => {}
            Act::Image(image) => match image.run(wave, reach.memory) {
                Ok(()) => {}
                Err(Failure::Memory(fault)) => return Err(fault),
                Err(Failure::Unknown) => return Ok(Next::Unknown),
            },
            Act::Flow(flow) => return Ok(flow.run(wave, chip)),
        }
        Ok(Next::Run)
    }
}

impl ScalarStep {
    fn run(&self, wave: &mut Wave) {
        let value = |index: usize| scalar_value(wave, self.src[index], self.src_wide[index]);
        let old = if self.wide { wave.scalar64(self.dst) } else { u64::from(wave.scalar(self.dst)) };
        let (result, scc) = (self.run)(Input { a: value(0), b: value(1), old, scc: wave.scc });
        if self.wide {
            wave.set_scalar64(self.dst, result);
        } else {
            wave.set_scalar(self.dst, result as u32);
        }
        wave.scc = scc.unwrap_or(wave.scc);
    }
}

impl Relative {
    fn run(&self, wave: &mut Wave) {
        let m0 = wave.scalar(place::M0);
        let at = |(register, shift): (u8, Option<u32>)| {
            register.wrapping_add(shift.map_or(0, |shift| (m0 >> shift) as u8)) & 127
        };
        if self.wide {
            wave.set_scalar64(at(self.dst), wave.scalar64(at(self.src)));
        } else {
            wave.set_scalar(at(self.dst), wave.scalar(at(self.src)));
        }
    }
}

impl Save {
    fn run(&self, wave: &mut Wave) {
        let (source, exec) = (scalar_value(wave, self.src, wave.passes() == 2), wave.wave_mask(place::EXEC));
        let mask = if wave.passes() == 2 { u64::MAX } else { 0xffff_ffff };
        let new = (self.change)(source, exec) & mask;
        wave.set_wave_mask(self.dst, if self.keeps_new { new } else { exec });
        wave.set_wave_mask(place::EXEC, new);
        wave.scc = new != 0;
    }
}

/// Both read before either writes.
fn dual(pair: &[Vector; 2], wave: &mut Wave, pad: &mut Pad) {
    for pass in 0..wave.passes() {
        let writes = pair[0].compute(wave, pad, pass);
        let first = pad.out;
        pair[1].compute(wave, pad, pass);
        pair[1].commit(wave, pad, pass, writes);
        pad.out = first;
        pair[0].commit(wave, pad, pass, writes);
    }
}
