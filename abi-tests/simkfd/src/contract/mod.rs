//! The kernel's rules, pure; errors as errno.
