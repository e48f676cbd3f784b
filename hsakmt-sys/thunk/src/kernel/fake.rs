//! A kernel for tests of rooms that only ask the driver: a closure answers each request, and device memory is mapped at
//! its own offset. Nothing else is there.

use super::{Advice, Attached, Backing, Errno, Fd, Kernel, Place, bytes_of_argument};
use crate::{
    driver::Driver,
    uapi::{Argument, Request, kfd::kfd_ioctl_get_version_args},
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Answers a request: its argument and its buffers in, the kernel's number or errno out.
pub trait Answer: Fn(Request, &mut [u8], &mut [Attached<'_>]) -> Result<i32, Errno> + Send + Sync {}

impl<F: Fn(Request, &mut [u8], &mut [Attached<'_>]) -> Result<i32, Errno> + Send + Sync> Answer for F {}

/// What is mapped: bytes by address.
pub type Mappings = Arc<Mutex<BTreeMap<u64, u64>>>;

struct Fake<F> {
    opens: Result<Fd, Errno>,
    major: u32,
    minor: u32,
    mappings: Mappings,
    files: Files,
    answer: F,
}

/// Paths of files, and what they say.
pub type Files = &'static [(&'static str, &'static str)];

/// A driver of interface 1.`minor` whose requests `answer` answers.
pub fn driver(minor: u32, answer: impl Answer + 'static) -> Driver {
    Driver::open(kernel(minor, answer)).expect("the fake opens")
}

/// The kernel beneath such a driver.
pub fn kernel(minor: u32, answer: impl Answer + 'static) -> Arc<dyn Kernel> {
    Arc::new(Fake { opens: Ok(Fd(3)), major: 1, minor, mappings: Mappings::default(), files: &[], answer })
}

/// A kernel whose mappings can be looked at.
pub fn mapping(answer: impl Answer + 'static) -> (Arc<dyn Kernel>, Mappings) {
    let mappings = Mappings::default();
    let fake =
        Fake { opens: Ok(Fd(3)), major: 1, minor: 0, mappings: Arc::clone(&mappings), files: &[], answer };
    (Arc::new(fake), mappings)
}

/// A kernel with files.
pub fn with_files(files: Files, answer: impl Answer + 'static) -> Arc<dyn Kernel> {
    Arc::new(Fake { opens: Ok(Fd(3)), major: 1, minor: 0, mappings: Mappings::default(), files, answer })
}

/// A kernel whose devices do not open.
pub fn closed(errno: Errno) -> Arc<dyn Kernel> {
    Arc::new(Fake {
        opens: Err(errno),
        major: 1,
        minor: 0,
        mappings: Mappings::default(),
        files: &[],
        answer: nothing,
    })
}

/// A kernel of another interface.
pub fn of_version(major: u32) -> Arc<dyn Kernel> {
    Arc::new(Fake {
        opens: Ok(Fd(3)),
        major,
        minor: 0,
        mappings: Mappings::default(),
        files: &[],
        answer: nothing,
    })
}

fn nothing(_: Request, _: &mut [u8], _: &mut [Attached<'_>]) -> Result<i32, Errno> {
    Err(Errno::ENOTTY)
}

impl<F: Answer> Kernel for Fake<F> {
    fn open(&self, _: &Path) -> Result<Fd, Errno> {
        self.opens
    }

    fn close(&self, _: Fd) {}

    fn ioctl(
        &self,
        _: Fd,
        request: Request,
        argument: &mut [u8],
        attached: &mut [Attached<'_>],
    ) -> Result<i32, Errno> {
        if request == kfd_ioctl_get_version_args::REQUEST {
            let version = kfd_ioctl_get_version_args { major_version: self.major, minor_version: self.minor };
            argument.copy_from_slice(bytes_of_argument(&version));
            return Ok(0);
        }
        (self.answer)(request, argument, attached)
    }

    fn map(&self, _: Place, length: u64, backing: Backing) -> Result<u64, Errno> {
        let Backing::Device { offset, .. } = backing else { return Err(Errno::ENOMEM) };
        self.mappings.lock().insert(offset, length);
        Ok(offset)
    }

    fn unmap(&self, address: u64, length: u64) -> Result<(), Errno> {
        let removed = self.mappings.lock().remove(&address);
        removed.filter(|known| *known == length).map(drop).ok_or(Errno::EINVAL)
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn bind(&self, _: u64, _: u64, _: u32, _: bool) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn store(&self, _: u64, _: &[u64]) {}

    fn touch(&self, _: u64, _: u64) {}

    fn read(&self, path: &Path) -> Result<Vec<u8>, Errno> {
        let file = self.files.iter().find(|(known, _)| Path::new(known) == path);
        file.map(|(_, text)| text.as_bytes().to_vec()).ok_or(Errno::ENOENT)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>, Errno> {
        let inside = self.files.iter().filter_map(|(known, _)| Path::new(known).strip_prefix(path).ok());
        let names: Vec<String> = inside.map(|name| name.display().to_string()).collect();
        if names.is_empty() { Err(Errno::ENOENT) } else { Ok(names) }
    }

    fn page_size(&self) -> u64 {
        4096
    }
}
