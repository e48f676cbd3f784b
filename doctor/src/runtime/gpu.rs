//! One GPU: memory, a copy there and back, a kernel; with the results compared.
#![forbid(unsafe_code)]

use super::{Word, code, failed};
use crate::{
    checks::Pools,
    finding::{Check, Finding},
    guard::Teller,
    library::{Buffer, Failure, Handle, Library, abi},
};
use std::{mem, sync::atomic::Ordering, time::Duration};

/// Words that are copied, and work-items of the kernel: more than run at once, since some GPUs err with many only.
const WORDS: usize = 1 << 18;
/// The kernel's factor.
const FACTOR: u32 = 2_654_435_761;
/// How long a copy or kernel may take that needs a millisecond.
const LIMIT: Duration = Duration::from_secs(20);

struct Gpu<'a> {
    library: &'a Library,
    agent: Handle,
    processor: Handle,
    target: String,
    name: String,
}

/// Tells what becomes of a GPU.
pub fn examine(
    library: &Library,
    agent: Handle,
    processor: Option<Handle>,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let node = library.agent_number(agent, abi::AGENT_NODE)?;
    let target = library.agent_name(agent)?;
    let pool = library.pool(agent)?;
    if let Some((_, bytes)) = pool {
        teller.tell(&Word::Pools(Pools { node, bytes, available: library.available(agent) }));
    }
    let name = format!("node {node} ({target})");
    let memory = pool.zip(processor.map(|processor| (processor, library.pool(processor))));
    let Some(((pool, _), (processor, Ok(Some((system, _)))))) = memory else {
        let text = "the runtime shows no memory to use with it";
        let finding = Finding::error(Check::Copy, name, text, "see the findings above, and dmesg for amdgpu");
        teller.tell(&Word::Found(finding));
        return Ok(());
    };
    let gpu = Gpu { library, agent, processor, target, name };
    for check in [Check::Copy, Check::Dispatch] {
        teller.tell(&Word::Begins(format!("a {check:?} on {}", gpu.name).to_lowercase()));
        let found = if check == Check::Copy { gpu.copy(pool, system) } else { gpu.dispatch(pool, system) };
        teller.tell(&Word::Found(found.unwrap_or_else(|failure| failed(check, &gpu.name, &failure))));
    }
    Ok(())
}

fn number(index: usize) -> u32 {
    (index as u32).wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995
}

fn fill(buffer: &Buffer<'_>, number: fn(usize) -> u32) {
    buffer.words().iter().enumerate().for_each(|(index, word)| word.store(number(index), Ordering::Relaxed));
}

/// How many words are not what they should be.
fn wrong(buffer: &Buffer<'_>, number: impl Fn(usize) -> u32) -> usize {
    let words = buffer.words().iter().enumerate();
    words.filter(|(index, word)| word.load(Ordering::Relaxed) != number(*index)).count()
}

impl Gpu<'_> {
    /// Gives `work` a signal to end, and waits for it; whether it came to that.
    fn wait(&self, work: impl FnOnce(Handle) -> Result<(), Failure>) -> Result<bool, Failure> {
        let done = self.library.signal(1)?;
        work(done)?;
        let ended = self.library.wait(done, LIMIT)?;
        if ended {
            self.library.destroy(done);
        }
        Ok(ended)
    }

    /// What hangs may still write: nothing that it uses is given back.
    fn hangs(&self, check: Check, used: impl Sized) -> Finding {
        mem::forget(used);
        let text = format!("has not ended within {} s", LIMIT.as_secs());
        let remedy = "see dmesg for amdgpu; a GPU that hangs comes back with a reset or reboot";
        Finding::error(check, self.name.clone(), text, remedy)
    }

    fn copy(&self, pool: Handle, system: Handle) -> Result<Finding, Failure> {
        let library = self.library;
        let [source, target] = [(); 2].map(|()| library.allocate(system, WORDS, self.agent));
        let (source, target, vram) = (source?, target?, library.allocate(pool, WORDS, self.agent)?);
        fill(&source, number);
        fill(&target, |_| 0);
        let there = |done| library.copy((&vram, self.agent), (&source, self.processor), done);
        let back = |done| library.copy((&target, self.processor), (&vram, self.agent), done);
        if !self.wait(there)? || !self.wait(back)? {
            return Ok(self.hangs(Check::Copy, (source, target, vram)));
        }
        Ok(self.judge(Check::Copy, wrong(&target, number), "to its memory and back"))
    }

    fn dispatch(&self, pool: Handle, system: Handle) -> Result<Finding, Failure> {
        let library = self.library;
        let Some(code) = code::object(&self.target) else {
            let text = "this program has no code for it";
            return Ok(Finding::note(Check::Dispatch, self.name.clone(), text));
        };
        // Code stays for the life of the process, as the executable does.
        let object = library.kernel(self.agent, code.leak(), c"check.kd")?;
        let [source, target] = [(); 2].map(|()| library.allocate(system, WORDS, self.agent));
        let (source, target, vram) = (source?, target?, library.allocate(pool, WORDS, self.agent)?);
        let arguments = library.allocate(system, 4, self.agent)?;
        fill(&source, number);
        fill(&target, |_| 0);
        // From the GPU's memory to the system's, so that both are reached.
        let addresses =
            [vram.address(), target.address()].map(|address| [address as u32, (address >> 32) as u32]);
        for (word, value) in arguments.words().iter().zip(addresses.as_flattened()) {
            word.store(*value, Ordering::Relaxed);
        }
        let mut queue = library.queue(self.agent)?;
        let ended = self.wait(|done| library.copy((&vram, self.agent), (&source, self.processor), done))?
            && self.wait(|done| {
                queue.dispatch(object, WORDS as u32, &arguments, done);
                Ok(())
            })?;
        if !ended {
            return Ok(self.hangs(Check::Dispatch, (queue, arguments, source, target, vram)));
        }
        let expected = |index| number(index).wrapping_mul(FACTOR) ^ index as u32;
        Ok(self.judge(Check::Dispatch, wrong(&target, expected), "a kernel on 262144 work-items"))
    }

    fn judge(&self, check: Check, wrong: usize, what: &str) -> Finding {
        if wrong == 0 {
            return Finding::ok(check, self.name.clone(), format!("{what}: right"));
        }
        let text = format!("{what}: {wrong} of {WORDS} results are wrong");
        let remedy =
            "do not trust this GPU: check dmesg for memory errors, firmware, and HSA_OVERRIDE_GFX_VERSION";
        Finding::error(check, self.name.clone(), text, remedy)
    }
}
