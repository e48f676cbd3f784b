//! What a process shares, and the thread that hands it out.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    io,
    os::{fd::AsRawFd, unix::net::UnixListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use hsakmt_thunk::kernel::{fork, thread as quiet};
use parking_lot::Mutex;

use super::{
    Kind, Ticket, random,
    socket::{self, Shared},
};
use crate::{boundary::Error, log::complain};

/// What is shared, by its number.
type Table = HashMap<u64, (u64, Ticket, Arc<Shared>)>;

/// What this process shares. Thread-safe.
#[derive(Default)]
pub struct Exports {
    table: Arc<Mutex<Table>>,
    /// There is one as soon as something is shared.
    server: Mutex<Option<Server>>,
}

/// A socket at which other processes ask, and the thread that answers.
struct Server {
    number: u64,
    ending: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Exports {
    /// The ticket of the memory or signal at an address, if it is shared.
    pub fn find(&self, address: u64) -> Option<Ticket> {
        let table = self.table.lock();
        table.values().find(|(start, ..)| *start == address).map(|(_, ticket, _)| *ticket)
    }

    /// Shares what is at an address, so many bytes.
    ///
    /// # Errors
    /// `OutOfResources` without a socket or a thread.
    pub fn add(&self, kind: Kind, (address, bytes): (u64, u64), shared: Shared) -> Result<Ticket, Error> {
        let ticket = Ticket { kind, server: self.server()?, number: random(), bytes };
        self.table.lock().insert(ticket.number, (address, ticket, Arc::new(shared)));
        Ok(ticket)
    }

    /// Shares what is at an address no more: it is going.
    pub fn forget(&self, address: u64) {
        self.table.lock().retain(|_, (start, ..)| *start != address);
    }

    /// The number of the server, started if there is none.
    fn server(&self) -> Result<u64, Error> {
        let mut server = self.server.lock();
        if let Some(server) = &*server {
            return Ok(server.number);
        }
        let started = Server::start(Arc::clone(&self.table)).map_err(|why| {
            complain(&format!("sharing memory: no socket or thread for it: {why}"));
            Error::OutOfResources
        })?;
        Ok(server.insert(started).number)
    }

    /// Ends the server; nothing is shared any more when this returns.
    pub fn end(&self) {
        if let Some(server) = self.server.lock().take() {
            server.end();
        }
        self.table.lock().clear();
    }
}

impl Server {
    fn start(table: Arc<Mutex<Table>>) -> io::Result<Self> {
        let number = random();
        let listener = UnixListener::bind_addr(&socket::address(number)?)?;
        // A child that kept it, as one does that is made just now, lets importers wait for an answer when this process
        // has gone.
        fork::close_in_child(Some(listener.as_raw_fd()));
        let ending = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ending);
        let answer = move || {
            for stream in listener.incoming().take_while(|_| !seen.load(Ordering::Acquire)) {
                let find = |number| table.lock().get(&number).map(|(.., shared)| Arc::clone(shared));
                // An importer that has gone again is not waited for.
                stream.ok().and_then(|stream| socket::answer(stream, find).ok());
            }
        };
        let thread = quiet::spawn("hsa-share", answer)?;
        Ok(Self { number, ending, thread })
    }

    fn end(self) {
        self.ending.store(true, Ordering::Release);
        fork::close_in_child(None);
        // Wakes the thread; what it says does not matter. One that has ended already is not woken.
        let _ = socket::connect(self.number);
        let _ = self.thread.join();
    }
}
