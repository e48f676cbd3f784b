//! Simulated amdkfd.
