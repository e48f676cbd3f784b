//! Buffer objects (`struct amdgpu_bo`) and who holds them. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::contract::{Backing, FileId, Host, Place, State};
use crate::topology::Machine;
use crate::uapi::layout::Plain;

/// `DRM_FILE_PAGE_OFFSET_START` in bytes: fake mmap offsets begin above what 32 bits can say.
pub(crate) const FIRST_MMAP_OFFSET: u64 = 1 << 32;

/// A buffer object of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId(u64);

/// Where an object's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// VRAM or GTT: memory of the host's making.
    Backing(Backing),
    /// The caller's own pages, from this address on.
    User(u64),
    /// A window of the device's registers: the process's doorbells or the remapped register page.
    Registers,
}

/// What AMDGPU_GEM_METADATA keeps with an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub flags: u64,
    pub tiling_info: u64,
    pub data: Vec<u8>,
}

impl Metadata {
    /// As words, for other processes that hold the object.
    fn words(&self) -> Vec<u64> {
        let head = [self.flags, self.tiling_info, self.data.len() as u64];
        head.into_iter().chain(self.data.chunks(size_of::<u64>()).map(u64::get)).collect()
    }

    fn of_words(words: &[u64]) -> Self {
        let [flags, tiling_info, length, data @ ..] = words else { return Metadata::default() };
        let mut data: Vec<u8> = data.iter().flat_map(|word| word.to_ne_bytes()).collect();
        data.truncate(*length as usize);
        Metadata { flags: *flags, tiling_info: *tiling_info, data }
    }
}

/// `struct amdgpu_bo`
pub(crate) struct BufferObject {
    /// Index of the GPU node that pays for it.
    pub gpu: usize,
    /// Bytes, a multiple of the host's page size.
    pub size: u64,
    /// KFD_IOC_ALLOC_MEM_FLAGS_* that it was made with; they decide what is given back at its end.
    pub alloc_flags: u32,
    /// AMDGPU_GEM_DOMAIN_* that it prefers.
    pub domains: u64,
    /// AMDGPU_GEM_CREATE_*
    pub create_flags: u64,
    pub storage: Storage,
    pub metadata: Metadata,
    /// Render nodes that may mmap it, once for each time it was allowed (`drm_vma_node_allow`).
    pub allowed: Vec<FileId>,
    /// The dma-buf that exports it, while one is open.
    pub dmabuf: Option<FileId>,
    /// Where other processes find its memory, once it was exported to them or imported from them.
    pub place: Option<Place>,
    pub payer: Payer,
}

/// Whose accounts an object is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payer {
    /// This process's.
    Own,
    /// Another process's, which exported it.
    Exporter,
    /// Those of all together who hold it ([`Host::hold_shared`]).
    Holders,
}

struct Entry {
    object: BufferObject,
    references: u32,
    mmap_offset: u64,
}

/// All buffer objects.
#[derive(Default)]
pub(crate) struct Objects {
    entries: BTreeMap<ObjectId, Entry>,
    next: u64,
    next_offset: u64,
}

impl Objects {
    /// Puts a new object in the table, with one reference.
    pub fn add(&mut self, object: BufferObject) -> ObjectId {
        self.next += 1;
        let id = ObjectId(self.next);
        let mmap_offset = FIRST_MMAP_OFFSET + self.next_offset;
        self.next_offset += object.size;
        self.entries.insert(id, Entry { object, references: 1, mmap_offset });
        id
    }

    /// An object that somebody holds.
    pub fn get(&self, id: ObjectId) -> &BufferObject {
        &self.entries[&id].object
    }

    /// [`Objects::get`], to change it.
    pub fn get_mut(&mut self, id: ObjectId) -> &mut BufferObject {
        &mut self.entries.get_mut(&id).expect("a held object is in the table").object
    }

    /// `amdgpu_bo_mmap_offset`
    pub fn mmap_offset(&self, id: ObjectId) -> u64 {
        self.entries[&id].mmap_offset
    }

    /// `drm_vma_offset_exact_lookup`-like: the object whose fake offsets hold this one, and how far in it is.
    pub fn at_mmap_offset(&self, offset: u64) -> Option<(ObjectId, u64)> {
        self.entries.iter().find_map(|(id, entry)| {
            let into = offset.checked_sub(entry.mmap_offset)?;
            (into < entry.object.size).then_some((*id, into))
        })
    }

    /// The object whose memory other processes find at a place.
    pub fn at_place(&self, place: &Place) -> Option<ObjectId> {
        let found = self.entries.iter().find(|(_, entry)| entry.object.place.as_ref() == Some(place));
        found.map(|(id, _)| *id)
    }

    /// `drm_gem_object_get`
    pub fn hold(&mut self, id: ObjectId) {
        self.entries.get_mut(&id).expect("a held object is in the table").references += 1;
    }

    fn drop_reference(&mut self, id: ObjectId) -> Option<BufferObject> {
        let entry = self.entries.get_mut(&id).expect("a held object is in the table");
        entry.references -= 1;
        if entry.references > 0 {
            return None;
        }
        self.entries.remove(&id).map(|entry| entry.object)
    }
}

impl State {
    /// The metadata of an object, as whoever holds it set it last.
    pub fn metadata(&mut self, id: ObjectId, host: &dyn Host) -> &mut Metadata {
        let object = self.objects.get_mut(id);
        let noted = object.place.as_ref().filter(|_| object.payer == Payer::Holders);
        if let Some(words) = noted.and_then(|place| host.noted(place)) {
            object.metadata = Metadata::of_words(&words);
        }
        &mut object.metadata
    }

    /// Lets all others know the metadata that this process set.
    pub fn publish_metadata(&self, id: ObjectId, host: &dyn Host) {
        let object = self.objects.get(id);
        if let (Payer::Holders, Some(place)) = (object.payer, &object.place) {
            host.note(place, &object.metadata.words());
        }
    }

    /// `drm_gem_object_put`. The last one gives memory and accounts back (`amdgpu_amdkfd_release_notify`).
    pub fn release_object(&mut self, id: ObjectId, machine: &Machine, host: &dyn Host) {
        if let Some(object) = self.objects.drop_reference(id) {
            match (object.payer, &object.place) {
                (Payer::Own, _) => {
                    self.accounts.unreserve((machine, host), object.gpu, object.size, object.alloc_flags);
                }
                (Payer::Holders, Some(place)) => host.release_shared(place),
                _ => {}
            }
            if let Storage::Backing(backing) = object.storage {
                host.release_backing(backing);
            }
        }
    }
}
