//! Device files of the machine, as a process of its own uses them: this test program starts itself on the machine
//! with one of the `client_*` functions. Unsafe: the clients are libc calls.

use crate::machine::{Machine, Run};
use libc::{c_int, c_ulong};
use simkfd::uapi::kfd::{kfd_event_data, kfd_ioctl_create_event_args, kfd_ioctl_wait_events_args};
use simkfd::uapi::layout::{Layout, Plain};
use simkfd::uapi::table;
use std::ffi::CStr;
use std::{fs, io, mem};

const GET_VERSION: u8 = 0x01;
const CREATE_EVENT: u8 = 0x08;
const WAIT_EVENTS: u8 = 0x0c;
/// 'K' 0xf0, which amdkfd does not have.
const UNKNOWN: c_ulong = 0x4bf0;
const KFD: &CStr = c"/dev/kfd";

/// Starts one of the clients; its words stand on standard error, where libtest writes nothing.
fn client(machine: &Machine, name: &str) -> Run {
    let program = std::env::current_exe().expect("own path").display().to_string();
    machine.run(&[&program, "--ignored", "--exact", name, "--nocapture"])
}

fn open(path: &CStr) -> c_int {
    // SAFETY: the path is NUL-terminated.
    unsafe { libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) }
}

fn request(nr: u8) -> c_ulong {
    table::kfd(nr).expect("in the table").kfd_request().into()
}

/// An ioctl with a zeroed argument: its result, or the errno.
fn ioctl(fd: c_int, nr: u8) -> Result<c_int, i32> {
    ioctl_of(fd, request(nr))
}

fn ioctl_of(fd: c_int, request: c_ulong) -> Result<c_int, i32> {
    let mut argument = [0u64; 8];
    // SAFETY: no request of these tests has an argument of more than 64 bytes.
    match unsafe { libc::ioctl(fd, request, argument.as_mut_ptr()) } {
        -1 => Err(io::Error::last_os_error().raw_os_error().unwrap_or(0)),
        result => Ok(result),
    }
}

#[test]
#[ignore = "a client"]
fn client_opens() {
    let fd = open(KFD);
    // SAFETY: a descriptor, and a struct with room for the answer.
    let stat = unsafe {
        let mut stat: libc::stat = mem::zeroed();
        assert_eq!(libc::fstat(fd, &mut stat), 0);
        stat
    };
    eprintln!("character device {}", stat.st_mode & libc::S_IFMT == libc::S_IFCHR);
    // SAFETY: a descriptor.
    let duplicate = unsafe { libc::dup(fd) };
    // SAFETY: a descriptor.
    unsafe { libc::close(fd) };
    eprintln!("duplicate {:?}", ioctl(duplicate, GET_VERSION));
    // SAFETY: the address is bad on purpose: the kernel has to notice.
    let bad = unsafe { libc::ioctl(duplicate, request(GET_VERSION), 16usize) };
    eprintln!("bad address {bad} {}", io::Error::last_os_error());
    eprintln!("unknown {:?}", ioctl_of(duplicate, UNKNOWN) == Err(libc::ENOTTY));
    // SAFETY: a descriptor.
    unsafe { libc::close(duplicate) };
    eprintln!("closed {:?}", ioctl(duplicate, GET_VERSION) == Err(libc::EBADF));
}

#[test]
fn a_device_file_is_known_by_any_descriptor_until_the_last_is_closed() {
    let machine = Machine::new();
    let run = client(&machine, "devices::client_opens");
    for line in [
        "character device true",
        "duplicate Ok(0)",
        "bad address -1 Bad address",
        "unknown true",
        "closed true",
    ] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
}

#[test]
#[ignore = "a client"]
fn client_reads_and_writes() {
    let fd = open(KFD);
    let mut byte = 0u8;
    let buffer = (&raw mut byte).cast();
    let errno = |failed: bool| if failed { io::Error::last_os_error().raw_os_error() } else { None };
    // SAFETY: a descriptor, and a buffer of one byte.
    unsafe {
        eprintln!("read {:?}", errno(libc::read(fd, buffer, 1) == -1) == Some(libc::EINVAL));
        eprintln!("write {:?}", errno(libc::write(fd, buffer, 1) == -1) == Some(libc::EINVAL));
        eprintln!("seek {:?}", errno(libc::lseek(fd, 0, libc::SEEK_SET) == -1) == Some(libc::ESPIPE));
        let (read_only, closed) = (libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY), 900);
        eprintln!("another file {:?}", errno(libc::write(read_only, buffer, 1) == -1) == Some(libc::EBADF));
        eprintln!("no file {:?}", errno(libc::read(closed, buffer, 1) == -1) == Some(libc::EBADF));
    }
}

#[test]
fn the_kfd_file_is_no_stream() {
    let run = client(&Machine::new(), "devices::client_reads_and_writes");
    for line in ["read true", "write true", "seek true", "another file true", "no file true"] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
}

#[test]
#[ignore = "a client"]
fn client_forks() {
    let fd = open(KFD);
    assert_eq!(ioctl(fd, GET_VERSION), Ok(0));
    // SAFETY: the child calls nothing that another thread of the parent may hold a lock of but stdio, which libtest
    // runs this alone with.
    let child = unsafe { libc::fork() };
    if child == 0 {
        eprintln!("inherited {:?}", ioctl(fd, GET_VERSION) == Err(libc::EBADF));
        eprintln!("fresh {:?}", ioctl(open(KFD), GET_VERSION));
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: waits for the child made above.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    eprintln!("parent {:?}", ioctl(fd, GET_VERSION));
}

#[test]
fn a_forked_child_cannot_use_its_parents_kfd_but_can_open_its_own() {
    let run = client(&Machine::new(), "devices::client_forks");
    for line in ["inherited true", "fresh Ok(0)", "parent Ok(0)"] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
}

#[test]
#[ignore = "a client"]
fn client_creates_events() {
    let fd = open(KFD);
    for _ in 0..3 {
        eprintln!("event {:?}", ioctl(fd, CREATE_EVENT) == Err(libc::ENOSPC));
    }
}

#[test]
fn the_planned_call_of_an_ioctl_fails_with_the_planned_errno() {
    let plan = "[[fault]]\nioctl = 'CREATE_EVENT'\nerrno = 'ENOSPC'\nnth = 2\n";
    let run = client(&Machine::new().faults(plan), "devices::client_creates_events");
    let events: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("event")).collect();
    assert_eq!(events, ["event false", "event true", "event false"]);
}

#[test]
fn each_call_is_a_line_of_the_trace() {
    let machine = Machine::new();
    let trace = machine.path("trace");
    let machine = machine.with("SIMKFD_TRACE", &trace);
    client(&machine, "devices::client_creates_events");
    let trace = fs::read_to_string(trace).expect("the trace is written");
    let lines: Vec<&str> = trace.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    assert!(lines[0].starts_with("open /dev/kfd -> fd=0x"), "{trace}");
    let event = "kfd CREATE_EVENT event_page_offset=0x0 event_type=0x0 auto_reset=0x0 node_id=0x0 -> 0 ";
    assert!(lines[1].starts_with(event) && lines[1].contains(" event_id=0x"), "{trace}");
    assert_eq!(lines.len(), 4);
}

extern "C" fn handler(_signal: c_int) {}

#[test]
#[ignore = "a client"]
fn client_is_signalled() {
    let fd = open(KFD);
    let mut event = kfd_ioctl_create_event_args { event_type: 0, ..Default::default() }.to_bytes();
    // SAFETY: the argument is as large as the request says.
    assert_eq!(unsafe { libc::ioctl(fd, request(CREATE_EVENT), event.as_mut_ptr()) }, 0);
    let event_id = kfd_ioctl_create_event_args::get(&event).event_id;
    let data = kfd_event_data { event_id, ..Default::default() }.to_bytes();
    let mut wait = kfd_ioctl_wait_events_args {
        events_ptr: data.as_ptr() as u64,
        num_events: 1,
        timeout: u32::MAX,
        ..Default::default()
    }
    .to_bytes();
    // SAFETY: the handler does nothing; zeros are an empty mask and no flag, SA_RESTART above all.
    unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        assert_eq!(libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()), 0);
    }
    // SAFETY: no precondition.
    let waiter = unsafe { libc::pthread_self() };
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(std::time::Duration::from_millis(50));
            // SAFETY: the waiting thread is the one that ends the process.
            unsafe { libc::pthread_kill(waiter, libc::SIGALRM) };
        }
    });
    // SAFETY: the arguments outlive the call.
    let done = unsafe { libc::ioctl(fd, request(WAIT_EVENTS), wait.as_mut_ptr()) };
    eprintln!("wait {done} {}", io::Error::last_os_error());
    // SAFETY: ends the process with its signalling thread.
    unsafe { libc::_exit(0) };
}

#[test]
fn a_signal_interrupts_a_wait() {
    let run = client(&Machine::new(), "devices::client_is_signalled");
    assert!(run.stderr.contains("wait -1 Interrupted system call"), "{}", run.stderr);
}
