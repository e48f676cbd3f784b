//! Command line of the simulated machine.
fn main() {}
