//! Runs a client on a simulated machine, with our libraries or the suite's own.

use std::{
    ffi::OsString,
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{machine::Machine, project, suite::Suite};

/// Which `libhsa-runtime64.so.1` and `libhsakmt.so.1` a client finds.
#[derive(Clone, Debug)]
pub enum Library {
    /// Both of ours, as staged.
    Ours,
    /// Both of ours, as staged, by LD_PRELOAD: the suite's own stay where the loader looks for libraries.
    Preloaded,
    /// Those of the suite itself.
    Upstream,
    /// A folder that stands before the suite's own.
    Folder(PathBuf),
}

/// What stands in LD_PRELOAD, in our folder.
pub const PRELOADED: [&str; 2] = ["libhsakmt.so.1", "libhsa-runtime64.so.1"];

/// What a client said, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code, or 128 + signal.
    pub code: i32,
}

impl Outcome {
    /// How many objects of a kind, `queues`, `events` or `memory`, the kernel still had of the process at its end, as it says
    /// with SIMKFD_REPORT=1.
    ///
    /// # Panics
    /// When it says something else than a number.
    pub fn left(&self, kind: &str) -> usize {
        let lines = self.stderr.lines().filter_map(|line| line.strip_prefix("simkfd:"));
        let mut counts = lines.filter_map(|line| line.trim().strip_suffix(&format!(" left: {kind}")));
        counts.next().map_or(0, |count| count.parse().expect("a count"))
    }
}

/// A run to be made.
pub struct Client<'a> {
    suite: Suite,
    library: Library,
    machine: &'a Machine,
    command: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    observer: Vec<OsString>,
    preloaded: Option<PathBuf>,
    addresses: Option<u64>,
    cores: String,
    folder: Option<PathBuf>,
    seconds: u32,
}

impl<'a> Client<'a> {
    /// The program at `path` on `machine`, under the suite's dynamic loader.
    pub fn new(suite: Suite, library: Library, machine: &'a Machine, path: &Path) -> Self {
        let command = vec![path.as_os_str().to_owned()];
        Self {
            suite,
            library,
            machine,
            command,
            environment: Vec::new(),
            observer: Vec::new(),
            preloaded: None,
            addresses: None,
            cores: "0".into(),
            folder: None,
            seconds: 300,
        }
    }

    /// The suite's own rocminfo; none when the suite is not to be had.
    pub fn rocminfo(suite: Suite, library: Library, machine: &'a Machine) -> Option<Self> {
        Some(Self::new(suite, library, machine, &suite.root()?.join("usr/bin/rocminfo")))
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: &str) -> Self {
        self.command.push(arg.into());
        self
    }

    /// Sets an environment variable of the client.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Injects the faults that the file plans.
    pub fn faults(self, plan: &Path) -> Self {
        self.env("SIMKFD_FAULTS", plan)
    }

    /// Writes each ioctl with its arguments to `file`.
    pub fn trace(self, file: &Path) -> Self {
        self.env("SIMKFD_TRACE", file)
    }

    /// Runs it under a program that watches it, for example `["strace", "-c"]`.
    pub fn under(mut self, observer: &[&str]) -> Self {
        self.observer = observer.iter().map(Into::into).collect();
        self
    }

    /// Preloads a library that the simulated machine finds behind itself, in the C library's place.
    pub fn preload(mut self, library: &Path) -> Self {
        self.preloaded = Some(library.to_owned());
        self
    }

    /// Lets it have addresses up to so many bytes: of another architecture's processor, or by RLIMIT_AS.
    pub fn addresses(mut self, bytes: u64) -> Self {
        self.addresses = Some(bytes);
        self
    }

    /// Lets its core dumps, of which it writes none otherwise, have so many bytes, or `unlimited`.
    pub fn cores(mut self, most: &str) -> Self {
        self.cores = most.to_owned();
        self
    }

    /// Runs it in a folder.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// How long it may take; five minutes if nothing is said.
    pub fn within(mut self, seconds: u32) -> Self {
        self.seconds = seconds;
        self
    }

    /// Runs it to its end; a client that hangs is killed and ends with code 137.
    ///
    /// # Panics
    /// When the suite is not there or nothing can be started.
    pub fn run(&self) -> Outcome {
        let root = self.suite.root().expect("asked for by the test");
        let preload = self.preloads();
        let mut command = Command::new("timeout");
        command.arg("--signal=KILL").arg(self.seconds.to_string());
        command.arg("prlimit").arg(format!("--core={}:", self.cores));
        command.current_dir(self.folder.as_deref().unwrap_or(Path::new(".")));
        if let Some(port) = self.suite.port() {
            command.arg(port.qemu()).arg("-E").arg(assignment("LD_PRELOAD", &preload));
            command.args(self.addresses.into_iter().flat_map(|bytes| ["-R".to_owned(), bytes.to_string()]));
            command.arg(self.suite.loader(root));
        } else if self.observer.is_empty() {
            // By the environment, so that the client's children are on the simulated machine too.
            let limit = |bytes| ["prlimit".to_owned(), format!("--as={bytes}")];
            command.args(self.addresses.into_iter().flat_map(limit));
            command.arg("env").arg(assignment("LD_PRELOAD", &preload));
            command.arg(self.suite.loader(root));
        } else {
            // By the loader, so that the observer stays on the real one.
            command.args(&self.observer).arg(self.suite.loader(root)).arg("--preload").arg(preload);
        }
        command.arg("--library-path").arg(self.library_path(root)).args(&self.command);
        let output = command
            .env("SIMKFD_ROOT", self.machine.tree())
            .env("SIMKFD_REDIRECT", self.suite.redirects(root))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .expect("run timeout");
        Outcome {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0)),
        }
    }

    fn preloads(&self) -> OsString {
        let port = self.suite.port();
        let mut files = vec![project::simulator_for(port, "libsimkfd_preload.so")];
        if let Library::Preloaded = self.library {
            files.extend(PRELOADED.map(|name| project::stage_for(port).join("lib").join(name)));
        }
        files.extend(self.preloaded.clone());
        std::env::join_paths(files).expect("no colon in our paths")
    }

    fn library_path(&self, root: &Path) -> OsString {
        let mut folders = match &self.library {
            Library::Ours => vec![project::stage_for(self.suite.port()).join("lib")],
            Library::Upstream | Library::Preloaded => Vec::new(),
            Library::Folder(folder) => vec![folder.clone()],
        };
        folders.extend(self.suite.libraries(root));
        std::env::join_paths(folders).expect("no colon in our paths")
    }
}

/// A folder that holds nothing but our libhsakmt.so.1, to put our thunk under upstream's runtime.
///
/// # Panics
/// When the link cannot be made.
pub fn thunk_only() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let staged = fs::canonicalize(project::stage().join("lib/libhsakmt.so.1")).expect("staged library");
    std::os::unix::fs::symlink(staged, folder.path().join("libhsakmt.so.1")).expect("link");
    folder
}

fn assignment(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(value);
    text
}
