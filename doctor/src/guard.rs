//! Work in a child process: what crashes or hangs there is a finding, and no end of the program.
//!
//! The room that forks. What the child tells goes to a file in memory, line by line, so that what it told before its end
//! is not lost; so does what a library prints.

use nix::{
    errno::Errno,
    sys::{
        memfd::{MFdFlags, memfd_create},
        resource::{Resource, setrlimit},
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{ForkResult, Pid, dup2_stderr, fork},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write as _},
    process, thread,
    time::{Duration, Instant},
};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It came to its end.
    Done,
    /// By itself, with another code than 0.
    Exited(i32),
    /// By a signal.
    Crashed(Signal),
    /// It did not end in time.
    Hung,
}

/// What became of some work.
#[derive(Debug)]
pub struct Outcome<T> {
    /// What it told, as far as it came.
    pub told: Vec<T>,
    /// What was printed on standard error.
    pub printed: String,
    /// How it ended.
    pub ending: Ending,
}

/// By which the child tells.
pub struct Teller(File);

impl Teller {
    /// Tells something, at once.
    pub fn tell<T: Serialize>(&mut self, what: &T) {
        let line = serde_json::to_string(what).expect("our own types have a text");
        // Whoever does not come to read it has no use for an error either.
        let _ = writeln!(self.0, "{line}");
    }
}

/// Does the work in a child process, which is killed when it takes longer than `limit`.
///
/// # Errors
/// The kernel's, when there is no child to be had.
pub fn run<T: for<'a> Deserialize<'a>>(
    limit: Duration,
    work: impl FnOnce(&mut Teller),
) -> io::Result<Outcome<T>> {
    let mut told = memory_file("told")?;
    let mut printed = memory_file("printed")?;
    let mut teller = Teller(told.try_clone()?);
    // SAFETY: this program starts no thread, so the child is as whole as its parent.
    let child = match unsafe { fork()? } {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            // A crash is told by its parent; nobody wants a file of it.
            let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
            let _ = dup2_stderr(&printed);
            work(&mut teller);
            // By exit(), since libraries that crash there are to be found, too.
            process::exit(0)
        }
    };
    let ending = wait(child, limit)?;
    let lines = text(&mut told)?;
    let told = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Ok(Outcome { told, printed: text(&mut printed)?, ending })
}

fn memory_file(name: &str) -> io::Result<File> {
    Ok(File::from(memfd_create(name, MFdFlags::MFD_CLOEXEC)?))
}

fn text(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn wait(child: Pid, limit: Duration) -> io::Result<Ending> {
    let begin = Instant::now();
    loop {
        match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(_, 0)) => return Ok(Ending::Done),
            Ok(WaitStatus::Exited(_, code)) => return Ok(Ending::Exited(code)),
            Ok(WaitStatus::Signaled(_, signal, _)) => return Ok(Ending::Crashed(signal)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        if begin.elapsed() > limit {
            kill(child, Signal::SIGKILL)?;
            // Not waited for: what hangs in the driver dies when the driver lets it.
            return Ok(Ending::Hung);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
