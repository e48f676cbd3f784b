//! What debuggers are told by amdkfd, by way of the thunk. Answers to `NoteSegmentBuilder::Collect` of upstream's
//! `amd_core_dump.cpp`.
#![forbid(unsafe_code)]

use hsakmt_thunk::{
    debug,
    kernel::bytes_of,
    topology::model::{GfxVersion, Node},
    uapi::{
        Record,
        kfd::{kfd_queue_snapshot_entry, kfd_runtime_info, queue_type},
    },
};

use super::{
    Driver as _,
    debugging::{Debugging, Entries, OwnQueue, ProcessState},
    kfd::Kfd,
};

/// The interface's version since which it has a debugger.
const FIRST: (u32, u32) = (1, 13);

impl Debugging for Kfd {
    fn dumps_cores(&self) -> bool {
        self.kernel_dumps_cores()
    }

    fn begin_debugging(&self) -> Result<ProcessState, String> {
        if self.thunk().topology().nodes.iter().any(is_masked_for_debuggers) {
            return Err("queues would get other compute units".into());
        }
        let driver = self.thunk().driver();
        let runtime = debug::enable(driver).map_err(|error| error.to_string())?;
        let devices = debug::devices(driver, self.thunk().topology().kernel_nodes);
        let state = devices.and_then(|devices| {
            let queues = entries(&debug::queues(driver, true)?);
            Ok(self.state(runtime, entries(&devices), queues))
        });
        state.map_err(|error| {
            self.end_debugging();
            error.to_string()
        })
    }

    fn end_debugging(&self) {
        // The kernel does it anyway when the process ends; otherwise nobody could do more about it.
        let _ = debug::disable(self.thunk().driver());
    }

    fn save_area(&self, queue: u64) -> Option<(u64, u64)> {
        let saved = self.thunk().services().ok()?.queues.saved(queue).ok()?;
        Some((saved.address, saved.bytes))
    }

    fn own_state(&self, queues: &[OwnQueue]) -> Result<ProcessState, String> {
        let (major, minor) = self.version();
        if (major, minor) < FIRST {
            return Err(format!(
                "/dev/kfd: interface {major}.{minor}, and debuggers know those from 1.13 on"
            ));
        }
        let thunk = self.thunk();
        let gpus = thunk.topology();
        let gpus = gpus.nodes.iter().filter(|node| node.gfx.is_some());
        let devices: Result<Vec<_>, _> = gpus.map(|node| thunk.core_device_info(node.gpu_id.0)).collect();
        let devices = entries(&devices.map_err(|error| error.to_string())?);
        let queues: Vec<_> = queues.iter().filter_map(|queue| self.entry(queue)).collect();
        Ok(self.state(thunk.core_runtime_info(), devices, entries(&queues)))
    }
}

impl Kfd {
    fn state(&self, runtime: kfd_runtime_info, devices: Entries, queues: Entries) -> ProcessState {
        ProcessState { version: self.version(), runtime: bytes_of(&[runtime]).to_vec(), devices, queues }
    }

    /// What a debugger would hear of a queue; none for one that has gone meanwhile.
    fn entry(&self, queue: &OwnQueue) -> Option<kfd_queue_snapshot_entry> {
        let queues = &self.thunk().services().ok()?.queues;
        // For the header of the save area, by which a debugger finds waves. Without it finds none, but all the rest.
        let _ = queues.wave_state(queue.id);
        let saved = queues.saved(queue.id).ok()?;
        Some(kfd_queue_snapshot_entry {
            ring_base_address: queue.ring.0,
            ring_size: u32::try_from(queue.ring.1).ok()?,
            write_pointer_address: queue.write_index,
            read_pointer_address: queue.read_index,
            ctx_save_restore_address: saved.address,
            ctx_save_restore_area_size: saved.die_bytes,
            queue_id: queues.kernel_id(queue.id).ok()?,
            gpu_id: queue.gpu_id,
            queue_type: queue_type::COMPUTE_AQL,
            ..kfd_queue_snapshot_entry::default()
        })
    }
}

fn entries<T: Record>(records: &[T]) -> Entries {
    let (count, each) = (records.len() as u32, size_of::<T>() as u32);
    Entries { bytes: bytes_of(records).to_vec(), count, each }
}

/// gfx1100 to gfx1103, of whose queues the kernel masks compute units while there is a debugger
/// (`kfd_dbg_has_cwsr_workaround`).
fn is_masked_for_debuggers(node: &Node) -> bool {
    node.kernel_gfx
        .is_some_and(|GfxVersion { major, minor, stepping }| (major, minor) == (11, 0) && stepping < 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_the_records_sizes_and_bytes() {
        let queue = |queue_id| kfd_queue_snapshot_entry { queue_id, ..Default::default() };
        let told = entries(&[queue(1), queue(2)]);
        assert_eq!((told.count, told.each, told.bytes.len(), told.bytes[64 + 40]), (2, 64, 128, 2));
    }
}
