//! Operations of `hsa_amd_memory_async_batch_copy`, whose unions and lists depend on their kind. Answers to the checks that
//! hsa_ext_amd.h describes, and to those of upstream's `hsa_ext_amd.cpp`.

use core::{ffi::c_void, marker::PhantomData};

use super::{Error, List};
use crate::abi::*;

/// An operation.
#[derive(Clone, Debug)]
pub struct CopyOp {
    /// The signal that becomes one less.
    pub completion: hsa_signal_t,
    pub source_agent: hsa_agent_t,
    /// What is copied.
    pub entries: Vec<CopyEntry>,
}

/// One copy of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyEntry {
    pub target: u64,
    pub target_agent: hsa_agent_t,
    pub source: u64,
    pub bytes: usize,
}

impl List<'_, hsa_amd_memory_copy_op_t> {
    /// The operations that the caller passed.
    ///
    /// # Errors
    /// `InvalidArgument` for NULL or none, for an operation that is no copy from one place or several to others, and for one
    /// that is to wait for memory or to write it: no packet of the engines that are known here does that together.
    pub fn operations(self, count: u32) -> Result<Vec<CopyOp>, Error> {
        let operations = self.read(count)?;
        if operations.is_empty() {
            return Err(Error::InvalidArgument);
        }
        operations.iter().map(CopyOp::new).collect()
    }
}

impl CopyOp {
    fn new(op: &hsa_amd_memory_copy_op_t) -> Result<Self, Error> {
        let is_plain = op.version == HSA_AMD_MEMORY_COPY_OP_VERSION
            && u32::from(op.wait.function) == HSA_AMD_MEMORY_COPY_WAIT_ALWAYS.0
            && u32::from(op.signal.operation) == HSA_AMD_MEMORY_COPY_SIGNAL_NONE.0
            && op.reserved1 == [0];
        // SAFETY: every field of the unions is as many plain bytes, all of which the caller has set.
        let (source_agent, size) = unsafe { (op.anonymous1.src_agent, op.anonymous4.anonymous0) };
        let kind = hsa_amd_memory_copy_op_type_t(op.r#type.into());
        let entries = match kind {
            _ if !is_plain || size.unused_size != 0 => return Err(Error::InvalidArgument),
            HSA_AMD_MEMORY_COPY_OP_LINEAR if op.num_entries == 0 => {
                // SAFETY: as above.
                let (source, target, target_agent) =
                    unsafe { (op.anonymous0.src, op.anonymous3.dst, op.anonymous2.dst_agent) };
                vec![CopyEntry::new(target, target_agent, source, size.size)?]
            }
            HSA_AMD_MEMORY_COPY_OP_LINEAR => {
                // SAFETY: as above.
                let (sources, sizes) =
                    unsafe { (op.anonymous0.src_list, op.anonymous4.anonymous2.size_list) };
                let (sources, sizes) = (list(sources, op)?, list(sizes, op)?);
                let pairs = targets(op)?.into_iter().zip(sources.into_iter().zip(sizes));
                pairs
                    .map(|((to, agent), (from, bytes))| CopyEntry::new(to, agent, from, bytes))
                    .collect::<Result<_, _>>()?
            }
            HSA_AMD_MEMORY_COPY_OP_LINEAR_BROADCAST if op.num_entries > 0 => {
                // SAFETY: as above.
                let source = unsafe { op.anonymous0.src };
                let targets = targets(op)?.into_iter();
                targets
                    .map(|(to, agent)| CopyEntry::new(to, agent, source, size.size))
                    .collect::<Result<_, _>>()?
            }
            _ => return Err(Error::InvalidArgument),
        };
        Ok(Self { completion: op.completion_signal, source_agent, entries })
    }
}

impl CopyEntry {
    fn new(
        target: *mut c_void,
        target_agent: hsa_agent_t,
        source: *mut c_void,
        bytes: usize,
    ) -> Result<Self, Error> {
        if target.is_null() || source.is_null() {
            return Err(Error::InvalidArgument);
        }
        let [target, source] = [target, source].map(|at| at.expose_provenance() as u64);
        Ok(Self { target, target_agent, source, bytes })
    }
}

/// The destinations of an operation with several.
fn targets(op: &hsa_amd_memory_copy_op_t) -> Result<Vec<(*mut c_void, hsa_agent_t)>, Error> {
    // SAFETY: every field of the unions is as many plain bytes, all of which the caller has set.
    let (targets, agents) = unsafe { (op.anonymous3.dst_list, op.anonymous2.dst_agent_list) };
    Ok(list(targets, op)?.into_iter().zip(list(agents, op)?).collect())
}

/// One of an operation's lists.
fn list<T: Copy>(first: *mut T, op: &hsa_amd_memory_copy_op_t) -> Result<Vec<T>, Error> {
    List(first.cast_const(), PhantomData).read(op.num_entries.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::FromC;

    /// An operation of all zeros but its version, as C programs begin.
    fn plain() -> hsa_amd_memory_copy_op_t {
        // SAFETY: integers, and pointers that are NULL.
        let zeros: hsa_amd_memory_copy_op_t = unsafe { core::mem::zeroed() };
        hsa_amd_memory_copy_op_t { version: HSA_AMD_MEMORY_COPY_OP_VERSION, ..zeros }
    }

    fn read(op: hsa_amd_memory_copy_op_t) -> Result<Vec<CopyEntry>, Error> {
        // SAFETY: an array of one, which outlives the list.
        let list = unsafe { List::from_c(&raw const op) };
        Ok(list.operations(1)?.remove(0).entries)
    }

    fn at(address: usize) -> *mut c_void {
        core::ptr::without_provenance_mut(address)
    }

    #[test]
    fn lists_are_read_by_the_kind_of_operation() {
        let mut agents = [hsa_agent_t { handle: 7 }, hsa_agent_t { handle: 8 }];
        let (mut targets, mut sources, mut sizes) = ([at(0x10), at(0x20)], [at(0x30), at(0x40)], [5, 6]);
        let (source, target, agent) = (
            hsa_amd_memory_copy_op_t_anonymous0 { src: at(0x30) },
            hsa_amd_memory_copy_op_t_anonymous3 { dst: at(0x10) },
            hsa_amd_memory_copy_op_t_anonymous2 { dst_agent: agents[0] },
        );
        let mut one = plain();
        (one.anonymous0, one.anonymous3, one.anonymous2) = (source, target, agent);
        one.anonymous4.anonymous0.size = 5;
        let entry = |target, handle, source, bytes| CopyEntry {
            target,
            target_agent: hsa_agent_t { handle },
            source,
            bytes,
        };
        assert_eq!(read(one), Ok(vec![entry(0x10, 7, 0x30, 5)]));
        let mut many = hsa_amd_memory_copy_op_t { num_entries: 2, ..plain() };
        many.anonymous3.dst_list = targets.as_mut_ptr();
        many.anonymous2.dst_agent_list = agents.as_mut_ptr();
        many.anonymous0.src_list = sources.as_mut_ptr();
        many.anonymous4.anonymous2.size_list = sizes.as_mut_ptr();
        assert_eq!(read(many), Ok(vec![entry(0x10, 7, 0x30, 5), entry(0x20, 8, 0x40, 6)]));
        let mut broadcast = hsa_amd_memory_copy_op_t { r#type: 1, anonymous0: source, ..many };
        broadcast.anonymous4.anonymous0.size = 9;
        assert_eq!(read(broadcast), Ok(vec![entry(0x10, 7, 0x30, 9), entry(0x20, 8, 0x30, 9)]));
        let mut holed = [at(0x30), at(0)];
        many.anonymous0.src_list = holed.as_mut_ptr();
        assert_eq!(read(many), Err(Error::InvalidArgument), "NULL in a list");
    }

    #[test]
    fn what_no_engine_does_is_refused() {
        let mut one = plain();
        (one.anonymous0.src, one.anonymous3.dst) = (at(0x30), at(0x10));
        assert!(read(one).is_ok());
        let mut waiting = one;
        waiting.wait.function = 3;
        let mut signalling = one;
        signalling.signal.operation = 1;
        let mut reserved = one;
        reserved.anonymous4.anonymous0.unused_size = 1;
        let newer = hsa_amd_memory_copy_op_t { version: 2, ..one };
        let swap = hsa_amd_memory_copy_op_t { r#type: 2, ..one };
        let to_none = hsa_amd_memory_copy_op_t { r#type: 1, ..one };
        for wrong in [waiting, signalling, reserved, newer, swap, to_none, plain()] {
            assert_eq!(read(wrong), Err(Error::InvalidArgument));
        }
        // SAFETY: NULL.
        let none = unsafe { List::<hsa_amd_memory_copy_op_t>::from_c(core::ptr::null()) };
        assert_eq!(none.operations(0).err(), Some(Error::InvalidArgument));
    }
}
