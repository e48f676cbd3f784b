//! The links between nodes, made in the order in which the kernel makes them while it adds node after node.
//! Touches nothing but memory. Answers to kfd_parse_subtype_iolink, kfd_fill_iolink_info_for_cpu and
//! kfd_fill_gpu_*_link_to_* (kfd_crat.c), kfd_dev_create_p2p_links and kfd_fill_iolink_non_crat_info
//! (kfd_topology.c).
#![forbid(unsafe_code)]

use super::card::Card;
use super::node::{Link, Node};
use super::spec::{Arch, Machine};

/// HSA_IOLINK_TYPE_*.
const HYPERTRANSPORT: u32 = 1;
const PCIE: u32 = 2;
const QPI: u32 = 5;
const XGMI: u32 = 11;

/// HSA_IOLINK_FLAGS_*.
const ENABLED: u32 = 1;
const NON_COHERENT: u32 = 2;
const NO_ATOMICS: u32 = 4 | 8;

/// Weights of links (kfd_crat.c).
const PCIE_WEIGHT: u32 = 20;
const INTRA_SOCKET_WEIGHT: u32 = 13;
const XGMI_WEIGHT: u32 = 15;

/// Bandwidth within a package in MB/s.
const PACKAGE_MBS: u32 = 819_200;

/// Hive members by physical id -> the SDMA engine to use, on boxes of eight (rec_sdma_eng_map).
const SDMA_ENGINE: [[u32; 8]; 8] = [
    [0, 14, 12, 2, 4, 8, 10, 6],
    [14, 0, 2, 10, 8, 4, 6, 12],
    [10, 2, 0, 12, 14, 6, 4, 8],
    [2, 12, 10, 0, 6, 14, 8, 4],
    [4, 8, 14, 6, 0, 10, 12, 2],
    [8, 4, 6, 14, 12, 0, 2, 10],
    [10, 6, 4, 8, 12, 2, 0, 14],
    [6, 12, 8, 4, 2, 10, 14, 0],
];

/// A topology in the making.
pub struct Topology<'a> {
    /// All nodes so far, processors first.
    pub nodes: Vec<Node>,
    /// For each GPU node, in order: its card, and the card's place among the cards.
    pub gpus: Vec<(&'a Card<'a>, usize)>,
    /// Number of processor nodes.
    pub cpus: usize,
}

impl<'a> Topology<'a> {
    /// Connects the processor nodes, all to all. Only x86 kernels know how.
    pub fn link_processors(&mut self, machine: &Machine) {
        if machine.arch != Arch::X86 {
            return;
        }
        let amd = machine.cpus[0].vendor == "AuthenticAMD";
        let weight = machine.numa_distance();
        let kind = if amd { HYPERTRANSPORT } else { QPI };
        for from in 0..self.cpus {
            for to in (0..self.cpus).filter(|to| *to != from) {
                let (from_id, to_id) = (from as u32, to as u32);
                let link = Link {
                    kind,
                    from: from_id,
                    to: to_id,
                    weight,
                    bandwidth: [0; 2],
                    sdma_mask: 0,
                    flags: 0,
                };
                self.nodes[from].io_links.push(link);
            }
        }
    }

    /// Adds a GPU node with its links.
    pub fn add_gpu(&mut self, node: Node, card: &'a Card<'a>, card_index: usize, peer_to_peer: bool) {
        self.nodes.push(node);
        self.gpus.push((card, card_index));
        let new = self.nodes.len() - 1;
        self.link_to_processor(new);
        self.link_to_hive(new);
        self.link_over_processors(new);
        if peer_to_peer {
            self.link_to_peers(new);
        }
        self.finish_links(new);
    }

    fn card(&self, node: usize) -> &'a Card<'a> {
        self.gpus[node - self.cpus].0
    }

    fn same_hive(&self, one: usize, other: usize) -> bool {
        let hive = self.card(one).spec.hive;
        hive.0 != 0 && hive == self.card(other).spec.hive
    }

    fn push_both_ways(&mut self, link: Link) {
        let (from, to) = (link.from as usize, link.to as usize);
        let back = Link { from: link.to, to: link.from, ..link.clone() };
        self.nodes[from].io_links.push(link);
        self.nodes[to].io_links.push(back);
    }

    /// kfd_fill_gpu_direct_io_link_to_cpu.
    fn link_to_processor(&mut self, new: usize) {
        let card = self.card(new);
        let to = card.numa;
        let from = new as u32;
        if card.xgmi_to_cpu() {
            let same_package = card.asic.is_gfx9_4_3();
            let weight = if same_package { INTRA_SOCKET_WEIGHT } else { XGMI_WEIGHT };
            let bandwidth = if same_package { [PACKAGE_MBS; 2] } else { card.spec.xgmi_mbs };
            self.push_both_ways(Link { kind: XGMI, from, to, weight, bandwidth, sdma_mask: 0, flags: 0 });
            // The processor joins the hive; a lone card's hive is named after its place.
            let lone = u64::from(card.pci.location());
            let hive = if card.spec.hive.0 == 0 { lone } else { card.spec.hive.0 };
            self.nodes[new].set("hive_id", hive);
            self.nodes[to as usize].set("hive_id", hive);
            return;
        }
        let bandwidth = card.spec.pcie_mbs;
        let link = Link { kind: PCIE, from, to, weight: PCIE_WEIGHT, bandwidth, sdma_mask: 0, flags: 0 };
        if card.large_bar() {
            self.push_both_ways(link);
        } else {
            self.nodes[new].io_links.push(link);
        }
    }

    /// kfd_fill_gpu_xgmi_link_to_gpu, for each member that is there already.
    fn link_to_hive(&mut self, new: usize) {
        for peer in self.cpus..new {
            if !self.same_hive(new, peer) {
                continue;
            }
            let card = self.card(new);
            let one_card = self.gpus[new - self.cpus].1 == self.gpus[peer - self.cpus].1;
            let (weight, bandwidth) = if card.spec.partitions == 1 {
                (XGMI_WEIGHT, card.spec.xgmi_mbs)
            } else if one_card {
                (INTRA_SOCKET_WEIGHT, [PACKAGE_MBS; 2])
            } else {
                (2 * INTRA_SOCKET_WEIGHT + XGMI_WEIGHT, [0; 2])
            };
            let (from, to) = (new as u32, peer as u32);
            self.push_both_ways(Link { kind: XGMI, from, to, weight, bandwidth, sdma_mask: 0, flags: 0 });
        }
    }

    /// kfd_create_indirect_link_prop: to the processors that the card is not attached to.
    fn link_over_processors(&mut self, new: usize) {
        let first = self.nodes[new].io_links[0].clone();
        for cpu in (0..self.cpus).filter(|cpu| *cpu as u32 != first.to) {
            let Some(between) = self.nodes[cpu].io_links.iter().find(|link| link.to == first.to) else {
                return;
            };
            let link = Link { to: cpu as u32, ..join(&first, between) };
            let back = Link { from: link.to, to: link.from, ..link.clone() };
            self.nodes[new].p2p_links.push(link);
            if self.card(new).large_bar() {
                self.nodes[cpu].p2p_links.push(back);
            }
        }
    }

    /// kfd_add_peer_prop, both ways, for each card that XGMI does not reach. Only a card whose memory lies
    /// open can be reached (amdgpu_device_is_peer_accessible).
    fn link_to_peers(&mut self, new: usize) {
        for peer in self.cpus..new {
            if self.same_hive(new, peer) {
                continue;
            }
            if self.card(new).large_bar() {
                let link = self.peer_link(new, peer);
                self.nodes[peer].p2p_links.push(link);
            }
            if self.card(peer).large_bar() {
                let link = self.peer_link(peer, new);
                self.nodes[new].p2p_links.push(link);
            }
        }
    }

    /// The link to `to`, made from its link to its processor, as it stands in the list of `from`.
    fn peer_link(&self, to: usize, from: usize) -> Link {
        let (first, last) = (&self.nodes[to].io_links[0], &self.nodes[from].io_links[0]);
        let mut link = join(first, last);
        // The kernel compares the second link's highest bandwidth with itself.
        link.bandwidth[1] = last.bandwidth[1];
        if first.to != last.to {
            let processor = &self.nodes[first.to as usize];
            if let Some(between) = processor.io_links.iter().find(|link| link.to == last.to) {
                link = join(&link, between);
            }
        }
        Link { from: from as u32, to: to as u32, ..link }
    }

    /// kfd_fill_iolink_non_crat_info: flags and SDMA engines of the new node's links, and of those that lead
    /// to it.
    fn finish_links(&mut self, new: usize) {
        for index in 0..self.nodes[new].io_links.len() {
            let link = &self.nodes[new].io_links[index];
            let (peer, kind) = (link.to as usize, link.kind);
            let masks = self.sdma_masks(new, peer, kind);
            self.nodes[new].io_links[index].flags = self.flags_outbound(new, peer, kind);
            let inbound_flags = self.flags_inbound(peer, kind);
            if let Some(back) = self.nodes[peer].io_links.iter_mut().find(|link| link.to as usize == new) {
                back.flags = inbound_flags;
                back.sdma_mask = masks[1];
                self.nodes[new].io_links[index].sdma_mask = masks[0];
            }
        }
        for index in 0..self.nodes[new].p2p_links.len() {
            let link = &self.nodes[new].p2p_links[index];
            let (peer, kind) = (link.to as usize, link.kind);
            self.nodes[new].p2p_links[index].flags = self.flags_outbound(new, peer, kind);
            let inbound_flags = self.flags_inbound(peer, kind);
            if let Some(back) = self.nodes[peer].p2p_links.iter_mut().find(|link| link.to as usize == new) {
                back.flags = inbound_flags;
            }
        }
    }

    /// Flags of a link from GPU node `new`.
    fn flags_outbound(&self, new: usize, peer: usize, kind: u32) -> u32 {
        let card = self.card(new);
        let no_atomics = kind != XGMI && (!card.spec.pcie_atomics || card.asic.name == "hawaii");
        ENABLED | self.non_coherent_peer(peer, kind) | if no_atomics { NO_ATOMICS } else { 0 }
    }

    /// Flags of the link from `peer` to a GPU node. Every card here completes atomics itself.
    fn flags_inbound(&self, peer: usize, kind: u32) -> u32 {
        let from_processor = peer < self.cpus && kind == PCIE;
        ENABLED | self.non_coherent_peer(peer, kind) | if from_processor { NON_COHERENT } else { 0 }
    }

    /// kfd_set_iolink_non_coherent between GPUs: over PCIe, and Vega20's XGMI.
    fn non_coherent_peer(&self, peer: usize, kind: u32) -> u32 {
        let vega20 = |peer| self.card(peer).asic.gc == (9, 4, 0);
        let apart = peer >= self.cpus && (kind == PCIE || kind == XGMI && vega20(peer));
        if apart { NON_COHERENT } else { 0 }
    }

    /// kfd_set_recommended_sdma_engines: masks of the link from `new` and of the one back.
    fn sdma_masks(&self, new: usize, peer: usize, kind: u32) -> [u32; 2] {
        let engines = self.nodes[new].get("num_sdma_engines") as u32;
        let xgmi_engines = self.nodes[new].get("num_sdma_xgmi_engines") as u32;
        let pcie_mask = (1 << engines) - 1;
        let xgmi_mask = ((1 << xgmi_engines) - 1) << engines;
        let to_gpu = peer >= self.cpus;
        let places = to_gpu.then(|| self.places_in_box_of_eight(new, peer)).flatten();
        if let Some((here, there)) = places {
            let shift = u32::from(xgmi_engines == 6);
            let mask = |from: usize, to: usize| 1u32 << (SDMA_ENGINE[from][to] >> shift);
            let in_range = |mask: u32| if mask & pcie_mask != 0 { xgmi_mask } else { mask };
            return [in_range(mask(here, there)), in_range(mask(there, here))];
        }
        [if kind == XGMI && xgmi_engines != 0 && to_gpu { xgmi_mask } else { pcie_mask }; 2]
    }

    /// Physical ids of two members of an undivided hive of eight; assumed to be in probe order.
    fn places_in_box_of_eight(&self, new: usize, peer: usize) -> Option<(usize, usize)> {
        let card = self.card(new);
        let xgmi_engines = self.nodes[new].get("num_sdma_xgmi_engines");
        let whole = card.asic.is_gfx9_4_3() && !card.asic.apu && card.spec.partitions == 1;
        let hive_of_eight = card.spec.hive.0 != 0 && card.spec.bdf.len() == SDMA_ENGINE.len();
        let fits = whole && hive_of_eight && xgmi_engines >= 6 && self.same_hive(new, peer);
        let place = |node: usize| self.gpus[node - self.cpus].1 % SDMA_ENGINE.len();
        fits.then(|| (place(new), place(peer)))
    }
}

/// Two links in a row: weights add up, the narrower one limits.
fn join(one: &Link, other: &Link) -> Link {
    let narrower = |index: usize| one.bandwidth[index].min(other.bandwidth[index]);
    Link { weight: one.weight + other.weight, bandwidth: [narrower(0), narrower(1)], ..one.clone() }
}
