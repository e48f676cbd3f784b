//! A shared object's dynamic section and symbols, read from the file: nothing of it is executed.

use std::{fs, path::Path};

use object::{
    Endianness,
    elf::{self, FileHeader64},
    read::elf::{Dyn as _, FileHeader as _, SectionTable, Sym as _, VersionTable},
};

/// A dynamic symbol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its version node, for example `ROCR_1`; none when unversioned.
    pub version: Option<String>,
    /// Its place in the library; two names of one function share it.
    pub address: u64,
    /// Bytes; functions have their code's.
    pub size: u64,
    /// Whether it is data.
    pub object: bool,
    /// Whether only a definition elsewhere is asked for, and none is needed (weak).
    pub weak: bool,
}

/// What the dynamic linker is told of a library or a program.
#[derive(Debug, Default)]
pub struct Library {
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in order.
    pub needed: Vec<String>,
    /// `DT_FLAGS_1`: `DF_1_NODELETE` and others.
    pub flags_1: u64,
    /// `DT_INIT_ARRAYSZ`: bytes of pointers to code that runs at load time.
    pub init_array_size: u64,
    /// What it defines, the absolute symbols named after version nodes left out.
    pub exports: Vec<Symbol>,
    /// What it wants from others.
    pub imports: Vec<Symbol>,
}

type Header = FileHeader64<Endianness>;

/// Reads a 64-bit ELF file.
///
/// # Panics
/// When the file is not there or is no such file: every caller's test is about it.
pub fn read(path: &Path) -> Library {
    let data = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parse(&data).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn parse(data: &[u8]) -> Result<Library, object::Error> {
    let header = Header::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let mut library = Library::default();
    read_dynamic(&mut library, endian, data, &sections)?;
    read_symbols(&mut library, endian, data, &sections)?;
    Ok(library)
}

fn read_dynamic(
    library: &mut Library,
    endian: Endianness,
    data: &[u8],
    sections: &SectionTable<'_, Header>,
) -> Result<(), object::Error> {
    let Some((entries, strings)) = sections.dynamic(endian, data)? else { return Ok(()) };
    let strings = sections.strings(endian, data, strings)?;
    for entry in entries {
        let text = || entry.string(endian, strings).map(|s| String::from_utf8_lossy(s).into_owned());
        match entry.tag32(endian) {
            Some(elf::DT_SONAME) => library.soname = Some(text()?),
            Some(elf::DT_NEEDED) => library.needed.push(text()?),
            Some(elf::DT_FLAGS_1) => library.flags_1 = entry.d_val(endian),
            Some(elf::DT_INIT_ARRAYSZ) => library.init_array_size = entry.d_val(endian),
            _ => {}
        }
    }
    Ok(())
}

fn read_symbols(
    library: &mut Library,
    endian: Endianness,
    data: &[u8],
    sections: &SectionTable<'_, Header>,
) -> Result<(), object::Error> {
    let symbols = sections.symbols(endian, data, elf::SHT_DYNSYM)?;
    let versions = sections.versions(endian, data)?;
    for (index, symbol) in symbols.enumerate() {
        let name = String::from_utf8_lossy(symbol.name(endian, symbols.strings())?).into_owned();
        if name.is_empty() || symbol.st_bind() == elf::STB_LOCAL {
            continue;
        }
        let read = Symbol {
            name,
            version: version_of(versions.as_ref(), endian, index)?,
            address: symbol.st_value(endian),
            size: symbol.st_size(endian),
            object: symbol.st_type() == elf::STT_OBJECT,
            weak: symbol.st_bind() == elf::STB_WEAK,
        };
        match symbol.st_shndx(endian) {
            elf::SHN_UNDEF => library.imports.push(read),
            elf::SHN_ABS if read.version.as_ref() == Some(&read.name) => {}
            _ => library.exports.push(read),
        }
    }
    Ok(())
}

fn version_of(
    versions: Option<&VersionTable<'_, Header>>,
    endian: Endianness,
    index: object::SymbolIndex,
) -> Result<Option<String>, object::Error> {
    let Some(versions) = versions else { return Ok(None) };
    let version = versions.version(versions.version_index(endian, index))?;
    Ok(version.map(|v| String::from_utf8_lossy(v.name()).into_owned()))
}
