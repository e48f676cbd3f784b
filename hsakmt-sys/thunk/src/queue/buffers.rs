//! The memory that a queue owns: pointers, end-of-pipe buffer, save area.
//!
//! Touches `driver`, `memory` and `svm`. Answers to `handle_concrete_asic` and `free_queue` of upstream's `queues.c`.

use super::{Description, Queue, Queues};
use crate::{
    abi::{HsaMemFlags, svm_attribute, svm_flag},
    driver::failed,
    error::{Error, Result, Status},
    kernel::Advice,
    memory::{Gpu, Memory, Request},
    message::{self, Level},
    quirks,
    save_area::SaveArea,
    svm::{self, Attribute},
    topology::model::NodeId,
    uapi::kfd::{kfd_ioctl_create_queue_args, minor, queue_type},
};

const HUGE_PAGE: u64 = 2 << 20;

/// Memory that a queue owns.
#[derive(Default)]
pub(super) struct Buffers {
    pub pointers: Option<u64>,
    pub end_of_pipe: Option<u64>,
    pub save_area: Option<Area>,
}

#[derive(Clone, Copy)]
pub(super) struct Area {
    pub start: u64,
    pub size: u64,
    /// It is the process's, and shared by attributes; otherwise the driver's.
    pub shared: bool,
}

impl Queues {
    /// A page for the pointers of a queue whose packets are not AQL.
    pub(super) fn allocate_pointers(&self, memory: &Memory, gpu: &Gpu) -> Result<u64> {
        use HsaMemFlags as Flags;
        let flags = Flags::HOST_ACCESS
            | Flags::EXECUTE_ACCESS
            | Flags::NON_PAGED
            | Flags::UNCACHED
            | Flags::GTT_ACCESS;
        self.allocate(memory, gpu, gpu.node, self.driver.kernel().page_size(), flags)
    }

    fn allocate(&self, memory: &Memory, gpu: &Gpu, node: NodeId, size: u64, flags: u32) -> Result<u64> {
        let no_memory = |error| Error { status: Status::NoMemory, ..error };
        let size = size.next_multiple_of(self.driver.kernel().page_size());
        let request = Request { node, size, alignment: 0, at: None, flags: HsaMemFlags(flags) };
        let start = memory.allocate(request).map_err(no_memory)?;
        match memory.map_to_these(start, size, &[gpu.id]) {
            Ok(_) => Ok(start),
            Err(error) => {
                // Not mapped anywhere, so this cannot fail for being in use.
                let _ = memory.free(start);
                Err(no_memory(error))
            }
        }
    }

    pub(super) fn add_compute_buffers(
        &self,
        memory: &Memory,
        gpu: &Gpu,
        wanted: &Description,
        arguments: &mut kfd_ioctl_create_queue_args,
        queue: &mut Queue,
    ) -> Result<()> {
        use HsaMemFlags as Flags;
        let aql = arguments.queue_type == queue_type::COMPUTE_AQL;
        let end_of_pipe = quirks::end_of_pipe_bytes(gpu.gfx, aql);
        if end_of_pipe > 0 {
            let flags = Flags::EXECUTE_ACCESS | Flags::NON_PAGED | Flags::COARSE_GRAIN;
            let start = self.allocate(memory, gpu, gpu.node, u64::from(end_of_pipe), flags)?;
            queue.buffers.end_of_pipe = Some(start);
            (arguments.eop_buffer_address, arguments.eop_buffer_size) = (start, u64::from(end_of_pipe));
        }
        let page = self.driver.kernel().page_size();
        let properties = &self.topology.nodes[gpu.node.0 as usize].properties;
        let Some(sizes) = SaveArea::new(gpu.gfx, properties, page) else { return Ok(()) };
        let area = self.allocate_save_area(memory, gpu, sizes.total(page))?;
        queue.buffers.save_area = Some(area);
        queue.control_stack = [sizes.control_stack, sizes.other_control_stack];
        for (offset, words) in sizes.headers(wanted.error_reason, wanted.error_event) {
            self.driver.kernel().store(area.start + offset, &words);
        }
        let narrow = |size: u64| u32::try_from(size).map_err(|_| Status::Error);
        arguments.ctx_save_restore_address = area.start;
        queue.save_area_bytes = narrow(sizes.die)?;
        arguments.ctx_save_restore_size = queue.save_area_bytes;
        arguments.ctl_stack_size = narrow(sizes.control_stack)?;
        Ok(())
    }

    /// Shared virtual memory where there is any: it needs no pinned pages. Else memory of the driver.
    fn allocate_save_area(&self, memory: &Memory, gpu: &Gpu, size: u64) -> Result<Area> {
        if memory.has_svm_api() && self.driver.version().minor >= minor::SVM_SAVE_AREA {
            match self.map_save_area(memory, gpu, size) {
                Ok(start) => return Ok(Area { start, size, shared: true }),
                Err(error) => message::print(Level::Info, format_args!("save area: {error}; allocating it")),
            }
        }
        use HsaMemFlags as Flags;
        let cpu = crate::topology::direct_cpu(&self.topology, gpu.node);
        let bind = if cpu.is_some() { 0 } else { Flags::NO_NUMA_BIND };
        let flags = Flags::HOST_ACCESS | Flags::EXECUTE_ACCESS | bind;
        let start = self.allocate(memory, gpu, cpu.unwrap_or(NodeId(0)), size, flags)?;
        Ok(Area { start, size, shared: false })
    }

    fn map_save_area(&self, memory: &Memory, gpu: &Gpu, size: u64) -> Result<u64> {
        let kernel = self.driver.kernel();
        let start = memory.map_process(size, HUGE_PAGE)?;
        // A fork would otherwise make the pages copy-on-write, which stops the queue.
        let advised = kernel.advise(start, size, Advice::DontFork).map_err(|errno| failed("madvise", errno));
        let flags = svm_flag::HOST_ACCESS | svm_flag::GPU_EXEC | svm_flag::GPU_ALWAYS_MAPPED;
        let mut attributes = [
            Attribute::new(svm_attribute::PREFETCH_LOC, gpu.id),
            Attribute::new(svm_attribute::PREFERRED_LOC, 0),
            Attribute::new(svm_attribute::CLR_FLAGS, !flags),
            Attribute::new(svm_attribute::SET_FLAGS, flags),
            Attribute::new(svm_attribute::ACCESS, gpu.id),
            Attribute::new(svm_attribute::GRANULARITY, 0xff),
        ];
        let set = advised.and_then(|()| svm::set(&self.driver, start, size, &mut attributes));
        match set {
            Ok(()) => Ok(start),
            Err(error) => {
                // The range is of no use; its pages were never touched.
                let _ = kernel.unmap(start, size);
                Err(error)
            }
        }
    }

    pub(super) fn release(&self, memory: &Memory, buffers: Buffers) {
        let free = |start: u64| {
            if let Err(error) = memory.unmap_from_gpus(start).and_then(|()| memory.free(start)) {
                message::print(Level::Error, format_args!("freeing a queue's buffer: {error}"));
            }
        };
        buffers.pointers.into_iter().chain(buffers.end_of_pipe).for_each(free);
        match buffers.save_area {
            Some(Area { start, shared: false, .. }) => free(start),
            Some(Area { start, size, .. }) => {
                if let Err(errno) = self.driver.kernel().unmap(start, size) {
                    message::print(Level::Error, format_args!("munmap {start:#x}: {errno:?}"));
                }
            }
            None => {}
        }
    }
}
