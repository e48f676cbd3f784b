//! Queues that several users share.

use super::*;

#[test]
fn users_are_spread_over_as_many_queues_of_each_priority_as_there_may_be() {
    let (queues, driver) = queues(u64::MAX, &[("GPU_MAX_HW_QUEUES", "2")]);
    let acquire = |priority| queues.acquire(queues.gpu(), priority, None).unwrap();
    let low: Vec<u64> = (0..5).map(|_| acquire(Priority::Low)).collect();
    let id = |handle: &u64| queues.shared(*handle).unwrap().id();
    assert_eq!(low.iter().map(id).collect::<Vec<_>>(), [0, 1, 0, 1, 0]);
    assert_eq!((queues.users(low[0]), queues.users(low[1])), (Ok(Some(3)), Ok(Some(2))));
    assert_eq!(id(&acquire(Priority::High)), 2);
    queues.release(low[0]).unwrap();
    queues.release(low[2]).unwrap();
    assert_eq!((queues.users(low[4]), queues.users(low[0])), (Ok(Some(1)), Err(Error::InvalidQueue)));
    assert_eq!(id(&acquire(Priority::Low)), 0, "the one with the fewest users");
    assert_eq!(queues.release(low[0]), Err(Error::InvalidQueue));
    // Nobody changes or ends what others use, too.
    assert!(queues.hardware(low[1]).is_err() && queues.inactivate(low[1]).is_err());
    assert_eq!(queues.destroy(low[1]).err(), Some(Error::InvalidQueue));
    let own = queues.create(queues.gpu(), &request(None)).unwrap().address();
    assert_eq!((queues.users(own), queues.release(own)), (Ok(None), Err(Error::Generic)));
    queues.end();
    assert!(driver.queues.lock().iter().all(Option::is_none));
}

#[test]
fn each_user_hears_of_an_error_by_his_own_handle_until_he_leaves() {
    let (queues, _) = queues(u64::MAX, &[("GPU_MAX_HW_QUEUES", "1")]);
    let acquire = |handler| queues.acquire(queues.gpu(), Priority::Normal, handler).unwrap();
    let ((first, hears), (second, heard_not)) = (listener(), listener());
    let (one, two, _silent) = (acquire(Some(first)), acquire(Some(second)), acquire(None));
    queues.release(two).unwrap();
    let queue = queues.shared(one).unwrap();
    assert_ne!(one, queue.address());
    queue.parts.reported.0.change(|value| value.store(1 << 3, SeqCst));
    assert_eq!(hears.recv(), Ok((HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION, one)));
    assert!(heard_not.try_recv().is_err());
    queues.end();
}
