//! What scripts/install puts into a prefix is found by pkg-config and CMake under upstream's names, and
//! scripts/uninstall takes it all away.
#![forbid(unsafe_code)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use abi_tests::project;
use tempfile::TempDir;

const PREFIX: &str = "/opt/rocm-9.9";

/// An installation in a folder of its own.
fn install() -> (TempDir, PathBuf) {
    project::stage();
    let folder = tempfile::tempdir().expect("temporary folder");
    run("install", folder.path()).expect("install");
    let root = folder.path().join(&PREFIX[1..]);
    (folder, root)
}

fn run(script: &str, destdir: &Path) -> Result<String, String> {
    project::script(script, &["--prefix", PREFIX, "--destdir", &destdir.display().to_string()])
}

/// Whether a tool answers.
fn there(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|out| out.status.success())
}

#[test]
fn what_is_installed_is_removed_and_nothing_else() {
    let (folder, root) = install();
    let links =
        ["lib/libhsakmt.so", "lib/libhsakmt.so.1", "lib/libhsa-runtime64.so", "lib/libhsa-runtime64.so.1"];
    for link in links {
        assert!(fs::metadata(root.join(link)).is_ok_and(|file| file.is_file()), "{link}");
    }
    assert!(root.join("include/hsa/hsa.h").is_file() && root.join("include/hsakmt/hsakmt.h").is_file());

    assert!(root.join("bin/rocr-doctor").is_file());

    run("install", folder.path()).expect("installing again");
    fs::write(root.join("lib/other"), "").expect("somebody else's file");
    run("uninstall", folder.path()).expect("uninstall");
    let left: Vec<_> = fs::read_dir(&root).expect("prefix").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["lib"]);
    let left: Vec<_> =
        fs::read_dir(root.join("lib")).expect("lib").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["other"]);
}

#[test]
fn other_peoples_libraries_are_not_overwritten() {
    let folder = tempfile::tempdir().expect("temporary folder");
    project::stage();
    let library = folder.path().join(&PREFIX[1..]).join("lib/libhsakmt.so.1");
    fs::create_dir_all(library.parent().expect("lib")).expect("lib");
    fs::write(&library, "upstream's").expect("upstream's library");
    assert!(run("install", folder.path()).is_err());
    assert_eq!(fs::read(&library).expect("still there"), b"upstream's");
}

#[test]
fn pkg_config_finds_the_thunk() {
    if !there("pkg-config") {
        abi_tests::skip("pkg-config is not installed");
        return;
    }
    let (_folder, root) = install();
    let told = Command::new("pkg-config")
        .env("PKG_CONFIG_PATH", root.join("lib/pkgconfig"))
        .args(["--cflags", "--libs", "libhsakmt >= 1.0.6"])
        .output()
        .expect("run pkg-config");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let flags = String::from_utf8_lossy(&told.stdout);
    let compiled = Command::new("cc")
        .arg(project::data("clients/thunk.c"))
        .args(flags.split_whitespace())
        .arg("-o")
        .arg(root.join("thunk"))
        .output()
        .expect("run cc");
    assert!(compiled.status.success(), "{flags}: {}", String::from_utf8_lossy(&compiled.stderr));
}

#[test]
fn cmake_finds_both_packages() {
    if !there("cmake") {
        abi_tests::skip("cmake is not installed");
        return;
    }
    let (_folder, root) = install();
    let project = tempfile::tempdir().expect("temporary folder");
    let list = "cmake_minimum_required(VERSION 3.16)\nproject(client C)\n\
                find_package(hsa-runtime64 1.10 REQUIRED)\nfind_package(hsakmt 1.0 REQUIRED)\n\
                add_executable(probe probe.c)\ntarget_link_libraries(probe hsa-runtime64::hsa-runtime64)\n\
                add_executable(thunk thunk.c)\ntarget_link_libraries(thunk hsakmt::hsakmt)\n";
    fs::write(project.path().join("CMakeLists.txt"), list).expect("CMakeLists.txt");
    for client in ["probe.c", "thunk.c"] {
        fs::copy(project::data("clients").join(client), project.path().join(client)).expect(client);
    }
    let script = "cmake -S . -B build -DCMAKE_PREFIX_PATH=\"$1\" && cmake --build build";
    let built = Command::new("sh").args(["-c", script, "sh"]).arg(&root).current_dir(&project).output();
    let built = built.expect("run sh");
    let said = String::from_utf8_lossy(&built.stdout) + String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
}
