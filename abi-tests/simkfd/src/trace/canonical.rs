//! A trace without what differs from run to run: addresses, handles, descriptors and the like become the number of
//! their first appearance. Pure.
#![forbid(unsafe_code)]

use super::fields::{Varying, varying};
use std::collections::HashMap;

/// Rewrites the lines of one trace.
#[derive(Default)]
pub struct Canonical {
    numbers: HashMap<(Varying, String), usize>,
    counts: HashMap<Varying, usize>,
}

impl Canonical {
    /// The canonical form of the next line.
    pub fn line(&mut self, line: &str) -> String {
        let mut words = line.split(' ');
        let process = words.next().map(|pid| self.name(Varying::Process, pid));
        let rest = words.map(|word| match word.split_once('=') {
            Some((field, value)) => format!("{field}={}", self.value(field, value)),
            None => word.to_owned(),
        });
        let rest: Vec<String> = rest.collect();
        process.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
    }

    fn value(&mut self, field: &str, value: &str) -> String {
        let Some(kind) = varying(field) else { return value.to_owned() };
        match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
            Some(list) => {
                let names: Vec<String> = list.split(',').map(|element| self.name(kind, element)).collect();
                format!("[{}]", names.join(","))
            }
            None => self.name(kind, value),
        }
    }

    /// Zero stays zero: it means `none` wherever it appears but for descriptors.
    fn name(&mut self, kind: Varying, value: &str) -> String {
        if kind == Varying::Clock {
            return kind.word().to_owned();
        }
        if value == "0x0" && kind != Varying::Descriptor {
            return value.to_owned();
        }
        let counts = &mut self.counts;
        let number = self.numbers.entry((kind, value.to_owned())).or_insert_with(|| {
            let count = counts.entry(kind).or_default();
            *count += 1;
            *count
        });
        format!("{}#{number}", kind.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_numbered_by_first_appearance() {
        let mut canonical = Canonical::default();
        let mut line = |text| canonical.line(text);
        assert_eq!(
            line("77 kfd X va_addr=0x7f00 size=0x10 -> 0 handle=0x5"),
            "pid#1 kfd X va_addr=addr#1 size=0x10 -> 0 handle=handle#1"
        );
        assert_eq!(
            line("77 kfd X va_addr=0x8f00 handle=0x5 mmap_offset=0x0"),
            "pid#1 kfd X va_addr=addr#2 handle=handle#1 mmap_offset=0x0"
        );
        assert_eq!(line("78 kfd W events=[0x3,0x4,0x3]"), "pid#2 kfd W events=[event#1,event#2,event#1]");
        assert_eq!(
            line("77 kfd C gpu_clock_counter=0x9 -> EINVAL"),
            "pid#1 kfd C gpu_clock_counter=clock -> EINVAL"
        );
    }
}
