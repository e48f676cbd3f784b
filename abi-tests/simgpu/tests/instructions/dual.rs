//! Pairs of instructions: each half does what it does alone, and both read before either writes.

use simgpu::exec::wave::place;

use super::assemble::{Executed, Random, assemble, bench, run, wave};

/// What a half computes of its sources, of what its destination holds, and of its lane's bit of VCC.
fn result(name: &str, [a, b, old]: [u32; 3], bit: bool) -> Option<u32> {
    const K: f32 = std::f32::consts::PI;
    let [x, y, z] = [a, b, old].map(f32::from_bits);
    let float = match name {
        "add_f32" => x + y,
        "sub_f32" => x - y,
        "subrev_f32" => y - x,
        "mul_f32" => x * y,
        "max_f32" if x > y => x,
        "max_f32" => y,
        "fmac_f32" => x.mul_add(y, z),
        "fmaak_f32" => x.mul_add(y, K),
        "fmamk_f32" => x.mul_add(K, y),
        "mov_b32" => return Some(a),
        "cndmask_b32" => return Some(if bit { b } else { a }),
        "add_nc_u32" => return Some(a.wrapping_add(b)),
        "and_b32" => return Some(a & b),
        "lshlrev_b32" => return Some(b << (a % 32)),
        _ => return None,
    };
    Some(float.to_bits())
}

/// A half as text, on its destination and sources.
fn half(name: &str, [to, a, b]: [usize; 3]) -> String {
    match name {
        "mov_b32" => format!("v_dual_{name} v{to}, v{a}"),
        "fmaak_f32" => format!("v_dual_{name} v{to}, v{a}, v{b}, 0x40490fdb"),
        "fmamk_f32" => format!("v_dual_{name} v{to}, v{a}, 0x40490fdb, v{b}"),
        _ => format!("v_dual_{name} v{to}, v{a}, v{b}"),
    }
}

/// Registers of the halves: the first writes what the second reads.
const FIRST: [usize; 3] = [6, 0, 3];
const SECOND: [usize; 3] = [7, 6, 2];

pub fn check(list: &[&str]) -> Executed {
    let names = |prefix: &str| -> Vec<String> {
        list.iter().filter_map(|mnemonic| mnemonic.strip_prefix(prefix)).map(String::from).collect()
    };
    let firsts = names("v_dual_").into_iter().map(|name| (name, "mov_b32".to_string()));
    let seconds = names("::v_dual_").into_iter().map(|name| ("mul_f32".to_string(), name));
    let pairs: Vec<(String, String)> = firsts.chain(seconds).collect();
    let text =
        |(first, second): &(String, String)| format!("{} :: {}", half(first, FIRST), half(second, SECOND));
    let code = assemble(&pairs.iter().map(text).collect::<Vec<_>>());
    let mut bench = bench();
    let mut random = Random(0x5eed);
    for (pair, code) in pairs.iter().zip(&code) {
        let mut before = wave(16);
        for lane in 0..32 {
            // Ordinary numbers, so that no NaN hides what is wrong.
            (0..8).for_each(|register| {
                before.set_lane(register, lane, random.next() as u32 & 0x83ff_ffff | 0x3c00_0000)
            });
        }
        before.set_scalar(place::VCC, random.next() as u32);
        let after = run(&mut bench, &text(pair), code, vec![before.clone()]).remove(0);
        for lane in 0..32 {
            let bit = before.scalar(place::VCC) >> lane & 1 != 0;
            for (name, [to, a, b]) in [(&pair.0, FIRST), (&pair.1, SECOND)] {
                let sources = [a, b, to].map(|register| before.lane(register, lane));
                assert_eq!(
                    Some(after.lane(to, lane)),
                    result(name, sources, bit),
                    "{}, lane {lane}",
                    text(pair)
                );
            }
        }
    }
    bench.executed()
}
