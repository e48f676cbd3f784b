//! Sessions of a driver without a kernel: the test is the waves, and finds where they write as they do.
#![forbid(unsafe_code)]

use std::sync::mpsc::{Receiver, Sender, channel};

use hsakmt_thunk::topology::model::Snapshot;

use super::*;
use crate::{
    agent::{discovery, fixture},
    config::Config,
    driver::{Driver, fake::FakeDriver},
    events::Events,
    handle::Epoch,
    signal::Signals,
};

/// The sessions of a machine with two GPUs of gfx11.
fn sessions(driver: FakeDriver) -> (Arc<Sessions>, Arc<FakeDriver>) {
    let driver = Arc::new(driver);
    let gpus = [1, 2].map(|id| fixture::gpu(id, (11, 0, 0), 1 << 30).0);
    let nodes = [fixture::cpu(0, 1 << 30)].into_iter().chain(gpus).collect();
    let snapshot = Snapshot { nodes, ..Default::default() };
    let shared = Arc::clone(&driver) as Arc<dyn Driver>;
    let config = Config::new(|_| None);
    let machine = Arc::new(discovery::discover(config, shared, &snapshot, false, Epoch::new(1)));
    let signals = Signals::new(Arc::clone(&driver) as Arc<dyn Driver>);
    let events = Arc::new(Events::open(signals, Arc::clone(&machine)));
    let queues = Arc::new(Queues::open(Arc::clone(&machine), events));
    (Arc::new(Sessions::new(machine, queues)), driver)
}

const WAY: HsaPcSamplingInfo =
    HsaPcSamplingInfo { value: 1, value_min: 0, value_max: 0, flags: 0, method: 1, units: 0 };

fn wish(samples: usize) -> Wish {
    Wish { way: WAY, samples, latency: Duration::ZERO }
}

/// A client that tells of how many samples it heard, and how many were lost.
fn client() -> (BoundSamplesReady, Receiver<(usize, usize)>) {
    let (sender, receiver): (Sender<_>, _) = channel();
    let ready = BoundSamplesReady::own(move |bytes, lost, copy| {
        let (_, copied) = copy(bytes);
        sender.send((copied.len() / SAMPLE, lost)).unwrap();
    });
    (ready, receiver)
}

impl Sessions {
    fn gpus(&self) -> Vec<&Agent> {
        self.machine.gpus().collect()
    }
}

#[test]
fn the_driver_hears_of_each_change_once() {
    let (sessions, driver) = sessions(FakeDriver::default());
    let handle = sessions.create(sessions.gpus()[0], &wish(4), None, client().0).unwrap();
    let session = sessions.find(handle).unwrap();
    assert_eq!([session.run(), session.run(), session.stop(), session.stop()], [Ok(()); 4]);
    session.flush().unwrap();
    session.run().unwrap();
    sessions.destroy(handle).unwrap();
    let told: Vec<_> = driver.sampled.lock().iter().map(|(what, _)| *what).collect();
    assert_eq!(told, ["create", "start", "stop", "start", "stop", "destroy"]);
    assert!(sessions.find(handle).is_err());
    assert_eq!(sessions.destroy(handle), Err(Error::InvalidArgument));
    let data = driver.trap_data.lock().clone();
    assert!(data.len() == 3 && data[0] == 0 && data[1] != 0 && data[2] == 0, "{data:x?}");
    assert!(driver.mapped(data[0]).is_none() && driver.mapped(data[1]).is_none(), "nothing is left");
}

#[test]
fn a_gpu_has_one_session_and_each_gpu_one() {
    let (sessions, driver) = sessions(FakeDriver::default());
    let create = |at: usize| sessions.create(sessions.gpus()[at], &wish(4), None, client().0);
    let first = create(0).unwrap();
    assert_eq!(create(0), Err(Error::OutOfResources));
    let second = create(1).unwrap();
    assert_ne!(first, second);
    sessions.destroy(first).unwrap();
    let third = create(0).unwrap();
    assert_ne!(first, third, "a destroyed session's handle stays its own");
    sessions.find(second).unwrap().run().unwrap();
    sessions.end();
    let told = driver.sampled.lock().clone();
    assert_eq!(told.iter().filter(|(what, _)| *what == "destroy").count(), 3);
    assert!([first, second, third].iter().all(|handle| sessions.find(*handle).is_err()));
}

#[test]
fn what_the_driver_refuses_leaves_nothing_behind() {
    let (sessions, driver) = sessions(FakeDriver { samples: false, ..FakeDriver::default() });
    let gpu = sessions.gpus()[0];
    assert_eq!(sessions.create(gpu, &wish(4), None, client().0), Err(Error::Generic));
    assert!(driver.blocks.lock().is_empty() && driver.trap_data.lock().is_empty());
    // One that the driver is said to have is believed until it starts.
    let handle = sessions.create(gpu, &wish(4), Some(100), client().0).unwrap();
    assert_eq!(sessions.find(handle).unwrap().run(), Err(Error::Generic));
    assert_eq!(sessions.destroy(handle), Err(Error::Generic), "as upstream: it is gone nevertheless");
    assert_eq!(sessions.create(gpu, &wish(4), Some(100), client().0).map(drop), Ok(()));
}

#[test]
fn gpus_whose_handlers_write_no_samples_have_no_sessions() {
    let (sessions, driver) = sessions(FakeDriver { version: (1, 12), ..FakeDriver::default() });
    let gpu = sessions.gpus()[0];
    assert_eq!(sessions.create(gpu, &wish(4), None, client().0), Err(Error::Generic));
    assert_eq!(*driver.sampled.lock(), [("create", 1), ("destroy", 1)]);
}

/// A session by itself, whose places the test keeps.
fn session(samples: usize, client: BoundSamplesReady) -> (Arc<Session>, Arc<Halves>) {
    let (sessions, driver) = sessions(FakeDriver::default());
    let shared = driver as Arc<dyn Driver>;
    let gpu = sessions.gpus()[0];
    let halves = Arc::new(Halves::new(&shared, (gpu.node.id, gpu.node.id), 64).unwrap());
    let stock = Stock::new(samples, Duration::ZERO);
    let machine = Arc::clone(&sessions.machine);
    let session = Session::start(machine, gpu.index, 1, Arc::clone(&halves), (stock, client)).unwrap();
    (session, halves)
}

#[test]
fn samples_reach_the_client_while_it_runs_and_when_it_flushes() {
    let (ready, heard) = client();
    let (session, halves) = session(8, ready);
    session.run().unwrap();
    (1..=8).for_each(|pc| halves.write(pc));
    assert_eq!(heard.recv().unwrap().0, 8);
    (1..=3).for_each(|pc| halves.write(pc));
    session.flush().unwrap();
    assert_eq!(heard.try_recv(), Ok((3, 0)), "it has heard when flush returns");
    session.stop().unwrap();
    (1..=70).for_each(|pc| halves.write(pc));
    session.flush().unwrap();
    let told: Vec<_> = heard.try_iter().collect();
    assert_eq!(told.iter().map(|(samples, _)| samples).sum::<usize>(), 64);
    assert_eq!(told[0].1, 6, "which had no place");
    session.end();
}

#[test]
fn a_clients_function_may_stop_its_session_but_not_wait_for_itself() {
    let (sender, answers) = channel();
    let place = Arc::new(std::sync::OnceLock::<Arc<Session>>::new());
    let own = Arc::clone(&place);
    let ready = BoundSamplesReady::own(move |_, _, _| {
        let session = own.get().unwrap();
        sender.send((session.flush(), session.stop())).unwrap();
        session.end();
    });
    let (session, halves) = session(1, ready);
    assert!(place.set(Arc::clone(&session)).is_ok());
    halves.write(1);
    session.run().unwrap();
    assert_eq!(answers.recv().unwrap(), (Err(Error::Generic), Ok(())));
    session.flush().unwrap();
}
