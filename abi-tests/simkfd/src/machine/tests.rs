//! Whole machines: each committed description loads and is consistent, and trees of real machines come out as
//! they were captured. Reads abi-tests/machines, and the real trees in ../shared/machines where they are.
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
fn global_sync_is_for_gpus_whose_scheduler_can() {
    let of = |name: &str, node: u32| {
        property(&load(&folder().join(name)), &format!("nodes/{node}/properties"), "num_gws")
    };
    assert_eq!([of("sg2044-w7800.toml", 1), of("desktop-6900xt.toml", 1)], [64; 2]);
    assert_eq!(of("bc250.toml", 1), 0, "gfx10.1's never could");
    assert_eq!(of("desktop-7900xtx.toml", 2), 0, "the graphics of a Ryzen have firmware of their own count");
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

/// Every file of a captured topology must come out as it was, but for the lines in `withheld`: the publisher
/// of the capture has set them to zero. A capture of which only a part was published counts with that part.
fn compare_with_capture(slug: &str, withheld: &[&str]) {
    let captured =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../shared/machines/{slug}/topology"));
    if !captured.is_dir() {
        eprintln!("skipped: {} is not there", captured.display());
        return;
    }
    let tree = load(&folder().join(format!("captures/{slug}.toml")));
    let shown = |text: &str| {
        let known = |line: &&str| !withheld.contains(&line.split(' ').next().unwrap_or(""));
        text.trim_end().lines().filter(known).collect::<Vec<_>>().join("\n")
    };
    let mut compared = 0;
    for path in tree.paths().filter_map(|path| path.strip_prefix(TOPOLOGY)) {
        let Ok(real) = fs::read_to_string(captured.join(path.trim_start_matches('/'))) else { continue };
        let ours = tree.text(&format!("{TOPOLOGY}{path}")).unwrap();
        assert_eq!(shown(ours), shown(&real), "{slug}: {path}");
        compared += 1;
    }
    let real_files = files_below(&captured);
    assert_eq!(compared, real_files, "{slug}: captured files that we do not have");
}

/// Files below a directory, without those that no kernel of kernel.org shows (mem_banks/*/used_memory).
fn files_below(folder: &Path) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => usize::from(path.file_name().is_some_and(|name| name != "used_memory")),
        })
        .sum()
}

#[test]
fn a_divided_mi308x_box_comes_out_as_captured() {
    compare_with_capture("kfd-mi308x-cpx32", &[]);
}

#[test]
fn two_hives_of_mi210_come_out_as_captured() {
    compare_with_capture("kfd-mi210x8-xgmi", &[]);
}

#[test]
fn cards_of_three_generations_come_out_as_captured() {
    compare_with_capture("kfd-radeonvii-w7500-6600class", &["caches_count", "drm_render_minor"]);
}

#[test]
fn four_mi300a_come_out_as_captured() {
    compare_with_capture("kfd-mi300ax4", &[]);
}

#[test]
fn an_rx7900xtx_comes_out_as_captured() {
    compare_with_capture("kfd-rx7900xtx", &[]);
}

#[test]
fn the_save_area_of_an_mi300x_is_as_its_driver_computed_it() {
    // rocprofiler-sdk tests/data/topology node 4: 304 compute units in eight dies.
    let tree = load(&folder().join("captures/mi300x8-xeon8470.toml"));
    assert_eq!(property(&tree, "nodes/2/properties", "cwsr_size"), 23_203_840);
    assert_eq!(property(&tree, "nodes/2/properties", "ctl_stack_size"), 12_288);
}

/// A scratch directory, gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("simkfd-machine-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Two cards of two nodes each.
const DIVIDED: &str = "
source = 'two halves of an MI300X, twice'
[[cpu]]
model = 'any'
vendor = 'AuthenticAMD'
threads = 4
memory_kib = 67108864
[[gpu]]
gfx = 'gfx942'
device_id = 0x74a1
bdf = ['0000:0a:00.0', '0001:0b:00.0']
unique_ids = ['a', 'b']
revision = 1
xcc = 2
partitions = 2
shader_engines = 4
compute_units = 38
caches_kib = [4096, 65536]
memory_kib = 25165824
";

#[test]
fn a_captured_topology_alone_makes_a_whole_machine() {
    let scratch = Scratch::new("topology");
    let [whole, part, made] = ["whole", "part", "made"].map(|name| scratch.0.join(name));
    let description = scratch.0.join("divided.toml");
    fs::write(&description, DIVIDED).unwrap();
    super::write_tree(description.to_str().unwrap(), &whole).unwrap();
    fs::create_dir_all(&part).unwrap();
    fs::rename(whole.join(TOPOLOGY), part.join("topology")).unwrap();
    super::write_tree(part.to_str().unwrap(), &made).unwrap();
    let properties = "nodes/3/properties";
    let captured = text_of(&part.join("topology").join(properties));
    assert_eq!(text_of(&made.join(TOPOLOGY).join(properties)), captured);
    for file in
        ["dev/dri/renderD129", "sys/dev/char/226:136/dev", "sys/devices/platform/amdgpu_xcp.1/drm/card9/dev"]
    {
        assert_eq!(text_of(&made.join(file)), text_of(&whole.join(file)), "{file}");
    }
    let facts = |tree: &Path| text_of(&tree.join("sim.toml")).parse::<toml::Table>().unwrap();
    for (ours, derived) in
        facts(&whole)["gpu"].as_array().unwrap().iter().zip(facts(&made)["gpu"].as_array().unwrap())
    {
        for key in ["node", "render_minor", "device_id", "chip_rev", "family", "num_tcc_blocks", "cu_masks"] {
            assert_eq!(ours[key], derived[key], "{key}");
        }
    }
}

#[test]
fn a_tar_of_a_tree_unpacks_to_the_same_tree() {
    let scratch = Scratch::new("tar");
    let [whole, made] = ["whole", "made"].map(|name| scratch.0.join(name));
    super::write_tree("bc250", &whole).unwrap();
    let archive = scratch.0.join("bc250.tar");
    let mut builder = tar::Builder::new(fs::File::create(&archive).unwrap());
    builder.follow_symlinks(false);
    builder.append_dir_all(".", &whole).unwrap();
    builder.finish().unwrap();
    super::write_tree(archive.to_str().unwrap(), &made).unwrap();
    assert_eq!(text_of(&made.join("sim.toml")), text_of(&whole.join("sim.toml")));
    assert_eq!(text_of(&made.join("sys/class/drm/renderD128/device/device")), "0x13fe\n");
}

#[test]
fn what_is_no_machine_is_named() {
    let scratch = Scratch::new("wrong");
    let error = super::write_tree("no-such-machine", &scratch.0).unwrap_err().to_string();
    assert!(error.contains("no machine \"no-such-machine\""), "{error}");
    let path = scratch.0.join("bad.toml");
    fs::write(
        &path,
        "source = 'x'\n[[cpu]]\nmodel = 'm'\nthreads = 4\nmemory_kib = 1\n[[gpu]]\ngfx = 'gfx1\n",
    )
    .unwrap();
    let error = super::write_tree(path.to_str().unwrap(), &scratch.0).unwrap_err().to_string();
    assert!(error.contains("bad.toml") && error.contains("line 7"), "{error}");
    let error =
        super::write_tree(scratch.0.to_str().unwrap(), &scratch.0.join("out")).unwrap_err().to_string();
    assert!(error.contains("neither topology/nodes"), "{error}");
}
