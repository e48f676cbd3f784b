//! Things by the pages that they lie in, as a processor finds memory: tables of tables, for nine bits of an address each.
//!
//! Nothing but memory. A lookup is five loads, however many things there are, and takes no lock; who adds and removes takes
//! one. An entry leads to a table, or to the thing that has all of its pages. Tables stay until the end. Who looks at a
//! thing is counted meanwhile ([`super::readers`]), and who removes it waits for those who may have seen it.

use std::{
    array,
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicPtr, Ordering},
    },
};

use parking_lot::Mutex;

use super::readers::Readers;

/// Bits of an address within a page, the smallest that there are, and of the largest addresses of user space.
const PAGE: u32 = 12;
const ADDRESS: u32 = 57;
/// Bits for which there is a table.
const BITS: u32 = 9;
/// The lowest bit of a page's number that the first table looks at.
const TOP: u32 = ADDRESS - PAGE - BITS;
/// Marks an entry that leads to a thing.
const THING: usize = 1;

/// Something that has pages.
pub trait Extent {
    /// Its first byte and how many there are, one at least.
    fn extent(&self) -> (u64, u64);
}

/// Null, a table, or a marked thing.
type Entry = AtomicPtr<Table>;

/// Aligned, so that its address has no mark.
#[repr(align(64))]
struct Table([Entry; 1 << BITS]);

/// What an entry leads to.
enum Next<'a, T> {
    Nothing,
    Table(&'a Table),
    Thing(*const T),
}

/// Things by page.
pub struct Pages<T: Extent> {
    root: Box<Table>,
    readers: Readers,
    changing: Mutex<()>,
    /// The entries stand for a reference to each.
    things: PhantomData<Arc<T>>,
}

impl<T: Extent> Default for Pages<T> {
    fn default() -> Self {
        Self {
            root: Table::empty(),
            readers: Readers::default(),
            changing: Mutex::default(),
            things: PhantomData,
        }
    }
}

impl Table {
    fn empty() -> Box<Self> {
        Box::new(Self(array::from_fn(|_| AtomicPtr::default())))
    }

    /// An entry by the bits of a page's number from those up that the table looks at.
    #[inline(always)]
    fn entry(&self, index: u64) -> &Entry {
        &self.0[index as usize % (1 << BITS)]
    }

    /// What an entry leads to. `SeqCst`: the step of readers and removers that `readers` speaks of.
    #[inline(always)]
    fn next<T>(&self, index: u64) -> Next<'_, T> {
        let entry = self.entry(index).load(Ordering::SeqCst);
        if entry.is_null() {
            Next::Nothing
        } else if entry.addr() & THING != 0 {
            Next::Thing(entry.map_addr(|address| address & !THING).cast_const().cast())
        } else {
            // SAFETY: from `Box::into_raw` in `table_at`; tables stay until the pages are dropped.
            Next::Table(unsafe { &*entry })
        }
    }

    /// The table of an entry, made if there is none. The entry leads to no thing.
    fn table_at(&self, index: u64) -> &Table {
        match self.next::<()>(index) {
            Next::Table(table) => table,
            _ => {
                let table = Box::into_raw(Self::empty());
                self.entry(index).store(table, Ordering::SeqCst);
                // SAFETY: just made, and it stays until the pages are dropped.
                unsafe { &*table }
            }
        }
    }

    /// Lets the entries of the pages from `first` to `last` lead to `entry`, where `shift` is the lowest bit of a page's
    /// number that this table looks at.
    fn set(&self, shift: u32, first: u64, last: u64, entry: *mut Table) {
        for index in first >> shift..(last >> shift) + 1 {
            let (from, to) = (index << shift, ((index + 1) << shift) - 1);
            let table = match self.next::<()>(index) {
                Next::Table(table) => table,
                _ if first <= from && to <= last => {
                    self.entry(index).store(entry, Ordering::SeqCst);
                    continue;
                }
                _ => self.table_at(index),
            };
            table.set(shift - BITS, first.max(from), last.min(to), entry);
        }
    }

    /// The first thing in the pages from `first` to `last`, or the last one.
    fn seek<T>(&self, shift: u32, first: u64, last: u64, backwards: bool) -> Option<*const T> {
        let (low, high) = (first >> shift, last >> shift);
        (0..=high - low).find_map(|step| {
            let index = if backwards { high - step } else { low + step };
            match self.next(index) {
                Next::Nothing => None,
                Next::Thing(thing) => Some(thing),
                Next::Table(table) => {
                    let (from, to) = (index << shift, (index << shift) | ((1 << shift) - 1));
                    table.seek(shift - BITS, first.max(from), last.min(to), backwards)
                }
            }
        })
    }

    /// Frees the tables that it leads to.
    fn free(&self) {
        for entry in &self.0 {
            let entry = entry.load(Ordering::SeqCst);
            if !entry.is_null() && entry.addr() & THING == 0 {
                // SAFETY: from `Box::into_raw` in `table_at`, and nobody looks there any more.
                unsafe { Box::from_raw(entry) }.free();
            }
        }
    }
}

/// The numbers of the first and the last page of what begins at an address; `None` for addresses that no program has.
fn pages((start, bytes): (u64, u64)) -> Option<(u64, u64)> {
    let last = start.checked_add(bytes.checked_sub(1)?)?;
    (last >> ADDRESS == 0).then_some((start >> PAGE, last >> PAGE))
}

impl<T: Extent> Pages<T> {
    #[inline]
    fn find(&self, address: u64) -> Option<*const T> {
        if address >> ADDRESS != 0 {
            return None;
        }
        let (mut table, mut shift) = (&*self.root, TOP);
        loop {
            match table.next(address >> PAGE >> shift) {
                Next::Nothing => return None,
                Next::Thing(thing) => return Some(thing),
                Next::Table(next) => (table, shift) = (next, shift - BITS),
            }
        }
    }

    /// The smallest table there is that has all entries of the pages from `first` to `last`, and the lowest bit of a page's
    /// number that it looks at.
    fn narrow(&self, first: u64, last: u64) -> (&Table, u32) {
        let (mut table, mut shift) = (&*self.root, TOP);
        while first >> shift == last >> shift {
            let Next::Table(next) = table.next::<()>(first >> shift) else { break };
            (table, shift) = (next, shift - BITS);
        }
        (table, shift)
    }

    /// Answers from the thing that an address lies in. Who removes it waits until `answer` is done.
    #[inline]
    pub fn glance<R>(&self, address: u64, answer: impl FnOnce(&Arc<T>) -> Option<R>) -> Option<R> {
        let _reader = self.readers.enter();
        // SAFETY: from `into_raw`, and `take_out` gives it up only when this reader has been counted out. It is not
        // dropped here.
        let thing = unsafe { ManuallyDrop::new(Arc::from_raw(self.find(address)?)) };
        let (start, bytes) = thing.extent();
        if address.wrapping_sub(start) < bytes { answer(&thing) } else { None }
    }

    /// The thing that an address lies in.
    pub fn get(&self, address: u64) -> Option<Arc<T>> {
        self.glance(address, |thing| Some(Arc::clone(thing)))
    }

    /// Adds a thing. What had any of its pages is removed.
    pub fn insert(&self, thing: Arc<T>) {
        let Some((first, last)) = pages(thing.extent()) else { return };
        let _alone = self.changing.lock();
        let (table, shift) = self.narrow(first, last);
        while let Some(before) = table.seek(shift, first, last, false) {
            drop(self.take_out(before));
        }
        let entry = Arc::into_raw(thing).cast_mut().cast::<Table>().map_addr(|address| address | THING);
        table.set(shift, first, last, entry);
    }

    /// Removes the thing that has the page of an address, if that is one that is meant. Of two threads that remove it, one
    /// gets it.
    pub fn take(&self, address: u64, is_meant: impl FnOnce(&T) -> bool) -> Option<Arc<T>> {
        let _alone = self.changing.lock();
        let thing = self.find(address)?;
        // SAFETY: it is in the entries, which stand for a reference, and nobody removes it meanwhile.
        is_meant(unsafe { &*thing }).then(|| self.take_out(thing))
    }

    /// The things nearest to an address, on both sides or around it.
    pub fn near(&self, address: u64) -> impl Iterator<Item = Arc<T>> {
        const LAST: u64 = (1 << (ADDRESS - PAGE)) - 1;
        let _alone = self.changing.lock();
        let page = (address >> PAGE).min(LAST);
        let found = [self.root.seek(TOP, 0, page, true), self.root.seek(TOP, page, LAST, false)];
        let copies = found.map(|thing| {
            // SAFETY: from `into_raw`, and nobody removes it meanwhile. It is not dropped here.
            let thing = unsafe { ManuallyDrop::new(Arc::from_raw(thing?)) };
            Some(Arc::clone(&thing))
        });
        copies.into_iter().flatten()
    }

    /// Takes the reference that the entries stood for. The lock is held.
    fn take_out(&self, thing: *const T) -> Arc<T> {
        // SAFETY: it is in the entries, which stand for a reference, and nobody else removes it meanwhile.
        if let Some((first, last)) = pages(unsafe { &*thing }.extent()) {
            let (table, shift) = self.narrow(first, last);
            table.set(shift, first, last, ptr::null_mut());
        }
        self.readers.wait();
        // SAFETY: from `into_raw`; no entry leads to it, and no reader looks at it any more.
        unsafe { Arc::from_raw(thing) }
    }
}

impl<T: Extent> Drop for Pages<T> {
    fn drop(&mut self) {
        let mut page = 0;
        while let Some(thing) = self.root.seek(TOP, page, (1 << (ADDRESS - PAGE)) - 1, false) {
            let thing = self.take_out(thing);
            page = pages(thing.extent()).map_or(page, |(_, last)| last);
        }
        self.root.free();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicBool, AtomicUsize},
        thread,
    };

    struct Thing {
        start: u64,
        bytes: u64,
        left: &'static AtomicUsize,
    }

    impl Extent for Thing {
        fn extent(&self) -> (u64, u64) {
            (self.start, self.bytes)
        }
    }

    impl Drop for Thing {
        fn drop(&mut self) {
            self.left.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn thing(start: u64, bytes: u64, left: &'static AtomicUsize) -> Arc<Thing> {
        left.fetch_add(1, Ordering::SeqCst);
        Arc::new(Thing { start, bytes, left })
    }

    fn remove(pages: &Pages<Thing>, thing: &Arc<Thing>) -> bool {
        pages.take(thing.start, |found| ptr::eq(found, &**thing)).is_some()
    }

    fn start_at(pages: &Pages<Thing>, address: u64) -> Option<u64> {
        pages.get(address).map(|thing| thing.start)
    }

    #[test]
    fn each_byte_of_a_thing_leads_to_it_and_no_other_does() {
        static LEFT: AtomicUsize = AtomicUsize::new(0);
        let pages = Pages::default();
        // A page, a byte, what begins and ends within large pages, and all of one.
        let extents = [
            (0x7000_0000_1000, 0x1000),
            (0x7000_0000_2000, 1),
            (0x7000_001f_f000, 0x40_2000),
            (0x7001_0000_0000, 0x4000_0000),
            (0x7000_0000_3100, 0x700),
        ];
        let things = extents.map(|(start, bytes)| thing(start, bytes, &LEFT));
        things.iter().for_each(|thing| pages.insert(Arc::clone(thing)));
        for (start, bytes) in extents {
            let inside = [start, start + bytes / 2, start + bytes - 1];
            assert!(inside.iter().all(|&address| start_at(&pages, address) == Some(start)), "{start:#x}");
            assert_ne!(start_at(&pages, start - 1), Some(start));
            assert_eq!(start_at(&pages, start + bytes).filter(|&found| found == start), None);
        }
        assert_eq!((start_at(&pages, 0), start_at(&pages, u64::MAX)), (None, None));
        assert!(remove(&pages, &things[2]) && !remove(&pages, &things[2]));
        assert!([0x7000_001f_f000, 0x7000_0020_0000].iter().all(|&at| start_at(&pages, at).is_none()));
        drop((pages, things));
        assert_eq!(LEFT.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_comes_to_the_same_pages_takes_the_place_of_what_was_there() {
        static LEFT: AtomicUsize = AtomicUsize::new(0);
        let pages = Pages::default();
        let small = [1, 3].map(|n| thing(n << PAGE, 0x1000, &LEFT));
        small.iter().for_each(|thing| pages.insert(Arc::clone(thing)));
        let near = |address| pages.near(address).map(|thing| thing.start).collect::<Vec<_>>();
        assert_eq!((near(0x2000), near(0x1800)), (vec![0x1000, 0x3000], vec![0x1000, 0x1000]));
        assert_eq!((near(0), near(u64::MAX)), (vec![0x1000], vec![0x3000]));
        pages.insert(thing(0x1000, 0x20_0000, &LEFT));
        assert_eq!((start_at(&pages, 0x3000), remove(&pages, &small[1])), (Some(0x1000), false));
        drop((small, pages));
        assert_eq!(LEFT.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn threads_find_things_or_nothing_while_others_remove_them() {
        static LEFT: AtomicUsize = AtomicUsize::new(0);
        let (pages, done) = (Pages::default(), AtomicBool::new(false));
        let rounds = if cfg!(miri) { 10 } else { 500 };
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        assert!(start_at(&pages, 0x20_1234).is_none_or(|start| start == 0x20_0000));
                        thread::yield_now();
                    }
                });
            }
            for n in 0..rounds {
                let thing = thing(0x20_0000, 0x1000 << (n % 10), &LEFT);
                pages.insert(Arc::clone(&thing));
                assert_eq!(start_at(&pages, 0x20_0000), Some(0x20_0000));
                assert!(remove(&pages, &thing));
            }
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(LEFT.load(Ordering::SeqCst), 0);
    }
}
