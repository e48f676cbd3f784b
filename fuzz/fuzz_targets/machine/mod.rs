//! The kernel of the fuzz targets: a machine of one processor and two GPUs, whose files say what the input says, and
//! whose driver answers with bytes of the input.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hsakmt_thunk::{
    Kernel,
    kernel::{Advice, Attached, Backing, Errno, Fd, Place, bytes_of_argument, bytes_of_mut, read_back},
    uapi::{
        Argument, Request,
        kfd::{
            kfd_ioctl_get_process_apertures_new_args, kfd_ioctl_get_version_args,
            kfd_process_device_apertures,
        },
    },
};

const ROOT: &str = "/sys/devices/virtual/kfd/kfd/topology";
/// gpu_id of the first GPU's node.
const GPU_IDS: u32 = 1001;
/// Address space is given away from here on.
const FIRST_ADDRESS: u64 = 0x1000_0000_0000;
/// Bytes of address space.
const SPACE: u64 = 0x6000_0000_0000;
const PAGE: u64 = 4096;

/// Files, and what the driver says.
pub struct Machine {
    files: BTreeMap<String, Vec<u8>>,
    driver: Answers,
}

/// The driver of a machine, to be told what it answers.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<Driver>>);

impl Answers {
    /// From now on the driver answers with these bytes, the last ones first.
    pub fn set(&self, bytes: Vec<u8>) {
        self.lock().answers = bytes;
    }

    fn lock(&self) -> MutexGuard<'_, Driver> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Driver {
    /// What an input has left.
    answers: Vec<u8>,
    /// Bytes of address space that were given away.
    taken: u64,
}

impl Driver {
    fn take(&mut self) -> Option<u8> {
        self.answers.pop()
    }

    /// Overwrites bytes here and there; none when the input has been used up.
    fn scribble(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            match self.take() {
                None | Some(0..=191) => {}
                Some(_) => *byte = self.take().unwrap_or(0xff),
            }
        }
    }
}

impl Machine {
    /// In order, with a driver that answers as it should, but for these files: each stands at a place among them, and
    /// has another content.
    pub fn with(changed: Vec<(u8, Vec<u8>)>) -> Self {
        let mut files = BTreeMap::new();
        let mut file = |path: &str, text: String| files.insert(format!("{ROOT}/{path}"), text.into_bytes());
        file("generation_id", "2\n".into());
        file("system_properties", "platform_oem 7\nplatform_rev 1\n".into());
        file("nodes/0/gpu_id", "0\n".into());
        file(
            "nodes/0/properties",
            "cpu_cores_count 16\nsimd_count 0\nmem_banks_count 1\nio_links_count 2\n".into(),
        );
        file("nodes/0/mem_banks/0/properties", "heap_type 0\nsize_in_bytes 4294967296\n".into());
        for node in [1, 2] {
            gpu_files(node).into_iter().for_each(|(path, text)| drop(file(&path, text)));
            file(&format!("nodes/0/io_links/{}/properties", node - 1), link(0, node));
        }
        files.insert("/proc/cpuinfo".into(), b"processor\t: 0\nmodel name\t: A CPU\napicid\t: 0\n".to_vec());
        for (place, content) in changed {
            let place = usize::from(place) % files.len();
            if let Some(file) = files.values_mut().nth(place) {
                *file = content;
            }
        }
        Self { files, driver: Answers::default() }
    }

    /// Its driver.
    pub fn answers(&self) -> Answers {
        self.driver.clone()
    }
}

/// A GPU's files below its folder.
fn gpu_files(node: u32) -> [(String, String); 6] {
    let properties = format!(
        "simd_count 192\nsimd_per_cu 2\nmem_banks_count 1\ncaches_count 1\nio_links_count 1\n\
         gfx_target_version 110000\ndevice_id 29772\ndrm_render_minor {}\nnum_xcc 1\n\
         num_sdma_engines 2\nnum_cp_queues 8\ncwsr_size 23105536\nctl_stack_size 40960\n",
        127 + node
    );
    let gpu_id = format!("{}\n", GPU_IDS + node - 1);
    [
        ("gpu_id", gpu_id),
        ("name", "plum_bonito\n".into()),
        ("properties", properties),
        ("mem_banks/0/properties", "heap_type 1\nsize_in_bytes 25753026560\n".into()),
        ("caches/0/properties", "level 1\nsize 32\nsibling_map 1,0,1\n".into()),
        ("io_links/0/properties", link(node, 0)),
    ]
    .map(|(path, text)| (format!("nodes/{node}/{path}"), text))
}

fn link(from: u32, to: u32) -> String {
    format!("type 2\nnode_from {from}\nnode_to {to}\nweight 20\n")
}

/// What a driver in order says; zeros are right for most requests.
fn right_answer(request: Request, argument: &mut [u8], attached: &mut [Attached<'_>]) {
    if request == kfd_ioctl_get_version_args::REQUEST {
        let version = kfd_ioctl_get_version_args { major_version: 1, minor_version: 18 };
        argument.copy_from_slice(bytes_of_argument(&version));
    } else if request == kfd_ioctl_get_process_apertures_new_args::REQUEST {
        let wanted: kfd_ioctl_get_process_apertures_new_args = read_back(argument);
        let mut apertures = [0, 1].map(|gpu| kfd_process_device_apertures {
            lds_base: 0x1_0000_0000_0000,
            lds_limit: 0x1_0000_ffff_ffff,
            scratch_base: 0x2_0000_0000_0000,
            scratch_limit: 0x2_0000_ffff_ffff,
            gpuvm_base: 0x1000,
            gpuvm_limit: 0x7fff_ffff_ffff,
            gpu_id: GPU_IDS + gpu,
            pad: 0,
        });
        let told = kfd_ioctl_get_process_apertures_new_args { num_of_nodes: 2, ..wanted };
        argument.copy_from_slice(bytes_of_argument(&told));
        let records = bytes_of_mut(&mut apertures);
        let length = records.len().min(attached[0].bytes.len());
        attached[0].bytes[..length].copy_from_slice(&records[..length]);
    }
}

impl Kernel for Machine {
    fn open(&self, _: &Path) -> Result<Fd, Errno> {
        Ok(Fd(3))
    }

    fn close(&self, _: Fd) {}

    fn ioctl(
        &self,
        _: Fd,
        request: Request,
        argument: &mut [u8],
        attached: &mut [Attached<'_>],
    ) -> Result<i32, Errno> {
        right_answer(request, argument, attached);
        let mut driver = self.driver.lock();
        if let Some(byte) = driver.take().filter(|byte| *byte >= 0xc0) {
            return Err(Errno::from_raw(i32::from(byte - 0xc0)));
        }
        driver.scribble(argument);
        for buffer in attached {
            driver.scribble(buffer.bytes);
        }
        Ok(0)
    }

    fn map(&self, place: Place, length: u64, _: Backing) -> Result<u64, Errno> {
        let mut driver = self.driver.lock();
        if driver.take() == Some(0xff) {
            return Err(Errno::ENOMEM);
        }
        match place {
            Place::Free(at) | Place::Fixed(at) => {
                let end = at.checked_add(length).filter(|end| *end <= FIRST_ADDRESS + SPACE);
                end.map(|_| at).ok_or(Errno::ENOMEM)
            }
            Place::Anywhere | Place::Hint(_) => {
                let at = FIRST_ADDRESS + driver.taken;
                let bytes =
                    length.checked_next_multiple_of(PAGE).filter(|bytes| *bytes < SPACE - driver.taken);
                driver.taken += bytes.ok_or(Errno::ENOMEM)?;
                Ok(at)
            }
        }
    }

    fn unmap(&self, _: u64, _: u64) -> Result<(), Errno> {
        Ok(())
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), Errno> {
        Ok(())
    }

    fn bind(&self, _: u64, _: u64, _: u32, _: bool) -> Result<(), Errno> {
        Ok(())
    }

    fn store(&self, _: u64, _: &[u64]) {}

    fn touch(&self, _: u64, _: u64) {}

    fn read(&self, path: &Path) -> Result<Vec<u8>, Errno> {
        path.to_str().and_then(|path| self.files.get(path)).cloned().ok_or(Errno::ENOENT)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>, Errno> {
        let folder = format!("{}/", path.display());
        let below = self.files.keys().filter_map(|file| file.strip_prefix(&folder));
        let mut names: Vec<String> =
            below.filter_map(|rest| rest.split('/').next()).map(ToOwned::to_owned).collect();
        names.dedup();
        if names.is_empty() { Err(Errno::ENOENT) } else { Ok(names) }
    }

    fn page_size(&self) -> u64 {
        PAGE
    }
}
