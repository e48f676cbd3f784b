//! The LD_PRELOAD face.
