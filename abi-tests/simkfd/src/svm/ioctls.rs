//! AMDKFD_IOC_SVM and AMDKFD_IOC_SET_XNACK_MODE. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::attributes::{Attributes, Summary, check};
use super::migrate::{self, Changed};
use crate::contract::{Call, Context, Errno, xnack_mode};
use crate::memory::GPU_PAGE;
use crate::uapi::kfd::{kfd_ioctl_set_xnack_mode_args, kfd_ioctl_svm_args, kfd_ioctl_svm_attribute};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// `kfd_ioctl_svm_validate`: the argument, `size` bytes by the caller's own request number, must hold all attributes
/// that it announces.
pub(crate) fn validate(bytes: &[u8], size: usize) -> Result<(), Errno> {
    let announced = kfd_ioctl_svm_args::get(bytes).nattr as usize * kfd_ioctl_svm_attribute::SIZE;
    if size < kfd_ioctl_svm_args::SIZE + announced { Err(Errno::EINVAL) } else { Ok(()) }
}

/// What both ioctls say in a kernel without CONFIG_HSA_AMD_SVM.
fn check_built_in(call: &Call) -> Result<(), Errno> {
    if call.machine.kernel.svm == Some(false) { Err(Errno::EPERM) } else { Ok(()) }
}

/// `kfd_ioctl_svm`, on the whole argument: the head and the attributes behind it.
pub(crate) fn serve(call: &mut Call, bytes: &mut [u8]) -> Result<(), Errno> {
    check_built_in(call)?;
    if call.process().context != Context::Primary {
        return Err(Errno::EOPNOTSUPP);
    }
    let args = kfd_ioctl_svm_args::get(bytes);
    let page = call.host.page_size();
    if (args.start_addr | args.size) % page != 0 || args.start_addr == 0 || args.size == 0 {
        return Err(Errno::EINVAL);
    }
    let tail = &mut bytes[kfd_ioctl_svm_args::SIZE..];
    let mut attributes: Vec<_> = tail
        .chunks_exact(kfd_ioctl_svm_attribute::SIZE)
        .take(args.nattr as usize)
        .map(kfd_ioctl_svm_attribute::get)
        .collect();
    match args.op {
        KFD_IOCTL_SVM_OP_SET_ATTR => set_attributes(call, &args, &attributes)?,
        KFD_IOCTL_SVM_OP_GET_ATTR => get(call, &args, &mut attributes)?,
        _ => return Err(Errno::EINVAL),
    }
    for (slot, attribute) in tail.chunks_exact_mut(kfd_ioctl_svm_attribute::SIZE).zip(attributes) {
        attribute.put(slot);
    }
    Ok(())
}

/// The attributes that say who may access a range.
const ACCESS_KINDS: [u32; 3] =
    [KFD_IOCTL_SVM_ATTR_ACCESS, KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE, KFD_IOCTL_SVM_ATTR_NO_ACCESS];

/// `svm_range_set_attr`
pub(crate) fn set_attributes(
    call: &mut Call,
    args: &kfd_ioctl_svm_args,
    attributes: &[kfd_ioctl_svm_attribute],
) -> Result<(), Errno> {
    let supported = supported(call);
    check(call.process(), &supported, attributes)?;
    if !call.process().has_vm() {
        return Err(Errno::EINVAL);
    }
    is_valid(call, args)?;
    let (first, last) = pages(call, args);
    let xnack = call.process().xnack;
    if !xnack {
        // svm_range_new: without XNACK the pages of new ranges are system memory in use.
        let bytes = call.process().ranges.missing_pages(first, last) * call.host.page_size();
        call.state.accounts.reserve_system((call.machine, call.host), bytes)?;
    }
    let new = Attributes::new(xnack, &supported);
    let process = call.process();
    let mut ranges = std::mem::take(&mut process.ranges);
    let asked = |kinds: &[u32]| attributes.iter().any(|attribute| kinds.contains(&attribute.kind));
    // Prefetching is done as often as it is asked for (`svm_range_is_same_attrs`).
    let again = asked(&[KFD_IOCTL_SVM_ATTR_PREFETCH_LOC]);
    let changed = ranges.change((first, last), &new, again, |range| range.apply(process, attributes));
    process.ranges = ranges;
    let changed = Changed {
        ranges: changed,
        mappings: asked(&[KFD_IOCTL_SVM_ATTR_SET_FLAGS, KFD_IOCTL_SVM_ATTR_CLR_FLAGS])
            || (!xnack && asked(&ACCESS_KINDS)),
    };
    migrate::settle(call, &changed);
    Ok(())
}

/// `svm_range_get_attr`
fn get(
    call: &mut Call,
    args: &kfd_ioctl_svm_args,
    attributes: &mut [kfd_ioctl_svm_attribute],
) -> Result<(), Errno> {
    is_valid(call, args)?;
    let known = |attribute: &kfd_ioctl_svm_attribute| {
        let access = [KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE, KFD_IOCTL_SVM_ATTR_NO_ACCESS];
        attribute.kind <= KFD_IOCTL_SVM_ATTR_GRANULARITY && !access.contains(&attribute.kind)
    };
    if !attributes.iter().all(known) {
        return Err(Errno::EINVAL);
    }
    summarize(call, pages(call, args), attributes)
}

/// Fills in what the ranges that touch these pages have in common; first and last page.
pub(crate) fn summarize(
    call: &mut Call,
    (first, last): (u64, u64),
    attributes: &mut [kfd_ioctl_svm_attribute],
) -> Result<(), Errno> {
    let supported = supported(call);
    let process = call.process();
    let summary = Summary::of(process.ranges.within(first, last), process.xnack, &supported);
    attributes.iter_mut().try_for_each(|attribute| summary.fill(process, attribute))
}

/// First and last page of the question.
fn pages(call: &Call, args: &kfd_ioctl_svm_args) -> (u64, u64) {
    let page = call.host.page_size();
    (args.start_addr / page, (args.start_addr / page).saturating_add(args.size / page - 1))
}

/// `svm_range_is_valid` and `svm_range_check_vm`: `EFAULT` where the caller has nothing mapped, `EADDRINUSE` where a
/// GPU has something else mapped.
fn is_valid(call: &mut Call, args: &kfd_ioctl_svm_args) -> Result<(), Errno> {
    if !call.host.range_mapped(args.start_addr, args.size, false) {
        return Err(Errno::EFAULT);
    }
    let end = args.start_addr.checked_add(args.size).ok_or(Errno::EFAULT)?;
    let (first, last) = (args.start_addr / GPU_PAGE, end / GPU_PAGE - 1);
    let vms: Vec<_> = call.process().devices.iter().filter_map(|device| device.vm).collect();
    for vm in vms {
        if call.state.render(vm)?.vm.overlapping(first, last).is_some() {
            return Err(Errno::EADDRINUSE);
        }
    }
    Ok(())
}

/// `svms->bitmap_supported`
fn supported(call: &mut Call) -> BTreeSet<usize> {
    let machine = call.machine;
    let devices = call.process().devices.iter().enumerate();
    devices.filter(|(_, device)| machine.gpus[device.gpu].supports_svm()).map(|(i, _)| i).collect()
}

/// `kfd_ioctl_set_xnack_mode`: a negative value asks, another one sets. `EBUSY` while queues exist, `EPERM` when a
/// GPU can not retry.
pub(crate) fn set_xnack_mode(call: &mut Call, args: &mut kfd_ioctl_set_xnack_mode_args) -> Result<(), Errno> {
    check_built_in(call)?;
    if args.xnack_enabled < 0 {
        args.xnack_enabled = call.process().xnack.into();
        return Ok(());
    }
    if !call.process().queues.is_empty() {
        return Err(Errno::EBUSY);
    }
    let wanted = args.xnack_enabled != 0;
    if call.process().xnack == wanted {
        return Ok(());
    }
    if wanted && !xnack_mode(call.machine, true) {
        return Err(Errno::EPERM);
    }
    // svm_range_switch_xnack_reserve_mem
    let bytes = call.process().ranges.pages() * call.host.page_size();
    if wanted {
        call.state.accounts.unreserve_system(call.host, bytes);
    } else {
        call.state.accounts.reserve_system((call.machine, call.host), bytes)?;
    }
    call.process().xnack = wanted;
    Ok(())
}
