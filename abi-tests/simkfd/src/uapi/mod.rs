//! The kernel's headers once more.
