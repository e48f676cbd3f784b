//! Decoding compared with llvm-mc: random words of every encoding, both must read the same text of the same length, or
//! both refuse. `SIMGPU_WORDS` is how many words of each encoding (1000 without it), `SIMGPU_SEED` where they begin.
//!
//! Compared with LLVM 22, the first whose text says which half of a register 16 bits are in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use simgpu::isa::{Target, decode};

/// Leading bits and those that are free.
const ENCODINGS: &[(&str, u32, u32)] = &[
    ("SOP2", 0x8000_0000, 0x3fff_ffff),
    ("SOPK", 0xb000_0000, 0x0fff_ffff),
    ("SOP1", 0xbe80_0000, 0x007f_ffff),
    ("SOPC", 0xbf00_0000, 0x007f_ffff),
    ("SOPP", 0xbf80_0000, 0x007f_ffff),
    ("VOP2", 0x0000_0000, 0x7fff_ffff),
    ("VOP1", 0x7e00_0000, 0x01ff_ffff),
    ("VOPC", 0x7c00_0000, 0x01ff_ffff),
    ("VOP3", 0xd400_0000, 0x03ff_00ff),
    ("VOP3 with modifiers", 0xd400_0000, 0x03ff_87ff),
    ("VOP3P", 0xcc00_0000, 0x007f_ffff),
    ("VOPD", 0xc800_0000, 0x03ff_ffff),
    ("VINTERP", 0xcd00_0000, 0x00ff_ffff),
    ("LDSDIR", 0xce00_0000, 0x00ff_ffff),
    ("DS", 0xd800_0000, 0x03fd_ffff),
    ("FLAT", 0xdc00_0000, 0x03ff_ffff),
    ("MUBUF", 0xe000_0000, 0x03ff_ffff),
    ("MTBUF", 0xe800_0000, 0x03ff_ffff),
    ("MIMG", 0xf000_0000, 0x03fc_7f94),
    ("SMEM", 0xf400_0000, 0x03ff_ffff),
    ("EXP", 0xf800_0000, 0x03ff_ffff),
];

/// Marks the end of one case in llvm-mc's output: s_nop with a number of its own.
const MARK: &str = "[0x5a 0xa5 0x80 0xbf]";

struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }
}

/// Words that are likely to be an instruction: wholly random second words hardly ever are.
fn words(random: &mut Random, name: &str, lead: u32, free: u32) -> [u32; 4] {
    let mut words = [lead | random.next() & free, random.next(), random.next(), random.next()];
    let choice = random.next();
    match name {
        "VOP1" | "VOP2" | "VOPC" if choice & 3 == 0 => {
            words[0] = words[0] & !0x1ff | [250, 233, 234, 255][choice as usize >> 2 & 3];
            // No signs: most operations have none. Bit 16, with others, would be no control of DPP.
            words[1] &= 0xff0c_ffff;
        }
        "VOP3" | "VOP3P" => {
            // Comparisons that write EXEC name it.
            if name == "VOP3" && words[0] >> 23 & 7 == 1 {
                words[0] = words[0] & !0xff | 126;
            }
            words[1] = words[1] & if name == "VOP3" { 0 } else { 0xf800_0000 }
                | 0x0402_0100
                | words[1] & 0x03fd_feff;
        }
        "VOP3 with modifiers" => words[1] |= 0x0402_0100,
        "DS" => words[1] &= [0, 0xff, 0xffff, 0xff00_00ff, 0xff00_ffff, 0x00ff_ffff, !0][choice as usize % 7],
        "FLAT" if choice & 1 == 0 => words[1] = words[1] & !0x00ff_0000 | 0x007c_0000,
        "SMEM" => {
            words[1] = words[1] & 0x001f_ffff | if choice & 1 == 0 { 0xf800_0000 } else { 0x0c00_0000 };
        }
        // No dimension with samples, no status, and only registers that are there, whatever the length.
        "MIMG" => words[1] &= !0x2070_8080 & if choice & 1 == 0 { 0x1fff_ffff } else { 0x03ff_ffff },
        _ => {}
    }
    words
}

/// What llvm-mc reads: the text and how many words, or nothing.
fn theirs(tool: &str, cases: &[[u32; 4]]) -> Option<Vec<Option<(String, usize)>>> {
    let mut input = String::new();
    for case in cases {
        let bytes: Vec<String> =
            case.iter().flat_map(|word| word.to_le_bytes()).map(|byte| format!("{byte:#04x}")).collect();
        writeln!(input, "[{}]\n{MARK}", bytes.join(" ")).expect("a String grows");
    }
    let mut child = Command::new(tool)
        .args(["-disassemble", "-triple=amdgcn", "-mcpu=gfx1100", "-show-encoding"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("llvm-mc starts");
    let mut stdin = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("llvm-mc ends");
    // Where it crashes, which it does for some words, it has not read all.
    if writer.join().expect("the writer does not panic").is_err() || output.status.code().is_none() {
        return None;
    }
    let refused = refused(&String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut all = text.split("s_nop 0xa55a").map(|chunk| {
        chunk.lines().find(|line| line.contains("; encoding: [") && !line.trim_start().starts_with(';'))
    });
    let read = |line: &str| {
        let (text, bytes) = line.split_once("; encoding: [")?;
        Some((text.split_whitespace().collect::<Vec<_>>().join(" "), bytes.split(',').count() / 4))
    };
    Some(
        (0..cases.len())
            .map(|at| all.next().flatten().filter(|_| !refused.contains(&(2 * at + 1))).and_then(read))
            .collect(),
    )
}

/// The lines of the input whose first word was refused.
fn refused(warnings: &str) -> std::collections::HashSet<usize> {
    let position = |line: &str| {
        let mut parts = line.strip_prefix("<stdin>:")?.split(':');
        let (line, column) = (parts.next()?.parse().ok()?, parts.next()?.parse::<usize>().ok()?);
        (column <= 2).then_some(line)
    };
    warnings.lines().filter_map(position).collect()
}

/// Splits where llvm-mc crashes; what crashes it alone is left out.
fn compare_all(tool: &str, cases: &[[u32; 4]], differences: &mut Vec<String>) -> usize {
    match theirs(tool, cases) {
        Some(read) => {
            differences
                .extend(cases.iter().zip(&read).filter_map(|(case, read)| difference(case, read.as_ref())));
            read.iter().flatten().count()
        }
        None if cases.len() == 1 => 0,
        None => {
            let (left, right) = cases.split_at(cases.len() / 2);
            compare_all(tool, left, differences) + compare_all(tool, right, differences)
        }
    }
}

/// What LLVM reads though the hardware has no such thing: registers of later generations, operands that LLVM itself
/// calls invalid, literals of buffers, constants and masks of lanes where only one kind of register can be.
fn lenient(text: &str, length: usize) -> bool {
    let mnemonic = text.split(' ').next().unwrap_or_default();
    let vector_only =
        ["v_swap", "v_movrel", "v_permlane", "v_readfirstlane", "v_wmma", "s_movrel", "s_rfe", "s_setpc"];
    let masks = ["v_cndmask", "v_add_co_ci", "v_sub_co_ci", "v_subrev_co_ci"];
    text.contains("nvalid")
        || text.contains("src_flat_scratch_base")
        || length > 2 && mnemonic.contains("buffer_")
        || vector_only.iter().any(|start| mnemonic.starts_with(start))
        || masks.iter().any(|start| mnemonic.starts_with(start)) && mnemonic.ends_with("e64")
        || mnemonic == "v_cndmask_b16"
        || mnemonic.starts_with("v_cmp") && text.contains(" src_")
        || mnemonic.starts_with("v_cmpx") && text.contains(" null")
        || mnemonic == "s_version"
        || mnemonic.starts_with("v_interp")
        || mnemonic.starts_with("image_atomic")
            && !text.contains("dmask:0x1 ")
            && !text.contains("dmask:0x3 ")
        || mnemonic.starts_with("ds_gws")
        || mnemonic.starts_with("ds_ordered")
}

/// How one case differs.
fn difference(case: &[u32; 4], read: Option<&(String, usize)>) -> Option<String> {
    let ours = decode(case, Target::Gfx1100).ok();
    let text = ours.map(|inst| inst.to_string());
    match (&text, read) {
        (None, None) => return None,
        (None, Some((text, length))) if lenient(text, *length) => return None,
        (Some(ours), Some((theirs, length))) if ours == theirs => {
            // LLVM counts a literal more for float constants of 16 bit integers, as it would write them again.
            let words = usize::from(decode(case, Target::Gfx1100).map_or(0, |inst| inst.words));
            if words == *length || words + 1 == *length && theirs.contains("0x") {
                return None;
            }
        }
        (Some(_), Some((theirs, _))) if lenient(theirs, 0) => return None,
        // One register named as if there were several: no such form is in LLVM's tables.
        (Some(ours), Some(_)) if ours.starts_with("image_") && ours.contains("], s[") && single(ours) => {
            return None;
        }
        _ => {}
    }
    Some(format!("{case:08x?}\n    llvm {read:?}\n    ours {text:?}"))
}

/// Whether the list of an image's address has one register only.
fn single(text: &str) -> bool {
    text.split_once(", [")
        .is_some_and(|(_, rest)| rest.split(']').next().is_some_and(|list| !list.contains(',')))
}

/// An llvm-mc that is new enough.
fn tool() -> Option<String> {
    (22..30)
        .rev()
        .map(|version| format!("llvm-mc-{version}"))
        .find(|tool| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()))
}

#[test]
fn random_words_are_read_as_llvm_reads_them() {
    let Some(tool) = tool() else {
        abi_tests::skip("simgpu's decoder: no llvm-mc of LLVM 22 or later");
        return;
    };
    let number = |name: &str, otherwise| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (seed, count) = (number("SIMGPU_SEED", 0x5eed), number("SIMGPU_WORDS", 1000));
    let mut random = Random(seed | 1);
    let mut differences = Vec::new();
    for (name, lead, free) in ENCODINGS {
        let cases: Vec<_> = (0..count).map(|_| words(&mut random, name, *lead, *free)).collect();
        let read = compare_all(&tool, &cases, &mut differences);
        assert!(read * 50 > cases.len(), "{name}: only {read} of {} were instructions", cases.len());
    }
    let shown: Vec<_> = differences.iter().take(20).map(String::as_str).collect();
    assert!(differences.is_empty(), "seed {seed}: {} differ\n{}", differences.len(), shown.join("\n"));
}
