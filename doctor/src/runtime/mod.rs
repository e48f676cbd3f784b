//! What a program finds that uses the runtime: does it start, copy, compute, rest, and end. Done in a child process.
//!
//! Touches the library through its room.
#![forbid(unsafe_code)]

mod code;
mod gpu;

use crate::{
    checks::{Pools, places},
    finding::{Check, Finding},
    guard::{Ending, Outcome, Teller},
    library::{Failure, Handle, Library, abi},
};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, thread, time::Duration};

/// More signals than the driver has events for a process: 4096 (KFD_SIGNAL_EVENT_LIMIT).
const SIGNALS: usize = 4200;
/// How long a process is watched that only waits.
const WATCHED: Duration = Duration::from_millis(400);
/// Percent of a core that are no rest.
const BUSY: i64 = 75;

/// What the child tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum Word {
    /// It begins something, where it may come to its end.
    Begins(String),
    /// It has found something.
    Found(Finding),
    /// It was told of a GPU's memory.
    Pools(Pools),
}

/// How findings call the library.
pub const LIBRARY: &str = "libhsa-runtime64.so.1";

fn failed(check: Check, subject: &str, failure: &Failure) -> Finding {
    let Failure { call, status, word } = failure;
    let text = format!("{call}: {status:#x} ({word})");
    let remedy = match failure.status {
        abi::OUT_OF_RESOURCES => "most often the driver refused something: see the findings above",
        _ => "see dmesg for amdgpu; try another release of the library",
    };
    Finding::error(check, subject, text, remedy)
}

/// Examines the library at `path`, or the one that programs find.
pub fn examine(path: Option<PathBuf>, teller: &mut Teller) {
    let places = path.map_or_else(places, |path| vec![path]);
    teller.tell(&Word::Begins("loading the library".to_owned()));
    let mut errors = Vec::new();
    let loaded =
        places.iter().find_map(|place| Library::load(place).map_err(|error| errors.push(error)).ok());
    let Some(library) = loaded else {
        let text = errors.into_iter().next().unwrap_or_default();
        let remedy = "install a runtime (Debian: libhsa-runtime64-1), or name its folder in LD_LIBRARY_PATH";
        return teller.tell(&Word::Found(Finding::error(Check::Library, LIBRARY, text, remedy)));
    };
    teller.tell(&Word::Begins("hsa_init".to_owned()));
    let started = library.init();
    let (file, version) = (library.file.display(), library.version());
    teller.tell(&Word::Found(Finding::ok(Check::Library, LIBRARY, format!("{file}, version {version}"))));
    if let Err(failure) = started {
        return teller.tell(&Word::Found(failed(Check::Runtime, "hsa_init", &failure)));
    }
    if let Err(failure) = agents(&library, teller) {
        teller.tell(&Word::Found(failed(Check::Runtime, LIBRARY, &failure)));
    }
    teller.tell(&Word::Begins("hsa_shut_down".to_owned()));
    match library.shut_down() {
        Ok(()) => teller.tell(&Word::Found(Finding::ok(Check::Runtime, LIBRARY, "starts and ends"))),
        Err(failure) => teller.tell(&Word::Found(failed(Check::Runtime, "hsa_shut_down", &failure))),
    }
    teller.tell(&Word::Begins("the end of the process".to_owned()));
}

fn agents(library: &Library, teller: &mut Teller) -> Result<(), Failure> {
    let agents = library.agents()?;
    let mut gpus: Vec<Handle> = Vec::new();
    let mut processor = None;
    for agent in agents {
        match library.agent_number(agent, abi::AGENT_DEVICE)? {
            abi::DEVICE_GPU => gpus.push(agent),
            0 if processor.is_none() => processor = Some(agent),
            _ => {}
        }
    }
    if gpus.is_empty() {
        let remedy = "see the findings above; ROCR_VISIBLE_DEVICES may hide them";
        let text = "the runtime starts and shows no GPU";
        teller.tell(&Word::Found(Finding::error(Check::Runtime, LIBRARY, text, remedy)));
    }
    for gpu in &gpus {
        gpu::examine(library, *gpu, processor, teller)?;
    }
    if !gpus.is_empty() {
        teller.tell(&Word::Begins("waiting".to_owned()));
        teller.tell(&Word::Found(idle(library)?));
        teller.tell(&Word::Begins(format!("{SIGNALS} signals")));
        teller.tell(&Word::Found(signals(library)?));
    }
    Ok(())
}

/// What waiting costs, when a thread of the library waits for a signal that nobody sends: percent of a core.
fn cost(library: &Library) -> Result<i64, Failure> {
    let used = || {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("everybody may ask for that");
        let all = [usage.user_time(), usage.system_time()];
        all.iter().map(|time| time.tv_sec() * 1_000_000 + time.tv_usec()).sum::<i64>()
    };
    library.watch(|| {
        let before = used();
        thread::sleep(WATCHED);
        (used() - before) * 100 / WATCHED.as_micros() as i64
    })
}

fn idle(library: &Library) -> Result<Finding, Failure> {
    let percent = cost(library)?;
    Ok(if percent < BUSY {
        Finding::ok(Check::Idle, LIBRARY, "a process that waits rests")
    } else {
        let text = format!("a process that only waits takes {percent} % of a processor core");
        Finding::warning(Check::Idle, LIBRARY, text, "unset HSA_ENABLE_INTERRUPT, or take another release")
    })
}

/// More signals than there are events: can they be had, and does a wait for one of them rest?
fn signals(library: &Library) -> Result<Finding, Failure> {
    let all = (0..SIGNALS).map_while(|_| library.signal(1).ok());
    let signals: Vec<Handle> = all.filter(|&signal| signal != 0).collect();
    let percent = cost(library);
    let count = signals.len();
    signals.into_iter().for_each(|signal| library.destroy(signal));
    let trouble = match percent {
        _ if count < SIGNALS => format!("only {count} signals can be had at once"),
        Err(_) => format!("with {count} signals no further one can be waited for"),
        Ok(percent) if percent >= BUSY => {
            format!("with {count} signals, waiting for one takes {percent} % of a processor core")
        }
        Ok(_) => {
            return Ok(Finding::ok(Check::Signals, LIBRARY, format!("{count} at once, and waiting rests")));
        }
    };
    let text = format!("{trouble}: each takes one of the driver's 4096 events");
    let remedy = "programs with many streams and events want another release; GPU_MAX_HW_QUEUES=1 helps some";
    Ok(Finding::warning(Check::Signals, LIBRARY, text, remedy))
}

/// What the child found, and what its end tells.
pub fn findings(outcome: Outcome<Word>) -> (Vec<Finding>, Vec<Pools>) {
    let (mut findings, mut pools, mut at) = (Vec::new(), Vec::new(), "its start".to_owned());
    for word in outcome.told {
        match word {
            Word::Begins(what) => at = what,
            Word::Found(finding) => findings.push(finding),
            Word::Pools(of) => pools.push(of),
        }
    }
    let ended = match outcome.ending {
        Ending::Done => None,
        Ending::Hung => Some(format!("does not come back from {at}")),
        Ending::Crashed(signal) => Some(format!("crashes in {at} ({signal})")),
        Ending::Exited(code) => Some(format!("ends the program in {at}, with code {code}")),
    };
    let remedy =
        "see dmesg for amdgpu; try another release of the library, and one GPU by ROCR_VISIBLE_DEVICES";
    findings.extend(ended.map(|text| Finding::error(Check::Runtime, LIBRARY, text, remedy)));
    let lines = outcome
        .printed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("simkfd:"));
    findings
        .extend(lines.take(8).map(|line| Finding::note(Check::Runtime, LIBRARY, format!("it says: {line}"))));
    (findings, pools)
}
