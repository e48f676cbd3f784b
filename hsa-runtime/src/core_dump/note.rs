//! The note of a core dump: what the kernel knows of the runtime, the GPUs and the queues of the process. Pure. Answers to
//! `NoteSegmentBuilder` of upstream's `amd_core_dump.cpp`; debuggers read it by `kfd_core` of rocm-dbgapi.
#![forbid(unsafe_code)]

use crate::driver::debugging::ProcessState;

/// NT_AMDGPU_CORE_STATE of `amd_hsa_elf.h`.
const CORE_STATE: u32 = 33;
/// Whose note it is, and its bytes with the zero at the end.
const OWNER: (&[u8; 8], u32) = (b"AMDGPU\0\0", 7);
/// Of the note's own format.
const VERSION: u64 = 1;

/// The whole note.
pub fn note(state: &ProcessState) -> Vec<u8> {
    let body = body(state);
    let size = body.len() as u32;
    let mut note: Vec<u8> = [OWNER.1, size, CORE_STATE].into_iter().flat_map(u32::to_le_bytes).collect();
    note.extend(OWNER.0);
    note.extend(body);
    note
}

fn body(state: &ProcessState) -> Vec<u8> {
    let ProcessState { version, runtime, devices, queues } = state;
    let mut body = VERSION.to_le_bytes().to_vec();
    body.extend([version.0, version.1].into_iter().flat_map(u32::to_le_bytes));
    body.extend((runtime.len() as u64).to_le_bytes());
    let counts = [devices.count, devices.each, queues.count, queues.each];
    body.extend(counts.into_iter().flat_map(u32::to_le_bytes));
    for part in [runtime, &devices.bytes, &queues.bytes] {
        body.extend(part);
        body.resize(body.len().next_multiple_of(8), 0);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::debugging::Entries;

    #[test]
    fn counts_and_sizes_stand_before_what_they_count() {
        let state = ProcessState {
            version: (1, 18),
            runtime: vec![0xa; 16],
            devices: Entries { bytes: vec![0xb; 12], count: 1, each: 12 },
            queues: Entries { bytes: vec![0xc; 128], count: 2, each: 64 },
        };
        let note = note(&state);
        let word = |at: usize| u32::from_le_bytes(note[at..at + 4].try_into().unwrap());
        assert_eq!(
            (word(0), word(4), word(8), &note[12..20]),
            (7, 40 + 16 + 16 + 128, 33, &b"AMDGPU\0\0"[..])
        );
        assert_eq!([20, 24, 28, 32, 36, 40].map(word), [1, 0, 1, 18, 16, 0]);
        assert_eq!([44, 48, 52, 56].map(word), [1, 12, 2, 64]);
        assert_eq!((&note[60..76], &note[76..88]), (&[0xa; 16][..], &[0xb; 12][..]));
        assert_eq!((&note[88..92], &note[92..]), (&[0; 4][..], &[0xc; 128][..]));
    }
}
