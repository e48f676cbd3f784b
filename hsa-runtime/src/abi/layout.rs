//! Sizes that C and the hardware rely on.
