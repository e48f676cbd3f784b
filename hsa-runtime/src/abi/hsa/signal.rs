//! Signals of hsa.h: handle, conditions, wait states.

use crate::abi::c_enum;

/// Handle of a signal: the address of its `amd_signal_t`; 0 is no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_signal_t {
    pub handle: u64,
}

/// Value of a signal (large machine model).
pub type hsa_signal_value_t = i64;

c_enum! {
    /// How a wait compares the signal's value.
    hsa_signal_condition_t: u32 {
        HSA_SIGNAL_CONDITION_EQ = 0,
        HSA_SIGNAL_CONDITION_NE = 1,
        HSA_SIGNAL_CONDITION_LT = 2,
        HSA_SIGNAL_CONDITION_GTE = 3,
    }
}

c_enum! {
    /// Hint: sleep or spin while waiting.
    hsa_wait_state_t: u32 {
        HSA_WAIT_STATE_BLOCKED = 0,
        HSA_WAIT_STATE_ACTIVE = 1,
    }
}

/// Handle of a group of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_signal_group_t {
    pub handle: u64,
}
