//! Copies and fills of memory, in pieces. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::memory::{Fault, Memory};

/// How much is moved at a time.
const CHUNK: u64 = 1 << 16;

/// Copies bytes, from low addresses to high ones. What comes before a fault has been copied, as hardware would.
pub fn copy(memory: &dyn Memory, source: u64, target: u64, bytes: u64) -> Result<(), Fault> {
    let mut buffer = vec![0; bytes.min(CHUNK) as usize];
    let mut done = 0;
    while done < bytes {
        let piece = &mut buffer[..(bytes - done).min(CHUNK) as usize];
        memory.read(source.wrapping_add(done), piece)?;
        memory.write(target.wrapping_add(done), piece)?;
        done += piece.len() as u64;
    }
    Ok(())
}

/// Repeats a pattern over bytes; its length divides the size of a piece.
pub fn fill(memory: &dyn Memory, target: u64, pattern: &[u8], bytes: u64) -> Result<(), Fault> {
    let buffer: Vec<u8> = pattern.iter().copied().cycle().take(bytes.min(CHUNK) as usize).collect();
    let mut done = 0;
    while done < bytes {
        let piece = &buffer[..(bytes - done).min(CHUNK) as usize];
        memory.write(target.wrapping_add(done), piece)?;
        done += piece.len() as u64;
    }
    Ok(())
}
