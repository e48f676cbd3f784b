//! Links libhsakmt.so.1 with its version node.

fn main() {
    build_support::link(&build_support::Library {
        soname: "libhsakmt.so.1",
        node: "HSAKMT_1",
        exports: "exports.sym",
    });
}
