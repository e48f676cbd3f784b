//! Every instruction of gfx1100 that the known programs use, by itself: a snippet of assembler runs, and what it
//! leaves is compared with a definition of the test's own. `INSTRUCTIONS.md` lists which test runs which mnemonic;
//! `SIMGPU_WRITE_TABLE=1` writes it anew.
#![forbid(unsafe_code)]

mod approximate;
mod assemble;
mod atomics;
mod compare;
mod control;
mod dual;
mod floats;
mod forms;
mod gfx10;
mod half;
mod ieee;
mod images;
mod integers;
mod lanes;
mod levels;
mod matrix;
mod media;
mod memory;
mod modes;
mod scalar;
mod table;
mod vector;
