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
    /// Bytes that are free, by the address where they end: what is taken from their beginning leaves that.
    holes: BTreeMap<u64, u64>,
    /// The same, by bytes and end.
    by_size: BTreeSet<(u64, u64)>,
}

impl Fragments {
    /// Takes bytes from the smallest hole that has them: where its block begins, and where they do.
    pub fn take(&mut self, bytes: u64) -> Option<(u64, u64)> {
        let &(room, end) = self.by_size.range((bytes, 0)..).next()?;
        let address = end - room;
        let (&start, block) = self.blocks.range_mut(..=address).next_back()?;
        block.used += bytes;
        self.resize(end, room, room - bytes);
        Some((start, address))
    }

    /// Adds a block, which one node's GPU reaches.
    pub fn add(&mut self, start: u64, node: NodeId) {
        self.blocks.insert(start, Block { used: 0, nodes: vec![node], retired: false });
        self.resize(start + BLOCK, 0, BLOCK);
    }

    /// Gives bytes of a block back; whether the driver is to have it back with them.
    pub fn give(&mut self, start: u64, address: u64, bytes: u64) -> bool {
        let Some(block) = self.blocks.get_mut(&start) else { return false };
        block.used -= bytes;
        let (is_empty, is_retired) = (block.used == 0, block.retired);
        let is_needless = is_empty && (is_retired || self.spare().is_some());
        if !is_retired {
            self.open(start, address, address + bytes);
        }
        if is_needless {
            self.remove(start);
        }
        is_needless
    }

    /// Lets nothing else into a block.
    pub fn retire(&mut self, start: u64) {
        let Some(block) = self.blocks.get_mut(&start) else { return };
        block.retired = true;
        let inside = self.holes.range(start + 1..=start + BLOCK);
        let inside: Vec<(u64, u64)> = inside.map(|(&end, &room)| (end, room)).collect();
        inside.into_iter().for_each(|(end, room)| self.resize(end, room, 0));
    }

    /// A block that nobody uses.
    pub fn spare(&self) -> Option<u64> {
        self.by_size.last().filter(|(room, _)| *room == BLOCK).map(|&(_, end)| end - BLOCK)
    }

    /// Takes such a block out, for the driver to have it back.
    pub fn take_spare(&mut self) -> Option<u64> {
        let start = self.spare()?;
        self.remove(start);
        Some(start)
    }

    /// Forgets a block that nobody uses.
    fn remove(&mut self, start: u64) {
        self.blocks.remove(&start);
        self.resize(start + BLOCK, BLOCK, 0);
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

    /// Joins what is free now with the holes of its block on either side.
    fn open(&mut self, start: u64, address: u64, end: u64) {
        let before = self.holes.get(&address).copied().filter(|_| address > start).unwrap_or(0);
        let behind = self.holes.range(end..=start + BLOCK).next();
        let behind = behind.filter(|(at, room)| *at - *room == end).map(|(&at, &room)| (at, room));
        let (at, room) = behind.unwrap_or((end, 0));
        self.resize(address, before, 0);
        self.resize(at, room, room + (end - address) + before);
    }

    /// Makes a hole larger or smaller: what has no bytes is none.
    fn resize(&mut self, end: u64, before: u64, now: u64) {
        if before > 0 {
            self.by_size.remove(&(before, end));
        }
        if now > 0 {
            self.by_size.insert((now, end));
            self.holes.insert(end, now);
        } else if before > 0 {
            self.holes.remove(&end);
        }
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
