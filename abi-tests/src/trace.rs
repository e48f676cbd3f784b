//! Reads a trace that the simulator wrote: which ioctls a client made.
//!
//! A line is `PID DEVICE NAME argument=value ... -> result ...`; opens and mmaps are lines of their own kind.

use std::{collections::BTreeMap, fs, path::Path};

/// One ioctl.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// `kfd`, or `render` for every render node.
    pub device: String,
    /// The request's name; AMDGPU_INFO's with its query, which is what it really asks.
    pub name: String,
}

/// The ioctls of a trace file, in order.
///
/// # Panics
/// When the file cannot be read.
pub fn read(path: &Path) -> Vec<Call> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().filter_map(call).collect()
}

fn call(line: &str) -> Option<Call> {
    let mut words = line.split(' ').skip(1);
    let device = match words.next()? {
        "kfd" => "kfd",
        device if device.starts_with("renderD") => "render",
        _ => return None,
    };
    let request = words.next()?;
    let query = words.take_while(|word| *word != "->").find_map(|word| word.strip_prefix("query="));
    let name = query.map_or(request.to_owned(), |query| format!("{request} {query}"));
    Some(Call { device: device.to_owned(), name })
}

/// How often each ioctl was made.
pub fn count(calls: &[Call]) -> BTreeMap<Call, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.clone()).or_default() += 1;
    }
    counts
}

/// The ioctls of `ours` that `upstream` does not have, or not as often, one line each.
pub fn excess(upstream: &BTreeMap<Call, usize>, ours: &BTreeMap<Call, usize>) -> Vec<String> {
    let known = |call| upstream.get(call).copied().unwrap_or(0);
    ours.iter()
        .filter(|(call, times)| **times > known(call))
        .map(|(call, times)| format!("{} {} {times} times, upstream {}", call.device, call.name, known(call)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ioctls_are_calls_and_queries_are_told_apart() {
        let call = |line| call(line).map(|c| (c.device, c.name));
        let pair = |device: &str, name: &str| Some((device.to_owned(), name.to_owned()));
        assert_eq!(call("4711 open /dev/kfd -> fd=0x3"), None);
        assert_eq!(call("4711 mmap kfd len=0x2000 -> addr=0x7f"), None);
        assert_eq!(call("4711 kfd GET_VERSION -> 0 major_version=0x1"), pair("kfd", "GET_VERSION"));
        assert_eq!(
            call("4711 renderD128 AMDGPU_INFO return_size=0x4 query=0x16 -> 0"),
            pair("render", "AMDGPU_INFO 0x16")
        );
    }
}
