//! Compiles the kernels of `clients/kernels` for the simulated GPU.

use std::{path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::project;

/// A code object in a folder of its own, gone when dropped.
pub struct Kernel {
    folder: TempDir,
}

impl Kernel {
    /// Compiles `clients/kernels/<name>.c` for gfx1100; none, and a line that says so, without a compiler that knows it. Code
    /// objects are of version 5, which upstream's runtimes of all suites know, unless the options say otherwise.
    ///
    /// # Panics
    /// With the compiler's words, when it does not compile.
    pub fn new(name: &str, options: &[&str]) -> Option<Self> {
        Self::on("gfx1100", name, options)
    }

    /// The same for another processor.
    ///
    /// # Panics
    /// As [`Kernel::new`].
    pub fn on(processor: &str, name: &str, options: &[&str]) -> Option<Self> {
        let clang = clang()?;
        let folder = tempfile::Builder::new().prefix("kernel-").tempdir().expect("temporary folder");
        let outcome = Command::new(clang)
            .args(["--target=amdgcn-amd-amdhsa", "-nogpulib", "-mcode-object-version=5"])
            .arg(format!("-mcpu={processor}"))
            .args(options)
            .arg("-o")
            .arg(folder.path().join("kernel.co"))
            .arg(project::data("clients/kernels").join(format!("{name}.c")))
            .output()
            .expect("it ran before");
        assert!(outcome.status.success(), "{options:?}: {}", String::from_utf8_lossy(&outcome.stderr));
        Some(Self { folder })
    }

    /// The code object.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("kernel.co")
    }
}

/// What knows gfx11 and code objects of version 5, the newest first.
const KNOWN: [&str; 4] = ["clang-22", "clang-21", "clang-20", "clang-19"];

fn clang() -> Option<&'static str> {
    let found = KNOWN.into_iter().find(|name| runs(name));
    if found.is_none() {
        crate::skip(&format!("none of {}: no kernel is compiled", KNOWN.join(", ")));
    }
    found
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|said| said.status.success())
}
