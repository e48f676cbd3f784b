//! Shared virtual memory and XNACK. Answers to upstream's `svm.c`: callers name nodes, the driver GPUs.

use super::{exports, pointer::Pointer, process};
use hsakmt_thunk::{
    Result, Status,
    abi::{HSA_SVM_ATTRIBUTE, INVALID_NODEID, svm_attribute},
    svm::{self, Attribute},
};
use std::ffi::c_void;

const LOCATION_UNDEFINED: u32 = u32::MAX;

fn is_access(kind: u32) -> bool {
    matches!(kind, svm_attribute::ACCESS | svm_attribute::ACCESS_IN_PLACE | svm_attribute::NO_ACCESS)
}

fn is_location(kind: u32) -> bool {
    matches!(kind, svm_attribute::PREFERRED_LOC | svm_attribute::PREFETCH_LOC)
}

fn gpu_with_access(node: u32) -> Result<u32> {
    match process::gpu_id(node)? {
        0 => Err(Status::InvalidNodeUnit.into()),
        gpu => Ok(gpu),
    }
}

fn for_setting(attribute: HSA_SVM_ATTRIBUTE) -> Result<Attribute> {
    let (kind, value) = (attribute.r#type, attribute.value);
    Ok(Attribute::new(
        kind,
        match kind {
            svm_attribute::PREFERRED_LOC if value == INVALID_NODEID => LOCATION_UNDEFINED,
            _ if is_location(kind) => process::gpu_id(value)?,
            _ if is_access(kind) => gpu_with_access(value)?,
            _ => value,
        },
    ))
}

fn for_asking(attribute: HSA_SVM_ATTRIBUTE) -> Result<Attribute> {
    let (kind, value) = (attribute.r#type, attribute.value);
    Ok(Attribute::new(kind, if is_access(kind) { gpu_with_access(value)? } else { value }))
}

fn answer(attribute: &Attribute) -> Result<HSA_SVM_ATTRIBUTE> {
    let value = match attribute.value {
        value if !is_access(attribute.kind) && !is_location(attribute.kind) => value,
        0 => 0,
        LOCATION_UNDEFINED => INVALID_NODEID,
        gpu => process::node_of_gpu(gpu)?,
    };
    Ok(HSA_SVM_ATTRIBUTE { r#type: attribute.kind, value })
}

fn read(
    attributes: Pointer<HSA_SVM_ATTRIBUTE>,
    count: u32,
    translate: fn(HSA_SVM_ATTRIBUTE) -> Result<Attribute>,
) -> Result<Vec<Attribute>> {
    attributes.read_all(count as usize)?.into_iter().map(translate).collect()
}

exports! {
    /// Sets attributes of a range.
    fn hsaKmtSVMSetAttr(start_addr: *mut c_void, size: u64, nattr: u32, attrs: *mut HSA_SVM_ATTRIBUTE) {
        let thunk = process::thunk()?;
        let mut attributes = read(attrs, nattr, for_setting)?;
        svm::set(thunk.driver(), start_addr.address(), size, &mut attributes)
    }

    /// Reads attributes of a range.
    fn hsaKmtSVMGetAttr(start_addr: *mut c_void, size: u64, nattr: u32, attrs: *mut HSA_SVM_ATTRIBUTE) {
        let thunk = process::thunk()?;
        let mut attributes = read(attrs, nattr, for_asking)?;
        svm::get(thunk.driver(), start_addr.address(), size, &mut attributes)?;
        let answers = attributes.iter().map(answer).collect::<Result<Vec<_>>>()?;
        attrs.write_all(answers.into_iter(), nattr as usize)
    }

    /// Switches retry of page faults.
    fn hsaKmtSetXNACKMode(enable: i32) {
        process::thunk()?.set_xnack_mode(enable != 0)
    }

    /// Whether page faults are retried.
    fn hsaKmtGetXNACKMode(enable: *mut i32) {
        let thunk = process::thunk()?;
        enable.write(-1)?;
        enable.write(i32::from(thunk.xnack_mode()?))
    }
}
