//! Caches. Answers to upstream's `cache.cpp`.
#![forbid(unsafe_code)]

use std::ffi::c_char;

use crate::{
    abi::*,
    boundary::{Error, Value},
    runtime,
};

pub fn get_info(cache: hsa_cache_t, attribute: hsa_cache_info_t, value: Value) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let cache = machine.cache(cache)?;
    value.check()?;
    match attribute {
        HSA_CACHE_INFO_NAME_LENGTH => value.write::<u32>(cache.name.as_bytes().len() as u32),
        // hsa.h promises the characters, upstream has always written the address of a string: programs were written
        // against upstream.
        HSA_CACHE_INFO_NAME => value.write::<*const c_char>(cache.name.as_ptr()),
        HSA_CACHE_INFO_LEVEL => value.write::<u8>(cache.level),
        HSA_CACHE_INFO_SIZE => value.write::<u32>(cache.size),
        _ => Err(Error::InvalidArgument),
    }
}
