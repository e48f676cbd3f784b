//! Links a small cdylib with each linker that is here and reads what came out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SOURCE: &str = r#"
#[unsafe(no_mangle)] pub extern "C" fn x_load_scacquire() -> i32 { 1 }
#[unsafe(no_mangle)] pub extern "C" fn x_not_listed() -> i32 { 2 }
"#;
const BUILD: &str = r#"
fn main() {
    build_support::link(&build_support::Library { soname: "libx.so.7", node: "X_1", exports: "exports.sym" });
}
"#;

/// A package in cargo's own scratch folder for integration tests, one folder a test.
fn package(name: &str, exports: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(dir.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"x\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [build-dependencies]\nbuild-support = {{ path = {:?} }}\n[workspace]\n",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::write(dir.join("Cargo.toml"), manifest).unwrap();
    fs::write(dir.join("build.rs"), BUILD).unwrap();
    fs::write(dir.join("src/lib.rs"), SOURCE).unwrap();
    fs::write(dir.join("exports.sym"), exports).unwrap();
    dir
}

fn build(dir: &Path, linker: &str, rustflags: &str) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline", "--manifest-path"]).arg(dir.join("Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", dir.join("target")).env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.env("RUSTFLAGS", rustflags);
    if !linker.is_empty() {
        cargo.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", linker);
    }
    cargo.output().unwrap()
}

fn dynamic_symbols(dir: &Path) -> Vec<String> {
    let nm = Command::new("nm")
        .args(["-D", "--defined-only", "--with-symbol-versions"])
        .arg(dir.join("target/debug/libx.so"))
        .output()
        .unwrap();
    String::from_utf8(nm.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn assert_versioned(name: &str, linker: &str, rustflags: &str) {
    let dir = package(name, "x_load_acquire\nx_load_scacquire\n");
    let out = build(&dir, linker, rustflags);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // GNU ld alone adds an absolute symbol named after the node.
    let symbols: Vec<String> = dynamic_symbols(&dir).into_iter().filter(|s| !s.contains(" A ")).collect();
    let (address, names): (Vec<_>, Vec<_>) =
        symbols.iter().map(|s| (s.split(' ').next().unwrap(), s.rsplit(' ').next().unwrap())).unzip();
    assert_eq!(names, ["x_load_acquire@@X_1", "x_load_scacquire@@X_1"]);
    assert_eq!(address[0], address[1], "an alias is the same address");
}

#[test]
fn default_linker_gives_every_export_its_version() {
    assert_versioned("default", "", "");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn gnu_ld_gives_every_export_its_version() {
    assert_versioned("gnu-ld", "", "-Clinker-features=-lld");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn clang_gives_every_export_its_version() {
    if Command::new("clang").arg("--version").output().is_err() {
        eprintln!("skipped: no clang here");
        return;
    }
    assert_versioned("clang", "clang", "");
}

#[test]
fn a_listed_name_without_definition_is_a_link_error() {
    let out = build(&package("undefined", "x_load_scacquire\nx_nobody_defines_this\n"), "", "");
    assert!(!out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("x_nobody_defines_this"));
}
