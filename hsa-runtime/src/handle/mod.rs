//! Handles: numbers that stand for the runtime's objects and tell what they stand for.
//!
//! Nothing but memory. Upstream's handles are addresses, and whether one is valid it finds out by following it. These are checked
//! without: the top bits say what kind of object it is, the epoch which `hsa_init` made it, and the rest is an index
//! or, for instruction sets, the value itself. No user-space address looks like one.
//!
//! [`shelf`] is where calls find what handles are of, and [`pages`] what addresses are of.

mod counter;
mod pages;
mod readers;
mod shelf;

pub use self::{
    counter::{Counter, lane},
    pages::{Extent, Pages},
    shelf::Shelf,
};
use crate::{
    abi::{
        hsa_agent_t, hsa_amd_memory_pool_t, hsa_amd_signal_batch_t, hsa_amd_vmem_alloc_handle_t, hsa_cache_t,
        hsa_code_object_reader_t, hsa_code_object_t, hsa_code_symbol_t, hsa_executable_symbol_t,
        hsa_executable_t, hsa_isa_t, hsa_loaded_code_object_t, hsa_region_t, hsa_signal_group_t,
        hsa_ven_amd_pcs_t, hsa_wavefront_t,
    },
    isa::Isa,
};

/// Which `hsa_init`, counted from 1, made an object. Handles of an earlier one are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch(u16);

impl Epoch {
    /// Of objects that outlive `hsa_shut_down`.
    const ALWAYS: Self = Self(0);

    /// The epoch of the `count`-th `hsa_init`.
    pub fn new(count: u64) -> Self {
        // Never 0, and a handle would have to be kept through 65535 cycles to be mistaken for a new one.
        Self((count % u64::from(u16::MAX)) as u16 + 1)
    }
}

/// What a handle stands for; the value is in its top bits.
#[derive(Clone, Copy)]
#[repr(u16)]
enum Kind {
    Agent = 0x4841,
    Pool = 0x4850,
    Cache = 0x4843,
    Isa = 0x4849,
    Wavefront = 0x4857,
    SignalGroup = 0x4853,
    SignalBatch = 0x4842,
    Reader = 0x4852,
    CodeObject = 0x4844,
    Executable = 0x4845,
    Symbol = 0x4859,
    CodeSymbol = 0x4854,
    Loaded = 0x484c,
    Physical = 0x484d,
    Sampling = 0x484f,
}

/// Bits of a handle's payload that number a part of an executable.
const PART: u32 = 24;

fn encode(kind: Kind, epoch: Epoch, payload: u32) -> u64 {
    (kind as u64) << 48 | u64::from(epoch.0) << 32 | u64::from(payload)
}

fn decode(kind: Kind, epoch: Epoch, handle: u64) -> Option<u32> {
    let payload = handle as u32;
    (encode(kind, epoch, payload) == handle).then_some(payload)
}

fn index(kind: Kind, epoch: Epoch, handle: u64) -> Option<usize> {
    decode(kind, epoch, handle).map(|payload| payload as usize)
}

/// Handle of the agent at `index`.
pub fn agent(epoch: Epoch, index: usize) -> hsa_agent_t {
    hsa_agent_t { handle: encode(Kind::Agent, epoch, index as u32) }
}

/// Index of an agent.
pub fn agent_index(epoch: Epoch, agent: hsa_agent_t) -> Option<usize> {
    index(Kind::Agent, epoch, agent.handle)
}

/// Handle of the pool at `index`.
pub fn pool(epoch: Epoch, index: usize) -> hsa_amd_memory_pool_t {
    hsa_amd_memory_pool_t { handle: encode(Kind::Pool, epoch, index as u32) }
}

/// Index of a pool.
pub fn pool_index(epoch: Epoch, pool: hsa_amd_memory_pool_t) -> Option<usize> {
    index(Kind::Pool, epoch, pool.handle)
}

/// Handle of the region that is the pool at `index`: programs use the two alike, as upstream's are the same.
pub fn region(epoch: Epoch, index: usize) -> hsa_region_t {
    hsa_region_t { handle: pool(epoch, index).handle }
}

/// Index of the pool that is a region.
pub fn region_index(epoch: Epoch, region: hsa_region_t) -> Option<usize> {
    index(Kind::Pool, epoch, region.handle)
}

/// Handle of the cache at `index`.
pub fn cache(epoch: Epoch, index: usize) -> hsa_cache_t {
    hsa_cache_t { handle: encode(Kind::Cache, epoch, index as u32) }
}

/// Index of a cache.
pub fn cache_index(epoch: Epoch, cache: hsa_cache_t) -> Option<usize> {
    index(Kind::Cache, epoch, cache.handle)
}

/// Handle of the sampling session with this number.
pub fn sampling(epoch: Epoch, number: u32) -> hsa_ven_amd_pcs_t {
    hsa_ven_amd_pcs_t { handle: encode(Kind::Sampling, epoch, number) }
}

/// Number of a sampling session.
pub fn sampling_number(epoch: Epoch, session: hsa_ven_amd_pcs_t) -> Option<u32> {
    decode(Kind::Sampling, epoch, session.handle)
}

/// Handle of the group of signals with this number.
pub fn signal_group(epoch: Epoch, number: u32) -> hsa_signal_group_t {
    hsa_signal_group_t { handle: encode(Kind::SignalGroup, epoch, number) }
}

/// Number of a group of signals.
pub fn signal_group_number(epoch: Epoch, group: hsa_signal_group_t) -> Option<u32> {
    decode(Kind::SignalGroup, epoch, group.handle)
}

/// Handle of the batch of signals with this number.
pub fn signal_batch(epoch: Epoch, number: u32) -> hsa_amd_signal_batch_t {
    hsa_amd_signal_batch_t { handle: encode(Kind::SignalBatch, epoch, number) }
}

/// Number of a batch of signals.
pub fn signal_batch_number(epoch: Epoch, batch: hsa_amd_signal_batch_t) -> Option<u32> {
    decode(Kind::SignalBatch, epoch, batch.handle)
}

/// Handle of an instruction set.
pub fn isa(isa: Isa) -> hsa_isa_t {
    hsa_isa_t { handle: encode(Kind::Isa, Epoch::ALWAYS, isa.to_bits()) }
}

/// The instruction set of a handle.
pub fn to_isa(isa: hsa_isa_t) -> Option<Isa> {
    decode(Kind::Isa, Epoch::ALWAYS, isa.handle).and_then(Isa::from_bits)
}

/// Handle of wavefronts of `size` work-items.
pub fn wavefront(size: u32) -> hsa_wavefront_t {
    hsa_wavefront_t { handle: encode(Kind::Wavefront, Epoch::ALWAYS, size) }
}

/// The work-items of a kind of wavefront.
pub fn wavefront_size(wavefront: hsa_wavefront_t) -> Option<u32> {
    decode(Kind::Wavefront, Epoch::ALWAYS, wavefront.handle)
}

/// Handle of the reader of a number.
pub fn reader(epoch: Epoch, number: u32) -> hsa_code_object_reader_t {
    hsa_code_object_reader_t { handle: encode(Kind::Reader, epoch, number) }
}

/// Number of a reader.
pub fn reader_number(epoch: Epoch, reader: hsa_code_object_reader_t) -> Option<u32> {
    decode(Kind::Reader, epoch, reader.handle)
}

/// Handle of the code object of a number.
pub fn code_object(epoch: Epoch, number: u32) -> hsa_code_object_t {
    hsa_code_object_t { handle: encode(Kind::CodeObject, epoch, number) }
}

/// Number of a code object.
pub fn code_object_number(epoch: Epoch, object: hsa_code_object_t) -> Option<u32> {
    decode(Kind::CodeObject, epoch, object.handle)
}

/// Handle of the memory without an address of a number.
pub fn physical(epoch: Epoch, number: u32) -> hsa_amd_vmem_alloc_handle_t {
    hsa_amd_vmem_alloc_handle_t { handle: encode(Kind::Physical, epoch, number) }
}

/// Number of memory without an address.
pub fn physical_number(epoch: Epoch, memory: hsa_amd_vmem_alloc_handle_t) -> Option<u32> {
    decode(Kind::Physical, epoch, memory.handle)
}

/// Handle of the executable of a number.
pub fn executable(epoch: Epoch, number: u32) -> hsa_executable_t {
    hsa_executable_t { handle: encode(Kind::Executable, epoch, number) }
}

/// Number of an executable.
pub fn executable_number(epoch: Epoch, executable: hsa_executable_t) -> Option<u32> {
    decode(Kind::Executable, epoch, executable.handle)
}

/// Of a part of an executable, or of a code object. Their numbers are not given twice, so no epoch is needed.
fn encode_part(kind: Kind, executable: u32, index: u32) -> u64 {
    (kind as u64) << 48 | u64::from(executable) << PART | u64::from(index)
}

fn decode_part(kind: Kind, handle: u64) -> Option<(u32, u32)> {
    let (executable, index) = ((handle >> PART) as u32 & 0xff_ffff, handle as u32 & 0xff_ffff);
    (encode_part(kind, executable, index) == handle).then_some((executable, index))
}

/// Handle of the symbol at `index` of an executable; both have 24 bits.
pub fn symbol(executable: u32, index: u32) -> hsa_executable_symbol_t {
    hsa_executable_symbol_t { handle: encode_part(Kind::Symbol, executable, index) }
}

/// Number of the executable and index of a symbol.
pub fn symbol_place(symbol: hsa_executable_symbol_t) -> Option<(u32, u32)> {
    decode_part(Kind::Symbol, symbol.handle)
}

/// Handle of the symbol at `index` of a code object that is not loaded; both have 24 bits.
pub fn code_symbol(object: u32, index: u32) -> hsa_code_symbol_t {
    hsa_code_symbol_t { handle: encode_part(Kind::CodeSymbol, object, index) }
}

/// Number of the code object and index of a symbol.
pub fn code_symbol_place(symbol: hsa_code_symbol_t) -> Option<(u32, u32)> {
    decode_part(Kind::CodeSymbol, symbol.handle)
}

/// Handle of the code object at `index` of an executable; both have 24 bits.
pub fn loaded(executable: u32, index: u32) -> hsa_loaded_code_object_t {
    hsa_loaded_code_object_t { handle: encode_part(Kind::Loaded, executable, index) }
}

/// Number of the executable and index of a loaded code object.
pub fn loaded_place(loaded: hsa_loaded_code_object_t) -> Option<(u32, u32)> {
    decode_part(Kind::Loaded, loaded.handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_valid_only_for_its_kind_and_epoch() {
        let (now, later) = (Epoch::new(1), Epoch::new(2));
        let handle = agent(now, 7);
        assert_eq!(agent_index(now, handle), Some(7));
        assert_eq!(agent_index(later, handle), None);
        assert_eq!(pool_index(now, hsa_amd_memory_pool_t { handle: handle.handle }), None);
        assert_eq!(agent_index(now, hsa_agent_t { handle: 0 }), None);
        assert_eq!(agent_index(now, hsa_agent_t { handle: 0x7fff_1234_5678 }), None);
    }

    #[test]
    fn parts_of_executables_are_told_apart() {
        let handle = symbol(0xff_fffe, 0xab_cdef);
        assert_eq!(symbol_place(handle), Some((0xff_fffe, 0xab_cdef)));
        assert_eq!(loaded_place(hsa_loaded_code_object_t { handle: handle.handle }), None);
        assert_eq!(symbol_place(hsa_executable_symbol_t { handle: 0x7fff_1234_5678 }), None);
    }

    #[test]
    fn regions_and_pools_are_the_same() {
        let epoch = Epoch::new(3);
        assert_eq!(region(epoch, 5).handle, pool(epoch, 5).handle);
        assert_eq!(region_index(epoch, region(epoch, 5)), Some(5));
    }

    #[test]
    fn no_epoch_is_the_one_of_lasting_objects() {
        assert!([0, 1, 65534, 65535, 65536].iter().all(|&count| Epoch::new(count) != Epoch::ALWAYS));
    }

    #[test]
    fn instruction_sets_need_no_table_of_handles() {
        let vega = Isa::from_name("amdgcn-amd-amdhsa--gfx900:xnack-").unwrap();
        assert_eq!(to_isa(isa(vega)), Some(vega));
        assert_eq!(to_isa(hsa_isa_t { handle: isa(vega).handle | 0xffff_0000 }), None);
    }
}
