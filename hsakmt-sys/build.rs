//! Links libhsakmt.so.1 with its version node.

fn main() {
    // Set by libdtif.so, which compiles these sources with a few names more.
    println!("cargo::rustc-check-cfg=cfg(dtif)");
    build_support::link(&build_support::Library {
        soname: "libhsakmt.so.1",
        node: "HSAKMT_1",
        exports: "exports.sym",
    });
}
