//! Core dumps of GPUs: what debuggers need to look at waves of a process that has ended, beside the kernel's dump of the
//! process itself.
//!
//! Touches `driver`, and files and processes: /proc/self/maps and /proc/self/mem, what is written, and by nix the limits of
//! the process. Answers to upstream's `amd_core_dump.cpp`, whose file it is: an ELF core with one [`note`] of runtime, GPUs
//! and queues and all memory that is mapped of render nodes ([`maps`], [`layout`]).
//!
//! One is written when no handler of system events takes care of a fault of memory, and with the first error of a queue,
//! whoever hears of that; if RLIMIT_CORE is not 0, the process can be dumped at all (PR_SET_DUMPABLE),
//! HSA_DISABLE_COREDUMP_ON_EXCEPTION is not 1, and the kernel does not do it by itself. [`name`] says where it goes,
//! [`output`] brings it there.
//!
//! Upstream asks the kernel as the process's own debugger, or in its newest releases by what it knows itself, since there
//! can be one debugger only. Here the kernel is asked, for it knows more; where it refuses, the runtime tells what it knows.
//! Queues stay stopped until the memory is written, other than upstream's, where waves go on meanwhile.
//!
//! A GPU's memory may be hundreds of gigabytes: HSA_ENABLE_LIGHTWEIGHT_COREDUMP=1 leaves out all but what is the waves' own,
//! scratch memory and where they are saved, which is in it also if it is memory of the process.
#![forbid(unsafe_code)]

mod failure;
mod layout;
mod maps;
mod name;
mod note;
mod output;

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    process,
    time::SystemTime,
};

use nix::{
    sys::{
        prctl,
        resource::{Resource, getrlimit},
    },
    unistd::gettid,
};
use parking_lot::Mutex;

use self::{
    failure::Failure,
    layout::Layout,
    name::{Facts, Target},
    output::Output,
};
use crate::{
    agent::machine::Machine,
    driver::debugging::{OwnQueue, ProcessState},
    log::complain,
};

/// Bytes of memory that are read at once.
const CHUNK: usize = 4 << 20;

/// Whether one was written, or is being. Who comes meanwhile waits: it may be about to end the process.
#[derive(Default)]
pub struct Once(Mutex<bool>);

/// How the process's queues are stopped and go on.
pub trait Halt {
    /// Where waves of the process's queues are saved, and their scratch memory: addresses and bytes. For queues that are not
    /// stopped.
    fn memory_of_waves(&self) -> Vec<(u64, u64)>;
    /// Stops them all, and tells of them.
    fn halt(&self) -> Vec<OwnQueue>;
    /// Has those go on that did before.
    fn go_on(&self);
}

/// Writes one, if it is wanted and none was written. One line says what came of it.
pub fn write(machine: &Machine, queues: &dyn Halt) {
    let settings = &machine.config.cores;
    let limit = if settings.disabled || machine.driver.dumps_cores() { 0 } else { limit() };
    let mut done = machine.core.0.lock();
    if limit == 0 || std::mem::replace(&mut *done, true) {
        return;
    }
    let kernel = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let written = match name::target(settings.pattern.as_deref(), &kernel, &facts()) {
        Some(target) => dump(machine, queues, &target, limit),
        None => Err(Failure::of_command("", "it is empty")),
    };
    if let Err(failure) = written {
        complain(&format!("no GPU core dump: {failure}"));
    }
}

/// The most bytes of a core dump; 0 if the process is not to be dumped.
fn limit() -> u64 {
    // Where the kernel does not tell, there is none.
    if prctl::get_dumpable().unwrap_or(false) {
        getrlimit(Resource::RLIMIT_CORE).map_or(0, |(soft, _)| soft)
    } else {
        0
    }
}

fn facts() -> Facts {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let program = fs::read_link("/proc/self/exe").unwrap_or_default();
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
    Facts {
        pid: process::id(),
        tid: gettid().as_raw().unsigned_abs(),
        host: host.trim_end().to_owned(),
        program: program.to_string_lossy().into_owned(),
        time,
    }
}

fn dump(machine: &Machine, queues: &dyn Halt, target: &Target, limit: u64) -> Result<(), Failure> {
    // What cannot be written stops no queue.
    let Some(output) = Output::begin(target)? else { return Ok(()) };
    if machine.config.cores.progress {
        complain(&format!("GPU core dump begins: {target}"));
    }
    // Another queue that gets scratch memory from here on is told of without.
    let waves = machine.config.cores.light.then(|| queues.memory_of_waves());
    let attached = machine.driver.begin_debugging();
    let is_attached = attached.is_ok();
    let state = attached.or_else(|_| machine.driver.own_state(&queues.halt()));
    let written = state.map_err(|why| Failure::new(&why, "a newer amdgpu tells")).and_then(|state| {
        // A limit is for files: of what a command reads it decides itself.
        let limit = if matches!(target, Target::File(_)) { limit } else { u64::MAX };
        fill(output, &state, waves.as_deref(), limit)
    });
    if is_attached {
        machine.driver.end_debugging();
    } else {
        queues.go_on();
    }
    written
}

/// Writes all that is mapped of GPUs, or only the memory of `waves`.
fn fill(
    mut output: Output,
    state: &ProcessState,
    waves: Option<&[(u64, u64)]>,
    limit: u64,
) -> Result<(), Failure> {
    let unread =
        |path: &str, error| Failure::new(&format!("{path}: {}", Failure::said(&error)), "mount /proc");
    let maps = fs::read_to_string("/proc/self/maps").map_err(|error| unread("/proc/self/maps", error))?;
    let memory = File::open("/proc/self/mem").map_err(|error| unread("/proc/self/mem", error))?;
    let (note, ranges) = (note::note(state), maps::ranges(&maps, waves));
    let Some(layout) = Layout::new(note.len() as u64, &ranges, limit) else {
        let what = format!("{limit} bytes have no room for {} ranges", ranges.len());
        return Err(Failure::new(&what, "raise the limit (ulimit -c unlimited)"));
    };
    output.put(&layout.headers)?;
    output.skip(layout.note - layout.headers.len() as u64)?;
    output.put(&note)?;
    let mut reader = Reader { memory, buffer: vec![0; CHUNK], lost: 0, why: None };
    let mut at = layout.note + note.len() as u64;
    for &(range, place, bytes) in layout.parts.iter().filter(|part| part.2 > 0) {
        output.skip(place - at)?;
        reader.copy(range.start, bytes, &mut output)?;
        at = place + bytes;
    }
    let whole = layout.is_whole();
    let place = output.end(layout.bytes)?;
    let cut = if whole { "" } else { ", cut off by the limit on core files (ulimit -c)" };
    complain(&format!("GPU core dump: {place}{cut}{}", reader.loss()));
    Ok(())
}

/// Reads the process's own memory, which may be a device's: the kernel knows how.
struct Reader {
    memory: File,
    buffer: Vec<u8>,
    /// Bytes that could not be read, and stand there as zeros; and why.
    lost: u64,
    why: Option<io::Error>,
}

impl Reader {
    fn copy(&mut self, start: u64, bytes: u64, output: &mut Output) -> Result<(), Failure> {
        let mut done = 0;
        while done < bytes {
            let size = (bytes - done).min(CHUNK as u64) as usize;
            self.read(start + done, size);
            match &self.buffer[..size] {
                // Most memory of GPUs was never written; a file need not hold it.
                zeros if zeros.iter().all(|&byte| byte == 0) => output.skip(size as u64)?,
                content => output.put(content)?,
            }
            done += size as u64;
        }
        Ok(())
    }

    /// Fills the buffer's begin; what cannot be read is zeros, from there to the next page.
    fn read(&mut self, start: u64, size: usize) {
        let mut done = 0;
        while done < size {
            match self.memory.read_at(&mut self.buffer[done..size], start + done as u64) {
                Ok(read) if read > 0 => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => {
                    let address = start + done as u64;
                    let end = ((address + 1).next_multiple_of(PAGE) - start).min(size as u64) as usize;
                    self.buffer[done..end].fill(0);
                    self.lost += (end - done) as u64;
                    self.why = Some(outcome.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
                    done = end;
                }
            }
        }
    }

    fn loss(&self) -> String {
        let Some(why) = &self.why else { return String::new() };
        let said = Failure::said(why);
        format!("; {} bytes are zeros, as /proc/self/mem does not let them be read: {said}", self.lost)
    }
}

/// No page is smaller.
const PAGE: u64 = 4096;
