//! The simulated open files of a process. Each is a memfd of its own: the inode tells a file apart however its
//! descriptor was duplicated, handed over or renumbered, so no descriptor is ever tracked. Pure.
#![forbid(unsafe_code)]

use simkfd::contract::{FileId, FileKind};
use simkfd::faults::Distortion;
use std::collections::HashMap;

/// A memfd's device and inode number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inode {
    /// `st_dev`
    pub device: u64,
    /// `st_ino`
    pub number: u64,
}

/// What an inode stands for.
#[derive(Clone, Copy, Debug)]
pub enum File {
    /// A file of the simulated kernel. The kind is `None` for a file that an ioctl made.
    Kernel {
        /// The kernel's name of it.
        id: FileId,
        /// The device file that was opened.
        kind: Option<FileKind>,
    },
    /// A file of the parent's kernel, seen after a fork.
    Inherited(Option<FileKind>),
    /// An ordinary file whose reads go wrong by plan.
    Distorted(Distortion),
}

/// All files of a process.
#[derive(Default)]
pub struct Files {
    by_inode: HashMap<Inode, File>,
}

impl Files {
    /// The file of an inode.
    pub fn get(&self, inode: Inode) -> Option<File> {
        self.by_inode.get(&inode).copied()
    }

    /// Enters a file.
    pub fn insert(&mut self, inode: Inode, file: File) {
        self.by_inode.insert(inode, file);
    }

    /// Takes out the files whose inodes no descriptor has any more, and returns those that a kernel holds.
    pub fn take_closed(&mut self, open: &[Inode]) -> Vec<(FileId, Option<FileKind>)> {
        let closed: Vec<Inode> =
            self.by_inode.keys().filter(|inode| !open.contains(inode)).copied().collect();
        let files = closed.iter().filter_map(|inode| self.by_inode.remove(inode));
        files
            .filter_map(|file| match file {
                File::Kernel { id, kind } => Some((id, kind)),
                File::Inherited(_) | File::Distorted(_) => None,
            })
            .collect()
    }

    /// What a forked child has of these files.
    pub fn inherited(&self) -> Files {
        let inherit = |file: &File| match *file {
            File::Kernel { kind, .. } => File::Inherited(kind),
            other => other,
        };
        Files { by_inode: self.by_inode.iter().map(|(&inode, file)| (inode, inherit(file))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inode(number: u64) -> Inode {
        Inode { device: 1, number }
    }

    #[test]
    fn a_file_is_closed_when_no_descriptor_has_its_inode() {
        let mut files = Files::default();
        files.insert(inode(1), File::Kernel { id: FileId(7), kind: Some(FileKind::Kfd) });
        files.insert(inode(2), File::Kernel { id: FileId(8), kind: None });
        assert_eq!(files.take_closed(&[inode(2), inode(9)]), [(FileId(7), Some(FileKind::Kfd))]);
        assert!(files.get(inode(1)).is_none() && files.get(inode(2)).is_some());
    }

    #[test]
    fn a_child_has_its_parents_files_but_not_the_kernels_state_of_them() {
        let mut files = Files::default();
        files.insert(inode(1), File::Kernel { id: FileId(7), kind: Some(FileKind::Kfd) });
        let mut child = files.inherited();
        assert!(matches!(child.get(inode(1)), Some(File::Inherited(Some(FileKind::Kfd)))));
        assert!(child.take_closed(&[]).is_empty());
    }
}
