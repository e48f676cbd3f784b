//! Packages that scripts/package makes: what is in them, that a program runs on them, and what they say they replace.
#![forbid(unsafe_code)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use abi_tests::{
    machine::Machine,
    project,
    run::{Client, Library},
    suite::{self, Suite},
};

/// The packages of this architecture; none where Debian's tools are missing.
fn packages() -> Option<&'static [PathBuf]> {
    static PACKAGES: OnceLock<Option<Vec<PathBuf>>> = OnceLock::new();
    PACKAGES.get_or_init(package).as_deref()
}

fn package() -> Option<Vec<PathBuf>> {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        abi_tests::skip("packages: no dpkg-deb here");
        return None;
    }
    project::stage();
    project::script("package", &[]).expect("scripts/package");
    let made = fs::read_dir(project::target().join("packages")).expect("packages").flatten();
    Some(made.map(|entry| entry.path()).collect())
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("run it");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Those of this architecture, and what they provide; other tests may have made some for another.
fn native(packages: &[PathBuf]) -> impl Iterator<Item = (&PathBuf, String)> {
    let architecture = said(Command::new("dpkg").arg("--print-architecture"));
    let field = |package: &Path, name: &str| said(Command::new("dpkg-deb").arg("-f").arg(package).arg(name));
    let debs = packages.iter().filter(|path| path.extension().is_some_and(|end| end == "deb"));
    debs.filter(move |package| field(package, "Architecture") == architecture)
        .map(move |package| (package, field(package, "Provides").trim().to_owned()))
}

#[test]
fn packages_replace_upstreams_and_programs_run_on_them() {
    let Some(packages) = packages() else { return };
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut replaced = Vec::new();
    for (package, provides) in native(packages) {
        said(Command::new("dpkg-deb").arg("-x").arg(package).arg(folder.path()));
        let provided = provides.split(", ").filter(|name| !name.is_empty());
        replaced.extend(provided.map(|name| name.split(' ').next().unwrap_or(name).to_owned()));
    }
    replaced.sort();
    assert_eq!(replaced, ["libhsa-runtime-dev", "libhsa-runtime64-1", "libhsakmt-dev", "libhsakmt1"]);

    let libraries = folder.path().join("usr/lib").join(suite::multiarch());
    let machine = Machine::new("sg2044-w7800");
    let run = |library| Client::rocminfo(Suite::Trixie, library, &machine).expect("a stable suite").run();
    let (packaged, staged) = (run(Library::Folder(libraries.clone())), run(Library::Ours));
    assert_eq!((packaged.code, packaged.stdout), (0, staged.stdout));

    let config = fs::read_to_string(libraries.join("pkgconfig/libhsakmt.pc")).expect("libhsakmt.pc");
    let told = |variable: &str| {
        let line = config.lines().find_map(|line| line.strip_prefix(&format!("{variable}=")));
        line.expect("a variable").replace("${prefix}", &folder.path().join("usr").display().to_string())
    };
    assert!(Path::new(&told("libdir")).join("libhsakmt.so").exists(), "{config}");
    assert!(Path::new(&told("includedir")).join("hsakmt/hsakmt.h").exists(), "{config}");
}

#[test]
fn symbols_files_list_what_is_exported() {
    let Some(packages) = packages() else { return };
    let mut names = 0;
    for (package, _) in native(packages) {
        let folder = tempfile::tempdir().expect("temporary folder");
        said(Command::new("dpkg-deb").arg("-e").arg(package).arg(folder.path()));
        let symbols = fs::read_to_string(folder.path().join("symbols")).unwrap_or_default();
        names += symbols.lines().filter(|line| line.starts_with(" hsa")).count();
    }
    let exported = |list: &str| {
        let list = fs::read_to_string(project::root().join(list)).expect("a list of names");
        list.lines().filter(|name| name.starts_with("hsa")).count()
    };
    assert_eq!(names, exported("hsakmt-sys/exports.sym") + exported("hsa-runtime/exports.sym"));
}
