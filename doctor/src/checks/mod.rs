//! What the kernel's files and the driver's answers mean. One file each; none of them fails.
#![forbid(unsafe_code)]

mod access;
mod cards;
mod driver;
mod library;
mod limits;
mod memory;
mod variables;

use crate::{driver::Answers, finding::Finding, machine::Machine};

pub use library::places;
pub use memory::{Pools, memory};

/// Everything that needs no library.
pub fn all(machine: &Machine, answers: &Answers) -> Vec<Finding> {
    [
        driver::check(machine, answers),
        access::check(machine, answers),
        cards::check(machine),
        cards::ways(machine, answers),
        limits::check(),
        variables::check(machine),
        library::check().into_iter().collect(),
    ]
    .concat()
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1 << 20;
    match bytes {
        0..MIB => format!("{} KiB", bytes >> 10),
        bytes if bytes < 10 << 30 => format!("{} MiB", bytes >> 20),
        bytes => format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
    }
}
