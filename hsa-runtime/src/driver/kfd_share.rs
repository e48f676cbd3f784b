//! Sharing of amdkfd's memory, by way of the thunk. Answers to ExportDMABuf of upstream's `amd_kfd_driver.cpp` and to
//! InteropMap and InteropUnmap of its `runtime.cpp`.
#![forbid(unsafe_code)]

use std::os::fd::{AsRawFd, OwnedFd};

use hsakmt_thunk::{Status, topology::model::NodeId};

use super::{
    Attributes,
    kfd::{Kfd, out_of_resources},
    share::{Imported, Share},
};
use crate::boundary::Error;

impl Share for Kfd {
    fn export(&self, address: u64, bytes: u64) -> Result<(i32, u64), Error> {
        self.services()?.memory.export_dmabuf(address, bytes).map_err(|error| match error.status {
            Status::InvalidParameter => Error::InvalidArgument,
            _ => out_of_resources(&error),
        })
    }

    fn import(&self, dmabuf: i32, nodes: &[NodeId]) -> Result<Imported, Error> {
        let memory = &self.services()?.memory;
        let dmabuf = u32::try_from(dmabuf).map_err(|_| Error::Generic)?;
        let nodes: Vec<u32> = nodes.iter().map(|node| node.0).collect();
        let gpus = memory.gpu_ids(&nodes).map_err(|_| Error::Generic)?;
        let buffer = memory.import_graphics(dmabuf, &gpus, true).map_err(|_| Error::Generic)?;
        memory.map_to_these(buffer.address, buffer.size, &gpus).map_err(|error| {
            // The mapping's failure is what the user hears of.
            let _ = memory.deregister(buffer.address);
            out_of_resources(&error)
        })?;
        Ok(Imported {
            address: buffer.address,
            bytes: buffer.size,
            node: NodeId(buffer.node),
            // The thunk knows no more of it.
            attributes: Attributes { local: true, coarse: true, ..Attributes::default() },
            metadata: buffer.metadata,
        })
    }

    fn map_file(&self, file: &OwnedFd, bytes: u64) -> Result<u64, Error> {
        let memory = &self.services()?.memory;
        memory
            .allocate_file(file.as_raw_fd(), bytes, Self::SIGNALS)
            .and_then(|address| {
                memory.map_to_gpus(address, bytes).map(|_| address).inspect_err(|_| {
                    // The mapping's failure is what the user hears of.
                    let _ = memory.free(address);
                })
            })
            .map_err(|error| out_of_resources(&error))
    }

    fn unmap_file(&self, address: u64) {
        if let Ok(services) = self.services() {
            // What is wrong with unmapping it, freeing it finds, too; there is nothing to do about that.
            let _ = services.memory.unmap_from_gpus(address);
            let _ = services.memory.free(address);
        }
    }

    fn give_back(&self, address: u64) -> Result<(), Error> {
        let memory = &self.services()?.memory;
        let unmapped = memory.unmap_from_gpus(address).and_then(|()| memory.deregister(address));
        unmapped.map_err(|_| Error::InvalidArgument)
    }
}
