//! The rules of a fault plan and their evaluation. Touches nothing; `Plan::parse` takes the text.
#![forbid(unsafe_code)]

use super::{counter::Counter, pattern, text::PlanText};
use crate::contract::{Errno, Incident};

/// What reading a file gives instead of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distortion {
    /// Every read fails.
    Fail(Errno),
    /// A read gives at most so many bytes.
    Short(usize),
    /// The file ends after so many bytes.
    Truncate(usize),
    /// The decimal number that is the file's content is greater by this.
    Bump(u64),
}

/// How an ioctl fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// With what.
    pub errno: Errno,
    /// Of one that does something for each of several devices: for how many it was done before.
    pub done: u32,
}

/// What a GPU does, and a plan counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Packets.
    Packets,
    /// Wave instructions.
    Instructions,
}

/// What goes wrong with a GPU at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It meets an address where nothing is mapped; the queue stops.
    MemoryFault(u64),
    /// It meets what is no instruction; the queue stops.
    IllegalInstruction,
    /// It does no more, and tells nobody.
    Hang,
    /// It does no more, and this happens.
    Incident(Incident),
}

impl Mishap {
    /// The mishap of a name; `address` is for those that have one.
    pub(super) fn from_name(name: &str, address: u64) -> Option<Self> {
        Some(match name {
            "MEMORY_FAULT" => Self::MemoryFault(address),
            "ILLEGAL_INSTRUCTION" => Self::IllegalInstruction,
            "HANG" => Self::Hang,
            _ => Self::Incident(Incident::from_name(name, address)?),
        })
    }
}

/// A fault plan with its counters. All methods may be called from any thread.
#[derive(Debug, Default)]
pub struct Plan {
    rules: Vec<Rule>,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub pattern: String,
    pub effect: Effect,
    pub counter: Counter,
}

#[derive(Debug)]
pub(super) enum Effect {
    Ioctl(Failure),
    /// Something happens to a GPU, by its index, before the ioctl is served.
    Incident(usize, Incident),
    LostInterrupt,
    /// Something goes wrong with a GPU, by its index, when it has begun a packet or run an instruction.
    Mishap(Work, usize, Mishap),
    Open(Errno),
    Read(Distortion),
    Vanish,
    Bump,
}

impl Plan {
    /// Reads a plan from TOML. The error is one line that says which rule is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plan: PlanText = toml::from_str(text).map_err(|error| error.to_string().replace('\n', " "))?;
        let rules = plan.fault.into_iter().enumerate();
        let rules =
            rules.map(|(index, rule)| rule.build().map_err(|why| format!("fault {}: {why}", index + 1)));
        Ok(Plan { rules: rules.collect::<Result<_, _>>()? })
    }

    /// How an ioctl of this name (as in the trace) fails.
    pub fn ioctl(&self, name: &str) -> Option<Failure> {
        self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Ioctl(failure) if rule.names(name) => rule.counter.strike().map(|_| failure),
            _ => None,
        })
    }

    /// What happens, and to which GPU, before an ioctl of this name is served.
    pub fn incidents(&self, name: &str) -> Vec<(usize, Incident)> {
        let strikes = self.rules.iter().filter_map(|rule| match rule.effect {
            Effect::Incident(gpu, incident) if rule.names(name) => {
                rule.counter.strike().map(|_| (gpu, incident))
            }
            _ => None,
        });
        strikes.collect()
    }

    /// What goes wrong with a GPU that has begun so many packets, or run so many instructions.
    pub fn mishap(&self, gpu: usize, work: Work, count: u64) -> Option<Mishap> {
        self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Mishap(counted, of, mishap) if (counted, of) == (work, gpu) => {
                rule.counter.strike_among(count).then_some(mishap)
            }
            _ => None,
        })
    }

    /// Whether an interrupt by which a GPU signals an event is lost.
    pub fn loses_interrupt(&self) -> bool {
        let mut rules = self.rules.iter().filter(|rule| matches!(rule.effect, Effect::LostInterrupt));
        rules.any(|rule| rule.counter.strike().is_some())
    }

    /// The errno that opening this path as a file or a directory fails with.
    pub fn open(&self, path: &str) -> Option<Errno> {
        self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Open(errno) if pattern::matches(&rule.pattern, path) => {
                rule.counter.strike().map(|_| errno)
            }
            Effect::Vanish if rule.is_below(path) => rule.counter.strike().map(|_| Errno::ENOENT),
            _ => None,
        })
    }

    /// Whether a directory that holds this path has vanished: looking at the path gives ENOENT, and counts nothing.
    pub fn vanished(&self, path: &str) -> bool {
        let gone = |rule: &Rule| matches!(rule.effect, Effect::Vanish) && rule.counter.armed();
        self.rules.iter().any(|rule| gone(rule) && rule.is_below(path))
    }

    /// Whether there is a rule under which reads of an open file fail or are short.
    pub fn limits_reads(&self) -> bool {
        let limits =
            |rule: &Rule| matches!(rule.effect, Effect::Read(Distortion::Fail(_) | Distortion::Short(_)));
        self.rules.iter().any(limits)
    }

    /// What reading the file that is being opened will give instead of its content.
    pub fn read(&self, path: &str) -> Option<Distortion> {
        self.rules.iter().filter(|rule| pattern::matches(&rule.pattern, path)).find_map(|rule| {
            match rule.effect {
                Effect::Read(distortion) => rule.counter.strike().map(|_| distortion),
                Effect::Bump => {
                    rule.counter.strike();
                    (rule.counter.struck() > 0).then(|| Distortion::Bump(rule.counter.struck()))
                }
                _ => None,
            }
        })
    }
}

impl Rule {
    /// Whether the rule is about ioctls of this name.
    fn names(&self, ioctl: &str) -> bool {
        self.pattern == "*" || self.pattern == ioctl
    }

    /// Whether `path` is the rule's directory or something in it.
    fn is_below(&self, path: &str) -> bool {
        pattern::matches(&self.pattern, path) || pattern::matches(&format!("{}/**", self.pattern), path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        Plan::parse(text).expect("the plan parses")
    }

    #[test]
    fn the_nth_call_of_an_ioctl_fails_and_no_other() {
        let plan = plan("[[fault]]\nioctl = 'CREATE_QUEUE'\nerrno = 'ENOMEM'\nnth = 2");
        assert_eq!(plan.ioctl("CREATE_EVENT"), None);
        assert_eq!(plan.ioctl("CREATE_QUEUE"), None);
        assert_eq!(plan.ioctl("CREATE_QUEUE"), Some(Failure { errno: Errno::ENOMEM, done: 0 }));
        assert_eq!(plan.ioctl("CREATE_QUEUE"), None);
    }

    #[test]
    fn a_call_for_several_devices_fails_after_some() {
        let plan = plan("[[fault]]\nioctl = 'MAP_MEMORY_TO_GPU'\nerrno = 'ENOMEM'\ndone = 1");
        assert_eq!(plan.ioctl("MAP_MEMORY_TO_GPU"), Some(Failure { errno: Errno::ENOMEM, done: 1 }));
    }

    #[test]
    fn incidents_come_with_calls_that_go_on() {
        let plan = plan(
            "[[fault]]\nioctl = '*'\nincident = 'VM_FAULT'\naddress = 0x1000\ngpu = 2\nnth = 2\n\
             [[fault]]\nioctl = 'WAIT_EVENTS'\nincident = 'GPU_RESET'",
        );
        assert_eq!(plan.incidents("CREATE_EVENT"), []);
        let fault = (2, Incident::VmFault { address: 0x1000 });
        assert_eq!(plan.incidents("WAIT_EVENTS"), [fault, (0, Incident::GpuReset)]);
        assert_eq!(plan.ioctl("WAIT_EVENTS"), None);
    }

    #[test]
    fn an_interrupt_is_lost_by_its_number() {
        let plan = plan("[[fault]]\ninterrupt = 'lost'\nnth = 2");
        assert_eq!([(); 3].map(|()| plan.loses_interrupt()), [false, true, false]);
    }

    #[test]
    fn mishaps_come_with_packets_and_instructions_of_one_gpu() {
        let plan = plan(
            "[[fault]]\npacket = 'MEMORY_FAULT'\naddress = 0x1000\nnth = 2\n\
             [[fault]]\ninstruction = 'SRAM_ECC'\ngpu = 1\nafter = 1000\ntimes = 1",
        );
        assert_eq!(plan.mishap(0, Work::Packets, 1), None);
        assert_eq!(plan.mishap(0, Work::Packets, 1), Some(Mishap::MemoryFault(0x1000)));
        assert_eq!(plan.mishap(0, Work::Instructions, 2000), None, "it is the other GPU's");
        let ecc = Some(Mishap::Incident(Incident::SramEcc));
        assert_eq!([900, 900, 900].map(|count| plan.mishap(1, Work::Instructions, count)), [None, ecc, None]);
    }

    #[test]
    fn an_open_fails_by_pattern() {
        let plan = plan("[[fault]]\nopen = '/dev/dri/*'\nerrno = 'EACCES'");
        assert_eq!(plan.open("/dev/dri/renderD128"), Some(Errno::EACCES));
        assert_eq!(plan.open("/dev/kfd"), None);
    }

    #[test]
    fn a_node_vanishes_after_its_opens_and_stays_away() {
        let plan = plan("[[fault]]\nvanish = '/nodes/2'\nafter = 2");
        assert!(!plan.vanished("/nodes/2/gpu_id"));
        assert_eq!(plan.open("/nodes/2/gpu_id"), None);
        assert_eq!(plan.open("/nodes/2/name"), None);
        assert!(plan.vanished("/nodes/2"));
        assert!(!plan.vanished("/nodes/21"));
        assert_eq!(plan.open("/nodes/2/properties"), Some(Errno::ENOENT));
    }

    #[test]
    fn reads_fail_shorten_or_end_early() {
        let plan = plan(
            "[[fault]]\nread = '/a'\nerrno = 'EIO'\nnth = 1\n[[fault]]\nread = '/a'\nshort = 7\n\
             [[fault]]\nread = '/b'\ntruncate = 0",
        );
        assert_eq!(plan.read("/a"), Some(Distortion::Fail(Errno::EIO)));
        assert_eq!(plan.read("/a"), Some(Distortion::Short(7)));
        assert_eq!(plan.read("/b"), Some(Distortion::Truncate(0)));
        assert_eq!(plan.read("/c"), None);
    }

    #[test]
    fn a_bumped_number_grows_and_keeps_its_last_value() {
        let plan = plan("[[fault]]\nbump = '/generation_id'\nafter = 1\ntimes = 2");
        let seen: Vec<_> = (0..4).map(|_| plan.read("/generation_id")).collect();
        let bump = |by| Some(Distortion::Bump(by));
        assert_eq!(seen, [None, bump(1), bump(2), bump(2)]);
    }

    #[test]
    fn a_wrong_rule_is_named() {
        let refused = |text: &str| Plan::parse(text).expect_err("the plan is wrong");
        assert!(refused("[[fault]]\nopen = '/a'\nerrno = 'EWHAT'").contains("fault 1: EWHAT"));
        assert!(
            refused("[[fault]]\nopen = '/a'\nioctl = 'X'\nerrno = 'EIO'").contains("exactly one of ioctl")
        );
        assert!(refused("[[fault]]\nioctl = 'X'\nshort = 1").contains("only a read"));
        assert!(refused("[[fault]]\nioctl = 'X'\nerrno = 'EIO'\nnth = 0").contains("from 1"));
        assert!(refused("[[fault]]\nvanish = '/a'\nerrno = 'EIO'").contains("take no errno"));
        assert!(refused("[[fault]]\nwhat = 1").contains("what"));
        assert!(refused("[[fault]]\nioctl = 'X'\nincident = 'RAIN'").contains("RAIN: not a known incident"));
        assert!(
            refused("[[fault]]\nioctl = 'X'\nincident = 'GPU_RESET'\nerrno = 'EIO'").contains("no errno")
        );
        assert!(refused("[[fault]]\ninterrupt = 'late'").contains("only be lost"));
        assert!(refused("[[fault]]\nopen = '/a'\nerrno = 'EIO'\ngpu = 1").contains("incident"));
    }
}
