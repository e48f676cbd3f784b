//! Memory from several threads at once, for Miri to run in many orders (`scripts/miri`).

use super::tests::{GFX8, PAGE, WHOLE, memory, video};
use std::thread;

#[test]
fn threads_have_their_own_allocations() {
    for limit in [WHOLE, GFX8] {
        let (fake, memory) = memory(limit);
        let come_and_go = || {
            for pages in 1..3 {
                let start = memory.allocate(video(pages * PAGE)).unwrap();
                memory.map_to_gpus(start, pages * PAGE).unwrap();
                let info = memory.pointer_info(start + pages * PAGE - 1).unwrap();
                assert_eq!((info.gpu_address, info.size, info.mapped.1), (start, pages * PAGE, 1));
                memory.unmap_from_gpus(start).unwrap();
                memory.free(start).unwrap();
            }
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(come_and_go);
            }
        });
        let state = fake.state.lock();
        assert!(state.live.is_empty() && state.mapped == 0);
    }
}

/// The fake driver panics when it is to free a buffer twice.
#[test]
fn threads_that_free_one_allocation_free_it_once() {
    for limit in [WHOLE, GFX8] {
        let (fake, memory) = memory(limit);
        let start = memory.allocate(video(PAGE)).unwrap();
        let freed = thread::scope(|scope| {
            let threads = [(); 3].map(|()| scope.spawn(|| memory.free(start).is_ok()));
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(freed.iter().filter(|freed| **freed).count(), 1);
        assert!(fake.state.lock().live.is_empty());
    }
}
