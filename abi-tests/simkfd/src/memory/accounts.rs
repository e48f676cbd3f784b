//! How much memory may be allocated: `kfd_mem_limit` and the per-node VRAM counters of
//! amdgpu/amdgpu_amdkfd_gpuvm.c. All sizes in bytes. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::contract::Errno;
use crate::topology::{Gpu, Machine};
use crate::uapi::kfd_flags::{
    KFD_IOC_ALLOC_MEM_FLAGS_GTT, KFD_IOC_ALLOC_MEM_FLAGS_USERPTR, KFD_IOC_ALLOC_MEM_FLAGS_VRAM,
};

/// `AMDGPU_RESERVE_MEM_LIMIT`: system memory that is never given away.
const SYSTEM_RESERVE: u64 = 3 << 29;
/// `AMDGPU_VM_RESERVED_VRAM`: the least that is kept for page tables.
pub(crate) const RESERVED_VRAM: u64 = 8 << 20;
/// `VRAM_AVAILABLITY_ALIGN`
const AVAILABILITY_ALIGN: u64 = 2 << 20;

/// What is in use.
#[derive(Default)]
pub(crate) struct Accounts {
    system: u64,
    ttm: u64,
    vram: BTreeMap<usize, Vram>,
}

#[derive(Clone, Copy, Default)]
struct Vram {
    used: u64,
    /// The same with every allocation rounded up to the unit of availability.
    used_aligned: u64,
}

/// What one allocation takes from each account.
#[derive(Clone, Copy, Default)]
struct Needs {
    system: u64,
    ttm: u64,
    vram: u64,
}

impl Accounts {
    /// `amdgpu_amdkfd_reserve_mem_limit`: takes `size` bytes for an object with these allocation flags on a GPU
    /// node. `ENOMEM` when any account would be overdrawn; nothing is taken then.
    pub fn reserve(&mut self, machine: &Machine, gpu: usize, size: u64, flags: u32) -> Result<(), Errno> {
        let node = &machine.gpus[gpu];
        let needs = needs(node, size, flags);
        if self.system + needs.system > system_limit(machine.system_bytes)
            || self.ttm + needs.ttm > machine.ttm_limit_bytes
        {
            return Err(Errno::ENOMEM);
        }
        let vram = self.vram.entry(gpu).or_default();
        let counts_vram =
            flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0 && (!node.prefers_gtt() || node.is_app_apu());
        if counts_vram && vram.used + needs.vram > usable_vram(machine, node) {
            return Err(Errno::ENOMEM);
        }
        vram.used += needs.vram;
        vram.used_aligned += availability(node, needs.vram);
        self.system += needs.system;
        self.ttm += needs.ttm;
        Ok(())
    }

    /// `amdgpu_amdkfd_unreserve_mem_limit`: gives back what [`Accounts::reserve`] took for the same arguments.
    pub fn unreserve(&mut self, machine: &Machine, gpu: usize, size: u64, flags: u32) {
        let node = &machine.gpus[gpu];
        let needs = needs(node, size, flags);
        let vram = self.vram.entry(gpu).or_default();
        vram.used -= needs.vram;
        vram.used_aligned -= availability(node, needs.vram);
        self.system -= needs.system;
        self.ttm -= needs.ttm;
    }

    /// Takes system memory that no GPU node stands for: the pages of SVM ranges. `ENOMEM` when there is none left.
    pub fn reserve_system(&mut self, machine: &Machine, size: u64) -> Result<(), Errno> {
        if self.system + size > system_limit(machine.system_bytes) {
            return Err(Errno::ENOMEM);
        }
        self.system += size;
        Ok(())
    }

    /// Gives back what [`Accounts::reserve_system`] took.
    pub fn unreserve_system(&mut self, size: u64) {
        self.system -= size;
    }

    /// `amdgpu_amdkfd_get_available_memory`, `page_size` being the host's.
    pub fn available(&self, machine: &Machine, gpu: usize, page_size: u64) -> u64 {
        let node = &machine.gpus[gpu];
        let used = self.vram.get(&gpu).copied().unwrap_or_default().used_aligned;
        if !node.prefers_gtt() {
            let free = usable_vram(machine, node).saturating_sub(used);
            return free / AVAILABILITY_ALIGN * AVAILABILITY_ALIGN;
        }
        let vram = if node.is_app_apu() { usable_vram(machine, node) } else { node.local_bytes };
        let system = system_limit(machine.system_bytes).saturating_sub(self.system);
        let ttm = machine.ttm_limit_bytes.saturating_sub(self.ttm);
        vram.saturating_sub(used).min(system).min(ttm) / page_size * page_size
    }

    /// Bytes of a node's VRAM in use.
    pub fn vram_used(&self, gpu: usize) -> u64 {
        self.vram.get(&gpu).map_or(0, |vram| vram.used)
    }

    /// Bytes of system memory in use by objects (`ttm_mem_used`).
    pub fn ttm_used(&self) -> u64 {
        self.ttm
    }
}

fn needs(node: &Gpu, size: u64, flags: u32) -> Needs {
    if flags & KFD_IOC_ALLOC_MEM_FLAGS_GTT != 0 {
        Needs { system: size, ttm: size, vram: 0 }
    } else if flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0 {
        let system = if node.prefers_gtt() { size } else { 0 };
        Needs { system, ttm: system, vram: size }
    } else if flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR != 0 {
        Needs { system: size, ttm: 0, vram: 0 }
    } else {
        Needs::default()
    }
}

fn availability(node: &Gpu, vram: u64) -> u64 {
    if node.prefers_gtt() { vram } else { vram.next_multiple_of(AVAILABILITY_ALIGN) }
}

/// `amdgpu_amdkfd_gpuvm_init_mem_limits`
fn system_limit(total: u64) -> u64 {
    let limit = total - (total >> 6);
    if limit < 2 * SYSTEM_RESERVE { limit >> 1 } else { limit - SYSTEM_RESERVE }
}

/// VRAM of a node less what page tables and the driver itself take. `ESTIMATE_PT_SIZE` of the memory of the whole
/// machine; the pages that RAS has retired are assumed to be none.
fn usable_vram(machine: &Machine, node: &Gpu) -> u64 {
    // Partitions of a card share its VRAM, which real_vram_size counts once.
    let mut devices = BTreeMap::new();
    for gpu in &machine.gpus {
        // The bank of an APU that allocates from system memory is that memory, not its carve-out.
        let vram = if gpu.prefers_gtt() { gpu.facts.vram_bytes.unwrap_or(0) } else { gpu.local_bytes };
        *devices.entry(gpu.device).or_insert(0) += vram;
    }
    let total = machine.system_bytes + devices.values().sum::<u64>();
    let page_tables = (total >> 14).max(RESERVED_VRAM);
    node.local_bytes.saturating_sub(page_tables).saturating_sub(node.facts.vram_pinned_bytes)
}
