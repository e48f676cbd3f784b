//! Ioctls on real device files, in the two forms that cannot go wrong: a struct that goes in as zeros, and an
//! AMDGPU_INFO query. Unsafe: the call itself.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use crate::uapi::drm::drm_amdgpu_info;
use crate::uapi::layout::Layout;
use crate::uapi::table;

/// Number of AMDGPU_INFO in `uapi::table`.
const AMDGPU_INFO: u8 = 0x45;

/// An ioctl that fills a struct. `request` is made for the struct's size, else the answer is EINVAL.
pub fn filled<T: Layout>(file: &File, request: u32) -> io::Result<T> {
    if crate::uapi::ioc::size(request) != T::SIZE {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let mut bytes = T::default().to_bytes();
    // SAFETY: the kernel copies T::SIZE bytes in and out. They are zeros, and so hold no address.
    unsafe { call(file, request, &mut bytes) }?;
    Ok(T::get(&bytes))
}

/// An AMDGPU_INFO query that fills a struct.
pub fn query<T: Layout>(file: &File, query: u32) -> io::Result<T> {
    let request = table::drm(AMDGPU_INFO).map(|entry| entry.drm_request()).unwrap_or_default();
    let mut answer = vec![0u8; T::SIZE];
    let return_pointer = answer.as_mut_ptr() as u64;
    let info = drm_amdgpu_info { return_pointer, return_size: T::SIZE as u32, query, ..Default::default() };
    // SAFETY: the kernel copies the struct in, and at most `return_size` bytes out to `answer`.
    unsafe { call(file, request, &mut info.to_bytes()) }?;
    Ok(T::get(&answer))
}

/// # Safety
/// `argument` is what the request takes, and addresses in it are of buffers as the request wants them.
unsafe fn call(file: &File, request: u32, argument: &mut [u8]) -> io::Result<()> {
    // SAFETY: by this function's own contract.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), request.into(), argument.as_mut_ptr()) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
