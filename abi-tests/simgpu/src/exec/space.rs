//! Where addresses lead: memory of the process, LDS of the workgroup, private memory of a lane.
//! Touches `device::memory` and `wave`.

use super::lanes::{LANES, Lanes, each};
use super::source::aperture;
use super::wave::{Scratch, Wave};
use crate::device::memory::{Access, Fault, Memory, Places, Reason};

/// What instructions reach beside registers.
pub struct Reach<'a> {
    /// GPU memory.
    pub memory: &'a dyn Memory,
    /// LDS of the workgroup.
    pub lds: &'a mut [u8],
}

/// An address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// GPU memory.
    Global,
    /// LDS, by byte.
    Lds,
    /// Private memory of the lane, by byte.
    Private,
    /// Any of them, by the upper half of the address.
    Flat,
}

/// What the lanes of a pass access together.
#[derive(Clone, Copy)]
pub struct Spot {
    /// The space.
    pub space: Space,
    /// Bytes of each lane: 1, 2 or a multiple of 4.
    pub bytes: usize,
    /// The pass.
    pub pass: usize,
}

/// One lane's place.
#[derive(Clone, Copy)]
pub struct At {
    /// The space.
    pub space: Space,
    /// The address in it.
    pub address: u64,
    /// The lane in the wave, for private memory.
    pub lane: usize,
}

impl Spot {
    fn at(self, places: Places<'_>, lane: usize) -> At {
        At { space: self.space, address: places.at[lane], lane: self.pass * LANES + lane }
    }
}

impl At {
    /// The place that a flat address means.
    fn resolved(self) -> Self {
        let space = if self.space == Space::Flat { meant(self.address) } else { self.space };
        let address = if space == Space::Global { self.address } else { self.address & 0xffff_ffff };
        Self { space, address, ..self }
    }
}

/// The space that a flat address is in.
fn meant(address: u64) -> Space {
    match (address >> 32) as u32 {
        aperture::SHARED => Space::Lds,
        aperture::PRIVATE => Space::Private,
        _ => Space::Global,
    }
}

/// Whether flat addresses all lead to GPU memory, also those of lanes that are off.
fn all_global(places: Places<'_>) -> bool {
    places.at.iter().fold(true, |all, at| all & (meant(*at) == Space::Global))
}

/// The lanes of a flat access by the space that each of them means, with addresses in it.
fn parted(places: Places<'_>) -> [(Space, [u64; LANES], u32); 3] {
    [Space::Global, Space::Lds, Space::Private].map(|space| {
        let of = |lane: &usize| meant(places.at[*lane]) == space;
        let lanes = each(places.lanes).filter(of).fold(0, |mask, lane| mask | 1 << lane);
        let low = |at: u64| if space == Space::Global { at } else { at & 0xffff_ffff };
        (space, places.at.map(low), lanes)
    })
}

/// Private memory is interleaved: the same dword of all lanes stands together.
fn interleaved(scratch: Scratch, lanes: usize, at: &At) -> Option<u64> {
    let (dword, byte) = (at.address / 4, at.address % 4);
    let inside = at.address < u64::from(scratch.bytes);
    inside.then(|| scratch.base + (dword * lanes as u64 + at.lane as u64) * 4 + byte)
}

/// Runs `piece` for each part of an access to private memory that is whole in memory: address, first byte, length.
fn pieces(
    wave: &Wave,
    at: At,
    length: usize,
    access: Access,
    mut piece: impl FnMut(u64, usize, usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut done = 0;
    while done < length {
        let place = At { address: at.address + done as u64, ..at };
        let missing = Fault { address: place.address, access, reason: Reason::NotPresent };
        let address =
            wave.scratch.and_then(|scratch| interleaved(scratch, wave.size(), &place)).ok_or(missing)?;
        let part = (4 - place.address as usize % 4).min(length - done);
        piece(address, done, part)?;
        done += part;
    }
    Ok(())
}

/// Loads a lane's bytes from LDS, which reads as zero beyond its end.
fn lds_load(lds: &[u8], at: u64, bytes: usize, words: &mut [Lanes; 4], lane: usize) {
    let found = lds.get(at as usize..).unwrap_or_default();
    if bytes == 4 && found.len() >= 4 {
        words[0][lane] = u32::from_le_bytes([found[0], found[1], found[2], found[3]]);
        return;
    }
    for (number, word) in words.iter_mut().enumerate().take(bytes.div_ceil(4)) {
        let byte = |index: usize| {
            let index = 4 * number + index;
            if index < bytes { found.get(index).copied().unwrap_or(0) } else { 0 }
        };
        word[lane] = u32::from_le_bytes([0, 1, 2, 3].map(byte));
    }
}

/// The other way; what goes beyond the end is lost.
fn lds_store(lds: &mut [u8], at: u64, bytes: usize, words: &[Lanes; 4], lane: usize) {
    let found = lds.get_mut(at as usize..).unwrap_or_default();
    for (place, word) in found.chunks_mut(4).take(bytes.div_ceil(4)).zip(words) {
        let data = word[lane].to_le_bytes();
        let length = place.len().min(bytes).min(4);
        place[..length].copy_from_slice(&data[..length]);
    }
}

/// Where the dwords of private memory are that begin at each lane's address; `None` where one is not whole in a
/// dword, or outside, and for other spaces.
fn interleaved_lanes(wave: &Wave, spot: Spot, places: Places<'_>) -> Option<[u64; LANES]> {
    let scratch = wave.scratch.filter(|_| spot.space == Space::Private)?;
    let (size, first) = (wave.size(), spot.pass * LANES);
    let whole = |at: u64| at % 4 + spot.bytes.min(4) as u64 <= 4;
    let mut found = [0; LANES];
    for lane in each(places.lanes) {
        let at = At { space: Space::Private, address: places.at[lane], lane: first + lane };
        let last = at.address + spot.bytes as u64 - 1;
        found[lane] =
            interleaved(scratch, size, &at).filter(|_| whole(at.address) && last < scratch.bytes.into())?;
    }
    Some(found)
}

impl Reach<'_> {
    /// Loads for the lanes of a pass: as [`Memory::load_lanes`].
    pub fn load(
        &self,
        wave: &Wave,
        spot: Spot,
        places: Places<'_>,
        words: &mut [Lanes; 4],
    ) -> Result<(), Fault> {
        match (spot.space, interleaved_lanes(wave, spot, places)) {
            (Space::Flat, _) if all_global(places) => self.memory.load_lanes(places, spot.bytes, words),
            (Space::Global, _) => self.memory.load_lanes(places, spot.bytes, words),
            (Space::Flat, _) => parted(places).iter().try_for_each(|(space, at, lanes)| {
                let places = Places { at, lanes: *lanes };
                if *lanes == 0 {
                    Ok(())
                } else {
                    self.load(wave, Spot { space: *space, ..spot }, places, words)
                }
            }),
            (_, Some(mut at)) => {
                for word in words.chunks_exact_mut(1).take(spot.bytes.div_ceil(4)) {
                    let places = Places { at: &at, ..places };
                    self.memory.load_lanes(places, spot.bytes.min(4), word)?;
                    at = at.map(|at| at.wrapping_add(4 * wave.size() as u64));
                }
                Ok(())
            }
            (Space::Lds, _) => {
                each(places.lanes)
                    .for_each(|lane| lds_load(self.lds, places.at[lane], spot.bytes, words, lane));
                Ok(())
            }
            _ => each(places.lanes).try_for_each(|lane| {
                let mut data = [0; 16];
                self.read(wave, spot.at(places, lane), &mut data[..spot.bytes])?;
                for (word, data) in words.iter_mut().zip(data.chunks_exact(4)).take(spot.bytes.div_ceil(4)) {
                    word[lane] = u32::from_le_bytes([0, 1, 2, 3].map(|byte: usize| data[byte]));
                }
                Ok(())
            }),
        }
    }

    /// Stores for the lanes of a pass: as [`Memory::store_lanes`].
    pub fn store(
        &mut self,
        wave: &Wave,
        spot: Spot,
        places: Places<'_>,
        words: &[Lanes; 4],
    ) -> Result<(), Fault> {
        match (spot.space, interleaved_lanes(wave, spot, places)) {
            (Space::Flat, _) if all_global(places) => self.memory.store_lanes(places, spot.bytes, words),
            (Space::Global, _) => self.memory.store_lanes(places, spot.bytes, words),
            (Space::Flat, _) => parted(places).iter().try_for_each(|(space, at, lanes)| {
                let places = Places { at, lanes: *lanes };
                if *lanes == 0 {
                    Ok(())
                } else {
                    self.store(wave, Spot { space: *space, ..spot }, places, words)
                }
            }),
            (_, Some(mut at)) => {
                for word in words.chunks_exact(1).take(spot.bytes.div_ceil(4)) {
                    self.memory.store_lanes(Places { at: &at, ..places }, spot.bytes.min(4), word)?;
                    at = at.map(|at| at.wrapping_add(4 * wave.size() as u64));
                }
                Ok(())
            }
            (Space::Lds, _) => {
                each(places.lanes)
                    .for_each(|lane| lds_store(self.lds, places.at[lane], spot.bytes, words, lane));
                Ok(())
            }
            _ => each(places.lanes).try_for_each(|lane| {
                let mut data = [0; 16];
                for (word, data) in words.iter().zip(data.chunks_exact_mut(4)) {
                    data.copy_from_slice(&word[lane].to_le_bytes());
                }
                self.write(wave, spot.at(places, lane), &data[..spot.bytes])
            }),
        }
    }

    /// Reads bytes of one lane. LDS beyond its end reads as zero.
    pub fn read(&self, wave: &Wave, at: At, bytes: &mut [u8]) -> Result<(), Fault> {
        let at = at.resolved();
        match at.space {
            Space::Lds => {
                let found = self.lds.get(at.address as usize..).unwrap_or_default();
                let (inside, beyond) = bytes.split_at_mut(found.len().min(bytes.len()));
                inside.copy_from_slice(&found[..inside.len()]);
                beyond.fill(0);
                Ok(())
            }
            Space::Private => pieces(wave, at, bytes.len(), Access::Read, |address, first, length| {
                self.memory.read(address, &mut bytes[first..first + length])
            }),
            _ => self.memory.read(at.address, bytes),
        }
    }

    /// Writes bytes of one lane. LDS beyond its end swallows them.
    pub fn write(&mut self, wave: &Wave, at: At, bytes: &[u8]) -> Result<(), Fault> {
        let at = at.resolved();
        match at.space {
            Space::Lds => {
                let found = self.lds.get_mut(at.address as usize..).unwrap_or_default();
                let inside = found.len().min(bytes.len());
                found[..inside].copy_from_slice(&bytes[..inside]);
                Ok(())
            }
            Space::Private => pieces(wave, at, bytes.len(), Access::Write, |address, first, length| {
                self.memory.write(address, &bytes[first..first + length])
            }),
            _ => self.memory.write(at.address, bytes),
        }
    }

    /// Replaces a word of 4 or 8 bytes by a function of it; tells the old one. Only memory is shared with others, so
    /// only there it takes more than a load and a store.
    pub fn update(
        &mut self,
        wave: &Wave,
        at: At,
        bytes: usize,
        change: &mut dyn FnMut(u64) -> u64,
    ) -> Result<u64, Fault> {
        let at = at.resolved();
        match (at.space, bytes) {
            (Space::Lds | Space::Private, _) => {
                let mut word = [0; 8];
                self.read(wave, at, &mut word[..bytes])?;
                let old = u64::from_le_bytes(word);
                self.write(wave, at, &change(old).to_le_bytes()[..bytes])?;
                Ok(old)
            }
            (_, 4) => {
                let old = self.memory.update32(at.address, &mut |old| change(u64::from(old)) as u32);
                old.map(u64::from)
            }
            _ => self.memory.update64(at.address, change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::vm::Vm;
    use crate::exec::wave::Mode;

    #[test]
    fn private_memory_is_interleaved_by_dwords() {
        let memory = Vm::plain(0x1000, 0x1000);
        let mut reach = Reach { memory: &memory, lds: &mut [] };
        let mut wave = Wave::new(32, 1, 0, Mode(0));
        wave.scratch = Some(Scratch { base: 0x1000, bytes: 16 });
        let at = At { space: Space::Private, address: 2, lane: 3 };
        reach.write(&wave, at, &[1, 2, 3, 4]).expect("inside");
        let mut parts = [0; 4];
        memory.read(0x1000 + 12 + 2, &mut parts[..2]).expect("inside");
        memory.read(0x1000 + 128 + 12, &mut parts[2..]).expect("inside");
        assert_eq!(parts, [1, 2, 3, 4]);
        assert!(reach.write(&wave, At { address: 14, ..at }, &[0; 4]).is_err());
    }

    #[test]
    fn flat_addresses_find_lds() {
        let memory = Vm::plain(0x1000, 8);
        let mut reach = Reach { memory: &memory, lds: &mut [0; 8] };
        let wave = Wave::new(32, 1, 0, Mode(0));
        let at = At { space: Space::Flat, address: u64::from(aperture::SHARED) << 32 | 4, lane: 0 };
        assert_eq!(reach.update(&wave, at, 4, &mut |old| old + 7), Ok(0));
        assert_eq!(reach.lds[4], 7);
    }
}
