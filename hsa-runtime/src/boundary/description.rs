//! Queues as C describes them to `hsa_amd_queue_create`.

use core::{marker::PhantomData, ptr};

use super::{BoundQueueHandler, Error, FromC, List, QueueHandler};
use crate::abi::{
    hsa_amd_compute_queue_params_t, hsa_amd_queue_create_desc_t, hsa_amd_sdma_queue_params_t, hsa_queue_t,
};

/// What the caller's array has room for: a description of each queue, and its address.
#[derive(Clone, Copy)]
pub struct Descriptions<'a>(*mut hsa_amd_queue_create_desc_t, PhantomData<&'a hsa_amd_queue_create_desc_t>);

impl FromC<*mut hsa_amd_queue_create_desc_t> for Descriptions<'_> {
    unsafe fn from_c(raw: *mut hsa_amd_queue_create_desc_t) -> Self {
        Self(raw, PhantomData)
    }
}

/// A queue as it is described.
pub struct Description(hsa_amd_queue_create_desc_t);

impl Descriptions<'_> {
    /// The one at an index, which is below the caller's count.
    ///
    /// # Errors
    /// `InvalidArgument` if the caller passed NULL.
    pub fn read(&self, index: u32) -> Result<Description, Error> {
        if self.0.is_null() {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: not NULL, and by FromC's contract as many as the caller counts.
        Ok(Description(unsafe { ptr::read_unaligned(self.0.add(index as usize)) }))
    }

    /// Tells the address of the queue at an index that was read.
    pub fn tell(&self, index: u32, queue: *mut hsa_queue_t) {
        // SAFETY: as for `read`; the structure is the caller's to be written.
        unsafe { ptr::write_unaligned(&raw mut (*self.0.add(index as usize)).queue, queue) };
    }
}

impl Description {
    /// The members that every engine has.
    pub fn common(&self) -> &hsa_amd_queue_create_desc_t {
        &self.0
    }

    /// Those of compute queues, whatever the engine is.
    pub fn compute(&self) -> hsa_amd_compute_queue_params_t {
        // SAFETY: the caller wrote all of the structure, and any bytes are numbers and an address.
        unsafe { self.0.engine.compute }
    }

    /// Those of SDMA queues, likewise.
    pub fn sdma(&self) -> hsa_amd_sdma_queue_params_t {
        // SAFETY: as above.
        unsafe { self.0.engine.sdma }
    }

    /// The mask of compute units; none if the caller does not want one.
    ///
    /// # Errors
    /// `InvalidArgument` for half a mask.
    pub fn mask(&self) -> Result<Vec<u32>, Error> {
        let compute = self.compute();
        if compute.cu_mask.is_null() != (compute.cu_mask_count == 0) || compute.cu_mask_count % 32 != 0 {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: as many bits as the caller says.
        let words: List<u32> = unsafe { List::from_c(compute.cu_mask) };
        words.read(compute.cu_mask_count / 32)
    }

    /// Who hears of errors.
    pub fn handler(&self) -> Option<BoundQueueHandler> {
        // SAFETY: the caller's promise for its callback.
        let handler: Option<QueueHandler> = unsafe { FromC::from_c(self.0.callback) };
        handler.map(|handler| handler.bind(self.0.callback_data))
    }
}
