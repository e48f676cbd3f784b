//! Command line of the simulated GPU: runs one kernel of a code object, with buffers from files.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use simgpu::exec::bench::{Bench, Launch};
use simgpu::exec::object::CodeObject;
use simgpu::exec::order::Order;

/// A simulated AMD GPU.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs one kernel and tells how many wave instructions and how much time it took
    Run(Run),
}

#[derive(Parser)]
struct Run {
    /// ELF file for gfx1010, gfx1013, gfx1030 or gfx1100
    code_object: PathBuf,
    /// Name of the kernel
    kernel: String,
    /// Work-items: x, or x,y, or x,y,z
    #[arg(long, default_value = "1")]
    grid: String,
    /// Work-items of a workgroup
    #[arg(long, default_value = "1")]
    block: String,
    /// In order: u32:N, u64:N, f32:N, f64:N, zero:BYTES (a buffer of zeroes), in:FILE (a buffer with its contents),
    /// each buffer with :out=FILE to be written afterwards
    #[arg(long = "arg")]
    args: Vec<String>,
    /// LDS besides what the kernel declares, in bytes
    #[arg(long, default_value_t = 0)]
    lds: u32,
    /// Memory of the GPU, in MiB
    #[arg(long, default_value_t = 64)]
    memory: usize,
    /// Threads that run workgroups; as many as there are cores if nothing is said
    #[arg(long)]
    threads: Option<usize>,
    /// One thread, and an order of workgroups and waves that the seed decides
    #[arg(long, value_name = "SEED", conflicts_with = "threads")]
    deterministic: Option<u64>,
}

/// A buffer whose contents are wanted after the run.
struct Output {
    address: u64,
    bytes: usize,
    file: PathBuf,
}

fn main() -> ExitCode {
    let Command::Run(run) = Arguments::parse().command;
    match run.execute() {
        Ok((steps, time)) => {
            println!("{steps} wave instructions in {:.6} s", time.as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("simgpu: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Run {
    fn execute(&self) -> Result<(u64, Duration), Box<dyn Error>> {
        let file = fs::read(&self.code_object)?;
        let object = CodeObject::parse(&file)?;
        let mut bench = Bench::new(object.target()?, self.memory << 20);
        let descriptor = bench.load(&object)? + object.descriptor(&self.kernel)?;
        let (mut arguments, mut outputs) = (Vec::new(), Vec::new());
        for argument in &self.args {
            outputs.extend(push(argument, &mut arguments, &mut bench)?);
        }
        let (grid, block) = (axes(&self.grid)?, axes(&self.block)?);
        let order = self.deterministic.map_or_else(Order::default, Order::shuffled);
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let threads = if self.deterministic.is_some() { 1 } else { self.threads.unwrap_or_else(cores) };
        let dynamic_lds = self.lds;
        let start = Instant::now();
        let steps = bench.run(descriptor, &Launch { grid, block, arguments, dynamic_lds, threads, order })?;
        let time = start.elapsed();
        for output in outputs {
            let mut contents = vec![0; output.bytes];
            bench.memory().read(output.address, &mut contents)?;
            fs::write(output.file, contents)?;
        }
        Ok((steps, time))
    }
}

/// `x`, `x,y` or `x,y,z`; what is absent is 1.
fn axes(text: &str) -> Result<[u32; 3], Box<dyn Error>> {
    let mut axes = [1; 3];
    for (index, part) in text.split(',').enumerate() {
        *axes.get_mut(index).ok_or("more than three dimensions")? = part.parse()?;
    }
    Ok(axes)
}

/// Adds an argument, aligned to its size.
fn push(text: &str, arguments: &mut Vec<u8>, bench: &mut Bench) -> Result<Option<Output>, Box<dyn Error>> {
    let (what, file) = text.split_once(":out=").map_or((text, None), |(what, file)| (what, Some(file)));
    let (kind, value) = what.split_once(':').ok_or_else(|| format!("{text}: no kind before a colon"))?;
    let mut output = None;
    let bytes = match kind {
        "u32" => value.parse::<u32>()?.to_le_bytes().to_vec(),
        "u64" => value.parse::<u64>()?.to_le_bytes().to_vec(),
        "f32" => value.parse::<f32>()?.to_le_bytes().to_vec(),
        "f64" => value.parse::<f64>()?.to_le_bytes().to_vec(),
        "zero" | "in" => {
            let contents = if kind == "in" { fs::read(value)? } else { vec![0; value.parse()?] };
            let address = bench.buffer(&contents)?;
            output = file.map(|file| Output { address, bytes: contents.len(), file: file.into() });
            address.to_le_bytes().to_vec()
        }
        _ => return Err(format!("{kind}: no kind of argument").into()),
    };
    arguments.resize(arguments.len().next_multiple_of(bytes.len()), 0);
    arguments.extend(bytes);
    Ok(output)
}
