//! The conversation: the importer tells a number of 8 bytes; the exporter answers with the offset in 8 bytes and a
//! descriptor beside them, or closes. Both are the same user's.

use std::{
    io::{self, IoSlice, IoSliceMut, Read, Write},
    os::{
        fd::{AsRawFd, RawFd},
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixStream},
    },
    sync::Arc,
    time::Duration,
};

use nix::{
    sys::socket::{
        ControlMessage, ControlMessageOwned, MsgFlags, getsockopt, recvmsg, sendmsg, sockopt::PeerCredentials,
    },
    unistd,
};

use super::Ticket;

/// How long the other side may take that is there, but stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// A descriptor of shared memory, closed when dropped, and where the memory begins in it.
pub struct Shared {
    descriptor: RawFd,
    pub offset: u64,
}

impl Shared {
    /// Takes a descriptor over.
    pub fn new(descriptor: RawFd, offset: u64) -> Self {
        Self { descriptor, offset }
    }

    /// Its number.
    pub fn descriptor(&self) -> RawFd {
        self.descriptor
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // It is ours; there is nothing to do about a failure.
        let _ = unistd::close(self.descriptor);
    }
}

/// The name at which a server listens, in the space of names that no file system has.
pub fn address(server: u64) -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(format!("hsa-share-{server:016x}"))
}

/// A connection to a server; fails at once if there is none.
pub fn connect(server: u64) -> io::Result<UnixStream> {
    let stream = UnixStream::connect_addr(&address(server)?)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Answers one importer.
pub fn answer(mut stream: UnixStream, find: impl FnOnce(u64) -> Option<Arc<Shared>>) -> io::Result<()> {
    if getsockopt(&stream, PeerCredentials)?.uid() != unistd::geteuid().as_raw() {
        return Ok(());
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut number = [0; 8];
    stream.read_exact(&mut number)?;
    let Some(shared) = find(u64::from_le_bytes(number)) else { return Ok(()) };
    let (offset, descriptors) = (shared.offset.to_le_bytes(), [shared.descriptor]);
    let rights = [ControlMessage::ScmRights(&descriptors)];
    sendmsg::<()>(stream.as_raw_fd(), &[IoSlice::new(&offset)], &rights, MsgFlags::MSG_NOSIGNAL, None)?;
    Ok(())
}

/// Asks for the memory of a ticket; `None` if nobody has it any more.
pub fn fetch(ticket: Ticket) -> Option<Shared> {
    let mut stream = connect(ticket.server).ok()?;
    stream.write_all(&ticket.number.to_le_bytes()).ok()?;
    let (mut offset, mut room) = ([0; 8], nix::cmsg_space!(RawFd));
    let mut parts = [IoSliceMut::new(&mut offset)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let got = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut room), flags).ok()?;
    let descriptor = got.cmsgs().ok()?.find_map(|message| match message {
        ControlMessageOwned::ScmRights(descriptors) => descriptors.first().copied(),
        _ => None,
    })?;
    let whole = got.bytes == size_of::<u64>();
    let shared = Shared::new(descriptor, u64::from_le_bytes(offset));
    whole.then_some(shared)
}
