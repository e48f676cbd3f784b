//! The definitions that the hooks hide: the next ones in the search order, in practice libc's.
//! Unsafe: it calls functions found by name.

use libc::{
    DIR, FILE, c_char, c_int, c_long, c_uint, c_ulong, c_void, dirent, mode_t, off_t, size_t, ssize_t,
};
use std::mem::transmute;
use std::sync::atomic::{AtomicPtr, Ordering};

/// scandir(3)'s filter.
pub type Filter = Option<unsafe extern "C" fn(*const dirent) -> c_int>;
/// scandir(3)'s order.
pub type Compare = Option<unsafe extern "C" fn(*mut *const dirent, *mut *const dirent) -> c_int>;

/// Looks a symbol up once. `name` ends with NUL.
fn resolve(cache: &AtomicPtr<c_void>, name: &'static str) -> *mut c_void {
    let known = cache.load(Ordering::Acquire);
    if !known.is_null() {
        return known;
    }
    // SAFETY: `name` is NUL-terminated; dlsym with RTLD_NEXT has no other precondition.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr().cast()) };
    if found.is_null() {
        // There is no way to go on: the caller asked for a libc function that this libc does not have.
        std::process::abort();
    }
    cache.store(found, Ordering::Release);
    found
}

/// One line a function: the C prototype, with `...` where it is variadic, for a variadic function must be called
/// as one (the ELFv2 ABI needs its caller's save area).
macro_rules! next {
    ($(fn $name:ident($($arg:ident: $ty:ty),* $(,)? $(; $($extra:ident: $extra_ty:ty),+)?) -> $ret:ty;)*) => {
        $(
            #[doc = concat!("libc's `", stringify!($name), "`.")]
            ///
            /// # Safety
            /// As for the function itself.
            pub unsafe fn $name($($arg: $ty,)* $($($extra: $extra_ty),+)?) -> $ret {
                static CACHE: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
                let address = resolve(&CACHE, concat!(stringify!($name), "\0"));
                // SAFETY: the symbol of this name in libc has this prototype.
                let function = unsafe { transmute::<*mut c_void, next!(@type ($($ty),*) $($($extra_ty),+)? => $ret)>(address) };
                // SAFETY: by this function's own contract.
                unsafe { function($($arg,)* $($($extra),+)?) }
            }
        )*
    };
    (@type ($($ty:ty),*) => $ret:ty) => { unsafe extern "C" fn($($ty),*) -> $ret };
    (@type ($($ty:ty),*) $($extra:ty),+ => $ret:ty) => { unsafe extern "C" fn($($ty,)* ...) -> $ret };
}

next! {
    fn openat(dir: c_int, path: *const c_char, flags: c_int; mode: mode_t) -> c_int;
    fn ioctl(fd: c_int, request: c_ulong; arg: *mut c_void) -> c_int;
    fn fopen(path: *const c_char, mode: *const c_char) -> *mut FILE;
    fn freopen(path: *const c_char, mode: *const c_char, stream: *mut FILE) -> *mut FILE;
    fn opendir(path: *const c_char) -> *mut DIR;
    fn scandir(path: *const c_char, list: *mut *mut *mut dirent, filter: Filter, compare: Compare) -> c_int;
    fn fstatat(dir: c_int, path: *const c_char, buf: *mut libc::stat, flags: c_int) -> c_int;
    fn fstat(fd: c_int, buf: *mut libc::stat) -> c_int;
    fn statx(dir: c_int, path: *const c_char, flags: c_int, mask: c_uint, buf: *mut libc::statx) -> c_int;
    fn faccessat(dir: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int;
    fn readlinkat(dir: c_int, path: *const c_char, buf: *mut c_char, size: size_t) -> ssize_t;
    fn realpath(path: *const c_char, out: *mut c_char) -> *mut c_char;
    fn getxattr(path: *const c_char, name: *const c_char, value: *mut c_void, size: size_t) -> ssize_t;
    fn lgetxattr(path: *const c_char, name: *const c_char, value: *mut c_void, size: size_t) -> ssize_t;
    fn listxattr(path: *const c_char, list: *mut c_char, size: size_t) -> ssize_t;
    fn llistxattr(path: *const c_char, list: *mut c_char, size: size_t) -> ssize_t;
    fn chdir(path: *const c_char) -> c_int;
    fn mmap(addr: *mut c_void, len: size_t, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> *mut c_void;
    fn munmap(addr: *mut c_void, len: size_t) -> c_int;
    fn read(fd: c_int, buf: *mut c_void, len: size_t) -> ssize_t;
    fn pread(fd: c_int, buf: *mut c_void, len: size_t, offset: off_t) -> ssize_t;
    fn write(fd: c_int, buf: *const c_void, len: size_t) -> ssize_t;
    fn pwrite(fd: c_int, buf: *const c_void, len: size_t, offset: off_t) -> ssize_t;
    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> off_t;
    fn close(fd: c_int) -> c_int;
    fn dup2(old: c_int, new: c_int) -> c_int;
    fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int;
    fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int;
    fn syscall(
        number: c_long; a: c_long, b: c_long, c: c_long, d: c_long, e: c_long, f: c_long
    ) -> c_long;
    fn mbind(
        addr: *mut c_void, len: c_ulong, mode: c_int, nodes: *const c_ulong, max_node: c_ulong, flags: c_uint,
    ) -> c_long;
    fn sysconf(name: c_int) -> c_long;
    fn sysinfo(info: *mut libc::sysinfo) -> c_int;
    fn get_nprocs() -> c_int;
    fn get_nprocs_conf() -> c_int;
}
