//! Code objects: any bytes, or one that is in order with some of its fields changed. Loading them ends, and what is
//! loaded is in bounds.
#![no_main]

use arbitrary::Arbitrary;
use hsa_runtime64::fuzz::{code_object, sample};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Input {
    Any(Vec<u8>),
    Changed(Vec<(u16, Field)>),
}

#[derive(Arbitrary, Debug)]
enum Field {
    Byte(u8),
    Word(u32),
    Long(u64),
}

fuzz_target!(|input: Input| {
    let bytes = match input {
        Input::Any(bytes) => bytes,
        Input::Changed(changes) => changed(&changes),
    };
    code_object(&bytes);
});

fn changed(changes: &[(u16, Field)]) -> Vec<u8> {
    let mut file = sample();
    for (at, field) in changes {
        let value = match field {
            Field::Byte(value) => vec![*value],
            Field::Word(value) => value.to_le_bytes().to_vec(),
            Field::Long(value) => value.to_le_bytes().to_vec(),
        };
        let at = usize::from(*at) % file.len();
        for (place, byte) in file[at..].iter_mut().zip(value) {
            *place = byte;
        }
    }
    file
}
