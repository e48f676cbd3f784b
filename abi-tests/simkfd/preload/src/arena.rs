//! The memory that the simulated kernels hand out. Each process has one sparse file, whose windows are its buffers, so
//! that a thousand allocations take no thousand descriptors; it stands in the machine's tree, where other processes
//! find what was shared with them. Unsafe: descriptors are made and changed by libc calls.

use crate::devices::out_of_the_way;
use crate::entry;
use crate::host::memfd;
use libc::c_int;
use simkfd::contract::{Backing, Errno, Place};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::os::fd::IntoRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The largest page size that Linux uses, so that every backing can be mapped.
const ALIGNMENT: u64 = 64 << 10;

/// The windows of a process's own file and of those that others shared with it. Offsets are never used twice. Memory
/// that is given back reads as zero through mappings that outlive it, where the real kernel would keep its content;
/// shared memory keeps it, until the machine's tree is gone.
#[derive(Default)]
pub struct Arena {
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    own: Option<Memory>,
    end: u64,
    /// Files of other processes, by name.
    others: HashMap<String, c_int>,
    by_backing: HashMap<Backing, Window>,
    next: u64,
}

/// A file of memory.
#[derive(Clone)]
struct Memory {
    fd: c_int,
    /// Its name in the tree; none when the tree cannot be written, and the file is nobody else's.
    name: Option<String>,
}

struct Window {
    fd: c_int,
    start: u64,
    bytes: u64,
    shared: bool,
}

impl Arena {
    /// The descriptor to map a backing by, and the backing's offset in it.
    pub fn locate(&self, backing: Backing) -> Option<(c_int, u64)> {
        self.windows().by_backing.get(&backing).map(|window| (window.fd, window.start))
    }

    /// Makes zero-filled memory.
    pub fn create(&self, bytes: u64) -> Result<Backing, Errno> {
        let mut windows = self.windows();
        let fd = windows.own()?.fd;
        let start = windows.end;
        let end = bytes.checked_next_multiple_of(ALIGNMENT).and_then(|size| size.checked_add(start));
        let end = end.filter(|&end| i64::try_from(end).is_ok()).ok_or(Errno::ENOMEM)?;
        // SAFETY: a descriptor of our own and a number.
        if unsafe { libc::ftruncate(fd, end as i64) } != 0 {
            return Err(Errno::ENOMEM);
        }
        windows.end = end;
        Ok(windows.add(Window { fd, start, bytes, shared: false }))
    }

    /// Gives memory back.
    pub fn release(&self, backing: Backing) {
        let window = self.windows().by_backing.remove(&backing);
        if let Some(Window { fd, start, bytes, .. }) = window.filter(|window| !window.shared) {
            let punch = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            // SAFETY: a descriptor of our own and numbers. If it fails, memory stays in use until exit.
            unsafe { libc::fallocate(fd, punch, start as i64, bytes as i64) };
        }
    }

    /// Where other processes find memory of this one.
    pub fn share(&self, backing: Backing) -> Option<Place> {
        let mut windows = self.windows();
        let file = windows.own.as_ref()?.name.clone()?;
        let window = windows.by_backing.get_mut(&backing)?;
        window.shared = true;
        Some(Place { file, offset: window.start })
    }

    /// Memory of another process, or of an earlier one that is gone.
    pub fn open(&self, place: &Place, bytes: u64) -> Result<Backing, Errno> {
        let mut windows = self.windows();
        let fd = windows.other(&place.file)?;
        Ok(windows.add(Window { fd, start: place.offset, bytes, shared: true }))
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Windows {
    fn own(&mut self) -> Result<&Memory, Errno> {
        if self.own.is_none() {
            let in_tree = run_folder().and_then(|folder| new_file(&folder));
            let memory = match in_tree {
                Some((file, name)) => Memory { fd: out_of_the_way(file.into_raw_fd()), name: Some(name) },
                None => Memory { fd: out_of_the_way(memfd(c"simkfd-memory", true)?), name: None },
            };
            self.own = Some(memory);
        }
        self.own.as_ref().ok_or(Errno::ENOMEM)
    }

    fn other(&mut self, name: &str) -> Result<c_int, Errno> {
        if let Some(fd) = self.others.get(name) {
            return Ok(*fd);
        }
        let path = run_folder().ok_or(Errno::ENOENT)?.join(name);
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|_| Errno::ENOENT)?;
        let fd = out_of_the_way(file.into_raw_fd());
        self.others.insert(name.to_owned(), fd);
        Ok(fd)
    }

    fn add(&mut self, window: Window) -> Backing {
        self.next += 1;
        let backing = Backing(self.next);
        self.by_backing.insert(backing, window);
        backing
    }
}

/// The folder of the machine's tree where its processes meet; none when it cannot be made.
pub fn run_folder() -> Option<PathBuf> {
    let folder = entry::inside(|face| Path::new(face.tree.root()).join("run"))?;
    fs::create_dir_all(&folder).ok()?;
    Some(folder)
}

/// A new file of this process's, and its name. The number tells it from those of programs that had the same pid.
fn new_file(folder: &Path) -> Option<(File, String)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    (0..1000).find_map(|number| {
        let name = format!("memory-{}-{number}", std::process::id());
        Some((options.open(folder.join(&name)).ok()?, name))
    })
}
