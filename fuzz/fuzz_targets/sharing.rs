//! Memory shared between processes: tickets of any words, importers and exporters that say anything. No descriptor is
//! given to whoever did not ask for it, and none stays open.
#![no_main]

use hsa_runtime64::fuzz::{exporter, importer, ticket};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: ([u32; 6], bool, Vec<u8>, u64, u8)| {
    let ([a, b, c, d, e, f], marked, mut said, number, descriptors) = input;
    // What the sockets take at once.
    said.truncate(4096);
    ticket(if marked { [a, b, c, d, e, f, 0x7273_6372, 1] } else { [a, b, c, d, e, f, a, b] });
    importer(&said, number);
    importer(&number.to_le_bytes(), number);
    exporter(&said, descriptors);
});
