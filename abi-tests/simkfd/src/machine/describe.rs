//! The description that a captured topology implies: what is needed to make the files around it. Touches the
//! files below the directory that it is given. The topology itself stays as it was captured; only what a
//! capture may lack (processors, DRM devices, sim.toml) comes from here.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use super::asic;
use super::sysfs::TOPOLOGY;

type Properties = BTreeMap<String, u64>;

/// The nodes of one card.
struct Card {
    first: Properties,
    directory: PathBuf,
    memory_kib: u64,
    partitions: u64,
}

/// The description, as TOML, of the machine whose tree is at `root`.
pub fn describe(root: &Path) -> Result<String, Error> {
    let nodes = root.join(TOPOLOGY).join("nodes");
    let mut text = format!("source = {:?}\n", root.display().to_string());
    let mut cards: Vec<Card> = Vec::new();
    for index in 0.. {
        let node = nodes.join(index.to_string());
        if !node.is_dir() {
            break;
        }
        let properties = read_properties(&node.join("properties"))?;
        let bank = read_properties(&node.join("mem_banks/0/properties")).unwrap_or_default();
        let memory_kib = get(&bank, "size_in_bytes") >> 10;
        if get(&properties, "cpu_cores_count") != 0 {
            text += &processor_node(&properties, memory_kib);
        } else {
            match cards.last_mut().filter(|card| same_card(&card.first, &properties)) {
                Some(card) => card.partitions += 1,
                None => cards.push(Card { first: properties, directory: node, memory_kib, partitions: 1 }),
            }
        }
    }
    for card in &cards {
        text += &card.text()?;
    }
    Ok(text)
}

fn get(properties: &Properties, key: &str) -> u64 {
    properties.get(key).copied().unwrap_or(0)
}

/// `key value` lines.
fn read_properties(path: &Path) -> Result<Properties, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Ok(pairs.filter_map(|(key, value)| Some((key.to_owned(), value.parse().ok()?))).collect())
}

/// Partitions of one card follow one another, with the card's address and the partition as function.
fn same_card(first: &Properties, other: &Properties) -> bool {
    let key =
        |node: &Properties| (get(node, "domain"), get(node, "location_id") & !7, get(node, "unique_id"));
    key(first) == key(other) && get(first, "location_id") != get(other, "location_id")
}

fn processor_node(properties: &Properties, memory_kib: u64) -> String {
    let threads = get(properties, "cpu_cores_count");
    let clock = get(properties, "max_engine_clk_ccompute");
    let clock_and_memory = format!("clock_mhz = {clock}\nmemory_kib = {memory_kib}\n");
    format!("[[cpu]]\nmodel = 'not captured'\nthreads = {threads}\n{clock_and_memory}")
}

impl Card {
    fn text(&self) -> Result<String, Error> {
        let (first, partitions) = (&self.first, self.partitions);
        let device = get(first, "device_id") as u32;
        let asic = match get(first, "gfx_target_version") as u32 {
            0 => asic::by_old_device(device),
            target => asic::by_target(target, device),
        };
        let Some(asic) = asic else {
            return Err(Error::invalid(
                &self.directory,
                format!("device {device:#06x} is not in the ASIC table"),
            ));
        };
        let xcc_of_node = get(first, "num_xcc").max(1);
        let arrays = get(first, "simd_arrays_per_engine").max(1);
        let location = get(first, "location_id");
        let values = [
            ("device_id", u64::from(device)),
            ("render_minor", get(first, "drm_render_minor")),
            ("revision", get(first, "capability") >> 22 & 0xf),
            ("xcc", xcc_of_node * partitions),
            ("partitions", partitions),
            ("shader_arrays", arrays),
            ("shader_engines", get(first, "array_count") / arrays / xcc_of_node),
            ("cu_per_array", get(first, "cu_per_simd_array")),
            ("compute_units", get(first, "simd_count") / get(first, "simd_per_cu").max(1)),
            ("clock_mhz", get(first, "max_engine_clk_fcompute")),
            ("memory_kib", self.memory_kib),
        ];
        let bdf =
            format!("{:04x}:{:02x}:{:02x}.0", get(first, "domain"), location >> 8, location >> 3 & 0x1f);
        let mut text = format!("[[gpu]]\ngfx = '{}'\nbdf = ['{bdf}']\n", asic.gfx);
        for (key, value) in values {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{key} = {value}");
        }
        text += &self.cache_sizes()?;
        Ok(text)
    }

    /// Sizes of the shared caches, which the ASIC table does not have for devices with a discovery table.
    fn cache_sizes(&self) -> Result<String, Error> {
        let mut sizes = [0; 2];
        for index in 0.. {
            let path = self.directory.join(format!("caches/{index}/properties"));
            if !path.is_file() {
                break;
            }
            let cache = read_properties(&path)?;
            if let level @ 2..=3 = get(&cache, "level") {
                sizes[level as usize - 2] = get(&cache, "size");
            }
        }
        Ok(format!("caches_kib = {sizes:?}\n"))
    }
}
