//! The signal page: one 64-bit slot an event, into which the GPU writes before it interrupts. Either the kernel's own
//! memory, or a GTT object that user mode allocated. Mirrors `struct kfd_signal_page` of amdkfd/kfd_events.c.
#![forbid(unsafe_code)]

use crate::contract::{Backing, Call, Errno, Host};
use crate::memory::{Storage, split_handle};
use crate::uapi::kfd_flags::{KFD_IOC_ALLOC_MEM_FLAGS_GTT, KFD_SIGNAL_EVENT_LIMIT, UNSIGNALED_EVENT_SLOT};

pub(super) const SLOT_BYTES: u64 = 8;
const PAGE_BYTES: u64 = KFD_SIGNAL_EVENT_LIMIT as u64 * SLOT_BYTES;
/// What the oldest user mode maps of the kernel's own page, and all that is used until an mmap tells otherwise.
const OLDEST_USER_BYTES: u64 = 256 * SLOT_BYTES;

/// `struct kfd_signal_page` with `signal_mapped_size`.
pub(crate) struct SignalPage {
    pub backing: Backing,
    /// The memory handle of user mode's object; none for the kernel's own page.
    pub handle: Option<u64>,
    mapped_bytes: u64,
}

impl SignalPage {
    /// How many ids user mode can see.
    pub fn slots(&self) -> usize {
        (self.mapped_bytes / SLOT_BYTES) as usize
    }

    /// Marks a slot as not signalled.
    pub fn clear(&self, host: &dyn Host, id: u32) {
        let slot = UNSIGNALED_EVENT_SLOT.to_ne_bytes();
        host.write_backing(self.backing, u64::from(id) * SLOT_BYTES, &slot);
    }
}

/// The process's signal page; the kernel's own is made when the first signal event comes without one
/// (`allocate_signal_page`).
pub(crate) fn ensure(call: &mut Call) -> Result<(), Errno> {
    if call.process().events.page.is_some() {
        return Ok(());
    }
    let bytes = PAGE_BYTES.next_multiple_of(call.host.page_size());
    let backing = call.host.create_backing(bytes)?;
    adopt(call, backing, OLDEST_USER_BYTES, None);
    Ok(())
}

/// `kfd_kmap_event_page`: the object behind a memory handle becomes the signal page. `EINVAL` when there is one
/// already, when the handle is nobody's, and when the object is no kernel memory or too small.
pub(crate) fn set(call: &mut Call, handle: u64) -> Result<(), Errno> {
    if call.process().events.page.is_some() {
        return Err(Errno::EINVAL);
    }
    let (gpu_id, number) = split_handle(handle);
    let (device, _) = call.bound_device(gpu_id)?;
    let memory = call.process().devices[device].handles.get(number).ok_or(Errno::EINVAL)?;
    let (object, flags) = (memory.object, memory.flags);
    let object = call.state.objects.get(object);
    let (storage, bytes) = (object.storage, object.size);
    // amdgpu_amdkfd_gpuvm_map_gtt_bo_to_kernel pins the object in GTT. Assumed: that fails for one made in VRAM.
    match storage {
        Storage::Backing(backing) if flags & KFD_IOC_ALLOC_MEM_FLAGS_GTT != 0 && bytes >= PAGE_BYTES => {
            adopt(call, backing, bytes, Some(handle));
            Ok(())
        }
        _ => Err(Errno::EINVAL),
    }
}

fn adopt(call: &mut Call, backing: Backing, mapped_bytes: u64, handle: Option<u64>) {
    call.host.write_backing(backing, 0, &[UNSIGNALED_EVENT_SLOT as u8; PAGE_BYTES as usize]);
    call.process().events.page = Some(SignalPage { backing, handle, mapped_bytes });
}

/// `kfd_event_mmap`: the kernel's own page, of which at most all may be mapped. From then on as many slots are used
/// as user mode sees.
pub(crate) fn mmap(call: &mut Call, bytes: u64) -> Result<Backing, Errno> {
    let page_size = call.host.page_size();
    let order = |bytes: u64| bytes.div_ceil(page_size).next_power_of_two();
    if order(bytes) > order(PAGE_BYTES) {
        return Err(Errno::EINVAL);
    }
    let page = call.process().events.page.as_mut().ok_or(Errno::EINVAL)?;
    page.mapped_bytes = bytes;
    Ok(page.backing)
}
