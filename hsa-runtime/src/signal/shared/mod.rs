//! Signals that several processes use. Answers to upstream's `ipc_signal.cpp`.
//!
//! Each has a page of its own in a file without a name, which all processes map that were handed its [`Parts`], and a bell
//! of the kernel's, an eventfd. No GPU rings for it, since a mailbox is an address of one process: who waits looks at it
//! in naps, too, should a GPU change it.
//!
//! The host's changes are heard at once: who changes the value rings the kernel's bell if the page says that anybody
//! sleeps in any process, and in each of them a thread ([`relay`]) rings the process's own bell then. `signal::protocol`
//! has the argument. What another process writes into the page is not trusted: a wrong count of sleepers costs a ring for
//! nothing, or the rest of a nap.

mod page;
mod parts;
mod relay;

use std::{os::fd::OwnedFd, sync::Arc};

use nix::{
    errno::Errno,
    sys::eventfd::{EfdFlags, EventFd},
    unistd,
};

pub use self::parts::Parts;
use self::{page::Page, relay::Relay};
use super::{
    Signal,
    pool::{Kind, Signals},
    slot::Slot,
};
use crate::{boundary::Error, log::complain};

/// What this process has of a signal that processes share, until its last reference is released.
pub struct Line {
    slot: &'static Slot,
    page: &'static Page,
    parts: Parts,
    /// It was made here, so here it may be handed out.
    is_ours: bool,
}

impl Line {
    /// Counts a sleeper in the page; from now on changes by other processes are heard here.
    pub fn enter(&self) {
        self.slot.signals.lines().relay.start(self.slot.signals);
        self.page.sleepers.enter();
    }

    /// Counts one less.
    pub fn leave(&self) {
        self.page.sleepers.leave();
    }

    /// The value has changed: rings in all processes, if anybody sleeps in any.
    pub fn ring(&self) {
        // A bell that has rung too often to count has not been silent since.
        self.page.sleepers.wake(|| _ = unistd::write(&self.parts.bell, &1_u64.to_ne_bytes()));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let signals = self.slot.signals;
        signals.driver().unmap_file(self.page.block.handle());
        signals.elsewhere().give_back(self.slot);
    }
}

/// What hears other processes' changes of the signals that processes share.
#[derive(Default)]
pub struct Lines {
    relay: Relay,
}

impl Signals {
    /// Makes a signal that other processes may use.
    ///
    /// # Errors
    /// `OutOfResources`; one line on standard error says why.
    pub fn create_shared(&'static self, value: i64) -> Result<Signal, Error> {
        let line = self.open_line(self.make_parts().map_err(lost)?, true)?;
        line.page.block.begin(value, 0, 0);
        self.lines().begin(line)
    }

    /// Takes in a signal of another process's, or once more one of this process's.
    ///
    /// # Errors
    /// `InvalidArgument` if it is none, `OutOfResources`.
    pub fn attach(&'static self, parts: Parts) -> Result<Signal, Error> {
        page::check(&parts.file, self.driver().page_size())?;
        let line = self.open_line(parts, false)?;
        if line.page.block.is_for_programs() { self.lines().begin(line) } else { Err(Error::InvalidArgument) }
    }

    fn make_parts(&self) -> Result<Parts, Errno> {
        let file = page::create(self.driver().page_size())?;
        let bell = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Parts { file, bell: bell.into() })
    }

    fn open_line(&'static self, parts: Parts, is_ours: bool) -> Result<Line, Error> {
        let page = Page::at(self.driver().map_file(&parts.file, self.driver().page_size())?);
        let slot = self.elsewhere().take(self, &page.block);
        Ok(Line { slot, page, parts, is_ours })
    }

    /// Another process, or this one, has rung: wakes those who sleep here.
    fn ring_here(&self, handle: u64) {
        if let Some(slot) = self.elsewhere().find(handle) {
            let signal = Signal::of(slot);
            signal.bells().ring(signal.bell());
        }
    }
}

impl Signal {
    /// Copies of what another process needs, of a signal that was made here to be shared.
    ///
    /// # Errors
    /// `InvalidArgument` for other signals, `OutOfResources`.
    pub fn parts(self) -> Result<Parts, Error> {
        let line = self.slot.line.load_full().filter(|line| line.is_ours).ok_or(Error::InvalidArgument)?;
        let copy = |part: &OwnedFd| part.try_clone().map_err(|_| lost(Errno::last()));
        Ok(Parts { file: copy(&line.parts.file)?, bell: copy(&line.parts.bell)? })
    }
}

impl Lines {
    fn begin(&self, line: Line) -> Result<Signal, Error> {
        let (slot, handle) = (line.slot, line.page.block.handle());
        self.relay.listen(&line.parts.bell, handle).map_err(lost)?;
        // There may be sleepers in other processes: every change is to ask the page.
        slot.place.sleepers.enter();
        slot.line.store(Some(Arc::new(line)));
        slot.begin(Kind::Shared);
        slot.signals.elsewhere().list(slot);
        Ok(Signal::of(slot))
    }

    /// Nobody uses it here any more. What others do with it goes on.
    pub fn forget(&self, line: &Line) {
        self.relay.forget(&line.parts.bell);
        line.slot.signals.elsewhere().forget(line.slot);
        line.slot.place.sleepers.leave();
    }

    /// Ends the thread.
    pub fn end(&self) {
        self.relay.end();
    }
}

fn lost(why: Errno) -> Error {
    complain(&format!("a signal that processes share has no memory or descriptors: {why}"));
    Error::OutOfResources
}

#[cfg(test)]
mod tests;
