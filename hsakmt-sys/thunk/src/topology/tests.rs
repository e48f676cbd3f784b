//! The topology on fake kernels: what the real one may do at any moment.

use super::*;
use crate::{
    config::Config,
    error::Status,
    kernel::{Advice, Attached, Backing, Errno, Fd, Kernel, Place, bytes_of_argument},
    render::RenderNodes,
    topology::model::{GfxVersion, Snapshot},
    uapi::{
        Argument, Request,
        kfd::{kfd_ioctl_get_version_args, kfd_runtime_info, runtime_state},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const ROOT: &str = "/sys/devices/virtual/kfd/kfd/topology";

/// Files in memory; every render node opens unless denied.
#[derive(Default)]
struct Fake {
    files: BTreeMap<String, Result<String, Errno>>,
    denied: BTreeMap<String, Errno>,
    generation_changes: u64,
    generations_read: AtomicU64,
    reads: parking_lot::Mutex<BTreeMap<String, u32>>,
}

impl Fake {
    fn file(&mut self, path: &str, text: &str) -> &mut Self {
        self.files.insert(format!("{ROOT}/{path}"), Ok(text.to_owned()));
        self
    }

    fn absolute(&mut self, path: &str, text: &str) -> &mut Self {
        self.files.insert(path.to_owned(), Ok(text.to_owned()));
        self
    }

    /// Two sockets' worth of nothing special: one CPU node and two GPUs behind it.
    fn machine() -> Self {
        let mut fake = Self::default();
        fake.file("generation_id", "2\n").file("system_properties", "platform_oem 7\nplatform_rev 1\n");
        fake.file("nodes/0/gpu_id", "0\n").file(
            "nodes/0/properties",
            "cpu_cores_count 16\nsimd_count 0\nmem_banks_count 1\nio_links_count 2\ncpu_core_id_base 0\n",
        );
        fake.file("nodes/0/mem_banks/0/properties", "heap_type 0\nsize_in_bytes 4294967296\n");
        fake.link(0, 0, 1).link(0, 1, 2);
        for node in [1, 2] {
            fake.file(&format!("nodes/{node}/gpu_id"), &format!("{}\n", 1000 + node));
            fake.file(&format!("nodes/{node}/name"), "plum_bonito\n");
            fake.file(
                &format!("nodes/{node}/properties"),
                &format!(
                    "simd_count 192\nmem_banks_count 1\nio_links_count 1\ngfx_target_version 110000\n\
                     device_id 29772\ndrm_render_minor {}\ncapability 4294967295\n",
                    127 + node
                ),
            );
            fake.file(
                &format!("nodes/{node}/mem_banks/0/properties"),
                "heap_type 1\nsize_in_bytes 25753026560\nflags 0\nwidth 384\nmem_clk_max 1249\n",
            );
            fake.link(node, 0, 0);
        }
        fake
    }

    fn link(&mut self, from: u32, index: u32, to: u32) -> &mut Self {
        self.file(
            &format!("nodes/{from}/io_links/{index}/properties"),
            &format!("type 2\nnode_from {from}\nnode_to {to}\nweight 20\n"),
        )
    }

    fn read(self, config: &Config) -> (Arc<Self>, crate::Result<Snapshot>) {
        let fake = Arc::new(self);
        let kernel: Arc<dyn Kernel> = fake.clone();
        let snapshot = super::read(&*kernel, config, &RenderNodes::new(Arc::clone(&kernel)));
        (fake, snapshot)
    }

    fn snapshot(self) -> Snapshot {
        self.read(&Config::default()).1.unwrap()
    }
}

impl Kernel for Fake {
    fn open(&self, path: &Path) -> Result<Fd, Errno> {
        match self.denied.get(path.to_str().unwrap()) {
            Some(errno) => Err(*errno),
            None => Ok(Fd(3)),
        }
    }

    fn close(&self, _: Fd) {}

    fn ioctl(
        &self,
        _: Fd,
        request: Request,
        argument: &mut [u8],
        attached: &mut [Attached<'_>],
    ) -> Result<i32, Errno> {
        if request == kfd_ioctl_get_version_args::REQUEST {
            let version = kfd_ioctl_get_version_args { major_version: 1, minor_version: 18 };
            argument.copy_from_slice(bytes_of_argument(&version));
        }
        let Some(answer) = attached.first_mut() else { return Ok(0) };
        // AMDGPU_INFO_DEV_INFO: pci_rev is the fourth word of drm_amdgpu_info_device.
        answer.bytes[12..16].copy_from_slice(&0xc8u32.to_ne_bytes());
        Ok(0)
    }

    fn map(&self, _: Place, _: u64, _: Backing) -> Result<u64, Errno> {
        Err(Errno::ENOSYS)
    }

    fn unmap(&self, _: u64, _: u64) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    fn bind(&self, _: u64, _: u64, _: u32, _: bool) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    fn store(&self, _: u64, _: &[u64]) {}

    fn touch(&self, _: u64, _: u64) {}

    fn read(&self, path: &Path) -> Result<Vec<u8>, Errno> {
        let path = path.to_str().unwrap();
        *self.reads.lock().entry(path.to_owned()).or_default() += 1;
        if path.ends_with("generation_id") {
            let count = self.generations_read.fetch_add(1, Ordering::Relaxed);
            return Ok(format!("{}\n", count.min(self.generation_changes)).into_bytes());
        }
        self.files.get(path).cloned().unwrap_or(Err(Errno::ENOENT)).map(String::into_bytes)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>, Errno> {
        let prefix = format!("{}/", path.to_str().unwrap());
        let below = self.files.keys().filter_map(|file| file.strip_prefix(&prefix));
        let names: BTreeSet<String> = below.map(|rest| rest.split('/').next().unwrap().to_owned()).collect();
        if names.is_empty() { Err(Errno::ENOENT) } else { Ok(names.into_iter().rev().collect()) }
    }

    fn page_size(&self) -> u64 {
        4096
    }
}

fn kernel_indices(snapshot: &Snapshot) -> Vec<u32> {
    snapshot.nodes.iter().map(|node| node.kernel_index).collect()
}

#[test]
fn a_machine_is_read_whole_and_each_file_once() {
    let (fake, snapshot) = Fake::machine().read(&Config::default());
    let snapshot = snapshot.unwrap();
    assert_eq!(snapshot.system.platform_oem, 7);
    assert_eq!(kernel_indices(&snapshot), [0, 1, 2]);
    let gpu = &snapshot.nodes[2];
    assert_eq!((gpu.id.0, gpu.gpu_id.0, gpu.asic_name.as_str()), (2, 1002, "plum_bonito"));
    assert_eq!(gpu.gfx, Some(GfxVersion { major: 11, minor: 0, stepping: 0 }));
    assert_eq!(gpu.marketing_name, "AMD Radeon RX 7900 XTX");
    assert_eq!(gpu.memory[0].width, 384);
    assert!(fake.reads.lock().iter().all(|(path, count)| *count == 1 || path.ends_with("generation_id")));
}

#[test]
fn gpus_behind_one_cpu_get_an_indirect_link_unless_the_kernel_tells_peer_links() {
    let snapshot = Fake::machine().snapshot();
    let link = snapshot.nodes[1].links.iter().find(|link| link.to == 2).unwrap();
    assert_eq!((link.kind, link.weight), (2, 40));

    let mut fake = Fake::machine();
    fake.file(
        "nodes/0/properties",
        "cpu_cores_count 16\nmem_banks_count 1\nio_links_count 2\np2p_links_count 0\n",
    );
    assert!(fake.snapshot().nodes[1].links.iter().all(|link| link.to == 0));
}

/// Two sockets joined by a link of `kind` and `weight`, a GPU on each, and no peer links from the kernel.
fn two_sockets(kind: u32, weight: u32) -> Snapshot {
    let mut fake = Fake::machine();
    fake.files.retain(|path, _| !path.contains("io_links"));
    fake.file("nodes/3/gpu_id", "0\n");
    let cpu = |fake: &mut Fake, node: u32| {
        let text = "cpu_cores_count 16\nmem_banks_count 1\nio_links_count 2\n";
        fake.file(&format!("nodes/{node}/properties"), text)
            .file(&format!("nodes/{node}/mem_banks/0/properties"), "heap_type 0\nsize_in_bytes 4096\n");
    };
    cpu(&mut fake, 0);
    cpu(&mut fake, 3);
    fake.link(0, 0, 1).link(1, 0, 0).link(3, 0, 2).link(2, 0, 3);
    for (from, to) in [(0, 3), (3, 0)] {
        let text = format!("type {kind}\nnode_from {from}\nnode_to {to}\nweight {weight}\n");
        fake.file(&format!("nodes/{from}/io_links/1/properties"), &text);
    }
    fake.snapshot()
}

#[test]
fn gpus_on_two_sockets_are_linked_over_both_unless_the_sockets_do_not_forward() {
    let link = |snapshot: &Snapshot, from: usize, to: u32| {
        let found = snapshot.nodes[from].links.iter().find(|link| link.to == to);
        found.map(|link| (link.kind, link.weight))
    };
    let near = two_sockets(5, 20);
    assert_eq!([link(&near, 1, 2), link(&near, 2, 1)], [Some((5, 60)); 2]);
    assert_eq!([link(&near, 1, 3), link(&near, 3, 1)], [Some((5, 40)); 2], "GPU and the other's socket");
    let far = two_sockets(5, 21);
    assert_eq!([link(&far, 1, 2), link(&far, 2, 1)], [None; 2]);
    assert_eq!(link(&two_sockets(4, 32), 1, 2), Some((4, 72)));
    assert_eq!(
        [direct_cpu(&near, NodeId(1)), direct_cpu(&near, NodeId(2))],
        [Some(NodeId(0)), Some(NodeId(3))]
    );
    assert_eq!(direct_cpu(&near, NodeId(0)), None);
}

#[test]
fn private_video_memory_is_no_target_of_an_indirect_link() {
    let mut fake = Fake::machine();
    fake.file("nodes/2/mem_banks/0/properties", "heap_type 2\nsize_in_bytes 1\n");
    let snapshot = fake.snapshot();
    assert!(!snapshot.nodes[1].links.iter().any(|link| link.to == 2));
    assert!(snapshot.nodes[2].links.iter().any(|link| link.to == 1));
}

#[test]
fn a_bad_node_costs_nobody_else() {
    let breakages: [(&str, Result<&str, Errno>); 8] = [
        ("nodes/1/gpu_id", Err(Errno::EPERM)),
        ("nodes/1/gpu_id", Ok("")),
        ("nodes/1/gpu_id", Ok("99999999999")),
        ("nodes/1/properties", Err(Errno::EACCES)),
        ("nodes/1/properties", Ok("")),
        ("nodes/1/properties", Ok("simd_count 4\ndrm_render_minor 128\n")),
        ("nodes/1/properties", Ok("simd_count 4\ngfx_target_version 110000\n")),
        ("nodes/1/mem_banks/0/properties", Err(Errno::ENOENT)),
    ];
    for (path, content) in breakages {
        let mut fake = Fake::machine();
        fake.files.insert(format!("{ROOT}/{path}"), content.map(str::to_owned));
        let snapshot = fake.snapshot();
        assert_eq!(kernel_indices(&snapshot), [0, 2], "{path}: {content:?}");
        assert_eq!(snapshot.kernel_nodes, 3);
        assert_eq!(snapshot.nodes[1].id.0, 1);
        // The CPU's link to the lost node is gone; the other is renumbered.
        assert_eq!(snapshot.nodes[0].links.iter().map(|link| link.to).collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn a_render_node_that_may_not_be_opened_hides_its_gpu() {
    for errno in [Errno::EACCES, Errno::ENOENT, Errno::EPERM] {
        let mut fake = Fake::machine();
        fake.denied.insert("/dev/dri/renderD128".into(), errno);
        assert_eq!(kernel_indices(&fake.snapshot()), [0, 2]);
    }
}

#[test]
fn a_changing_topology_is_read_until_it_rests() {
    let (fake, snapshot) = Fake { generation_changes: 3, ..Fake::machine() }.read(&Config::default());
    assert_eq!(snapshot.unwrap().generation, 3);
    assert_eq!(fake.generations_read.load(Ordering::Relaxed), 6);
}

#[test]
#[cfg_attr(miri, ignore = "half a minute for sixteen readings")]
fn a_topology_that_never_rests_is_an_error() {
    let (_, snapshot) = Fake { generation_changes: u64::MAX, ..Fake::machine() }.read(&Config::default());
    let error = snapshot.unwrap_err();
    assert_eq!(error.status, Status::Error);
    assert!(error.message.contains("generation_id"));
}

#[test]
fn no_topology_is_an_error_that_says_what_to_do() {
    let (_, snapshot) = Fake::default().read(&Config::default());
    assert_eq!(
        snapshot.unwrap_err().message,
        "/sys/devices/virtual/kfd/kfd/topology/system_properties: ENOENT (No such file or directory); \
         load amdgpu (modprobe amdgpu)"
    );
}

#[test]
fn an_override_changes_the_version_and_keeps_the_kernels() {
    let config = Config::from_variables([("HSA_OVERRIDE_GFX_VERSION_2".to_owned(), "10.3.0".to_owned())]);
    let snapshot = Fake::machine().read(&config).1.unwrap();
    let versions = |node: usize| {
        (snapshot.nodes[node].gfx.unwrap().major, snapshot.nodes[node].kernel_gfx.unwrap().major)
    };
    assert_eq!((versions(1), versions(2)), ((11, 11), (10, 11)));

    let config = Config::from_variables([("HSA_OVERRIDE_GFX_VERSION".to_owned(), "gfx1030".to_owned())]);
    let error = Fake::machine().read(&config).1.unwrap_err();
    assert!(error.message.contains("'gfx1030'"));
}

#[test]
fn svm_can_be_switched_off() {
    let config = Config::from_variables([("HSA_USE_SVM".to_owned(), "0".to_owned())]);
    let snapshot = Fake::machine().read(&config).1.unwrap();
    assert_eq!(snapshot.nodes[1].properties.capability & model::SVM_API_SUPPORTED, 0);
}

#[test]
fn cpu_caches_are_listed_once_at_their_first_processor() {
    let mut fake = Fake::machine();
    fake.absolute(
        "/proc/cpuinfo",
        "processor\t: 0\nmodel name\t: X\napicid\t\t: 0\n\nprocessor\t: 1\nmodel name\t: X\napicid\t\t: 4\n",
    );
    for processor in [0, 1] {
        for (index, kind, shared) in [(0, "Data", format!("{processor}")), (1, "Unified", "0-1".into())] {
            let at = |name: &str| {
                format!("/sys/devices/system/node/node0/cpu{processor}/cache/index{index}/{name}")
            };
            fake.absolute(&at("shared_cpu_list"), &shared).absolute(&at("type"), kind);
            fake.absolute(&at("size"), "32K\n").absolute(&at("level"), &format!("{}\n", index + 1));
        }
    }
    let (fake, snapshot) = fake.read(&Config::default());
    let node = &snapshot.unwrap().nodes[0];
    let caches: Vec<_> = node
        .caches
        .iter()
        .map(|cache| (cache.processor_id_low, cache.level, cache.kind, cache.size))
        .collect();
    assert_eq!(caches, [(0, 1, 5, 32768), (0, 2, 7, 32768), (4, 1, 5, 32768)]);
    assert_eq!(node.caches[1].sibling_map, [1, 0, 0, 0, 1]);
    assert_eq!(node.marketing_name, "X");
    assert!(!fake.reads.lock().contains_key("/sys/devices/system/node/node0/cpu1/cache/index1/size"));
}

#[test]
fn a_core_dump_is_told_of_runtime_and_gpus() {
    let mut fake = Fake::machine();
    fake.absolute("/sys/dev/char/226:128/device/subsystem_vendor", "0x1002\n");
    let thunk = crate::Thunk::open(Box::new(fake), Config::default()).unwrap();
    assert_eq!(thunk.core_runtime_info(), kfd_runtime_info::default());
    thunk.runtime_enable(0x5000, true).unwrap();
    let known = kfd_runtime_info { r_debug: 0x5000, runtime_state: runtime_state::ENABLED, ttmp_setup: 1 };
    assert_eq!(thunk.core_runtime_info(), known);
    thunk.runtime_disable().unwrap();
    assert_eq!(thunk.core_runtime_info(), kfd_runtime_info::default());

    let told = thunk.core_device_info(1001).unwrap();
    assert_eq!((told.gpu_id, told.gfx_target_version, told.simd_count), (1001, 110_000, 192));
    assert_eq!((told.device_id, told.revision_id), (29772, 0xc8));
    assert_eq!((told.subsystem_vendor_id, told.subsystem_device_id), (0x1002, 0), "as far as sysfs tells");
    assert_eq!(thunk.core_device_info(0).unwrap_err().status, Status::InvalidNodeUnit, "a CPU");
}
