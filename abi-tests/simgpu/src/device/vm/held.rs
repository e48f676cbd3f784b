//! An address space that does not change while it is looked at: finds addresses, and touches what is there. Unsafe: it
//! hands addresses of mapped ranges to `raw` and `lanes`.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::ranges::{Range, Ranges, fault};
use super::{lanes, raw};
use crate::device::memory::{Access, Fault, LANES, Memory, Places, Reason};

/// The ranges, and which of them was used last: mostly it is the next one, too.
pub(super) struct Held<'a> {
    ranges: &'a Ranges,
    last: AtomicUsize,
}

impl<'a> Held<'a> {
    /// # Safety
    /// While this lives, the host memory of every range is mapped as its permissions say, and no Rust reference to it
    /// lives.
    pub unsafe fn new(ranges: &'a Ranges) -> Self {
        Self { ranges, last: AtomicUsize::new(0) }
    }

    /// The range of an address that may be accessed so.
    fn range(&self, address: u64, access: Access) -> Result<&'a Range, Fault> {
        let last = self.ranges.get(self.last.load(Ordering::Relaxed)).filter(|range| range.holds(address));
        let found = last.or_else(|| {
            let number = self.ranges.find(address)?;
            self.last.store(number, Ordering::Relaxed);
            self.ranges.get(number)
        });
        found.filter(|range| range.allows(access)).ok_or_else(|| fault(address, access, found))
    }

    /// Runs `piece` on each mapped part of a range: the host address, and which part of the range it is. Nothing is
    /// done when any of it is not mapped.
    fn each(
        &self,
        address: u64,
        bytes: usize,
        access: Access,
        mut piece: impl FnMut(u64, std::ops::Range<usize>),
    ) -> Result<(), Fault> {
        let part = |done: usize| {
            let at = address.wrapping_add(done as u64);
            let range = self.range(at, access)?;
            let length = (range.end - at).min((bytes - done) as u64) as usize;
            Ok((range.host(at), done..done + length))
        };
        let mut checked = 0;
        while checked < bytes {
            checked = part(checked)?.1.end;
        }
        let mut done = 0;
        while done < bytes {
            let (host, place) = part(done)?;
            done = place.end;
            piece(host, place);
        }
        Ok(())
    }

    /// The host address of an aligned word.
    fn aligned(&self, address: u64, size: u64, access: Access) -> Result<u64, Fault> {
        let range = self.range(address, access)?;
        let host = range.host(address);
        if address % size != 0 || host % size != 0 || range.end - address < size {
            return Err(Fault { address, access, reason: Reason::Misaligned });
        }
        Ok(host)
    }

    /// Runs `piece` on the host address of each lane's bytes, but for lanes whose bytes are in two ranges: tells them.
    fn each_lane(
        &self,
        places: Places<'_>,
        bytes: u64,
        access: Access,
        mut piece: impl FnMut(usize, u64),
    ) -> Result<u32, Fault> {
        let (mut rest, mut torn) = (places.lanes, 0);
        let mut range: Option<&Range> = None;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let at = places.at[lane];
            let here = match range.filter(|range| range.holds(at)) {
                Some(range) => range,
                None => self.range(at, access)?,
            };
            range = Some(here);
            if here.end - at < bytes {
                torn |= 1 << lane;
            } else {
                piece(lane, here.host(at));
            }
        }
        Ok(torn)
    }

    /// Where all lanes' bytes are, when all take part and they follow each other in one range.
    fn row(&self, places: Places<'_>, bytes: u64, access: Access) -> Result<Option<u64>, Fault> {
        let first = places.at[0];
        let next = |lane: usize| first.wrapping_add(bytes * lane as u64);
        let apart = (0..LANES).fold(0, |apart, lane| apart | places.at[lane] ^ next(lane));
        if places.lanes != u32::MAX || apart != 0 {
            return Ok(None);
        }
        let range = self.range(first, access)?;
        Ok((range.end - first >= bytes * LANES as u64).then(|| range.host(first)))
    }
}

// SAFETY of every block below: the host address is of a range that `new`'s caller promised to be mapped, and whose
// permissions were looked at; what is said of alignment is checked beside it.
impl Memory for Held<'_> {
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Fault> {
        self.each(address, bytes.len(), Access::Read, |host, part| {
            // SAFETY: see above.
            unsafe { raw::read(host, &mut bytes[part]) }
        })
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.each(address, bytes.len(), Access::Write, |host, part| {
            // SAFETY: see above.
            unsafe { raw::write(host, &bytes[part]) }
        })
    }

    fn load32(&self, address: u64) -> Result<u32, Fault> {
        // SAFETY: see above; `aligned` checked the alignment.
        self.aligned(address, 4, Access::Read).map(|host| unsafe { raw::load32(host) })
    }

    fn load64(&self, address: u64) -> Result<u64, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Read).map(|host| unsafe { raw::load64(host) })
    }

    fn store32(&self, address: u64, value: u32) -> Result<(), Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 4, Access::Write).map(|host| unsafe { raw::store32(host, value) })
    }

    fn store64(&self, address: u64, value: u64) -> Result<(), Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Write).map(|host| unsafe { raw::store64(host, value) })
    }

    fn update32(&self, address: u64, change: &mut dyn FnMut(u32) -> u32) -> Result<u32, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 4, Access::Write).map(|host| unsafe { raw::update32(host, change) })
    }

    fn update64(&self, address: u64, change: &mut dyn FnMut(u64) -> u64) -> Result<u64, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Write).map(|host| unsafe { raw::update64(host, change) })
    }

    fn load_lanes(&self, places: Places<'_>, bytes: usize, words: &mut [[u32; LANES]]) -> Result<(), Fault> {
        if let Some(host) = self.row(places, bytes as u64, Access::Read)? {
            // SAFETY: see above.
            unsafe { lanes::load_row(host, bytes, words) };
            return Ok(());
        }
        // SAFETY: see above.
        let load = |lane, host| unsafe { lanes::load(host, bytes, words, lane) };
        let torn = self.each_lane(places, bytes as u64, Access::Read, load)?;
        for lane in (0..LANES).filter(|lane| torn >> lane & 1 == 1) {
            let mut data = [0; 16];
            self.read(places.at[lane], &mut data[..bytes])?;
            lanes::spread(&data, bytes, words, lane);
        }
        Ok(())
    }

    fn store_lanes(&self, places: Places<'_>, bytes: usize, words: &[[u32; LANES]]) -> Result<(), Fault> {
        if let Some(host) = self.row(places, bytes as u64, Access::Write)? {
            // SAFETY: see above.
            unsafe { lanes::store_row(host, bytes, words) };
            return Ok(());
        }
        // SAFETY: see above.
        let store = |lane, host| unsafe { lanes::store(host, bytes, words, lane) };
        let torn = self.each_lane(places, bytes as u64, Access::Write, store)?;
        for lane in (0..LANES).filter(|lane| torn >> lane & 1 == 1) {
            self.write(places.at[lane], &lanes::gathered(words, lane)[..bytes])?;
        }
        Ok(())
    }

    fn hold(&self, work: &mut dyn FnMut(&dyn Memory)) {
        work(self);
    }
}
