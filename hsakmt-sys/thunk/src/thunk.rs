//! The thunk as its users see it: one object for an open driver.
//!
//! Touches every room below. Both libraries are built on it.
#![forbid(unsafe_code)]

use crate::{
    buffer::Buffers,
    config::Config,
    driver::{Driver, Version, failed},
    error::{Error, Result, Status},
    event::Events,
    kernel::{Attached, Kernel},
    memory::Memory,
    message::{self, Level},
    perf::Traces,
    queue::Queues,
    render::RenderNodes,
    topology::{
        self,
        model::{GpuId, Node, NodeId, Snapshot},
    },
    uapi::kfd::{
        self, kfd_ioctl_get_available_memory_args, kfd_ioctl_get_clock_counters_args,
        kfd_ioctl_get_process_apertures_new_args, kfd_ioctl_get_tile_config_args,
        kfd_ioctl_set_xnack_mode_args, kfd_ioctl_smi_events_args, kfd_process_device_apertures,
        kfd_runtime_info,
    },
};
use parking_lot::{Mutex, RwLock};
use std::{
    mem::offset_of,
    sync::{Arc, OnceLock},
};

/// GPU and system clocks, read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockCounters {
    /// The GPU's counter, in its own ticks; 0 for CPU nodes.
    pub gpu: u64,
    /// CLOCK_MONOTONIC_RAW, ns.
    pub cpu: u64,
    /// CLOCK_BOOTTIME, ns.
    pub system: u64,
    /// Of the system clock, Hz.
    pub system_frequency: u64,
}

/// Apertures of a GPU, as addresses; limits belong to the aperture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Apertures {
    /// Which GPU.
    pub gpu_id: u32,
    /// Local data share.
    pub lds: (u64, u64),
    /// Scratch.
    pub scratch: (u64, u64),
    /// The GPU's address space.
    pub gpuvm: (u64, u64),
}

/// Tiling registers, gfx8 and older.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileConfig {
    /// GB_TILE_MODE registers.
    pub tile: Vec<u32>,
    /// GB_MACROTILE_MODE registers.
    pub macro_tile: Vec<u32>,
    /// GB_ADDR_CONFIG.
    pub gb_addr_config: u32,
    /// Banks.
    pub banks: u32,
    /// Ranks.
    pub ranks: u32,
}

/// An open driver and what is known of the machine. Thread-safe; shared behind [`Arc`].
pub struct Thunk {
    config: Config,
    driver: Arc<Driver>,
    render: Arc<RenderNodes>,
    buffers: Buffers,
    events: Events,
    traces: Traces,
    topology: RwLock<Arc<Snapshot>>,
    services: OnceLock<Services>,
    /// Held while the services are made, so that the address spaces are bound once.
    making_services: Mutex<()>,
    /// What the kernel was told last of the runtime.
    pub(crate) runtime: Mutex<kfd_runtime_info>,
}

/// What needs the address spaces of the GPUs.
pub struct Services {
    /// Memory.
    pub memory: Memory,
    /// Queues.
    pub queues: Queues,
}

impl Thunk {
    /// Opens the driver and reads the topology. A failure is also printed, as one line on standard error.
    ///
    /// # Errors
    /// `KernelIoChannelNotOpened` when `/dev/kfd` cannot be opened, `DriverMismatch` when it is too old or too new,
    /// `Error` when the topology cannot be read.
    pub fn open(kernel: Box<dyn Kernel>, config: Config) -> Result<Arc<Self>> {
        message::set_level(config.debug_level);
        let opened = Self::try_open(Arc::from(kernel), config);
        if let Err(error) = &opened {
            message::print(Level::Always, format_args!("{error}"));
        }
        opened.map(Arc::new)
    }

    fn try_open(kernel: Arc<dyn Kernel>, config: Config) -> Result<Self> {
        let driver = Arc::new(Driver::open(Arc::clone(&kernel))?);
        let render = Arc::new(RenderNodes::new(Arc::clone(&kernel)));
        let snapshot = topology::read(&*kernel, &config, &render)?;
        Ok(Self {
            config,
            buffers: Buffers::new(kernel, Arc::clone(&render)),
            events: Events::new(Arc::clone(&driver)),
            driver,
            render,
            traces: Traces::default(),
            topology: RwLock::new(Arc::new(snapshot)),
            services: OnceLock::new(),
            making_services: Mutex::default(),
            runtime: Mutex::default(),
        })
    }

    /// Settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The driver.
    #[must_use]
    pub fn driver(&self) -> &Arc<Driver> {
        &self.driver
    }

    /// The render nodes.
    #[must_use]
    pub fn render_nodes(&self) -> &Arc<RenderNodes> {
        &self.render
    }

    /// Buffers by handle.
    #[must_use]
    pub fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    /// Version of the driver's interface.
    #[must_use]
    pub fn version(&self) -> Version {
        self.driver.version()
    }

    /// The topology, as read at opening or by the last [`Thunk::reread_topology`].
    #[must_use]
    pub fn topology(&self) -> Arc<Snapshot> {
        Arc::clone(&self.topology.read())
    }

    /// Reads the topology anew, for a caller that released it.
    ///
    /// # Errors
    /// `Error` when it cannot be read; the old one stays.
    pub fn reread_topology(&self) -> Result<Arc<Snapshot>> {
        let snapshot = Arc::new(topology::read(self.driver.kernel(), &self.config, &self.render)?);
        *self.topology.write() = Arc::clone(&snapshot);
        Ok(snapshot)
    }

    /// Events.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Registrations of performance counters.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    /// Memory and queues. The first call binds the GPUs' address spaces; cheap afterwards.
    ///
    /// # Errors
    /// `Error` when the driver refuses, `NoMemory` when no address space can be had.
    #[inline]
    pub fn services(&self) -> Result<&Services> {
        self.services.get().map_or_else(|| self.make_services(), Ok)
    }

    #[cold]
    fn make_services(&self) -> Result<&Services> {
        let _making = self.making_services.lock();
        if let Some(services) = self.services.get() {
            return Ok(services);
        }
        let topology = self.topology();
        let apertures = self.apertures()?;
        let driver = Arc::clone(&self.driver);
        let services = Services {
            queues: Queues::new(Arc::clone(&driver), Arc::clone(&topology)),
            memory: Memory::new(driver, &self.render, topology, self.config.clone(), &apertures)?,
        };
        Ok(self.services.get_or_init(|| services))
    }

    /// The GPU of a node.
    ///
    /// # Errors
    /// `InvalidNodeUnit` when there is no such node.
    pub fn gpu_id(&self, node: NodeId) -> Result<GpuId> {
        self.with_node(node, |node| node.gpu_id)
    }

    /// Looks at one node.
    ///
    /// # Errors
    /// `InvalidNodeUnit` when there is no such node.
    pub fn with_node<T>(&self, node: NodeId, look: impl FnOnce(&Node) -> T) -> Result<T> {
        let topology = self.topology();
        topology.nodes.get(node.0 as usize).map(look).ok_or_else(|| Status::InvalidNodeUnit.into())
    }

    /// Clocks of a GPU, or with [`GpuId`] 0 of the CPU alone.
    ///
    /// # Errors
    /// `Error` when the driver refuses.
    pub fn clock_counters(&self, gpu: GpuId) -> Result<ClockCounters> {
        let mut arguments = kfd_ioctl_get_clock_counters_args { gpu_id: gpu.0, ..Default::default() };
        self.driver.ask("GET_CLOCK_COUNTERS", &mut arguments)?;
        Ok(ClockCounters {
            gpu: arguments.gpu_clock_counter,
            cpu: arguments.cpu_clock_counter,
            system: arguments.system_clock_counter,
            system_frequency: arguments.system_clock_freq,
        })
    }

    /// A descriptor that delivers system management events of a GPU; the caller closes it.
    ///
    /// # Errors
    /// `InvalidNodeUnit`; `Error` when the driver refuses.
    pub fn open_smi(&self, node: NodeId) -> Result<i32> {
        let mut arguments = kfd_ioctl_smi_events_args { gpuid: self.gpu_id(node)?.0, anon_fd: 0 };
        self.driver.ask("SMI_EVENTS", &mut arguments)?;
        Ok(arguments.anon_fd as i32)
    }

    /// Bytes of video memory that can still be allocated on a node.
    ///
    /// # Errors
    /// `InvalidNodeUnit`; `NotSupported` before interface 1.9; `Error` when the driver refuses.
    pub fn available_memory(&self, node: NodeId) -> Result<u64> {
        let gpu = self.gpu_id(node)?;
        self.driver.require_minor(kfd::minor::AVAILABLE_MEMORY, "AVAILABLE_MEMORY")?;
        let mut arguments = kfd_ioctl_get_available_memory_args { gpu_id: gpu.0, ..Default::default() };
        self.driver.ask("AVAILABLE_MEMORY", &mut arguments)?;
        Ok(arguments.available)
    }

    /// Apertures of every GPU that the kernel knows, visible or not, in its order.
    ///
    /// # Errors
    /// `Error` when the driver refuses.
    pub fn apertures(&self) -> Result<Vec<Apertures>> {
        let most = self.topology().kernel_nodes as usize;
        let mut records = vec![kfd_process_device_apertures::default(); most];
        let mut arguments = kfd_ioctl_get_process_apertures_new_args {
            num_of_nodes: records.len() as u32,
            ..Default::default()
        };
        let pointer = offset_of!(kfd_ioctl_get_process_apertures_new_args, kfd_process_device_apertures_ptr);
        self.driver
            .call_with(&mut arguments, &mut [Attached::new(pointer, &mut records)])
            .map_err(|errno| failed("GET_PROCESS_APERTURES_NEW", errno))?;
        records.truncate(arguments.num_of_nodes as usize);
        let apertures = records.iter().map(|record| Apertures {
            gpu_id: record.gpu_id,
            lds: (record.lds_base, record.lds_limit),
            scratch: (record.scratch_base, record.scratch_limit),
            gpuvm: (record.gpuvm_base, record.gpuvm_limit),
        });
        Ok(apertures.collect())
    }

    /// Whether page faults of this process are retried.
    ///
    /// # Errors
    /// `NotSupported` before interface 1.5 or where the hardware cannot; `Error` otherwise.
    pub fn xnack_mode(&self) -> Result<bool> {
        self.xnack(-1)
    }

    /// Switches retry of page faults; possible while the process has no queue.
    ///
    /// # Errors
    /// `NotSupported` when the hardware cannot; `Error` when there are queues.
    pub fn set_xnack_mode(&self, enabled: bool) -> Result<()> {
        self.xnack(i32::from(enabled)).map(drop)
    }

    fn xnack(&self, xnack_enabled: i32) -> Result<bool> {
        use crate::kernel::Errno::{EBUSY, EPERM};
        self.driver.require_minor(kfd::minor::SVM, "SET_XNACK_MODE")?;
        let mut arguments = kfd_ioctl_set_xnack_mode_args { xnack_enabled };
        self.driver.call(&mut arguments).map_err(|errno| {
            // svm.c: EPERM is hardware without retry, EBUSY a process with queues.
            let status = match errno {
                EPERM => Status::NotSupported,
                EBUSY => Status::Error,
                _ => failed("", errno).status,
            };
            Error { status, ..failed("SET_XNACK_MODE", errno) }
        })?;
        Ok(arguments.xnack_enabled != 0)
    }

    /// Tiling registers of a GPU; at most `tiles` and `macro_tiles` of them.
    ///
    /// # Errors
    /// `Error` when the driver refuses.
    pub fn tile_config(&self, gpu: GpuId, tiles: u32, macro_tiles: u32) -> Result<TileConfig> {
        type Arguments = kfd_ioctl_get_tile_config_args;
        let (mut tile, mut macro_tile) = (vec![0; tiles as usize], vec![0; macro_tiles as usize]);
        let mut arguments = Arguments {
            num_tile_configs: tiles,
            num_macro_tile_configs: macro_tiles,
            gpu_id: gpu.0,
            ..Default::default()
        };
        let mut buffers = [
            Attached::new(offset_of!(Arguments, tile_config_ptr), &mut tile),
            Attached::new(offset_of!(Arguments, macro_tile_config_ptr), &mut macro_tile),
        ];
        self.driver
            .call_with(&mut arguments, &mut buffers)
            .map_err(|errno| failed("GET_TILE_CONFIG", errno))?;
        tile.truncate(arguments.num_tile_configs as usize);
        macro_tile.truncate(arguments.num_macro_tile_configs as usize);
        Ok(TileConfig {
            tile,
            macro_tile,
            gb_addr_config: arguments.gb_addr_config,
            banks: arguments.num_banks,
            ranks: arguments.num_ranks,
        })
    }
}
