//! Signals of two processes that are one: each has its own driver and its own signals.

use std::{
    os::fd::AsFd,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use nix::sys::memfd::{MFdFlags, memfd_create};

use super::*;
use crate::driver::{Driver, fake::FakeDriver};

const LONG: Duration = Duration::from_secs(60);

fn processes() -> [&'static Signals; 2] {
    [(); 2].map(|()| Signals::new(Arc::new(FakeDriver::default())))
}

/// The same signal in both.
fn shared(value: i64) -> [Signal; 2] {
    let [one, other] = processes();
    let made = one.create_shared(value).unwrap();
    [made, other.attach(made.parts().unwrap()).unwrap()]
}

fn set(signal: Signal, value: i64) {
    signal.change(|word| word.swap(value, Ordering::SeqCst));
}

/// How often the kernel's bell was rung since it was asked last.
fn rings(parts: &Parts) -> Result<u64, Errno> {
    let mut count = [0; 8];
    unistd::read(&parts.bell, &mut count).map(|_| u64::from_ne_bytes(count))
}

#[test]
fn a_value_is_one_in_all_processes_and_handles_are_not() {
    let [made, taken] = shared(-7);
    assert_eq!((taken.load(), taken.kind()), (-7, Kind::Shared));
    set(taken, 3);
    assert_eq!(made.load(), 3);
    assert_ne!(made.handle(), taken.handle());
    assert_eq!((made.mailbox(), taken.event_id()), (None, 0));
    assert_eq!(taken.parts().err(), Some(Error::InvalidArgument), "who was handed it does not hand it on");
}

#[test]
fn a_change_rings_only_if_somebody_sleeps_in_any_process() {
    let [made, taken] = shared(1);
    let parts = made.parts().unwrap();
    set(made, 2);
    assert_eq!(rings(&parts), Err(Errno::EAGAIN));
    taken.enter();
    set(made, 3);
    set(taken, 4);
    assert_eq!(rings(&parts), Ok(2));
    taken.leave();
    set(made, 5);
    assert_eq!(rings(&parts), Err(Errno::EAGAIN));
}

#[test]
fn a_change_in_one_process_rings_the_bell_of_the_other() {
    let [made, taken] = shared(1);
    for (sleeper, changer) in [(taken, made), (made, taken)] {
        for value in 0..100 {
            sleeper.enter();
            let age = sleeper.bell().age();
            set(changer, value);
            sleeper.bells().sleep(&[(sleeper.bell(), age)], LONG);
            assert_ne!(sleeper.bell().age(), age, "nobody was heard");
            sleeper.leave();
        }
    }
    [made, taken].iter().for_each(|signal| signal.slot.signals.destroy_all());
}

#[test]
fn the_memory_goes_with_the_last_user_and_other_processes_go_on() {
    let driver = Arc::new(FakeDriver::default());
    let signals = Signals::new(Arc::clone(&driver) as Arc<dyn Driver>);
    let made = signals.create_shared(5).unwrap();
    let taken = processes()[0].attach(made.parts().unwrap()).unwrap();
    let (handle, calls) = (made.handle().handle, || driver.calls.load(Ordering::Relaxed));
    let before = calls();
    made.retain().unwrap();
    made.destroy().unwrap();
    assert_eq!((made.destroy(), made.load(), calls()), (Err(Error::InvalidSignal), 5, before));
    made.release();
    assert_eq!((signals.elsewhere().find(handle).is_some(), calls()), (false, before + 1));
    set(taken, 6);
    assert_eq!(taken.load(), 6);
    let slot = std::ptr::from_ref(signals.create_shared(1).unwrap().slot);
    assert_eq!(slot, std::ptr::from_ref(made.slot), "its slot is used again");
}

#[test]
fn what_is_no_signal_is_refused() {
    let signals = processes()[0];
    let bell = || OwnedFd::from(EventFd::new().unwrap());
    let page = signals.driver().page_size();
    let refused = |file: OwnedFd| signals.attach(Parts { file, bell: bell() }).err();
    let file = |bytes: u64| {
        let file = memfd_create(c"test", MFdFlags::MFD_ALLOW_SEALING).unwrap();
        unistd::ftruncate(&file, bytes as i64).unwrap();
        file
    };
    assert_eq!(refused(bell()), Some(Error::InvalidArgument), "no file");
    assert_eq!(refused(file(page)), Some(Error::InvalidArgument), "it may shrink");
    assert_eq!(refused(page::create(page - 1).unwrap()), Some(Error::InvalidArgument), "too short");
    assert_eq!(refused(page::create(page).unwrap()), Some(Error::InvalidArgument), "no signal in it");
    let made = signals.create_shared(0).unwrap().parts().unwrap();
    let unpollable = Parts { bell: made.file.as_fd().try_clone_to_owned().unwrap(), ..made };
    assert_eq!(signals.attach(unpollable).err(), Some(Error::OutOfResources), "no bell");
}

#[test]
fn what_is_left_at_the_end_is_destroyed() {
    let [made, taken] = shared(1);
    let handle = taken.handle().handle;
    taken.enter();
    taken.slot.signals.destroy_all();
    assert!(!taken.is_live() && taken.slot.signals.elsewhere().find(handle).is_none() && made.is_live());
}
