//! Links between visible nodes, and the indirect ones that old kernels leave to user space.
//!
//! Touches nothing. Answers to upstream's `get_indirect_iolink_info` and `topology_create_indirect_gpu_links`. Kernels
//! that know of peer links (5.20 and newer) tell all links themselves.

use super::{
    model::{Link, Node},
    node::RawNode,
};

/// HSA_IOLINKTYPE_PCIEXPRESS.
const PCI_EXPRESS: u32 = 2;
/// HSA_IOLINK_TYPE_QPI_1_1.
const QPI: u32 = 5;
/// HSA_IOLINK_TYPE_XGMI.
const XGMI: u32 = 11;
/// Above this weight a link passes through another node, or joins two sockets.
const DIRECT_WEIGHT: u32 = 20;
/// HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC.
const PUBLIC_VRAM: u32 = 1;

/// Renumbers the links to visible nodes and drops those whose other end is not visible.
pub(super) fn resolve(raw: Vec<RawNode>) -> Vec<Node> {
    let visible: Vec<u32> = raw.iter().map(|raw| raw.node.kernel_index).collect();
    let position = |kernel_index: u32| {
        visible.iter().position(|known| *known == kernel_index).map(|position| position as u32)
    };
    raw.into_iter()
        .map(|raw| {
            let mut node = raw.node;
            node.links = raw
                .links
                .into_iter()
                .filter_map(|link| Some(Link { from: position(link.from)?, to: position(link.to)?, ..link }))
                .collect();
            node
        })
        .collect()
}

/// Adds GPU-CPU-GPU and longer ways that no kernel link tells, with the sum of their weights.
pub(super) fn add_indirect(nodes: &mut [Node]) {
    if nodes.iter().any(|node| node.has_peer_links) {
        return;
    }
    for first in 0..nodes.len() {
        for second in first + 1..nodes.len() {
            for (from, to) in [(first, second), (second, first)] {
                if let Some((kind, weight)) = indirect(nodes, from, to) {
                    let link = Link { kind, weight, from: from as u32, to: to as u32, ..Link::default() };
                    // A node has at most one link to each other one.
                    if nodes[from].links.len() < nodes.len() - 1 {
                        nodes[from].links.push(link);
                    }
                }
            }
        }
    }
}

fn is_gpu(node: &Node) -> bool {
    node.gpu_id.0 != 0
}

/// The kernel's own link: kind and weight.
fn direct(nodes: &[Node], from: usize, to: usize) -> Option<(u32, u32)> {
    let link = nodes[from].links.iter().find(|link| link.to as usize == to)?;
    Some((link.kind, link.weight))
}

/// The CPU node that a GPU hangs on.
pub(super) fn direct_cpu(nodes: &[Node], gpu: usize) -> Option<usize> {
    if !is_gpu(&nodes[gpu]) {
        return None;
    }
    let near = |link: &&Link| {
        matches!(link.kind, PCI_EXPRESS | XGMI)
            && link.weight <= DIRECT_WEIGHT
            && nodes.get(link.to as usize).is_some_and(|node| !is_gpu(node))
    };
    nodes[gpu].links.iter().find(near).map(|link| link.to as usize)
}

/// Kind and weight of a way over CPUs, if there is one that DMA can take.
fn indirect(nodes: &[Node], from: usize, to: usize) -> Option<(u32, u32)> {
    let (source, target) = (&nodes[from], &nodes[to]);
    if !is_gpu(source) && !is_gpu(target) {
        return None;
    }
    let hive = |node: &Node| node.properties.hive_id;
    if hive(source) != 0 && hive(source) == hive(target) {
        return None;
    }
    let (source_cpu, target_cpu) = (direct_cpu(nodes, from), direct_cpu(nodes, to));
    // Memory of a GPU is reached through its PCI window, which must cover it.
    if is_gpu(target) && !target.memory.iter().any(|bank| bank.heap_type == PUBLIC_VRAM) {
        return None;
    }
    let (kind, weight) = over_cpus(nodes, from, source_cpu, target_cpu, to)?;
    (weight != 0).then_some((kind, weight))
}

/// GPU-CPU-GPU, GPU-CPU-CPU-GPU, GPU-CPU-CPU or CPU-CPU-GPU: the kind of the middle, and the sum of weights.
fn over_cpus(
    nodes: &[Node],
    from: usize,
    source_cpu: Option<usize>,
    target_cpu: Option<usize>,
    to: usize,
) -> Option<(u32, u32)> {
    match (source_cpu, target_cpu) {
        (None, None) => None,
        (Some(near), Some(far)) if near == far => {
            let (_, up) = direct(nodes, from, near)?;
            let (kind, down) = direct(nodes, near, to)?;
            Some((kind, up.checked_add(down)?))
        }
        (Some(near), Some(far)) => {
            let (_, up) = direct(nodes, from, near)?;
            let (kind, across) = direct(nodes, near, far)?;
            // Two sockets joined by QPI do not forward peer traffic.
            if kind == QPI && across > DIRECT_WEIGHT {
                return None;
            }
            let (_, down) = direct(nodes, far, to)?;
            Some((kind, up.checked_add(across)?.checked_add(down)?))
        }
        (Some(near), None) => {
            let (_, up) = direct(nodes, from, near)?;
            let (kind, across) = direct(nodes, near, to)?;
            Some((kind, up.checked_add(across)?))
        }
        (None, Some(far)) => {
            let (kind, across) = direct(nodes, from, far)?;
            let (_, down) = direct(nodes, far, to)?;
            Some((kind, across.checked_add(down)?))
        }
    }
}
