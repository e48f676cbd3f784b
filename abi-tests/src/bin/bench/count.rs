//! What strace and callgrind counted.

/// The number of calls in the last line of strace's summary: `% time, seconds, usecs/call, calls, ..., total`.
pub fn total_calls(summary: &str) -> u64 {
    let total = summary.lines().find(|line| line.trim_end().ends_with(" total"));
    let calls = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    calls.expect("a line of totals")
}

/// Libraries that instructions are counted in; and those that others call, too, which count where these call them.
const COUNTED: [&str; 2] = ["libhsa", "libdrm"];
const SHARED: [&str; 8] =
    ["libc.so", "libm.so", "libstdc++", "libgcc_s", "libelf", "libnuma", "libz.", "ld-linux"];

/// Where a function is, by its object's file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Counted,
    Shared,
    /// The program, HIP, the simulator.
    Outside,
}

impl Place {
    fn of(object: &str) -> Self {
        let file = object.rsplit('/').next().unwrap_or(object);
        let is_of = |names: &[&str]| names.iter().any(|name| file.starts_with(name));
        if is_of(&COUNTED) {
            Self::Counted
        } else if is_of(&SHARED) {
            Self::Shared
        } else {
            Self::Outside
        }
    }
}

/// Functions of the C library that are one system call; `syscall` is a futex.
const SYSTEM_CALLS: [&str; 17] = [
    "close",
    "ioctl",
    "madvise",
    "mbind",
    "mmap",
    "mmap64",
    "mprotect",
    "munmap",
    "nanosleep",
    "open",
    "open64",
    "pread64",
    "read",
    "sched_yield",
    "syscall",
    "usleep",
    "write",
];

/// What a callgrind profile says of the libraries and of what they call, in every thread. Not counted are the program and
/// the simulator, with what these two call of the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    pub instructions: u64,
    /// But for those of locks and memory that the C library makes itself.
    pub system_calls: u64,
}

impl Profile {
    /// Reads a profile that has no compressed names.
    ///
    /// In the format, `ob=` and `cob=` name the objects of the caller and the callee where they change; a line of position
    /// and cost is the function's own, or after `calls=` the whole of the callee's.
    pub fn read(text: &str) -> Self {
        let (mut own, mut others, mut system_calls) = (0, 0, 0);
        let (mut place, mut callee, mut function, mut after_call) = (Place::Outside, None, "", false);
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("ob=") {
                place = Place::of(name);
            } else if let Some(name) = line.strip_prefix("cob=") {
                callee = Some(Place::of(name));
            } else if let Some(name) = line.strip_prefix("cfn=") {
                function = name;
            } else if let Some(calls) = line.strip_prefix("calls=") {
                after_call = true;
                if place == Place::Counted && SYSTEM_CALLS.contains(&function) {
                    system_calls += calls.split(' ').next().and_then(|calls| calls.parse().ok()).unwrap_or(0);
                }
            } else if let Some(cost) = cost_line(line) {
                let into = callee.take_if(|_| after_call).unwrap_or(place);
                match (after_call, place) {
                    (false, Place::Counted | Place::Shared) => own += cost,
                    (true, Place::Outside) if into == Place::Shared => others += cost,
                    _ => {}
                }
                after_call = false;
            }
        }
        Self { instructions: own - others, system_calls }
    }
}

/// The cost on a line of position and cost; positions may be relative.
fn cost_line(line: &str) -> Option<u64> {
    let (position, cost) = line.split_once(' ')?;
    position.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c)).then(|| cost.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn programs_and_the_simulator_are_left_out_with_what_they_call() {
        let profile = "events: Ir\nob=/lib/libhsa-runtime64.so.1\nfn=a\n10 5\n+1 7\ncob=/x/libsimkfd_preload.so\ncfn=ioctl\n\
                       calls=20 20\n+2 1300\ncob=/lib/libc.so.6\ncfn=c\ncalls=1 30\n+2 100\n\
                       ob=/x/libsimkfd_preload.so\nfn=ioctl\n20 1000\n\
                       cob=/lib/libc.so.6\ncfn=c\ncalls=1 30\n+1 300\nob=/lib/libc.so.6\nfn=c\n30 400\n\
                       ob=/x/client\nfn=main\n1 9\ncob=/lib/libhsa-runtime64.so.1\ncfn=a\ncalls=1 10\n+1 1412\n";
        assert_eq!(Profile::read(profile), Profile { instructions: 112, system_calls: 20 });
    }
}
