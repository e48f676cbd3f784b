//! An ioctl's line: argument struct before and after the call, field by field from the tables of `uapi`. Touches the
//! caller's memory through `Host`.
#![forbid(unsafe_code)]

use super::device_name;
use super::fields::{self, ARRAYS, Array};
use crate::contract::{Errno, FileKind, Host};
use crate::uapi::layout::{Field, Plain};
use crate::uapi::table::{self, Descriptor};
use crate::uapi::{drm, ioc};
use std::fmt::Write;

/// More elements than this are not shown: no ioctl of a working program has as many.
const LONGEST_ARRAY: u64 = 256;

/// The name of an ioctl, `AMDKFD_IOC_` and `DRM_IOCTL_` left out. `None`: the kernel has none of this number.
pub fn ioctl_name(kind: Option<FileKind>, request: u32) -> Option<&'static str> {
    descriptor(kind, request).map(|descriptor| descriptor.name)
}

fn descriptor(kind: Option<FileKind>, request: u32) -> Option<&'static Descriptor> {
    match (kind?, ioc::kind(request)) {
        (FileKind::Kfd, table::AMDKFD_IOCTL_BASE) => table::kfd(ioc::nr(request)),
        (FileKind::Render { .. }, drm::DRM_IOCTL_BASE) => table::drm(ioc::nr(request)),
        (FileKind::Accel { .. }, drm::DRM_IOCTL_BASE) => table::accel(ioc::nr(request)),
        _ => None,
    }
}

/// An ioctl under way.
pub struct Call {
    line: String,
    descriptor: Option<&'static Descriptor>,
    arg: u64,
    before: Vec<u8>,
}

impl Call {
    /// Takes the arguments down before the call is served.
    pub fn begin(kind: Option<FileKind>, request: u32, arg: u64, host: &dyn Host) -> Call {
        let descriptor = descriptor(kind, request);
        let mut line = device_name(kind);
        let Some(known) = descriptor else {
            let _ = write!(line, " request={request:#x}");
            return Call { line, descriptor, arg, before: Vec::new() };
        };
        let before = argument(known, request, arg, host);
        let _ = write!(line, " {}", known.name);
        if known.direction.copies_in() {
            let shown = |field: &&Field| !fields::is_out(known.name, field.name);
            known.fields.iter().filter(shown).for_each(|field| show(&mut line, field, &before));
            ARRAYS.iter().filter(|array| array.ioctl == known.name).for_each(|array| {
                line.push_str(&elements(array, known, arg, &before, host));
            });
        }
        Call { line, descriptor, arg, before }
    }

    /// The line, once the call has been served.
    pub fn end(self, result: Result<i32, Errno>, host: &dyn Host) -> String {
        let Call { mut line, descriptor, arg, before } = self;
        let returned = match result {
            Ok(value) => value,
            Err(errno) => return format!("{line} -> {errno}"),
        };
        let _ = write!(line, " -> {returned}");
        let Some(known) = descriptor.filter(|known| known.direction.copies_out()) else { return line };
        let mut after = vec![0; before.len()];
        if host.read_user(arg, &mut after).is_err() {
            return line;
        }
        let written = |field: &&Field| {
            let changed = value(field, &before) != value(field, &after);
            changed || !known.direction.copies_in() || fields::is_out(known.name, field.name)
        };
        known.fields.iter().filter(written).for_each(|field| show(&mut line, field, &after));
        line
    }
}

/// The argument struct as the caller has it: as much of it as the request says and the header knows. Nothing if it
/// cannot be read.
fn argument(known: &Descriptor, request: u32, arg: u64, host: &dyn Host) -> Vec<u8> {
    let mut bytes = vec![0; ioc::size(request).min(known.size)];
    match host.read_user(arg, &mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

fn show(line: &mut String, field: &Field, argument: &[u8]) {
    if fields::is_padding(field.name) || argument.len() < field.offset + field.size {
        return;
    }
    let _ = match value(field, argument) {
        Some(value) => write!(line, " {}={value:#x}", field.name),
        // Wider than a word: the words of a union or an embedded array.
        None => write!(line, " {}={}", field.name, words(&argument[field.offset..field.offset + field.size])),
    };
}

/// A field of at most 64 bits.
fn value(field: &Field, argument: &[u8]) -> Option<u64> {
    let bytes = argument.get(field.offset..field.offset + field.size)?;
    match field.size {
        1 => Some(u8::get(bytes).into()),
        2 => Some(u16::get(bytes).into()),
        4 => Some(u32::get(bytes).into()),
        8 => Some(u64::get(bytes)),
        _ => None,
    }
}

fn words(bytes: &[u8]) -> String {
    let words: Vec<String> = bytes.chunks(4).map(|word| format!("{:#x}", u32::get(word))).collect();
    format!("[{}]", words.join(","))
}

/// ` name=[...]` for an array that the caller hands in; nothing when there is none or it cannot be read.
fn elements(array: &Array, known: &Descriptor, arg: u64, argument: &[u8], host: &dyn Host) -> String {
    let field = |name: &str| {
        let field = known.fields.iter().find(|field| field.name == name)?;
        value(field, argument)
    };
    let address = match array.pointer {
        Some(pointer) => field(pointer),
        None => arg.checked_add(known.size as u64),
    };
    let count = field(array.count).map(|count| count.div_ceil(array.per_element));
    let (Some(address), Some(count @ 1..=LONGEST_ARRAY)) = (address, count) else { return String::new() };
    let mut bytes = vec![0; count as usize * array.stride];
    if host.read_user(address, &mut bytes).is_err() {
        return String::new();
    }
    let word = |element: &[u8], offset: usize| format!("{:#x}", u32::get(&element[offset..]));
    let element = |element: &[u8]| {
        let words: Vec<String> = array.words.iter().map(|&offset| word(element, offset)).collect();
        words.join(":")
    };
    let shown: Vec<String> = bytes.chunks(array.stride).map(element).collect();
    format!(" {}=[{}]", array.name, shown.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Backing, Clock, FileId};
    use crate::uapi::kfd::{kfd_ioctl_create_event_args, kfd_ioctl_map_memory_to_gpu_args};
    use crate::uapi::layout::Layout;
    use std::sync::Mutex;

    const ARGUMENT: u64 = 0x1000;
    const DEVICES: u64 = 0x2000;

    /// A caller with an argument struct, and an array of two device ids.
    struct Caller {
        argument: Mutex<Vec<u8>>,
    }

    impl Caller {
        fn with(argument: impl Layout) -> Caller {
            Caller { argument: Mutex::new(argument.to_bytes()) }
        }

        fn set(&self, argument: impl Layout) {
            *self.argument.lock().expect("one thread") = argument.to_bytes();
        }
    }

    impl Host for Caller {
        fn read_user(&self, addr: u64, out: &mut [u8]) -> Result<(), Errno> {
            let devices: Vec<u8> = [0x82a0u32, 0xf00du32].iter().flat_map(|id| id.to_ne_bytes()).collect();
            let memory = match addr {
                ARGUMENT => self.argument.lock().expect("one thread").clone(),
                DEVICES => devices,
                _ => return Err(Errno::EFAULT),
            };
            out.copy_from_slice(memory.get(..out.len()).ok_or(Errno::EFAULT)?);
            Ok(())
        }

        fn write_user(&self, _: u64, _: &[u8]) -> Result<(), Errno> {
            Err(Errno::EFAULT)
        }

        fn range_mapped(&self, _: u64, _: u64, _: bool) -> bool {
            false
        }

        fn process_id(&self) -> u32 {
            1
        }

        fn page_size(&self) -> u64 {
            4096
        }

        fn clock_ns(&self, _: Clock) -> u64 {
            0
        }

        fn create_backing(&self, _: u64) -> Result<Backing, Errno> {
            Err(Errno::ENOMEM)
        }

        fn release_backing(&self, _: Backing) {}

        fn read_backing(&self, _: Backing, _: u64, _: &mut [u8]) {}

        fn write_backing(&self, _: Backing, _: u64, _: &[u8]) {}

        fn file_behind(&self, _: i32) -> Result<Option<FileId>, Errno> {
            Ok(None)
        }

        fn install_fd(&self, _: FileId, _: bool) -> Result<i32, Errno> {
            Err(Errno::EMFILE)
        }
    }

    fn kfd_request(nr: u8) -> u32 {
        table::kfd(nr).expect("in the table").kfd_request()
    }

    #[test]
    fn fields_that_the_kernel_only_writes_stand_behind_the_arrow() {
        // What the caller left in event_id is not an argument.
        let argument = kfd_ioctl_create_event_args { event_type: 8, event_id: 99, ..Default::default() };
        let caller = Caller::with(argument);
        let call = Call::begin(Some(FileKind::Kfd), kfd_request(0x08), ARGUMENT, &caller);
        caller.set(kfd_ioctl_create_event_args { event_id: 5, event_slot_index: 5, ..argument });
        let expected = "kfd CREATE_EVENT event_page_offset=0x0 event_type=0x8 auto_reset=0x0 node_id=0x0 -> 0 \
                        event_trigger_data=0x0 event_id=0x5 event_slot_index=0x5";
        assert_eq!(call.end(Ok(0), &caller), expected);
    }

    #[test]
    fn arrays_are_shown_and_what_the_kernel_changed() {
        let argument = kfd_ioctl_map_memory_to_gpu_args {
            handle: 7,
            device_ids_array_ptr: DEVICES,
            n_devices: 2,
            n_success: 0,
        };
        let caller = Caller::with(argument);
        let call = Call::begin(Some(FileKind::Kfd), kfd_request(0x18), ARGUMENT, &caller);
        caller.set(kfd_ioctl_map_memory_to_gpu_args { n_success: 2, ..argument });
        let expected = "kfd MAP_MEMORY_TO_GPU handle=0x7 device_ids_array_ptr=0x2000 n_devices=0x2 n_success=0x0 \
                        device_ids_array=[0x82a0,0xf00d] -> 0 n_success=0x2";
        assert_eq!(call.end(Ok(0), &caller), expected);
    }

    #[test]
    fn failures_unknown_requests_and_bad_addresses_are_lines_too() {
        let caller = Caller::with(kfd_ioctl_create_event_args::default());
        let line = |request, arg, result| {
            Call::begin(Some(FileKind::Kfd), request, arg, &caller).end(result, &caller)
        };
        assert_eq!(line(0x4bf0, ARGUMENT, Err(Errno::ENOTTY)), "kfd request=0x4bf0 -> ENOTTY");
        assert_eq!(line(kfd_request(0x08), 0x10, Err(Errno::EFAULT)), "kfd CREATE_EVENT -> EFAULT");
    }
}
