//! A simulated machine: the tree that the `simkfd` program writes from a description.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use crate::project;

/// The five machines that the project describes by hand (abi-tests/machines).
pub const MACHINES: [&str; 5] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx", "cpu-only"];

/// A machine's tree in a folder of its own, gone when dropped.
pub struct Machine {
    tree: TempDir,
}

impl Machine {
    /// Writes the tree of a named machine, a description file or a captured tree.
    ///
    /// # Panics
    /// When the simulator refuses the description: that is a failure of every test that wants it.
    pub fn new(description: &str) -> Self {
        let tree = tempfile::Builder::new().prefix("machine-").tempdir().expect("temporary folder");
        let made = Command::new(project::simulator("simkfd"))
            .arg("machine")
            .arg(description)
            .arg(tree.path())
            .output()
            .expect("run simkfd");
        let why = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "simkfd machine {description}: {why}");
        Self { tree }
    }

    /// That of a machine of `machines/` with these lines more, which are about what is described last: a GPU.
    ///
    /// # Panics
    /// When the simulator refuses them.
    pub fn with(name: &str, lines: &str) -> Self {
        let whole = project::data("machines").join(name).with_extension("toml");
        let folder = tempfile::tempdir().expect("temporary folder");
        let changed = folder.path().join("machine.toml");
        let text = fs::read_to_string(whole).expect("a description") + lines;
        fs::write(&changed, text).expect("write the description");
        Self::new(&changed.to_string_lossy())
    }

    /// Lets the machine's kernel speak another version of its interface, major and minor.
    ///
    /// # Panics
    /// When the tree cannot be changed.
    pub fn set_kfd_version(&self, version: [u32; 2]) {
        self.edit_kernel("kfd_version", version.map(i64::from).to_vec().into());
    }

    /// Sets a fact of the machine's kernel, by its name in `[kernel]` of sim.toml.
    ///
    /// # Panics
    /// When the tree cannot be changed.
    pub fn edit_kernel(&self, name: &str, value: toml::Value) {
        let file = self.tree().join("sim.toml");
        let text = fs::read_to_string(&file).expect("sim.toml");
        let mut facts: toml::Table = text.parse().expect("sim.toml");
        let kernel = facts.get_mut("kernel").and_then(toml::Value::as_table_mut).expect("[kernel]");
        kernel.insert(name.to_owned(), value);
        fs::write(file, facts.to_string()).expect("write sim.toml");
    }

    /// The folder that stands for the machine's root.
    pub fn tree(&self) -> &Path {
        self.tree.path()
    }
}
