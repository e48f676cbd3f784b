//! What libc tells of the machine as a whole: processors and memory. Unsafe: C signatures.

use super::hooks;
use crate::entry;
use crate::next;
use libc::{c_int, c_long};

hooks! {
    /// get_nprocs(3)
    fn get_nprocs() -> c_int { processors().unwrap_or_else(|| next::get_nprocs()) }
    /// get_nprocs_conf(3)
    fn get_nprocs_conf() -> c_int { processors().unwrap_or_else(|| next::get_nprocs_conf()) }
    /// sysconf(3)
    fn sysconf(name: c_int) -> c_long {
        match name {
            libc::_SC_NPROCESSORS_ONLN | libc::_SC_NPROCESSORS_CONF => processors().map(c_long::from),
            libc::_SC_PHYS_PAGES => total_bytes().map(|bytes| bytes as c_long / next::sysconf(libc::_SC_PAGESIZE)),
            _ => None,
        }
        .unwrap_or_else(|| next::sysconf(name))
    }
    /// sysconf(3), as C++ libraries of Debian call it
    fn __sysconf(name: c_int) -> c_long { sysconf(name) }
    /// sysinfo(2)
    fn sysinfo(info: *mut libc::sysinfo) -> c_int {
        let result = next::sysinfo(info);
        if result == 0 {
            correct(&mut *info);
        }
        result
    }
}

fn processors() -> Option<c_int> {
    entry::enter()?.processors().and_then(|count| count.try_into().ok())
}

fn total_bytes() -> Option<u64> {
    entry::enter()?.facts.memory.total_bytes
}

/// The machine's memory in place of the host's; no more of it free than there is.
fn correct(info: &mut libc::sysinfo) {
    if let Some(bytes) = total_bytes() {
        info.totalram = bytes / u64::from(info.mem_unit.max(1));
        info.freeram = info.freeram.min(info.totalram);
    }
}
