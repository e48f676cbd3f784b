//! A machine description becomes a tree.
