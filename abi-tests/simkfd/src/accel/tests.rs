//! The accelerator's node: what its kernel functions answer and refuse.
#![forbid(unsafe_code)]

use crate::contract::testing::{GPU, Rig, SCRATCH, gpu, machine};
use crate::contract::{Errno, FileId, FileKind, Host};
use crate::topology::Npu;
use crate::uapi::amdxdna::*;
use crate::uapi::drm::drm_gem_close;
use crate::uapi::layout::{Layout, Plain};
use crate::uapi::table;

/// Where the fake process maps the heap.
const HEAP: u64 = 0x7f00_0000_0000;

fn npu() -> Npu {
    Npu {
        minor: 0,
        aie_version: [1, 1],
        firmware: [1, 5, 5, 391],
        column_bytes: 1 << 25,
        columns: 5,
        rows: 6,
        core_rows: [2, 4],
        memory_rows: [1, 1],
        shim_rows: [0, 1],
        first_column: 1,
        aligns_columns: false,
        heap_limit: Npu::HEAP_BYTES,
    }
}

/// An open accelerator.
struct Accel {
    rig: Rig,
    file: FileId,
}

impl Accel {
    fn open() -> Self {
        let mut machine = machine(vec![gpu(GPU, 1, 110000)]);
        machine.npus = vec![npu()];
        let rig = Rig::on(machine);
        let file = rig.kernel.open(FileKind::Accel { minor: 0 }, &rig.host).unwrap();
        Accel { rig, file }
    }

    fn call<T: Layout>(&self, nr: u8, args: &mut T) -> Result<i32, Errno> {
        self.rig.raw(self.file, table::accel(nr).unwrap().drm_request(), args)
    }

    fn create(&self, kind: u32, size: u64) -> Result<u32, Errno> {
        let mut args = amdxdna_drm_create_bo { kind, size, ..Default::default() };
        self.call(0x43, &mut args).map(|_| args.handle)
    }

    fn info(&self, handle: u32) -> Result<amdxdna_drm_get_bo_info, Errno> {
        let mut args = amdxdna_drm_get_bo_info { handle, ..Default::default() };
        self.call(0x44, &mut args).map(|_| args)
    }

    fn context(&self, num_tiles: u32) -> Result<u32, Errno> {
        let mut args = amdxdna_drm_create_hwctx { qos_p: SCRATCH, num_tiles, ..Default::default() };
        self.call(0x40, &mut args).map(|_| args.handle)
    }

    /// Makes a heap and maps it.
    fn with_heap(self) -> Self {
        let heap = self.create(AMDXDNA_BO_DEV_HEAP, Npu::HEAP_BYTES).unwrap();
        let offset = self.info(heap).unwrap().map_offset;
        let Accel { rig, file } = &self;
        rig.kernel.mmap(*file, Npu::HEAP_BYTES, 3, 1, offset, &rig.host).unwrap();
        rig.kernel.mapped(*file, offset, HEAP);
        self
    }
}

#[test]
fn queries_fill_what_there_is_room_for() {
    let accel = Accel::open();
    let mut args =
        amdxdna_drm_get_info { param: DRM_AMDXDNA_QUERY_AIE_METADATA, buffer_size: 64, buffer: SCRATCH };
    accel.call(0x47, &mut args).unwrap();
    let mut bytes = [0; 64];
    accel.rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let told = amdxdna_drm_query_aie_metadata::get(&bytes);
    assert_eq!((told.cols, told.core.row_count, told.version.major), (5, 4, 1));
    args.param = DRM_AMDXDNA_GET_LAST + 1;
    assert_eq!(accel.call(0x47, &mut args), Err(Errno::EOPNOTSUPP));
}

#[test]
fn device_buffers_are_parts_of_a_mapped_heap() {
    let accel = Accel::open();
    assert_eq!(accel.create(AMDXDNA_BO_DEV, 4096), Err(Errno::EAGAIN));
    assert_eq!(accel.create(AMDXDNA_BO_DEV_HEAP, 4096), Err(Errno::EINVAL));
    let accel = accel.with_heap();
    assert_eq!(accel.create(AMDXDNA_BO_DEV_HEAP, Npu::HEAP_BYTES), Err(Errno::EOPNOTSUPP));
    let (first, second) =
        (accel.create(AMDXDNA_BO_DEV, 1).unwrap(), accel.create(AMDXDNA_BO_DEV, 1).unwrap());
    let at = |handle| accel.info(handle).map(|info| (info.vaddr, info.xdna_addr)).unwrap();
    assert_eq!(at(first), (HEAP, Npu::HEAP_BASE));
    assert_eq!(at(second), (HEAP + 0x8000, Npu::HEAP_BASE + 0x8000));
    accel.call(0x09, &mut drm_gem_close { handle: first, pad: 0 }).unwrap();
    assert_eq!(accel.info(first), Err(Errno::ENOENT));
    assert_eq!(accel.create(AMDXDNA_BO_DEV, 0x9000), Ok(first));
    assert_eq!(at(first).0, HEAP + 0x1_0000, "it does not fit before the second");
    assert_eq!(accel.create(AMDXDNA_BO_DEV, 2 * Npu::HEAP_BYTES), Err(Errno::EINVAL));
}

#[test]
fn a_shared_buffer_is_where_it_is_mapped() {
    let accel = Accel::open();
    let shared = accel.create(AMDXDNA_BO_SHARE, 1).unwrap();
    assert_eq!(accel.info(shared).unwrap().vaddr, AMDXDNA_INVALID_ADDR);
    let Accel { rig, file } = &accel;
    let offset = accel.info(shared).unwrap().map_offset;
    assert_eq!(rig.kernel.mmap(*file, 8192, 3, 1, offset, &rig.host), Err(Errno::EINVAL));
    rig.kernel.mmap(*file, 4096, 3, 1, offset, &rig.host).unwrap();
    rig.kernel.mapped(*file, offset, HEAP);
    assert_eq!(accel.info(shared).unwrap().xdna_addr, HEAP);
    rig.kernel.unmapped(HEAP, 4096, &rig.host);
    assert_eq!(accel.info(shared).unwrap().vaddr, AMDXDNA_INVALID_ADDR);
    let before = rig.host.backings();
    accel.call(0x09, &mut drm_gem_close { handle: shared, pad: 0 }).unwrap();
    assert_eq!(rig.host.backings(), before - 1);
}

#[test]
fn contexts_are_whole_columns_of_a_device_with_a_heap() {
    let accel = Accel::open();
    assert_eq!(accel.context(16), Err(Errno::ENOENT));
    let accel = accel.with_heap();
    for (tiles, outcome) in [(3, Err(Errno::EINVAL)), (24, Err(Errno::EINVAL)), (16, Ok(1)), (20, Ok(2))] {
        assert_eq!(accel.context(tiles), outcome, "{tiles} tiles");
    }
    let mut gone = amdxdna_drm_destroy_hwctx { handle: 1, pad: 0 };
    assert_eq!(accel.call(0x41, &mut gone), Ok(0));
    assert_eq!(accel.call(0x41, &mut gone), Err(Errno::EINVAL));
    assert_eq!(accel.context(16), Ok(3), "numbers are not used again at once");
}

#[test]
fn a_context_is_configured_once_with_programs_in_device_memory() {
    let accel = Accel::open().with_heap();
    let handle = accel.context(16).unwrap();
    let program = accel.create(AMDXDNA_BO_DEV, 4096).unwrap();
    let configure = |cu_bo| {
        let head = amdxdna_hwctx_param_config_cu { num_cus: 1, ..Default::default() };
        let unit = amdxdna_cu_config { cu_bo, ..Default::default() };
        accel.rig.host_write(SCRATCH, &[head.to_bytes(), unit.to_bytes()].concat());
        let mut args = amdxdna_drm_config_hwctx {
            handle,
            param_type: DRM_AMDXDNA_HWCTX_CONFIG_CU,
            param_val: SCRATCH,
            param_val_size: 16,
            pad: 0,
        };
        accel.call(0x42, &mut args)
    };
    assert_eq!(configure(99), Err(Errno::EINVAL));
    assert_eq!(configure(program), Ok(0));
    assert_eq!(configure(program), Err(Errno::EINVAL));
}

#[test]
fn a_closed_file_leaves_nothing() {
    let accel = Accel::open().with_heap();
    accel.create(AMDXDNA_BO_SHARE, 1).unwrap();
    accel.context(16).unwrap();
    accel.rig.kernel.close(accel.file, &accel.rig.host);
    assert_eq!(accel.rig.host.backings(), 0);
}
