//! `scripts/bench NAME`: what a part of the libraries costs, ours beside upstream's in one run.
#![forbid(unsafe_code)]

mod count;
mod init;
mod thunk;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("init") => init::run(),
        Some("thunk") => thunk::run(),
        _ => {
            eprintln!("usage: scripts/bench init|thunk");
            std::process::exit(2);
        }
    }
}
