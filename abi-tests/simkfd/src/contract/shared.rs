//! A buffer object as processes tell each other of it. Every process has a simulated kernel of its own; what a
//! dma-buf's descriptor stands for goes with the descriptor, as a line of text. Pure.
#![forbid(unsafe_code)]

/// First word of the line; the number is the format's version.
const MAGIC: &str = "simkfd-dmabuf-2";

/// Where shared memory lies: in a file of the machine's, from a byte offset on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name: letters, digits and hyphens.
    pub file: String,
    /// Byte offset.
    pub offset: u64,
}

/// A buffer object of another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedBuffer {
    /// Its memory.
    pub place: Place,
    /// Index of the GPU node that it was allocated on.
    pub gpu: u64,
    /// Bytes.
    pub size: u64,
    /// KFD_IOC_ALLOC_MEM_FLAGS_*
    pub alloc_flags: u64,
    /// AMDGPU_GEM_DOMAIN_*
    pub domains: u64,
    /// AMDGPU_GEM_CREATE_*
    pub create_flags: u64,
}

impl SharedBuffer {
    /// The line.
    pub fn to_line(&self) -> String {
        let numbers =
            [self.place.offset, self.gpu, self.size, self.alloc_flags, self.domains, self.create_flags];
        let numbers: Vec<String> = numbers.iter().map(|number| format!("{number:x}")).collect();
        format!("{MAGIC} {} {}\n", self.place.file, numbers.join(" "))
    }

    /// Reads such a line. `None` for any other text.
    pub fn from_line(line: &str) -> Option<SharedBuffer> {
        let mut words = line.strip_suffix('\n')?.split(' ');
        let file = words.next().filter(|magic| *magic == MAGIC).and_then(|_| words.next())?;
        // It becomes part of a path.
        if !file.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return None;
        }
        let mut number = || u64::from_str_radix(words.next()?, 16).ok();
        let place = Place { file: file.to_owned(), offset: number()? };
        let (gpu, size, alloc_flags) = (number()?, number()?, number()?);
        let (domains, create_flags) = (number()?, number()?);
        Some(SharedBuffer { place, gpu, size, alloc_flags, domains, create_flags })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer() -> SharedBuffer {
        SharedBuffer {
            place: Place { file: "memory-7-0".into(), offset: 0x10000 },
            gpu: 1,
            size: 4096,
            alloc_flags: 2,
            domains: 4,
            create_flags: 1,
        }
    }

    #[test]
    fn a_buffer_survives_its_line() {
        assert_eq!(SharedBuffer::from_line(&buffer().to_line()), Some(buffer()));
    }

    #[test]
    fn other_texts_are_no_buffers() {
        let line = buffer().to_line();
        let elsewhere = line.replace("memory-7-0", "../../etc/passwd");
        for text in
            ["", "\n", "simkfd-dmabuf-2 x 1\n", line.trim_end(), &elsewhere, &line.replace("-2 ", "-3 ")]
        {
            assert_eq!(SharedBuffer::from_line(text), None, "{text}");
        }
    }
}
