//! Tells the runtime's files that they are in a model.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(orderings)");
    println!("cargo::rustc-cfg=orderings");
}
