//! The list of loaded code objects that debuggers read.
//!
//! Writes to `_amdgpu_r_debug` and to nodes of its own; nothing here reads what they point to. A debugger stops the process
//! at the function `r_brk` and finds the list complete when the state says so; the compiler keeps the order of the stores
//! around that call, and a stopped thread has done them all, so no stronger ordering is wanted. Answers to
//! `_loader_debug_state` and what calls it in upstream's `loader/executable.cpp`.
#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    ffi::CString,
    hint, mem,
    ops::Range,
    ptr,
    sync::{
        Arc,
        atomic::{Ordering, compiler_fence},
    },
};

use parking_lot::Mutex;

use crate::abi::{RT_ADD, RT_CONSISTENT, RT_DELETE, link_map, r_debug};

/// Upstream counts versions up with what its trap handler tells a debugger about stopped waves; ours (`shaders/trap.s`)
/// tells the same as its newest.
const VERSION: i32 = 10;

/// The code objects that debuggers see. Thread-safe.
pub struct LinkMap {
    root: &'static r_debug,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    /// By numbers that rise.
    nodes: BTreeMap<u64, Box<Node>>,
    next: u64,
    /// The root is somebody else's now.
    ended: bool,
}

/// A code object in the list.
struct Node {
    map: link_map,
    /// What `l_name` points to.
    _uri: CString,
}

impl Node {
    fn new(moved: u64, uri: &str) -> Box<Self> {
        // A path has no NUL inside.
        let uri = CString::new(uri).unwrap_or_default();
        let map = link_map::default();
        map.l_addr.store(moved, Ordering::Relaxed);
        map.l_name.store(uri.as_ptr().cast_mut(), Ordering::Relaxed);
        Box::new(Self { map, _uri: uri })
    }
}

/// What a pointer to a node is; to none, NULL.
fn address(node: Option<&Node>) -> *mut link_map {
    node.map_or(ptr::null_mut(), |node| ptr::from_ref(&node.map).cast_mut())
}

/// Code objects that are in the list as long as this is there.
pub struct Listed {
    list: Arc<LinkMap>,
    numbers: Range<u64>,
}

impl LinkMap {
    /// An empty list that begins at `root`, which is nobody else's until [`Self::end`].
    pub fn new(root: &'static r_debug) -> Self {
        root.r_map.store(ptr::null_mut(), Ordering::Relaxed);
        root.r_brk.store(breakpoint as extern "C" fn() as usize, Ordering::Relaxed);
        root.r_state.store(RT_CONSISTENT, Ordering::Relaxed);
        root.r_version.store(VERSION, Ordering::Release);
        Self { root, list: Mutex::default() }
    }

    /// Where debuggers look.
    pub fn address(&self) -> u64 {
        ptr::from_ref(self.root).expose_provenance() as u64
    }

    /// Adds code objects: how far each is from where it was linked for, and its URI.
    pub fn add<'uri>(self: &Arc<Self>, objects: impl Iterator<Item = (u64, &'uri str)>) -> Listed {
        let mut numbers = 0..0;
        self.change(RT_ADD, |list| {
            numbers = list.next..list.next;
            for (moved, uri) in objects {
                let node = Node::new(moved, uri);
                self.join(list.nodes.values().next_back().map(Box::as_ref), Some(&node));
                list.nodes.insert(numbers.end, node);
                numbers.end += 1;
            }
            list.next = numbers.end;
        });
        Listed { list: Arc::clone(self), numbers }
    }

    fn remove(&self, numbers: &Range<u64>) {
        self.change(RT_DELETE, |list| {
            let before = list.nodes.range(..numbers.start).next_back();
            let after = list.nodes.range(numbers.end..).next();
            self.join(before.map(|(_, node)| &**node), after.map(|(_, node)| &**node));
            for number in numbers.clone() {
                list.nodes.remove(&number);
            }
        });
    }

    /// Makes two nodes neighbours; where there is none, the list begins or ends.
    fn join(&self, before: Option<&Node>, after: Option<&Node>) {
        if let Some(after) = after {
            after.map.l_prev.store(address(before), Ordering::Relaxed);
        }
        let place = before.map_or(&self.root.r_map, |before| &before.map.l_next);
        place.store(address(after), Ordering::Release);
    }

    fn change(&self, state: i32, act: impl FnOnce(&mut List)) {
        let mut list = self.list.lock();
        if list.ended {
            return;
        }
        self.root.r_state.store(state, Ordering::Relaxed);
        breakpoint();
        act(&mut list);
        self.root.r_state.store(RT_CONSISTENT, Ordering::Release);
        breakpoint();
    }

    /// Empties the list, for ever. The driver tells debuggers of the end, so nothing stops here.
    pub fn end(&self) {
        let mut list = self.list.lock();
        if !mem::replace(&mut list.ended, true) {
            self.root.r_map.store(ptr::null_mut(), Ordering::Release);
            list.nodes.clear();
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.list.remove(&self.numbers);
    }
}

/// Where debuggers stop. It must be there as a function of its own, though it does nothing.
#[inline(never)]
extern "C" fn breakpoint() {
    compiler_fence(Ordering::SeqCst);
    hint::black_box(());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a debugger would read, without following a pointer.
    fn listed(map: &LinkMap) -> Vec<u64> {
        let list = map.list.lock();
        let nodes: Vec<&Node> = list.nodes.values().map(Box::as_ref).collect();
        assert_eq!(map.root.r_map.load(Ordering::Relaxed), address(nodes.first().copied()));
        assert_eq!(map.root.r_state.load(Ordering::Relaxed), RT_CONSISTENT);
        for (at, node) in nodes.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| nodes[at]);
            assert_eq!(node.map.l_next.load(Ordering::Relaxed), address(nodes.get(at + 1).copied()));
            assert_eq!(node.map.l_prev.load(Ordering::Relaxed), address(before));
            assert_eq!(node.map.l_name.load(Ordering::Relaxed).cast_const(), node._uri.as_ptr());
        }
        nodes.iter().map(|node| node.map.l_addr.load(Ordering::Relaxed)).collect()
    }

    fn map() -> Arc<LinkMap> {
        Arc::new(LinkMap::new(Box::leak(Box::new(r_debug::new()))))
    }

    fn add(map: &Arc<LinkMap>, objects: &[u64]) -> Listed {
        map.add(objects.iter().map(|&moved| (moved, "file:///a")))
    }

    #[test]
    fn code_is_listed_in_the_order_of_its_coming_until_it_goes() {
        let map = map();
        let (first, none, pair, last) =
            (add(&map, &[1]), add(&map, &[]), add(&map, &[2, 3]), add(&map, &[4]));
        assert_eq!(listed(&map), [1, 2, 3, 4]);
        drop(none);
        drop(pair);
        assert_eq!(listed(&map), [1, 4]);
        drop(first);
        assert_eq!(listed(&map), [4]);
        let again = add(&map, &[5]);
        drop(last);
        assert_eq!(listed(&map), [5]);
        drop(again);
        assert_eq!(listed(&map), [0; 0]);
    }

    #[test]
    fn a_list_that_has_ended_leaves_the_next_one_alone() {
        let old = map();
        let listed_in_old = add(&old, &[1]);
        old.end();
        let new = Arc::new(LinkMap::new(old.root));
        let _listed = add(&new, &[2]);
        drop(listed_in_old);
        let late = add(&old, &[3]);
        assert_eq!((listed(&new), late.numbers.clone()), (vec![2], 0..0));
        old.end();
        assert_eq!(listed(&new), [2]);
    }

    #[test]
    fn threads_that_add_and_remove_leave_an_empty_list() {
        let map = map();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let map = &map;
                scope.spawn(move || (0..100).for_each(|round| drop(add(map, &[thread, round]))));
            }
        });
        assert_eq!(listed(&map), [0; 0]);
    }
}
