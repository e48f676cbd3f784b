//! What the kernel's files tell of a machine: nodes of the driver's topology, and cards on the PCI bus.
//!
//! Touches files. Answers to Linux `kfd_topology.c` and `pci-sysfs.c`. Reads more patiently than the libraries do: what
//! they leave out is what is looked for here.
#![forbid(unsafe_code)]

use hsakmt_thunk::{
    sysfs::{hexadecimal, numbered, pairs},
    topology::{asic, model::GfxVersion},
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Where the driver shows its nodes.
pub const NODES: &str = "/sys/devices/virtual/kfd/kfd/topology/nodes";
const CARDS: &str = "/sys/bus/pci/devices";
const AMD: u32 = 0x1002;

/// HSA_IOLINK_FLAGS_NO_ATOMICS_32_BIT and _64_BIT (kfd_crat.h).
const NO_ATOMICS: u64 = 4 | 8;
/// HSA_IOLINKTYPE_PCIEXPRESS.
const PCI_EXPRESS: u64 = 2;
/// HSA_HEAPTYPE_FRAME_BUFFER_PRIVATE: memory that processors do not see.
const PRIVATE_VRAM: u64 = 2;

/// Name and value, as sysfs has them.
pub type Properties = BTreeMap<String, u64>;

/// A node of the topology.
pub struct Node {
    /// Its number there.
    pub number: u32,
    /// Its properties.
    pub properties: Properties,
    /// Those of its memory banks.
    pub banks: Vec<Properties>,
    /// Those of its links.
    pub links: Vec<Properties>,
}

impl Node {
    /// A property; 0 when it is not told.
    pub fn get(&self, name: &str) -> u64 {
        self.properties.get(name).copied().unwrap_or(0)
    }

    /// Whether it computes as a GPU does.
    pub fn is_gpu(&self) -> bool {
        self.get("simd_count") != 0
    }

    /// The version of its instruction set.
    pub fn gfx(&self) -> Option<GfxVersion> {
        asic::gfx_version(self.get("device_id"), self.get("gfx_target_version"))
    }

    /// The name of its instruction set, as compilers have it.
    pub fn target(&self) -> String {
        self.gfx().map_or_else(|| "GPU".to_owned(), |gfx| gfx.to_string())
    }

    /// How findings call it.
    pub fn name(&self) -> String {
        if self.is_gpu() {
            format!("node {} ({})", self.number, self.target())
        } else {
            format!("node {}", self.number)
        }
    }

    /// The minor number of its render node.
    pub fn render_minor(&self) -> Option<u32> {
        u32::try_from(self.get("drm_render_minor")).ok().filter(|minor| *minor != 0)
    }

    /// Its address on the PCI bus.
    pub fn address(&self) -> String {
        let location = self.get("location_id");
        let (bus, device, function) = (location >> 8 & 0xff, location >> 3 & 0x1f, location & 7);
        format!("{:04x}:{bus:02x}:{device:02x}.{function}", self.get("domain"))
    }

    /// Bytes of its memory.
    pub fn bytes(&self) -> u64 {
        self.banks.iter().filter_map(|bank| bank.get("size_in_bytes")).sum()
    }

    /// Whether processors see a part of its memory only.
    pub fn hides_memory(&self) -> bool {
        self.banks.iter().any(|bank| bank.get("heap_type") == Some(&PRIVATE_VRAM))
    }

    /// Whether the way to its processor carries no atomics.
    pub fn lacks_atomics(&self) -> bool {
        let flag = |link: &Properties, name: &str| link.get(name).copied().unwrap_or(0);
        self.links
            .iter()
            .any(|link| flag(link, "type") == PCI_EXPRESS && flag(link, "flags") & NO_ATOMICS != 0)
    }
}

/// A GPU on the PCI bus.
pub struct Card {
    /// Its address.
    pub address: String,
    /// The driver that has it.
    pub driver: Option<String>,
}

/// All of it.
pub struct Machine {
    /// The nodes that can be read, by number.
    pub nodes: Vec<Node>,
    /// Those that cannot, and why.
    pub unreadable: Vec<(PathBuf, io::Error)>,
    /// AMD's GPUs, by address.
    pub cards: Vec<Card>,
}

impl Machine {
    /// Reads what there is.
    pub fn read() -> Self {
        let mut machine = Self { nodes: Vec::new(), unreadable: Vec::new(), cards: Vec::new() };
        for name in names(Path::new(NODES)) {
            let Some(number) = numbered(&name, "") else { continue };
            match node(number) {
                Ok(node) => machine.nodes.push(node),
                Err((path, error)) => machine.unreadable.push((path, error)),
            }
        }
        machine.nodes.sort_by_key(|node| node.number);
        machine.cards = names(Path::new(CARDS)).into_iter().filter_map(card).collect();
        machine
    }

    /// The nodes that are GPUs.
    pub fn gpus(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.is_gpu())
    }
}

/// The text of a small file, without blanks around it.
pub fn text(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

/// What is in a folder, in order; nothing when it cannot be read.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn properties(path: &Path) -> io::Result<Properties> {
    let text = fs::read_to_string(path)?;
    Ok(pairs(&text).map(|(name, value)| (name.to_owned(), value)).collect())
}

fn node(number: u32) -> Result<Node, (PathBuf, io::Error)> {
    let folder = Path::new(NODES).join(number.to_string());
    let path = folder.join("properties");
    let own = properties(&path).map_err(|error| (path, error))?;
    let each = |kind: &str| {
        let folder = folder.join(kind);
        let files = names(&folder).into_iter().map(|name| folder.join(name).join("properties"));
        files.filter_map(|path| properties(&path).ok()).collect()
    };
    Ok(Node { number, properties: own, banks: each("mem_banks"), links: each("io_links") })
}

/// Display controllers and processing accelerators; Instinct cards are the latter.
fn card(address: String) -> Option<Card> {
    let folder = Path::new(CARDS).join(&address);
    let number = |name: &str| text(folder.join(name)).as_deref().and_then(hexadecimal);
    let class = number("class")? >> 8;
    let is_gpu = number("vendor") == Some(AMD) && (class >> 8 == 0x03 || class == 0x1200);
    let driver = fs::read_link(folder.join("driver")).ok();
    let driver = driver.and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    is_gpu.then_some(Card { address, driver })
}
