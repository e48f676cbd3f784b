//! Faults of a driver without a kernel.

use std::sync::mpsc;

use hsakmt_thunk::topology::model::Snapshot;

use super::*;
use crate::{
    agent::{discovery, fixture},
    config::Config,
    driver::{
        Driver,
        fake::FakeDriver,
        fault::{HardwareException, MemoryFault},
    },
    handle::Epoch,
};

fn faults(driver: &Arc<FakeDriver>) -> Faults {
    let (mut gpu, _) = fixture::gpu(1, (11, 0, 0), 1 << 30);
    (gpu.properties.location_id, gpu.properties.domain) = (0x302, 1);
    let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30), gpu], ..Default::default() };
    let driver = Arc::clone(driver) as Arc<dyn Driver>;
    let config = Config::new(|_| None);
    Faults::new(Arc::new(discovery::discover(config, driver, &snapshot, false, Epoch::new(1))))
}

/// What happens to the GPU of node 1, whose kernel id is 101.
fn fault(address: u64) -> Fault {
    Fault::Memory(MemoryFault { gpu_id: 101, address, not_present: true, ..Default::default() })
}

fn left(queue: u64, kernel: Option<u64>) -> Left {
    Left { queue, busy: kernel.is_some(), kernel, signals: 1 }
}

/// A queue that tells what was done to it, and of whose user one may want to know.
#[derive(Clone)]
struct Ours {
    sender: mpsc::SyncSender<(&'static str, hsa_status_t)>,
    heard: bool,
    spreads: Arc<Mutex<Vec<Spread>>>,
}

impl Ours {
    fn new(sender: &mpsc::SyncSender<(&'static str, hsa_status_t)>, heard: bool) -> Arc<Self> {
        let spreads = Arc::new(Mutex::new(vec![Spread::Coming, Spread::Coming, Spread::Ended]));
        Arc::new(Self { sender: sender.clone(), heard, spreads })
    }
}

impl Stopped for Ours {
    fn left(&self) -> Left {
        left(1, None)
    }

    fn tell_user(&self, why: hsa_status_t) -> bool {
        let _ = self.sender.send(("tell", why));
        self.heard
    }

    fn fail(&self) {
        let _ = self.sender.send(("fail", HSA_STATUS_SUCCESS));
    }
}

impl Running for Ours {
    fn memory_of_waves(&self) -> Vec<(u64, u64)> {
        Vec::new()
    }

    fn halt(&self, _: &Machine) -> Vec<OwnQueue> {
        Vec::new()
    }

    fn go_on(&self) {}

    fn stop(&self, agent: usize, why: hsa_status_t) -> (Vec<Arc<dyn Stopped>>, bool) {
        assert_eq!(agent, 1);
        let _ = self.sender.send(("stop", why));
        (vec![Arc::new(self.clone())], false)
    }

    /// Something ends at once, something later, and then nothing more.
    fn spread(&self, _: &Machine) -> Spread {
        let _ = self.sender.send(("spread", HSA_STATUS_SUCCESS));
        self.spreads.lock().pop().unwrap_or_default()
    }

    fn look(&self, _: &Machine) {
        let _ = self.sender.send(("look", HSA_STATUS_SUCCESS));
    }
}

#[test]
fn everybody_hears_of_a_fault_and_one_has_to_take_care() {
    let faults = faults(&Arc::default());
    let (sender, receiver) = mpsc::channel();
    let answering = |status: hsa_status_t| {
        let sender = sender.clone();
        BoundEventHandler::of_test(move |event| {
            let _ = sender.send(event.event_type);
            status
        })
    };
    assert!(!faults.shared.is_handled(&fault(0x5000)));
    faults.shared.handlers.lock().extend([answering(HSA_STATUS_SUCCESS), answering(HSA_STATUS_ERROR)]);
    assert!(faults.shared.is_handled(&fault(0x5000)));
    let hang = Fault::Hardware(HardwareException { gpu_id: 101, ..Default::default() });
    faults.shared.handlers.lock().remove(0);
    assert!(!faults.shared.is_handled(&hang));
    let heard: Vec<_> = receiver.try_iter().collect();
    let (memory, hardware) = (HSA_AMD_GPU_MEMORY_FAULT_EVENT, HSA_AMD_GPU_HW_EXCEPTION_EVENT);
    assert_eq!(heard, [memory, memory, hardware]);
}

#[test]
fn queues_stop_first_their_users_hear_of_what_nobody_else_takes_care_of_and_signals_fail_last() {
    let faults = faults(&Arc::default());
    let (sender, receiver) = mpsc::sync_channel(8);
    let (why, fail) = (HSA_STATUS_ERROR_MEMORY_FAULT, ("fail", HSA_STATUS_SUCCESS));
    for heard in [false, true] {
        *faults.shared.running.lock() = vec![Ours::new(&sender, heard)];
        assert_eq!(faults.shared.is_handled(&fault(0x5000)), heard);
        let all = [("stop", why), ("tell", why), fail];
        // What ends the process ends it before anybody has waited to the end.
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), all[..if heard { 3 } else { 2 }]);
    }
    let receiver = Arc::new(Mutex::new(receiver));
    let seen = Arc::clone(&receiver);
    faults.shared.handlers.lock().push(BoundEventHandler::of_test(move |_| {
        assert_eq!(seen.lock().try_iter().collect::<Vec<_>>(), [("stop", HSA_STATUS_ERROR)]);
        HSA_STATUS_SUCCESS
    }));
    let hang = Fault::Hardware(HardwareException { gpu_id: 101, ..Default::default() });
    assert!(faults.shared.is_handled(&hang));
    assert_eq!(receiver.lock().try_iter().collect::<Vec<_>>(), [fail]);
}

#[test]
fn a_record_has_its_words_in_their_order() {
    let faults = faults(&Arc::default());
    let machine = &*faults.shared.machine;
    let agent = machine.gpus().next();
    let record = |cause, left: &[Left]| Record { machine, agent, cause, left }.to_string();
    let all = [left(2, None), left(7, Some(0x40)), left(8, Some(0x80))];
    let memory = fault(0x5000);
    assert_eq!(
        record(Cause::Fault(&memory), &all),
        "gpu-fault kind=memory agent=gfx1100 node=1 bdf=0001:03:00.2 queue=7,8 kernel=?,? signals=3 \
         address=0x5000 reason=not-present nearest=none"
    );
    assert_eq!(
        record(Cause::Queue(HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION), &all[..1]),
        "gpu-fault kind=queue agent=gfx1100 node=1 bdf=0001:03:00.2 queue=none kernel=none signals=1 \
         status=0x2a name=HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION"
    );
    let hang = Fault::Hardware(HardwareException::default());
    let unknown = Record { machine, agent: None, cause: Cause::Fault(&hang), left: &[] };
    assert_eq!(
        unknown.to_string(),
        "gpu-fault kind=hardware agent=? node=? bdf=? queue=none kernel=none signals=0 reason=hang"
    );
}

#[test]
fn the_thread_starts_with_who_wants_to_hear_and_goes_on_after_a_fault() {
    let driver = Arc::new(FakeDriver::default());
    driver.faults.lock().extend([fault(1), fault(2)]);
    let faults = faults(&driver);
    faults.end();
    let (sender, receiver) = mpsc::channel();
    let handler = BoundEventHandler::of_test(move |event| {
        let _ = sender.send(event.event_type);
        HSA_STATUS_SUCCESS
    });
    faults.shared.handlers.lock().push(handler);
    faults.start().unwrap();
    assert!(receiver.recv().is_ok() && receiver.recv().is_ok());
    faults.end();
    assert!(receiver.try_recv().is_err());
}

#[test]
fn errors_spread_until_nothing_more_of_them_is_on_its_way() {
    let faults = faults(&Arc::default());
    let (sender, receiver) = mpsc::sync_channel(8);
    faults.watch_over(Ours::new(&sender, true));
    faults.start().unwrap();
    faults.spread();
    let heard: Vec<_> = receiver.iter().take(4).map(|(what, _)| what).collect();
    assert_eq!(heard, ["spread"; 4]);
    faults.end();
    assert!(receiver.try_recv().is_err(), "it looked once more than there was need");
}
