//! The HIP and OpenCL programs of `clients/hip`, compiled by a suite's own compiler (`scripts/hipcc`) and kept as long as
//! the sources do not change: compiling takes longer than running.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use crate::{project, suite::Suite};

/// The instruction sets that every program holds code for.
const TARGETS: [&str; 3] = ["gfx1100", "gfx1030", "gfx1013"];

/// A program of `clients/hip`, with its extension, as the suite compiles it. Tests that want the same one at the same
/// time wait for the first.
///
/// # Panics
/// When it does not compile; the compiler's words are on standard error.
pub fn program(suite: Suite, source: &str) -> PathBuf {
    let folder = project::data("clients/hip");
    let from = folder.join(source);
    let to = project::target().join("hip").join(suite.name()).join(source).with_extension("");
    let how = [project::root().join("scripts/hipcc"), project::data("src/hip.rs")];
    let shared = ["check.h", "opencl.h"].map(|header| folder.join(header));
    let sources = [from.clone()].into_iter().chain(shared).chain(how);
    let newest = sources.filter_map(|file| changed(&file)).max();
    static COMPILING: [Mutex<()>; Suite::COUNT] = [const { Mutex::new(()) }; Suite::COUNT];
    let _alone = COMPILING[suite as usize].lock().unwrap_or_else(PoisonError::into_inner);
    if changed(&to) < newest {
        compile(suite, &from, &to);
    }
    to
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|facts| facts.modified()).ok()
}

fn compile(suite: Suite, from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("in a folder")).expect("create the folder");
    // Another process may run the old one, or compile the same.
    let fresh = to.with_extension(process::id().to_string());
    let targets = TARGETS.map(|target| format!("--offload-arch={target}"));
    let (from, out) = (from.to_string_lossy(), fresh.to_string_lossy());
    // Behind all others the host's headers of valgrind, for what scripts/bench counts.
    let mut args = vec![suite.name(), "-O2", "-Wall", "-Werror", "-idirafter", "/usr/include/valgrind"];
    if from.ends_with(".hip") {
        args.extend(targets.iter().map(String::as_str));
    }
    args.extend(["-o", &out, &from]);
    project::script("hipcc", &args).unwrap_or_else(|why| panic!("{from}: {why}"));
    fs::rename(&fresh, to).expect("keep the program");
}
