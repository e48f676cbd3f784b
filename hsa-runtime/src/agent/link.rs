//! Links between nodes, as HSA tells of them.
//!
//! Pure. Answers to upstream's `amd_topology.cpp` (RegisterLinkInfo) and `runtime.cpp` (the link matrix).
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::{self, NodeId};

/// HSA_IOLINKTYPE_* (hsakmttypes.h) that HSA has names for.
mod kernel {
    pub const HYPERTRANSPORT: u32 = 1;
    pub const PCI_EXPRESS: u32 = 2;
    pub const QPI: u32 = 5;
    pub const INFINIBAND: u32 = 9;
    pub const XGMI: u32 = 11;
}

/// HSA_LINKPROPERTY bits (hsakmttypes.h).
mod flag {
    /// The other bits mean something.
    pub const OVERRIDE: u32 = 1;
    pub const NON_COHERENT: u32 = 1 << 1;
    pub const NO_ATOMICS_32: u32 = 1 << 2;
    pub const NO_ATOMICS_64: u32 = 1 << 3;
    pub const NO_PEER_DMA: u32 = 1 << 4;
}

/// `hsa_amd_link_info_type_t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// HyperTransport; also what an unnamed kind counts as.
    #[default]
    Hypertransport = 0,
    /// QuickPath.
    Qpi = 1,
    /// PCI Express.
    Pcie = 2,
    /// InfiniBand.
    Infiniband = 3,
    /// XGMI.
    Xgmi = 4,
}

/// A link from one node to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// 1 if there is a link, else 0: the kernel tells nothing of single hops.
    pub hops: u32,
    /// Kind.
    pub kind: Kind,
    /// 32-bit atomics work across it.
    pub atomics_32: bool,
    /// 64-bit atomics work across it.
    pub atomics_64: bool,
    /// It keeps caches coherent.
    pub coherent: bool,
    /// Nanoseconds.
    pub min_latency: u32,
    /// Nanoseconds.
    pub max_latency: u32,
    /// MB/s.
    pub min_bandwidth: u32,
    /// MB/s.
    pub max_bandwidth: u32,
    /// The kernel's weight.
    pub distance: u32,
    /// The copy engines that the kernel recommends, one a bit.
    pub copy_engines: u32,
}

impl Link {
    /// `None` for a link that peers may not use.
    fn new(link: &model::Link) -> Option<Self> {
        let (kind, capable) = match link.kind {
            kernel::HYPERTRANSPORT => (Kind::Hypertransport, true),
            kernel::PCI_EXPRESS => (Kind::Pcie, true),
            kernel::QPI => (Kind::Qpi, true),
            kernel::XGMI => (Kind::Xgmi, true),
            kernel::INFINIBAND => (Kind::Infiniband, false),
            _ => (Kind::default(), false),
        };
        let told = link.flags & flag::OVERRIDE != 0;
        if told && link.flags & flag::NO_PEER_DMA != 0 {
            return None;
        }
        let able = |missing: u32| if told { link.flags & missing == 0 } else { capable };
        Some(Self {
            hops: link.weight.min(1),
            kind,
            atomics_32: able(flag::NO_ATOMICS_32),
            atomics_64: able(flag::NO_ATOMICS_64),
            coherent: able(flag::NON_COHERENT),
            min_latency: link.min_latency,
            max_latency: link.max_latency,
            min_bandwidth: link.min_bandwidth,
            max_bandwidth: link.max_bandwidth,
            distance: link.weight,
            copy_engines: link.recommended_sdma_engine_id_mask,
        })
    }
}

/// The links between all nodes of a machine.
#[derive(Debug, Default)]
pub struct Links {
    nodes: usize,
    matrix: Vec<Link>,
}

impl Links {
    /// The links of a snapshot; of several between two nodes the last one counts.
    pub fn new(nodes: &[model::Node]) -> Self {
        let mut links = Self { nodes: nodes.len(), matrix: vec![Link::default(); nodes.len().pow(2)] };
        for link in nodes.iter().flat_map(|node| &node.links) {
            if let (Some(index), Some(info)) =
                (links.index(NodeId(link.from), NodeId(link.to)), Link::new(link))
            {
                links.matrix[index] = info;
            }
        }
        links
    }

    /// The link between two nodes; one without hops if there is none, or if both are the same.
    pub fn between(&self, from: NodeId, to: NodeId) -> Link {
        if from == to {
            return Link::default();
        }
        self.index(from, to).map_or_else(Link::default, |index| self.matrix[index])
    }

    fn index(&self, from: NodeId, to: NodeId) -> Option<usize> {
        let (from, to) = (from.0 as usize, to.0 as usize);
        (from < self.nodes && to < self.nodes).then(|| from * self.nodes + to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcie(flags: u32) -> model::Link {
        model::Link { kind: kernel::PCI_EXPRESS, from: 0, to: 1, weight: 20, flags, ..Default::default() }
    }

    #[test]
    fn without_flags_a_known_kind_can_do_everything() {
        let link = Link::new(&pcie(0)).unwrap();
        assert!(link.atomics_32 && link.atomics_64 && link.coherent);
        assert_eq!((link.hops, link.kind, link.distance), (1, Kind::Pcie, 20));
        let unknown = Link::new(&model::Link { kind: 16, ..pcie(0) }).unwrap();
        assert!(!unknown.atomics_32 && !unknown.coherent);
    }

    #[test]
    fn flags_count_only_with_the_override_bit() {
        let link = Link::new(&pcie(flag::NO_ATOMICS_32 | flag::NO_PEER_DMA)).unwrap();
        assert!(link.atomics_32);
        let told = Link::new(&pcie(flag::OVERRIDE | flag::NO_ATOMICS_32 | flag::NON_COHERENT)).unwrap();
        assert!(!told.atomics_32 && told.atomics_64 && !told.coherent);
        assert_eq!(Link::new(&pcie(flag::OVERRIDE | flag::NO_PEER_DMA)), None);
    }

    #[test]
    fn a_link_to_nowhere_is_no_link() {
        assert_eq!(Links::default().between(NodeId(0), NodeId(1)).hops, 0);
    }
}
