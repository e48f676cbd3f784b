//! Running vector memory instructions: each lane's address, then loads, stores and atomic operations.
//! Touches `buffer`, `space`, `shape`, `source` and `wave`.

use super::buffer::{Addresses, Buffer};
use super::lanes::{LANES, Lanes, each, merge};
use super::shape::{Atomic, Shape};
use super::source::{Source, raw_lanes, scalar_value};
use super::space::{At, Reach, Space, Spot};
use super::wave::Wave;
use crate::device::memory::{Fault, Places};

/// How a lane's address is made.
#[derive(Clone, Copy, Debug)]
pub enum Address {
    /// A 64-bit address of each lane and a constant.
    Wide(Source, i64),
    /// A scalar base, 32 bits of each lane and a constant.
    Based(Source, Source, i64),
    /// 32 bits of each lane, 32 of a scalar, and a constant: LDS and private memory.
    Narrow(Source, Source, i64),
    /// A buffer.
    Buffer(Buffer),
}

/// What is done there.
#[derive(Clone, Copy)]
pub enum Action {
    /// Memory to a register.
    Load(Shape),
    /// A register to memory.
    Store(Shape),
    /// Both at once; the old value is returned or not.
    Atomic(Atomic, bool),
}

/// A vector memory instruction.
#[derive(Clone, Copy)]
pub struct Access {
    /// Which memory.
    pub space: Space,
    /// Where.
    pub address: Address,
    /// What.
    pub action: Action,
    /// Register of the result.
    pub dst: usize,
    /// Register of the data.
    pub data: usize,
    /// Register of what an atomic operation compares with.
    pub expected: usize,
}

impl Addresses {
    fn everywhere(at: [u64; LANES]) -> Self {
        Self { at, inside: u32::MAX }
    }
}

impl Access {
    /// Runs it on all lanes that are on.
    pub fn run(&self, wave: &mut Wave, reach: &mut Reach<'_>) -> Result<(), Fault> {
        for pass in 0..wave.passes() {
            match self.address {
                Address::Buffer(buffer) => self.run_buffer(&buffer, wave, reach, pass)?,
                _ => self.perform(&self.addresses(wave, pass), wave, reach, pass)?,
            }
        }
        Ok(())
    }

    fn run_buffer(
        &self,
        buffer: &Buffer,
        wave: &mut Wave,
        reach: &mut Reach<'_>,
        pass: usize,
    ) -> Result<(), Fault> {
        match (self.action, buffer.piece(wave, pass, self.bytes())) {
            (Action::Load(shape), Some(piece)) => {
                let mut words = [[0; LANES]; 4];
                for at in (0..self.bytes()).step_by(piece as usize) {
                    let found = buffer.addresses(wave, pass, at, piece);
                    let places = Places { at: &found.at, lanes: wave.exec(pass) & found.inside };
                    let mut part = [[0; LANES]; 4];
                    reach.load(wave, self.spot(piece as u8, pass), places, &mut part)?;
                    let word = &mut words[at as usize / 4];
                    word.iter_mut().zip(part[0]).for_each(|(word, part)| *word |= part << (8 * (at % 4)));
                }
                self.keep(shape, &mut words, wave, pass);
            }
            (Action::Store(shape), Some(piece)) => {
                let words = self.given(shape, wave, pass);
                for at in (0..self.bytes()).step_by(piece as usize) {
                    let found = buffer.addresses(wave, pass, at, piece);
                    let places = Places { at: &found.at, lanes: wave.exec(pass) & found.inside };
                    let part = [words[at as usize / 4].map(|word| word >> (8 * (at % 4))); 4];
                    reach.store(wave, self.spot(piece as u8, pass), places, &part)?;
                }
            }
            _ => self.perform(&self.addresses(wave, pass), wave, reach, pass)?,
        }
        buffer.clear_status(wave, pass);
        Ok(())
    }

    /// Runs two at once: what the first loads may be the register that held the address.
    pub fn run_both(pair: &[Self; 2], wave: &mut Wave, reach: &mut Reach<'_>) -> Result<(), Fault> {
        for pass in 0..wave.passes() {
            let addresses = [0, 1].map(|index: usize| pair[index].addresses(wave, pass));
            for (access, addresses) in pair.iter().zip(&addresses) {
                access.perform(addresses, wave, reach, pass)?;
            }
        }
        Ok(())
    }

    fn perform(
        &self,
        addresses: &Addresses,
        wave: &mut Wave,
        reach: &mut Reach<'_>,
        pass: usize,
    ) -> Result<(), Fault> {
        match self.action {
            Action::Load(shape) => self.load(shape, addresses, wave, reach, pass),
            Action::Store(shape) => self.store(shape, addresses, wave, reach, pass),
            Action::Atomic(atomic, returns) => self.update(&atomic, returns, addresses, wave, reach, pass),
        }
    }

    fn bytes(&self) -> u32 {
        match self.action {
            Action::Load(shape) | Action::Store(shape) => shape.bytes.into(),
            Action::Atomic(atomic, _) => atomic.bytes.into(),
        }
    }

    fn addresses(&self, wave: &Wave, pass: usize) -> Addresses {
        match self.address {
            Address::Wide(source, constant) => {
                let (low, high) = (raw_lanes(wave, source, 0, pass), raw_lanes(wave, source, 1, pass));
                let both = |lane: usize| u64::from(low[lane]) | u64::from(high[lane]) << 32;
                Addresses::everywhere(std::array::from_fn(|lane| both(lane).wrapping_add_signed(constant)))
            }
            Address::Based(base, source, constant) => {
                let (base, lanes) = (scalar_value(wave, base, true), raw_lanes(wave, source, 0, pass));
                let base = base.wrapping_add_signed(constant);
                Addresses::everywhere(lanes.map(|lane| base.wrapping_add(u64::from(lane))))
            }
            Address::Narrow(source, scalar, constant) => {
                let base = (scalar_value(wave, scalar, false) as u32).wrapping_add(constant as u32);
                let lanes = raw_lanes(wave, source, 0, pass);
                Addresses::everywhere(lanes.map(|lane| u64::from(lane.wrapping_add(base))))
            }
            Address::Buffer(buffer) => buffer.addresses(wave, pass, 0, self.bytes()),
        }
    }

    fn spot(&self, bytes: u8, pass: usize) -> Spot {
        Spot { space: self.space, bytes: bytes.into(), pass }
    }

    fn load(
        &self,
        shape: Shape,
        addresses: &Addresses,
        wave: &mut Wave,
        reach: &Reach<'_>,
        pass: usize,
    ) -> Result<(), Fault> {
        let exec = wave.exec(pass);
        let places = Places { at: &addresses.at, lanes: exec & addresses.inside };
        let mut words = [[0; LANES]; 4];
        reach.load(wave, self.spot(shape.bytes, pass), places, &mut words)?;
        self.keep(shape, &mut words, wave, pass);
        Ok(())
    }

    /// Puts what was loaded into the registers.
    fn keep(&self, shape: Shape, words: &mut [Lanes; 4], wave: &mut Wave, pass: usize) {
        let exec = wave.exec(pass);
        for (dword, word) in words.iter_mut().enumerate().take(shape.dwords()) {
            let register = wave.vector_mut(self.dst + dword, pass);
            if !shape.is_plain() {
                *word = std::array::from_fn(|lane| shape.loaded(word[lane], register[lane]));
            }
            merge(register, word, exec);
        }
    }

    fn store(
        &self,
        shape: Shape,
        addresses: &Addresses,
        wave: &Wave,
        reach: &mut Reach<'_>,
        pass: usize,
    ) -> Result<(), Fault> {
        let places = Places { at: &addresses.at, lanes: wave.exec(pass) & addresses.inside };
        let words = self.given(shape, wave, pass);
        reach.store(wave, self.spot(shape.bytes, pass), places, &words)
    }

    /// What the registers give to be stored.
    fn given(&self, shape: Shape, wave: &Wave, pass: usize) -> [Lanes; 4] {
        let mut words = [[0; LANES]; 4];
        for (dword, word) in words.iter_mut().enumerate().take(shape.dwords()) {
            *word = *wave.vector(self.data + dword, pass);
            if !shape.is_plain() {
                *word = word.map(|register| shape.stored(register));
            }
        }
        words
    }

    fn update(
        &self,
        atomic: &Atomic,
        returns: bool,
        addresses: &Addresses,
        wave: &mut Wave,
        reach: &mut Reach<'_>,
        pass: usize,
    ) -> Result<(), Fault> {
        let bytes = usize::from(atomic.bytes);
        for lane in each(wave.exec(pass)) {
            let value = |register: usize| {
                let dword = |at: usize| u64::from(wave.vector(at, pass)[lane]);
                if bytes == 4 { dword(register) } else { dword(register) | dword(register + 1) << 32 }
            };
            let (data, expected) = (value(self.data), value(self.expected));
            if addresses.inside >> lane & 1 == 0 {
                continue;
            }
            let at = At { space: self.space, address: addresses.at[lane], lane: pass * LANES + lane };
            let mut change = |old| (atomic.change)(old, data, expected);
            let old = reach.update(wave, at, bytes, &mut change)?;
            if returns {
                wave.vector_mut(self.dst, pass)[lane] = old as u32;
                if bytes == 8 {
                    wave.vector_mut(self.dst + 1, pass)[lane] = (old >> 32) as u32;
                }
            }
        }
        Ok(())
    }
}
