//! amdkfd's memory without addresses, by way of the thunk. Answers to ExportDMABuf, ImportDMABuf, Map and Unmap of
//! upstream's `amd_kfd_driver.cpp` and to its use of libdrm. What amdkfd allocated goes to a render node as a dma-buf.
#![forbid(unsafe_code)]

use hsakmt_thunk::{
    Status,
    abi::HsaMemFlags,
    buffer::{self, Handle, Range},
    kernel::Fd,
    memory::Request,
    topology::model::{Node, NodeId},
};

use super::{
    Attributes, Share,
    kfd::{Kfd, out_of_resources},
    kfd_memory::flags,
    virtual_memory::{Access, Attached, Bare, Part, Viewer, VirtualMemory},
};
use crate::boundary::Error;

impl VirtualMemory for Kfd {
    fn reserve(&self, bytes: u64, hint: u64, alignment: u64) -> Result<u64, Error> {
        let memory = &self.services()?.memory;
        let flags = HsaMemFlags(HsaMemFlags::ONLY_ADDRESS);
        let request = |at| Request { node: NodeId(0), size: bytes, alignment, at, flags };
        let there = (hint != 0).then(|| memory.allocate(request(Some(hint))).ok()).flatten();
        there.map_or_else(|| memory.allocate(request(None)), Ok).map_err(|error| match error.status {
            // The caller's mistake, of which there is nothing more to say.
            Status::InvalidParameter => Error::OutOfResources,
            _ => out_of_resources(&error),
        })
    }

    fn unreserve(&self, address: u64) -> Result<(), Error> {
        self.services()?.memory.free(address).map_err(|_| Error::Generic)
    }

    fn reserve_plain(&self, bytes: u64, hint: u64, alignment: u64) -> Result<u64, Error> {
        let memory = &self.services()?.memory;
        memory.map_sparse(bytes, hint, alignment).map_err(|error| out_of_resources(&error))
    }

    fn unreserve_plain(&self, address: u64, bytes: u64) -> Result<(), Error> {
        self.services()?.memory.unmap_sparse(address, bytes).map_err(|_| Error::Generic)
    }

    fn create(&self, node: NodeId, bytes: u64, attributes: Attributes) -> Result<u64, Error> {
        let memory = &self.services()?.memory;
        let flags = flags(attributes).with(HsaMemFlags::NO_ADDRESS);
        let request = Request { node, size: bytes, alignment: 0, at: None, flags };
        memory.allocate(request).map_err(|error| out_of_resources(&error))
    }

    fn take_in(&self, dmabuf: i32) -> Result<Bare, Error> {
        let memory = &self.services()?.memory;
        let dmabuf = u32::try_from(dmabuf).map_err(|_| Error::Generic)?;
        let buffer = memory.import_graphics(dmabuf, &[], false).map_err(|_| Error::Generic)?;
        Ok(Bare { number: buffer.address, bytes: buffer.size, node: NodeId(buffer.node) })
    }

    fn destroy(&self, number: u64) {
        if let Ok(services) = self.services() {
            // What is refused stays until the process ends.
            let _ = services.memory.free(number);
        }
    }

    fn attach(&self, number: u64, bytes: u64, gpu: &Node) -> Result<Attached, Error> {
        let (dmabuf, _) = self.export(number, bytes)?;
        let minor = gpu.properties.drm_render_minor as u32;
        let held = self.thunk().buffers().hold(minor, dmabuf);
        self.thunk().driver().kernel().close(Fd(dmabuf));
        held.map(|handle| Attached(handle.bits())).map_err(|_| Error::Generic)
    }

    fn detach(&self, attached: Attached) {
        // What is refused stays until the process ends.
        let _ = self.thunk().buffers().release(Handle::from_bits(attached.0));
    }

    fn show(&self, attached: Attached, part: Part, viewer: Viewer, access: Access) -> Result<(), Error> {
        let (handle, range) = (Handle::from_bits(attached.0), range(part));
        let access = buffer::Access { read: access.read, write: access.write };
        let shown = match viewer {
            Viewer::Host => self.thunk().buffers().show(handle, range, access),
            Viewer::Gpu => self.thunk().buffers().map(handle, range, access),
        };
        shown.map_err(|_| Error::Generic)
    }

    fn hide(&self, attached: Attached, part: Part, viewer: Viewer) -> Result<(), Error> {
        let (handle, range) = (Handle::from_bits(attached.0), range(part));
        let hidden = match viewer {
            Viewer::Host => self.thunk().buffers().hide(handle, range),
            Viewer::Gpu => self.thunk().buffers().unmap(handle, range),
        };
        hidden.map_err(|_| Error::Generic)
    }
}

fn range(part: Part) -> Range {
    Range { offset: part.offset, size: part.bytes, address: part.address }
}
