//! Queues whose packets wait for what ended with an error.
#![forbid(unsafe_code)]

use super::*;
use crate::events::faults::Spread;

/// Puts a packet in that waits for a signal: until it is 0, or, hidden by a mask, less than 1.
fn waits_for(queue: &Queue, signal: hsa_signal_t, mask: Option<i64>, completion: hsa_signal_t) {
    let number = queue.parts.page.write_dispatch_id.load(SeqCst);
    let packet = &queue.parts.ring.packets()[number as usize % 64];
    waits(queue, HSA_PACKET_TYPE_INVALID, 0, completion);
    let (format, mask) = (mask.map_or(0, |_| HSA_AMD_PACKET_TYPE_BARRIER_VALUE.0), mask.unwrap_or(0));
    let value = u64::from(format != 0);
    for (word, value) in [(2, signal.handle), (4, value), (6, mask as u64), (8, 2 * value)] {
        packet.0[word].store(value as u32, SeqCst);
        packet.0[word + 1].store((value >> 32) as u32, SeqCst);
    }
    let kind = if format == 0 { HSA_PACKET_TYPE_BARRIER_AND } else { HSA_PACKET_TYPE_VENDOR_SPECIFIC };
    packet.0[0].store(kind.0 | format << 16, SeqCst);
}

#[test]
fn an_error_spreads_to_a_queue_whose_next_packet_waits_for_it() {
    let (queues, _) = queues(u64::MAX, &[]);
    let signal = || queues.events.signals.create(1, Kind::Interrupt).unwrap();
    let spread = || queues.all.spread(&queues.machine);
    let [failed, before, done, behind] = [(); 4].map(|()| signal());
    for mask in [None, Some(i64::MAX)] {
        let queue = queues.create(queues.gpu(), &request(None)).unwrap();
        waits(&queue, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, before.handle());
        waits_for(&queue, failed.handle(), mask, done.handle());
        waits(&queue, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, behind.handle());
        [failed, done, behind].iter().for_each(|signal| signal.store_silently(1));
        assert_eq!(spread(), Spread::Nothing);
        failed.fail(-5);
        assert_eq!((spread(), done.load(), queue.suspended()), (Spread::Coming, 1, None));
        queue.parts.page.read_dispatch_id.store(1, SeqCst);
        assert_eq!([spread(), spread()], [Spread::Ended, Spread::Nothing], "{mask:?}");
        assert_eq!([before, done, behind].map(|signal| signal.load()), [1, -5, -5]);
    }
    // An error is less than 1, unless its sign is hidden.
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    waits_for(&queue, failed.handle(), Some(-1), done.handle());
    assert_eq!((spread(), queue.suspended()), (Spread::Nothing, None));
    queues.end();
}
