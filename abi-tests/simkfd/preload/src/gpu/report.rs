//! What the GPUs have done: packets, instructions and ioctls, counted, in a file that is written when the process ends
//! (SIMGPU_REPORT). Touches that file.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Counts of one GPU's packets: by processor and name.
#[derive(Default)]
pub struct Packets(Mutex<BTreeMap<String, u64>>);

impl Packets {
    /// Counts a packet.
    pub fn count(&self, processor: &str, name: &dyn Debug) {
        let name = format!("{processor} {name:?}");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    }

    fn lines(&self) -> Vec<String> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(name, count)| format!("{count:14} {}", name.replace('"', ""))).collect()
    }
}

/// A report of one process.
#[derive(Default)]
pub struct Report(String);

impl Report {
    /// Adds a GPU: its packets, and lines of its instructions.
    pub fn gpu(&mut self, number: usize, packets: &Packets, instructions: &[String]) {
        self.part(&format!("GPU {number}: packets"), packets.lines());
        self.part(&format!("GPU {number}: wave instructions"), instructions.to_vec());
    }

    /// Adds the kernel's counts of ioctls.
    pub fn ioctls(&mut self, lines: &str) {
        self.part("ioctls", lines.lines().map(str::to_owned));
    }

    fn part(&mut self, heading: &str, lines: impl IntoIterator<Item = String>) {
        let _ = writeln!(self.0, "process {}, {heading}", std::process::id());
        lines.into_iter().for_each(|line| self.0.extend([line.as_str(), "\n"]));
    }

    /// Adds the report to a file. One that cannot be written is lost: the client must not notice.
    pub fn write(&self, file: &Path) {
        let file = OpenOptions::new().create(true).append(true).open(file);
        let _ = file.and_then(|mut file| file.write_all(self.0.as_bytes()));
    }
}
