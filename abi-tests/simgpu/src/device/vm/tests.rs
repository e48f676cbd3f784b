//! Ranges, permissions, and bytes at any alignment.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::device::memory::{Access, Reason};

const READ_WRITE: Permissions = Permissions { write: true };

/// Words of the test's own that the GPU sees at `at`.
fn window(vm: &Vm, words: &'static [AtomicU64], at: u64, permissions: Permissions) {
    // SAFETY: a leaked slice of atomics stays mapped for ever, and shared atomics allow any access.
    unsafe { vm.map(at, 8 * words.len() as u64, words.as_ptr() as u64, permissions) };
}

fn words(count: usize) -> &'static [AtomicU64] {
    Vec::leak((0..count).map(|i| AtomicU64::new(i as u64)).collect())
}

#[test]
fn what_is_written_can_be_read_at_any_alignment() {
    let vm = Vm::new();
    window(&vm, words(8), 0x1000, READ_WRITE);
    for start in 0..16 {
        for length in 0..32 {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 7 + start) as u8).collect();
            vm.write(0x1000 + start as u64, &bytes).unwrap();
            let mut back = vec![0; length];
            vm.read(0x1000 + start as u64, &mut back).unwrap();
            assert_eq!(back, bytes);
        }
    }
}

#[test]
fn a_copy_crosses_ranges_but_not_a_hole() {
    let vm = Vm::new();
    window(&vm, words(1), 0x1000, READ_WRITE);
    window(&vm, words(1), 0x1008, READ_WRITE);
    vm.write(0x1004, &[1; 8]).unwrap();
    assert_eq!(vm.load32(0x1008), Ok(0x0101_0101));
    let fault = vm.write(0x100c, &[2; 8]).unwrap_err();
    assert_eq!(fault, Fault { address: 0x1010, access: Access::Write, reason: Reason::NotPresent });
    assert_eq!(vm.load32(0x100c), Ok(0), "nothing of a copy that faults is written");
}

#[test]
fn permissions_alignment_and_unmapping() {
    let vm = Vm::new();
    window(&vm, words(4), 0x1000, Permissions { write: false });
    assert_eq!(vm.load64(0x1018), Ok(3));
    assert_eq!(vm.store32(0x1000, 1).unwrap_err().reason, Reason::Permission);
    assert_eq!(vm.load64(0x1004).unwrap_err().reason, Reason::Misaligned);
    vm.unmap(0x1008, 8);
    assert_eq!(vm.load64(0x1000), Ok(0));
    assert_eq!(vm.load64(0x1008).unwrap_err().reason, Reason::NotPresent);
    assert_eq!(vm.load64(0x1010), Ok(2), "what was behind the hole keeps its place");
}

/// A kernel divides a range while an engine copies to it.
#[test]
fn nobody_sees_a_range_missing_that_is_divided_anew() {
    let (vm, words) = (Vm::new(), words(4));
    window(&vm, words, 0x1000, READ_WRITE);
    let part = |first: u64, count: u64| {
        let host = words.as_ptr() as u64 + 8 * first;
        Mapping { address: 0x1000 + 8 * first, bytes: 8 * count, host, permissions: READ_WRITE }
    };
    std::thread::scope(|scope| {
        let dividing = scope.spawn(|| {
            for turn in 0..20_000 {
                let at = 1 + turn % 3;
                // SAFETY: as in `window`.
                unsafe { vm.change(&[(0x1000, 32)], &[part(0, at), part(at, 4 - at)]) };
            }
        });
        while !dividing.is_finished() {
            vm.write(0x1000, &[7; 32]).unwrap();
        }
    });
}

#[test]
fn atomic_operations_of_many_threads_lose_nothing() {
    let vm = Vm::new();
    let words = words(1);
    window(&vm, words, 0x1000, READ_WRITE);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    vm.update64(0x1000, &mut |old| old + 1).unwrap();
                }
            });
        }
    });
    assert_eq!(words[0].load(Ordering::Relaxed), 4000);
}

/// What lanes load and store must be what single reads and writes do.
#[test]
fn lanes_do_what_each_of_them_would_do_alone() {
    let mut seed = 7_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    let (together, alone) = (Vm::plain(0x1000, 1024), Vm::plain(0x1000, 1024));
    for round in 0..2000 {
        let bytes = [1, 2, 4, 8, 12, 16][random(6) as usize];
        let stride = [0, 1, bytes, bytes, bytes, 20][random(6) as usize];
        let first = 0x1000 + random(64);
        let at = std::array::from_fn(|lane| first + lane as u64 * stride);
        let lanes = if random(2) == 0 { u32::MAX } else { random(1 << 32) as u32 };
        let words: [[u32; LANES]; 4] =
            std::array::from_fn(|_| std::array::from_fn(|_| random(1 << 32) as u32));
        together.store_lanes(Places { at: &at, lanes }, bytes as usize, &words).unwrap();
        let mut expected = [[5; LANES]; 4];
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
            let data: Vec<u8> = words.iter().flat_map(|word| word[lane].to_le_bytes()).collect();
            alone.write(at[lane], &data[..bytes as usize]).unwrap();
        }
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
            for word in 0..bytes.div_ceil(4) {
                let mut data = [0; 4];
                let part = &mut data[..(bytes - 4 * word).min(4) as usize];
                alone.read(at[lane] + 4 * word, part).unwrap();
                expected[word as usize][lane] = u32::from_le_bytes(data);
            }
        }
        let mut loaded = [[5; LANES]; 4];
        together.load_lanes(Places { at: &at, lanes }, bytes as usize, &mut loaded).unwrap();
        assert_eq!(loaded, expected, "round {round}: {bytes} bytes, stride {stride} from {first:#x}");
    }
}

#[test]
fn lanes_fault_where_nothing_is_and_cross_from_range_to_range() {
    let vm = Vm::new();
    window(&vm, words(2), 0x1000, READ_WRITE);
    window(&vm, words(2), 0x1010, Permissions { write: false });
    let at = |first: u64| std::array::from_fn(|lane| first + 4 * (lane as u64 % 2));
    let mut loaded = [[0; LANES]; 2];
    vm.load_lanes(Places { at: &at(0x100c), lanes: 3 }, 8, &mut loaded).unwrap();
    assert_eq!((loaded[0][0], loaded[1][0], loaded[0][1], loaded[1][1]), (0, 0, 0, 0));
    let fault = vm.store_lanes(Places { at: &at(0x100c), lanes: 2 }, 4, &loaded).unwrap_err();
    assert_eq!(fault, Fault { address: 0x1010, access: Access::Write, reason: Reason::Permission });
    let fault = vm.load_lanes(Places { at: &at(0x101c), lanes: u32::MAX }, 4, &mut loaded).unwrap_err();
    assert_eq!((fault.address, fault.reason), (0x1020, Reason::NotPresent));
    assert_eq!(vm.load_lanes(Places { at: &at(0), lanes: 0 }, 4, &mut loaded), Ok(()), "no lane takes part");
}
