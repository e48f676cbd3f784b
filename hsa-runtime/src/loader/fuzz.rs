//! What the fuzz target of code objects reaches: bytes become an executable, in memory that is nobody's.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::{
    code_object::fixture::File as Sample,
    executable::{CodeBlock, CodeMemory, Executable},
    reader::File,
};
use crate::{
    abi::{HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, HSA_PROFILE_BASE, HSA_VARIABLE_SEGMENT_GLOBAL},
    agent::{Agent, Gpu, fixture},
    boundary::Error,
};

/// Memory of one address and some size.
struct Memory;

const ADDRESS: u64 = 0x7f00_0000_0000;
const MOST: u64 = 1 << 20;

impl CodeMemory for Memory {
    fn allocate(&self, _: &Agent, bytes: u64) -> Result<Box<dyn CodeBlock>, Error> {
        if bytes > MOST { Err(Error::OutOfResources) } else { Ok(Box::new(Self)) }
    }
}

impl CodeBlock for Memory {
    fn address(&self) -> u64 {
        ADDRESS
    }

    fn write(&self, image: &[u8]) -> Result<(), Error> {
        if image.len() as u64 > MOST { Err(Error::OutOfResources) } else { Ok(()) }
    }
}

/// A code object that is in order, with a relocation of each kind, to be damaged.
pub fn sample() -> Vec<u8> {
    let mut file = Sample::new();
    for (place, symbol, kind) in [(0, 0, 13), (8, 2, 3), (16, 3, 3), (24, 1, 1), (28, 1, 2), (32, 3, 6)] {
        file.relocate(0x440 + place, symbol, kind, place);
    }
    file.0
}

/// Loads bytes as a code object. Whatever they are, each symbol of what is loaded lies in it.
///
/// # Panics
/// If one does not.
pub fn code_object(bytes: &[u8]) {
    let (node, isa) = fixture::gpu(1, (11, 0, 0), 1 << 30);
    let agent = Agent { index: 0, node, gpu: Some(Gpu::new(isa)), npu: None, pools: 0..0, caches: 0..0 };
    let executable = Executable::new(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT);
    executable.define("UNDEF", None, HSA_VARIABLE_SEGMENT_GLOBAL, 0x1234).expect("the first of its name");
    let file = Arc::new(File { bytes: bytes.into(), uri: String::new() });
    if executable.load(&agent, &file, &Memory).is_ok() {
        executable.freeze(None).expect("there is room for it");
        let contents = executable.contents();
        let [loaded] = &*contents.loaded else { panic!("one was loaded") };
        for symbol in contents.symbols.iter().filter(|symbol| symbol.agent.is_some()) {
            assert!(symbol.address - loaded.address() <= loaded.image.len() as u64, "{symbol:?}");
        }
    }
}
