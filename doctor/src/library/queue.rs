//! The runtime's queues and what they run.

use super::{Buffer, Handle, Library, Result, abi::*};
use std::{
    ffi::{CStr, c_void},
    marker::PhantomData,
    ptr,
    sync::atomic::{AtomicU32, Ordering},
};

impl Library {
    /// Loads a code object and finds a kernel in it; both stay for the life of the process.
    ///
    /// # Errors
    /// The status of the step that failed.
    pub fn kernel(&self, agent: Handle, code: &'static [u8], name: &CStr) -> Result<u64> {
        let f = &self.functions;
        let (mut reader, mut executable, mut symbol, mut object) = (0, 0, 0, 0u64);
        let no_options = ptr::null();
        // SAFETY: the code stays where it is; handles are the library's, and each out-pointer is of its call's type.
        unsafe {
            let status = (f.hsa_code_object_reader_create_from_memory)(
                code.as_ptr().cast(),
                code.len(),
                &raw mut reader,
            );
            self.check("hsa_code_object_reader_create_from_memory", status)?;
            let status = (f.hsa_executable_create_alt)(
                BASE_PROFILE,
                DEFAULT_ROUNDING,
                no_options,
                &raw mut executable,
            );
            self.check("hsa_executable_create_alt", status)?;
            let status = (f.hsa_executable_load_agent_code_object)(
                executable,
                agent,
                reader,
                no_options,
                ptr::null_mut(),
            );
            self.check("hsa_executable_load_agent_code_object", status)?;
            self.check("hsa_executable_freeze", (f.hsa_executable_freeze)(executable, no_options))?;
            let status = (f.hsa_executable_get_symbol_by_name)(
                executable,
                name.as_ptr(),
                &raw const agent,
                &raw mut symbol,
            );
            self.check("hsa_executable_get_symbol_by_name", status)?;
            let status = (f.hsa_executable_symbol_get_info)(symbol, KERNEL_OBJECT, (&raw mut object).cast());
            self.check("hsa_executable_symbol_get_info", status)?;
        }
        Ok(object)
    }

    /// A queue of an agent's.
    ///
    /// # Errors
    /// Its status.
    pub fn queue(&self, agent: Handle) -> Result<Queue<'_>> {
        const PACKETS: u32 = 64;
        let mut queue = ptr::null_mut();
        // SAFETY: the agent is the library's; the callback takes anything, and it writes an address.
        let status = unsafe {
            (self.functions.hsa_queue_create)(
                agent,
                PACKETS,
                ONE_PRODUCER,
                stopped,
                ptr::null_mut(),
                u32::MAX,
                u32::MAX,
                &raw mut queue,
            )
        };
        self.check("hsa_queue_create", status)?;
        Ok(Queue { library: self, queue, packets: 0, thread: PhantomData })
    }
}

/// With what status a queue has stopped.
static STOPPED: AtomicU32 = AtomicU32::new(SUCCESS);

/// With what status a queue has stopped, if one has.
pub fn trouble() -> Status {
    STOPPED.load(Ordering::Relaxed)
}

/// Hears that a queue has stopped. Libraries end programs whose queues nobody hears of.
unsafe extern "C" fn stopped(status: Status, _queue: *mut hsa_queue_t, _data: *mut c_void) {
    STOPPED.store(status, Ordering::Relaxed);
}

/// A queue with one producer.
pub struct Queue<'a> {
    library: &'a Library,
    queue: *mut hsa_queue_t,
    packets: u64,
    thread: PhantomData<*mut ()>,
}

impl Queue<'_> {
    /// Runs a kernel on so many work-items, in groups of 256; `done` is decremented at its end, which is to be waited for
    /// before the next.
    pub fn dispatch(&mut self, kernel_object: u64, items: u32, arguments: &Buffer<'_>, done: Handle) {
        let packet = DispatchPacket {
            first: 1,
            group: [256, 1, 1, 0],
            grid: [items, 1, 1],
            segments: [0; 2],
            kernel_object,
            arguments: arguments.address(),
            reserved: 0,
            completion_signal: done,
        };
        let index = self.packets;
        self.packets += 1;
        // SAFETY: the ring has `size` packets, and this one is free since all before it have ended. The GPU looks at it
        // when its first word, written last, says so; Release orders that behind the rest, and the doorbell behind both.
        unsafe {
            let queue = &*self.queue;
            let place = queue.base_address.add((index % u64::from(queue.size)) as usize);
            place.write_volatile(packet);
            let f = &self.library.functions;
            (f.hsa_queue_store_write_index_relaxed)(self.queue, index + 1);
            AtomicU32::from_ptr(place.cast()).store(DISPATCH, Ordering::Release);
            (f.hsa_signal_store_screlease)(queue.doorbell_signal, index as i64);
        }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // SAFETY: the queue is this one's, and is used no more.
        unsafe { (self.library.functions.hsa_queue_destroy)(self.queue) };
    }
}
