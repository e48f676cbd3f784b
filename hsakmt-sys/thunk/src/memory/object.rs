//! What lies where.
//!
//! Touches nothing. Answers to `vm_object_t` and `vm_find_object` of upstream's `fmm.c`, with ordered maps for its
//! red-black trees.

use super::{gpu_list::GpuList, ordered::Ordered, space::Area};
use crate::abi::HsaMemFlags;

/// Where an object comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Allocated here.
    Allocated,
    /// The process's own memory, registered: its address and size.
    User { address: u64, size: u64 },
    /// A graphics buffer.
    Graphics,
}

/// An allocation, registration or reservation.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub start: u64,
    /// Bytes, page-aligned.
    pub size: u64,
    pub area: Area,
    pub origin: Origin,
    pub node: u32,
    pub flags: HsaMemFlags,
    /// The driver's handles; several where one buffer would be too large, none for a reservation of addresses.
    pub handles: Vec<u64>,
    /// GPUs that it is registered for; empty is all.
    pub registered: GpuList,
    /// GPUs that it is mapped to.
    pub mapped: GpuList,
    pub registrations: u32,
    pub mappings: u32,
    pub user_data: u64,
    /// The exporter's description of a graphics buffer.
    pub metadata: Box<[u8]>,
}

impl Object {
    pub(super) fn new(start: u64, size: u64, area: Area, flags: HsaMemFlags) -> Self {
        Self {
            start,
            size,
            area,
            origin: Origin::Allocated,
            node: 0,
            flags,
            handles: Vec::new(),
            registered: GpuList::default(),
            mapped: GpuList::default(),
            registrations: 0,
            mappings: 0,
            user_data: 0,
            metadata: Box::default(),
        }
    }

    pub(super) fn is_user(&self) -> bool {
        matches!(self.origin, Origin::User { .. })
    }

    /// A reservation of addresses without memory, which cannot be mapped.
    pub(super) fn is_addresses_only(&self) -> bool {
        self.handles.is_empty()
    }

    fn contains(&self, address: u64) -> bool {
        address >= self.start && address - self.start < self.size
    }
}

/// All objects, by start; registered memory also by its own address.
#[derive(Debug, Default)]
pub(super) struct Objects {
    by_start: Ordered<u64, Box<Object>>,
    by_user: Ordered<(u64, u64), u64>,
}

impl Objects {
    pub(super) fn insert(&mut self, object: Object) {
        if let Origin::User { address, size } = object.origin {
            self.by_user.insert((address, size), object.start);
        }
        self.by_start.insert(object.start, Box::new(object));
    }

    pub(super) fn remove(&mut self, start: u64) -> Option<Object> {
        let object = *self.by_start.remove(start)?;
        if let Origin::User { address, size } = object.origin {
            self.by_user.remove((address, size));
        }
        Some(object)
    }

    pub(super) fn get_mut(&mut self, start: u64) -> Option<&mut Object> {
        self.by_start.get_mut(start).map(AsMut::as_mut)
    }

    pub(super) fn get(&self, start: u64) -> Option<&Object> {
        self.by_start.get(start).map(AsRef::as_ref)
    }

    /// Start of the object at an address: registered memory by its address and size (0 for any), else what begins on
    /// that page.
    pub(super) fn find(&self, address: u64, size: u64, page: u64) -> Option<u64> {
        self.find_user(address, size).or_else(|| {
            let object = self.by_start.get(address & !(page - 1))?;
            let same = match object.origin {
                Origin::User { address: user, size: user_size } => {
                    user % page == address % page && (size == 0 || size == user_size)
                }
                _ => true,
            };
            same.then_some(object.start)
        })
    }

    pub(super) fn find_user(&self, address: u64, size: u64) -> Option<u64> {
        if size != 0 {
            return self.by_user.get((address, size)).copied();
        }
        let ((first, _), start) = self.by_user.from((address, 0)).next()?;
        (first == address).then_some(*start)
    }

    /// The object that an address lies in; registered memory first, since its own addresses may also be another
    /// object's on the GPU.
    pub(super) fn containing(&self, address: u64) -> Option<&Object> {
        if !self.by_user.is_empty() {
            let user = self.by_user.floor((address, u64::MAX));
            if let Some((_, start)) = user.filter(|((user, size), _)| address - user < *size) {
                return self.get(*start);
            }
        }
        let (_, object) = self.by_start.floor(address)?;
        object.contains(address).then_some(object)
    }

    /// Starts of all objects within a range.
    pub(super) fn within(&self, first: u64, last: u64) -> Vec<u64> {
        let starts = self.by_start.from(first).map(|(start, _)| start);
        starts.take_while(|start| *start <= last).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u64 = 4096;

    fn objects() -> Objects {
        let mut objects = Objects::default();
        objects.insert(Object::new(0x10_0000, 2 * PAGE, Area::Shared, HsaMemFlags::default()));
        let mut user = Object::new(0x20_0000, PAGE, Area::Shared, HsaMemFlags::default());
        user.origin = Origin::User { address: 0x7000_0123, size: 100 };
        objects.insert(user);
        objects
    }

    #[test]
    fn an_allocation_is_found_by_its_first_page() {
        let objects = objects();
        assert_eq!(objects.find(0x10_0000, 0, PAGE), Some(0x10_0000));
        assert_eq!(objects.find(0x10_0010, 0, PAGE), Some(0x10_0000));
        assert_eq!(objects.find(0x10_1000, 0, PAGE), None);
        assert_eq!(objects.containing(0x10_1fff).map(|object| object.start), Some(0x10_0000));
        assert!(objects.containing(0x10_2000).is_none());
    }

    #[test]
    fn registered_memory_is_found_by_either_address() {
        let objects = objects();
        for (address, size) in [(0x7000_0123, 100), (0x7000_0123, 0), (0x20_0123, 0), (0x20_0123, 100)] {
            assert_eq!(objects.find(address, size, PAGE), Some(0x20_0000), "{address:#x} {size}");
        }
        for (address, size) in [(0x7000_0123, 99), (0x20_0124, 0), (0x20_0123, 99)] {
            assert_eq!(objects.find(address, size, PAGE), None, "{address:#x} {size}");
        }
        assert_eq!(objects.containing(0x7000_0123 + 99).map(|object| object.start), Some(0x20_0000));
        assert!(objects.containing(0x7000_0123 + 100).is_none());
    }

    #[test]
    fn a_removed_object_leaves_no_trace() {
        let mut objects = objects();
        assert!(objects.remove(0x20_0000).is_some());
        assert!(objects.remove(0x20_0000).is_none());
        assert_eq!(objects.find_user(0x7000_0123, 0), None);
    }
}
