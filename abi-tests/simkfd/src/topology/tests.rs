//! Reading machine trees.
#![forbid(unsafe_code)]

use std::fs;
use std::path::PathBuf;

use super::Machine;

/// A directory that goes with its value.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("simkfd-topology-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("below the root")).expect("a writable directory");
            fs::write(path, text).expect("a writable directory");
        }
        Tree(root)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const NODES: &str = "sys/devices/virtual/kfd/kfd/topology/nodes";

fn node(number: u32, file: &str) -> String {
    format!("{NODES}/{number}/{file}")
}

/// A CPU node, and a GPU node with these properties.
fn machine(name: &str, facts: &str, properties: &str) -> Tree {
    let bank = |heap: u32, bytes: u64| format!("heap_type {heap}\nsize_in_bytes {bytes}\nwidth 384\n");
    Tree::new(
        name,
        &[
            ("sim.toml", facts),
            (&node(0, "gpu_id"), "0\n"),
            (&node(0, "properties"), "simd_count 0\n"),
            (&node(0, "mem_banks/0/properties"), &bank(0, 64 << 30)),
            (&node(1, "gpu_id"), "4660\n"),
            (&node(1, "properties"), properties),
            (&node(1, "mem_banks/0/properties"), &bank(2, 8 << 30)),
            (&node(1, "p2p_links/0/properties"), "node_to 0\n"),
        ],
    )
}

const FACTS: &str = "[kernel]\nkfd_version = [1, 18]\n";

#[test]
fn sizes_come_from_the_banks_where_the_facts_are_silent() {
    let tree = machine("silent", FACTS, "gfx_target_version 110000\ndrm_render_minor 128\n");
    let machine = Machine::read(&tree.0).unwrap();
    assert_eq!((machine.system_bytes, machine.ttm_limit_bytes), (64 << 30, 32 << 30));
    assert_eq!((machine.node_count, machine.kernel.kfd_version), (2, [1, 18]));
    let gpu = &machine.gpus[0];
    assert_eq!((gpu.id, gpu.render_minor, gpu.gfx), (0x1234, 128, 110000));
    assert_eq!((gpu.local_bytes, gpu.large_bar, gpu.memory_width), (8 << 30, false, 384));
    assert_eq!(gpu.facts.visible_vram_bytes, Some(256 << 20), "a private bank has a small BAR");
    assert_eq!(machine.gpu_by_id(0), None, "0 is no GPU");
}

#[test]
fn an_old_kernels_tree_needs_the_target_in_the_facts() {
    let tree = machine("old", FACTS, "simd_count 256\n");
    assert!(Machine::read(&tree.0).unwrap_err().contains("gfx_target_version"));
    let facts = format!("{FACTS}[[gpu]]\nnode = 1\ngfx_target_version = 90000\n");
    let tree = machine("told", &facts, "simd_count 256\n");
    assert_eq!(Machine::read(&tree.0).unwrap().gpus[0].gfx, 90000);
}

#[test]
fn errors_name_the_file() {
    let tree = machine("broken", FACTS, "gfx_target_version eleven\n");
    let error = Machine::read(&tree.0).unwrap_err();
    assert!(error.contains("nodes/1/properties") && error.contains("eleven"), "{error}");
    let tree = Tree::new("empty", &[("readme", "")]);
    assert!(Machine::read(&tree.0).unwrap_err().contains("sim.toml"));
}

#[test]
fn partitions_of_a_card_share_a_device() {
    let mut files = vec![("sim.toml".to_string(), FACTS.to_string())];
    for number in 0..64 {
        let location = ((number / 8) << 8) | (number % 8);
        files.push((node(number, "gpu_id"), (0x100 + number).to_string()));
        files.push((
            node(number, "properties"),
            format!("gfx_target_version 90402\nlocation_id {location}\n"),
        ));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let tree = Tree::new("partitions", &files);
    let machine = Machine::read(&tree.0).unwrap();
    assert_eq!(machine.gpus.len(), 64);
    assert_eq!((machine.gpus[7].device, machine.gpus[8].device, machine.gpus[63].device), (0, 1, 7));
}

#[test]
fn an_apu_with_more_gtt_than_carve_out_allocates_from_system_memory() {
    let facts = format!("{FACTS}[[gpu]]\nnode = 1\nids_flags = 1\nvram_bytes = 536870912\n");
    let tree = machine("apu", &facts, "gfx_target_version 110003\n");
    assert!(Machine::read(&tree.0).unwrap().gpus[0].prefers_gtt());
}

#[test]
fn a_gpu_id_that_may_not_be_read_hides_the_gpu() {
    for folder in ["/sys/class/kfd/kfd", "/sys/devices/virtual/kfd/kfd"] {
        let facts = format!("{FACTS}[permissions]\n'{folder}/topology/nodes/1/gpu_id' = 'EPERM'\n");
        let tree = machine("permissions", &facts, "gfx_target_version 110000\n");
        assert!(Machine::read(&tree.0).unwrap().gpus[0].forbidden, "{folder}");
    }
    let facts = format!("{FACTS}[permissions]\n'/sys/class/kfd/kfd/topology/nodes/1/name' = 'EPERM'\n");
    let tree = machine("permissions", &facts, "gfx_target_version 110000\n");
    assert!(!Machine::read(&tree.0).unwrap().gpus[0].forbidden);
}
