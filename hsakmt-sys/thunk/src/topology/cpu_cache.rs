//! Caches of CPU nodes, which KFD does not tell.
//!
//! A cache shared by several processors is listed once, at the first of them; the others' files are not read at all.
//! Touches files through `kernel`. Answers to upstream's `topology_get_cpu_cache_props` and Linux
//! `drivers/base/cacheinfo.c`.

use super::{
    cpu::CpuInfo,
    model::{Cache, Node},
};
use crate::{kernel::Kernel, sysfs};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// HSA_CPU_SIBLINGS: entries of the sibling map.
const SIBLINGS: usize = 256;
/// More processors than Linux can have.
const MOST_PROCESSORS: usize = 1 << 16;
/// More caches than a processor has.
const MOST_CACHES: usize = 16;
const NUMA: &str = "/sys/devices/system/node";
const FLAT: &str = "/sys/devices/system/cpu";

/// HsaCacheType bits.
const DATA: u32 = 1;
const INSTRUCTION: u32 = 2;
const CPU: u32 = 4;

/// Fills in the caches of every CPU node that has none: the nth such node is the nth NUMA node with processors.
pub(super) fn fill(kernel: &dyn Kernel, cpus: &CpuInfo, nodes: &mut [Node]) {
    let mut sockets = sockets(kernel).into_iter();
    for node in nodes.iter_mut().filter(|node| node.gpu_id.0 == 0) {
        let Some(socket) = sockets.next() else { return };
        if node.caches.is_empty() {
            node.caches = Reader { kernel, cpus, socket: &socket }.caches();
        }
    }
}

/// A NUMA node's directory and its processors, in order.
struct Socket {
    directory: PathBuf,
    processors: Vec<u32>,
}

impl Socket {
    fn list(kernel: &dyn Kernel, directory: PathBuf) -> Option<Self> {
        let names = kernel.list(&directory).ok()?;
        let mut processors: Vec<u32> = names.iter().filter_map(|name| sysfs::numbered(name, "cpu")).collect();
        processors.sort_unstable();
        (!processors.is_empty()).then_some(Self { directory, processors })
    }
}

/// NUMA nodes with processors; a kernel without NUMA has one flat directory.
fn sockets(kernel: &dyn Kernel) -> Vec<Socket> {
    let names = kernel.list(Path::new(NUMA)).unwrap_or_default();
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| sysfs::numbered(name, "node")).collect();
    numbers.sort_unstable();
    let directories = numbers.iter().map(|number| Path::new(NUMA).join(format!("node{number}")));
    let sockets: Vec<Socket> = directories.filter_map(|directory| Socket::list(kernel, directory)).collect();
    if sockets.is_empty() { Socket::list(kernel, FLAT.into()).into_iter().collect() } else { sockets }
}

struct Reader<'a> {
    kernel: &'a dyn Kernel,
    cpus: &'a CpuInfo,
    socket: &'a Socket,
}

impl Reader<'_> {
    fn caches(&self) -> Vec<Cache> {
        let mut caches = Vec::new();
        // Per index: processors whose cache of that index is another's.
        let mut shared: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); MOST_CACHES];
        for processor in &self.socket.processors {
            for (index, shared) in shared.iter_mut().enumerate() {
                if shared.contains(processor) {
                    continue;
                }
                let directory = format!("cpu{processor}/cache/index{index}");
                let directory = self.socket.directory.join(directory);
                let Some(list) = self.text(&directory, "shared_cpu_list") else { break };
                let sharers = sysfs::ranges(&list, MOST_PROCESSORS);
                if sharers.first() == Some(processor) {
                    caches.push(self.cache(&directory, *processor, &sharers));
                }
                shared.extend(sharers);
            }
        }
        caches
    }

    fn cache(&self, directory: &Path, processor: u32, sharers: &[u32]) -> Cache {
        let number = |name| {
            let number = self.text(directory, name).and_then(|text| sysfs::number(&text));
            number.map_or(0, |number| number as u32)
        };
        let kind = match self.text(directory, "type").unwrap_or_default().trim() {
            "Data" => DATA,
            "Instruction" => INSTRUCTION,
            "Unified" => DATA | INSTRUCTION,
            _ => 0,
        };
        let bytes = self.text(directory, "size").and_then(|text| sysfs::size(&text)).unwrap_or(0);
        Cache {
            processor_id_low: self.id(processor),
            level: number("level"),
            size: bytes as u32,
            cache_line_size: number("coherency_line_size"),
            cache_lines_per_tag: number("physical_line_partition"),
            association: number("ways_of_associativity"),
            latency: 0,
            kind: kind | CPU,
            sibling_map: self.sibling_map(sharers),
        }
    }

    /// KFD's id of a processor.
    fn id(&self, processor: u32) -> u32 {
        let known = self.cpus.processors.iter().find(|known| known.number == processor);
        known.map_or(processor, |known| known.id)
    }

    fn sibling_map(&self, sharers: &[u32]) -> Vec<u32> {
        let ids = sharers.iter().map(|processor| self.id(*processor) as usize);
        let ids: Vec<usize> = ids.filter(|id| *id < SIBLINGS).collect();
        let mut map = vec![0; ids.iter().max().map_or(0, |last| last + 1)];
        for id in ids {
            map[id] = 1;
        }
        map
    }

    fn text(&self, directory: &Path, name: &str) -> Option<String> {
        let bytes = self.kernel.read(&directory.join(name)).ok()?;
        Some(sysfs::text(bytes))
    }
}
