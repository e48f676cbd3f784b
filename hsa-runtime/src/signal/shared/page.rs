//! The memory of a signal that processes share: one page of a file without a name, which can neither grow nor shrink.

use std::{
    ffi::CStr,
    os::fd::{AsFd, OwnedFd},
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, SealFlag, fcntl},
    sys::{
        memfd::{MFdFlags, memfd_create},
        stat::fstat,
    },
    unistd::ftruncate,
};

use crate::{
    boundary::Error,
    signal::{block::Block, protocol::Sleepers},
};

/// Its name in lists of mappings.
const NAME: &CStr = c"hsa-signal";

/// What is in the page. Tickets say which layout they are for.
#[repr(C)]
pub struct Page {
    pub block: Block,
    /// Those who sleep, in all processes.
    pub sleepers: Sleepers,
}

impl Page {
    /// The page that the driver has mapped at this address, until it unmaps it.
    pub fn at(address: u64) -> &'static Self {
        let page: *const Self = std::ptr::with_exposed_provenance(address as usize);
        // SAFETY: a whole page is there, larger than this, and none of its bytes goes away, since the file does not shrink.
        // All fields are atomics: any bytes are valid, and others may write to them. It is used by nobody after the line
        // that owns it has unmapped it.
        unsafe { &*page }
    }
}

/// A file with one zeroed page.
pub fn create(page_size: u64) -> Result<OwnedFd, Errno> {
    let file = memfd_create(NAME, MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
    ftruncate(&file, page_size as i64)?;
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(file)
}

/// Whether that is such a file: one that shrinks would take the page away.
///
/// # Errors
/// `InvalidArgument` if it is not.
pub fn check(file: impl AsFd, page_size: u64) -> Result<(), Error> {
    let is_large = fstat(&file).is_ok_and(|about| about.st_size as u64 >= page_size);
    let seals = fcntl(&file, FcntlArg::F_GET_SEALS).map(SealFlag::from_bits_retain);
    let stays = seals.is_ok_and(|seals| seals.contains(SealFlag::F_SEAL_SHRINK));
    if is_large && stays { Ok(()) } else { Err(Error::InvalidArgument) }
}
