//! Compiles the C clients of `clients/`, against upstream's headers or ours.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    port::Port,
    project,
    suite::{Suite, multiarch},
};

/// A compiled client in a folder of its own, gone when dropped.
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// Compiles `clients/<name>.c` with the headers of `include`, and links it to our libraries: the
    /// version nodes are upstream's, so the same program runs on upstream's too.
    ///
    /// # Panics
    /// With the compiler's words, when it does not compile: that is what the tests of headers are about.
    pub fn new(name: &str, include: &Path) -> Self {
        let library =
            if name == "thunk" || name.starts_with("kmt_") { "-lhsakmt" } else { "-lhsa-runtime64" };
        Self::compile(name, include, None, &[library, "-ldl", "-pthread"])
    }

    /// The same with our own headers.
    pub fn ours(name: &str) -> Self {
        Self::new(name, &project::stage().join("include"))
    }

    /// The same for another architecture.
    pub fn foreign(name: &str, port: Port) -> Self {
        let include = project::stage_for(Some(port)).join("include");
        Self::compile(name, &include, Some(port), &["-lhsa-runtime64", "-ldl", "-pthread"])
    }

    /// A debugger: linked to a suite's librocm-dbgapi, too, with the suite's header of it.
    ///
    /// # Panics
    /// When there is no such suite.
    pub fn debugger(name: &str, suite: Suite) -> Self {
        let root = suite.root().expect("asked for by the test");
        let (include, libraries) = (root.join("usr/include"), root.join("usr/lib").join(multiarch()));
        let (include, library) = (include.to_string_lossy(), libraries.join("librocm-dbgapi.so"));
        let library = library.to_string_lossy();
        // What that needs of the suite's C library is there when it runs.
        let link = ["-idirafter", &include, "-lhsa-runtime64", &library, "-Wl,--allow-shlib-undefined"];
        Self::compile(name, &project::stage().join("include"), None, &link)
    }

    /// A program on the driver alone: linked to nothing, with the newest kernel's headers.
    pub fn probe(name: &str, include: &Path) -> Self {
        Self::compile(name, include, None, &["-pthread"])
    }

    /// A tool library, which the runtime loads: linked to nothing, it finds the runtime in its tables.
    pub fn tool(name: &str) -> Self {
        Self::library(name, None)
    }

    /// A library that is linked to nothing, for an architecture or for this one.
    pub fn library(name: &str, port: Option<Port>) -> Self {
        Self::compile(name, &project::stage_for(port).join("include"), port, &["-shared", "-fPIC"])
    }

    fn compile(name: &str, include: &Path, port: Option<Port>, link: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("client-").tempdir().expect("temporary folder");
        let compiler = port.map_or_else(|| "cc".to_owned(), |port| format!("{}-gcc", port.multiarch()));
        let compiled = Command::new(&compiler)
            .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(folder.path().join("client"))
            .arg(project::data("clients").join(format!("{name}.c")))
            // Upstream's headers have their own warnings.
            .arg("-isystem")
            .arg(include)
            .arg("-L")
            .arg(project::stage_for(port).join("lib"))
            .args(link)
            .output()
            .unwrap_or_else(|why| panic!("{compiler}: {why}"));
        let why = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{name}.c with {}:\n{why}", include.display());
        Self { folder }
    }

    /// The executable or library.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("client")
    }
}
