//! What the runtime asks of a driver's queues. Answers to CreateQueue and its neighbours in upstream's
//! `core/inc/driver.h`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::{Node, NodeId};

use crate::boundary::Error;

/// How a queue's waves are scheduled beside those of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Priority {
    /// When others have nothing to run.
    Low,
    #[default]
    Normal,
    /// Before others.
    High,
    /// As high as the driver has it: what other queues wait for.
    Highest,
}

/// What reads a queue's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The compute engine, AQL packets.
    Compute {
        /// Address of the read index.
        read_index: u64,
        /// Address of the write index.
        write_index: u64,
        /// Where the driver writes what it finds wrong with the queue, and the number of the event that it sets then;
        /// zeros if nobody wants to know.
        errors: (u64, u32),
    },
    /// An SDMA engine that the driver chooses.
    Sdma,
    /// An SDMA engine for copies between GPUs, likewise.
    SdmaXgmi,
    /// The SDMA engine of this number: since interface 1.17.
    SdmaEngine(u32),
}

/// A queue as it is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The GPU's node.
    pub node: NodeId,
    /// What reads it.
    pub reader: Reader,
    /// Its priority.
    pub priority: Priority,
    /// Address of the ring.
    pub ring: u64,
    /// Bytes of the ring, a power of two.
    pub ring_bytes: u64,
}

/// The address of a doorbell: memory of the device, written in 64-bit stores. It stays mapped for as long as the
/// process lives, whatever becomes of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doorbell(u64);

impl Doorbell {
    /// For drivers alone, who promise what the type says.
    pub(super) fn new(address: u64) -> Self {
        Self(address)
    }

    /// The address.
    pub fn address(self) -> u64 {
        self.0
    }
}

/// A queue of the driver.
#[derive(Clone, Copy, Debug)]
pub struct HardwareQueue {
    /// What the driver knows it by.
    pub id: u64,
    /// Written to when there is something to read.
    pub doorbell: Doorbell,
    /// Address of the read index; an SDMA queue's counts bytes.
    pub read_index: u64,
    /// Address of the write index, likewise.
    pub write_index: u64,
}

/// Queues of GPUs.
pub trait Queues {
    /// Where a GPU's waves find group and private memory: the addresses of the two segments.
    fn segment_bases(&self, node: &Node) -> (u64, u64);

    /// Whether the driver tells what is wrong with a queue; otherwise the packet processor does.
    fn reports_errors(&self) -> bool;

    /// Creates a queue, which runs at once.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn create_queue(&self, wanted: &Wanted) -> Result<HardwareQueue, Error>;

    /// Destroys a queue: when this returns, nothing reads its ring any more.
    ///
    /// # Errors
    /// `Generic` when the driver refuses, which has then lost the queue's GPU.
    fn destroy_queue(&self, id: u64) -> Result<(), Error>;

    /// Gives a queue a ring, a priority and a share of the GPU, in percent; with none it stops.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn update_queue(
        &self,
        id: u64,
        percentage: u32,
        priority: Priority,
        ring: u64,
        bytes: u64,
    ) -> Result<(), Error>;

    /// Whether the driver can take a GPU's waves off it at any time and put them back (CWSR). Otherwise it waits for their
    /// end, and resets the GPU if that takes long.
    fn saves_waves(&self, node: &Node) -> bool;

    /// Restricts a queue's waves to compute units, one a bit.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn mask_queue(&self, id: u64, mask: &[u32]) -> Result<(), Error>;

    /// Has waves of the process on a GPU run the code at an address when they trap, which gets the address of its data.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn set_trap_handler(&self, node: &Node, code: u64, data: u64) -> Result<(), Error>;

    /// Gives a queue the GPU's global wave sync, of which there is one, or takes it back.
    ///
    /// # Errors
    /// `OutOfResources` when another queue has it or the GPU has none.
    fn share_wave_sync(&self, id: u64, wanted: bool) -> Result<(), Error>;
}
