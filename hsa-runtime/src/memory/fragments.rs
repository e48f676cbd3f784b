//! Parts of blocks: small allocations of a GPU's memory, of which the driver hears only a block at a time.
//!
//! Pure bookkeeping. Answers to upstream's `simple_heap.h`. What is free of blocks are holes, which are found by their size
//! and joined with their neighbours. One block that nobody uses is kept, so that who allocates and frees by turns asks the
//! driver for nothing.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use hsakmt_thunk::topology::model::NodeId;

use crate::pool::info::BLOCK;

/// [`BLOCK`] bytes of the driver's.
struct Block {
    /// Bytes in use.
    used: u64,
    /// Nodes whose GPUs reach it: all that reach any part of it.
    nodes: Vec<NodeId>,
    /// Others have it, too, so that nothing else may come into it.
    retired: bool,
}

/// The blocks of a pool.
#[derive(Default)]
pub struct Fragments {
    /// By address.
    blocks: BTreeMap<u64, Block>,
    /// Bytes that are free, by address.
    holes: BTreeMap<u64, u64>,
    /// The same, by bytes and address.
    by_size: BTreeSet<(u64, u64)>,
}

impl Fragments {
    /// Takes bytes from the smallest hole that has them: where its block begins, and where they do.
    pub fn take(&mut self, bytes: u64) -> Option<(u64, u64)> {
        let &(room, address) = self.by_size.range((bytes, 0)..).next()?;
        let (&start, block) = self.blocks.range_mut(..=address).next_back()?;
        block.used += bytes;
        self.fill(address, room);
        if room > bytes {
            self.open(address + bytes, room - bytes);
        }
        Some((start, address))
    }

    /// Adds a block, which one node's GPU reaches.
    pub fn add(&mut self, start: u64, node: NodeId) {
        self.blocks.insert(start, Block { used: 0, nodes: vec![node], retired: false });
        self.open(start, BLOCK);
    }

    /// Gives bytes of a block back; whether the driver is to have it back with them.
    pub fn give(&mut self, start: u64, mut address: u64, mut bytes: u64) -> bool {
        let Some(block) = self.blocks.get_mut(&start) else { return false };
        block.used -= bytes;
        let (is_empty, is_retired) = (block.used == 0, block.retired);
        if !is_retired {
            let before = self.holes.range(start..address).next_back().map(|(&at, &room)| (at, room));
            if let Some((at, room)) = before.filter(|(at, room)| at + room == address) {
                self.fill(at, room);
                (address, bytes) = (at, bytes + room);
            }
            let end = address + bytes;
            if let Some(&room) = self.holes.get(&end).filter(|_| end < start + BLOCK) {
                self.fill(end, room);
                bytes += room;
            }
        }
        let is_needless = is_empty && (is_retired || self.spare().is_some());
        if is_needless {
            self.blocks.remove(&start);
        } else if !is_retired {
            self.open(address, bytes);
        }
        is_needless
    }

    /// Lets nothing else into a block.
    pub fn retire(&mut self, start: u64) {
        let Some(block) = self.blocks.get_mut(&start) else { return };
        block.retired = true;
        let inside: Vec<(u64, u64)> =
            self.holes.range(start..start + BLOCK).map(|(&at, &room)| (at, room)).collect();
        inside.into_iter().for_each(|(at, room)| self.fill(at, room));
    }

    /// A block that nobody uses.
    pub fn spare(&self) -> Option<u64> {
        self.by_size.last().filter(|(room, _)| *room == BLOCK).map(|&(_, start)| start)
    }

    /// Takes such a block out, for the driver to have it back.
    pub fn take_spare(&mut self) -> Option<u64> {
        let start = self.spare()?;
        self.fill(start, BLOCK);
        self.blocks.remove(&start);
        Some(start)
    }

    /// Lets more nodes' GPUs reach a block, by a function that makes it so for all of these.
    ///
    /// # Errors
    /// The function's.
    pub fn reach<E>(
        &mut self,
        start: u64,
        nodes: &[NodeId],
        map: impl FnOnce(&[NodeId]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(block) = self.blocks.get_mut(&start) else { return Ok(()) };
        let new = nodes.iter().filter(|node| !block.nodes.contains(node));
        let all: Vec<NodeId> = block.nodes.iter().chain(new).copied().collect();
        if all.len() > block.nodes.len() {
            map(&all)?;
            block.nodes = all;
        }
        Ok(())
    }

    fn open(&mut self, address: u64, bytes: u64) {
        self.holes.insert(address, bytes);
        self.by_size.insert((bytes, address));
    }

    fn fill(&mut self, address: u64, bytes: u64) {
        self.holes.remove(&address);
        self.by_size.remove(&(bytes, address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u64 = 4096;
    const START: u64 = 0x7000_0000_1000;

    fn one_block() -> Fragments {
        let mut fragments = Fragments::default();
        fragments.add(START, NodeId(1));
        fragments
    }

    #[test]
    fn a_block_is_given_out_in_parts_and_becomes_whole_again() {
        let mut fragments = one_block();
        let parts: Vec<u64> = (0..512).map(|_| fragments.take(PAGE).expect("room").1).collect();
        assert!(parts.iter().zip(0..).all(|(&part, n)| part == START + n * PAGE));
        assert_eq!(fragments.take(PAGE), None);
        // Holes on either side, on both, and on none.
        let order = (0..512).step_by(2).chain((1..512).step_by(2).rev());
        for n in order {
            assert!(fragments.spare().is_none());
            assert!(!fragments.give(START, parts[n], PAGE), "one block stays");
        }
        assert_eq!((fragments.spare(), fragments.holes.len()), (Some(START), 1));
        assert_eq!(fragments.take(BLOCK), Some((START, START)));
    }

    #[test]
    fn the_smallest_hole_that_suffices_is_taken() {
        let mut fragments = one_block();
        let [a, _b, c, _d] = [8, 1, 2, 501].map(|pages| fragments.take(pages * PAGE).expect("room").1);
        assert!(!fragments.give(START, a, 8 * PAGE) && !fragments.give(START, c, 2 * PAGE));
        assert_eq!(fragments.take(2 * PAGE), Some((START, c)));
        assert_eq!(fragments.take(3 * PAGE), Some((START, a)));
    }

    #[test]
    fn neighbouring_blocks_are_not_joined_and_one_of_two_that_are_empty_goes() {
        let mut fragments = one_block();
        let next = START + BLOCK;
        fragments.add(next, NodeId(1));
        assert_eq!(fragments.take(BLOCK), Some((START, START)));
        assert_eq!(fragments.take(BLOCK), Some((next, next)));
        assert!(!fragments.give(START, START, BLOCK));
        assert!(fragments.give(next, next, BLOCK));
        assert_eq!((fragments.take(2 * BLOCK), fragments.take_spare()), (None, Some(START)));
        assert_eq!((fragments.take_spare(), fragments.take(PAGE)), (None, None));
    }

    #[test]
    fn nothing_comes_into_a_block_that_others_have() {
        let mut fragments = one_block();
        let [a, b] = [1, 2].map(|pages| fragments.take(pages * PAGE).expect("room").1);
        fragments.retire(START);
        assert!(!fragments.give(START, a, PAGE));
        assert_eq!(fragments.take(PAGE), None);
        assert!(fragments.give(START, b, 2 * PAGE), "it goes with the last of it");
    }

    #[test]
    fn the_driver_maps_a_block_only_for_nodes_that_are_new() {
        let mut fragments = one_block();
        let mut reach = |nodes: &[NodeId]| {
            let mut mapped = Vec::new();
            let result = fragments.reach(START, nodes, |all| {
                mapped = all.to_vec();
                if all.len() < 4 { Ok(()) } else { Err(()) }
            });
            (mapped, result.is_ok())
        };
        assert_eq!(reach(&[NodeId(1)]), (vec![], true));
        assert_eq!(reach(&[NodeId(3), NodeId(2)]), (vec![NodeId(1), NodeId(3), NodeId(2)], true));
        assert_eq!(reach(&[NodeId(2)]), (vec![], true));
        assert!(!reach(&[NodeId(4)]).1, "what the driver refuses");
        assert!(!reach(&[NodeId(4)]).1, "is asked for again");
    }
}
