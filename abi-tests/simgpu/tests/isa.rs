//! Decoding compared with llvm-mc: random words of every encoding, both must read the same text of the same length, or
//! both refuse. `SIMGPU_SEED` is where they begin.
//!
//! Compared with LLVM 22, the first whose text says which half of a register 16 bits are in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use simgpu::isa::{Target, decode};

/// Leading bits and those that are free, of all targets and of one generation.
type Encodings = &'static [(&'static str, u32, u32)];

const ENCODINGS: Encodings = &[
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
    ("DS", 0xd800_0000, 0x03ff_ffff),
    ("FLAT", 0xdc00_0000, 0x03ff_ffff),
    ("MUBUF", 0xe000_0000, 0x03ff_ffff),
    ("MTBUF", 0xe800_0000, 0x03ff_ffff),
    ("SMEM", 0xf400_0000, 0x03ff_ffff),
    ("EXP", 0xf800_0000, 0x03ff_ffff),
];
const GFX11: Encodings = &[
    ("VOPD", 0xc800_0000, 0x03ff_ffff),
    ("VINTERP", 0xcd00_0000, 0x00ff_ffff),
    ("LDSDIR", 0xce00_0000, 0x00ff_ffff),
    ("MIMG", 0xf000_0000, 0x03fc_7f94),
];
const GFX10: Encodings = &[("MIMG", 0xf000_0000, 0x03fe_3fb9)];

fn encodings(target: Target) -> impl Iterator<Item = &'static (&'static str, u32, u32)> {
    ENCODINGS.iter().chain(if target.is_gfx10() { GFX10 } else { GFX11 })
}

/// Marks the end of one case in llvm-mc's output: s_nop with a number of its own.
const MARK: &str = "[0x5a 0xa5 0x80 0xbf]";

/// Follows each case, s_nop 0: llvm-mc reads on behind a case's first instruction, and crashes where the bytes end within
/// an instruction.
const PADDING: [u32; 4] = [0xbf80_0000; 4];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }
}

/// Literals that constants within the encoding could stand for, or nearly.
const LITERALS: [u32; 8] = [0, 64, 65, 0xffff_fff0, 0x3f80_0000, 0x3c00, 0x3ff0_0000, 0x3e22_f983];

/// Words that are likely to be an instruction: wholly random second words hardly ever are.
fn words(random: &mut Random, target: Target, encoding: &(&str, u32, u32)) -> [u32; 4] {
    let (name, lead, free) = *encoding;
    let mut words = [lead | random.next() & free, random.next(), random.next(), random.next()];
    let choice = random.next();
    let gfx10 = target.is_gfx10();
    match name {
        "VOP1" | "VOP2" | "VOPC" if choice & 1 == 0 => short(&mut words, name, choice >> 1, gfx10),
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
        "FLAT" if choice & 1 == 0 => {
            words[1] = words[1] & !0x00ff_0000 | if gfx10 { 0x007d_0000 } else { 0x007c_0000 };
        }
        "SMEM" => {
            let null = if gfx10 { 0xfa00_0000 } else { 0xf800_0000 };
            words[1] = words[1] & 0x001f_ffff | if choice & 1 == 0 { null } else { 0x0c00_0000 };
        }
        "MIMG" => image(&mut words, choice, gfx10),
        _ => {}
    }
    words
}

/// The second word of the short encodings: DPP, SDWA or a literal.
fn short(words: &mut [u32; 4], name: &str, choice: u32, gfx10: bool) {
    let source = [250, 233, 234, 255, if gfx10 { 249 } else { 250 }][choice as usize % 5];
    words[0] = words[0] & !0x1ff | source;
    match source {
        255 => words[1] = LITERALS[choice as usize >> 8 & 7],
        // Parts that there are, and few signs.
        249 => {
            words[1] &= if choice >> 8 & 1 == 0 { 0x8586_96ff } else { 0xbdbe_f6ff };
            words[1] &= if name == "VOP1" { 0x00ff_ffff } else { !0 };
        }
        // No signs: most operations have none. Bit 16, with others, would be no control of DPP.
        _ => words[1] &= 0xff0c_ffff,
    }
}

/// No dimension with samples, no status, registers that are there whatever the length, and gathering in two dimensions.
fn image(words: &mut [u32; 4], choice: u32, gfx10: bool) {
    if !gfx10 {
        words[1] &= !0x2070_8080 & if choice & 1 == 0 { 0x1fff_ffff } else { 0x03ff_ffff };
        return;
    }
    let number = words[0] >> 18 & 0x7f | words[0] << 7 & 0x80;
    words[0] &= if choice & 2 == 0 { !0 } else { !0x3000 };
    words[0] = match number {
        0x40..=0x5f | 0x61 | 0x80.. if number != 0x80 => words[0] & !0x30 | 8,
        _ => words[0] & !0x20,
    };
    words[1] &= if choice & 1 == 0 { 0xff0f_7f7f } else { 0xc00f_7f7f } & !0x0010_0000;
}

/// What llvm-mc reads: the text and how many words, or nothing.
fn theirs(tool: &str, target: Target, cases: &[[u32; 4]]) -> Option<Vec<Option<(String, usize)>>> {
    let mut input = String::new();
    for case in cases {
        let bytes: Vec<String> = case
            .iter()
            .chain(&PADDING)
            .flat_map(|word| word.to_le_bytes())
            .map(|byte| format!("{byte:#04x}"))
            .collect();
        writeln!(input, "[{}]\n{MARK}", bytes.join(" ")).expect("a String grows");
    }
    let mut child = Command::new(tool)
        .args(["-disassemble", "-triple=amdgcn", &format!("-mcpu={}", target.name()), "-show-encoding"])
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
fn compare_all(tool: &str, target: Target, cases: &[[u32; 4]], differences: &mut Vec<String>) -> usize {
    match theirs(tool, target, cases) {
        Some(read) => {
            let all = cases.iter().zip(&read);
            differences.extend(all.filter_map(|(case, read)| difference(target, case, read.as_ref())));
            read.iter().flatten().count()
        }
        None if cases.len() == 1 => 0,
        None => {
            let (left, right) = cases.split_at(cases.len() / 2);
            compare_all(tool, target, left, differences) + compare_all(tool, target, right, differences)
        }
    }
}

/// What LLVM reads though no target has such a thing. Each is an oversight of its disassembler.
fn lenient(target: Target, case: &[u32; 4], text: &str, length: usize) -> bool {
    let mnemonic = text.split(' ').next().unwrap_or_default();
    let starts = |list: &[&str]| list.iter().any(|start| mnemonic.starts_with(start));
    let has = |part: &str| text.contains(part);
    // Operands that it calls invalid itself.
    has("nvalid")
        // Controls of DPP that it says the target lacks.
        || has("is not supported")
        // Registers of gfx12.
        || has("src_flat_scratch_base")
        // Special registers are in every class of registers: they stand for vector registers, masks and results.
        || (has("src_") || has("null")) && starts(ONE_KIND)
        // And vector registers for masks.
        || starts(MASKS)
        // Literals and LDS as the scalar offset of buffers.
        || mnemonic.contains("buffer_") && (length > 2 || has("src_lds_direct"))
        // Choosing the half of an operand that has none: it falls back on its tables without halves.
        || target == Target::Gfx1100 && mnemonic.contains("16_e64") && !has(".l") && !has(".h")
        // A literal has no room beside DPP.
        || (has("dpp8:") || has("row_mask:")) && (has("lit(") || has(", 0x"))
        // Fewer registers of an address than the operation needs.
        || target.is_gfx10() && mnemonic.starts_with("image_") && has(", [")
        // Masks of image atomics that no data has.
        || mnemonic.starts_with("image_atomic") && !masks(mnemonic).iter().any(|mask| has(mask))
        // Scratch memory without addresses, which gfx10.1 lacks, where the data go to LDS.
        || mnemonic.starts_with("scratch_") && text.ends_with("lds")
        // The whole of EXEC as the address, where it has one class of registers for several forms; of others it says
        // that it is invalid.
        || has("exec") && (text.ends_with("lds") || mnemonic.contains("_addtid"))
        // Signs of operands that can have none, beside DPP: it passes them over.
        || has("row_mask:") && signs(text) < (case[1] >> 20 & 0xf).count_ones() as usize
        // And of pairs of halves: no manual says what they do.
        || has("row_mask:") && starts(PAIRS)
        // Interpolation of pixels, which is not simulated.
        || target.is_gfx10() && mnemonic.starts_with("v_interp")
}

/// Operations with an operand that only one kind of register can be.
const ONE_KIND: &[&str] = &[
    "v_swap",
    "v_movrel",
    "v_permlane",
    "v_readfirstlane",
    "v_readlane",
    "v_interp",
    "v_wmma",
    "v_cmp",
    "s_movrel",
    "s_rfe",
    "s_setpc",
];

/// Operations on pairs of halves that have a form with DPP.
const PAIRS: &[&str] = &["v_pk_fmac_f16", "v_dot2"];

/// How many signs and magnitudes a text has.
fn signs(text: &str) -> usize {
    text.matches('-').count() + text.matches('|').count() / 2
}

/// Operations of VOP3 with a mask as third source.
const MASKS: &[&str] = &[
    "v_cndmask_b32_e64",
    "v_cndmask_b16",
    "v_add_co_ci_u32_e64",
    "v_sub_co_ci_u32_e64",
    "v_subrev_co_ci_u32_e64",
];

/// The masks of an image atomic, for 32 and 64 bits.
fn masks(mnemonic: &str) -> [&'static str; 2] {
    if mnemonic.ends_with("cmpswap") { ["dmask:0x3 ", "dmask:0xf "] } else { ["dmask:0x1 ", "dmask:0x3 "] }
}

/// How one case differs.
fn difference(target: Target, case: &[u32; 4], read: Option<&(String, usize)>) -> Option<String> {
    let ours = decode(case, target).ok();
    let text = ours.map(|inst| inst.to_string());
    match (&text, read) {
        (None, None) => return None,
        (None, Some((text, length))) if lenient(target, case, text, *length) => return None,
        (Some(ours), Some((theirs, length))) if ours == theirs => {
            let words = usize::from(decode(case, target).map_or(0, |inst| inst.words));
            // It counts words as it would write them again: with a literal for a float constant of 16 bit integers,
            // without one for a float of 64 bits, and without superfluous registers of an address.
            let again = theirs.contains("0x") || theirs.contains("_f64") || theirs.contains(", [");
            if words == *length || again && words.abs_diff(*length) <= 2 {
                return None;
            }
        }
        (Some(ours), Some((theirs, _))) if oddity(target, case, ours, theirs) => return None,
        _ => {}
    }
    Some(format!("{} {case:08x?}\n    llvm {read:?}\n    ours {text:?}", target.name()))
}

/// Texts of LLVM that are wrong.
fn oddity(target: Target, case: &[u32; 4], ours: &str, theirs: &str) -> bool {
    // One register named as if there were several: no such form is in LLVM's tables.
    let single = |text: &str| {
        text.split_once(", [").is_some_and(|(_, rest)| !rest.split(']').next().unwrap_or("").contains(','))
    };
    theirs.contains("nvalid")
        || ours.starts_with("image_") && single(ours)
        // Lanes of DPP8 that are, as one number, what stands for a constant elsewhere become that constant.
        || ours.contains("dpp8:") && (128..256).contains(&(case[1] >> 8))
        // The control of DPP loses a bit beside mixed precision.
        || target == Target::Gfx1100 && ours.starts_with("v_fma_mix") && ours.contains("quad_perm")
}

/// An llvm-mc that is new enough.
fn tool() -> Option<String> {
    (22..30)
        .rev()
        .map(|version| format!("llvm-mc-{version}"))
        .find(|tool| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()))
}

/// Compares a number of words of each encoding of a target.
fn compare(target: Target, count: u32) {
    let Some(tool) = tool() else {
        abi_tests::skip("simgpu's decoder: no llvm-mc of LLVM 22 or later");
        return;
    };
    let seed = std::env::var("SIMGPU_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed);
    let mut random = Random(seed | 1);
    let mut differences = Vec::new();
    for encoding in encodings(target) {
        let (name, mut read) = (encoding.0, 0);
        for start in (0..count).step_by(BATCH as usize) {
            let cases: Vec<_> =
                (start..count.min(start + BATCH)).map(|_| words(&mut random, target, encoding)).collect();
            read += compare_all(&tool, target, &cases, &mut differences);
        }
        println!("{} {name}: {count} words, {read} instructions", target.name());
        assert!(read * 50 > count as usize, "{name}: only {read} of {count} were instructions");
    }
    let shown: Vec<_> = differences.iter().take(20).map(String::as_str).collect();
    assert!(differences.is_empty(), "seed {seed}: {} differ\n{}", differences.len(), shown.join("\n"));
}

/// Words that one llvm-mc is given.
const BATCH: u32 = 5000;

#[test]
fn random_words_are_read_as_llvm_reads_them() {
    for target in Target::ALL {
        compare(target, 500);
    }
}

/// Minutes: `SIMGPU_WORDS` of each encoding and target, a hundred thousand without it; of `SIMGPU_TARGET` only, where
/// one is named.
#[test]
#[ignore = "millions of words"]
fn millions_of_words_are_read_as_llvm_reads_them() {
    let count = std::env::var("SIMGPU_WORDS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let only = std::env::var("SIMGPU_TARGET").ok();
    let wanted = |target: &Target| only.as_ref().is_none_or(|name| name == target.name());
    Target::ALL.into_iter().filter(wanted).for_each(|target| compare(target, count));
}
