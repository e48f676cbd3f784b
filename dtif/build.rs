//! Links libdtif.so with the thunk's version node, which a loader that looks names up without versions never sees.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(dtif)");
    println!("cargo::rustc-cfg=dtif");
    build_support::link(&build_support::Library {
        soname: "libdtif.so",
        node: "HSAKMT_1",
        exports: "exports.sym",
    });
}
