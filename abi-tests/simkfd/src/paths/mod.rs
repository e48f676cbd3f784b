//! Every way in which an ioctl of /dev/kfd fails, and which of them were taken. `table.txt` lists them; probes
//! (abi-tests/clients/kfd_errors*.c) print one line for each that they provoke: `IOCTL[.OPERATION] ERRNO what was
//! wrong`. A probe that lacks a privilege says `skipped IOCTL why`, and none of its paths is missed then. Pure.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::contract::Errno;
use crate::uapi::table::{Descriptor, KFD_IOCTLS};

/// One way to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The header's name of the ioctl, and behind a dot that of the operation where it has several.
    pub ioctl: String,
    /// The errno's name.
    pub errno: String,
    /// The kernel's function that finds it.
    pub function: String,
    /// What was wrong: the name of the path.
    pub wrong: String,
    /// Why no program can be made to take it.
    pub untaken: Option<String>,
}

/// All paths, in the order of the ioctls.
pub fn all() -> Vec<Path> {
    let listed: Vec<Path> = include_str!("table.txt").lines().filter_map(parse).collect();
    let of = |ioctl: &Descriptor| {
        let own = listed.iter().filter(|path| base(&path.ioctl) == ioctl.name).cloned();
        common(ioctl).into_iter().chain(own).collect::<Vec<_>>()
    };
    KFD_IOCTLS.iter().flat_map(of).collect()
}

/// A line of the table; none for a comment.
fn parse(line: &str) -> Option<Path> {
    let mut columns = line.split(" | ").map(str::to_owned);
    let ioctl = columns.next().filter(|name| !name.is_empty() && !name.starts_with('#'))?;
    let [errno, function, wrong] = [columns.next()?, columns.next()?, columns.next()?];
    Some(Path { ioctl, errno, function, wrong, untaken: columns.next() })
}

/// The minor version of the oldest interface that the probes run on.
const OLDEST: u32 = 17;

/// What `kfd_ioctl` itself finds, of every ioctl.
fn common(ioctl: &Descriptor) -> Vec<Path> {
    let path = |errno: Errno, wrong: &str| Path {
        ioctl: ioctl.name.to_owned(),
        errno: errno.to_string(),
        function: "kfd_ioctl".to_owned(),
        wrong: wrong.to_owned(),
        untaken: None,
    };
    let argument = (ioctl.size > 0).then(|| path(Errno::EFAULT, "argument out of reach"));
    let young = (ioctl.since > OLDEST).then(|| path(Errno::ENOTTY, "kernel that does not know it"));
    argument.into_iter().chain(young).chain([path(Errno::EBADF, "another process's file")]).collect()
}

fn base(ioctl: &str) -> &str {
    ioctl.split('.').next().unwrap_or(ioctl)
}

/// What the probes provoked.
pub struct Taken<'t> {
    lines: BTreeSet<(&'t str, &'t str, &'t str)>,
    skipped: BTreeSet<&'t str>,
}

impl<'t> Taken<'t> {
    /// Reads the probes' lines; other lines are passed over.
    pub fn read(text: &'t str) -> Self {
        let line = |line: &'t str| {
            let mut words = line.splitn(3, ' ');
            let words = (words.next()?, words.next()?, words.next()?);
            let known = KFD_IOCTLS.iter().any(|ioctl| ioctl.name == base(words.0));
            known.then_some(words)
        };
        let skipped = |line: &'t str| line.strip_prefix("skipped ")?.split(' ').next();
        Taken {
            lines: text.lines().filter_map(line).collect(),
            skipped: text.lines().filter_map(skipped).collect(),
        }
    }

    /// Whether nobody could take a path: no program at all, or none with the probes' privileges.
    fn excused(&self, path: &Path) -> bool {
        path.untaken.is_some() || self.skipped.contains(base(&path.ioctl))
    }

    /// Whether a path was taken.
    pub fn has(&self, path: &Path) -> bool {
        self.lines.contains(&(&path.ioctl, &path.errno, &path.wrong))
    }

    /// Whether there is anything.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What contradicts the list: paths that were not taken and could be, paths that were taken though they are said
    /// not to be, and errors that the list does not know of their ioctl. One line each.
    pub fn faults(&self) -> Vec<String> {
        let paths = all();
        let mut faults = Vec::new();
        for path in &paths {
            let Path { ioctl, errno, wrong, .. } = path;
            match (self.has(path), &path.untaken) {
                (false, _) if !self.excused(path) => {
                    faults.push(format!("not taken: {ioctl} {errno} {wrong}"));
                }
                (true, Some(_)) => faults.push(format!("taken after all: {ioctl} {errno} {wrong}")),
                _ => {}
            }
        }
        for (ioctl, outcome, wrong) in &self.lines {
            let known = |path: &Path| {
                base(&path.ioctl) == base(ioctl) && path.errno == *outcome && path.untaken.is_none()
            };
            if outcome.starts_with('E') && !paths.iter().any(known) {
                faults.push(format!("not listed: {ioctl} {outcome} {wrong}"));
            }
        }
        faults
    }

    /// The paths of one ioctl, each with whether it was taken, and their number.
    pub fn table(&self, ioctl: &Descriptor) -> String {
        let mut text = String::new();
        for path in all().iter().filter(|path| base(&path.ioctl) == ioctl.name) {
            let mark = match (self.has(path), self.excused(path)) {
                (true, _) => "taken",
                (false, true) => "-",
                (false, false) => "MISSED",
            };
            let operation =
                path.ioctl.split_once('.').map(|(_, name)| format!("{name}: ")).unwrap_or_default();
            let _ =
                write!(text, "     {mark:<7}{:<11}{operation}{} ({})", path.errno, path.wrong, path.function);
            let why = path.untaken.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            let _ = writeln!(text, "{why}");
        }
        text
    }

    /// How many paths were taken, how many there are, and how many of them no program can take.
    pub fn counts(&self) -> (usize, usize, usize) {
        let paths = all();
        let taken = paths.iter().filter(|path| self.has(path)).count();
        (taken, paths.len(), paths.iter().filter(|path| path.untaken.is_some()).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_of_a_known_ioctl_and_errno_and_there_once() {
        let lines =
            include_str!("table.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let paths = all();
        let listed =
            paths.iter().filter(|path| path.function != "kfd_ioctl" || path.ioctl == "CRIU_OP").count();
        assert!(lines.clone().count() <= listed, "a line names no ioctl");
        let mut known = BTreeSet::new();
        for path in &paths {
            assert!(Errno::from_name(&path.errno).is_some(), "{path:?}");
            assert!(known.insert((&path.ioctl, &path.wrong)), "{path:?}");
        }
        assert!(lines.clone().all(|line| parse(line).is_some()), "a line lacks columns");
    }

    #[test]
    fn what_was_not_taken_and_what_is_not_listed_is_told() {
        let everything: Vec<String> = all()
            .iter()
            .filter(|path| path.untaken.is_none())
            .map(|path| format!("{} {} {}\n", path.ioctl, path.errno, path.wrong))
            .collect();
        let all_taken = everything.concat();
        assert_eq!(Taken::read(&all_taken).faults(), Vec::<String>::new());
        let one_less = everything[1..].concat();
        assert_eq!(Taken::read(&one_less).faults().len(), 1);
        let one_more =
            all_taken.clone() + "GET_VERSION EXDEV a reason\nGET_VERSION 0 worked\nanything else\n";
        assert_eq!(Taken::read(&one_more).faults(), ["not listed: GET_VERSION EXDEV a reason"]);
        let unprivileged: Vec<&str> = all_taken.lines().filter(|line| !line.starts_with("CRIU_OP")).collect();
        let skipped = unprivileged.join("\n") + "\nskipped CRIU_OP without a capability\n";
        assert_eq!(Taken::read(&skipped).faults(), Vec::<String>::new());
        let other_errno = all_taken + "SET_EVENT ENOSPC unknown event\n";
        assert_eq!(Taken::read(&other_errno).faults().len(), 1);
    }
}
