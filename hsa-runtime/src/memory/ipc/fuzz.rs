//! What the fuzz target of shared memory reaches, and a test: tickets of any words, importers that ask for anything, and exporters
//! that answer anything.
#![forbid(unsafe_code)]

use std::{
    io::{IoSlice, Read, Write},
    net::Shutdown,
    os::{
        fd::{AsRawFd, IntoRawFd},
        unix::net::UnixStream,
    },
    sync::Arc,
};

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};

use super::{
    Kind, Ticket,
    socket::{Shared, answer, ask},
};

/// Reads a ticket.
///
/// # Panics
/// If one that is taken is not written as it was read.
pub fn ticket(words: [u32; 8]) {
    for ticket in [Kind::Memory, Kind::Signal].iter().filter_map(|&kind| Ticket::from_words(words, kind)) {
        assert_eq!(ticket.words(), words);
    }
}

/// An importer says these bytes, and goes.
///
/// # Panics
/// If it is given memory that it did not ask for, or a descriptor stays open.
pub fn importer(said: &[u8], number: u64) {
    let (mut ours, theirs) = pair();
    let (open, end) = pair();
    let shared = Arc::new(Shared::new(vec![end.into_raw_fd()], 64));
    let asked = said.first_chunk().is_some_and(|bytes| u64::from_le_bytes(*bytes) == number);
    ours.write_all(said).expect("there is room in the socket");
    ours.shutdown(Shutdown::Write).expect("it is connected");
    let mut given = false;
    let _ = answer(theirs, |wanted| {
        given = wanted == number;
        given.then(|| Arc::clone(&shared))
    });
    assert_eq!(given, asked);
    drop((ours, shared));
    assert!(is_closed(open), "a descriptor is still open");
}

/// An exporter answers with these bytes and so many descriptors.
///
/// # Panics
/// If that is taken for an answer unless it is one, or not all descriptors are told of, or one stays open.
pub fn exporter(said: &[u8], descriptors: u8) {
    let (ours, theirs) = pair();
    let (open, end) = pair();
    let rights = vec![end.as_raw_fd(); usize::from(descriptors % 5)];
    let rights = [ControlMessage::ScmRights(&rights)];
    // Nothing is said with no bytes, descriptors neither.
    let _ = sendmsg::<()>(ours.as_raw_fd(), &[IoSlice::new(said)], &rights, MsgFlags::MSG_NOSIGNAL, None);
    ours.shutdown(Shutdown::Write).expect("it is connected");
    drop(end);
    let shared = ask(theirs, 7);
    let came = |shared: &Shared| shared.descriptors().len() == usize::from(descriptors % 5);
    assert!(shared.as_ref().is_none_or(|shared| said.len() >= 8 && came(shared)));
    drop((shared, ours));
    assert!(is_closed(open), "a descriptor is still open");
}

fn pair() -> (UnixStream, UnixStream) {
    UnixStream::pair().expect("descriptors are left")
}

/// Whether all descriptors of the other end are closed.
fn is_closed(mut end: UnixStream) -> bool {
    end.set_nonblocking(true).is_ok() && end.read(&mut [0]).is_ok_and(|bytes| bytes == 0)
}
