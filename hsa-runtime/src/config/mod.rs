//! The environment variables of the runtime, parsed once by `hsa_init`.
//!
//! Pure: the caller supplies the look-up, which yields nothing in a set-user-id program. Answers to upstream's
//! `flag.h`. A switch counts only as exactly "0" or "1"; any other text leaves the default, as upstream reads it.
#![forbid(unsafe_code)]

pub mod copies;
pub mod cores;
pub mod units;

use std::time::Duration;

use self::{copies::Copies, cores::Cores};

/// What the environment asks of the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// ROCR_VISIBLE_DEVICES: which GPUs to show, in order; empty text shows none, `None` shows all.
    pub visible_devices: Option<String>,
    /// HSA_XNACK: the XNACK mode to ask the driver for.
    pub xnack: Option<bool>,
    /// HSA_ENABLE_SRAMECC: what to say of SRAM ECC whatever the driver says.
    pub sramecc: Option<bool>,
    /// HSA_IGNORE_SRAMECC_MISREPORT=1: trust drivers before 1.4 about SRAM ECC.
    pub trust_sramecc: bool,
    /// HSA_FORCE_FINE_GRAIN_PCIE=1: show fine-grained VRAM pools without XGMI, too.
    pub fine_grain_pcie: bool,
    /// HSA_MAX_QUEUES: queues an agent admits to, at most [`Config::MOST_QUEUES`].
    pub max_queues: u32,
    /// HSA_COOP_CU_COUNT=1: count only the compute units that a cooperative launch can use.
    pub cooperative_cu_count: bool,
    /// Queues that are shared.
    pub counted: Counted,
    /// HSA_CU_MASK: compute units that queues may use, as [`units`] reads it.
    pub units: Option<String>,
    /// HSA_CU_MASK_SKIP_INIT=1: queues get no mask before a program sets one.
    pub skip_first_mask: bool,
    /// HSA_DISABLE_FRAGMENT_ALLOCATOR=1: no sub-allocation of VRAM blocks.
    pub disable_fragments: bool,
    /// HSA_DISABLE_IMAGE=1: no image extension.
    pub disable_images: bool,
    /// HSA_DISABLE_PC_SAMPLING=1: no PC-sampling extension.
    pub disable_pc_sampling: bool,
    /// HSA_PCS_MAX_DEVICE_BUFFER_SIZE: bytes of each half of where waves write samples, at most.
    pub sampling_memory: u64,
    /// HSA_ENABLE_INTERRUPT=0 forbids it: signals for which GPUs interrupt.
    pub interrupts: bool,
    /// HSA_SIGNAL_WAIT_ABORT_TIMEOUT: seconds after which a wait for one signal ends the process.
    pub longest_wait: Option<Duration>,
    /// HSA_ENABLE_MWAITX=1: wait with MONITORX/MWAITX where the processor has them.
    pub mwaitx: bool,
    /// HSA_ENABLE_SCRATCH_ASYNC_RECLAIM, on by default: take scratch back from queues in use.
    pub scratch_reclaim: bool,
    /// HSA_SCRATCH_SINGLE_LIMIT_ASYNC: bytes of scratch above which a dispatch keeps none.
    pub scratch_limit: Option<u64>,
    /// HSA_NO_SCRATCH_RECLAIM and HSA_SCRATCH_SINGLE_LIMIT: how much scratch memory a queue keeps between dispatches.
    pub scratch_kept: Kept,
    /// How copies are carried.
    pub copies: Copies,
    /// Core dumps of GPUs.
    pub cores: Cores,
    /// HSA_ENABLE_DEBUG=1: ask the driver to set up the debugger's trap temporaries.
    pub debug: bool,
    /// HSA_TOOLS_LIB: tool libraries to load, as [`crate::tools::list`] reads it.
    pub tools: Option<String>,
    /// ROCR_RS_STALL_CHECK: how often queues are looked at that make no progress, in milliseconds, every 10 s if it is not
    /// set; `None` for never, which is 0. A variable of ours (`queue::stall`).
    pub stall_check: Option<Duration>,
    /// HSA_TOOLS_REPORT_LOAD_FAILURE, on by default: say which of them cannot be loaded.
    pub report_tools: bool,
    /// What becomes of rocprofiler-register.
    pub registration: Registration,
}

/// What the user wants of rocprofiler-register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Not HSA_TOOLS_DISABLE_REGISTER: the tables are offered to it.
    pub enabled: bool,
    /// HSA_TOOLS_REPORT_REGISTER_FAILURE: say what it answers if it does not take them.
    pub reported: bool,
    /// HSA_TOOLS_ROCPROFILER_V1_TOOLS, set to anything but a no: tools of HSA_TOOLS_LIB get them, too.
    pub old_tools: bool,
}

impl Registration {
    fn new(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let on = |name: &str| look_up(name).as_deref() == Some("1");
        Self {
            enabled: !on("HSA_TOOLS_DISABLE_REGISTER"),
            reported: on("HSA_TOOLS_REPORT_REGISTER_FAILURE"),
            old_tools: look_up("HSA_TOOLS_ROCPROFILER_V1_TOOLS").is_some_and(|text| !is_no(&text)),
        }
    }
}

/// How many queues are shared, and of what size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// GPU_MAX_HW_QUEUES: hardware queues of a GPU for each priority.
    pub queues: usize,
    /// HSA_COUNTED_QUEUE_SIZE: packets of each, a power of two.
    pub packets: u32,
}

impl Counted {
    fn new(number: impl Fn(&str) -> Option<u64>) -> Self {
        let packets = number("HSA_COUNTED_QUEUE_SIZE").and_then(|n| u32::try_from(n).ok());
        Self {
            queues: number("GPU_MAX_HW_QUEUES").map_or(4, |n| n.min(Config::MOST_QUEUES.into()) as usize),
            packets: packets.filter(|n| n.is_power_of_two()).unwrap_or(16384),
        }
    }
}

/// How much of something is kept for the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All of it.
    All,
    /// Up to so many bytes.
    UpTo(u64),
    /// Little, and more while there is enough for everybody.
    AsFits,
}

impl Kept {
    fn new(all: bool, limit: Option<String>) -> Self {
        match limit.and_then(|text| leading_number(&text)) {
            _ if all => Self::All,
            Some(bytes) => Self::UpTo(bytes),
            None => Self::AsFits,
        }
    }
}

impl Config {
    /// Most queues of an agent.
    pub const MOST_QUEUES: u32 = 128;

    /// Reads the variables through `look_up`.
    pub fn new(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let on = |name: &str| look_up(name).as_deref() == Some("1");
        let choice = |name: &str| choice(&look_up, name);
        let number = |name: &str| look_up(name).and_then(|text| leading_number(&text)).filter(|&n| n != 0);
        let most = Self::MOST_QUEUES;
        Self {
            visible_devices: look_up("ROCR_VISIBLE_DEVICES"),
            xnack: choice("HSA_XNACK"),
            sramecc: choice("HSA_ENABLE_SRAMECC"),
            trust_sramecc: on("HSA_IGNORE_SRAMECC_MISREPORT"),
            fine_grain_pcie: on("HSA_FORCE_FINE_GRAIN_PCIE"),
            max_queues: number("HSA_MAX_QUEUES").map_or(most, |n| n.min(most.into()) as u32),
            cooperative_cu_count: on("HSA_COOP_CU_COUNT"),
            counted: Counted::new(number),
            units: look_up("HSA_CU_MASK"),
            skip_first_mask: on("HSA_CU_MASK_SKIP_INIT"),
            disable_fragments: on("HSA_DISABLE_FRAGMENT_ALLOCATOR"),
            disable_images: on("HSA_DISABLE_IMAGE"),
            disable_pc_sampling: on("HSA_DISABLE_PC_SAMPLING"),
            sampling_memory: number("HSA_PCS_MAX_DEVICE_BUFFER_SIZE").unwrap_or(256 << 20),
            interrupts: choice("HSA_ENABLE_INTERRUPT") != Some(false),
            longest_wait: number("HSA_SIGNAL_WAIT_ABORT_TIMEOUT").map(Duration::from_secs),
            mwaitx: on("HSA_ENABLE_MWAITX"),
            scratch_reclaim: choice("HSA_ENABLE_SCRATCH_ASYNC_RECLAIM") != Some(false),
            scratch_limit: number("HSA_SCRATCH_SINGLE_LIMIT_ASYNC"),
            scratch_kept: Kept::new(on("HSA_NO_SCRATCH_RECLAIM"), look_up("HSA_SCRATCH_SINGLE_LIMIT")),
            copies: Copies::new(&look_up),
            cores: Cores::new(&look_up),
            debug: on("HSA_ENABLE_DEBUG"),
            tools: look_up("HSA_TOOLS_LIB"),
            stall_check: stall_check(look_up("ROCR_RS_STALL_CHECK")),
            report_tools: choice("HSA_TOOLS_REPORT_LOAD_FAILURE") != Some(false),
            registration: Registration::new(&look_up),
        }
    }
}

/// Every so often, or never for 0.
fn stall_check(text: Option<String>) -> Option<Duration> {
    let milliseconds = text.map_or(Some(10_000), |text| leading_number(&text));
    milliseconds.filter(|&number| number != 0).map(Duration::from_millis)
}

/// A switch, if it is set to what counts.
fn choice(look_up: impl Fn(&str) -> Option<String>, name: &str) -> Option<bool> {
    match look_up(name).as_deref() {
        Some("0") => Some(false),
        Some("1") => Some(true),
        _ => None,
    }
}

/// Whether a text that nobody wrote for a program alone means no.
fn is_no(text: &str) -> bool {
    let zero = !text.is_empty() && text.bytes().all(|digit| digit == b'0');
    zero || ["off", "false", "no", "n", "f"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

/// The decimal number that `text` begins with, as `strtoul` and `atoi` read it; `None` without a digit.
fn leading_number(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Config {
        Config::new(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_string()))
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = with(&[]);
        assert_eq!(config.visible_devices, None);
        assert_eq!((config.xnack, config.sramecc, config.max_queues), (None, None, 128));
        assert_eq!(config.scratch_kept, Kept::AsFits);
        assert!(config.scratch_reclaim && !config.debug && !config.fine_grain_pcie);
    }

    #[test]
    fn only_zero_and_one_are_choices() {
        for (text, choice) in [("0", Some(false)), ("1", Some(true)), ("", None), ("yes", None), ("01", None)]
        {
            assert_eq!(with(&[("HSA_XNACK", text)]).xnack, choice, "{text}");
        }
        let checks =
            [None, Some("0"), Some("no"), Some("20")].map(|text| stall_check(text.map(String::from)));
        assert_eq!(
            checks,
            [Some(10_000), None, None, Some(20)].map(|number| number.map(Duration::from_millis))
        );
        assert!(!with(&[("HSA_ENABLE_SCRATCH_ASYNC_RECLAIM", "0")]).scratch_reclaim);
        let limited = ("HSA_SCRATCH_SINGLE_LIMIT", "4096");
        assert_eq!(with(&[limited]).scratch_kept, Kept::UpTo(4096));
        assert_eq!(with(&[limited, ("HSA_NO_SCRATCH_RECLAIM", "1")]).scratch_kept, Kept::All);
    }

    #[test]
    fn old_tools_are_wanted_by_anything_but_a_no() {
        let wanted = |text| with(&[("HSA_TOOLS_ROCPROFILER_V1_TOOLS", text)]).registration.old_tools;
        assert!(["", "1", "007", "yes", "none"].iter().all(|text| wanted(text)));
        assert!(["0", "00", "off", "FALSE", "No", "n", "f"].iter().all(|text| !wanted(text)));
        let unset = with(&[]).registration;
        assert!(unset.enabled && !unset.old_tools && !unset.reported);
    }

    #[test]
    fn shared_queues_are_few_and_large_unless_the_user_wants_others() {
        let counted = |variables: &[_]| (with(variables).counted.queues, with(variables).counted.packets);
        assert_eq!(counted(&[]), (4, 16384));
        assert_eq!(counted(&[("GPU_MAX_HW_QUEUES", "0"), ("HSA_COUNTED_QUEUE_SIZE", "1000")]), (4, 16384));
        assert_eq!(counted(&[("GPU_MAX_HW_QUEUES", "2"), ("HSA_COUNTED_QUEUE_SIZE", "1024")]), (2, 1024));
    }

    #[test]
    fn the_queue_limit_is_capped_and_tolerant() {
        for (text, limit) in
            [("4", 4), ("4x", 4), (" 7", 7), ("0", 128), ("-3", 128), ("999", 128), ("5000000000", 128)]
        {
            assert_eq!(with(&[("HSA_MAX_QUEUES", text)]).max_queues, limit, "{text}");
        }
    }

    #[test]
    fn an_empty_device_list_is_not_an_absent_one() {
        assert_eq!(with(&[("ROCR_VISIBLE_DEVICES", "")]).visible_devices.as_deref(), Some(""));
    }
}
