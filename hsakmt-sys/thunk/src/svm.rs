//! Attributes of the kernel's shared virtual memory.
//!
//! Touches `driver`. Answers to upstream's `svm.c` and Linux `kfd_ioctl_svm`: the attributes follow the argument, and
//! the request's size grows with them.
#![forbid(unsafe_code)]

use crate::{
    driver::{Driver, failed},
    error::{Error, Result, Status},
    kernel::{bytes_of, bytes_of_mut},
    uapi::{
        Argument,
        kfd::{kfd_ioctl_svm_args, kfd_ioctl_svm_attribute, minor, svm_op},
    },
};

/// An attribute: its kind (`HSA_SVM_ATTR_TYPE`) and value.
pub type Attribute = kfd_ioctl_svm_attribute;

impl Attribute {
    /// An attribute.
    #[must_use]
    pub const fn new(kind: u32, value: u32) -> Self {
        Self { kind, value }
    }
}

/// Sets attributes of a range; locations and accesses are kernel GPU ids.
///
/// # Errors
/// `NotSupported` before interface 1.5, `InvalidParameter` for an empty or unaligned range, `Error` when the driver
/// refuses.
pub fn set(driver: &Driver, start: u64, size: u64, attributes: &mut [Attribute]) -> Result<()> {
    operate(driver, start, size, svm_op::SET_ATTR, attributes)
}

/// Reads attributes of a range.
///
/// # Errors
/// As [`set`].
pub fn get(driver: &Driver, start: u64, size: u64, attributes: &mut [Attribute]) -> Result<()> {
    operate(driver, start, size, svm_op::GET_ATTR, attributes)
}

fn operate(driver: &Driver, start: u64, size: u64, op: u32, attributes: &mut [Attribute]) -> Result<()> {
    driver.require_minor(minor::SVM, "shared virtual memory")?;
    let page = driver.kernel().page_size();
    if start == 0 || size == 0 || start % page != 0 || size % page != 0 {
        return Err(Status::InvalidParameter.into());
    }
    let head = kfd_ioctl_svm_args { start_addr: start, size, op, nattr: attributes.len() as u32 };
    let request = kfd_ioctl_svm_args::REQUEST
        .grown(size_of_val(attributes))
        .ok_or_else(|| Error::new(Status::InvalidParameter, "too many attributes for one request"))?;
    let mut argument = crate::kernel::bytes_of_argument(&head).to_vec();
    let tail = argument.len();
    argument.extend_from_slice(bytes_of(attributes));
    driver.raw(request, &mut argument).map_err(|errno| failed("SVM", errno))?;
    bytes_of_mut(attributes).copy_from_slice(&argument[tail..]);
    Ok(())
}
