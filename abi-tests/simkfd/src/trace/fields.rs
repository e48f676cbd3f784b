//! What the headers' structs do not say: which fields the kernel only writes, which point to arrays, and which
//! differ from run to run. Data; touches nothing.
#![forbid(unsafe_code)]

/// Fields that the kernel writes and does not read. All fields of an `_IOR` ioctl are such.
const OUT: &[(&str, &[&str])] = &[
    ("CREATE_QUEUE", &["doorbell_offset", "queue_id"]),
    (
        "GET_CLOCK_COUNTERS",
        &["gpu_clock_counter", "cpu_clock_counter", "system_clock_counter", "system_clock_freq"],
    ),
    ("CREATE_EVENT", &["event_trigger_data", "event_id", "event_slot_index"]),
    ("WAIT_EVENTS", &["wait_result"]),
    ("GET_TILE_CONFIG", &["gb_addr_config", "num_banks", "num_ranks"]),
    ("ALLOC_MEMORY_OF_GPU", &["handle"]),
    ("GET_QUEUE_WAVE_STATE", &["ctl_stack_used_size", "save_area_used_size"]),
    ("GET_DMABUF_INFO", &["size", "gpu_id", "flags"]),
    ("IMPORT_DMABUF", &["handle"]),
    ("ALLOC_QUEUE_GWS", &["first_gws"]),
    ("SMI_EVENTS", &["anon_fd"]),
    ("AVAILABLE_MEMORY", &["available"]),
    ("EXPORT_DMABUF", &["dmabuf_fd"]),
    ("VERSION", &["version_major", "version_minor", "version_patchlevel"]),
    ("GET_CAP", &["value"]),
    ("AMDXDNA_CREATE_HWCTX", &["umq_doorbell", "handle", "syncobj_handle"]),
    ("AMDXDNA_CREATE_BO", &["handle"]),
    ("AMDXDNA_GET_BO_INFO", &["map_offset", "vaddr", "xdna_addr"]),
    ("PRIME_HANDLE_TO_FD", &["fd"]),
    ("PRIME_FD_TO_HANDLE", &["handle"]),
];

/// Whether the kernel writes the field and does not read it.
pub fn is_out(ioctl: &str, field: &str) -> bool {
    OUT.iter().any(|(name, fields)| *name == ioctl && fields.contains(&field))
}

/// Whether a field means nothing: padding of the struct.
pub fn is_padding(field: &str) -> bool {
    ["pad", "hole", "padding", "tail_pad"].contains(&field)
}

/// An array that an argument struct points to or that follows it.
pub struct Array {
    /// The ioctl's name.
    pub ioctl: &'static str,
    /// The field with the address; without it the array follows the struct.
    pub pointer: Option<&'static str>,
    /// The field with the number of elements.
    pub count: &'static str,
    /// How many counted units an element holds: 32 for words of a bit mask.
    pub per_element: u64,
    /// Bytes from one element to the next.
    pub stride: usize,
    /// Where in an element the 32-bit words that are shown stand, in bytes.
    pub words: &'static [usize],
    /// The array's name in the trace.
    pub name: &'static str,
}

/// The arrays that the caller hands in.
pub const ARRAYS: &[Array] = &[
    devices("MAP_MEMORY_TO_GPU"),
    devices("UNMAP_MEMORY_FROM_GPU"),
    Array {
        ioctl: "SET_CU_MASK",
        pointer: Some("cu_mask_ptr"),
        count: "num_cu_mask",
        per_element: 32,
        stride: 4,
        words: &[0],
        name: "cu_mask",
    },
    // struct kfd_event_data: the event's number stands behind the union and the extension pointer.
    Array {
        ioctl: "WAIT_EVENTS",
        pointer: Some("events_ptr"),
        count: "num_events",
        per_element: 1,
        stride: 48,
        words: &[40],
        name: "events",
    },
    // struct kfd_ioctl_svm_attribute: type and value.
    Array {
        ioctl: "SVM",
        pointer: None,
        count: "nattr",
        per_element: 1,
        stride: 8,
        words: &[0, 4],
        name: "attrs",
    },
];

const fn devices(ioctl: &'static str) -> Array {
    Array {
        ioctl,
        pointer: Some("device_ids_array_ptr"),
        count: "n_devices",
        per_element: 1,
        stride: 4,
        words: &[0],
        name: "device_ids_array",
    }
}

/// What is equal in two runs of a program only by its order of appearance. Values of one kind are numbered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Varying {
    /// An address of the process.
    Address,
    /// A name that the kernel gave out for memory or for an mmap.
    Handle,
    /// An event.
    Event,
    /// A queue.
    Queue,
    /// A descriptor.
    Descriptor,
    /// A process.
    Process,
    /// A clock's value, which no two calls share.
    Clock,
}

impl Varying {
    /// The word that stands for it in a canonical trace.
    pub fn word(self) -> &'static str {
        match self {
            Varying::Address => "addr",
            Varying::Handle => "handle",
            Varying::Event => "event",
            Varying::Queue => "queue",
            Varying::Descriptor => "fd",
            Varying::Process => "pid",
            Varying::Clock => "clock",
        }
    }
}

/// How a field varies between runs, by its name. `None`: it must be equal.
pub fn varying(field: &str) -> Option<Varying> {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| field.ends_with(suffix));
    match field {
        "handle" | "mmap_offset" | "doorbell_offset" | "event_page_offset" => Some(Varying::Handle),
        "handle_or_addr_ptr" => Some(Varying::Handle),
        "event_id" | "events" | "event_slot_index" | "event_trigger_data" => Some(Varying::Event),
        "queue_id" => Some(Varying::Queue),
        "fd" | "drm_fd" | "dmabuf_fd" | "anon_fd" => Some(Varying::Descriptor),
        "pid" | "target_pid" => Some(Varying::Process),
        "available" | "magic" => Some(Varying::Clock),
        "addr" | "va_addr" | "start_addr" | "return_pointer" | "name" | "date" | "desc" => {
            Some(Varying::Address)
        }
        _ if ends(&["_clock_counter"]) => Some(Varying::Clock),
        _ if ends(&["_address", "_addr", "_ptr", "_base", "r_debug"]) => Some(Varying::Address),
        _ => None,
    }
}
