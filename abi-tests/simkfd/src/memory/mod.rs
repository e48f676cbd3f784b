//! GPU memory: buffer objects, the accounts that limit them, GPU address spaces, and the ioctls that make, map and
//! share them. Mirrors amdgpu/amdgpu_amdkfd_gpuvm.c and the memory half of amdkfd/kfd_chardev.c. Touches nothing
//! but memory; storage comes from the host.
#![forbid(unsafe_code)]

mod accounts;
pub(crate) mod alloc;
mod handles;
pub(crate) mod map;
mod object;
pub(crate) mod share;
#[cfg(test)]
mod tests;
mod vm;

pub(crate) use accounts::{Accounts, RESERVED_VRAM};
pub(crate) use handles::{Attachment, GpuMemory, Handles, make_handle, split_handle};
pub(crate) use object::{BufferObject, FIRST_MMAP_OFFSET, Metadata, ObjectId, Objects, Payer, Storage};
pub(crate) use vm::Vm;

/// `AMDGPU_GPU_PAGE_SIZE`: the unit of GPU addresses, whatever the host's page size.
pub(crate) const GPU_PAGE: u64 = 4096;
