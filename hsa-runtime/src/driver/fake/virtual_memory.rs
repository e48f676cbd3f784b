//! Memory without addresses of the driver for tests: it counts what is shown.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use hsakmt_thunk::topology::model::{Node, NodeId};

use super::FakeDriver;
use crate::{
    boundary::Error,
    driver::{
        Attributes, Memory,
        virtual_memory::{Access, Attached, Bare, Part, Viewer, VirtualMemory},
    },
};

impl VirtualMemory for FakeDriver {
    fn reserve(&self, bytes: u64, _: u64, alignment: u64) -> Result<u64, Error> {
        self.call();
        let start = self.next.fetch_add(bytes + alignment, Ordering::Relaxed);
        Ok(start.next_multiple_of(alignment))
    }

    fn unreserve(&self, _: u64) -> Result<(), Error> {
        self.call();
        Ok(())
    }

    fn reserve_plain(&self, bytes: u64, hint: u64, alignment: u64) -> Result<u64, Error> {
        self.reserve(bytes, hint, alignment)
    }

    fn unreserve_plain(&self, address: u64, _: u64) -> Result<(), Error> {
        self.unreserve(address)
    }

    fn create(&self, node: NodeId, bytes: u64, attributes: Attributes) -> Result<u64, Error> {
        self.allocate(node, bytes, attributes)
    }

    fn take_in(&self, dmabuf: i32) -> Result<Bare, Error> {
        let (node, bytes) = (NodeId(1), 0x1000);
        if dmabuf < 0 {
            return Err(Error::Generic);
        }
        Ok(Bare { number: self.allocate(node, bytes, Attributes::default())?, bytes, node })
    }

    fn destroy(&self, number: u64) {
        // A second time would be a defect that the count of blocks shows.
        let _ = self.free(number);
    }

    fn attach(&self, number: u64, _: u64, _: &Node) -> Result<Attached, Error> {
        self.call();
        Ok(Attached(number))
    }

    fn detach(&self, _: Attached) {
        self.call();
    }

    fn show(&self, _: Attached, part: Part, viewer: Viewer, access: Access) -> Result<(), Error> {
        self.call();
        self.shown.lock().push((part, viewer, access));
        Ok(())
    }

    fn hide(&self, _: Attached, part: Part, viewer: Viewer) -> Result<(), Error> {
        self.call();
        self.shown.lock().retain(|shown| (shown.0, shown.1) != (part, viewer));
        Ok(())
    }
}
