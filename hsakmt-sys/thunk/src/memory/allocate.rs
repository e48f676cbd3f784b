//! Allocation: video memory, system memory, addresses alone, doorbells, registers.
//!
//! Touches `driver` and `va`. Answers to `hsaKmtAllocMemoryAlign` of upstream's `memory.c` and
//! `hsakmt_fmm_allocate_*` of `fmm.c`.

use super::{Memory, flags, gpu::Gpu, object::Object, space::Area};
use crate::{
    abi::HsaMemFlags,
    driver::failed,
    error::{Error, Result, Status},
    kernel::{Advice, Backing, Errno, Fd, Place},
    message::{self, Level},
    topology::model::NodeId,
    uapi::kfd::{alloc, kfd_ioctl_alloc_memory_of_gpu_args, kfd_ioctl_free_memory_of_gpu_args, minor},
    va::Bounds,
};

pub(super) const HUGE_PAGE: u64 = 2 << 20;
/// One huge page less than the 512 GiB at which the driver's buffer manager gives up.
const LARGEST_BUFFER: u64 = (1 << 39) - HUGE_PAGE;

/// An allocation as asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Where.
    pub node: NodeId,
    /// Bytes.
    pub size: u64,
    /// Bytes; 0 for the smallest.
    pub alignment: u64,
    /// At this address.
    pub at: Option<u64>,
    /// How.
    pub flags: HsaMemFlags,
}

impl Memory {
    /// Allocates memory and returns its address, the same on CPU and GPU (a mere number with `NO_ADDRESS`).
    ///
    /// # Errors
    /// `InvalidParameter` for contradictory requests, `InvalidNodeUnit`, `NoMemory` for video memory and scratch,
    /// `Error` for system memory, as upstream has it.
    pub fn allocate(&self, request: Request) -> Result<u64> {
        let Request { node, size, alignment, flags, .. } = request;
        if flags.has(HsaMemFlags::CONTIGUOUS) {
            self.driver.require_minor(minor::CONTIGUOUS, "contiguous video memory")?;
        }
        let gpu = self.topology.nodes.get(node.0 as usize).ok_or(Status::InvalidNodeUnit)?.gpu_id.0;
        let page = flags.page_size();
        let bad_alignment = alignment != 0 && (alignment < page || !alignment.is_power_of_two());
        let extended = flags.has(HsaMemFlags::EXTENDED_COHERENT);
        let contradictory =
            extended && (flags.has(HsaMemFlags::COARSE_GRAIN) || flags.has(HsaMemFlags::UNCACHED));
        let endless = flags.has(HsaMemFlags::AQL_QUEUE_MEMORY) && size.checked_mul(2).is_none();
        if bad_alignment || size == 0 || size % page != 0 || contradictory || endless {
            return Err(Status::InvalidParameter.into());
        }
        if flags.has(HsaMemFlags::SCRATCH) {
            return self.allocate_scratch(gpu, request);
        }
        let host = gpu == 0
            || !flags.has(HsaMemFlags::NON_PAGED)
            || self.config.zero_frame_buffer
            || flags.has(HsaMemFlags::GTT_ACCESS)
            || flags.has(HsaMemFlags::ONLY_ADDRESS);
        let address =
            if host { self.allocate_host(gpu, request) } else { self.allocate_device(gpu, request) };
        address.map_err(|error| {
            message::print(Level::Error, format_args!("allocating {size} bytes on node {}: {error}", node.0));
            Error { status: if host { Status::Error } else { Status::NoMemory }, ..error }
        })
    }

    fn allocate_device(&self, gpu_id: u32, request: Request) -> Result<u64> {
        let gpu = self.gpu(gpu_id).ok_or(Status::InvalidNodeUnit)?;
        let Request { size, flags, .. } = request;
        if !gpu.shares_aperture(self.discrete) {
            let message = "this APU needs a kernel without IOMMUv2 (6.6 or newer)";
            return Err(Error::new(Status::NotSupported, message));
        }
        let area = if flags.has(HsaMemFlags::NO_ADDRESS) { Area::Handle } else { Area::Shared };
        let length = doubled(size, flags);
        let driver_flags = flags::device(flags, &self.config);
        let place = At { area, at: request.at, alignment: request.alignment };
        let (mut object, offset) = self.allocate_buffer(gpu, length, place, driver_flags)?;
        (object.flags, object.node) = (flags, request.node.0);
        if area != Area::Handle {
            let host_access = flags.has(HsaMemFlags::HOST_ACCESS);
            self.map_to_cpu(&object, size, gpu, offset, host_access)?;
        }
        Ok(self.keep(object))
    }

    fn allocate_host(&self, gpu_id: u32, mut request: Request) -> Result<u64> {
        let Request { size, alignment, .. } = request;
        if self.config.zero_frame_buffer && gpu_id != 0 && request.flags.has(HsaMemFlags::NON_PAGED) {
            request.flags = request.flags.with(HsaMemFlags::COARSE_GRAIN);
        }
        let flags = request.flags;
        if flags.has(HsaMemFlags::GTT_ACCESS) {
            request.node = NodeId(0);
        }
        if !self.discrete {
            if alignment != 0 || request.at.is_some() {
                return Err(Status::InvalidParameter.into());
            }
            return self.allocate_process(size, flags, Backing::Anonymous);
        }
        let gpu =
            if gpu_id == 0 { self.first_gpu()? } else { self.gpu(gpu_id).ok_or(Status::InvalidNodeUnit)? };
        let area = if flags.has(HsaMemFlags::COARSE_GRAIN) { Area::Shared } else { Area::Coherent };
        let place = At { area, at: request.at, alignment };
        if flags.has(HsaMemFlags::ONLY_ADDRESS) {
            let start =
                self.space.take(self.driver.kernel(), area, request.at, doubled(size, flags), alignment)?;
            return Ok(self.keep(Object::new(start, doubled(size, flags), area, flags)));
        }
        let driver_flags = flags::host(flags, &self.config);
        if !flags.has(HsaMemFlags::NON_PAGED) && self.config.userptr_for_paged_memory {
            return self.allocate_paged(gpu, request, place, driver_flags, Backing::Anonymous);
        }
        let (mut object, offset) =
            self.allocate_buffer(gpu, doubled(size, flags), place, driver_flags | alloc::GTT)?;
        (object.flags, object.node) = (flags, request.node.0);
        if flags.has(HsaMemFlags::HOST_ACCESS) {
            self.map_to_cpu(&object, size, gpu, offset, true)?;
        }
        Ok(self.keep(object))
    }

    /// The beginning of a file, which other processes map too, at one address on CPU and GPUs.
    ///
    /// # Errors
    /// `Error` where it cannot be mapped, or the driver refuses.
    pub fn allocate_file(&self, file: i32, size: u64, flags: HsaMemFlags) -> Result<u64> {
        let backing = Backing::Device { fd: Fd(file), offset: 0 };
        if !self.discrete {
            return self.allocate_process(size, flags, backing);
        }
        // Whose pages they are, who made the file has decided.
        let flags = flags.with(HsaMemFlags::NO_NUMA_BIND);
        let request = Request { node: NodeId(0), size, alignment: 0, at: None, flags };
        let driver_flags = flags::host(flags, &self.config);
        self.allocate_paged(self.first_gpu()?, request, At::COHERENT, driver_flags, backing)
    }

    /// Pages of this process, which the driver follows wherever the kernel moves them.
    fn allocate_paged(
        &self,
        gpu: &Gpu,
        request: Request,
        place: At,
        driver_flags: u32,
        backing: Backing,
    ) -> Result<u64> {
        let Request { size, flags, node, .. } = request;
        let (kernel, length) = (self.driver.kernel(), doubled(size, flags));
        let start = self.space.take(kernel, place.area, place.at, length, place.alignment)?;
        let mut object = Object::new(start, length, place.area, flags);
        object.node = node.0;
        let made = kernel
            .map(Place::Fixed(start), size, backing)
            .map_err(|errno| failed("mmap", errno))
            .and_then(|_| self.bind_to_node(start, size, node, flags))
            .and_then(|()| {
                if size >= HUGE_PAGE {
                    // A hint; without it there are more page-table entries.
                    let _ = kernel.advise(start, size, Advice::HugePages);
                }
                self.request_buffers(gpu, start, start, length, driver_flags | alloc::USERPTR)
            });
        match made {
            Ok((handles, _)) => object.handles = handles,
            Err(error) => {
                self.space.give_back(kernel, place.area, start, length);
                return Err(error);
            }
        }
        Ok(self.keep(object))
    }

    /// Old APUs: memory of the process, which the GPU sees through the CPU's page tables.
    fn allocate_process(&self, size: u64, flags: HsaMemFlags, backing: Backing) -> Result<u64> {
        let mapped = self.driver.kernel().map(Place::Anywhere, size, backing);
        let start = mapped.map_err(|errno| failed("mmap", errno))?;
        Ok(self.keep(Object::new(start, size, Area::Process, flags)))
    }

    /// Pages of this process that the driver does not know, aligned.
    pub(crate) fn map_process(&self, size: u64, alignment: u64) -> Result<u64> {
        let kernel = self.driver.kernel();
        let anywhere = Bounds { base: 0, limit: u64::MAX };
        let start = self
            .space
            .map_aligned(kernel, anywhere, size, alignment)
            .map_err(|errno| failed("mmap", errno))?;
        kernel.map(Place::Fixed(start), size, Backing::Anonymous).map_err(|errno| {
            // The reservation is of no use without its pages.
            let _ = kernel.unmap(start, size);
            failed("mmap", errno)
        })
    }

    /// A doorbell page: the driver's offset, mapped at an address that the GPU can use too.
    pub(crate) fn allocate_doorbells(&self, gpu: &Gpu, size: u64, offset: u64) -> Result<u64> {
        let driver_flags = alloc::DOORBELL | alloc::WRITABLE | alloc::COHERENT;
        let (object, _) = self.allocate_buffer(gpu, size, At::COHERENT, driver_flags)?;
        self.keep_device_page(object, gpu, offset)
    }

    /// The page of remapped registers, mapped to CPU and GPU on first use; `None` where the driver has none.
    pub fn registers(&self, gpu: &Gpu) -> Option<Bounds> {
        let start = (*gpu.registers.get_or_init(|| self.map_registers(gpu).ok()))?;
        Some(Bounds { base: start, limit: start + self.page_size() - 1 })
    }

    fn map_registers(&self, gpu: &Gpu) -> Result<u64> {
        if !gpu.shares_aperture(self.discrete) {
            return Err(Status::NotSupported.into());
        }
        let driver_flags = alloc::MMIO_REMAP | alloc::WRITABLE | alloc::COHERENT;
        let (object, offset) = self.allocate_buffer(gpu, self.page_size(), At::COHERENT, driver_flags)?;
        let start = self.keep_device_page(object, gpu, offset)?;
        match self.map_to_gpus(start, self.page_size()) {
            Ok(_) => Ok(start),
            Err(error) => {
                // The mapping failed already; what is left of the page is of no interest.
                let _ = self.free(start);
                Err(error)
            }
        }
    }

    fn keep_device_page(&self, mut object: Object, gpu: &Gpu, offset: u64) -> Result<u64> {
        object.flags = HsaMemFlags(HsaMemFlags::NON_PAGED | HsaMemFlags::HOST_ACCESS);
        object.node = gpu.node.0;
        let backing = Backing::Device { fd: self.driver.fd(), offset };
        match self.driver.kernel().map(Place::Fixed(object.start), object.size, backing) {
            Ok(_) => Ok(self.keep(object)),
            Err(errno) => {
                self.discard(&object);
                Err(failed("mmap", errno))
            }
        }
    }

    /// Takes address space and asks the driver for memory there; also returns its mmap offset.
    pub(super) fn allocate_buffer(
        &self,
        gpu: &Gpu,
        size: u64,
        place: At,
        driver_flags: u32,
    ) -> Result<(Object, u64)> {
        let kernel = self.driver.kernel();
        let start = self.space.take(kernel, place.area, place.at, size, place.alignment)?;
        let address = if place.area == Area::Handle { 0 } else { start };
        match self.request_buffers(gpu, address, 0, size, driver_flags) {
            Ok((handles, offset)) => {
                let mut object = Object::new(start, size, place.area, flags::from_driver(driver_flags));
                object.handles = handles;
                Ok((object, offset))
            }
            Err(error) => {
                self.space.give_back(kernel, place.area, start, size);
                Err(error)
            }
        }
    }

    /// The driver's part; `user` is the process's address with USERPTR, which is split where it is too large.
    pub(super) fn request_buffers(
        &self,
        gpu: &Gpu,
        address: u64,
        user: u64,
        size: u64,
        driver_flags: u32,
    ) -> Result<(Vec<u64>, u64)> {
        let is_user = driver_flags & alloc::USERPTR != 0;
        let (mut handles, mut offset, mut done) = (Vec::new(), 0, 0);
        while done < size {
            let length = if is_user { LARGEST_BUFFER.min(size - done) } else { size };
            let mut arguments = kfd_ioctl_alloc_memory_of_gpu_args {
                va_addr: address + done,
                size: length,
                mmap_offset: if is_user { user + done } else { 0 },
                gpu_id: gpu.id,
                flags: driver_flags | alloc::NO_SUBSTITUTE,
                ..Default::default()
            };
            if let Err(errno) = self.driver.call(&mut arguments) {
                // The allocation's failure is what the caller hears of.
                let _ = self.free_buffers(&handles);
                return Err(failed("ALLOC_MEMORY_OF_GPU", errno));
            }
            if handles.is_empty() {
                offset = arguments.mmap_offset;
            }
            handles.push(arguments.handle);
            done += length;
        }
        Ok((handles, offset))
    }

    /// Frees the driver's buffers; the first failure is told after all were tried.
    pub(super) fn free_buffers(&self, handles: &[u64]) -> std::result::Result<(), Errno> {
        let mut result = Ok(());
        for handle in handles.iter().filter(|handle| **handle != 0) {
            let mut arguments = kfd_ioctl_free_memory_of_gpu_args { handle: *handle };
            result = result.and(self.driver.call(&mut arguments));
        }
        result
    }

    pub(super) fn map_to_cpu(
        &self,
        object: &Object,
        size: u64,
        gpu: &Gpu,
        offset: u64,
        host_access: bool,
    ) -> Result<()> {
        let fd = gpu.render_fd;
        let backing =
            if host_access { Backing::Device { fd, offset } } else { Backing::HiddenDevice { fd, offset } };
        let kernel = self.driver.kernel();
        if let Err(errno) = kernel.map(Place::Fixed(object.start), size, backing) {
            self.discard(object);
            return Err(failed("mmap", errno));
        }
        // A child's copy of the mapping would keep the memory alive; without the advice it does.
        let _ = kernel.advise(object.start, size, Advice::DontFork);
        Ok(())
    }

    fn bind_to_node(&self, start: u64, size: u64, node: NodeId, flags: HsaMemFlags) -> Result<()> {
        let cpus = self.topology.nodes.iter().filter(|node| node.properties.cpu_cores_count > 0);
        let numa =
            self.topology.nodes.get(node.0 as usize).filter(|node| node.properties.cpu_cores_count > 0);
        let (Some(numa), 2.., false) = (numa, cpus.count(), flags.has(HsaMemFlags::NO_NUMA_BIND)) else {
            return Ok(());
        };
        let strictly = flags.has(HsaMemFlags::NO_SUBSTITUTE);
        match self.driver.kernel().bind(start, size, numa.kernel_index, strictly) {
            // A container's system-call filter forbids mbind; the memory is as good from elsewhere.
            Ok(()) | Err(Errno::EPERM | Errno::ENOSYS) => Ok(()),
            Err(_) if !strictly => Ok(()),
            Err(errno) => Err(failed("mbind", errno)),
        }
    }

    pub(super) fn keep(&self, object: Object) -> u64 {
        let start = object.start;
        self.objects.write().insert(object);
        start
    }

    /// Undoes an allocation that nobody has seen yet.
    pub(super) fn discard(&self, object: &Object) {
        if let Err(errno) = self.free_buffers(&object.handles) {
            message::print(Level::Error, format_args!("{}", failed("FREE_MEMORY_OF_GPU", errno)));
        }
        self.space.give_back(self.driver.kernel(), object.area, object.start, object.size);
    }
}

/// Where a buffer goes.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub area: Area,
    pub at: Option<u64>,
    pub alignment: u64,
}

impl At {
    const COHERENT: Self = Self { area: Area::Coherent, at: None, alignment: 0 };
}

/// AQL rings of gfx8 and older are mapped twice in a row; `allocate` refuses those whose double no address space holds.
fn doubled(size: u64, flags: HsaMemFlags) -> u64 {
    if flags.has(HsaMemFlags::AQL_QUEUE_MEMORY) { size * 2 } else { size }
}
