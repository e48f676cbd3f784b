//! Handlers of tools that see the packets of a queue before a GPU does, and what they write on.
//!
//! A handler gets a function to write with, but that function gets nothing that says for whom: it finds the writer of the
//! handler that this thread is in.

use core::{cell::Cell, ffi::c_void, marker::PhantomData, ptr};

use super::{Bound, Data, Function};
use crate::abi::{
    AMD_AQL_FORMAT_INTERCEPT_MARKER, HSA_PACKET_TYPE_VENDOR_SPECIFIC, amd_aql_intercept_marker_t,
    hsa_signal_t,
};

type RawWriter = unsafe extern "C-unwind" fn(*const c_void, u64);
type RawHandler = unsafe extern "C-unwind" fn(*const c_void, u64, u64, Data, Option<RawWriter>);

/// A packet of 64 bytes, in words.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct AqlPacket(pub [u32; 16]);

impl AqlPacket {
    /// Whether it is not for the GPU but calls a function in its place.
    pub fn is_marker(&self) -> bool {
        let (kind, format) = (self.0[0] & 0xff, self.0[0] >> 16 & 0xff);
        kind == HSA_PACKET_TYPE_VENDOR_SPECIFIC.0 && format == AMD_AQL_FORMAT_INTERCEPT_MARKER
    }

    /// The signal that its end changes, or nothing.
    pub fn completion(&self) -> hsa_signal_t {
        hsa_signal_t { handle: u64::from(self.0[15]) << 32 | u64::from(self.0[14]) }
    }

    /// Calls a marker's function, under no lock and no guard: the packet behind it is to be number `number` of the queue
    /// at an address. The function cannot write packets.
    pub fn call_marker(&self, queue: u64, number: u64) {
        let _within = Within::set(None);
        // SAFETY: both have 64 bytes, this one is aligned for the other, and any bytes are numbers; the function is what
        // the handler that wrote the marker promises.
        let marker = unsafe { &*ptr::from_ref(self).cast::<amd_aql_intercept_marker_t>() };
        if let Some(callback) = marker.callback {
            // SAFETY: as above.
            unsafe { callback(marker, ptr::with_exposed_provenance_mut(queue as usize), number) };
        }
    }
}

/// Packets that a handler wrote, or that it is to see.
#[derive(Clone, Copy)]
pub struct Packets<'a> {
    start: *const AqlPacket,
    count: usize,
    life: PhantomData<&'a AqlPacket>,
}

impl<'a> Packets<'a> {
    /// So many at an address.
    ///
    /// # Safety
    /// They are there for `'a`, and nobody writes to them.
    pub unsafe fn new(address: u64, count: usize) -> Self {
        Self { start: ptr::with_exposed_provenance(address as usize), count, life: PhantomData }
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = AqlPacket> + use<'a> {
        // SAFETY: as many as the ring or the handler has; a handler's need not be aligned.
        (0..self.count).map(move |index| unsafe { ptr::read_unaligned(self.start.add(index)) })
    }
}

/// Where packets go that a handler writes.
pub trait PacketWriter {
    /// Takes packets.
    fn write(&self, packets: Packets<'_>);
}

thread_local! {
    /// The writer of the handler that this thread is in.
    static WRITER: Cell<Option<*const dyn PacketWriter>> = const { Cell::new(None) };
}

/// While it is there, this thread has another writer.
struct Within(Option<*const dyn PacketWriter>);

impl Within {
    fn set(writer: Option<*const dyn PacketWriter>) -> Self {
        Self(WRITER.replace(writer))
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        WRITER.set(self.0);
    }
}

/// What handlers write with. Outside of a handler it does nothing.
unsafe extern "C-unwind" fn write(start: *const c_void, count: u64) {
    let Some(writer) = WRITER.get().filter(|_| count > 0 && !start.is_null()) else { return };
    let packets = Packets { start: start.cast(), count: count as usize, life: PhantomData };
    // SAFETY: `call` has it on its stack, and takes it away before it returns.
    unsafe { (*writer).write(packets) }
}

/// A function that sees packets.
pub type InterceptHandler = Function<RawHandler>;
/// Such a function, and what it gets.
pub type BoundInterceptHandler = Bound<RawHandler>;

impl BoundInterceptHandler {
    /// Calls it, under no lock and no guard, with packets of which the first is number `first` of the queue that programs
    /// know. What it writes until it returns goes to `writer`.
    pub fn call(&self, packets: Packets<'_>, first: u64, writer: &dyn PacketWriter) {
        let writer: *const (dyn PacketWriter + '_) = writer;
        // SAFETY: only the lifetime changes; `write` finds the writer while this function runs, and no longer.
        let writer = unsafe {
            core::mem::transmute::<*const (dyn PacketWriter + '_), *const dyn PacketWriter>(writer)
        };
        let _within = Within::set(Some(writer));
        // SAFETY: FromC's contract: the tool's function takes what its declaration says.
        unsafe { (self.function)(packets.start.cast(), packets.count as u64, first, self.data, Some(write)) };
    }
}

#[cfg(test)]
impl BoundInterceptHandler {
    /// A function of a test's, which is never freed; one thread at a time calls it. It gets packets, the number of the
    /// first, and what it writes with.
    pub fn of_test(handler: impl Fn(&[AqlPacket], u64, &dyn Fn(&[AqlPacket])) + Send + 'static) -> Self {
        type Boxed = Box<dyn Fn(&[AqlPacket], u64, &dyn Fn(&[AqlPacket])) + Send>;
        unsafe extern "C-unwind" fn trampoline(
            start: *const c_void,
            count: u64,
            first: u64,
            data: Data,
            writer: Option<RawWriter>,
        ) {
            // SAFETY: what `call` passes; `data` is a `Boxed` that was leaked below.
            let (packets, handler) = unsafe {
                (
                    core::slice::from_raw_parts(start.cast::<AqlPacket>(), count as usize),
                    &*data.cast::<Boxed>(),
                )
            };
            let write = |packets: &[AqlPacket]| {
                // SAFETY: a slice's address and length.
                writer
                    .into_iter()
                    .for_each(|writer| unsafe { writer(packets.as_ptr().cast(), packets.len() as u64) });
            };
            handler(packets, first, &write);
        }
        let boxed: &'static mut Boxed = Box::leak(Box::new(Box::new(handler)));
        Bound { function: trampoline, data: ptr::from_mut(boxed).cast() }
    }
}
