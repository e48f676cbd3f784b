//! What the command processors and waves ask of GPU memory: bytes, naturally aligned words that other processors see
//! whole, and what the lanes of a wave load and store together. Touches nothing; `vm` implements it.
#![forbid(unsafe_code)]

use std::fmt;

/// What was done to the address that faulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A load, or an instruction fetch.
    Read,
    /// A store or an atomic operation.
    Write,
}

/// Why the address could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is mapped there for this GPU.
    NotPresent,
    /// It is mapped, but not for this access.
    Permission,
    /// An atomic operation or a word access that is not naturally aligned.
    Misaligned,
}

/// A memory fault: what the GPU's address translation would report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// First byte that could not be reached.
    pub address: u64,
    /// What was tried.
    pub access: Access,
    /// Why it failed.
    pub reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {:#x}: {:?}", self.access, self.address, self.reason)
    }
}

impl std::error::Error for Fault {}

/// How many lanes of a wave reach memory together.
pub const LANES: usize = 32;

/// The addresses of one access by a wave.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Each lane's.
    pub at: &'a [u64; LANES],
    /// The lanes that take part, a bit each.
    pub lanes: u32,
}

/// GPU memory as one process's engines see it. Every method may be called from any thread; words and atomic operations
/// are coherent with the CPU's, since the addresses are the CPU's own.
pub trait Memory: Sync {
    /// Copies bytes out of memory.
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Fault>;
    /// Copies bytes into memory.
    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Fault>;
    /// Loads an aligned word; what was written before it was stored is seen afterwards (acquire).
    fn load32(&self, address: u64) -> Result<u32, Fault>;
    /// As [`Memory::load32`], of 64 bits.
    fn load64(&self, address: u64) -> Result<u64, Fault>;
    /// Stores an aligned word after all that was written before (release).
    fn store32(&self, address: u64, value: u32) -> Result<(), Fault>;
    /// As [`Memory::store32`], of 64 bits.
    fn store64(&self, address: u64, value: u64) -> Result<(), Fault>;
    /// Replaces an aligned word by a function of it in one step and tells what it was. The function may run more than
    /// once.
    fn update32(&self, address: u64, change: &mut dyn FnMut(u32) -> u32) -> Result<u32, Fault>;
    /// As [`Memory::update32`], of 64 bits.
    fn update64(&self, address: u64, change: &mut dyn FnMut(u64) -> u64) -> Result<u64, Fault>;
    /// Loads `bytes` bytes for each lane, 1, 2 or a multiple of 4, at any alignment: word `n` of lane `l` goes to
    /// `words[n][l]`, with zeroes above a narrow value. Lanes that take no part keep what they have.
    fn load_lanes(&self, places: Places<'_>, bytes: usize, words: &mut [[u32; LANES]]) -> Result<(), Fault>;
    /// The other way; of lanes with one address the highest wins.
    fn store_lanes(&self, places: Places<'_>, bytes: usize, words: &[[u32; LANES]]) -> Result<(), Fault>;
    /// Does work for which the address space stays as it is, so that nothing is locked in between.
    fn hold(&self, work: &mut dyn FnMut(&dyn Memory));
}

/// Reads `N` bytes into an array.
pub fn read_array<const N: usize>(memory: &dyn Memory, address: u64) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    memory.read(address, &mut bytes)?;
    Ok(bytes)
}

/// The little-endian 32-bit word at a byte offset of a structure that was read.
pub fn word(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(bytes[offset..offset + 4].try_into().expect("four bytes"))
}

/// The little-endian 64-bit word at a byte offset of a structure that was read.
pub fn long(bytes: &[u8], offset: usize) -> u64 {
    u64::from(word(bytes, offset)) | u64::from(word(bytes, offset + 4)) << 32
}
