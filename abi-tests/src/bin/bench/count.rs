//! What strace and callgrind counted.

/// The number of calls in the last line of strace's summary: `% time, seconds, usecs/call, calls, ..., total`.
pub fn total_calls(summary: &str) -> u64 {
    let total = summary.lines().find(|line| line.trim_end().ends_with(" total"));
    let calls = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    calls.expect("a line of totals")
}

/// The instructions of a callgrind profile, without that of calls into the objects whose path contains `without`.
///
/// In the format, `ob=` and `cob=` name the objects of the caller and the callee where they change; a line of
/// position and cost is the function's own, or after `calls=` the whole of the callee's.
pub fn cost_without(profile: &str, without: &str) -> u64 {
    let (mut own, mut spared) = (0, 0);
    let (mut object, mut callee, mut after_call) = ("", None, false);
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            object = name;
        } else if let Some(name) = line.strip_prefix("cob=") {
            callee = Some(name);
        } else if line.starts_with("calls=") {
            after_call = true;
        } else if let Some(cost) = cost_line(line) {
            let into = callee.take_if(|_| after_call).unwrap_or(object);
            match (after_call, into.contains(without) && !object.contains(without)) {
                (false, _) => own += cost,
                (true, true) => spared += cost,
                (true, false) => {}
            }
            after_call = false;
        }
    }
    own - spared
}

/// The cost on a line of position and cost; positions may be relative.
fn cost_line(line: &str) -> Option<u64> {
    let (position, cost) = line.split_once(' ')?;
    position.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c)).then(|| cost.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::cost_without;

    #[test]
    fn calls_into_the_simulator_are_left_out_with_all_below() {
        let profile = "events: Ir\nob=/lib/libhsa.so\nfn=a\n10 5\n+1 7\ncob=/x/libsimkfd_preload.so\ncfn=b\n\
                       calls=1 20\n+2 1300\nob=/x/libsimkfd_preload.so\nfn=b\n20 1000\n\
                       cob=/lib/libc.so\ncfn=c\ncalls=1 30\n+1 300\nob=/lib/libc.so\nfn=c\n30 300\n";
        assert_eq!(cost_without(profile, "simkfd"), 12);
    }
}
