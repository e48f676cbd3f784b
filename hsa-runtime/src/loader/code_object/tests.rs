//! What becomes of code objects that are made by hand.

use super::{
    fixture::{DATA, DYNSTR, DYNSYM, FILE, File, MEMORY},
    *,
};

impl File {
    fn refusal(&self) -> Refusal {
        CodeObject::parse(&self.0).expect_err("it is malformed")
    }
}

/// Loads at 0x10000, where `UNDEF` is at 0x7777.
fn load(file: &File) -> Result<Vec<u8>, Refusal> {
    let code = CodeObject::parse(&file.0).expect("a code object");
    code.image(0x10000, |name| (name == "UNDEF").then_some(0x7777))
}

fn long(image: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(image[at..at + 8].try_into().expect("8 bytes"))
}

#[test]
fn kernels_and_variables_are_told() {
    let file = File::new();
    let code = CodeObject::parse(&file.0).expect("a code object");
    assert_eq!(code.built.isa.processor(), "gfx1100");
    assert_eq!(code.extent, 0..MEMORY);
    let kernel = Kernel { kernarg: 280, group: 4096, private: 16, dynamic_stack: false, wavefront: 32 };
    let [add, table] =
        code.definitions.try_into().expect("two definitions: nobody asks for what is undefined");
    assert_eq!((add.name, add.kind), ("add.kd", Kind::Kernel(kernel)));
    assert_eq!((table.name, table.size, table.address), ("table", 16, DATA as u64 + 0x80));
    assert_eq!(table.kind, Kind::Variable { alignment: 8, constant: true });
}

#[test]
fn what_the_file_does_not_have_is_zero_in_memory() {
    let mut image = load(&File::new()).expect("an image");
    assert_eq!(image.len() as u64, MEMORY);
    assert_eq!(image[..4], *b"\x7fELF");
    assert!(image.drain(FILE..).all(|byte| byte == 0));
}

#[test]
fn each_kind_of_relocation_puts_its_bits_into_its_place() {
    let mut file = File::new();
    let place = DATA as u64 + 0x40;
    file.relocate(place, 0, 13, 0x20);
    file.relocate(place + 8, 2, 3, 1);
    file.relocate(place + 16, 3, 3, 0);
    file.relocate(place + 24, 2, 1, 0);
    file.relocate(place + 28, 2, 2, 0);
    let image = load(&file).expect("an image");
    let table = 0x10000 + DATA as u64 + 0x80;
    let written: Vec<u64> = (0..4).map(|index| long(&image, place as usize + index * 8)).collect();
    assert_eq!(written, [0x10020, table + 1, 0x7777, table]);
}

#[test]
fn a_variable_that_nobody_defined_is_named() {
    let mut file = File::new();
    file.relocate(DATA as u64, 3, 3, 0);
    let code = CodeObject::parse(&file.0).expect("a code object");
    let refusal = code.image(0x10000, |_| None).expect_err("it needs UNDEF");
    assert_eq!(refusal.error, Error::VariableUndefined);
    assert!(refusal.reason.contains("UNDEF"), "{}", refusal.reason);
}

#[test]
fn relocations_that_make_no_sense_are_refused() {
    for (place, symbol, kind) in
        [(MEMORY - 7, 0, 13), (u64::MAX, 0, 13), (DATA as u64, 0, 3), (DATA as u64, 2, 9)]
    {
        let mut file = File::new();
        file.relocate(place, symbol, kind, 0);
        assert_eq!(
            load(&file).expect_err("nonsense").error,
            Error::InvalidCodeObject,
            "{place:#x} {symbol} {kind}"
        );
    }
    let mut file = File::new();
    file.relocate(DATA as u64, 77, 3, 0);
    assert_eq!(file.refusal().error, Error::InvalidCodeObject);
}

#[test]
fn files_that_are_no_code_objects_are_refused_with_the_reason() {
    /// Where, what, and a word of the reason.
    const CHANGES: &[(usize, &[u8], &str)] = &[
        (0, b"\x7fELG", "header"),
        (4, &[1], "64 bits"),
        (5, &[2], "big-endian"),
        (18, &[62], "machine"),
        (7, &[0], "HSA"),
        (8, &[0], "version"),
        (8, &[5], "version"),
        (48, &[0x27], "processor"),
        (40, &[0xff; 8], "section headers"),
        (0x40, &[0], "nothing to load"),
        (0x40 + 8, &[0xff; 8], "segment"),
        (0x40 + 16, &[0xff; 8], "segment"),
        (0x40 + 32, &[0xff; 8], "segment"),
        (DYNSYM + 24 + 8, &[0xff; 8], "symbol"),
        (DYNSYM + 24, &[0xff; 4], "name"),
        (DYNSTR + 1, &[0xff], "UTF-8"),
    ];
    for (at, bytes, word) in CHANGES {
        let mut file = File::new();
        file.bytes(*at, bytes);
        let refusal = file.refusal();
        assert!(refusal.reason.contains(word), "{at:#x}: {}", refusal.reason);
    }
}

#[test]
fn no_file_that_is_cut_short_or_damaged_is_read_out_of_bounds() {
    let mut file = File::new();
    file.relocate(DATA as u64, 2, 3, 0);
    for length in 0..FILE {
        let _ = CodeObject::parse(&file.0[..length]).and_then(|code| code.image(0x10000, |_| Some(1)));
    }
    for at in 0..FILE {
        for damage in [0x00, 0x7f, 0x80, 0xff] {
            let whole = std::mem::replace(&mut file.0[at], damage);
            let parsed = CodeObject::parse(&file.0);
            // Sizes that no memory has are the allocator's to refuse; here they would only take time.
            if let Some(code) = parsed.ok().filter(|code| code.size() < 1 << 20) {
                let _ = code.image(0x10000, |_| Some(1));
            }
            file.0[at] = whole;
        }
    }
}
