//! Buffers on a driver that keeps handles, metadata and points as Linux does, and fails when told to.

use super::*;
use crate::{
    kernel::{bytes_of_argument, fake, read_back},
    uapi::{
        Request,
        drm::{
            AMDGPU_GEM_METADATA_OP_SET_METADATA, AMDGPU_VA_OP_MAP, drm_amdgpu_gem_metadata,
            drm_amdgpu_gem_va, drm_syncobj_create, drm_syncobj_timeline_wait, drm_version,
        },
    },
};

const MINOR: u32 = 129;
const SIZE: u64 = 1 << 20;

/// The driver: dma-buf `n` gets handle `n + 1`.
#[derive(Default)]
struct Driver {
    version_minor: i32,
    /// Fails the request of this number.
    fails: Option<u8>,
    /// Open handles and their metadata: bytes, first word.
    open: BTreeMap<u32, (u32, u32)>,
    /// GPU mappings: flags by address.
    mapped: BTreeMap<u64, u32>,
    /// Points added and waited for.
    added: Vec<u64>,
    waited: Vec<u64>,
}

impl Driver {
    fn answer(
        &mut self,
        request: Request,
        argument: &mut [u8],
        buffers: &mut [Attached<'_>],
    ) -> std::result::Result<i32, Errno> {
        if self.fails == Some(request.number()) {
            return Err(Errno::EIO);
        }
        match request {
            drm_prime_fd_to_handle::REQUEST => {
                let told: drm_prime_fd_to_handle = read_back(argument);
                let handle = u32::try_from(told.fd).map_err(|_| Errno::EBADF)? + 1;
                self.open.entry(handle).or_default();
                argument.copy_from_slice(bytes_of_argument(&drm_prime_fd_to_handle { handle, ..told }));
            }
            drm_amdgpu_gem_op::REQUEST => buffers[0].bytes[..8].copy_from_slice(&SIZE.to_ne_bytes()),
            drm_gem_close::REQUEST => {
                let told: drm_gem_close = read_back(argument);
                self.open.remove(&told.handle).ok_or(Errno::EINVAL)?;
            }
            drm_amdgpu_gem_metadata::REQUEST => self.metadata(argument),
            drm_prime_handle_to_fd::REQUEST => {
                let told: drm_prime_handle_to_fd = read_back(argument);
                assert_eq!(told.flags, CLOSE_ON_EXEC | DRM_RDWR);
                let fd = told.handle as i32 - 1;
                argument.copy_from_slice(bytes_of_argument(&drm_prime_handle_to_fd { fd, ..told }));
            }
            drm_amdgpu_gem_mmap::REQUEST => {
                let handle = u32::from_ne_bytes(argument[..4].try_into().unwrap());
                argument.copy_from_slice(&(u64::from(handle) << 40).to_ne_bytes());
            }
            _ => return self.answer_timeline(request, argument, buffers),
        }
        Ok(0)
    }

    fn metadata(&mut self, argument: &mut [u8]) {
        let mut told: drm_amdgpu_gem_metadata = read_back(argument);
        let known = self.open.get_mut(&told.handle).expect("open");
        if told.op == AMDGPU_GEM_METADATA_OP_SET_METADATA {
            *known = (told.data_size_bytes, told.data[0]);
        } else {
            (told.data_size_bytes, told.data[0]) = *known;
            argument.copy_from_slice(bytes_of_argument(&told));
        }
    }

    fn answer_timeline(
        &mut self,
        request: Request,
        argument: &mut [u8],
        buffers: &mut [Attached<'_>],
    ) -> std::result::Result<i32, Errno> {
        match request {
            drm_version::REQUEST => {
                let version_minor = self.version_minor;
                let told = drm_version { version_major: 3, version_minor, ..read_back(argument) };
                argument.copy_from_slice(bytes_of_argument(&told));
            }
            drm_syncobj_create::REQUEST => {
                argument.copy_from_slice(bytes_of_argument(&drm_syncobj_create { handle: 7, flags: 0 }));
            }
            drm_amdgpu_gem_va::REQUEST => {
                let told: drm_amdgpu_gem_va = read_back(argument);
                assert!(self.open.contains_key(&told.handle) && told.map_size == 4096);
                if told.operation == AMDGPU_VA_OP_MAP {
                    self.mapped.insert(told.va_address, told.flags);
                } else {
                    self.mapped.remove(&told.va_address).ok_or(Errno::EINVAL)?;
                }
                if told.vm_timeline_syncobj_out != 0 {
                    assert!(told.vm_timeline_syncobj_out == 7 && self.version_minor >= 64);
                    self.added.push(told.vm_timeline_point);
                }
            }
            drm_syncobj_timeline_wait::REQUEST => {
                assert_eq!(buffers[0].bytes, 7u32.to_ne_bytes());
                let point = u64::from_ne_bytes(buffers[1].bytes.try_into().unwrap());
                assert!(self.added.contains(&point), "it would sleep for ever");
                self.waited.push(point);
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    }
}

fn rig(version_minor: i32) -> (Buffers, Arc<Mutex<Driver>>, fake::Mappings) {
    let driver = Arc::new(Mutex::new(Driver { version_minor, ..Driver::default() }));
    let answers = Arc::clone(&driver);
    let (kernel, mappings) =
        fake::mapping(move |request, argument: &mut [u8], buffers: &mut [Attached<'_>]| {
            answers.lock().answer(request, argument, buffers)
        });
    let render = Arc::new(RenderNodes::new(Arc::clone(&kernel)));
    (Buffers::new(kernel, render), driver, mappings)
}

fn import(buffers: &Buffers, dmabuf: i32) -> Handle {
    match buffers.import(MINOR, dmabuf, Wish::Any).unwrap() {
        Import::Done { handle, size: SIZE, token: 0 } => handle,
        other => panic!("{other:?}"),
    }
}

fn status<T: std::fmt::Debug>(result: Result<T>) -> Status {
    result.unwrap_err().status
}

#[test]
fn a_buffer_has_one_handle_that_is_closed_with_its_last_import() {
    let (buffers, driver, _) = rig(64);
    let (first, other) = (import(&buffers, 5), import(&buffers, 6));
    assert_eq!(import(&buffers, 5), first);
    assert_ne!(first, other);
    assert_eq!((Handle::from_bits(first.bits()), first.minor), (first, MINOR));
    buffers.release(first).unwrap();
    assert_eq!(driver.lock().open.len(), 2);
    buffers.release(first).unwrap();
    assert_eq!(driver.lock().open.keys().collect::<Vec<_>>(), [&7]);
    assert_eq!(status(buffers.release(first)), Status::InvalidHandle);
    assert_eq!(status(buffers.export(first)), Status::InvalidHandle);
    assert_eq!(status(buffers.release(Handle::from_bits(0))), Status::InvalidHandle);
}

#[test]
fn an_import_that_fails_leaves_nothing_open() {
    let (buffers, driver, _) = rig(64);
    assert_eq!(status(buffers.import(MINOR, -1, Wish::Any)), Status::Error);
    for (number, wish, expected) in [
        (drm_amdgpu_gem_op::REQUEST.number(), Wish::Any, Status::Error),
        (drm_amdgpu_gem_metadata::REQUEST.number(), Wish::Be(1), Status::InvalidHandle),
        (drm_amdgpu_gem_metadata::REQUEST.number(), Wish::Become(1), Status::InvalidHandle),
    ] {
        driver.lock().fails = Some(number);
        let error = buffers.import(MINOR, 5, wish).unwrap_err();
        assert_eq!(error.status, expected);
        assert!(error.message.starts_with("/dev/dri/renderD129: AMDGPU_GEM_"), "{error}");
        assert!(driver.lock().open.is_empty(), "{wish:?}");
    }
}

#[test]
fn the_first_token_stays_with_a_buffer_and_others_are_refused() {
    let (buffers, driver, _) = rig(64);
    let token = |wish| match buffers.import(MINOR, 5, wish).unwrap() {
        Import::Done { token, .. } => Ok(token),
        Import::Refused(token) => Err(token),
    };
    assert_eq!(token(Wish::Be(0)), Ok(0), "none is 0");
    assert_eq!(token(Wish::Be(77)), Err(0));
    assert_eq!(token(Wish::Become(77)), Ok(0), "it had none");
    assert_eq!(token(Wish::Become(88)), Ok(77));
    assert_eq!((token(Wish::Be(77)), token(Wish::Be(88))), (Ok(77), Err(77)));
    let handle = Handle { minor: MINOR, gem: 6 };
    for _ in 0..3 {
        buffers.release(handle).unwrap();
    }
    assert_eq!(driver.lock().open[&6], (4, 77), "what was refused is not held");
    buffers.free(handle).unwrap();
    assert_eq!(status(buffers.free(handle)), Status::InvalidHandle);
    assert!(driver.lock().open.is_empty());
}

#[test]
fn freeing_takes_the_metadata_and_keeps_the_buffer_when_it_cannot() {
    let (buffers, driver, _) = rig(64);
    let handle = import(&buffers, 5);
    driver.lock().open.insert(6, (4, 77));
    driver.lock().fails = Some(drm_amdgpu_gem_metadata::REQUEST.number());
    assert_eq!(status(buffers.free(handle)), Status::Error);
    driver.lock().fails = None;
    import(&buffers, 5);
    buffers.free(handle).unwrap();
    assert_eq!(driver.lock().open[&6], (0, 0));
    buffers.release(handle).unwrap();
}

#[test]
fn mappings_wait_for_their_point_of_the_timeline() {
    let (buffers, driver, _) = rig(64);
    let handle = import(&buffers, 5);
    let range = |address| Range { offset: 0, size: 4096, address };
    let access = Access { read: true, write: false };
    buffers.map(handle, range(0x10_0000), access).unwrap();
    buffers.map(handle, range(0x20_0000), Access::default()).unwrap();
    assert_eq!(driver.lock().mapped, [(0x10_0000, 2), (0x20_0000, 0)].into());
    assert_eq!(status(buffers.unmap(handle, range(0x30_0000))), Status::Error);
    buffers.unmap(handle, range(0x10_0000)).unwrap();
    let driver = driver.lock();
    assert_eq!((&driver.added[..], &driver.waited[..]), (&[1, 2, 3][..], &[1, 2, 3][..]));
}

#[test]
fn drivers_without_timelines_are_not_waited_for() {
    for (version_minor, fails) in [(63, None), (64, Some(drm_syncobj_create::REQUEST.number()))] {
        let (buffers, driver, _) = rig(version_minor);
        driver.lock().fails = fails;
        let handle = import(&buffers, 5);
        let range = Range { offset: 0, size: 4096, address: 0x10_0000 };
        buffers.map(handle, range, Access { read: true, write: true }).unwrap();
        assert_eq!(driver.lock().mapped, [(0x10_0000, 6)].into());
        buffers.unmap(handle, range).unwrap();
        let driver = driver.lock();
        assert!(driver.mapped.is_empty() && driver.added.is_empty() && driver.waited.is_empty());
    }
}

#[test]
fn the_cpu_sees_a_buffer_at_one_place_until_it_goes() {
    let (buffers, driver, mappings) = rig(64);
    let handle = import(&buffers, 5);
    let place = 6 << 40;
    assert_eq!(buffers.mmap_offset(handle), Ok(place));
    assert_eq!((buffers.map_for_cpu(handle), buffers.map_for_cpu(handle)), (Ok(place), Ok(place)));
    assert_eq!(*mappings.lock(), [(place, SIZE)].into());
    buffers.release(handle).unwrap();
    assert!(mappings.lock().is_empty());
    assert_eq!(status(buffers.map_for_cpu(handle)), Status::InvalidHandle);
    assert_eq!(import(&buffers, 5), handle);
    driver.lock().fails = Some(drm_amdgpu_gem_mmap::REQUEST.number());
    assert_eq!(status(buffers.map_for_cpu(handle)), Status::Error);
}

#[test]
fn a_buffer_is_exported_as_what_it_was_imported_from() {
    let (buffers, driver, _) = rig(64);
    let handle = import(&buffers, 5);
    assert_eq!(buffers.export(handle), Ok(5));
    driver.lock().fails = Some(drm_prime_handle_to_fd::REQUEST.number());
    assert_eq!(status(buffers.export(handle)), Status::InvalidHandle);
}

#[test]
fn a_part_of_a_buffer_is_shown_where_the_caller_wants_it_as_far_as_it_may_be_seen() {
    let (buffers, driver, mappings) = rig(64);
    let handle = import(&buffers, 5);
    let range = Range { offset: 4096, size: 8192, address: 0x7000_0000 };
    let show = |read, write| buffers.show(handle, range, Access { read, write });
    show(true, true).unwrap();
    assert_eq!(mappings.lock().get(&((6 << 40) + 4096)), Some(&8192));
    // The fake maps nothing else.
    for refused in [show(false, false), show(true, false), buffers.hide(handle, range)] {
        let error = refused.unwrap_err();
        assert_eq!((error.status, error.message.contains("mmap")), (Status::Error, true), "{error}");
    }
    driver.lock().fails = Some(drm_amdgpu_gem_mmap::REQUEST.number());
    assert_eq!(status(show(true, true)), Status::Error);
}
