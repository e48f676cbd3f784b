//! Tickets, and conversations with a server of the same process.

use std::{fs, os::fd::IntoRawFd, path::PathBuf};

use super::*;

/// A descriptor of a pipe, and the pipe's name.
fn pipe() -> (i32, PathBuf) {
    let descriptor = nix::unistd::pipe().unwrap().0.into_raw_fd();
    (descriptor, name(descriptor))
}

fn name(descriptor: i32) -> PathBuf {
    fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap()
}

#[test]
fn tickets_pass_through_their_words_and_others_are_refused() {
    let kind = Kind::Memory;
    let ticket = Ticket { kind, server: u64::MAX - 1, number: 7 << 40 | 3, bytes: 1 << 33 };
    let mut words = ticket.words();
    let read = |words, kind| Ticket::from_words(words, kind);
    assert_eq!((read(words, kind), read(words, Kind::Signal)), (Some(ticket), None));
    words[6] ^= 1;
    assert_eq!((read(words, kind), read([0; 8], kind)), (None, None));
}

#[test]
fn what_is_shared_is_handed_out_until_it_is_forgotten() {
    let (exports, (first_end, first_name), (second_end, second_name)) = (Exports::default(), pipe(), pipe());
    let add =
        |kind, address, ends, offset| exports.add(kind, (address, 4096), Shared::new(ends, offset)).unwrap();
    let (another_end, another_name) = pipe();
    let first = add(Kind::Memory, 0x1000, vec![first_end], 64);
    let second = add(Kind::Signal, 0x2000, vec![second_end, another_end], 0);
    assert_eq!((exports.find(0x1000), exports.find(0x3000)), (Some(first), None));
    let got = [first, second].map(|ticket| fetch(ticket).unwrap());
    let names = |shared: &Shared| shared.descriptors().iter().map(|&end| name(end)).collect::<Vec<_>>();
    assert_eq!((names(&got[0]), got[0].offset), (vec![first_name], 64));
    assert_eq!((names(&got[1]), got[1].offset), (vec![second_name, another_name], 0));
    exports.forget(0x1000);
    assert!(fetch(first).is_none() && fetch(second).is_some());
    assert!(fetch(Ticket { number: second.number ^ 1, ..second }).is_none(), "a number that nobody has");
    exports.end();
    assert!(fetch(second).is_none(), "nobody listens any more");
}

#[test]
fn whatever_comes_from_the_other_side_is_an_answer_or_is_closed() {
    for (said, descriptors) in [(8, 1), (8, 0), (8, 2), (8, 4), (7, 1), (9, 1), (0, 1)] {
        fuzz::exporter(&vec![0; said], descriptors);
    }
    fuzz::ticket([1, 2, 3, 4, 5, 6, 7, 8]);
    for said in [8, 0, 7, 9] {
        fuzz::importer(&vec![5; said], u64::from_le_bytes([5; 8]));
        fuzz::importer(&vec![5; said], 0);
    }
}
