//! Links libhsa-runtime64.so.1 with its version node.

fn main() {
    // Set by scripts/headers and scripts/fuzz only.
    println!("cargo::rustc-check-cfg=cfg(c_headers, fuzzing)");
    build_support::link(&build_support::Library {
        soname: "libhsa-runtime64.so.1",
        node: "ROCR_1",
        exports: "exports.sym",
    });
}
