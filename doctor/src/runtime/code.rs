//! The code object of a GPU: one of the few that are committed, with the flags of its processor. Pure.
//!
//! Answers to LLVM's `AMDGPUUsage` (ELF header). shaders/assemble makes them from shaders/check.s.
#![forbid(unsafe_code)]

/// Processor, code object, flags.
const TARGETS: &str = include_str!("../../shaders/targets.tsv");
/// Where an ELF header has `e_flags`.
const FLAGS_AT: usize = 48;

fn family(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "gfx8" => include_bytes!("../../shaders/gfx8.co"),
        "gfx9" => include_bytes!("../../shaders/gfx9.co"),
        "gfx9a" => include_bytes!("../../shaders/gfx9a.co"),
        "gfx10" => include_bytes!("../../shaders/gfx10.co"),
        "gfx11" => include_bytes!("../../shaders/gfx11.co"),
        "gfx12" => include_bytes!("../../shaders/gfx12.co"),
        _ => return None,
    })
}

/// The code object for a processor, such as `gfx1100`; none when there is no code for it.
pub fn object(target: &str) -> Option<Vec<u8>> {
    let rows = TARGETS.lines().map(|line| line.split('\t'));
    let mut row = rows.into_iter().find_map(|mut row| (row.next() == Some(target)).then_some(row))?;
    let mut code = family(row.next()?)?.to_vec();
    let flags = u32::from_str_radix(row.next()?, 16).ok()?;
    code.get_mut(FLAGS_AT..FLAGS_AT + 4)?.copy_from_slice(&flags.to_le_bytes());
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_processor_has_code_of_its_own_name() {
        let targets = TARGETS.lines().filter(|line| line.starts_with("gfx"));
        let codes: Vec<Vec<u8>> =
            targets.map(|line| object(line.split('\t').next().unwrap()).expect(line)).collect();
        assert!(codes.len() > 30);
        for code in &codes {
            assert_eq!(code[..4], *b"\x7fELF");
        }
        assert_eq!(object("gfx1100").unwrap()[48..52], [0x41, 0, 0, 0]);
        assert!(object("gfx700").is_none() && object("#").is_none());
    }
}
