//! The tests by name, and the table of the mnemonics that they run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use simgpu::isa::Target;

use super::assemble::{Executed, on, since_gfx11, tool};
use super::{
    approximate, atomics, compare, control, dual, floats, forms, gfx10, images, integers, lanes, levels,
    matrix, media, memory, modes, scalar, vector,
};

/// The mnemonics of LLVM's disassembly of all programs that were looked at, and others that compilers make; and on which
/// targets they are run.
const LISTS: [(&str, &[Target], &[&str]); 3] = [
    ("gfx1100", &[Target::Gfx1100], &[include_str!("gfx1100.txt"), include_str!("further.txt"), LEVELS]),
    ("gfx1030", &[Target::Gfx1030], &[include_str!("gfx1030.txt"), LEVELS]),
    ("gfx1010 and gfx1013", &[Target::Gfx1010, Target::Gfx1013], &[include_str!("gfx1013.txt"), LEVELS]),
];

/// What reaches levels of images.
const LEVELS: &str = include_str!("levels.txt");

fn mnemonics(texts: &'static [&str]) -> impl Iterator<Item = &'static str> {
    texts.iter().flat_map(|text| text.lines())
}

/// A target's list, in the words of gfx11.
fn list(target: Target) -> Vec<String> {
    let of = LISTS.iter().filter(|(_, targets, _)| targets.contains(&target));
    of.flat_map(|(.., texts)| mnemonics(texts)).map(since_gfx11).collect()
}

type Test = fn(&[&str]) -> Executed;

/// The tests by name.
const TESTS: &[(&str, Test)] = &[
    ("integers", |list| vector::check(list, integers::ROWS)),
    ("floats", |list| vector::check(list, floats::ROWS)),
    ("signs", |list| vector::check_signs(list, floats::ROWS)),
    ("forms", |list| forms::check(list, floats::ROWS)),
    ("conversions", |list| vector::check(list, floats::CONVERSIONS)),
    ("conversions_signs", |list| vector::check_signs(list, floats::CONVERSIONS)),
    ("conversions_forms", |list| forms::check(list, floats::CONVERSIONS)),
    ("integers_forms", |list| forms::check(list, integers::ROWS)),
    ("comparisons", |list| vector::check(list, compare::ROWS)),
    ("classes", |list| vector::check(list, compare::CLASSES)),
    ("media", |list| vector::check(list, media::ROWS)),
    ("scalars", scalar::check),
    ("loads", memory::loads),
    ("stores", memory::stores),
    ("pairs", memory::pairs),
    ("atomics", atomics::check),
    ("scalar_loads", memory::scalar_loads),
    ("caches", memory::caches),
    ("lanes", lanes::check),
    ("halves", dual::check),
    ("matrices", matrix::check),
    ("approximations", approximate::check),
    ("divisions", approximate::divisions),
    ("reductions", approximate::reductions),
    ("branches", control::branches),
    ("addresses", control::addresses),
    ("indices", control::indices),
    ("silence", control::silence),
    ("barriers", control::barriers),
    ("messages", control::messages),
    ("traps", control::traps),
    ("illegal", control::illegal),
    ("pictures", images::check),
    ("elements", images::elements),
    ("levels", levels::check),
    ("roundings", modes::roundings),
    ("denormals", modes::denormals),
    ("rules", modes::rules),
    ("limits", modes::limits),
    ("older", gfx10::check),
];

/// Tests of what gfx10 lacks: pairs of instructions, products of matrices, messages with answers, dot
/// products of signs that can be chosen.
const ON_GFX11: [&str; 4] = ["halves", "matrices", "messages", "limits"];

fn applies(name: &str, target: Target) -> bool {
    if target.is_gfx10() { !ON_GFX11.contains(&name) } else { name != "older" }
}

/// Runs a test on a target, once; tells what it ran.
fn executed(index: usize, target: Target) -> &'static Executed {
    type Results = [OnceLock<Executed>; TESTS.len()];
    static DONE: [Results; Target::ALL.len()] =
        [const { [const { OnceLock::new() }; TESTS.len()] }; Target::ALL.len()];
    let place = Target::ALL.iter().position(|known| *known == target).expect("one of all");
    DONE[place][index].get_or_init(|| {
        let (list, (name, test)) = (list(target), TESTS[index]);
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        if applies(name, target) { on(target, || test(&list)) } else { Executed::new() }
    })
}

/// Runs a test on every target, if there is an assembler.
fn run(name: &str) {
    let index = TESTS.iter().position(|(known, _)| *known == name).expect("a test of that name");
    match tool() {
        Some(_) => Target::ALL.into_iter().for_each(|target| _ = executed(index, target)),
        None => abi_tests::skip("simgpu's instructions: no llvm-mc of LLVM 22 or later"),
    }
}

macro_rules! tests {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })+

        #[test]
        fn every_test_runs() {
            let names: Vec<_> = TESTS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),+]);
        }
    };
}
tests! { integers floats signs forms conversions conversions_signs conversions_forms integers_forms comparisons classes media scalars loads stores pairs atomics scalar_loads caches lanes halves
matrices approximations divisions reductions branches addresses indices silence barriers messages traps illegal pictures
    elements levels roundings denormals rules limits older }

/// The tests that ran a mnemonic on all of some targets.
fn tests_of(mnemonic: &str, targets: &[Target]) -> Vec<&'static str> {
    let ran = |index: usize| targets.iter().all(|target| executed(index, *target).contains(mnemonic));
    TESTS.iter().enumerate().filter(|(index, _)| ran(*index)).map(|(_, (name, _))| *name).collect()
}

fn table() -> String {
    let mut text = String::from(
        "# Instructions and the tests that run them\n\n\
         Generated by `SIMGPU_WRITE_TABLE=1 cargo test -p simgpu --test instructions`. The mnemonics are those of \
         ROCr's,\nROCclr's, HIP's, rocBLAS's and llama.cpp's kernels, and some more; the tests are those of \
         `tests/instructions`.\n",
    );
    for (title, targets, texts) in LISTS {
        write!(text, "\n## {title}\n\n| mnemonic | tests | approximate, within |\n|---|---|---|\n")
            .expect("a String grows");
        for mnemonic in mnemonics(texts).collect::<BTreeSet<_>>() {
            let tests = tests_of(mnemonic, targets).join(", ");
            let error = approximate::error(mnemonic).unwrap_or_default();
            writeln!(text, "| {mnemonic} | {tests} | {error} |").expect("a String grows");
        }
    }
    text
}

#[test]
fn the_table_is_true_and_names_a_test_for_each() {
    if tool().is_none() {
        return abi_tests::skip("simgpu's table of instructions: no llvm-mc of LLVM 22 or later");
    }
    let (path, table) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("INSTRUCTIONS.md"), table());
    if std::env::var_os("SIMGPU_WRITE_TABLE").is_some() {
        std::fs::write(&path, &table).expect("the crate's folder can be written");
    }
    let without: Vec<_> = table.lines().filter(|line| line.contains(" |  | ")).collect();
    assert!(without.is_empty(), "{} without a test:\n{}", without.len(), without.join("\n"));
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == table, "INSTRUCTIONS.md is not what the tests ran: write it anew");
}
