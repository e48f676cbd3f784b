//! Instructions: words of a code object in, [`Inst`] out, and LLVM's text of it.
//!
//! Every encoding has a table ([`table`]): one row an operation, with its opcode in each generation and the operands in
//! the order LLVM writes them. Decoding is the same for all: find the encoding by its leading bits, the row by its opcode,
//! then read one field an operand. What no row names, and what LLVM's disassembler refuses, is [`Illegal`].
#![forbid(unsafe_code)]

mod decode;
mod inst;
mod operand;
pub mod table;
#[cfg(test)]
mod tests;
mod text;

pub use decode::decode;
pub use inst::{Dpp, Encoding, Illegal, Inst, Memory, Modifiers, Pair, Sdwa, Target};
pub use operand::{Half, Operand, Reg};
pub use table::op::Op;
