//! One line an ioctl.
