//! Limits of this process and system that GPUs' programs run into.
//!
//! Touches the process's limits and files. Answers to getrlimit(2) and proc(5).
#![forbid(unsafe_code)]

use super::size;
use crate::finding::{Check, Finding};
use nix::{
    sys::{
        resource::{RLIM_INFINITY, Resource, getrlimit},
        statvfs::statvfs,
    },
    unistd::{SysconfVar, sysconf},
};

/// GPUs' addresses are reserved among the process's: half of a 48-bit space must be free to choose from.
const ADDRESSES: u64 = 1 << 47;
/// A process with a few GPUs and libraries has as many files.
const FILES: u64 = 1024;
/// What Docker gives, and libraries of several processes find too little.
const SHARED: u64 = 64 << 20;
/// Below this, memory that other drivers are to reach (RDMA, UCX, io_uring) cannot be locked.
const LOCKED: u64 = 1 << 30;

/// All limits.
pub fn check() -> Vec<Finding> {
    let mut findings = vec![
        limit(Resource::RLIMIT_AS, "address space", ADDRESSES, size, Finding::error, "ulimit -v unlimited"),
        limit(
            Resource::RLIMIT_NOFILE,
            "open files",
            FILES,
            |count| count.to_string(),
            Finding::warning,
            "ulimit -n 65536, or LimitNOFILE= of the service",
        ),
        limit(
            Resource::RLIMIT_MEMLOCK,
            "locked memory",
            LOCKED,
            size,
            |check, subject, text, remedy| Finding::note(check, subject, text).with(remedy),
            "ulimit -l unlimited where RDMA or UCX is used; GPUs alone do without",
        ),
    ];
    findings.extend(shared_memory());
    findings.extend(page_size());
    findings
}

fn limit(
    resource: Resource,
    name: &str,
    least: u64,
    show: fn(u64) -> String,
    otherwise: fn(Check, String, String, String) -> Finding,
    remedy: &str,
) -> Finding {
    let subject = name.to_owned();
    match getrlimit(resource) {
        Ok((RLIM_INFINITY, _)) => Finding::ok(Check::Limit, subject, "no limit"),
        Ok((soft, _)) if soft >= least => Finding::ok(Check::Limit, subject, show(soft)),
        Ok((soft, _)) => {
            let text = format!("limited to {}, {} are wanted", show(soft), show(least));
            otherwise(Check::Limit, subject, text, remedy.to_owned())
        }
        Err(errno) => Finding::note(Check::Limit, subject, errno.desc()),
    }
}

fn shared_memory() -> Option<Finding> {
    let folder = statvfs("/dev/shm").ok()?;
    let bytes = folder.blocks() * folder.fragment_size();
    (bytes <= SHARED).then(|| {
        let text = format!("{}: libraries for several GPUs (RCCL) want more", size(bytes));
        Finding::note(Check::Limit, "/dev/shm", text).with("--shm-size 8g, or --ipc=host, for the container")
    })
}

fn page_size() -> Option<Finding> {
    let bytes = sysconf(SysconfVar::PAGE_SIZE).ok().flatten()?;
    (bytes != 4096).then(|| {
        let text = format!("{} KiB: libraries before ROCm 6.1 take them for 4 KiB", bytes >> 10);
        Finding::note(Check::Limit, "pages", text)
    })
}
