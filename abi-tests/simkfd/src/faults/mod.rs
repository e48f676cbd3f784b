//! The fault plan.
