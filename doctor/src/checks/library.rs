//! Which runtime libraries there are: two of them in one program, or the wrong one, is a common misery.
//!
//! Touches files. Answers to ld.so(8).
#![forbid(unsafe_code)]

use crate::{
    finding::{Check, Finding},
    machine::names,
};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

/// What programs ask the loader for.
const NAME: &str = "libhsa-runtime64.so.1";

/// Places to take the library from, best first: where the loader looks, beside this program, where ROCm puts it.
pub fn places() -> Vec<PathBuf> {
    let beside = env::current_exe().ok().and_then(|path| Some(path.parent()?.parent()?.join("lib")));
    let folders = beside.into_iter().chain(rocm());
    [PathBuf::from(NAME)].into_iter().chain(folders.map(|folder| folder.join(NAME))).collect()
}

/// Folders of ROCm's installations, the newest last but for the one that is named without a version.
fn rocm() -> Vec<PathBuf> {
    let installed = names(Path::new("/opt")).into_iter().filter(|name| name.starts_with("rocm"));
    installed.map(|name| Path::new("/opt").join(name).join("lib")).collect()
}

/// More than one of them.
pub fn check() -> Option<Finding> {
    let path = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let system = ["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    let multiarch = names(Path::new("/usr/lib")).into_iter().filter(|name| name.contains("-linux-gnu"));
    let folders = env::split_paths(&path)
        .chain(rocm())
        .chain(multiarch.map(|name| Path::new("/usr/lib").join(name)))
        .chain(system);
    let found: BTreeSet<PathBuf> =
        folders.filter_map(|folder| fs::canonicalize(folder.join(NAME)).ok()).collect();
    (found.len() > 1).then(|| {
        let list: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
        Finding::note(Check::Library, NAME, format!("there are {}: {}", found.len(), list.join(", ")))
            .with("let one program find one of them only: LD_LIBRARY_PATH, or remove the others")
    })
}
