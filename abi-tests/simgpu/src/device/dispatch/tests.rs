//! What waves start with, by hand-made dispatches.
#![forbid(unsafe_code)]

use super::descriptor::{Descriptor, properties::*};
use super::*;
use crate::device::memory::Memory;
use crate::device::vm::Vm;

fn dispatch(version: u32, grid: [u32; 3], workgroup: [u32; 3]) -> Dispatch {
    Dispatch {
        gfx: Gfx::from_kfd(version),
        entry: 0x1000,
        rsrc: [1 << 29, 0, 0],
        wave32: true,
        grid,
        workgroup,
        lds_bytes: 0,
        user_sgprs: vec![0xa, 0xb],
        scratch: None,
        packet: 0,
    }
}

#[test]
fn ids_fill_lanes_x_first_and_are_packed_on_gfx11() {
    let mut wave = dispatch(110_000, [40, 2, 2], [16, 2, 2]);
    wave.rsrc[1] = 1 << 7 | 1 << 9 | 2 << 11;
    let first = wave.initial_wave([1, 0, 0], 1, 0).unwrap();
    assert_eq!(first.sgprs, [0xa, 0xb, 1, 0], "x and z were asked for");
    assert_eq!(first.vgprs[0][17], 1 | 1 << 10 | 1 << 20);
    assert_eq!(first.exec, 0xffff_ffff);

    let last = wave.initial_wave([2, 0, 0], 0, 0).unwrap();
    assert_eq!(last.vgprs[0][8], 1 << 10, "the group at the end is 8 items wide");
    assert_eq!(wave.initial_wave([2, 0, 0], 1, 0), None, "its 32 items fill one wave");

    let mut apart = dispatch(100_300, [40, 2, 2], [16, 2, 2]);
    apart.rsrc[1] = 1 << 11;
    let vgprs = apart.initial_wave([0, 0, 0], 0, 0).unwrap().vgprs;
    assert_eq!((vgprs.len(), vgprs[0][17], vgprs[1][17]), (2, 1, 1));
}

#[test]
fn a_partial_wave_has_fewer_lanes() {
    let mut wave = dispatch(110_000, [5, 1, 1], [64, 1, 1]);
    wave.wave32 = false;
    assert_eq!(wave.initial_wave([0; 3], 0, 0).unwrap().exec, 0x1f);
    wave.grid = [64, 1, 1];
    assert_eq!(wave.initial_wave([0; 3], 0, 0).unwrap().exec, u64::MAX);
}

#[test]
fn scratch_is_a_register_on_gfx11_and_an_sgpr_before() {
    let scratch = Scratch { base: 0x10_0000, wave_bytes: 0x400, slots: 8 };
    let mut new = dispatch(110_000, [32, 1, 1], [32, 1, 1]);
    (new.scratch, new.rsrc[1]) = (Some(scratch), 1);
    let wave = new.initial_wave([0; 3], 0, 3).unwrap();
    assert_eq!((wave.sgprs.len(), wave.flat_scratch), (2, Some(0x10_0c00)));
    let mut old = dispatch(100_103, [32, 1, 1], [32, 1, 1]);
    (old.scratch, old.rsrc[1]) = (Some(scratch), 1);
    let wave = old.initial_wave([0; 3], 0, 3).unwrap();
    assert_eq!((wave.sgprs, wave.flat_scratch), (vec![0xa, 0xb, 0xc00], None));
}

#[test]
fn the_scratch_register_counts_as_its_generation_does() {
    let [navi31, navi21] = [110_000, 100_300].map(Gfx::from_kfd);
    let register = 10 | 4 << 12;
    assert_eq!(
        Scratch::from_register(1, register, navi31, 6).map(|s| (s.wave_bytes, s.slots)),
        Some((1024, 60))
    );
    assert_eq!(
        Scratch::from_register(1, register, navi21, 4).map(|s| (s.wave_bytes, s.slots)),
        Some((4096, 10))
    );
    assert_eq!(Scratch::from_register(1, 0, navi31, 6), None);
}

#[test]
fn user_sgprs_follow_the_descriptor() {
    let memory = Vm::plain(0x1000, 0x100);
    memory.write(0x1000, &[0; 64]).unwrap();
    memory.store64(0x1010, 0x800).unwrap();
    memory.store32(0x1034, 14 << 1).unwrap();
    let bits = PRIVATE_SEGMENT_BUFFER
        | DISPATCH_PTR
        | KERNARG_SEGMENT_PTR
        | FLAT_SCRATCH_INIT
        | PRIVATE_SEGMENT_SIZE;
    memory.store32(0x1038, u32::from(bits)).unwrap();
    let kernel = Descriptor::read(&memory, 0x1000).unwrap();
    assert_eq!(kernel.entry, 0x1800);
    let pointers = Pointers {
        scratch_descriptor: [1, 2, 3, 4],
        packet: 0x5_0000_0006,
        arguments: 0x7_0000_0008,
        scratch: 0x9_0000_000a,
        private_bytes: 64,
        ..Pointers::default()
    };
    let sgprs = |version| user_sgprs(&kernel, &pointers, Gfx::from_kfd(version), &memory).unwrap();
    assert_eq!(sgprs(100_103), [1, 2, 3, 4 | 3 << 21, 6, 5, 8, 7, 10, 9, 64, 0, 0, 0]);
    assert_eq!(
        sgprs(110_000),
        [6, 5, 8, 7, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "the hardware sets scratch up itself"
    );
}

#[test]
fn arguments_are_preloaded_where_the_hardware_can() {
    let memory = Vm::plain(0x1000, 0x100);
    memory.store64(0x1088, 0xb_0000_000a).unwrap();
    let kernel = Descriptor {
        group_segment_bytes: 0,
        private_segment_bytes: 0,
        entry: 0,
        rsrc: [0, 4 << 1, 0],
        properties: KERNARG_SEGMENT_PTR,
        preload: 2 | 2 << 7,
    };
    let pointers = Pointers { arguments: 0x1080, ..Pointers::default() };
    let sgprs = |version| user_sgprs(&kernel, &pointers, Gfx::from_kfd(version), &memory).unwrap();
    assert_eq!(sgprs(90_402), [0x1080, 0, 0xa, 0xb]);
    assert_eq!(sgprs(110_000), [0x1080, 0, 0, 0]);
}

#[test]
fn workgroups_must_fit_the_simds() {
    let mut big = dispatch(110_000, [1024, 1, 1], [1024, 1, 1]);
    big.rsrc[0] = 11 | 1 << 29;
    assert_eq!(big.resident_groups(), Ok(2), "96 registers: 16 waves on each of 4 SIMDs");
    big.rsrc[0] = 31 | 1 << 29;
    assert_eq!(big.resident_groups(), Err(TooLarge::Registers), "256 registers: 5 waves on each");
    big.workgroup = [256, 1, 1];
    big.lds_bytes = 40 << 10;
    assert_eq!(big.resident_groups(), Ok(2), "8 waves of 20");
    big.rsrc[0] = 32;
    assert_eq!(
        big.resident_groups(),
        Err(TooLarge::Registers),
        "264 registers are more than a wave can name"
    );
}
