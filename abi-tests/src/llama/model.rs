//! A llama model of random weights and a vocabulary of bytes: small enough for a simulated GPU, and whole enough that
//! llama.cpp takes it for a model.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use super::gguf::Gguf;

/// Numbers of an attention head: the fewest that the GPU's attention kernels know.
const HEAD: u32 = 64;
const LAYERS: u32 = 2;
/// Tokens that a model may look back to.
const CONTEXT: u32 = 256;

/// The kinds of token of llama.cpp's `llama_token_type`.
const NORMAL: i32 = 1;
const UNKNOWN: i32 = 2;
const CONTROL: i32 = 3;
const BYTE: i32 = 6;

/// Writes a model whose tokens are `width` numbers each, a multiple of 64: the same one for the same seed, which is not 0.
///
/// # Errors
/// The file's.
pub fn write(width: u32, seed: u64, file: &Path) -> io::Result<()> {
    let mut model = Gguf::default();
    let words = vocabulary(&mut model);
    shape(&mut model, width, words);
    weights(&mut model, width, words, Noise(seed));
    let mut file = BufWriter::new(File::create(file)?);
    model.write(&mut file)?;
    file.flush()
}

fn shape(model: &mut Gguf, width: u32, words: u32) {
    model.tell("general.architecture", "llama");
    model.tell("general.name", "random");
    model.tell("llama.context_length", CONTEXT);
    model.tell("llama.embedding_length", width);
    model.tell("llama.block_count", LAYERS);
    model.tell("llama.feed_forward_length", 2 * width);
    model.tell("llama.attention.head_count", width / HEAD);
    model.tell("llama.attention.head_count_kv", width / HEAD);
    model.tell("llama.attention.layer_norm_rms_epsilon", 1e-5_f32);
    model.tell("llama.rope.dimension_count", HEAD);
    model.tell("llama.vocab_size", words);
}

/// Tells the vocabulary, and returns how many words it has: three that stand for no text, one for each byte, and short pieces.
fn vocabulary(model: &mut Gguf) -> u32 {
    let mut tokens = vec!["<unk>".to_owned(), "<s>".to_owned(), "</s>".to_owned()];
    let mut kinds = vec![UNKNOWN, CONTROL, CONTROL];
    tokens.extend((0..=255_u8).map(|byte| format!("<0x{byte:02X}>")));
    kinds.resize(tokens.len(), BYTE);
    // Llama's vocabularies write a space as U+2581.
    let letters = (b'!'..=b'~').map(|letter| char::from(letter).to_string());
    let words = (b'a'..=b'z').map(|letter| format!("\u{2581}{}", char::from(letter)));
    tokens.extend(["\u{2581}".to_owned()].into_iter().chain(letters).chain(words));
    kinds.resize(tokens.len(), NORMAL);
    let scores: Vec<f32> = (0..tokens.len()).map(|token| -(token as f32)).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    model.tell("tokenizer.ggml.model", "llama");
    model.tell("tokenizer.ggml.tokens", tokens.as_slice());
    model.tell("tokenizer.ggml.scores", scores.as_slice());
    model.tell("tokenizer.ggml.token_type", kinds.as_slice());
    model.tell("tokenizer.ggml.unknown_token_id", 0_u32);
    model.tell("tokenizer.ggml.bos_token_id", 1_u32);
    model.tell("tokenizer.ggml.eos_token_id", 2_u32);
    tokens.len() as u32
}

fn weights(model: &mut Gguf, width: u32, words: u32, mut noise: Noise) {
    let (width, inner, words) = (u64::from(width), u64::from(2 * width), u64::from(words));
    let mut matrix = |model: &mut Gguf, name: &str, from: u64, to: u64| {
        // Outputs are as large as inputs, whatever the number of columns.
        let scale = (3.0 / from as f32).sqrt();
        model.tensor(name, &[from, to], std::iter::repeat_with(|| scale * noise.next()));
    };
    let ones = |model: &mut Gguf, name: &str| model.tensor(name, &[width], std::iter::repeat(1.0));
    matrix(model, "token_embd.weight", width, words);
    for layer in 0..LAYERS {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        ones(model, &name("attn_norm"));
        for part in ["attn_q", "attn_k", "attn_v", "attn_output"] {
            matrix(model, &name(part), width, width);
        }
        ones(model, &name("ffn_norm"));
        matrix(model, &name("ffn_gate"), width, inner);
        matrix(model, &name("ffn_up"), width, inner);
        matrix(model, &name("ffn_down"), inner, width);
    }
    ones(model, "output_norm.weight");
    matrix(model, "output.weight", width, words);
}

/// Numbers between -1 and 1: xorshift64*, whose upper bits are good enough for weights.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        bits as f32 / (1 << 23) as f32 - 1.0
    }
}
