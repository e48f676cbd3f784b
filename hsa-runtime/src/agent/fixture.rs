//! Nodes for tests.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::{GfxVersion, GpuId, MemoryBank, Node, NodeId, Properties};

use crate::isa::Isa;

/// A node with 8 processors and `bytes` of memory.
pub fn cpu(id: u32, bytes: u64) -> Node {
    Node {
        id: NodeId(id),
        kernel_index: id,
        gpu_id: GpuId(0),
        asic_name: String::new(),
        marketing_name: "Test CPU".into(),
        properties: Properties { cpu_cores_count: 8, ..Default::default() },
        gfx: None,
        kernel_gfx: None,
        memory: vec![MemoryBank { heap_type: 0, size_in_bytes: bytes, ..Default::default() }],
        caches: Vec::new(),
        links: Vec::new(),
        has_peer_links: false,
        drm: None,
    }
}

/// A node with a GPU of 60 compute units and `bytes` of local memory, and the ISA it runs without SRAM ECC or XNACK.
pub fn gpu(id: u32, gfx: (u32, u32, u32), bytes: u64) -> (Node, Isa) {
    let gfx = GfxVersion { major: gfx.0, minor: gfx.1, stepping: gfx.2 };
    let properties = Properties {
        simd_count: 240,
        simd_per_cu: 4,
        lds_size_in_kb: 64,
        unique_id: 0x1000 + u64::from(id),
        ..Default::default()
    };
    let node = Node {
        gpu_id: GpuId(100 + id),
        marketing_name: "Test GPU".into(),
        properties,
        gfx: Some(gfx),
        kernel_gfx: Some(gfx),
        memory: vec![MemoryBank { heap_type: 1, size_in_bytes: bytes, ..Default::default() }],
        ..cpu(id, 0)
    };
    (node, Isa::of_device(gfx, false, false).expect("a known version"))
}
