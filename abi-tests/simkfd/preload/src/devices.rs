//! Device files: open, ioctl, mmap and close of what the simulated kernel serves, with the fault plan before and the
//! trace behind it. Unsafe: descriptors are looked at and made by libc calls.

use crate::entry;
use crate::face::Face;
use crate::files::{File, Inode};
use crate::gpu::Gpus;
use crate::host;
use crate::next;
use crate::process::Process;
use crate::shared;
use libc::{c_int, c_void};
use simkfd::contract::{Errno, FileId, FileKind, Host};
use simkfd::faults::Failure;
use simkfd::trace::{self, Call};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Our own descriptors stay clear of those that the client counts on getting.
pub const FIRST_OWN_DESCRIPTOR: c_int = 512;

/// What a descriptor is.
pub enum Kept {
    /// Not open.
    NotOpen,
    /// The host's.
    Foreign,
    /// Ours.
    File(Inode, File),
}

/// The file behind a descriptor.
pub fn file_of(process: &Process, fd: c_int) -> Kept {
    let Some(inode) = inode_of(fd) else { return Kept::NotOpen };
    match process.files().get(inode) {
        Some(file) => Kept::File(inode, file),
        None => Kept::Foreign,
    }
}

fn inode_of(fd: c_int) -> Option<Inode> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `stat` has room for the answer.
    let failed = unsafe { next::fstat(fd, stat.as_mut_ptr()) } != 0;
    if failed {
        return None;
    }
    // SAFETY: fstat filled it.
    let stat = unsafe { stat.assume_init() };
    Some(Inode { device: stat.st_dev, number: stat.st_ino })
}

/// Makes a descriptor for a file.
pub fn install(process: &Process, file: File, name: &CStr, cloexec: bool) -> Result<c_int, Errno> {
    let fd = host::memfd(name, cloexec)?;
    enter(process, file, fd)
}

/// Enters a file under its descriptor's inode.
pub fn enter(process: &Process, file: File, fd: c_int) -> Result<c_int, Errno> {
    let inode = inode_of(fd).ok_or(Errno::EBADF)?;
    process.files().insert(inode, file);
    Ok(fd)
}

/// Moves a descriptor of our own up; where the limit does not allow it, it stays.
pub fn out_of_the_way(fd: c_int) -> c_int {
    // SAFETY: a descriptor of our own, which nobody else knows yet.
    match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, FIRST_OWN_DESCRIPTOR) } {
        -1 => fd,
        moved => {
            discard(fd);
            moved
        }
    }
}

/// Closes a descriptor of our own that stands for nothing simulated.
pub fn discard(fd: c_int) {
    // SAFETY: the descriptor is our own.
    unsafe { next::close(fd) };
}

/// Tells the kernel which files have lost their last descriptor.
pub fn reap(face: &Face, process: &Process) {
    let open: Vec<Inode> = std::fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(inode_of)
        .collect();
    let closed = process.files().take_closed(&open);
    let Some(kernel) = process.started_kernel() else { return };
    for (file, kind) in closed {
        kernel.close(file, process);
        if let Some(trace) = &face.trace {
            trace.line(&trace::close_line(kind));
        }
    }
}

/// Opens a device file of the machine, whose place in the tree is `place`.
pub fn open(face: &Face, kind: FileKind, place: &str, flags: c_int) -> Result<c_int, Errno> {
    let result = open_untraced(face, kind, place, flags);
    if let Some(trace) = &face.trace {
        trace.line(&trace::open_line(kind, result));
    }
    result
}

fn open_untraced(face: &Face, kind: FileKind, place: &str, flags: c_int) -> Result<c_int, Errno> {
    face.permits(place, access_bits(flags))?;
    let process = Process::current();
    let id = process.kernel(face).open(kind, process)?;
    let name = CString::new(trace::device_name(Some(kind))).map_err(|_| Errno::EINVAL)?;
    let cloexec = flags & libc::O_CLOEXEC != 0;
    let fd = match kind {
        FileKind::Kfd => host::sealed(&name, cloexec),
        FileKind::Render { .. } | FileKind::Accel { .. } => host::memfd(&name, cloexec),
    };
    fd.and_then(|fd| enter(process, File::Kernel { id, kind: Some(kind) }, fd))
        .inspect_err(|_| process.kernel(face).close(id, process))
}

/// Whether another process has opened a device file, and not by a descriptor that it has from this one. A process that
/// the host does not let the caller look at seems to have none.
pub fn opened_by(process: &Process, pid: u32, kind: FileKind) -> bool {
    let name = format!("/memfd:{} (deleted)", trace::device_name(Some(kind)));
    let foreign = |path: PathBuf| {
        let found = std::fs::metadata(path).ok();
        let inode = found.map(|stat| Inode { device: stat.dev(), number: stat.ino() });
        inode.is_some_and(|inode| process.files().get(inode).is_none())
    };
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut paths = descriptors.map(|entry| entry.path());
    paths.any(|path| path.read_link().is_ok_and(|to| to == *name) && foreign(path))
}

/// The permission bits (4 read, 2 write) that open flags ask for.
fn access_bits(flags: c_int) -> u32 {
    match flags & libc::O_ACCMODE {
        libc::O_RDONLY => 4,
        libc::O_WRONLY => 2,
        _ => 6,
    }
}

/// Serves an ioctl. `None`: the descriptor is not ours.
pub fn ioctl(face: &Face, fd: c_int, request: u32, arg: u64) -> Option<Result<c_int, Errno>> {
    let process = Process::current();
    let (inode, file) = match file_of(process, fd) {
        Kept::NotOpen => return None,
        Kept::Foreign | Kept::File(_, File::Inherited(None)) => {
            return shared::ioctl(process, fd, request, arg);
        }
        Kept::File(inode, file) => (inode, file),
    };
    let (kind, id) = match (file, served(face, process, inode, file, request)) {
        (File::Distorted(_), _) => return None,
        (File::Kernel { kind, .. } | File::Inherited(kind), id) => (kind, id),
    };
    let call = face.trace.as_ref().map(|_| Call::begin(kind, request, arg, process));
    let name = trace::ioctl_name(kind, request);
    let incidents = name.map(|name| face.faults.incidents(name)).unwrap_or_default();
    for (gpu, incident) in &incidents {
        process.kernel(face).happen(*gpu, *incident, process);
    }
    let planned = name.and_then(|name| face.faults.ioctl(name));
    let result = match (planned, id) {
        (None, Err(errno)) => Err(errno),
        (None, Ok(id)) => process.kernel(face).ioctl(id, request, arg, process),
        (Some(Failure { errno, .. }), Err(_)) => Err(errno),
        (Some(Failure { errno, done }), Ok(id)) => {
            process.kernel(face).ioctl_partly(id, request, arg, done, process).and(Err(errno))
        }
    };
    let result = followed(face, process, name, !incidents.is_empty(), result);
    if let Some(coverage) = &face.coverage {
        coverage.note(kind, request, result);
    }
    if let (Some(trace), Some(call)) = (&face.trace, call) {
        trace.line(&call.end(result, process));
    }
    Some(result)
}

/// Has the GPUs see what a call has changed, or an incident, and says how the call ends: a queue that they cannot take off is
/// its failure (`pqm_update_queue_properties`, and `pqm_destroy_queue`, which has destroyed it nevertheless).
fn followed(
    face: &Face,
    process: &'static Process,
    name: Option<&str>,
    has_incidents: bool,
    result: Result<c_int, Errno>,
) -> Result<c_int, Errno> {
    let settings = face.gpu.as_ref().filter(|_| Gpus::concerns(name) || has_incidents);
    let (Some(settings), Some(kernel)) = (settings, process.started_kernel()) else { return result };
    let followed = process.gpus.follow(process, kernel, settings);
    if matches!(name, Some("UPDATE_QUEUE" | "DESTROY_QUEUE")) {
        return result.and_then(|value| followed.map(|()| value));
    }
    result
}

/// The kernel's file to serve a call with. After a fork: /dev/kfd refuses, and a render node or an accelerator, whose
/// queries do not depend on the process, is opened anew.
fn served(face: &Face, process: &Process, inode: Inode, file: File, request: u32) -> Result<FileId, Errno> {
    match file {
        File::Kernel { id, .. } => Ok(id),
        File::Inherited(Some(kind @ (FileKind::Render { .. } | FileKind::Accel { .. }))) => {
            let id = process.kernel(face).open(kind, process)?;
            process.files().insert(inode, File::Kernel { id, kind: Some(kind) });
            Ok(id)
        }
        File::Inherited(Some(FileKind::Kfd)) => Err(process.kernel(face).refusal(request)),
        File::Inherited(None) | File::Distorted(_) => Err(Errno::EBADF),
    }
}

/// The arguments of an mmap but for the descriptor.
#[derive(Clone, Copy)]
pub struct Mapping {
    /// Wanted address, or null.
    pub addr: *mut c_void,
    /// Bytes.
    pub len: usize,
    /// PROT_*
    pub prot: c_int,
    /// MAP_*
    pub flags: c_int,
    /// Byte offset.
    pub offset: i64,
}

impl Mapping {
    /// Makes the mapping over memory of our own, from a byte offset on.
    ///
    /// # Safety
    /// As for mmap(2).
    pub unsafe fn over(self, memory: c_int, offset: u64) -> Result<*mut c_void, Errno> {
        let Mapping { addr, len, prot, flags, .. } = self;
        let offset = i64::try_from(offset).map_err(|_| Errno::EOVERFLOW)?;
        // SAFETY: by this function's own contract.
        let address = unsafe { next::mmap(addr, len, prot, flags, memory, offset) };
        if address == libc::MAP_FAILED { Err(Errno(entry::errno())) } else { Ok(address) }
    }
}

/// Serves an mmap. `None`: the descriptor is not ours.
///
/// # Safety
/// As for mmap(2) with the same arguments.
pub unsafe fn map(face: &Face, fd: c_int, mapping: Mapping) -> Option<Result<*mut c_void, Errno>> {
    let process = Process::current();
    let (kind, id) = match file_of(process, fd) {
        Kept::NotOpen | Kept::File(_, File::Distorted(_)) => return None,
        Kept::Foreign | Kept::File(_, File::Inherited(None)) => {
            // SAFETY: by this function's own contract.
            return unsafe { shared::map(process, fd, mapping) };
        }
        Kept::File(_, File::Kernel { id, kind }) => (kind, Ok(id)),
        // `kfd_get_process` finds none for the child.
        Kept::File(_, File::Inherited(kind)) => (kind, Err(Errno::EINVAL)),
    };
    // SAFETY: by this function's own contract.
    let result = id.and_then(|id| unsafe { map_backing(face, process, id, mapping) });
    let address = result.map(|address| address as u64);
    if let Ok(address) = address {
        process.mappings().insert(address, mapping.len as u64, kind);
    }
    if let Some(trace) = &face.trace {
        trace.line(&trace::mmap_line(kind, mapping.len as u64, mapping.prot, mapping.offset as u64, address));
    }
    Some(result)
}

/// Tells the kernel that a range of the address space is about to be unmapped or replaced.
pub fn unmapping(face: &Face, addr: u64, bytes: u64) {
    let process = Process::current();
    // munmap(2) refuses anything else.
    if bytes == 0 || addr % process.page_size() != 0 {
        return;
    }
    if let Some(kernel) = process.started_kernel() {
        kernel.unmapped(addr, bytes, process);
        process.gpus.unmapping(addr, bytes);
    }
    let was_mapped = process.mappings().remove(addr, bytes);
    if let Some(trace) = face.trace.as_ref().filter(|_| was_mapped) {
        trace.line(&trace::munmap_line(addr, bytes));
    }
}

/// # Safety
/// As for mmap(2).
unsafe fn map_backing(
    face: &Face,
    process: &Process,
    id: FileId,
    mapping: Mapping,
) -> Result<*mut c_void, Errno> {
    let Mapping { len, prot, flags, offset, .. } = mapping;
    let target = process.kernel(face).mmap(id, len as u64, prot, flags, offset as u64, process)?;
    let (arena, start) = process.arena.locate(target.backing).ok_or(Errno::EINVAL)?;
    // SAFETY: the caller's arguments, over a descriptor and an offset of ours.
    let address = unsafe { mapping.over(arena, start + target.offset) }?;
    process.kernel(face).mapped(id, offset as u64, address as u64);
    Ok(address)
}
