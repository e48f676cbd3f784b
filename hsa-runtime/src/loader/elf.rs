//! ELF files of GPUs, as far as loading needs them.
//!
//! Pure, over the crate `object`, which reads in bounds and trusts nothing. Little endian and 64 bits wide whatever the
//! host is, since the GPU is. Answers to the gABI and to upstream's `amd_elf_image.cpp`.
#![forbid(unsafe_code)]

use object::{
    LittleEndian as LE,
    elf::{
        EM_AMDGPU, FileHeader64, PT_LOAD, ProgramHeader64, Rela64, SHF_WRITE, SHN_UNDEF, SHT_DYNSYM,
        SHT_NULL, SHT_RELA, SHT_SYMTAB, STB_LOCAL, Sym64,
    },
    read::{
        StringTable,
        elf::{FileHeader, ProgramHeader, Rela, SectionHeader, SectionTable, Sym, SymbolTable},
    },
};

/// ELFOSABI_AMDGPU_HSA.
const OS_ABI: u8 = 64;

/// Why the bytes are no code object: for one line to the user.
pub type Malformed = &'static str;

/// A file whose header is that of a code object.
pub struct Image<'data> {
    bytes: &'data [u8],
    header: &'data FileHeader64<LE>,
    sections: SectionTable<'data, FileHeader64<LE>>,
}

/// A part of the file that is to be in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'data> {
    /// Address that the file was linked for.
    pub address: u64,
    /// Bytes in memory; those that the file does not have are zero.
    pub size: u64,
    /// Where the bytes stand in the file.
    pub offset: u64,
    /// The bytes that the file has, `size` of them or fewer.
    pub bytes: &'data [u8],
}

/// A symbol that is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol<'data> {
    /// Name.
    pub name: &'data str,
    /// Address that the file was linked for.
    pub address: u64,
    /// Bytes.
    pub size: u64,
    /// STT_OBJECT and others.
    pub kind: u8,
    /// STB_GLOBAL and others.
    pub binding: u8,
    /// Alignment of its section in bytes.
    pub alignment: u64,
    /// Whether its section may be written.
    pub writable: bool,
}

/// A place that has to be changed because the code is not where it was linked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocation<'data> {
    /// The place, as an address that the file was linked for.
    pub place: u64,
    /// R_AMDGPU_ABS64 and others.
    pub kind: u32,
    /// Added to the symbol's value, or to the address of the code.
    pub addend: i64,
    /// The symbol that it names; `None` for symbol 0.
    pub target: Option<Target<'data>>,
}

/// What a relocation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'data> {
    /// Name.
    pub name: &'data str,
    /// Its value, where it is in this file.
    pub address: Option<u64>,
}

impl<'data> Image<'data> {
    /// Reads the header.
    ///
    /// # Errors
    /// What of it is not as a GPU's code object has it.
    pub fn parse(bytes: &'data [u8]) -> Result<Self, Malformed> {
        let header =
            FileHeader64::<LE>::parse(bytes).map_err(|_| "it has no header of an ELF file of 64 bits")?;
        if !header.is_little_endian() {
            return Err("it is an ELF file of big-endian words");
        }
        if header.e_machine(LE) != EM_AMDGPU {
            return Err("it is an ELF file of another machine");
        }
        if header.e_ident().os_abi != OS_ABI {
            return Err("its OS ABI is not that of HSA");
        }
        let sections =
            header.section_headers(LE, bytes).map_err(|_| "its section headers are not in the file")?;
        // Nobody asks for the sections' names.
        let sections = SectionTable::new(sections, StringTable::default());
        Ok(Self { bytes, header, sections })
    }

    /// The version of the ABI that the header names, 0 for code objects of version 2.
    #[must_use]
    pub fn abi_version(&self) -> u8 {
        self.header.e_ident().abi_version
    }

    /// The flags of the header.
    #[must_use]
    pub fn flags(&self) -> u32 {
        self.header.e_flags(LE)
    }

    /// The loadable segments, as they stand in the file.
    ///
    /// # Errors
    /// If one of them is not in the file, or has more bytes there than in memory.
    pub fn segments(&self) -> Result<Vec<Segment<'data>>, Malformed> {
        let headers = self
            .header
            .program_headers(LE, self.bytes)
            .map_err(|_| "its program headers are not in the file")?;
        headers
            .iter()
            .filter(|header| header.p_type(LE) == PT_LOAD)
            .map(|header| self.segment(header))
            .collect()
    }

    fn segment(&self, header: &ProgramHeader64<LE>) -> Result<Segment<'data>, Malformed> {
        let bytes = header.data(LE, self.bytes).map_err(|()| "a segment is not in the file")?;
        let size = header.p_memsz(LE);
        if bytes.len() as u64 > size {
            return Err("a segment has more bytes in the file than in memory");
        }
        Ok(Segment { address: header.p_vaddr(LE), size, offset: header.p_offset(LE), bytes })
    }

    /// The defined symbols, of the full table or, in stripped files, of the dynamic one: those that others can name, or
    /// with `locals` all.
    ///
    /// # Errors
    /// If the table or a name is not in the file.
    pub fn symbols(&self, locals: bool) -> Result<Vec<Symbol<'data>>, Malformed> {
        let full = self.symbol_table(SHT_SYMTAB)?;
        let table = if full.is_empty() { self.symbol_table(SHT_DYNSYM)? } else { full };
        table
            .iter()
            .filter(|symbol| locals || symbol.st_bind() != STB_LOCAL)
            .filter(|symbol| symbol.st_shndx(LE) != SHN_UNDEF)
            .map(|symbol| self.symbol(&table, symbol))
            .collect()
    }

    fn symbol(
        &self,
        table: &SymbolTable<'data, FileHeader64<LE>>,
        symbol: &Sym64<LE>,
    ) -> Result<Symbol<'data>, Malformed> {
        // An absolute or common symbol has no section.
        let section = self.sections.section(object::SectionIndex(usize::from(symbol.st_shndx(LE)))).ok();
        Ok(Symbol {
            name: name(table, symbol)?,
            address: symbol.st_value(LE),
            size: symbol.st_size(LE),
            kind: symbol.st_type(),
            binding: symbol.st_bind(),
            alignment: section.map_or(0, |section| section.sh_addralign(LE)),
            writable: section.is_some_and(|section| section.sh_flags(LE) & u64::from(SHF_WRITE) != 0),
        })
    }

    /// What is to be relocated when the code is loaded. Relocations that name a section are the linker's, which has
    /// applied them already (`--emit-relocs`).
    ///
    /// # Errors
    /// If a table, a symbol or a name is not in the file.
    pub fn relocations(&self) -> Result<Vec<Relocation<'data>>, Malformed> {
        let table = self.symbol_table(SHT_DYNSYM)?;
        let mut relocations = Vec::new();
        for section in self.sections.iter().filter(|section| section.sh_type(LE) == SHT_RELA) {
            if self.is_of_a_section(section.sh_info(LE)) {
                continue;
            }
            let entries = section.rela(LE, self.bytes).map_err(|_| "its relocations are not in the file")?;
            let Some((entries, _)) = entries else { continue };
            for entry in entries {
                relocations.push(relocation(&table, entry)?);
            }
        }
        Ok(relocations)
    }

    fn is_of_a_section(&self, index: u32) -> bool {
        let section = self.sections.section(object::SectionIndex(index as usize));
        index != 0 && section.is_ok_and(|section| section.sh_type(LE) != SHT_NULL)
    }

    fn symbol_table(&self, kind: u32) -> Result<SymbolTable<'data, FileHeader64<LE>>, Malformed> {
        self.sections.symbols(LE, self.bytes, kind).map_err(|_| "its symbols are not in the file")
    }
}

fn name<'data>(
    table: &SymbolTable<'data, FileHeader64<LE>>,
    symbol: &Sym64<LE>,
) -> Result<&'data str, Malformed> {
    let bytes = table.symbol_name(LE, symbol).map_err(|_| "a symbol's name is not in the file")?;
    std::str::from_utf8(bytes).map_err(|_| "a symbol's name is not UTF-8")
}

fn relocation<'data>(
    table: &SymbolTable<'data, FileHeader64<LE>>,
    entry: &Rela64<LE>,
) -> Result<Relocation<'data>, Malformed> {
    let target = match entry.symbol(LE, false) {
        None => None,
        Some(index) => {
            let symbol = table.symbol(index).map_err(|_| "a relocation names a symbol that is not there")?;
            let address = (symbol.st_shndx(LE) != SHN_UNDEF).then(|| symbol.st_value(LE));
            Some(Target { name: name(table, symbol)?, address })
        }
    };
    Ok(Relocation {
        place: entry.r_offset(LE),
        kind: entry.r_type(LE, false),
        addend: entry.r_addend(LE),
        target,
    })
}
