//! The processors as text: /sys/devices/system/{cpu,node} and /proc/cpuinfo. Touches nothing but memory.
//! Answers to drivers/base/cacheinfo.c, drivers/base/node.c, and show_cpuinfo of arch/x86 and arch/riscv.
#![forbid(unsafe_code)]

use super::processors::{NumaNode, Processor, list, map};
use super::spec::{Arch, CpuCache, Machine};
use super::tree::Tree;

/// Adds all processor files.
pub fn add_processors(tree: &mut Tree, machine: &Machine, nodes: &[NumaNode<'_>]) {
    let mut all: Vec<(usize, Processor)> = nodes
        .iter()
        .enumerate()
        .flat_map(|(index, node)| node.processors.iter().map(move |processor| (index, *processor)))
        .collect();
    all.sort_by_key(|(_, processor)| processor.number);
    let count = all.len() as u32;
    let numbers: Vec<u32> = (0..count).collect();
    for name in ["online", "present", "possible"] {
        tree.file(format!("sys/devices/system/cpu/{name}"), format!("{}\n", list(&numbers)));
    }
    let node_numbers: Vec<u32> = (0..nodes.len() as u32).collect();
    tree.file("sys/devices/system/node/online", format!("{}\n", list(&node_numbers)));
    for (index, node) in nodes.iter().enumerate() {
        add_numa_node(tree, index, node, count);
        let distances =
            (0..nodes.len()).map(|other| if other == index { 10 } else { machine.numa_distance() });
        let words: Vec<String> = distances.map(|distance| distance.to_string()).collect();
        tree.file(format!("sys/devices/system/node/node{index}/distance"), words.join(" ") + "\n");
    }
    let cpuinfo: Vec<String> = all
        .iter()
        .map(|(index, processor)| cpuinfo_text(machine.arch, *index, &nodes[*index], *processor))
        .collect();
    tree.file("proc/cpuinfo", cpuinfo.concat());
    let total: u64 = nodes.iter().map(|node| node.spec.memory_kib).sum();
    tree.file("proc/meminfo", meminfo_text("", total));
}

fn add_numa_node(tree: &mut Tree, index: usize, node: &NumaNode<'_>, count: u32) {
    let base = format!("sys/devices/system/node/node{index}");
    let mut numbers: Vec<u32> = node.processors.iter().map(|processor| processor.number).collect();
    numbers.sort_unstable();
    tree.file(format!("{base}/cpulist"), format!("{}\n", list(&numbers)));
    tree.file(format!("{base}/cpumap"), format!("{}\n", map(&numbers, count)));
    tree.file(format!("{base}/meminfo"), meminfo_text(&format!("Node {index} "), node.spec.memory_kib));
    for processor in &node.processors {
        let directory = format!("sys/devices/system/cpu/cpu{}", processor.number);
        tree.directory(&directory);
        tree.link(format!("{base}/cpu{}", processor.number), &directory);
        for (place, cache) in node.spec.caches.iter().enumerate() {
            let width = cache.threads.unwrap_or(node.spec.threads_per_core);
            let sharing = node.sharing(*processor, width);
            add_cache(tree, &format!("{directory}/cache/index{place}"), cache, &sharing, count);
        }
    }
}

/// Sizes of a machine that has just booted: all of its memory is free.
fn meminfo_text(prefix: &str, kib: u64) -> String {
    ["MemTotal:", "MemFree:", "MemAvailable:"].map(|key| format!("{prefix}{key:<15}{kib:>9} kB\n")).concat()
}

fn add_cache(tree: &mut Tree, base: &str, cache: &CpuCache, sharing: &[u32], count: u32) {
    let sets = (cache.kib << 10) / (cache.line * cache.ways).max(1);
    let values = [
        ("level", cache.level.to_string()),
        ("type", cache.kind.word().into()),
        ("size", format!("{}K", cache.kib)),
        ("coherency_line_size", cache.line.to_string()),
        ("ways_of_associativity", cache.ways.to_string()),
        ("number_of_sets", sets.to_string()),
        ("physical_line_partition", "1".into()),
        ("shared_cpu_list", list(sharing)),
        ("shared_cpu_map", map(sharing, count)),
    ];
    for (name, value) in values {
        tree.file(format!("{base}/{name}"), value + "\n");
    }
}

fn cpuinfo_text(arch: Arch, node: usize, numa: &NumaNode<'_>, processor: Processor) -> String {
    let mut lines = match arch {
        Arch::X86 => x86_lines(node, numa, processor),
        Arch::Riscv64 => {
            vec![("processor", processor.number.to_string()), ("hart", processor.hardware_id.to_string())]
        }
    };
    lines.extend(numa.spec.cpuinfo.iter().map(|[key, value]| (key.as_str(), value.clone())));
    let text: String = lines.iter().map(|(key, value)| format!("{key}{}: {value}\n", padding(key))).collect();
    text + "\n"
}

fn x86_lines<'a>(node: usize, numa: &NumaNode<'_>, processor: Processor) -> Vec<(&'a str, String)> {
    let spec = numa.spec;
    vec![
        ("processor", processor.number.to_string()),
        ("vendor_id", spec.vendor.clone()),
        ("model name", spec.model.clone()),
        ("cpu MHz", format!("{}.000", spec.clock_mhz)),
        ("physical id", node.to_string()),
        ("siblings", spec.threads.to_string()),
        ("core id", processor.core.to_string()),
        ("cpu cores", (spec.threads / spec.threads_per_core).to_string()),
        ("apicid", processor.hardware_id.to_string()),
        ("initial apicid", processor.hardware_id.to_string()),
    ]
}

/// Tabs up to column 16, as both architectures have them.
fn padding(key: &str) -> &'static str {
    if key.len() < 8 { "\t\t" } else { "\t" }
}
