//! What crosses the boundary to the driver: callers ask for anything, and the driver answers anything, in every
//! structure of an ioctl. Nothing may panic, overflow or loop.
#![no_main]

mod machine;

use std::sync::Arc;

use arbitrary::Arbitrary;
use hsakmt_thunk::{
    Config, Thunk,
    abi::HsaMemFlags,
    event::Wait,
    memory::Request,
    queue::Description,
    svm::{self, Attribute},
    topology::model::NodeId,
};
use libfuzzer_sys::fuzz_target;
use machine::Machine;

#[derive(Arbitrary, Debug)]
struct Input {
    answers: Vec<u8>,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Debug)]
enum Call {
    Allocate { node: u8, size: u64, alignment: u64, at: Option<u64>, flags: u32 },
    Free { address: Place },
    Map { address: Place, size: u64, gpus: Option<Vec<u8>> },
    Unmap { address: Place },
    Register { address: Place, size: u64, gpus: Vec<u8>, coarse: bool, extended: bool },
    Deregister { address: Place },
    Share { address: Place, size: u64 },
    Export { address: Place, size: u64 },
    Import { descriptor: u32, gpus: Vec<u8> },
    Pointer { address: Place },
    Queue { node: u8, kind: u8, priority: i8, ring: Place, size: u64, pointers: u64 },
    UpdateQueue { queue: u64, percentage: u32, priority: i64, ring: Place, size: u64 },
    MaskQueue { queue: u64, mask: Vec<u32> },
    WaveState { queue: u64 },
    DestroyQueue { queue: u64 },
    Event { kind: u8, node: u8, auto_reset: bool, signaled: bool },
    Wait { events: Vec<u32>, all: bool },
    Attributes { start: u64, size: u64, attributes: Vec<(u32, u32)> },
    Clock { gpu: u8 },
    Runtime { address: u64, ttmp: bool },
    CoreDevice { gpu: u8 },
}

/// An address: of something that there may be, or any.
#[derive(Arbitrary, Debug)]
enum Place {
    Made { which: u8, offset: u16 },
    Any(u64),
}

/// Addresses that allocations were given.
#[derive(Default)]
struct Made(Vec<u64>);

impl Made {
    fn address(&self, place: &Place) -> u64 {
        match place {
            Place::Any(address) => *address,
            Place::Made { which, offset } => {
                let known = self.0.get(usize::from(*which) % self.0.len().max(1)).copied().unwrap_or(0);
                known.saturating_add(u64::from(*offset))
            }
        }
    }
}

fn ids(gpus: &[u8]) -> Vec<u32> {
    gpus.iter().map(|gpu| 1000 + u32::from(*gpu) % 4).collect()
}

fn node(number: u8) -> NodeId {
    NodeId(u32::from(number) % 4)
}

fuzz_target!(|input: Input| {
    let Ok(thunk) = open(input.answers) else { return };
    let mut made = Made::default();
    for call in &input.calls {
        memory(&thunk, &mut made, call);
        queues(&thunk, &made, call);
        others(&thunk, call);
    }
});

/// The machine is in order while the thunk opens; then it answers as the input says.
fn open(answers: Vec<u8>) -> hsakmt_thunk::Result<Arc<Thunk>> {
    let machine = Machine::with(Vec::new());
    let driver = machine.answers();
    let thunk = Thunk::open(Box::new(machine), Config::default())?;
    thunk.services()?;
    driver.set(answers);
    Ok(thunk)
}

fn memory(thunk: &Thunk, made: &mut Made, call: &Call) {
    let Ok(services) = thunk.services() else { return };
    let memory = &services.memory;
    match call {
        Call::Allocate { node: number, size, alignment, at, flags } => {
            let request = Request {
                node: node(*number),
                size: *size,
                alignment: *alignment,
                at: *at,
                flags: HsaMemFlags(*flags),
            };
            made.0.extend(memory.allocate(request));
        }
        Call::Free { address } => drop(memory.free(made.address(address))),
        Call::Map { address, size, gpus: None } => drop(memory.map_to_gpus(made.address(address), *size)),
        Call::Map { address, size, gpus: Some(gpus) } => {
            drop(memory.map_to_these(made.address(address), *size, &ids(gpus)));
        }
        Call::Unmap { address } => drop(memory.unmap_from_gpus(made.address(address))),
        Call::Register { address, size, gpus, coarse, extended } => {
            drop(memory.register(made.address(address), *size, &ids(gpus), *coarse, *extended));
        }
        Call::Deregister { address } => drop(memory.deregister(made.address(address))),
        Call::Share { address, size } => {
            if let Ok(handle) = memory.share(made.address(address), *size) {
                made.0.extend(memory.import_shared(handle, &[]).map(|(address, _)| address));
            }
        }
        Call::Export { address, size } => drop(memory.export_dmabuf(made.address(address), *size)),
        Call::Import { descriptor, gpus } => drop(memory.import_graphics(*descriptor, &ids(gpus), true)),
        Call::Pointer { address } => drop(memory.pointer_info(made.address(address))),
        _ => {}
    }
}

fn queues(thunk: &Thunk, made: &Made, call: &Call) {
    let Ok(services) = thunk.services() else { return };
    let (memory, queues) = (&services.memory, &services.queues);
    match call {
        Call::Queue { node: number, kind, priority, ring, size, pointers } => {
            let wanted = Description {
                node: node(*number),
                kind: u32::from(*kind),
                percentage: 100,
                priority: i64::from(*priority),
                ring: made.address(ring),
                ring_size: *size,
                read_pointer: *pointers,
                write_pointer: pointers.wrapping_add(8),
                ..Description::default()
            };
            drop(queues.create(memory, thunk.events(), &wanted));
        }
        Call::UpdateQueue { queue, percentage, priority, ring, size } => {
            drop(queues.update(*queue, *percentage, *priority, made.address(ring), *size));
        }
        Call::MaskQueue { queue, mask } => drop(queues.set_cu_mask(*queue, mask)),
        Call::WaveState { queue } => drop(queues.wave_state(*queue)),
        Call::DestroyQueue { queue } => drop(queues.destroy(memory, *queue)),
        _ => {}
    }
}

fn others(thunk: &Thunk, call: &Call) {
    let Ok(services) = thunk.services() else { return };
    match call {
        Call::Event { kind, node: number, auto_reset, signaled } => {
            let kind = u32::from(*kind);
            drop(thunk.events().create(&services.memory, kind, node(*number), *auto_reset, *signaled));
        }
        Call::Wait { events, all } => {
            let mut waits: Vec<Wait> = events.iter().map(|id| Wait::new(*id, 1)).collect();
            if thunk.events().wait(&mut waits, *all, 0).is_ok() {
                for wait in &waits {
                    let _ = (wait.age(), wait.memory_fault(), wait.hardware_exception());
                }
            }
        }
        Call::Attributes { start, size, attributes } => {
            let mut attributes: Vec<Attribute> =
                attributes.iter().map(|(kind, value)| Attribute::new(*kind, *value)).collect();
            drop(svm::set(thunk.driver(), *start, *size, &mut attributes));
            drop(svm::get(thunk.driver(), *start, *size, &mut attributes));
        }
        Call::Clock { gpu } => {
            if let Ok(id) = thunk.gpu_id(node(*gpu)) {
                drop(thunk.clock_counters(id));
            }
        }
        Call::Runtime { address, ttmp } => {
            drop(thunk.runtime_enable(*address, *ttmp));
            drop(thunk.runtime_disable());
        }
        Call::CoreDevice { gpu } => drop(thunk.core_device_info(1000 + u32::from(*gpu) % 4)),
        _ => {}
    }
}
