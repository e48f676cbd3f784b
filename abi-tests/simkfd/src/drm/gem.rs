//! Buffer objects by GEM handle: close, share, map, describe. Mirrors amdgpu/amdgpu_gem.c and drm_prime.c from their
//! known behaviour. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::RenderCall;
use crate::contract::Errno;
use crate::memory::{ObjectId, Storage};
use crate::uapi::drm::*;
use crate::uapi::layout::{Layout, Plain};

/// The bytes of metadata that AMDGPU_GEM_METADATA can carry.
const METADATA_BYTES: usize = 256;
/// `DRM_CLOEXEC | DRM_RDWR`, which are O_CLOEXEC and O_RDWR.
const O_CLOEXEC: u32 =
    if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) { 0x40_0000 } else { 0x8_0000 };
const O_RDWR: u32 = 2;

fn lookup(call: &RenderCall, handle: u32) -> Result<ObjectId, Errno> {
    call.state.render(call.file)?.gem.get(handle).ok_or(Errno::ENOENT)
}

/// `drm_gem_close_ioctl` and `amdgpu_gem_object_close`
pub(super) fn close(call: &mut RenderCall, args: &mut drm_gem_close) -> Result<(), Errno> {
    let file = call.file;
    let render = call.state.render_mut(file)?;
    let object = render.gem.remove(args.handle)?;
    render.vm.remove(object);
    let allowed = &mut call.state.objects.get_mut(object).allowed;
    if let Some(at) = allowed.iter().position(|known| *known == file) {
        allowed.remove(at);
    }
    call.state.release_object(object, call.machine, call.host);
    Ok(())
}

/// `drm_prime_handle_to_fd_ioctl`
pub(super) fn handle_to_fd(call: &mut RenderCall, args: &mut drm_prime_handle) -> Result<(), Errno> {
    if args.flags & !(O_CLOEXEC | O_RDWR) != 0 {
        return Err(Errno::EINVAL);
    }
    let object = lookup(call, args.handle)?;
    let cloexec = args.flags & O_CLOEXEC != 0;
    args.fd = crate::memory::share::export(&mut call.state, (call.machine, call.host), object, cloexec)?;
    Ok(())
}

/// `drm_prime_fd_to_handle_ioctl`: a dma-buf that the file has imported before gives the same handle.
pub(super) fn fd_to_handle(call: &mut RenderCall, args: &mut drm_prime_handle) -> Result<(), Errno> {
    let object = crate::memory::share::hold_behind(&mut call.state, call.machine, call.host, args.fd)?;
    let render_file = call.file;
    let render = call.state.render_mut(render_file)?;
    args.handle = match render.gem.find(object) {
        Some(handle) => {
            call.state.release_object(object, call.machine, call.host);
            handle
        }
        None => {
            // drm_gem_handle_create and amdgpu_gem_object_open; the handle keeps the reference.
            let handle = render.gem.add(object);
            render.vm.add(object);
            call.state.objects.get_mut(object).allowed.push(render_file);
            handle
        }
    };
    Ok(())
}

/// `amdgpu_gem_mmap_ioctl`: the caller's own pages can not be mapped again.
pub(super) fn mmap(call: &mut RenderCall, args: &mut drm_amdgpu_gem_mmap) -> Result<(), Errno> {
    let handle = u32::get(&args.to_bytes());
    let object = lookup(call, handle)?;
    if matches!(call.state.objects.get(object).storage, Storage::User(_)) {
        return Err(Errno::EPERM);
    }
    args.handle_or_addr_ptr = call.state.objects.mmap_offset(object);
    Ok(())
}

/// `amdgpu_gem_metadata_ioctl`
pub(super) fn metadata(call: &mut RenderCall, args: &mut drm_amdgpu_gem_metadata) -> Result<(), Errno> {
    let object = lookup(call, args.handle)?;
    let known = call.state.metadata(object, call.host);
    match args.op {
        AMDGPU_GEM_METADATA_OP_GET_METADATA => {
            if known.data.len() > METADATA_BYTES {
                return Err(Errno::EINVAL);
            }
            args.flags = known.flags;
            args.tiling_info = known.tiling_info;
            args.data_size_bytes = known.data.len() as u32;
            let mut data = known.data.clone();
            data.resize(METADATA_BYTES, 0);
            args.data = Plain::get(&data);
            Ok(())
        }
        AMDGPU_GEM_METADATA_OP_SET_METADATA => {
            let size = args.data_size_bytes as usize;
            if size > METADATA_BYTES {
                return Err(Errno::EINVAL);
            }
            let data: Vec<u8> = args.data.iter().flat_map(|word| word.to_ne_bytes()).take(size).collect();
            known.tiling_info = args.tiling_info;
            // amdgpu_bo_set_metadata: without bytes it only takes those away that were there.
            known.data = data;
            if size > 0 {
                known.flags = args.flags;
            }
            call.state.publish_metadata(object, call.host);
            Ok(())
        }
        // The kernel answers 0 to any other operation.
        _ => Ok(()),
    }
}

/// `amdgpu_gem_op_ioctl`
pub(super) fn op(call: &mut RenderCall, args: &mut drm_amdgpu_gem_op) -> Result<(), Errno> {
    let object = lookup(call, args.handle)?;
    let bo = call.state.objects.get_mut(object);
    match args.op {
        AMDGPU_GEM_OP_GET_GEM_CREATE_INFO => {
            let info = drm_amdgpu_gem_create_in {
                bo_size: bo.size,
                alignment: call.host.page_size(),
                domains: bo.domains,
                domain_flags: bo.create_flags,
            };
            call.host.write_user(args.value, &info.to_bytes())
        }
        AMDGPU_GEM_OP_SET_PLACEMENT => {
            if matches!(bo.storage, Storage::User(_)) {
                return Err(Errno::EPERM);
            }
            let domains = AMDGPU_GEM_DOMAIN_VRAM | AMDGPU_GEM_DOMAIN_GTT | AMDGPU_GEM_DOMAIN_CPU;
            bo.domains = args.value & domains;
            Ok(())
        }
        AMDGPU_GEM_OP_GET_MAPPING_INFO => {
            call.state.report.not_implemented("AMDGPU_GEM_OP_GET_MAPPING_INFO");
            Err(Errno::EINVAL)
        }
        _ => Err(Errno::EINVAL),
    }
}
