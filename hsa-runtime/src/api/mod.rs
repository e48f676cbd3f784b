//! The entries: one function an entry, which validates, looks handles up and calls the rooms below. Named by the
//! lists in `table`; `table`'s documentation tells how to add one.
#![forbid(unsafe_code)]

mod missing;

pub use self::missing::missing;
