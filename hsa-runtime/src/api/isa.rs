//! Instruction sets and wavefronts. Answers to upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    boundary::{Callback, Data, Error, Out, Text, Then, Value},
    handle,
    isa::{Isa, info},
    runtime,
};

pub fn from_name(name: Text, isa: Out<hsa_isa_t>) -> Result<(), Error> {
    runtime::machine()?;
    let name = name.get()?;
    isa.check()?;
    let found = name.to_str().ok().and_then(Isa::from_name).ok_or(Error::InvalidIsaName)?;
    isa.write(handle::isa(found))
}

/// Deprecated: `index` chooses a call convention, of which there is one.
pub fn get_info(isa: hsa_isa_t, attribute: hsa_isa_info_t, index: u32, value: Value) -> Result<(), Error> {
    runtime::machine()?;
    value.check()?;
    if index != 0 {
        return Err(Error::InvalidIndex);
    }
    info::get(find(isa)?, attribute, value)
}

pub fn get_info_alt(isa: hsa_isa_t, attribute: hsa_isa_info_t, value: Value) -> Result<(), Error> {
    runtime::machine()?;
    value.check()?;
    info::get(find(isa)?, attribute, value)
}

/// No instruction set reports exceptions.
pub fn get_exception_policies(isa: hsa_isa_t, profile: hsa_profile_t, mask: Out<u16>) -> Result<(), Error> {
    runtime::machine()?;
    check_profile(profile)?;
    mask.check()?;
    find(isa)?;
    mask.write(0)
}

/// Multiply-add rounds once everywhere.
pub fn get_round_method(
    isa: hsa_isa_t,
    fp_type: hsa_fp_type_t,
    flush_mode: hsa_flush_mode_t,
    method: Out<hsa_round_method_t>,
) -> Result<(), Error> {
    runtime::machine()?;
    if !matches!(fp_type, HSA_FP_TYPE_16 | HSA_FP_TYPE_32 | HSA_FP_TYPE_64)
        || !matches!(flush_mode, HSA_FLUSH_MODE_FTZ | HSA_FLUSH_MODE_NON_FTZ)
    {
        return Err(Error::InvalidArgument);
    }
    method.check()?;
    find(isa)?;
    method.write(HSA_ROUND_METHOD_SINGLE)
}

/// Deprecated: knows nothing of versions of generic code objects.
pub fn compatible(code: hsa_isa_t, agent: hsa_isa_t, result: Out<bool>) -> Result<(), Error> {
    runtime::machine()?;
    result.check()?;
    result.write(find(code)?.runs_on(find(agent)?, 0))
}

pub fn iterate_wavefronts(
    isa: hsa_isa_t,
    callback: Option<Callback<hsa_wavefront_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    Ok(callback.for_each(vec![handle::wavefront(find(isa)?.target().wavefront)], data))
}

pub fn get_wavefront_info(
    wavefront: hsa_wavefront_t,
    attribute: hsa_wavefront_info_t,
    value: Value,
) -> Result<(), Error> {
    runtime::machine()?;
    value.check()?;
    let size = handle::wavefront_size(wavefront).ok_or(Error::InvalidWavefront)?;
    match attribute {
        HSA_WAVEFRONT_INFO_SIZE => value.write::<u32>(size),
        _ => Err(Error::InvalidArgument),
    }
}

fn find(isa: hsa_isa_t) -> Result<Isa, Error> {
    handle::to_isa(isa).ok_or(Error::InvalidIsa)
}

/// Fails with `InvalidArgument` for what is neither the base nor the full profile.
pub(super) fn check_profile(profile: hsa_profile_t) -> Result<(), Error> {
    match profile {
        HSA_PROFILE_BASE | HSA_PROFILE_FULL => Ok(()),
        _ => Err(Error::InvalidArgument),
    }
}
