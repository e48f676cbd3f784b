//! The face under programs: the host's own, and this one itself.

mod devices;
mod machine;
mod paths;
