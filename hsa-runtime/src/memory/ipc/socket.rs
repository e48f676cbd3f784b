//! The conversation: the importer tells a number of 8 bytes; the exporter answers with the offset in 8 bytes and one or
//! two descriptors beside them, or closes. Both are the same user's.
#![forbid(unsafe_code)]

use std::{
    io::{self, IoSlice, IoSliceMut, Read, Write},
    os::{
        fd::{AsFd, AsRawFd, RawFd},
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixStream},
    },
    sync::Arc,
    time::Duration,
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::socket::{
        ControlMessage, ControlMessageOwned, MsgFlags, getsockopt, recvmsg, sendmsg, sockopt::PeerCredentials,
    },
    unistd,
};

use super::Ticket;

/// How long the other side may take that is there, but stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most descriptors that come with a message: SCM_MAX_FD of the kernel's net/scm.h. With less room, some would be ours and
/// not known.
const MOST: usize = 253;

/// Descriptors of what is shared, closed when dropped, and where it begins in the first.
pub struct Shared {
    descriptors: Vec<RawFd>,
    pub offset: u64,
}

impl Shared {
    /// Takes descriptors over.
    pub fn new(descriptors: Vec<RawFd>, offset: u64) -> Self {
        Self { descriptors, offset }
    }

    /// Their numbers.
    pub fn descriptors(&self) -> &[RawFd] {
        &self.descriptors
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // They are ours; there is nothing to do about a failure.
        self.descriptors.iter().for_each(|&descriptor| _ = unistd::close(descriptor));
    }
}

/// The name at which a server listens, in the space of names that no file system has.
pub fn address(server: u64) -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(format!("hsa-share-{server:016x}"))
}

/// A connection to a server; fails at once if there is none.
pub fn connect(server: u64) -> io::Result<UnixStream> {
    UnixStream::connect_addr(&address(server)?)
}

/// Whether the other side is the same user's.
fn is_same_user(stream: &UnixStream) -> nix::Result<bool> {
    Ok(getsockopt(stream, PeerCredentials)?.uid() == unistd::geteuid().as_raw())
}

/// Answers one importer.
pub fn answer(mut stream: UnixStream, find: impl FnOnce(u64) -> Option<Arc<Shared>>) -> io::Result<()> {
    if !is_same_user(&stream)? {
        return Ok(());
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut number = [0; 8];
    stream.read_exact(&mut number)?;
    let Some(shared) = find(u64::from_le_bytes(number)) else { return Ok(()) };
    let offset = shared.offset.to_le_bytes();
    let rights = [ControlMessage::ScmRights(&shared.descriptors)];
    sendmsg::<()>(stream.as_raw_fd(), &[IoSlice::new(&offset)], &rights, MsgFlags::MSG_NOSIGNAL, None)?;
    Ok(())
}

/// Asks for what a ticket names; `None` if nobody has it any more.
pub fn fetch(ticket: Ticket) -> Option<Shared> {
    ask(connect(ticket.server).ok()?, ticket.number)
}

/// Asks the exporter at the other end for what has a number; how many descriptors come is the caller's to check.
pub fn ask(mut stream: UnixStream, number: u64) -> Option<Shared> {
    if !is_same_user(&stream).ok()? {
        return None;
    }
    stream.write_all(&number.to_le_bytes()).ok()?;
    wait(&stream)?;
    let (mut offset, mut room) = ([0; 8], nix::cmsg_space!([RawFd; MOST]));
    let mut parts = [IoSliceMut::new(&mut offset)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let got = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut room), flags).ok()?;
    // All that came are ours to close.
    let mut shared = Shared::new(got.cmsgs().ok()?.flat_map(taken).collect(), 0);
    let whole = got.bytes == size_of::<u64>();
    shared.offset = u64::from_le_bytes(offset);
    whole.then_some(shared)
}

/// Waits until the other side has said something or gone, however often signals come: `recvmsg` would end with each.
fn wait(stream: &UnixStream) -> Option<()> {
    let mut polled = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
    let patience = PollTimeout::try_from(PATIENCE).ok()?;
    loop {
        match poll(&mut polled, patience) {
            Err(Errno::EINTR) => {}
            ready => return (ready.ok()? > 0).then_some(()),
        }
    }
}

/// What came with a message.
fn taken(message: ControlMessageOwned) -> Vec<RawFd> {
    match message {
        ControlMessageOwned::ScmRights(descriptors) => descriptors,
        _ => Vec::new(),
    }
}
