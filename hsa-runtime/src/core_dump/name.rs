//! Where a core dump goes: what `%` stands for in a pattern, and whether it names a file or a command. Pure. Answers to
//! `substitute_core_pattern` and `parse_command_line` of upstream's `amd_core_dump.cpp`, and to Linux `format_corename`.
#![forbid(unsafe_code)]

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// What a pattern may name.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Of the process.
    pub pid: u32,
    /// Of the thread that writes.
    pub tid: u32,
    /// The machine's name.
    pub host: String,
    /// The program's path.
    pub program: String,
    /// Seconds since 1970.
    pub time: u64,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into a file that is not there yet.
    File(PathBuf),
    /// To a command's standard input: its name and its arguments.
    Command(Vec<String>),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Command(words) => write!(f, "|{}", words.join(" ")),
        }
    }
}

/// Without a pattern.
const DEFAULT: &str = "gpucore.%p";

/// Where the user's pattern leads, or without one the kernel's, with `.gpu` behind it, for the process itself may dump core
/// there, too. A command of the kernel's (`|`) or a socket (`@`) is for dumps of processes: none takes one of GPUs
/// (rocm-systems issue 6206), so that there is a file in the working directory instead. An empty command is none.
pub fn target(wanted: Option<&str>, kernel: &str, facts: &Facts) -> Option<Target> {
    let kernel = kernel.trim_end();
    let file = |pattern: &str| Some(Target::File(expand(pattern, facts).into()));
    match (wanted, kernel.bytes().next()) {
        (Some(wanted), _) => match wanted.strip_prefix('|') {
            Some(command) => {
                let words: Vec<String> = words(command).iter().map(|word| expand(word, facts)).collect();
                (!words.is_empty()).then_some(Target::Command(words))
            }
            None => file(wanted),
        },
        (None, None) => file(DEFAULT),
        (None, Some(b'|' | b'@')) => file(&format!("{DEFAULT}.gpu")),
        (None, Some(_)) => file(&format!("{kernel}.gpu")),
    }
}

/// Puts facts where `%` and a letter stands; an unknown letter stands for nothing. No fact leads into another folder.
fn expand(pattern: &str, facts: &Facts) -> String {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let Some(letter) = rest.next() else { break };
        match letter {
            '%' => text.push('%'),
            'p' | 'P' => text += &facts.pid.to_string(),
            'i' | 'I' => text += &facts.tid.to_string(),
            't' => text += &facts.time.to_string(),
            'h' => text += &facts.host.replace('/', "!"),
            'e' | 'f' => text += &Path::new(&facts.program).file_name().unwrap_or_default().to_string_lossy(),
            'E' => text += &facts.program.replace('/', "!"),
            _ => {}
        }
    }
    text
}

/// The words of a command: blanks part them, unless between double quotes or behind a backslash.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in command.chars() {
        match c {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts { pid: 12, tid: 13, host: "a/b".into(), program: "/usr/bin/a b".into(), time: 99 }
    }

    fn file(path: &str) -> Option<Target> {
        Some(Target::File(path.into()))
    }

    #[test]
    fn the_users_pattern_counts_then_the_kernels_then_ours() {
        assert_eq!(target(Some("/x/%e.%p"), "core", &facts()), file("/x/a b.12"));
        assert_eq!(target(None, "/var/core.%p\n", &facts()), file("/var/core.12.gpu"));
        assert_eq!(target(None, "", &facts()), file("gpucore.12"));
        for handler in ["|/usr/lib/systemd/systemd-coredump %P", "@/run/cores", "@@/run/cores"] {
            assert_eq!(target(None, handler, &facts()), file("gpucore.12.gpu"), "{handler}");
        }
    }

    #[test]
    fn letters_stand_for_facts_and_unknown_ones_for_nothing() {
        assert_eq!(
            expand("%%%p.%P.%i.%I.%t.%h.%f.%E.%u%", &facts()),
            "%12.12.13.13.99.a!b.a b.!usr!bin!a b."
        );
    }

    #[test]
    fn a_command_has_the_words_that_were_written_whatever_facts_are() {
        let command = |text| target(Some(text), "core", &facts());
        let words = ["/bin/sh", "-c", "cat >x y", "a b", "\"", "12"].map(String::from).to_vec();
        assert_eq!(command(r#"|/bin/sh -c "cat >x y"  %e \" %p"#), Some(Target::Command(words)));
        assert_eq!((command("| "), command("|\"\"")), (None, None));
    }
}
