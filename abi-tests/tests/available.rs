//! No GPU has more memory free than it has: on every machine described from a capture, APUs with small and large
//! carve-outs among them, and on bc250.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

#[test]
fn no_gpu_has_more_memory_free_than_it_has() {
    let program = Program::ours("available");
    let captures = fs::read_dir(project::data("machines/captures")).expect("machines/captures");
    let captures = captures.flatten().map(|entry| entry.path().display().to_string());
    let mut gpus = 0;
    for name in captures.filter(|name| name.ends_with(".toml")).chain(["bc250".to_owned()]) {
        let outcome = Client::new(Suite::Trixie, Library::Ours, &Machine::new(&name), &program.path()).run();
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
        for line in outcome.stdout.lines() {
            let numbers =
                line.split_once(' ').map(|(total, free)| (total.parse::<u64>(), free.parse::<u64>()));
            let Some((Ok(total), Ok(free))) = numbers else { panic!("{name}: {line}") };
            assert!(0 < free && free <= total, "{name}: {free} of {total} bytes are free");
            gpus += 1;
        }
    }
    assert!(gpus > 40, "only {gpus} GPUs were looked at");
}
