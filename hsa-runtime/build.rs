//! Links libhsa-runtime64.so.1 with its version node.

use std::{env, process::Command};

fn main() {
    // Set by scripts/headers, scripts/fuzz and abi-tests/orderings only.
    println!("cargo::rustc-check-cfg=cfg(c_headers, fuzzing, orderings, power_asm)");
    // `asm!` for POWER is stable since Rust 1.95; the library needs it for the processor's hints alone.
    if rustc_minor().is_some_and(|minor| minor >= 95) {
        println!("cargo::rustc-cfg=power_asm");
    }
    build_support::link(&build_support::Library {
        soname: "libhsa-runtime64.so.1",
        node: "ROCR_1",
        exports: "exports.sym",
    });
}

fn rustc_minor() -> Option<u32> {
    let version = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    String::from_utf8(version.stdout).ok()?.split('.').nth(1)?.parse().ok()
}
