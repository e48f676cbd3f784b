//! A small machine in a folder of its own, and programs that run on it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The machine; gone with its folder when dropped.
pub struct Machine {
    root: PathBuf,
    environment: Vec<(String, String)>,
}

/// What a program said, and how it ended.
pub struct Run {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code; -1 for a signal.
    pub code: i32,
}

impl Machine {
    /// Three processors, no GPU node, a render node.
    pub fn new() -> Machine {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("simkfd-face-{}-{number}", std::process::id()));
        let machine = Machine { root, environment: Vec::new() };
        let topology = "sys/devices/virtual/kfd/kfd/topology";
        machine.write(&format!("{topology}/generation_id"), "7\n");
        machine.write(
            &format!("{topology}/system_properties"),
            "platform_oem 0\nplatform_id 0\nplatform_rev 0\n",
        );
        machine.write(&format!("{topology}/nodes/0/gpu_id"), "0\n");
        machine.write(&format!("{topology}/nodes/0/name"), "\n");
        machine.write(&format!("{topology}/nodes/0/properties"), "cpu_cores_count 3\n");
        machine.write("sys/devices/virtual/kfd/kfd/dev", "235:0\n");
        machine.write("dev/kfd", "");
        machine.write("dev/dri/renderD128", "");
        machine.write("proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n\nprocessor\t: 2\n\n");
        machine.write("sim.toml", "[kernel]\nkfd_version = [1, 18]\n[memory]\ntotal_bytes = 1073741824\n");
        fs::create_dir_all(machine.root.join("sys/class/kfd")).expect("folder");
        symlink("../../devices/virtual/kfd/kfd", machine.root.join("sys/class/kfd/kfd")).expect("link");
        machine
    }

    /// Sets a variable of the programs' environment.
    pub fn with(mut self, name: &str, value: &str) -> Machine {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Gives the programs a fault plan.
    pub fn faults(self, plan: &str) -> Machine {
        self.write("plan.toml", plan);
        let path = self.path("plan.toml");
        self.with("SIMKFD_FAULTS", &path)
    }

    /// Writes a file of the machine.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("below the root")).expect("folder");
        fs::write(path, text).expect("file");
    }

    /// Takes all permissions from a file of the machine.
    pub fn forbid(&self, path: &str) {
        fs::set_permissions(self.root.join(path), Permissions::from_mode(0o000)).expect("mode");
    }

    /// The host's name of a file of the machine.
    pub fn path(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }

    /// Runs a program on the machine.
    pub fn run(&self, command: &[&str]) -> Run {
        let output = Command::new(command[0])
            .args(&command[1..])
            .env("LD_PRELOAD", face())
            .env("SIMKFD_ROOT", &self.root)
            .env("LC_ALL", "C")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .expect("run");
        Run {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // What is left behind in the temporary folder is no failure.
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The library under test. Cargo puts it where it puts the tests.
fn face() -> PathBuf {
    std::env::current_exe().expect("own path").with_file_name("libsimkfd_preload.so")
}
