//! llama.cpp's programs, and what they are fed with: tiny models of random weights, quantised by its own tool.

pub mod gguf;
pub mod model;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// Which model, and how its weights are stored.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Numbers that stand for a token.
    pub width: u32,
    /// What its weights are made of.
    pub seed: u64,
    /// llama-quantize's name for the type of the weights; `F32` is what is written.
    pub weights: &'static str,
}

impl Model {
    /// The model's file, quantised by the suite's own tool where it must be.
    ///
    /// # Panics
    /// When it cannot be written or quantised.
    pub fn file(self, machine: &Machine, root: &Path) -> PathBuf {
        let folder = project::target().join("llama");
        fs::create_dir_all(&folder).expect("create the folder");
        let plain = folder.join(format!("{}-{}-F32.gguf", self.width, self.seed));
        model::write(self.width, self.seed, &plain).expect("write the model");
        if self.weights == "F32" {
            return plain;
        }
        let file = folder.join(format!("{}-{}-{}.gguf", self.width, self.seed, self.weights));
        let names = [&plain, &file].map(|path| path.to_string_lossy());
        let args = [&names[0], &names[1], self.weights, "1"];
        let outcome = run(machine, Library::Upstream, &root.join("usr/bin/llama-quantize"), &args);
        assert!(outcome.code == 0, "{self:?}: {outcome:?}");
        file
    }
}

/// Options of llama-completion that have the GPU compute all, or the CPU.
pub const ON_GPU: [&str; 4] = ["-dev", "ROCm0", "-ngl", "99"];
/// See [`ON_GPU`].
pub const ON_CPU: [&str; 2] = ["-dev", "none"];

/// A machine whose GPU computes.
#[derive(Clone, Copy)]
pub struct Computer<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// What HSA_OVERRIDE_GFX_VERSION has its GPU taken for.
    pub taken_for: Option<&'a str>,
}

impl<'a> From<&'a Machine> for Computer<'a> {
    fn from(machine: &'a Machine) -> Self {
        Self { machine, taken_for: None }
    }
}

/// What a model says after "hello world", the 24 words that are the likeliest each.
pub fn speak<'a>(
    on: impl Into<Computer<'a>>,
    library: Library,
    root: &Path,
    model: &Path,
    options: &[&str],
) -> Outcome {
    let model = model.to_string_lossy();
    // scripts/demo reads the same file.
    let said = include_str!("speak.args").lines();
    let args: Vec<&str> = ["-m", &model].into_iter().chain(said).chain(options.iter().copied()).collect();
    run(on, library, &root.join("usr/bin/llama-completion"), &args)
}

/// Runs one of the suite's programs.
pub fn run<'a>(on: impl Into<Computer<'a>>, library: Library, program: &Path, args: &[&str]) -> Outcome {
    let Computer { machine, taken_for } = on.into();
    let client = Client::new(Suite::SidLlama, library, machine, program).within(900).env("SIMKFD_GPU", "1");
    let client =
        taken_for.into_iter().fold(client, |client, gfx| client.env("HSA_OVERRIDE_GFX_VERSION", gfx));
    args.iter().fold(client, |client, arg| client.arg(arg)).run()
}
