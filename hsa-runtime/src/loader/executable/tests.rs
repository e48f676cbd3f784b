//! Executables of a code object that is made by hand, in memory that is nobody's.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{
    abi::{HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, HSA_PROFILE_BASE, HSA_VARIABLE_SEGMENT_GLOBAL, r_debug},
    agent::{Gpu, fixture},
    loader::code_object::fixture::File as Elf,
};

const BASE: u64 = 0x7f00_0000_0000;

/// Memory that counts its blocks.
#[derive(Default)]
struct Memory {
    blocks: Arc<AtomicUsize>,
    written: Arc<Mutex<Vec<u8>>>,
    full: bool,
}

struct Block {
    blocks: Arc<AtomicUsize>,
    written: Arc<Mutex<Vec<u8>>>,
}

impl CodeMemory for Memory {
    fn allocate(&self, _: &Agent, _: u64) -> Result<Box<dyn CodeBlock>, Error> {
        if self.full {
            return Err(Error::OutOfResources);
        }
        self.blocks.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Block { blocks: Arc::clone(&self.blocks), written: Arc::clone(&self.written) }))
    }
}

impl CodeBlock for Block {
    fn address(&self) -> u64 {
        BASE
    }

    fn write(&self, image: &[u8]) -> Result<(), Error> {
        *self.written.lock() = image.to_vec();
        Ok(())
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.blocks.fetch_sub(1, Ordering::Relaxed);
    }
}

fn agent(gfx: (u32, u32, u32)) -> Agent {
    let (node, isa) = fixture::gpu(1, gfx, 1 << 30);
    Agent { index: 4, node, gpu: Some(Gpu::new(isa)), npu: None, pools: 0..0, caches: 0..0 }
}

fn file() -> Arc<File> {
    Arc::new(File { bytes: Elf::new().0.into(), uri: "memory://1".into() })
}

fn executable() -> Executable {
    Executable::new(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT)
}

#[test]
fn symbols_are_found_by_name_and_agent_where_they_were_loaded() {
    let (executable, memory) = (executable(), Memory::default());
    assert_eq!(executable.load(&agent((11, 0, 0)), &file(), &memory), Ok(0));
    let contents = executable.contents();
    let kernel = contents.find(b"add.kd", Some(4)).expect("a kernel");
    assert_eq!(contents.symbols[kernel as usize].address, BASE + 0x400);
    assert_eq!(contents.find(b"add.kd", None), None);
    assert_eq!(contents.find(b"add.kd", Some(5)), None);
    assert_eq!(contents.find(b"add", Some(4)), None);
    assert_eq!(contents.loaded[0].host(BASE + 1).map(|bytes| bytes[0]), Some(b'E'));
    assert_eq!(contents.loaded[0].host(BASE + 0x800), None);
    drop(contents);
    drop(executable);
    assert_eq!(memory.blocks.load(Ordering::Relaxed), 0, "its memory is freed");
}

#[test]
fn a_refused_code_object_leaves_nothing_behind() {
    let (executable, memory) = (executable(), Memory::default());
    let navi = agent((11, 0, 0));
    executable.load(&navi, &file(), &memory).expect("the first");
    for (result, expected) in [
        (executable.load(&navi, &file(), &memory), Error::VariableAlreadyDefined),
        (executable.load(&agent((10, 3, 0)), &file(), &memory), Error::IncompatibleArguments),
        (executable.load(&navi, &file(), &Memory { full: true, ..Memory::default() }), Error::OutOfResources),
    ] {
        assert_eq!(result.map_err(|refusal| refusal.error), Err(expected));
    }
    let contents = executable.contents();
    assert_eq!((contents.loaded.len(), contents.symbols.len()), (1, 2));
    assert_eq!(memory.blocks.load(Ordering::Relaxed), 1);
}

#[test]
fn code_finds_variables_that_the_program_defined() {
    let mut elf = Elf::new();
    elf.relocate(0x440, 3, 3, 0);
    let file = Arc::new(File { bytes: elf.0.into(), uri: String::new() });
    let (executable, memory, navi) = (executable(), Memory::default(), agent((11, 0, 0)));
    let undefined = executable.load(&navi, &file, &memory).map_err(|refusal| refusal.error);
    assert_eq!(undefined, Err(Error::VariableUndefined));
    for expected in [None, Some(Error::VariableAlreadyDefined)] {
        let defined = executable.define("UNDEF", None, HSA_VARIABLE_SEGMENT_GLOBAL, 0x1234);
        assert_eq!(defined.map_err(|refusal| refusal.error).err(), expected);
    }
    executable.load(&navi, &file, &memory).expect("it is defined now");
    assert_eq!(executable.contents().loaded[0].image[0x440..0x444], 0x1234_u32.to_le_bytes());
}

#[test]
fn a_frozen_executable_is_on_the_agent_and_takes_no_more() {
    let (executable, memory) = (executable(), Memory::default());
    executable.load(&agent((11, 0, 0)), &file(), &memory).expect("a code object");
    assert!(memory.written.lock().is_empty());
    executable.freeze(None).expect("the first time");
    assert_eq!(memory.written.lock()[..4], *b"\x7fELF");
    for result in [
        executable.freeze(None),
        executable.define("a", None, HSA_VARIABLE_SEGMENT_GLOBAL, 1),
        executable.load(&agent((11, 0, 0)), &file(), &memory).map(drop),
    ] {
        assert_eq!(result.map_err(|refusal| refusal.error), Err(Error::FrozenExecutable));
    }
}

#[test]
fn debuggers_see_a_frozen_executable_as_long_as_it_is_there() {
    let root: &r_debug = Box::leak(Box::new(r_debug::new()));
    let debugger = Arc::new(LinkMap::new(root));
    let (executable, memory) = (executable(), Memory::default());
    executable.load(&agent((11, 0, 0)), &file(), &memory).expect("a code object");
    let is_seen = || !root.r_map.load(Ordering::Relaxed).is_null();
    assert!(!is_seen());
    executable.freeze(Some(&debugger)).expect("the first time");
    assert!(executable.freeze(Some(&debugger)).is_err() && is_seen());
    drop(executable);
    assert!(!is_seen());
}

#[test]
fn addresses_are_known_by_handles_while_the_frozen_executable_is_there() {
    const NUMBER: u32 = 0xff_fff0;
    let (executable, memory) = (executable(), Memory::default());
    executable.load(&agent((11, 0, 0)), &file(), &memory).expect("a code object");
    executable.freeze(None).expect("the first time");
    let kernel = executable.contents().find(b"add.kd", Some(4)).expect("a kernel");
    let symbol = handle::symbol(NUMBER, kernel);
    assert_eq!(addresses::get(symbol), None);
    executable.make_known(NUMBER);
    assert_eq!(addresses::get(symbol), Some(BASE + 0x400));
    assert_eq!(addresses::get(handle::symbol(NUMBER, 7)), None);
    drop(executable);
    assert_eq!(addresses::get(symbol), None);
}
