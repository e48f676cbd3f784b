//! Hardware contexts. Mirrors amdxdna_ctx.c and aie2_ctx.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::AccelCall;
use super::bo::{self, Bo};
use crate::contract::{Errno, lowest_free};
use crate::uapi::amdxdna::*;
use crate::uapi::layout::{Layout, Plain};

/// `MAX_HWCTX_ID`
const LAST_CONTEXT: u32 = 255;
/// `HWCTX_MAX_CMDS` buffers of `MAX_CHAIN_CMDBUF_SIZE` bytes, which a context takes from the heap.
const COMMAND_BUFFERS: usize = 4;
const COMMAND_BUFFER_BYTES: u64 = 4096;
/// `PAGE_SIZE` of the devices' hosts, which are all x86.
const CONFIG_BYTES: u32 = 4096;

/// `struct amdxdna_hwctx`
pub(super) struct Context {
    command_buffers: Vec<Bo>,
    syncobj: u32,
    /// Its compute units are configured (`cus`).
    configured: bool,
}

/// `amdxdna_drm_create_hwctx_ioctl` and `aie2_hwctx_init`
pub(super) fn create(call: &mut AccelCall, args: &mut amdxdna_drm_create_hwctx) -> Result<(), Errno> {
    if args.ext != 0 || args.ext_flags != 0 {
        return Err(Errno::EINVAL);
    }
    call.host.read_user(args.qos_p, &mut [0; amdxdna_qos_info::SIZE])?;
    if call.client().heap.is_none() {
        return Err(Errno::ENOENT);
    }
    let mut command_buffers = Vec::new();
    let mut made = Ok(());
    while made.is_ok() && command_buffers.len() < COMMAND_BUFFERS {
        made = bo::create_device(call, COMMAND_BUFFER_BYTES).map(|bo| command_buffers.push(bo));
    }
    let number = made.and_then(|()| columns(call, args.num_tiles)).and_then(|()| number(call));
    let client = call.client();
    let number = number.inspect_err(|_| command_buffers.iter().for_each(|bo| client.give_back(bo)))?;
    let syncobj = lowest_free(client.syncobjs.iter(), 1);
    client.syncobjs.push(syncobj);
    client.contexts.insert(number, Context { command_buffers, syncobj, configured: false });
    args.handle = number;
    args.syncobj_handle = syncobj;
    args.umq_doorbell = AMDXDNA_INVALID_DOORBELL_OFFSET;
    Ok(())
}

/// `aie2_hwctx_col_list`: whether so many tiles are whole columns that the device has, where a context may begin.
fn columns(call: &mut AccelCall, tiles: u32) -> Result<(), Errno> {
    let npu = call.npu();
    let wanted = tiles / u32::from(npu.core_rows[1]);
    let total = u32::from(npu.columns);
    if wanted == 0 || wanted > total {
        return Err(Errno::EINVAL);
    }
    let width = if npu.aligns_columns { wanted } else { 1 };
    let end = total - wanted;
    let start = if end == 0 { 0 } else { npu.first_column };
    let first = start + (width - start % width) % width;
    if end - end % width >= first { Ok(()) } else { Err(Errno::EINVAL) }
}

/// `xa_alloc_cyclic`; `EBUSY` when all numbers are taken.
fn number(call: &mut AccelCall) -> Result<u32, Errno> {
    let client = call.client();
    let from = client.next_context;
    let free = (from..=LAST_CONTEXT).chain(1..from).find(|number| !client.contexts.contains_key(number));
    let number = free.ok_or(Errno::EBUSY)?;
    client.next_context = if number == LAST_CONTEXT { 1 } else { number + 1 };
    Ok(number)
}

/// `amdxdna_drm_destroy_hwctx_ioctl`
pub(super) fn destroy(call: &mut AccelCall, args: &mut amdxdna_drm_destroy_hwctx) -> Result<(), Errno> {
    if args.pad != 0 {
        return Err(Errno::EINVAL);
    }
    let client = call.client();
    let context = client.contexts.remove(&args.handle).ok_or(Errno::EINVAL)?;
    context.command_buffers.iter().for_each(|bo| client.give_back(bo));
    client.syncobjs.retain(|syncobj| *syncobj != context.syncobj);
    Ok(())
}

/// `amdxdna_drm_config_hwctx_ioctl` and `aie2_hwctx_cu_config`
pub(super) fn config(call: &mut AccelCall, args: &mut amdxdna_drm_config_hwctx) -> Result<(), Errno> {
    match args.param_type {
        _ if args.pad != 0 => return Err(Errno::EINVAL),
        DRM_AMDXDNA_HWCTX_CONFIG_CU if args.param_val_size > CONFIG_BYTES => return Err(Errno::E2BIG),
        DRM_AMDXDNA_HWCTX_CONFIG_CU => {}
        DRM_AMDXDNA_HWCTX_ASSIGN_DBG_BUF | DRM_AMDXDNA_HWCTX_REMOVE_DBG_BUF => {
            call.state.report.not_implemented("debuggers' buffers of an accelerator");
            return Err(Errno::EINVAL);
        }
        _ => return Err(Errno::EINVAL),
    }
    let mut bytes = vec![0; args.param_val_size as usize];
    call.host.read_user(args.param_val, &mut bytes)?;
    let head = amdxdna_hwctx_param_config_cu::get(&bytes);
    let client = call.client();
    let configured = client.contexts.get(&args.handle).ok_or(Errno::EINVAL)?.configured;
    let units = usize::from(head.num_cus);
    let needed = amdxdna_hwctx_param_config_cu::SIZE + units * amdxdna_cu_config::SIZE;
    if head.pad != [0; 3] || configured || units == 0 || needed > bytes.len() {
        return Err(Errno::EINVAL);
    }
    for unit in bytes[amdxdna_hwctx_param_config_cu::SIZE..].chunks_exact(amdxdna_cu_config::SIZE).take(units)
    {
        let unit = amdxdna_cu_config::get(unit);
        // aie2_config_cu: the program of a unit is in a device buffer.
        client.bo(unit.cu_bo, Some(AMDXDNA_BO_DEV)).ok_or(Errno::EINVAL)?;
        if unit.pad != [0; 3] {
            return Err(Errno::EINVAL);
        }
    }
    client.contexts.get_mut(&args.handle).ok_or(Errno::EINVAL)?.configured = true;
    Ok(())
}
