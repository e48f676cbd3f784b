//! The checkout: its folders, its scripts, and what they build.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde::de::DeserializeOwned;

use crate::port::Port;

/// The workspace's root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace")
}

/// Cargo's target folder, where the scripts put their results too.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A file of this crate, for example `machines/captures`.
pub fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a TOML file of ours says.
///
/// # Panics
/// When it cannot be read or says something unknown: it is part of the tests.
pub fn table<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The staged prefix with our two libraries, built now if the sources are newer.
///
/// # Panics
/// When the build fails: no suite can say anything then.
pub fn stage() -> &'static Path {
    static STAGE: OnceLock<PathBuf> = OnceLock::new();
    STAGE.get_or_init(|| {
        script("build", &["--sim"]).expect("scripts/build --sim");
        target().join("stage")
    })
}

/// The staged prefix for an architecture, or for this one.
///
/// # Panics
/// When there is none: the test has asked [`Port::built`] first.
pub fn stage_for(port: Option<Port>) -> PathBuf {
    port.map_or_else(|| stage().to_owned(), |port| built(port).join("stage"))
}

/// What [`simulator`] gives, for an architecture.
///
/// # Panics
/// As [`stage_for`].
pub fn simulator_for(port: Option<Port>, file: &str) -> PathBuf {
    port.map_or_else(|| simulator(file), |port| built(port).join("release").join(file))
}

fn built(port: Port) -> &'static Path {
    port.built().expect("asked for by the test")
}

/// A file that the release build of the simulator made, for example `libsimkfd_preload.so`.
pub fn simulator(file: &str) -> PathBuf {
    stage();
    target().join("release").join(file)
}

/// Runs one of the project's scripts and gives its standard output; progress goes to ours.
///
/// # Errors
/// One line when the script cannot be started or fails.
pub fn script(name: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(root().join("scripts").join(name))
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("scripts/{name}: {e}"))?;
    if !output.status.success() {
        return Err(format!("scripts/{name} {}: {}", args.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
