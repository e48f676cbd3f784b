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
    let ticket = Ticket { server: u64::MAX - 1, number: 7 << 40 | 3, bytes: 1 << 33 };
    assert_eq!(Ticket::from_words(ticket.words()), Some(ticket));
    let mut words = ticket.words();
    words[6] ^= 1;
    assert_eq!((Ticket::from_words(words), Ticket::from_words([0; 8])), (None, None));
}

#[test]
fn what_is_shared_is_handed_out_until_it_is_forgotten() {
    let (exports, (first_end, first_name), (second_end, second_name)) = (Exports::default(), pipe(), pipe());
    let first = exports.add(0x1000, 4096, first_end, 64).unwrap();
    let second = exports.add(0x2000, 4096, second_end, 0).unwrap();
    assert_eq!((exports.find(0x1000), exports.find(0x3000)), (Some(first), None));
    let got = [first, second].map(|ticket| fetch(ticket).unwrap());
    assert_eq!((name(got[0].descriptor()), got[0].offset), (first_name, 64));
    assert_eq!((name(got[1].descriptor()), got[1].offset), (second_name, 0));
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
