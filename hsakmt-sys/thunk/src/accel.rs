//! Neural processors: accelerators that amdxdna drives, and their memory.
//!
//! Touches `kernel`. No library of upstream's but ROCr itself speaks to this driver: answers to its
//! `amd_xdna_driver.cpp`.
#![forbid(unsafe_code)]

use crate::{
    kernel::{Attached, Backing, Errno, Fd, Kernel, Place},
    uapi::{amdxdna::*, drm::drm_gem_close},
};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    fmt,
    mem::offset_of,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a processor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Name of its architecture.
    pub architecture: &'static str,
    /// Name of the product.
    pub product: String,
}

/// Where memory is for the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Where the process has it.
    Shared,
    /// In its own addresses: programs and instructions are there.
    Heap,
}

/// Bytes of the heap, and what its address is a multiple of.
pub const HEAP_BYTES: u64 = 64 << 20;

/// An open processor. Thread-safe.
pub struct Npu {
    kernel: Arc<dyn Kernel>,
    fd: Fd,
    facts: Facts,
    memory: Mutex<Memory>,
}

/// What it has of the process's memory.
#[derive(Default)]
struct Memory {
    /// Where the heap is mapped, once it is.
    heap: Option<u64>,
    /// By address.
    buffers: BTreeMap<u64, Buffer>,
}

struct Buffer {
    handle: u32,
    /// Bytes that are mapped for it alone.
    mapped: u64,
}

impl Npu {
    /// Opens the first processor whose driver answers; `None` if there is none. No other is looked for.
    pub fn find(kernel: &Arc<dyn Kernel>) -> Option<Self> {
        let names = kernel.list(Path::new("/dev/accel")).unwrap_or_default();
        let mut numbers: Vec<u32> =
            names.iter().filter_map(|name| name.strip_prefix("accel")?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.into_iter().find_map(|number| Self::open(kernel, number))
    }

    fn open(kernel: &Arc<dyn Kernel>, number: u32) -> Option<Self> {
        let facts = facts(&**kernel, number)?;
        let fd = kernel.open(&PathBuf::from(format!("/dev/accel/accel{number}"))).ok()?;
        let npu = Self { kernel: Arc::clone(kernel), fd, facts, memory: Mutex::default() };
        npu.version().ok()?;
        Some(npu)
    }

    /// What it is.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn version(&self) -> Result<amdxdna_drm_query_aie_version, Errno> {
        let mut version = [amdxdna_drm_query_aie_version::default()];
        let mut query = amdxdna_drm_get_info {
            param: DRM_AMDXDNA_QUERY_AIE_VERSION,
            buffer_size: size_of::<amdxdna_drm_query_aie_version>() as u32,
            ..Default::default()
        };
        let answer = Attached::new(offset_of!(amdxdna_drm_get_info, buffer), &mut version);
        self.kernel.call_with(self.fd, &mut query, &mut [answer])?;
        let [version] = version;
        Ok(version)
    }

    /// Memory for the process and the processor, whole pages. The first of the heap maps the heap.
    ///
    /// # Errors
    /// The kernel's.
    pub fn allocate(&self, part: Part, bytes: u64) -> Result<u64, Errno> {
        let mut memory = self.memory.lock();
        let (address, buffer) = match part {
            Part::Shared => self.share(bytes)?,
            Part::Heap => {
                if memory.heap.is_none() {
                    memory.heap = Some(self.map_heap()?);
                }
                let (handle, info) = self.create(AMDXDNA_BO_DEV, bytes)?;
                (info.vaddr, Buffer { handle, mapped: 0 })
            }
        };
        memory.buffers.insert(address, buffer);
        Ok(address)
    }

    /// Whether memory begins at an address.
    #[must_use]
    pub fn has(&self, address: u64) -> bool {
        self.memory.lock().buffers.contains_key(&address)
    }

    /// Gives back what [`Npu::allocate`] gave; whether it had.
    pub fn free(&self, address: u64) -> bool {
        let buffer = self.memory.lock().buffers.remove(&address);
        buffer.is_some_and(|buffer| {
            if buffer.mapped > 0 {
                // What it maps is its own.
                let _ = self.kernel.unmap(address, buffer.mapped);
            }
            self.close(buffer.handle);
            true
        })
    }

    fn share(&self, bytes: u64) -> Result<(u64, Buffer), Errno> {
        let mapped = bytes.next_multiple_of(self.kernel.page_size());
        let (handle, info) = self.create(AMDXDNA_BO_SHARE, mapped)?;
        let device = Backing::Device { fd: self.fd, offset: info.map_offset };
        let address = self.kernel.map(Place::Anywhere, mapped, device).inspect_err(|_| self.close(handle))?;
        Ok((address, Buffer { handle, mapped }))
    }

    /// Maps the heap where the processor can find it: at a multiple of its size.
    fn map_heap(&self) -> Result<u64, Errno> {
        let (handle, info) = self.create(AMDXDNA_BO_DEV_HEAP, HEAP_BYTES)?;
        let device = Backing::Device { fd: self.fd, offset: info.map_offset };
        let mapped = self.kernel.map(Place::Anywhere, 2 * HEAP_BYTES, Backing::Reserved).and_then(|start| {
            let aligned = start.next_multiple_of(HEAP_BYTES);
            let rest = (aligned + HEAP_BYTES, start + HEAP_BYTES - aligned);
            for (at, bytes) in [(start, aligned - start), rest] {
                if bytes > 0 {
                    // Reserved addresses that stay cost nothing.
                    let _ = self.kernel.unmap(at, bytes);
                }
            }
            self.kernel.map(Place::Fixed(aligned), HEAP_BYTES, device)
        });
        mapped.inspect_err(|_| self.close(handle))
    }

    fn create(&self, kind: u32, size: u64) -> Result<(u32, amdxdna_drm_get_bo_info), Errno> {
        let mut create = amdxdna_drm_create_bo { size, kind, ..Default::default() };
        self.kernel.call(self.fd, &mut create)?;
        let handle = create.handle;
        let mut info = amdxdna_drm_get_bo_info { handle, ..Default::default() };
        self.kernel.call(self.fd, &mut info).inspect_err(|_| self.close(handle))?;
        Ok((handle, info))
    }

    fn close(&self, handle: u32) {
        // A refusal leaves the buffer to the end of the file.
        let _ = self.kernel.call(self.fd, &mut drm_gem_close { handle, pad: 0 });
    }
}

impl Drop for Npu {
    fn drop(&mut self) {
        let memory = self.memory.get_mut();
        let buffers = memory.buffers.iter().map(|(address, buffer)| (*address, buffer.mapped));
        for (address, bytes) in buffers.chain(memory.heap.map(|heap| (heap, HEAP_BYTES))) {
            if bytes > 0 {
                // Nobody uses it any more.
                let _ = self.kernel.unmap(address, bytes);
            }
        }
        self.kernel.close(self.fd);
    }
}

impl fmt::Debug for Npu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.facts.fmt(f)
    }
}

/// What sysfs tells of an accelerator; `None` if it is none of the known processors.
fn facts(kernel: &dyn Kernel, number: u32) -> Option<Facts> {
    let read = |name: &str| {
        let text = kernel.read(Path::new(&format!("/sys/class/accel/accel{number}/device/{name}"))).ok()?;
        Some(String::from_utf8_lossy(&text).trim().to_owned())
    };
    let architecture = match read("device")?.as_str() {
        // Phoenix and Hawk Point.
        "0x1502" => "aie2",
        // Strix, Krackan and Strix Halo.
        "0x17f0" => "aie2p",
        _ => return None,
    };
    // Drivers older than Linux 6.14 have no name for it.
    Some(Facts { architecture, product: read("vbnv").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{fake, read_back},
        uapi::{Argument, Request},
    };

    fn answer(request: Request, argument: &mut [u8], _: &mut [Attached<'_>]) -> Result<i32, Errno> {
        if request == amdxdna_drm_create_bo::REQUEST {
            let told: amdxdna_drm_create_bo = read_back(argument);
            if told.size > 1 << 30 {
                return Err(Errno::ENOMEM);
            }
        }
        Ok(0)
    }

    fn npu() -> (Npu, fake::Mappings) {
        let (kernel, mappings) = fake::mapping(answer);
        let facts = Facts { architecture: "aie2", product: "Test".into() };
        (Npu { kernel, fd: Fd(4), facts, memory: Mutex::default() }, mappings)
    }

    #[test]
    fn shared_memory_is_mapped_in_whole_pages_until_it_is_freed() {
        let (npu, mappings) = npu();
        let address = npu.allocate(Part::Shared, 5000).unwrap();
        assert_eq!(mappings.lock().get(&address), Some(&8192));
        assert!(npu.has(address) && npu.free(address));
        assert!(mappings.lock().is_empty() && !npu.has(address) && !npu.free(address));
    }

    #[test]
    fn what_the_driver_refuses_leaves_nothing() {
        let (npu, mappings) = npu();
        assert_eq!(npu.allocate(Part::Shared, 1 << 40), Err(Errno::ENOMEM));
        assert_eq!(npu.allocate(Part::Heap, 4096), Err(Errno::ENOMEM), "the fake reserves no addresses");
        assert!(mappings.lock().is_empty());
    }

    #[test]
    fn no_folder_no_processor() {
        assert!(Npu::find(&fake::kernel(18, answer)).is_none());
    }

    #[test]
    fn the_end_unmaps_everything() {
        let (npu, mappings) = npu();
        npu.allocate(Part::Shared, 1).unwrap();
        drop(npu);
        assert!(mappings.lock().is_empty());
    }

    #[test]
    fn the_first_known_processor_that_answers_is_found() {
        let files = &[
            ("/dev/accel/accel0", ""),
            ("/dev/accel/accel3", ""),
            ("/dev/accel/other", ""),
            ("/sys/class/accel/accel0/device/device", "0x1234\n"),
            ("/sys/class/accel/accel3/device/device", "0x17f0\n"),
            ("/sys/class/accel/accel3/device/vbnv", "RyzenAI-npu4\n"),
        ];
        let found = Npu::find(&fake::with_files(files, answer)).expect("it is there");
        let facts = Facts { architecture: "aie2p", product: "RyzenAI-npu4".into() };
        assert_eq!(found.facts(), &facts);
        let silent = |_: Request, _: &mut [u8], _: &mut [Attached<'_>]| Err(Errno::ENOTTY);
        assert!(Npu::find(&fake::with_files(files, silent)).is_none());
        let unnamed = &[("/dev/accel/accel0", ""), ("/sys/class/accel/accel0/device/device", "0x1502")];
        let found = Npu::find(&fake::with_files(unnamed, answer)).expect("older drivers have no name for it");
        assert_eq!((found.facts().architecture, found.facts().product.as_str()), ("aie2", ""));
    }
}
