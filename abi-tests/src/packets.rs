//! Compares the packets that two runs of a program gave to a GPU, as `scripts/sim --packets` writes them down: the same
//! packets in each queue, field by field, or a difference that has a name and a reason.
//!
//! A line is `PID gpu=N queue=N PROCESSOR NAME field=value ...`. Addresses, `@` and a number, are those of one run: all
//! that counts is whether there is one. Left out is what depends on which of two processors was quicker: a wait for what
//! may have ended before anybody asked, events by their numbers, and which engine carries a copy where HIP takes one that
//! has nothing to do.

use std::{cell::Cell, collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use crate::project;

/// What each queue was given, by processor: the queues in the order in which they got their first packet. Or each copy,
/// whichever queue it was given to.
pub type Queues = BTreeMap<String, Vec<Vec<String>>>;

/// The queues of a trace. `exact`: the program itself asks for each wait and each engine, so that these count, too.
///
/// # Panics
/// When the file cannot be read.
pub fn read(file: &Path, exact: bool) -> Queues {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    queues(&text, exact)
}

fn queues(text: &str, exact: bool) -> Queues {
    let mut places = BTreeMap::new();
    let mut queues = Queues::new();
    for line in text.lines() {
        let mut words = line.splitn(4, ' ');
        let [Some(process), Some(gpu), Some(queue), Some(packet)] = [(); 4].map(|()| words.next()) else {
            panic!("no packet: {line}")
        };
        if packet.starts_with("AQL BARRIER") && !exact || packet.starts_with("SDMA Poll header=0xb") {
            continue;
        }
        let processor = packet.split(' ').next().expect("a processor").to_owned();
        let lists = queues.entry(processor.clone()).or_default();
        let place = places.entry((process, gpu, queue, processor)).or_insert(usize::MAX);
        let before = lists.get(*place).and_then(|list| list.last());
        let goes_on = before.is_some_and(|before| exact || !tells_of_end(before) || tells_of_end(packet));
        if !goes_on {
            *place = lists.len();
            lists.push(Vec::new());
        }
        lists[*place].push(comparable(packet));
    }
    queues
}

/// Whether an engine tells by a packet that a copy is done.
fn tells_of_end(packet: &str) -> bool {
    ["SDMA Atomic", "SDMA Fence", "SDMA Trap"].iter().any(|name| packet.starts_with(name))
}

/// A packet without what another run has otherwise.
fn comparable(packet: &str) -> String {
    let is_event = packet.starts_with("SDMA Fence") || packet.starts_with("SDMA Trap");
    let word = |word: &str| match word.split_once('=') {
        Some((name, "@0")) => format!("{name}=none"),
        Some((name, value)) if value.starts_with('@') => format!("{name}=@"),
        Some((name @ ("event" | "value"), _)) if is_event => format!("{name}=N"),
        _ => word.to_owned(),
    };
    packet.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Packets that only one of two runs has: `-` and `+` stand before upstream's and ours.
pub fn differences(upstream: &Queues, ours: &Queues) -> Vec<String> {
    let mut found = Vec::new();
    let processors = upstream.keys().chain(ours.keys().filter(|name| !upstream.contains_key(*name)));
    for name in processors {
        let lists = |queues: &Queues| queues.get(name).cloned().unwrap_or_default();
        let (mut theirs, mut own) = (lists(upstream), lists(ours));
        let mut is_in_both = |list: &Vec<String>| {
            own.iter().position(|other| other == list).map(|at| own.swap_remove(at)).is_some()
        };
        theirs.retain(|list| !is_in_both(list));
        let most = theirs.len().max(own.len());
        // Of the others, one that only one run has is matched with an empty one: the one whose packets are the fewest.
        for lists in [&mut theirs, &mut own] {
            lists.sort_by_key(|packets| std::cmp::Reverse(packets.len()));
            lists.resize(most, Vec::new());
        }
        theirs.iter().zip(&own).for_each(|(theirs, own)| found.extend(changes(theirs, own)));
    }
    found
}

/// The lines that are not in the longest sequence that both lists have.
fn changes(old: &[String], new: &[String]) -> Vec<String> {
    let first = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[first..], &new[first..]);
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for (i, line) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            common[i][j] =
                if line == other { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            found.push(format!("-{}", old[i]));
            i += 1;
        } else {
            found.push(format!("+{}", new[j]));
            j += 1;
        }
    }
    found
}

/// Why packets of a kind differ, or how often an ioctl is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// The programs' files in `clients/` and `clients/hip`; none are all.
    #[serde(default)]
    clients: Vec<String>,
    /// How the difference begins.
    begins: String,
    /// Why this is right. For people.
    reason: String,
    #[serde(skip)]
    used: Cell<bool>,
}

/// A file of such reasons.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    difference: Vec<Reason>,
}

impl Reasons {
    /// Reads a file in `golden/`.
    ///
    /// # Panics
    /// When it is not such a file.
    pub fn read(path: &Path) -> Self {
        project::table(path)
    }

    /// The differences of a program that have no reason.
    pub fn unexplained(&self, client: &str, found: Vec<String>) -> Vec<String> {
        found.into_iter().filter(|difference| !self.explains(client, difference)).collect()
    }

    fn explains(&self, client: &str, difference: &str) -> bool {
        let of =
            |reason: &&Reason| reason.clients.is_empty() || reason.clients.iter().any(|name| name == client);
        let found = self.difference.iter().filter(of).find(|reason| difference.starts_with(&reason.begins));
        found.inspect(|reason| reason.used.set(true)).is_some()
    }

    /// Reasons that no difference of these clients needed, of those that are about them alone.
    pub fn unused(&self, clients: &[String]) -> Vec<String> {
        let idle = |reason: &&Reason| !reason.used.get() && !reason.clients.is_empty();
        let of = |reason: &&Reason| reason.clients.iter().all(|client| clients.contains(client));
        let told = |reason: &Reason| format!("{}: {}", reason.begins, reason.reason);
        self.difference.iter().filter(idle).filter(of).map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "\
7 gpu=0 queue=0 AQL BARRIER_AND signal_0=@10
7 gpu=0 queue=0 AQL KERNEL_DISPATCH grid_x=0x40 kernel=@1000 completion=@0
7 gpu=0 queue=1 SDMA Poll header=0xb0000008 at=@10
7 gpu=0 queue=1 SDMA CopyLinear from=@20 to=@30
7 gpu=0 queue=1 SDMA Trap header=0x6 event=0x7
";

    #[test]
    fn other_addresses_events_and_waits_are_no_difference() {
        let ours = THEIRS.replace("@1000", "@2000").replace("0x7", "0x2").replace("queue=0", "queue=3");
        let ours: String =
            ours.lines().filter(|line| !line.contains("Poll")).map(|l| format!("{l}\n")).collect();
        assert_eq!(differences(&queues(THEIRS, false), &queues(&ours, false)), Vec::<String>::new());
    }

    #[test]
    fn which_engine_carries_a_copy_counts_where_the_program_says_it() {
        let copy = |queue, bytes| {
            format!(
                "7 gpu=0 queue={queue} SDMA CopyLinear count={bytes}\n7 gpu=0 queue={queue} SDMA Atomic at=@1\n"
            )
        };
        let theirs = copy(1, 4) + &copy(1, 8) + &copy(2, 15);
        let ours = copy(2, 8) + &copy(1, 15) + &copy(1, 4);
        let found = |exact| differences(&queues(&theirs, exact), &queues(&ours, exact)).len();
        assert!(found(false) == 0 && found(true) > 0);
        let other = queues(&ours.replace("count=15", "count=16"), false);
        assert_eq!(
            differences(&queues(&theirs, false), &other),
            ["-SDMA CopyLinear count=15", "+SDMA CopyLinear count=16"]
        );
    }

    #[test]
    fn an_address_that_is_missing_and_another_size_are() {
        let ours = THEIRS.replace("completion=@0", "completion=@8").replace("BARRIER_AND", "BARRIER_OR");
        let found = differences(&queues(THEIRS, false), &queues(&ours, false));
        let kernel = "AQL KERNEL_DISPATCH grid_x=0x40 kernel=@ completion=";
        assert_eq!(found, [format!("-{kernel}none"), format!("+{kernel}@")]);
        assert_eq!(differences(&queues(THEIRS, true), &queues(&ours, true)).len(), 4);
    }

    #[test]
    fn what_has_a_reason_is_no_difference_and_an_idle_reason_is_told() {
        let reasons: Reasons =
            toml::from_str("[[difference]]\nclients = ['c']\nbegins = '-SDMA Trap'\nreason = 'why'")
                .expect("a list");
        let ours = THEIRS.lines().filter(|line| !line.contains("Trap")).map(|line| format!("{line}\n"));
        let found = differences(&queues(THEIRS, false), &queues(&ours.collect::<String>(), false));
        assert_eq!(reasons.unexplained("other", found.clone()).len(), 1);
        let (tested, others) = (["c".to_owned()], ["other".to_owned()]);
        assert_eq!(
            (reasons.unused(&tested), reasons.unused(&others)),
            (vec!["-SDMA Trap: why".to_owned()], vec![])
        );
        assert!(reasons.unexplained("c", found).is_empty() && reasons.unused(&tested).is_empty());
    }
}
