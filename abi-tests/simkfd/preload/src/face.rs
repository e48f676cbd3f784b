//! What one simulated machine is to this process: its tree, its facts, the fault plan and the trace. Made once, from
//! the environment. Files of the tree; no unsafe.
#![forbid(unsafe_code)]

use crate::gpu::Settings;
use crate::tree::Tree;
use serde::Deserialize;
use simkfd::contract::{Errno, FileKind};
use simkfd::faults::Plan;
use simkfd::trace::{Coverage, Tracer};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{self, Path};
use std::{env, fs, io};

/// DRM's registered major numbers: of displays and GPUs, and of accelerators.
const DRM_MAJOR: u32 = 226;
const ACCEL_MAJOR: u32 = 261;

/// The machine's face towards this process. Immutable but for the counters of the fault plan.
pub struct Face {
    /// Which paths lead where.
    pub tree: Tree,
    /// Which calls fail.
    pub faults: Plan,
    /// Where calls on device files are written down.
    pub trace: Option<Tracer>,
    /// Where it is noted which ioctls were made.
    pub coverage: Option<Coverage>,
    /// Whether the report at exit is wanted in any case.
    pub report: bool,
    /// How GPUs run what is put into queues. `None`: they do not.
    pub gpu: Option<Settings>,
    /// What the machine tells in no file.
    pub facts: Facts,
}

/// The part of sim.toml that concerns no device.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// `[memory]`
    pub memory: Memory,
    /// `[permissions]`: client's path -> name of the errno that opening it gives, for whoever runs the client.
    permissions: BTreeMap<String, String>,
}

/// `[memory]` of sim.toml.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What sysinfo(2) calls totalram.
    pub total_bytes: Option<u64>,
}

impl Face {
    /// Reads the environment and the files that it names. `None`: no machine is simulated. What is wrong in them is
    /// told on stderr and ends the process: a client on half a machine proves nothing.
    pub fn from_environment() -> Option<Face> {
        let root = env::var("SIMKFD_ROOT").ok().filter(|root| !root.is_empty())?;
        match Face::of(&root) {
            Ok(face) => Some(face),
            Err(why) => {
                eprintln!("simkfd: {why}");
                std::process::exit(125)
            }
        }
    }

    fn of(root: &str) -> Result<Face, String> {
        let root = fs::canonicalize(root).map_err(|error| format!("SIMKFD_ROOT={root}: {error}"))?;
        let root = root.to_str().ok_or("SIMKFD_ROOT: not UTF-8")?;
        let setting = |name| env::var(name).unwrap_or_default();
        let face = Face {
            tree: Tree::new(root, &setting("SIMKFD_REDIRECT"))?,
            faults: load(&setting("SIMKFD_FAULTS"), Plan::parse)?,
            trace: created(&setting("SIMKFD_TRACE"), Tracer::create)?,
            coverage: created(&setting("SIMKFD_COVERAGE"), Coverage::create)?,
            report: setting("SIMKFD_REPORT") == "1",
            gpu: if setting("SIMKFD_GPU") == "1" { Some(gpu_settings(setting)?) } else { None },
            facts: load(&format!("{root}/sim.toml"), |text| {
                toml::from_str(text).map_err(|error| error.to_string().replace('\n', " "))
            })?,
        };
        face.check_permissions()?;
        Ok(face)
    }

    fn check_permissions(&self) -> Result<(), String> {
        match self.facts.permissions.iter().find(|(_, name)| Errno::from_name(name).is_none()) {
            Some((path, name)) => {
                Err(format!("sim.toml: permissions of {path}: {name}: not a known errno name"))
            }
            None => Ok(()),
        }
    }

    /// Where a client's path leads when it is only looked at. `None`: it is the host's.
    pub fn look(&self, path: &str) -> Result<Option<String>, Errno> {
        if self.faults.vanished(path) {
            return Err(Errno::ENOENT);
        }
        Ok(self.tree.lead(path))
    }

    /// Where a client's path leads when it is opened. `None`: it is the host's.
    pub fn open(&self, path: &str) -> Result<Option<String>, Errno> {
        if let Some(errno) = self.faults.open(path).or_else(|| self.forbidden(path)) {
            return Err(errno);
        }
        Ok(self.tree.lead(path))
    }

    /// What opening a path is denied with, whoever asks.
    pub fn forbidden(&self, path: &str) -> Option<Errno> {
        self.facts.permissions.get(path).and_then(|name| Errno::from_name(name))
    }

    /// Whether the device file at this place of the tree lets its owner read and write, as `mode` (bits 4 and 2)
    /// asks. The real check is no use: root passes it.
    pub fn permits(&self, place: &str, mode: u32) -> Result<(), Errno> {
        let file = fs::metadata(place).map_err(|_| Errno::ENOENT)?;
        if file.mode() >> 6 & mode == mode { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// How many processors the machine has, when its tree tells.
    pub fn processors(&self) -> Option<usize> {
        let text = fs::read_to_string(format!("{}/proc/cpuinfo", self.tree.root())).ok()?;
        let count = text.lines().filter(|line| line.starts_with("processor")).count();
        (count > 0).then_some(count)
    }

    /// The device number of an open device file, as (major, minor).
    pub fn number_of(&self, kind: FileKind) -> (u32, u32) {
        match kind {
            FileKind::Render { minor } => (DRM_MAJOR, minor),
            FileKind::Accel { minor } => (ACCEL_MAJOR, minor),
            FileKind::Kfd => self.kfd_number(),
        }
    }

    /// The device number of the device file that a client's path names.
    pub fn number_at(&self, path: &str) -> Option<(u32, u32)> {
        let kind = self.tree.device(path).map(|kind| self.number_of(kind));
        kind.or_else(|| self.tree.drm_minor(path).map(|minor| (DRM_MAJOR, minor)))
    }

    fn kfd_number(&self) -> (u32, u32) {
        // Given out at run time, and mostly this one.
        self.told_kfd_number().unwrap_or((236, 0))
    }

    fn told_kfd_number(&self) -> Option<(u32, u32)> {
        let text =
            fs::read_to_string(format!("{}/sys/devices/virtual/kfd/kfd/dev", self.tree.root())).ok()?;
        let (major, minor) = text.trim().split_once(':')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }
}

fn gpu_settings(setting: impl Fn(&'static str) -> String) -> Result<Settings, String> {
    let given = |name| Some(setting(name)).filter(|value| !value.is_empty());
    let number = |text: String| text.parse().map_err(|_| format!("SIMGPU_SEED={text}: not a number"));
    let report = given("SIMGPU_REPORT").map(path::absolute).transpose();
    let report = report.map_err(|error| format!("SIMGPU_REPORT: {error}"))?;
    let packets = created(&setting("SIMGPU_PACKETS"), Tracer::create)?;
    Ok(Settings { seed: given("SIMGPU_SEED").map(number).transpose()?, report, packets })
}

/// Makes a file that is to be written; none for no name.
fn created<T>(path: &str, create: impl Fn(&Path) -> io::Result<T>) -> Result<Option<T>, String> {
    let create = |path| create(Path::new(path)).map_err(|error| format!("{path}: {error}"));
    Some(path).filter(|path| !path.is_empty()).map(create).transpose()
}

/// Reads a file and makes something of it; no name gives the default.
fn load<T: Default>(path: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    if path.is_empty() {
        return Ok(T::default());
    }
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    parse(&text).map_err(|why| format!("{path}: {why}"))
}
