//! Random sequences of what callers do with memory, against a small model of what must come of them, on a kernel that
//! keeps accounts. At the end nothing is left: no handle, no mapping, no address.

use super::{
    tests::{GFX8, GPU, PAGE, WHOLE, memory_on, video},
    *,
};
use crate::{
    abi::HsaMemFlags,
    kernel::{Advice, Attached, Backing, Errno, Fd, Kernel, Place, bytes_of_argument, read_back},
    testing::{Random, steps},
    uapi::{
        Request as Ioctl,
        kfd::{
            kfd_ioctl_alloc_memory_of_gpu_args, kfd_ioctl_get_version_args, kfd_ioctl_ipc_export_handle_args,
            kfd_ioctl_ipc_import_handle_args,
        },
    },
};
use std::path::Path;

/// A million in all with optimisation; a test without is to take a second.
const STEPS: u64 = steps(if cfg!(debug_assertions) { 20_000 } else { 500_000 });
const SEED: u64 = 20_251_121;
/// Things alive at most.
const MOST: usize = 300;
/// The process's own memory that is registered: so many places.
const OWN: u64 = 0x7000_0000_0000;

#[derive(Default)]
struct Accounts {
    next_handle: u64,
    next_address: u64,
    /// Handles, and whether each is mapped to the GPU.
    handles: BTreeMap<u64, bool>,
    /// Mapped address space: start and bytes.
    mapped: BTreeMap<u64, u64>,
    /// The next request fails.
    fails: bool,
}

impl Accounts {
    fn unmap(&mut self, start: u64, bytes: u64) {
        let end = start + bytes;
        let overlapping: Vec<(u64, u64)> =
            self.mapped.range(..end).rev().map(|(at, bytes)| (*at, *bytes)).collect();
        for (at, bytes) in overlapping.into_iter().take_while(|(at, bytes)| at + bytes > start) {
            self.mapped.remove(&at);
            if at < start {
                self.mapped.insert(at, start - at);
            }
            if at + bytes > end {
                self.mapped.insert(end, at + bytes - end);
            }
        }
    }

    fn bytes(&self) -> u64 {
        self.mapped.values().sum()
    }

    fn new_handle(&mut self) -> u64 {
        self.next_handle += 1;
        self.handles.insert(self.next_handle, false);
        self.next_handle
    }

    fn allocate(&mut self, argument: &mut [u8]) {
        let mut wanted: kfd_ioctl_alloc_memory_of_gpu_args = read_back(argument);
        wanted.handle = self.new_handle();
        argument.copy_from_slice(bytes_of_argument(&wanted));
    }

    /// `kfd_ioctl_free_memory_of_gpu`: EBUSY for what is mapped.
    fn free(&mut self, handle: u64) -> std::result::Result<(), Errno> {
        match self.handles.get(&handle) {
            None => Err(Errno::EINVAL),
            Some(true) => Err(Errno::EBUSY),
            Some(false) => self.handles.remove(&handle).map(drop).ok_or(Errno::EINVAL),
        }
    }

    fn map_to_gpu(&mut self, argument: &mut [u8], mapped: bool) -> std::result::Result<(), Errno> {
        let handle = u64::from_ne_bytes(argument[..8].try_into().unwrap());
        *self.handles.get_mut(&handle).ok_or(Errno::EINVAL)? = mapped;
        // n_success = n_devices
        argument.copy_within(16..20, 20);
        Ok(())
    }

    fn export(&self, argument: &mut [u8]) {
        let wanted: kfd_ioctl_ipc_export_handle_args = read_back(argument);
        assert!(self.handles.contains_key(&wanted.handle));
        let told = kfd_ioctl_ipc_export_handle_args { share_handle: [1, 2, 3, 4], ..wanted };
        argument.copy_from_slice(bytes_of_argument(&told));
    }

    fn import(&mut self, argument: &mut [u8]) {
        let mut wanted: kfd_ioctl_ipc_import_handle_args = read_back(argument);
        wanted.handle = self.new_handle();
        argument.copy_from_slice(bytes_of_argument(&wanted));
    }
}

struct Accountant(Mutex<Accounts>);

impl Kernel for Accountant {
    fn open(&self, _: &Path) -> std::result::Result<Fd, Errno> {
        Ok(Fd(3))
    }

    fn close(&self, _: Fd) {}

    fn ioctl(
        &self,
        _: Fd,
        request: Ioctl,
        argument: &mut [u8],
        _: &mut [Attached<'_>],
    ) -> std::result::Result<i32, Errno> {
        let mut accounts = self.0.lock();
        if std::mem::take(&mut accounts.fails) {
            return Err(Errno::ENOMEM);
        }
        match request.number() {
            0x01 => {
                let version = kfd_ioctl_get_version_args { major_version: 1, minor_version: 18 };
                argument.copy_from_slice(bytes_of_argument(&version));
            }
            0x16 => accounts.allocate(argument),
            0x17 => accounts.free(u64::from_ne_bytes(argument.try_into().unwrap()))?,
            0x18 => accounts.map_to_gpu(argument, true)?,
            0x19 => accounts.map_to_gpu(argument, false)?,
            0x80 => accounts.import(argument),
            0x81 => accounts.export(argument),
            _ => {}
        }
        Ok(0)
    }

    fn map(&self, place: Place, bytes: u64, _: Backing) -> std::result::Result<u64, Errno> {
        let mut accounts = self.0.lock();
        let start = match place {
            Place::Anywhere => {
                accounts.next_address += bytes;
                (1 << 40) + accounts.next_address - bytes
            }
            Place::Hint(at) | Place::Free(at) | Place::Fixed(at) => at,
        };
        accounts.unmap(start, bytes);
        accounts.mapped.insert(start, bytes);
        Ok(start)
    }

    fn unmap(&self, start: u64, bytes: u64) -> std::result::Result<(), Errno> {
        self.0.lock().unmap(start, bytes);
        Ok(())
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> std::result::Result<(), Errno> {
        Ok(())
    }

    fn bind(&self, _: u64, _: u64, _: u32, _: bool) -> std::result::Result<(), Errno> {
        Ok(())
    }

    fn store(&self, _: u64, _: &[u64]) {}

    fn touch(&self, _: u64, _: u64) {}

    fn read(&self, _: &Path) -> std::result::Result<Vec<u8>, Errno> {
        Err(Errno::ENOENT)
    }

    fn list(&self, _: &Path) -> std::result::Result<Vec<String>, Errno> {
        Err(Errno::ENOENT)
    }

    fn page_size(&self) -> u64 {
        PAGE
    }
}

/// What a caller has.
#[derive(Clone, Copy, Debug)]
struct Thing {
    kind: Kind,
    start: u64,
    size: u64,
    mapped: bool,
    /// Has memory and an address, so that it can be mapped.
    mappable: bool,
}

struct Run {
    kernel: Arc<Accountant>,
    memory: Memory,
    things: Vec<Thing>,
    random: Random,
}

impl Run {
    fn new(limit: u64) -> Self {
        let kernel = Arc::new(Accountant(Mutex::default()));
        let memory = memory_on(kernel.clone(), limit);
        Self { kernel, memory, things: Vec::new(), random: Random::new(SEED) }
    }

    fn step(&mut self) {
        match self.random.below(10) {
            _ if self.things.len() >= MOST => self.give_back(),
            0..=2 => self.allocate(),
            3 => self.register(),
            4 => self.share(),
            5 | 6 => self.map(),
            7 => self.unmap(),
            8 => self.look(),
            _ => self.give_back(),
        }
    }

    /// One request in sixteen finds the kernel without memory.
    fn plan_failure(&mut self) -> bool {
        let fails = self.random.below(16) == 0;
        self.kernel.0.lock().fails = fails;
        fails
    }

    /// Whether the planned failure was met; ends the plan.
    fn met(&self, planned: bool) -> bool {
        planned && !std::mem::take(&mut self.kernel.0.lock().fails)
    }

    fn allocate(&mut self) {
        let size = PAGE * (1 + self.random.below(600));
        let flags = video(size).flags;
        let (flags, kind, mappable) = match self.random.below(4) {
            0 => (flags.with(HsaMemFlags::ONLY_ADDRESS), Kind::Addresses, false),
            1 => (flags.with(HsaMemFlags::NO_ADDRESS), Kind::Allocated, false),
            _ => (flags, Kind::Allocated, true),
        };
        let alignment = PAGE << self.random.below(5);
        let planned = self.plan_failure();
        let allocated = self.memory.allocate(Request { flags, alignment, ..video(size) });
        assert_eq!(allocated.is_err(), self.met(planned), "{size} {flags:?}");
        let Ok(start) = allocated else { return };
        assert_eq!(start % alignment, 0);
        self.keep(Thing { kind, start, size, mapped: false, mappable });
    }

    fn keep(&mut self, thing: Thing) {
        let end = thing.start + thing.size;
        let apart = |other: &Thing| other.start + other.size <= thing.start || end <= other.start;
        assert!(self.things.iter().all(apart), "{thing:?}");
        self.things.push(thing);
    }

    fn register(&mut self) {
        let start = OWN + self.random.below(1000) * 0x1_0000 + self.random.below(PAGE);
        let size = 1 + self.random.below(0xe000);
        if self.things.iter().all(|thing| thing.start / 0x1_0000 != start / 0x1_0000) {
            self.memory.register(start, size, &[], true, false).unwrap();
            self.keep(Thing { kind: Kind::User, start, size, mapped: false, mappable: true });
        }
    }

    fn any(&mut self) -> Option<usize> {
        (!self.things.is_empty()).then(|| self.random.below(self.things.len() as u64) as usize)
    }

    fn share(&mut self) {
        let Some(index) = self.any() else { return };
        let thing = self.things[index];
        if thing.kind != Kind::Allocated || !thing.mappable {
            return;
        }
        let handle = self.memory.share(thing.start, thing.size).unwrap();
        let planned = self.plan_failure();
        let imported = self.memory.import_shared(handle, &[GPU]);
        assert_eq!(imported.is_err(), self.met(planned));
        let Ok((start, size)) = imported else { return };
        assert_eq!(size, thing.size);
        self.keep(Thing { kind: Kind::Graphics, start, mapped: false, ..thing });
    }

    fn map(&mut self) {
        let Some(index) = self.any() else { return };
        let thing = self.things[index];
        let planned = self.plan_failure();
        let mapped = self.memory.map_to_gpus(thing.start, thing.size);
        let failed = self.met(planned);
        assert_eq!(mapped.is_ok(), thing.mappable && !failed, "{thing:?}");
        self.things[index].mapped |= mapped.is_ok();
    }

    fn unmap(&mut self) {
        let Some(index) = self.any() else { return };
        let thing = self.things[index];
        // Registered memory counts how often it was mapped; here it is mapped and unmapped as a whole.
        let planned = self.plan_failure();
        let unmapped = self.memory.unmap_from_gpus(thing.start);
        let failed = self.met(planned);
        assert_eq!(unmapped.is_err(), failed, "{thing:?}");
        self.things[index].mapped &= self.is_mapped(&thing);
    }

    fn is_mapped(&self, thing: &Thing) -> bool {
        self.memory.pointer_info(thing.start).unwrap().mapped.1 > 0
    }

    fn look(&mut self) {
        let Some(index) = self.any() else { return };
        let thing = self.things[index];
        let inside = thing.start + self.random.below(thing.size);
        let info = self.memory.pointer_info(inside).unwrap();
        let start = if thing.kind == Kind::User { info.cpu_address } else { info.gpu_address };
        assert_eq!((info.kind, start, info.size), (thing.kind, thing.start, thing.size));
        assert_eq!(info.mapped.1 > 0, thing.mapped, "{thing:?}");
        assert!(self.memory.pointer_info(OWN - PAGE).is_err());
    }

    /// What is mapped cannot be freed; what is not can, once.
    fn give_back(&mut self) {
        let Some(index) = self.any() else { return };
        let thing = self.things[index];
        if thing.mapped {
            if thing.kind != Kind::User {
                assert!(self.memory.free(thing.start).is_err(), "{thing:?} is mapped");
            }
            return self.unmap_whole(index);
        }
        self.things.swap_remove(index);
        match thing.kind {
            Kind::User => self.memory.deregister(thing.start).unwrap(),
            _ => self.memory.free(thing.start).unwrap(),
        }
        assert_eq!(self.memory.free(thing.start).unwrap_err().status, Status::MemoryNotRegistered);
    }

    fn unmap_whole(&mut self, index: usize) {
        let thing = self.things[index];
        while self.is_mapped(&thing) {
            self.memory.unmap_from_gpus(thing.start).unwrap();
        }
        self.things[index].mapped = false;
    }
}

#[test]
fn whatever_callers_do_nothing_is_left_at_the_end() {
    for limit in [WHOLE, GFX8] {
        let mut run = Run::new(limit);
        let before = run.kernel.0.lock().bytes();
        for step in 0..STEPS {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run.step()));
            assert!(done.is_ok(), "step {step} of seed {SEED}, limit {limit:#x}");
        }
        while !run.things.is_empty() {
            run.give_back();
        }
        let accounts = run.kernel.0.lock();
        assert!(accounts.handles.is_empty(), "{:?}", accounts.handles);
        assert_eq!(accounts.bytes(), before);
        assert!(run.memory.space.is_unused());
        assert!(run.memory.objects.read().within(0, u64::MAX).is_empty());
    }
}
