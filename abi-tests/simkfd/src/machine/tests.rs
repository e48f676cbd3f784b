//! Whole machines: each committed description loads and is consistent, and trees of real machines come out as they were
//! captured. Reads abi-tests/machines, and the real trees in ../shared/machines where they are.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};

use super::spec::Machine;
use super::sysfs::TOPOLOGY;
use super::tree::Tree;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../machines")
}

fn load(path: &Path) -> Tree {
    let text = fs::read_to_string(path).unwrap();
    let machine: Machine =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    super::build(&machine, true).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn descriptions() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = [folder(), folder().join("captures")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
}

fn property(tree: &Tree, path: &str, key: &str) -> u64 {
    let text = tree.text(&format!("{TOPOLOGY}/{path}")).unwrap_or_else(|| panic!("no {path}"));
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{path} has no {key}")).parse().unwrap()
}

fn entries(tree: &Tree, prefix: &str) -> u64 {
    let prefix = format!("{TOPOLOGY}/{prefix}/");
    tree.paths().filter(|path| path.starts_with(&prefix)).count() as u64
}

fn node_count(tree: &Tree) -> u64 {
    (0..).take_while(|node| tree.text(&format!("{TOPOLOGY}/nodes/{node}/gpu_id")).is_some()).count() as u64
}

#[test]
fn every_machine_loads_and_its_counts_agree_with_its_directories() {
    let paths = descriptions();
    assert!(paths.len() >= 30, "only {} machines", paths.len());
    for path in paths {
        let tree = load(&path);
        for node in 0..node_count(&tree) {
            for (list, key) in [
                ("mem_banks", "mem_banks_count"),
                ("caches", "caches_count"),
                ("io_links", "io_links_count"),
                ("p2p_links", "p2p_links_count"),
            ] {
                let counted = property(&tree, &format!("nodes/{node}/properties"), key);
                let there = entries(&tree, &format!("nodes/{node}/{list}"));
                assert_eq!(counted, there, "{}: node {node}: {key}", path.display());
            }
        }
    }
}

#[test]
fn gpu_nodes_have_their_own_number_minor_and_compute_units() {
    for path in descriptions() {
        let tree = load(&path);
        let mut seen = std::collections::BTreeSet::new();
        let mut next_simd = 0;
        for node in 0..node_count(&tree) {
            let id = tree.text(&format!("{TOPOLOGY}/nodes/{node}/gpu_id")).unwrap().trim().to_owned();
            if id == "0" {
                continue;
            }
            let file = format!("nodes/{node}/properties");
            let minor = property(&tree, &file, "drm_render_minor");
            assert!(seen.insert(id) && seen.insert(format!("minor {minor}")), "{}", path.display());
            assert!(tree.text(&format!("dev/dri/renderD{minor}")).is_some());
            let simd = property(&tree, &file, "simd_id_base");
            assert!(simd >= next_simd, "{}: node {node} begins among its neighbour's units", path.display());
            next_simd = simd
                + property(&tree, &file, "array_count") / property(&tree, &file, "num_xcc")
                    * property(&tree, &file, "cu_per_simd_array");
        }
    }
}

#[test]
fn the_five_machines_are_what_they_are_called() {
    let nodes = |name: &str| node_count(&load(&folder().join(format!("{name}.toml"))));
    assert_eq!(nodes("sg2044-w7800"), 2);
    assert_eq!(nodes("desktop-7900xtx"), 3);
    assert_eq!(nodes("bc250"), 2);
    assert_eq!(nodes("mi300x-cpx"), 2 + 64);
    assert_eq!(nodes("cpu-only"), 2);
}

#[test]
fn a_riscv_kernel_knows_no_apicid_and_no_model_name() {
    let tree = load(&folder().join("sg2044-w7800.toml"));
    let cpuinfo = tree.text("proc/cpuinfo").unwrap();
    assert!(cpuinfo.starts_with("processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdcv"), "{cpuinfo:.80}");
    assert!(!cpuinfo.contains("apicid") && !cpuinfo.contains("model name"));
    assert_eq!(cpuinfo.matches("processor\t:").count(), 64);
    let l2 = "sys/devices/system/cpu/cpu5/cache/index2/shared_cpu_list";
    assert_eq!(tree.text(l2), Some("4-7\n"));
}

/// Every file of a captured topology that the description should give as it was.
fn compare_with_capture(slug: &str, skip: impl Fn(&str) -> bool) {
    let captured =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../shared/machines/{slug}/topology"));
    if !captured.is_dir() {
        eprintln!("skipped: {} is not there", captured.display());
        return;
    }
    let tree = load(&folder().join(format!("captures/{slug}.toml")));
    let mut compared = 0;
    for path in tree.paths().filter_map(|path| path.strip_prefix(TOPOLOGY)) {
        let path = path.trim_start_matches('/');
        if skip(path) {
            continue;
        }
        let real =
            fs::read_to_string(captured.join(path)).unwrap_or_else(|error| panic!("{slug}: {path}: {error}"));
        assert_eq!(
            tree.text(&format!("{TOPOLOGY}/{path}")).unwrap().trim_end(),
            real.trim_end(),
            "{slug}: {path}"
        );
        compared += 1;
    }
    assert!(compared > 1, "{slug}: nothing compared");
}

#[test]
fn the_mi308x_box_comes_out_as_captured() {
    compare_with_capture("kfd-mi308x-cpx32", |_| false);
}
