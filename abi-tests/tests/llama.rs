//! Debian's unmodified llama.cpp with its HIP backend and rocBLAS, on the simulated GPU, over upstream's runtime and over
//! ours: what it says is what its CPU backend says, and its own test of operations finds no difference.
#![forbid(unsafe_code)]

use abi_tests::{
    hip,
    llama::{self, Computer, Model},
    machine::Machine,
    run::Library,
    suite::{self, Suite},
};

const MACHINE: &str = "sg2044-w7800";

/// Models whose words are far enough apart: with random weights two words may be as likely as each other, and then rounding
/// decides. These say the same on the CPU with caches of keys and values in f32, f16 and q8_0.
const MODELS: [Model; 3] = [
    Model { width: 128, seed: 3, weights: "F32" },
    Model { width: 128, seed: 3, weights: "Q8_0" },
    Model { width: 256, seed: 4, weights: "Q4_K_M" },
];

/// Operations of test-backend-ops, each with a regular expression for its cases' parameters: those that are small.
const OPERATIONS: [(&str, &str); 10] = [
    ("MUL_MAT", r"type_b=f32,m=16,n=(1|8),k=256,bs=.1,1.,nr=.1,1.,per=.0,1,2,3."),
    ("MUL_MAT", r"type_a=(f32|f16),type_b=f(32|16),m=(16|64),n=(16|64|77),k=(32|64|128|256),"),
    (
        "MUL_MAT_ID",
        r"type_a=(f32|f16|q4_0|q8_0|q4_K|q6_K|mxfp4),type_b=f32,n_mats=4,n_used=2,b=[01],m=512,.*,k=256",
    ),
    ("RMS_NORM,NORM,L2_NORM,GROUP_NORM", r"ne=.64,"),
    ("ROPE", r"ne_a=.(64|128),(1|8|32|64|71|128),2,1.,.*,fs=1.0.*,ef=0.0.*,af=1.0.*,v=0,"),
    ("SOFT_MAX", r"ne=.16,[12],32,1."),
    (
        "FLASH_ATTN_EXT",
        r"hsk=64,hsv=64,nh=4,nr23=.[14],1.,kv=113,nb=(1|3|32),mask=1,.*,max_bias=0.*,logit_softcap=0.*,prec=f32",
    ),
    ("SET_ROWS", r"ne=.256,5,1,3."),
    ("SILU,GELU,RELU,TANH,SIGMOID,EXP", r"ne_a=.5,7,11,13."),
    ("SWIGLU,GEGLU,REGLU", r"ne_a=.5,7,11,13."),
];

/// How many of them, from the last one on, run on our runtime, too.
const ON_OURS: usize = 6;

#[test]
fn tokens_are_the_cpus() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new(MACHINE);
    for model in MODELS {
        let file = model.file(&machine, root);
        let say = |library: Library, options: &[&str]| {
            let outcome = llama::speak(&machine, library, root, &file, options);
            assert!(outcome.code == 0, "{model:?} {options:?}: {outcome:?}");
            outcome.stdout
        };
        let expected = say(Library::Upstream, &llama::ON_CPU);
        assert!(expected.starts_with(" hello world") && expected.len() > 24, "{model:?}: {expected:?}");
        for library in [Library::Upstream, Library::Ours] {
            for attention in ["on", "off"] {
                let said = say(library.clone(), &[&llama::ON_GPU[..], &["-fa", attention]].concat());
                assert_eq!(said, expected, "{model:?} with -fa {attention}, {library:?} runtime");
            }
        }
    }
}

#[test]
fn a_preloaded_runtime_says_the_same() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new(MACHINE);
    let file = MODELS[1].file(&machine, root);
    let [expected, said] =
        [(Library::Upstream, &llama::ON_CPU[..]), (Library::Preloaded, &llama::ON_GPU[..])]
            .map(|(library, options)| llama::speak(&machine, library, root, &file, options));
    assert_eq!((said.code, said.stdout), (0, expected.stdout), "{}", said.stderr);
}

/// BC-250's GPU is a gfx1013, for which prebuilt libraries hold nothing.
#[test]
fn an_apu_says_the_same_as_the_gpu_that_it_is_said_to_be() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new("bc250");
    let file = MODELS[1].file(&machine, root);
    let on = Computer { machine: &machine, taken_for: Some("10.1.0") };
    let expected = llama::speak(on, Library::Upstream, root, &file, &llama::ON_CPU).stdout;
    for library in [Library::Upstream, Library::Ours] {
        let outcome = llama::speak(on, library.clone(), root, &file, &llama::ON_GPU);
        assert_eq!((outcome.code, &outcome.stdout), (0, &expected), "{library:?}: {}", outcome.stderr);
    }
}

/// Its own benchmark: a row for reading words, and one for saying some.
#[test]
fn llama_bench_runs() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new(MACHINE);
    let file = MODELS[1].file(&machine, root).display().to_string();
    let args = ["-m", &file, "-p", "16", "-n", "4", "-r", "1", "-t", "1", "-ngl", "99", "-o", "csv"];
    let outcome = llama::run(&machine, Library::Ours, &root.join("usr/bin/llama-bench"), &args);
    let rows = outcome.stdout.lines().filter(|line| line.contains("\"ROCm\"")).count();
    assert_eq!((outcome.code, rows), (0, 2), "{outcome:?}");
}

#[test]
fn operations_agree_with_the_cpus() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new(MACHINE);
    let tests = root.join("usr/libexec").join(suite::multiarch()).join("llama.cpp-tests/test-backend-ops");
    let mut compared = 0;
    // Both compute on the same simulated GPU: on ours the large ones would show nothing else than the rest.
    let on_ours = OPERATIONS.iter().rev().take(ON_OURS).map(|of| (Library::Ours, of));
    for (library, (operations, parameters)) in
        OPERATIONS.iter().map(|of| (Library::Upstream, of)).chain(on_ours)
    {
        let args = ["test", "-b", "ROCm0", "-o", operations, "-p", parameters];
        let outcome = llama::run(&machine, library, &tests, &args);
        let failures: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains("FAIL")).collect();
        assert!(outcome.code == 0, "{operations}: {}\n{}", failures.join("\n"), outcome.stderr);
        compared += passed(&outcome.stdout);
        println!("{operations}: {compared} cases so far");
    }
    assert!(compared >= 300, "{compared} cases");
}

/// The number before `/N tests passed`.
fn passed(output: &str) -> u32 {
    let line = output.lines().find(|line| line.ends_with(" tests passed")).expect("test-backend-ops counts");
    let count = line.trim_start().split('/').next().expect("a count");
    count.parse().unwrap_or_else(|_| panic!("a count: {line}"))
}

#[test]
fn rocblas_multiplies() {
    if Suite::SidLlama.root().is_none() {
        return;
    }
    let machine = Machine::new(MACHINE);
    for library in [Library::Upstream, Library::Ours] {
        let outcome = llama::run(&machine, library.clone(), &hip::program(Suite::SidLlama, "blas.hip"), &[]);
        assert!(outcome.code == 0 && outcome.stdout.ends_with("end\n"), "{library:?}: {outcome:?}");
    }
}
