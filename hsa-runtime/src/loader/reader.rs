//! Files of code objects, and the names by which debuggers and profilers find them.
//!
//! Touches files: the one that a program hands over, and /proc/self/maps. Answers to CodeObjectReaderImpl of upstream's
//! `amd_hsa_loader.cpp` and to LLVM's `AMDGPUUsage.rst` ("Loaded Code Object Path Uniform Resource Identifier").
#![forbid(unsafe_code)]

use std::{fmt::Write as _, fs, os::unix::fs::FileExt as _, path::Path, process};

use crate::boundary::Error;

/// The bytes of a code object, kept as long as anything of it is in use.
pub struct File {
    /// The bytes.
    pub bytes: Box<[u8]>,
    /// Where they are from.
    pub uri: String,
}

impl File {
    /// A copy of a program's memory at `address`: what a program does with it later does no harm.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn from_memory(memory: &[u8]) -> Result<Self, Error> {
        let bytes = room(memory.len()).map(|mut bytes| {
            bytes.extend_from_slice(memory);
            bytes.into_boxed_slice()
        })?;
        let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let address = memory.as_ptr().addr() as u64;
        let uri = file_at(&maps, address, memory.len() as u64).unwrap_or_else(|| {
            format!("memory://{}#offset={address:#x}&size={}", process::id(), memory.len())
        });
        Ok(Self { bytes, uri })
    }

    /// A part of an open file; all of it from `offset` on if `size` is 0.
    ///
    /// # Errors
    /// `InvalidFile` if it cannot be read or is too short, `InvalidCodeObject` if nothing of it is behind `offset`;
    /// `OutOfResources`.
    pub fn from_file(file: &fs::File, path: &Path, offset: u64, size: usize) -> Result<Self, Error> {
        let length = file.metadata().map_err(|_| Error::InvalidFile)?.len();
        let rest = length.checked_sub(offset).filter(|&rest| rest > 0).ok_or(Error::InvalidCodeObject)?;
        let rest = usize::try_from(rest).map_err(|_| Error::OutOfResources)?;
        let size = if size == 0 { rest } else { size };
        if size > rest {
            return Err(Error::InvalidFile);
        }
        let mut bytes = room(size)?;
        bytes.resize(size, 0);
        file.read_exact_at(&mut bytes, offset).map_err(|_| Error::InvalidFile)?;
        let mut uri = encode(&path.to_string_lossy());
        if (offset, size) != (0, rest) {
            uri += &format!("#offset={offset}&size={size}");
        }
        Ok(Self { bytes: bytes.into(), uri })
    }
}

fn room(size: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Error::OutOfResources)?;
    Ok(bytes)
}

/// The name of `size` bytes at `address`, if a file is mapped there, by the text of /proc/self/maps.
fn file_at(maps: &str, address: u64, size: u64) -> Option<String> {
    maps.lines().find_map(|line| {
        // low-high permissions offset device inode path
        let (range, rest) = line.split_once(' ')?;
        let (low, high) = range.split_once('-')?;
        let (low, high) = (u64::from_str_radix(low, 16).ok()?, u64::from_str_radix(high, 16).ok()?);
        if address < low || address.checked_add(size)? > high {
            return None;
        }
        let mut fields = rest.splitn(5, ' ');
        let offset = u64::from_str_radix(fields.nth(1)?, 16).ok()?;
        let path = fields.nth(2)?.trim_start();
        path.starts_with('/')
            .then(|| format!("{}#offset={}&size={size}", encode(path), offset + address - low))
    })
}

/// A path as it stands in a URI.
fn encode(path: &str) -> String {
    let mut uri = String::from("file://");
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_files_are_named_with_the_place_in_them() {
        let maps = "\
            1000-3000 r--p 00002000 08:01 77   /opt/a b/libx.so\n\
            3000-4000 rw-p 00000000 00:00 0 \n\
            4000-5000 rw-p 00000000 00:00 0    [heap]\n";
        assert_eq!(
            file_at(maps, 0x1100, 0x200).as_deref(),
            Some("file:///opt/a%20b/libx.so#offset=8448&size=512")
        );
        assert_eq!(file_at(maps, 0x2f00, 0x200), None, "it ends behind the mapping");
        assert_eq!(file_at(maps, 0x3100, 16), None);
        assert_eq!(file_at(maps, 0x4100, 16), None);
    }

    #[test]
    fn memory_is_copied_and_named_by_its_address() {
        let memory = vec![7_u8; 100];
        let file = File::from_memory(&memory).expect("memory");
        assert_eq!(*file.bytes, memory[..]);
        let named = format!("memory://{}#offset={:#x}&size=100", process::id(), memory.as_ptr().addr());
        assert_eq!(file.uri, named);
    }

    #[test]
    fn files_are_read_from_where_they_are_told() {
        let path = std::env::current_exe().expect("a path");
        let (file, whole) = (fs::File::open(&path).expect("a file"), fs::read(&path).expect("a file"));
        let read = File::from_file(&file, Path::new("/a"), 0, 0).expect("the file");
        assert_eq!((read.bytes.len(), read.uri.as_str()), (whole.len(), "file:///a"));
        let part = File::from_file(&file, Path::new("/a"), 8, 16).expect("a part");
        assert_eq!((&*part.bytes, part.uri.as_str()), (&whole[8..24], "file:///a#offset=8&size=16"));
        let behind = whole.len() as u64;
        for (offset, size, error) in [
            (behind, 0, Error::InvalidCodeObject),
            (behind + 1, 0, Error::InvalidCodeObject),
            (0, whole.len() + 1, Error::InvalidFile),
        ] {
            assert_eq!(File::from_file(&file, Path::new("/a"), offset, size).err(), Some(error));
        }
    }
}
