//! `scripts/bench NAME`: what a part of the libraries costs, ours beside upstream's in one run; and
//! how fast the simulated GPU is.
#![forbid(unsafe_code)]

mod count;
mod faults;
mod init;
mod operation;
mod runtime;
mod simgpu;
mod thunk;
mod tools;

fn main() {
    let wanted = std::env::args().nth(2).unwrap_or_default();
    match std::env::args().nth(1).as_deref() {
        Some("faults") => faults::run(),
        Some("init") => init::run(),
        Some("runtime") => runtime::run(&wanted),
        Some("simgpu") => simgpu::run(),
        Some("thunk") => thunk::run(&wanted),
        Some("tools") => tools::run(&wanted),
        _ => {
            eprintln!("usage: scripts/bench faults|init|runtime|simgpu|thunk|tools [ROWS]");
            std::process::exit(2);
        }
    }
}
