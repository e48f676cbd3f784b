//! Writes GGUF files, as far as a model of 32-bit floats needs it: ggml's docs/gguf.md, version 3.

use std::io::{self, Write};

/// Where tensors begin, and each of them: the format's default when `general.alignment` is not told.
const ALIGNMENT: usize = 32;

/// A model before it is written: what is known of it, and its tensors.
#[derive(Default)]
pub struct Gguf {
    facts: Vec<u8>,
    facts_count: u64,
    tensors: Vec<u8>,
    tensors_count: u64,
    data: Vec<u8>,
}

/// A value of the metadata; each with the number that the format gives its type.
pub trait Value {
    /// The type's number.
    const TYPE: u32;
    /// Appends the value.
    fn put(&self, to: &mut Vec<u8>);
}

impl Value for u32 {
    const TYPE: u32 = 4;
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
}

impl Value for i32 {
    const TYPE: u32 = 5;
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
}

impl Value for f32 {
    const TYPE: u32 = 6;
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
}

impl Value for &str {
    const TYPE: u32 = 8;
    fn put(&self, to: &mut Vec<u8>) {
        to.extend((self.len() as u64).to_le_bytes());
        to.extend(self.as_bytes());
    }
}

impl<V: Value> Value for &[V] {
    const TYPE: u32 = 9;
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(V::TYPE.to_le_bytes());
        to.extend((self.len() as u64).to_le_bytes());
        self.iter().for_each(|value| value.put(to));
    }
}

impl Gguf {
    /// Tells something of the model.
    pub fn tell(&mut self, key: &str, value: impl Value) {
        fn put<V: Value>(value: &V, to: &mut Vec<u8>) {
            to.extend(V::TYPE.to_le_bytes());
            value.put(to);
        }
        key.put(&mut self.facts);
        put(&value, &mut self.facts);
        self.facts_count += 1;
    }

    /// Adds a tensor of 32-bit floats; `shape` is innermost first, as the format has it.
    pub fn tensor(&mut self, name: &str, shape: &[u64], values: impl Iterator<Item = f32>) {
        const F32: u32 = 0;
        name.put(&mut self.tensors);
        self.tensors.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|dimension| self.tensors.extend(dimension.to_le_bytes()));
        self.tensors.extend(F32.to_le_bytes());
        self.tensors.extend((self.data.len() as u64).to_le_bytes());
        self.tensors_count += 1;
        let count = shape.iter().product::<u64>() as usize;
        values.take(count).for_each(|value| value.put(&mut self.data));
        self.data.resize(self.data.len().next_multiple_of(ALIGNMENT), 0);
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut head = Vec::from(*b"GGUF");
        head.extend(3_u32.to_le_bytes());
        head.extend(self.tensors_count.to_le_bytes());
        head.extend(self.facts_count.to_le_bytes());
        head.extend(&self.facts);
        head.extend(&self.tensors);
        head.resize(head.len().next_multiple_of(ALIGNMENT), 0);
        to.write_all(&head)?;
        to.write_all(&self.data)
    }
}
