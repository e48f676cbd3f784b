//! The cards of a machine: a description with its ASIC row, PCI place and DRM minors. Touches nothing but
//! memory. Answers to amdgpu_xcp_dev_alloc (amdgpu_xcp.c) for the minors of divided cards.
#![forbid(unsafe_code)]

use super::asic::{self, Asic};
use super::spec::{Gpu, Machine};

/// DRM's first render minor.
const FIRST_RENDER_MINOR: u32 = 128;

/// Minors that a card takes which can be divided: its own, and one for each further partition (MAX_XCP).
const MINORS_OF_DIVISIBLE_CARD: u32 = 8;

/// A PCI address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PciAddress {
    /// Domain.
    pub domain: u32,
    /// Bus.
    pub bus: u32,
    /// Device and function, as in `devfn`.
    pub devfn: u32,
}

impl PciAddress {
    /// Reads `dddd:bb:dd.f`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |digits: &str| u32::from_str_radix(digits, 16).ok();
        let (head, function) = text.split_once('.')?;
        let mut parts = head.split(':').map(hex);
        let (domain, bus, device) = (parts.next()??, parts.next()??, parts.next()??);
        let function = hex(function)?;
        let fits = parts.next().is_none() && bus <= 0xff && device <= 0x1f && function <= 7;
        fits.then_some(PciAddress { domain, bus, devfn: device << 3 | function })
    }

    /// `location_id` of an undivided card (pci_dev_id).
    pub fn location(self) -> u32 {
        self.bus << 8 | self.devfn
    }
}

impl std::fmt::Display for PciAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:04x}:{:02x}:{:02x}.{:x}", self.domain, self.bus, self.devfn >> 3, self.devfn & 7)
    }
}

/// One card.
#[derive(Debug)]
pub struct Card<'a> {
    /// Its description.
    pub spec: &'a Gpu,
    /// Its ASIC.
    pub asic: &'static Asic,
    /// Where it sits.
    pub pci: PciAddress,
    /// NUMA node that it is attached to.
    pub numa: u32,
    /// Serial number.
    pub unique_id: u64,
    /// Render minor of its first node.
    pub minor: u32,
    /// Numbers of its nodes that the description prescribes.
    pub gpu_ids: &'a [u32],
}

impl Card<'_> {
    /// XCCs of one node.
    pub fn xcc_per_node(&self) -> u32 {
        self.spec.xcc / self.spec.partitions
    }

    /// Shader arrays of one XCC.
    pub fn arrays(&self) -> u32 {
        self.spec.shader_engines * self.spec.shader_arrays
    }

    /// Compute units that an array was built with.
    pub fn cu_per_array(&self) -> u32 {
        self.spec.cu_per_array.unwrap_or(self.asic.cu_per_array)
    }

    /// Whether the link to the processor is XGMI.
    pub fn xgmi_to_cpu(&self) -> bool {
        self.spec.xgmi_to_cpu.unwrap_or(self.asic.is_gfx9_4_3() && self.asic.apu)
    }

    /// Bytes of the memory bank of one node.
    pub fn memory(&self, partition: u32) -> u64 {
        let spec = self.spec;
        let sharing = spec.partitions / spec.memory_partitions.unwrap_or(spec.partitions).max(1);
        let last = partition + sharing >= spec.partitions;
        spec.last_memory_kib.filter(|_| last).unwrap_or(spec.memory_kib) << 10
    }

    /// Bytes of VRAM of the whole card (real_vram_size).
    pub fn vram(&self) -> u64 {
        let banks = (0..self.spec.partitions).map(|partition| self.memory(partition)).sum();
        self.spec.carve_out_kib.map_or(banks, |kib| kib << 10)
    }

    /// Whether the processor sees the whole memory (kfd_dev_is_large_bar).
    pub fn large_bar(&self) -> bool {
        self.spec.visible_kib.is_none_or(|visible| visible >= self.spec.memory_kib)
    }

    /// Shader arrays of one node.
    fn arrays_per_node(&self) -> usize {
        (self.arrays() * self.xcc_per_node()) as usize
    }

    /// Masks of the active compute units of one node.
    pub fn cu_masks(&self, partition: u32) -> Vec<u32> {
        let arrays = self.arrays_per_node();
        let masks = &self.spec.cu_masks;
        if masks.is_empty() {
            // From gfx10 on, compute units are fused off in pairs (a workgroup processor).
            let pair = if self.asic.gc.0 >= 10 { 2 } else { 1 };
            return spread(self.spec.compute_units, arrays as u32, pair);
        }
        let first = if masks.len() == arrays { 0 } else { partition as usize * arrays };
        masks[first..first + arrays].to_vec()
    }
}

/// Masks of `units` compute units spread over `arrays`, in groups of `pair`.
fn spread(units: u32, arrays: u32, pair: u32) -> Vec<u32> {
    let groups = units / pair;
    (0..arrays)
        .map(|array| {
            let full = (groups / arrays + u32::from(array < groups % arrays)) * pair;
            let odd = if array + 1 == arrays { units % pair } else { 0 };
            (1 << (full + odd)) - 1
        })
        .collect()
}

/// The cards of `machine` in probe order, or what is wrong with their description.
pub fn cards(machine: &Machine) -> Result<Vec<Card<'_>>, String> {
    let mut cards = Vec::new();
    let mut minor = FIRST_RENDER_MINOR;
    for (index, spec) in machine.gpus.iter().enumerate() {
        let wrong = |what: String| format!("gpu {}: {what}", index + 1);
        let asic = asic::lookup(&spec.gfx, spec.device_id)
            .ok_or_else(|| wrong(format!("gfx = {:?} is not in the ASIC table", spec.gfx)))?;
        minor = spec.render_minor.unwrap_or(minor);
        for (place, bdf) in spec.bdf.iter().enumerate() {
            let pci = PciAddress::parse(bdf)
                .ok_or_else(|| wrong(format!("bdf = {bdf:?} is no PCI address (dddd:bb:dd.f)")))?;
            let numa = spec.numa.get(place).or(spec.numa.last()).copied().unwrap_or(0);
            let unique_id = spec.unique_ids.get(place).map_or(0, |serial| serial.0);
            let nodes = spec.partitions as usize;
            let gpu_ids = spec.gpu_ids.get(place * nodes..(place + 1) * nodes).unwrap_or(&[]);
            let card = Card { spec, asic, pci, numa, unique_id, minor, gpu_ids };
            check(&card, machine).map_err(wrong)?;
            minor += if asic.is_gfx9_4_3() { MINORS_OF_DIVISIBLE_CARD } else { 1 };
            cards.push(card);
        }
    }
    Ok(cards)
}

/// Numbers that cannot belong together.
fn check(card: &Card<'_>, machine: &Machine) -> Result<(), String> {
    let spec = card.spec;
    if spec.partitions == 0 || spec.xcc == 0 || spec.xcc % spec.partitions != 0 {
        return Err(format!("{} XCCs cannot be divided into {} nodes", spec.xcc, spec.partitions));
    }
    let arrays = card.arrays_per_node();
    if spec.compute_units == 0 || spec.compute_units > arrays as u32 * card.cu_per_array() {
        let built = card.cu_per_array();
        return Err(format!("{} compute units in {arrays} arrays of {built}", spec.compute_units));
    }
    let whole_card = arrays * spec.partitions as usize;
    let of_active =
        |masks: &[u32]| masks.iter().map(|mask| mask.count_ones()).sum::<u32>() == spec.compute_units;
    if !([0, arrays, whole_card].contains(&spec.cu_masks.len())
        && spec.cu_masks.chunks(arrays).all(of_active))
    {
        let bits = spec.compute_units;
        return Err(format!(
            "cu_masks must be {arrays} masks with {bits} bits set, or {whole_card} for all nodes"
        ));
    }
    let numa_nodes: u32 = machine.cpus.iter().map(|cpu| cpu.count).sum();
    if card.numa >= numa_nodes {
        return Err(format!("numa = {} but the machine has {numa_nodes} processor nodes", card.numa));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_and_print() {
        let address = PciAddress::parse("0001:0b:1f.7").unwrap();
        assert_eq!((address.domain, address.location()), (1, 0x0bff));
        assert_eq!(address.to_string(), "0001:0b:1f.7");
        for bad in ["03:00.0", "0000:03:00", "0000:03:20.0", "0000:03:00.8", "0000:100:00.0", "x:0:0.0"] {
            assert_eq!(PciAddress::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn compute_units_are_spread_in_pairs_and_none_is_lost() {
        for (units, arrays, pair) in [(70, 12, 2), (96, 12, 2), (304 / 8, 4, 1), (7, 1, 1), (3, 2, 2)] {
            let masks = spread(units, arrays, pair);
            assert_eq!(masks.len(), arrays as usize);
            assert_eq!(masks.iter().map(|mask| mask.count_ones()).sum::<u32>(), units);
        }
        assert_eq!(spread(70, 12, 2)[10..], [0x3f, 0xf]);
    }
}
