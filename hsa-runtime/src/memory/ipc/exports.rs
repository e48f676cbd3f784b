//! What a process shares, and the thread that hands it out.

use std::{
    collections::HashMap,
    io,
    os::unix::net::UnixListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::Mutex;

use super::{
    Ticket, random,
    socket::{self, Shared},
};
use crate::{boundary::Error, log::complain};

/// Memory that is shared, by its number.
type Table = HashMap<u64, (u64, Ticket, Arc<Shared>)>;

/// The memory that this process shares. Thread-safe.
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
    /// The ticket of the memory at an address, if it is shared.
    pub fn find(&self, address: u64) -> Option<Ticket> {
        let table = self.table.lock();
        table.values().find(|(start, ..)| *start == address).map(|(_, ticket, _)| *ticket)
    }

    /// Shares memory by a descriptor, which is ours from now on.
    ///
    /// # Errors
    /// `OutOfResources` without a socket or a thread.
    pub fn add(&self, address: u64, bytes: u64, descriptor: i32, offset: u64) -> Result<Ticket, Error> {
        let shared = Arc::new(Shared::new(descriptor, offset));
        let ticket = Ticket { server: self.server()?, number: random(), bytes };
        self.table.lock().insert(ticket.number, (address, ticket, shared));
        Ok(ticket)
    }

    /// Shares the memory at an address no more: it is going.
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
        // Wakes the thread; what it says does not matter. One that has ended already is not woken.
        let _ = socket::connect(self.number);
        let _ = self.thread.join();
    }
}
