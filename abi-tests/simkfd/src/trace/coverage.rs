//! Which ioctls of /dev/kfd were made, and with what outcome: `SIMKFD_COVERAGE` collects it from any number of
//! processes, `simkfd coverage` shows it. Touches the file of the coverage.
//!
//! A line is `NAME OUTCOME`, the outcome `0` or an errno's name; a process writes each line once.
#![forbid(unsafe_code)]

use super::Tracer;
use crate::contract::{Errno, FileKind};
use crate::paths::Taken;
use crate::uapi::table::{self, KFD_IOCTLS};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The coverage of this process. Any thread may add to it.
pub struct Coverage {
    file: Tracer,
    seen: Mutex<HashSet<(u8, i32)>>,
}

impl Coverage {
    /// Adds to the file, which is made if it is not there.
    pub fn create(path: &Path) -> io::Result<Coverage> {
        Ok(Coverage { file: Tracer::create(path)?, seen: Mutex::default() })
    }

    /// Notes an ioctl and its outcome. Those of other files than /dev/kfd, and numbers that the kernel does not
    /// know, are left out.
    pub fn note(&self, kind: Option<FileKind>, request: u32, result: Result<i32, Errno>) {
        let Some(name) = super::ioctl_name(kind, request).filter(|_| kind == Some(FileKind::Kfd)) else {
            return;
        };
        let outcome = result.err();
        let key = (crate::uapi::ioc::nr(request), outcome.map_or(0, |errno| errno.0));
        if self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            let outcome = outcome.map_or_else(|| "0".to_owned(), |errno| errno.to_string());
            self.file.text(&format!("{name} {outcome}\n"));
        }
    }
}

/// The table of all ioctls of /dev/kfd: number, name, and each outcome with how many processes saw it. Where the
/// text has lines of probes too, each way to fail stands below its ioctl, with whether it was taken.
pub fn coverage_table(text: &str) -> String {
    let mut seen: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let taken = Taken::read(text);
    let noted = text.lines().filter_map(|line| line.split_once(' '));
    for (name, outcome) in noted.filter(|(_, outcome)| !outcome.contains(' ')) {
        *seen.entry(name).or_default().entry(outcome).or_default() += 1;
    }
    let mut table = String::new();
    for ioctl in KFD_IOCTLS {
        let outcomes = seen.get(ioctl.name).map(words).unwrap_or_else(|| "NEVER MADE".to_owned());
        let _ = writeln!(table, "{:#04x} {:<28} {outcomes}", ioctl.nr, ioctl.name);
        if !taken.is_empty() {
            table.push_str(&taken.table(ioctl));
        }
    }
    let made = KFD_IOCTLS.iter().filter(|ioctl| seen.contains_key(ioctl.name)).count();
    let _ = writeln!(table, "{made} of {} ioctls made", table::KFD_IOCTLS.len());
    if !taken.is_empty() {
        let (taken, all, untaken) = taken.counts();
        let _ = writeln!(table, "{taken} of {all} ways to fail taken; {untaken} that no program can take");
    }
    table
}

fn words(outcomes: &BTreeMap<&str, usize>) -> String {
    let words: Vec<String> = outcomes.iter().map(|(outcome, count)| format!("{outcome}:{count}")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_outcomes_and_what_is_missing() {
        let table = coverage_table("GET_VERSION 0\nSVM EFAULT\nGET_VERSION 0\nSVM EINVAL\n");
        let line = |name: &str| table.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
        assert!(line("GET_VERSION").ends_with(" 0:2"), "{table}");
        assert!(line("SVM").ends_with(" EFAULT:1 EINVAL:1"), "{table}");
        assert!(line("PROFILER").ends_with("NEVER MADE"), "{table}");
        assert!(table.ends_with("2 of 40 ioctls made\n"), "{table}");
    }

    #[test]
    fn probes_lines_show_each_way_to_fail() {
        let table = coverage_table("SET_EVENT EINVAL\nSET_EVENT EINVAL unknown event\n");
        assert!(table.contains("taken  EINVAL     unknown event (kfd_set_event)"), "{table}");
        assert!(table.contains("MISSED EINVAL     event of another type"), "{table}");
        assert!(table.contains("SET_EVENT                    EINVAL:1\n"), "{table}");
    }

    #[test]
    fn an_outcome_is_written_once_a_process() {
        let path = std::env::temp_dir().join(format!("simkfd-coverage-{}", std::process::id()));
        let coverage = Coverage::create(&path).unwrap();
        let request = table::kfd(0x01).unwrap().kfd_request();
        for result in [Ok(0), Ok(0), Err(Errno::EFAULT)] {
            coverage.note(Some(FileKind::Kfd), request, result);
        }
        coverage.note(Some(FileKind::Render { minor: 128 }), request, Ok(0));
        let written = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(written, "GET_VERSION 0\nGET_VERSION EFAULT\n");
    }
}
