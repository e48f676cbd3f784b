//! Waves and workgroups: what instructions do.
