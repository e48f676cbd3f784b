//! The names of libdrm and libdrm_amdgpu that ROCr takes from libdtif.so. Answers to the DRM part of its
//! `thunk_loader.h`; prototypes are those of `amdgpu.h` and `xf86drm.h`.
//!
//! They hand the call to libdrm, and have no work of their own, for two reasons. ROCr passes the same device handles to
//! `amdgpu_device_get_fd`, which it takes from libdrm directly, so they must be libdrm's. And the kernel gives a buffer
//! that a file imports twice the same GEM handle without counting: only if one library keeps all of them does the
//! first close not take the buffer from the second owner. libdrm is found when the first call comes: whoever loads
//! libdtif.so has it loaded.

use std::{
    ffi::{CStr, c_int, c_ulong, c_void},
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

/// A symbol of `library`, or NULL. By the library's name, not in the global scope, where our own name may come first.
fn find(library: &CStr, symbol: &CStr) -> *mut c_void {
    // SAFETY: the name is a C string; libdrm has no constructors that could disturb the process.
    let library = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if library.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the library is open and stays so; the name is a C string.
    unsafe { libc::dlsym(library, symbol.as_ptr()) }
}

/// Defines functions that libdrm's of the same name carry out; without it they give -ENOSYS.
macro_rules! forward {
    ($library:literal: $(fn $name:ident($($argument:ident: $type:ty),* $(,)?);)+) => {$(
        /// libdrm's function of this name.
        ///
        /// # Safety
        /// As libdrm's header demands.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
            static FOUND: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
            let mut symbol = FOUND.load(Ordering::Relaxed);
            if symbol.is_null() {
                let name = concat!(stringify!($name), "\0");
                symbol = CStr::from_bytes_with_nul(name.as_bytes())
                    .map_or(ptr::null_mut(), |name| find($library, name));
                FOUND.store(symbol, Ordering::Relaxed);
            }
            if symbol.is_null() {
                return -libc::ENOSYS;
            }
            // SAFETY: libdrm's symbol of this name is a function of this type.
            let function = unsafe {
                std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($type),*) -> c_int>(symbol)
            };
            // SAFETY: the caller keeps libdrm's promises.
            unsafe { function($($argument),*) }
        }
    )+};
}

forward! { c"libdrm_amdgpu.so.1":
    fn amdgpu_device_initialize(fd: c_int, major: *mut u32, minor: *mut u32, device: *mut *mut c_void);
    fn amdgpu_device_deinitialize(device: *mut c_void);
    fn amdgpu_query_gpu_info(device: *mut c_void, info: *mut c_void);
    fn amdgpu_bo_cpu_map(buffer: *mut c_void, address: *mut *mut c_void);
    fn amdgpu_bo_free(buffer: *mut c_void);
    fn amdgpu_bo_export(buffer: *mut c_void, kind: u32, handle: *mut u32);
    fn amdgpu_bo_import(device: *mut c_void, kind: u32, handle: u32, imported: *mut c_void);
    fn amdgpu_bo_query_info(buffer: *mut c_void, info: *mut c_void);
    fn amdgpu_bo_set_metadata(buffer: *mut c_void, metadata: *mut c_void);
    fn amdgpu_bo_va_op(buffer: *mut c_void, offset: u64, size: u64, address: u64, flags: u64, operation: u32);
}

forward! { c"libdrm.so.2":
    fn drmCommandWriteRead(fd: c_int, index: c_ulong, data: *mut c_void, size: c_ulong);
}
