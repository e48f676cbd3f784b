//! Instructions: how words of a code object are read, for each generation.
#![forbid(unsafe_code)]
