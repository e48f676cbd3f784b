//! Tokens that buffers carry between processes: the first word of a buffer's metadata.
//!
//! An exporter leaves one with the buffer, and an importer sees by it that a descriptor is still the buffer it was told
//! of. Touches what its room touches. Answers to the second half of `hsaKmtHandleImport` in upstream's `memory.c`.

use super::{Buffers, Handle};
use crate::{
    error::{Error, Result, Status},
    uapi::drm::{
        AMDGPU_GEM_METADATA_OP_GET_METADATA, AMDGPU_GEM_METADATA_OP_SET_METADATA, drm_amdgpu_gem_metadata,
    },
};

/// What an importer wants of a buffer's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    Any,
    /// It shall be this one. A buffer without metadata has 0.
    Be(u32),
    /// It becomes this one, unless the buffer has metadata.
    Become(u32),
}

/// What came of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// The buffer is held.
    Done {
        /// The buffer.
        handle: Handle,
        /// Bytes.
        size: u64,
        /// The token that the buffer had already; 0 when it had none or nobody asked.
        token: u32,
    },
    /// Its token is this one, not the one it should be; nothing is held.
    Refused(u32),
}

impl Buffers {
    /// Takes a dma-buf in on a render node. The descriptor stays the caller's.
    ///
    /// # Errors
    /// `Error` when it is no dma-buf that the driver takes, `InvalidHandle` when its metadata cannot be had.
    pub fn import(&self, minor: u32, dmabuf: i32, wish: Wish) -> Result<Import> {
        let handle = self.hold(minor, dmabuf)?;
        match self.size(handle).and_then(|size| Ok((size, self.granted(handle, wish)?))) {
            Ok((size, (token, true))) => Ok(Import::Done { handle, size, token }),
            Ok((_, (token, false))) => self.release(handle).map(|()| Import::Refused(token)),
            Err(error) => {
                let _ = self.release(handle);
                Err(error)
            }
        }
    }

    /// The token that the buffer has, and whether the wish is granted.
    fn granted(&self, handle: Handle, wish: Wish) -> Result<(u32, bool)> {
        match wish {
            Wish::Any => Ok((0, true)),
            Wish::Be(token) => {
                let known = self.metadata(handle)?.data[0];
                Ok((known, known == token))
            }
            Wish::Become(token) => {
                let known = self.metadata(handle)?;
                if known.data_size_bytes == 0 {
                    let size = size_of_val(&token) as u32;
                    let mut new = drm_amdgpu_gem_metadata { data_size_bytes: size, ..Default::default() };
                    new.data[0] = token;
                    self.set_metadata(handle, new)?;
                }
                Ok((known.data[0], true))
            }
        }
    }

    /// Takes the metadata from a buffer, and gives an import back.
    ///
    /// # Errors
    /// As [`Buffers::release`]; the buffer stays when the metadata cannot be taken.
    pub fn free(&self, handle: Handle) -> Result<()> {
        self.check(handle)?;
        self.set_metadata(handle, drm_amdgpu_gem_metadata::default())?;
        self.release(handle)
    }

    fn metadata(&self, handle: Handle) -> Result<drm_amdgpu_gem_metadata> {
        let op = AMDGPU_GEM_METADATA_OP_GET_METADATA;
        let mut arguments = drm_amdgpu_gem_metadata { handle: handle.gem, op, ..Default::default() };
        let asked = self.ask(handle.minor, "AMDGPU_GEM_METADATA", &mut arguments);
        asked.map_err(|error| Error { status: Status::InvalidHandle, ..error })?;
        Ok(arguments)
    }

    fn set_metadata(&self, handle: Handle, metadata: drm_amdgpu_gem_metadata) -> Result<()> {
        let op = AMDGPU_GEM_METADATA_OP_SET_METADATA;
        let mut arguments = drm_amdgpu_gem_metadata { handle: handle.gem, op, ..metadata };
        self.ask(handle.minor, "AMDGPU_GEM_METADATA", &mut arguments)
    }
}
