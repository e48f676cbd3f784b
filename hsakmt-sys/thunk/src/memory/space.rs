//! The address space that CPU and GPUs share.
//!
//! Where every GPU reaches the whole of it (gfx9 and newer), ranges come from mmap and nothing is reserved. Otherwise a
//! range is reserved and divided: the first quarter for coherent memory, the rest for other. Touches `driver` and `va`.
//! Answers to `init_svm_apertures`, `init_mmap_apertures` and `mmap_aperture_allocate_aligned` of upstream's `fmm.c`.

use super::gpu::Gpu;
use crate::{
    config::Config,
    driver::Driver,
    error::{Error, Result, Status},
    kernel::{Backing, Errno, Kernel, Place},
    message::{self, Level},
    quirks,
    thunk::Apertures,
    uapi::kfd::{cache_policy, kfd_ioctl_set_memory_policy_args},
    va::{Bounds, Ranges, large_alignment},
};
use parking_lot::Mutex;

const HUGE_PAGE: u64 = 2 << 20;
/// What page tables of five levels reach.
const LAST_ADDRESS: u64 = (1 << 57) - 1;
/// What gfx8 can address.
const RESERVATION_LIMIT: u64 = (1 << 40) - 1;
const SMALLEST_RESERVATION: u64 = 4 << 30;
/// Granularity of the coherent aperture's registers.
const POLICY_GRANULE: u64 = 64 << 10;
const CANONICAL_END: u64 = 1 << 47;

/// Which part of the address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    /// Shared by CPU and GPUs.
    Shared,
    /// The same, coherent; one with `Shared` where nothing is reserved.
    Coherent,
    /// Numbers that stand for memory without address.
    Handle,
    /// The process's own, unknown to the driver.
    Process,
}

enum Shared {
    /// No GPU with a canonical address space.
    None,
    /// Anywhere in the process.
    Mapped { bounds: Bounds },
    /// Within a reservation.
    Reserved(Box<Reservation>),
}

/// A reserved range in two parts.
struct Reservation {
    shared: Mutex<Ranges>,
    coherent: Mutex<Ranges>,
}

/// The address space.
pub(super) struct Space {
    shared: Shared,
    handles: Mutex<Ranges>,
    page: u64,
    guard: u64,
    alignment: u64,
    /// Alignment of large buffers where nothing is reserved.
    largest_alignment: u64,
}

impl Space {
    pub(super) fn new(
        driver: &Driver,
        config: &Config,
        gpus: &[Gpu],
        apertures: &[Apertures],
    ) -> Result<Self> {
        let kernel = driver.kernel();
        let page = kernel.page_size();
        let guard = u64::from(config.guard_pages) * page;
        let alignment = gpus.iter().map(|gpu| gpu.alignment).max().unwrap_or(page);
        let order = config
            .max_va_alignment
            .unwrap_or_else(|| quirks::alignment_order(gpus.iter().map(|gpu| gpu.gfx)));
        let mut space = Self {
            shared: Shared::None,
            handles: Mutex::new(Ranges::new(handle_bounds(apertures), page, guard)),
            page,
            guard,
            alignment,
            largest_alignment: page.checked_shl(order).unwrap_or(HUGE_PAGE).max(page),
        };
        let canonical = || gpus.iter().filter(|gpu| gpu.is_canonical());
        let base = canonical().map(|gpu| gpu.gpuvm.base).max();
        let limit = canonical().map(|gpu| gpu.gpuvm.limit).min();
        if let (Some(base), Some(limit)) = (base, limit) {
            space.shared = space.open_shared(kernel, config, Bounds { base, limit })?;
        }
        Ok(space)
    }

    fn open_shared(&self, kernel: &dyn Kernel, config: &Config, gpuvm: Bounds) -> Result<Shared> {
        if gpuvm.base >= gpuvm.limit || gpuvm.limit > LAST_ADDRESS {
            let text = format!("the driver tells GPU addresses {:#x} to {:#x}", gpuvm.base, gpuvm.limit);
            return Err(Error::new(Status::Error, text));
        }
        let base = gpuvm.base.next_multiple_of(HUGE_PAGE);
        let limit = ((gpuvm.limit + 1) & !(HUGE_PAGE - 1)) - 1;
        let bounds = Bounds { base, limit };
        if limit >= CANONICAL_END - 1 && !config.reserve_svm && self.alignment <= self.page {
            // One page for trial: does mmap return what the GPUs can reach?
            if let Ok(trial) = self.map_aligned(kernel, bounds, self.page, self.page) {
                self.unmap(kernel, trial, self.page);
                return Ok(Shared::Mapped { bounds });
            }
            message::print(Level::Info, format_args!("no shared address space without reserving it"));
        }
        let reserved = reserve(kernel, Bounds { base, limit: limit.min(RESERVATION_LIMIT) })?;
        let quarter = ((reserved.limit - reserved.base + 1) / 4).next_multiple_of(POLICY_GRANULE);
        let first = reserved.base.next_multiple_of(POLICY_GRANULE);
        let coherent = Bounds { base: first, limit: first + quarter - 1 };
        let shared = Bounds { base: coherent.limit + 1, limit: reserved.limit };
        let ranges = |bounds| Mutex::new(Ranges::new(bounds, self.alignment, self.guard));
        Ok(Shared::Reserved(Box::new(Reservation { shared: ranges(shared), coherent: ranges(coherent) })))
    }

    /// The aperture shared by CPU and GPUs, coherent part included.
    pub(super) fn svm(&self) -> Option<Bounds> {
        match &self.shared {
            Shared::None => None,
            Shared::Mapped { bounds } => Some(*bounds),
            Shared::Reserved(reservation) => Some(Bounds {
                base: reservation.coherent.lock().bounds().base,
                limit: reservation.shared.lock().bounds().limit,
            }),
        }
    }

    /// Caches are on for the shared aperture and off for the coherent one.
    pub(super) fn set_policies(&self, driver: &Driver, config: &Config, gpus: &[Gpu]) -> Result<()> {
        let alternate = match &self.shared {
            Shared::None => return Ok(()),
            Shared::Mapped { bounds } => *bounds,
            Shared::Reserved(reservation) => reservation.coherent.lock().bounds(),
        };
        for gpu in gpus.iter().filter(|gpu| gpu.is_canonical()) {
            let mut arguments = kfd_ioctl_set_memory_policy_args {
                alternate_aperture_base: alternate.base,
                alternate_aperture_size: alternate.limit - alternate.base + 1,
                gpu_id: gpu.id,
                default_policy: if config.disable_cache {
                    cache_policy::COHERENT
                } else {
                    cache_policy::NONCOHERENT
                },
                alternate_policy: cache_policy::COHERENT,
                misc_process_flag: u32::from(config.high_precision && quirks::has_precision_modes(gpu.gfx)),
            };
            driver.ask("SET_MEMORY_POLICY", &mut arguments)?;
        }
        Ok(())
    }

    /// Takes address space: `at` this address if it is given.
    pub(super) fn take(
        &self,
        kernel: &dyn Kernel,
        area: Area,
        at: Option<u64>,
        size: u64,
        alignment: u64,
    ) -> Result<u64> {
        if at.is_some_and(|at| at % kernel.page_size() != 0 || at.checked_add(size).is_none()) {
            return Err(no_space(size, Errno::EINVAL));
        }
        let ranges = match (area, &self.shared) {
            (Area::Handle, _) => &self.handles,
            (Area::Shared, Shared::Reserved(reservation)) => &reservation.shared,
            (Area::Coherent, Shared::Reserved(reservation)) => &reservation.coherent,
            (Area::Shared | Area::Coherent, Shared::Mapped { bounds }) => {
                let mapped = match at {
                    Some(at) => kernel.map(Place::Free(at), size, Backing::Reserved),
                    None => self.map_aligned(kernel, *bounds, size, alignment),
                };
                return mapped.map_err(|errno| no_space(size, errno));
            }
            (Area::Process, _) | (_, Shared::None) => return Err(no_space(size, Errno::ENODEV)),
        };
        let mut ranges = ranges.lock();
        let taken = match at {
            Some(at) => ranges.allocate_at(at, size).then_some(at),
            None => ranges.allocate(size, alignment),
        };
        taken.ok_or_else(|| no_space(size, Errno::ENOMEM))
    }

    /// Whether nobody has any of it, as far as it is divided here.
    #[cfg(test)]
    pub(super) fn is_unused(&self) -> bool {
        let divided = match &self.shared {
            Shared::Reserved(reservation) => {
                reservation.shared.lock().is_unused() && reservation.coherent.lock().is_unused()
            }
            _ => true,
        };
        divided && self.handles.lock().is_unused()
    }

    /// Gives it back, with whatever is mapped there.
    pub(super) fn give_back(&self, kernel: &dyn Kernel, area: Area, start: u64, size: u64) {
        let ranges = match (area, &self.shared) {
            (Area::Handle, _) => {
                self.handles.lock().release(start);
                return;
            }
            (Area::Shared, Shared::Reserved(reservation)) => &reservation.shared,
            (Area::Coherent, Shared::Reserved(reservation)) => &reservation.coherent,
            _ => return self.unmap(kernel, start, size),
        };
        // Inaccessible again before anybody else can get it.
        if let Err(errno) = kernel.map(Place::Fixed(start), size, Backing::Reserved) {
            message::print(
                Level::Error,
                format_args!("cannot reserve {start:#x} again: {errno:?}; it stays unused"),
            );
            return;
        }
        ranges.lock().release(start);
    }

    fn unmap(&self, kernel: &dyn Kernel, start: u64, size: u64) {
        if let Err(errno) = kernel.unmap(start, size) {
            message::print(Level::Error, format_args!("munmap {start:#x}: {errno:?} ({})", errno.desc()));
        }
    }

    /// Maps inaccessible pages, aligned, with guard pages on both sides while it looks for a place.
    pub(super) fn map_aligned(
        &self,
        kernel: &dyn Kernel,
        bounds: Bounds,
        size: u64,
        alignment: u64,
    ) -> std::result::Result<u64, Errno> {
        let alignment = large_alignment(size, alignment.max(self.page), self.largest_alignment);
        let padding = self.guard * 2 + (alignment - self.page);
        let length = size.checked_add(padding).ok_or(Errno::ENOMEM)?;
        let mapped = kernel.map(Place::Anywhere, length, Backing::Reserved)?;
        let start = (mapped + self.guard).next_multiple_of(alignment);
        let end = start + size;
        if start < bounds.base || end - 1 > bounds.limit {
            kernel.unmap(mapped, length)?;
            return Err(Errno::ENOMEM);
        }
        if start > mapped {
            kernel.unmap(mapped, start - mapped)?;
        }
        if mapped + length > end {
            kernel.unmap(end, mapped + length - end)?;
        }
        Ok(start)
    }
}

fn no_space(size: u64, errno: Errno) -> Error {
    Error::new(Status::NoMemory, format!("no address space for {size} bytes: {errno:?} ({})", errno.desc()))
}

/// Half as much each time, at the lowest address that GPUs reach.
fn reserve(kernel: &dyn Kernel, bounds: Bounds) -> Result<Bounds> {
    let Bounds { base, limit } = bounds;
    let mut length = limit.saturating_sub(base) + 1;
    while length >= SMALLEST_RESERVATION {
        for hint in [base, base + length / 8, base + length / 4] {
            let length = length.min(limit + 1 - hint);
            let Ok(start) = kernel.map(Place::Hint(hint), length, Backing::Reserved) else { break };
            let reachable = (limit + 1).saturating_sub(start).min(length);
            if reachable >= (length / 2).max(SMALLEST_RESERVATION) {
                if reachable < length {
                    // The GPUs do not reach the tail; failing to give it back costs address space only.
                    let _ = kernel.unmap(start + reachable, length - reachable);
                }
                return Ok(Bounds { base: start, limit: start + reachable - 1 });
            }
            let _ = kernel.unmap(start, length);
        }
        length = length.div_ceil(2) & !(HUGE_PAGE - 1);
    }
    Err(Error::new(
        Status::Error,
        format!("no address space below {limit:#x} for GPU memory; check ulimit -v"),
    ))
}

/// A hole among the non-canonical addresses that no GPU aperture uses.
fn handle_bounds(apertures: &[Apertures]) -> Bounds {
    let holes = (1..(1u64 << 17) - 1).map(|index| {
        let base = index << 47;
        Bounds { base, limit: base + ((1 << 47) - 1) }
    });
    let used: Vec<Bounds> = apertures
        .iter()
        .flat_map(|aperture| [aperture.lds, aperture.scratch, aperture.gpuvm])
        .map(|(base, limit)| Bounds { base, limit })
        .filter(|bounds| bounds.base != 0)
        .collect();
    let mut holes = holes.filter(|hole| !used.iter().any(|used| used.overlaps(hole)));
    holes.next().unwrap_or(Bounds { base: 1, limit: 0 })
}
