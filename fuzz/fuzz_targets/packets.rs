//! Packets of a hostile program: whatever is in the ring when a packet processor says that it cannot go on, the runtime
//! gives scratch memory, waits, or stops the queue; and whatever is in the ring of an intercepted queue, ringing ends.
#![no_main]

use arbitrary::Arbitrary;
use hsa_runtime64::fuzz::{Step, packets};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    queue: u8,
    /// Makes the first packet a dispatch.
    dispatch: bool,
    ring: Vec<u32>,
    read: u64,
    ahead: u16,
    code: Code,
}

#[derive(Arbitrary, Debug)]
enum Code {
    NoScratch,
    NoScratchOfHalfWaves,
    ScratchFree,
    Any(i64),
}

fuzz_target!(|inputs: Vec<Input>| {
    let mut inputs = inputs;
    packets(inputs.iter_mut().map(|input| {
        if let (true, Some(header)) = (input.dispatch, input.ring.first_mut()) {
            *header = *header & !0xff | 2;
        }
        let code = match input.code {
            Code::NoScratch => 1,
            Code::NoScratchOfHalfWaves => 0x400,
            Code::ScratchFree => 0x200,
            Code::Any(code) => code,
        };
        let write = input.read.wrapping_add(input.ahead.into());
        Step { queue: input.queue, ring: &input.ring, read: input.read, write, code }
    }));
});
