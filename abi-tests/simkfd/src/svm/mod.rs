//! SVM ranges: attributes of the caller's own address space are kept, checked and told, and it is told where its pages
//! would be. Mirrors the ioctl half of amdkfd/kfd_svm.c. Touches nothing but memory.
#![forbid(unsafe_code)]

mod attributes;
mod ioctls;
mod migrate;
mod ranges;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use ioctls::{serve, set_attributes, set_xnack_mode, summarize, validate};
pub(crate) use ranges::Ranges;
