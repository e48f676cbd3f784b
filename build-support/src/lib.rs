//! Links a cdylib with a *named* version node, its soname and its aliases.
//!
//! rustc hands the linker an anonymous version script for every cdylib. GNU ld refuses to combine that with
//! a named node; lld accepts both and silently leaves every symbol unversioned. So the linker is started
//! through a small filter, written here, that drops exactly that one script and fails if it did not see
//! exactly one. Then the script made from `exports.sym` rules alone: a listed name without a definition is a
//! link error, and a `no_mangle` name that is not listed stays hidden.

use std::{
    env,
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// What a shell's `build.rs` says of its library.
pub struct Library<'a> {
    /// `DT_SONAME`.
    pub soname: &'a str,
    /// Version node that every export carries, for example `ROCR_1`.
    pub node: &'a str,
    /// File with one exported name a line, relative to the package.
    pub exports: &'a str,
}

/// Emits the cargo instructions that link `library`.
///
/// # Panics
/// When a file cannot be read or written: a build script has nobody else to tell.
pub fn link(library: &Library<'_>) {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo"));
    let list = package.join(library.exports);
    println!("cargo::rerun-if-changed={}", list.display());
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");

    let text = fs::read_to_string(&list).unwrap_or_else(|e| panic!("{}: {e}", list.display()));
    let names: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();

    let script = out.join("exports.ver");
    fs::write(&script, version_script(library.node, &names)).expect("write version script");
    let aliases = out.join("aliases.ld");
    fs::write(&aliases, alias_script(&names)).expect("write alias script");

    let filter = out.join("link-filter");
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".into());
    let clang = is_clang(&linker);
    fs::write(&filter, filter_script(&script, clang)).expect("write link filter");
    fs::set_permissions(&filter, fs::Permissions::from_mode(0o755)).expect("chmod link filter");

    let mut args = if clang {
        vec![format!("--ld-path={}", filter.display())]
    } else {
        vec!["-wrapper".into(), filter.display().to_string()]
    };
    args.push(format!("-Wl,--version-script={}", script.display()));
    args.push("-Wl,--no-undefined-version".into());
    args.push(format!("-Wl,-soname,{}", library.soname));
    args.push("-Wl,-z,nodelete".into());
    args.push(aliases.display().to_string());
    for arg in args {
        println!("cargo::rustc-cdylib-link-arg={arg}");
    }
}

fn version_script(node: &str, names: &[&str]) -> String {
    let mut text = format!("{node} {{\n  global:\n");
    for name in names {
        writeln!(text, "    {name};").expect("write to String");
    }
    text.push_str("  local: *;\n};\n");
    text
}

/// HSA 1.0's `*_acquire`, `*_release` and `*_acq_rel` names are the same functions as HSA 1.1's `*_sc*` ones
/// (hsa.h marks them deprecated): the same address under two names.
fn alias_script(names: &[&str]) -> String {
    let mut text = String::new();
    for name in names {
        for (old, new) in
            [("_acq_rel", "_scacq_screl"), ("_acquire", "_scacquire"), ("_release", "_screlease")]
        {
            if let Some(stem) = name.strip_suffix(old) {
                let target = format!("{stem}{new}");
                if names.contains(&target.as_str()) {
                    writeln!(text, "{name} = {target};").expect("write to String");
                }
            }
        }
    }
    text
}

fn is_clang(linker: &str) -> bool {
    Command::new(linker)
        .arg("--version")
        .output()
        .is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("clang"))
}

/// gcc runs `filter collect2 ARGS…`; clang runs `filter ARGS…` in place of the linker.
fn filter_script(script: &Path, clang: bool) -> String {
    let run = if clang { "exec \"$(command -v ld.lld || command -v ld)\" \"$@\"" } else { "exec \"$@\"" };
    format!(
        r#"#!/bin/sh
# Drops the one anonymous version script that rustc adds; written by build-support.
case "$1" in *lto-wrapper*|*/as|as) exec "$@" ;; esac
seen=0
count=$#
while [ "$count" -gt 0 ]; do
  arg=$1; shift; count=$((count - 1))
  case "$arg" in
    --version-script={script}) set -- "$@" "$arg" ;;
    --version-script=*) seen=$((seen + 1)) ;;
    *) set -- "$@" "$arg" ;;
  esac
done
if [ "$seen" -ne 1 ]; then
  echo "link-filter: expected exactly one version script of rustc's, saw $seen" >&2
  exit 1
fi
{run}
"#,
        script = script.display()
    )
}
