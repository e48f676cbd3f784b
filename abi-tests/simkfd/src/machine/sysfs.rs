//! The topology as text: /sys/devices/virtual/kfd. Touches nothing but memory. Answers to sysprops_show,
//! node_show, mem_show, kfd_cache_show and iolink_show (kfd_topology.c).
#![forbid(unsafe_code)]

use std::fmt::Write;

use super::caches::Cache;
use super::node::{Bank, GPU_ONLY, KEYS, Link, Node};
use super::spec::Kernel;
use super::tree::Tree;

/// Where the topology is.
pub const TOPOLOGY: &str = "sys/devices/virtual/kfd/kfd/topology";

/// Adds the whole topology.
pub fn add_topology(tree: &mut Tree, kernel: &Kernel, nodes: &[Node]) {
    let gpus = nodes.iter().filter(|node| node.gpu_id != 0).count();
    // One count for the processors and one for each card that was added.
    let generation = kernel.generation.unwrap_or(1 + gpus as u32);
    tree.file(format!("{TOPOLOGY}/generation_id"), format!("{generation}\n"));
    let [oem, id, revision] = kernel.platform;
    let system = format!("platform_oem {oem}\nplatform_id {id}\nplatform_rev {revision}\n");
    tree.file(format!("{TOPOLOGY}/system_properties"), system);
    for (index, node) in nodes.iter().enumerate() {
        add_node(tree, kernel, index, node);
    }
}

fn add_node(tree: &mut Tree, kernel: &Kernel, index: usize, node: &Node) {
    let base = format!("{TOPOLOGY}/nodes/{index}");
    tree.file(format!("{base}/gpu_id"), format!("{}\n", node.gpu_id));
    tree.file(format!("{base}/name"), format!("{}\n", node.name));
    tree.file(format!("{base}/properties"), without(kernel, node_text(node)));
    let lists = [
        ("mem_banks", node.banks.iter().map(bank_text).collect::<Vec<_>>()),
        ("caches", node.caches.iter().map(cache_text).collect()),
        ("io_links", node.io_links.iter().map(link_text).collect()),
        ("p2p_links", node.p2p_links.iter().map(link_text).collect()),
    ];
    for (list, texts) in lists {
        tree.directory(format!("{base}/{list}"));
        for (entry, text) in texts.into_iter().enumerate() {
            tree.file(format!("{base}/{list}/{entry}/properties"), without(kernel, text));
        }
    }
}

/// Drops the lines that this kernel is too old to print.
fn without(kernel: &Kernel, text: String) -> String {
    if kernel.absent.is_empty() {
        return text;
    }
    let known = |line: &&str| !kernel.absent.iter().any(|key| line.split(' ').next() == Some(key));
    text.split_inclusive('\n').filter(known).collect()
}

fn node_text(node: &Node) -> String {
    let counts = |key: &str| match key {
        "mem_banks_count" => Some(node.banks.len() as u64),
        "caches_count" => Some(node.caches.len() as u64),
        "io_links_count" => Some(node.io_links.len() as u64),
        "p2p_links_count" => Some(node.p2p_links.len() as u64),
        _ => None,
    };
    let shown = |index: &usize| node.gpu_id != 0 || !GPU_ONLY.contains(index);
    lines((0..KEYS.len()).filter(shown).map(|index| {
        let key = KEYS[index];
        (key, counts(key).unwrap_or_else(|| node.get(key)))
    }))
}

fn bank_text(bank: &Bank) -> String {
    let [width, clock] = bank.memory_type.map(u64::from);
    lines([
        ("heap_type", u64::from(bank.heap_type)),
        ("size_in_bytes", bank.size),
        ("flags", 0),
        ("width", width),
        ("mem_clk_max", clock),
    ])
}

fn cache_text(cache: &Cache) -> String {
    let kind = cache.kind;
    let mut text = lines([
        ("processor_id_low", u64::from(cache.processor_id_low)),
        ("level", u64::from(kind.level)),
        ("size", u64::from(kind.kib)),
        ("cache_line_size", u64::from(kind.line)),
        ("cache_lines_per_tag", 0),
        ("association", 0),
        ("latency", 0),
        ("type", u64::from(kind.bits)),
    ]);
    let bits: Vec<&str> = cache
        .siblings
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| if byte >> bit & 1 == 1 { "1" } else { "0" }))
        .collect();
    text += &format!("sibling_map {}\n", bits.join(","));
    text
}

fn link_text(link: &Link) -> String {
    let [lowest, highest] = link.bandwidth;
    lines(
        [
            ("type", link.kind),
            ("version_major", 0),
            ("version_minor", 0),
            ("node_from", link.from),
            ("node_to", link.to),
            ("weight", link.weight),
            ("min_latency", 0),
            ("max_latency", 0),
            ("min_bandwidth", lowest),
            ("max_bandwidth", highest),
            ("recommended_transfer_size", 0),
            ("recommended_sdma_engine_id_mask", link.sdma_mask),
            ("flags", link.flags),
        ]
        .map(|(key, value)| (key, u64::from(value))),
    )
}

fn lines<'a>(values: impl IntoIterator<Item = (&'a str, u64)>) -> String {
    values.into_iter().fold(String::new(), |mut text, (key, value)| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key} {value}");
        text
    })
}
