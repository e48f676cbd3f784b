//! Instructions by which lanes see each other.

use simgpu::exec::wave::{Wave, place};

use super::assemble::{Executed, assemble, bench, run, wave};

/// What a lane's register holds.
fn value(register: usize, lane: usize) -> u32 {
    (register as u32 * 32 + lane as u32 + 1).wrapping_mul(0x9e37_79b9)
}

fn prepared() -> Wave {
    let mut wave = wave(16);
    for register in 0..16 {
        (0..32).for_each(|lane| wave.set_lane(register, lane, value(register, lane)));
    }
    // Lane addresses for ds_bpermute; M0 for moves by it.
    (0..32).for_each(|lane| wave.set_lane(1, lane, 4 * (31 - lane as u32)));
    wave.set_scalar(place::M0, 3);
    wave.set_scalar(2, 0x7654_3210);
    wave.set_scalar(3, 0xfedc_ba98);
    wave.set_scalar(4, 37);
    wave
}

/// An instruction, and what register v6 must hold.
type Case = (&'static str, &'static str, fn(usize) -> u32);

const CASES: &[Case] =
    &[
        ("v_readlane_b32", "v_readlane_b32 s6, v2, s4\nv_mov_b32 v6, s6", |_| value(2, 37 % 32)),
        (
            "v_readfirstlane_b32",
            "s_mov_b32 exec_lo, 0x10\nv_readfirstlane_b32 s6, v2\ns_mov_b32 exec_lo, -1\nv_mov_b32 v6, s6",
            |_| value(2, 4),
        ),
        ("v_writelane_b32", "v_writelane_b32 v6, s2, 9", |lane| {
            if lane == 9 { 0x7654_3210 } else { value(6, lane) }
        }),
        ("v_mbcnt_lo_u32_b32", "v_mbcnt_lo_u32_b32 v6, s2, v2", |lane| {
            (0..lane).map(|below| 0x7654_3210u32 >> below & 1).sum::<u32>().wrapping_add(value(2, lane))
        }),
        ("v_permlanex16_b32", "v_permlanex16_b32 v6, v2, s2, s3", |lane| value(2, lane ^ 16)),
        ("v_movrels_b32_e32", "v_movrels_b32 v6, v2", |lane| value(5, lane)),
        ("v_movreld_b32_e32", "v_movreld_b32 v3, v2", |lane| value(2, lane)),
        ("ds_bpermute_b32", "ds_bpermute_b32 v6, v1, v2", |lane| value(2, 31 - lane)),
    ];

pub fn check(list: &[&str]) -> Executed {
    let cases: Vec<&Case> = CASES.iter().filter(|case| list.contains(&case.0)).collect();
    let code = assemble(&cases.iter().map(|case| case.1.to_string()).collect::<Vec<_>>());
    let mut bench = bench();
    for ((name, text, expected), code) in cases.into_iter().zip(&code) {
        let waves = run(&mut bench, text, code, vec![prepared()]);
        for lane in 0..32 {
            assert_eq!(waves[0].lane(6, lane), expected(lane), "{name}, lane {lane}");
        }
    }
    bench.executed()
}
