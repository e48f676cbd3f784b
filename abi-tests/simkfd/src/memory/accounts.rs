//! How much memory may be allocated: `kfd_mem_limit` and the per-node VRAM counters of
//! amdgpu/amdgpu_amdkfd_gpuvm.c. All sizes in bytes. Other processes of the machine have kernels of their own; what
//! theirs have given away comes through the host. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::contract::{Errno, Host};
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

/// What this process has in use.
#[derive(Default)]
pub(crate) struct Accounts {
    own: Usage,
}

/// What is in use, by one process or by several.
#[derive(Clone, Default)]
struct Usage {
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

impl Usage {
    /// As words that other processes can add up: system, TTM, then two words a GPU node.
    fn words(&self) -> Vec<u64> {
        let nodes = self.vram.last_key_value().map_or(0, |(last, _)| last + 1);
        let vram = (0..nodes).flat_map(|node| {
            let Vram { used, used_aligned } = self.vram(node);
            [used, used_aligned]
        });
        [self.system, self.ttm].into_iter().chain(vram).collect()
    }

    /// Adds such words.
    fn plus(mut self, words: &[u64]) -> Usage {
        if let [system, ttm, vram @ ..] = words {
            self.system += system;
            self.ttm += ttm;
            for (node, pair) in vram.chunks_exact(2).enumerate() {
                let known = self.vram.entry(node).or_default();
                known.used += pair[0];
                known.used_aligned += pair[1];
            }
        }
        self
    }

    fn vram(&self, node: usize) -> Vram {
        self.vram.get(&node).copied().unwrap_or_default()
    }
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
    pub fn reserve(
        &mut self,
        (machine, host): (&Machine, &dyn Host),
        gpu: usize,
        size: u64,
        flags: u32,
    ) -> Result<(), Errno> {
        let node = &machine.gpus[gpu];
        self.take(node, gpu, needs(node, size, flags));
        // Taken first and looked at then: of two processes that reach for the last bytes both may fail, but never
        // both succeed.
        let all = self.all(host);
        let counts_vram =
            flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0 && (!node.prefers_gtt() || node.is_app_apu());
        let overdrawn = all.system > system_limit(machine.system_bytes)
            || all.ttm > machine.ttm_limit_bytes
            || (counts_vram && all.vram(gpu).used > usable_vram(machine, node));
        if overdrawn {
            self.unreserve((machine, host), gpu, size, flags);
            return Err(Errno::ENOMEM);
        }
        Ok(())
    }

    fn take(&mut self, node: &Gpu, gpu: usize, needs: Needs) {
        let vram = self.own.vram.entry(gpu).or_default();
        vram.used += needs.vram;
        vram.used_aligned += availability(node, needs.vram);
        self.own.system += needs.system;
        self.own.ttm += needs.ttm;
    }

    /// `amdgpu_amdkfd_unreserve_mem_limit`: gives back what [`Accounts::reserve`] took for the same arguments.
    pub fn unreserve(&mut self, (machine, host): (&Machine, &dyn Host), gpu: usize, size: u64, flags: u32) {
        self.give_back(&machine.gpus[gpu], gpu, needs(&machine.gpus[gpu], size, flags));
        host.exchange_usage(&self.own.words());
    }

    fn give_back(&mut self, node: &Gpu, gpu: usize, needs: Needs) {
        let vram = self.own.vram.entry(gpu).or_default();
        vram.used -= needs.vram;
        vram.used_aligned -= availability(node, needs.vram);
        self.own.system -= needs.system;
        self.own.ttm -= needs.ttm;
    }

    /// What an object takes of system memory, of TTM memory, of its node's VRAM, and of that in whole units.
    pub fn cost(node: &Gpu, size: u64, flags: u32) -> [u64; 4] {
        let Needs { system, ttm, vram } = needs(node, size, flags);
        [system, ttm, vram, availability(node, vram)]
    }

    /// Takes system memory that no GPU node stands for: the pages of SVM ranges. `ENOMEM` when there is none left.
    pub fn reserve_system(&mut self, (machine, host): (&Machine, &dyn Host), size: u64) -> Result<(), Errno> {
        self.own.system += size;
        if self.all(host).system > system_limit(machine.system_bytes) {
            self.unreserve_system(host, size);
            return Err(Errno::ENOMEM);
        }
        Ok(())
    }

    /// Gives back what [`Accounts::reserve_system`] took.
    pub fn unreserve_system(&mut self, host: &dyn Host, size: u64) {
        self.own.system -= size;
        host.exchange_usage(&self.own.words());
    }

    /// `amdgpu_amdkfd_get_available_memory`
    pub fn available(&self, machine: &Machine, host: &dyn Host, gpu: usize) -> u64 {
        let (node, all) = (&machine.gpus[gpu], self.all(host));
        let used = all.vram(gpu).used_aligned;
        if !node.prefers_gtt() {
            let free = usable_vram(machine, node).saturating_sub(used);
            return free / AVAILABILITY_ALIGN * AVAILABILITY_ALIGN;
        }
        let vram = if node.is_app_apu() { usable_vram(machine, node) } else { node.local_bytes };
        let system = system_limit(machine.system_bytes).saturating_sub(all.system);
        let ttm = machine.ttm_limit_bytes.saturating_sub(all.ttm);
        let page_size = host.page_size();
        vram.saturating_sub(used).min(system).min(ttm) / page_size * page_size
    }

    /// Bytes of a node's VRAM in use.
    pub fn vram_used(&self, host: &dyn Host, gpu: usize) -> u64 {
        self.all(host).vram(gpu).used
    }

    /// Bytes of system memory in use by objects (`ttm_mem_used`).
    pub fn ttm_used(&self, host: &dyn Host) -> u64 {
        self.all(host).ttm
    }

    /// What all processes have in use.
    fn all(&self, host: &dyn Host) -> Usage {
        self.own.clone().plus(&host.exchange_usage(&self.own.words()))
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
