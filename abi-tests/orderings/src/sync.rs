//! loom's words, in place of `hsa-runtime/src/sync.rs`.
//!
//! loom takes `SeqCst` accesses for acquires and releases, which is less than they are. Here, each has a `SeqCst` fence
//! before it, as compilers make them for POWER, whose order of memory is the weakest of those that the runtime is for.

pub use loom::{sync::atomic::fence, thread::yield_now};

pub use std::sync::atomic::Ordering;

fn access(order: Ordering, weaker: Ordering) -> Ordering {
    match order {
        Ordering::SeqCst => {
            fence(Ordering::SeqCst);
            weaker
        }
        order => order,
    }
}

macro_rules! word {
    ($name:ident, $value:ty) => {
        /// A word of loom's.
        #[derive(Default, Debug)]
        pub struct $name(loom::sync::atomic::$name);

        impl $name {
            pub fn new(value: $value) -> Self {
                Self(loom::sync::atomic::$name::new(value))
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.0.load(access(order, Ordering::Acquire))
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, access(order, Ordering::Release));
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.0.swap(value, access(order, Ordering::AcqRel))
            }

            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_add(value, access(order, Ordering::AcqRel))
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                known: $value,
                value: $value,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange(known, value, access(order, Ordering::AcqRel), failed)
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                known: $value,
                value: $value,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange_weak(known, value, access(order, Ordering::AcqRel), failed)
            }
        }
    };
}

word!(AtomicU32, u32);
word!(AtomicU64, u64);
