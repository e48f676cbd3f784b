//! What is known of addresses. Answers to `hsaKmtQueryPointerInfo` and `hsaKmtSetMemoryUserData` of upstream's
//! `memory.c`.

use super::{exports, process};
use hsakmt_thunk::{
    abi::{HsaMemFlags, HsaPointerInfo, pointer_type},
    memory::PointerInfo as Known,
};
use std::ffi::c_void;

/// What is told of an address that nothing is known of.
const NOTHING_KNOWN: HsaPointerInfo = HsaPointerInfo {
    Type: pointer_type::UNKNOWN,
    Node: 0,
    MemFlags: HsaMemFlags(0),
    CPUAddress: std::ptr::null_mut(),
    GPUAddress: 0,
    SizeInBytes: 0,
    NRegisteredNodes: 0,
    NMappedNodes: 0,
    RegisteredNodes: std::ptr::null(),
    MappedNodes: std::ptr::null(),
    UserData: std::ptr::null_mut(),
};

fn told(known: &Known) -> HsaPointerInfo {
    HsaPointerInfo {
        Type: known.kind as u32,
        Node: known.node,
        MemFlags: known.flags,
        CPUAddress: known.cpu_address as *mut c_void,
        GPUAddress: known.gpu_address,
        SizeInBytes: known.size,
        NRegisteredNodes: known.registered.1,
        NMappedNodes: known.mapped.1,
        RegisteredNodes: known.registered.0 as *const u32,
        MappedNodes: known.mapped.0 as *const u32,
        UserData: known.user_data as *mut c_void,
    }
}

exports! {
    /// What is known of an address.
    fn hsaKmtQueryPointerInfo(Pointer: *const c_void, PointerInfo: *mut HsaPointerInfo) {
        let services = process::services()?;
        PointerInfo.check()?;
        match services.memory.pointer_info(Pointer.address()) {
            Ok(known) => PointerInfo.write(told(&known)),
            Err(error) => {
                PointerInfo.write(NOTHING_KNOWN)?;
                Err(error)
            }
        }
    }

    /// Attaches a word to memory.
    fn hsaKmtSetMemoryUserData(Pointer: *const c_void, UserData: *mut c_void) {
        process::services()?.memory.set_user_data(Pointer.address(), UserData.address())
    }
}
