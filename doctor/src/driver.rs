//! What the kernel driver says itself: whether its devices open, the versions of its interfaces, a GPU's memory.
//!
//! Touches the kernel through the thunk's room for it; done in a child process, since a driver may hang.
#![forbid(unsafe_code)]

use crate::guard::Teller;
use hsakmt_thunk::{
    kernel::{Attached, Errno, Kernel, Linux},
    uapi::{
        drm::{AMDGPU_INFO_MEMORY, drm_amdgpu_info, drm_amdgpu_memory_info, drm_version},
        kfd::kfd_ioctl_get_version_args,
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, mem::offset_of, path::Path};

/// The driver's device for computing.
pub const KFD: &str = "/dev/kfd";

/// Version of an interface.
pub type Version = (i64, i64);

/// Bytes of a GPU's memory, as amdgpu tells them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The GPU's own.
    pub vram: u64,
    /// What processors see of it.
    pub visible: u64,
    /// The system's that GPUs may use.
    pub gtt: u64,
}

/// One answer, or the errno instead.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Of opening /dev/kfd and asking its version.
    Kfd(Result<Version, i32>),
    /// Of opening a render node, by its minor number, and asking its version and memory.
    Render(u32, Result<(Version, Memory), i32>),
}

/// All answers.
#[derive(Debug, Default)]
pub struct Answers {
    /// /dev/kfd's.
    pub kfd: Option<Result<Version, Errno>>,
    /// Those of render nodes.
    pub render: BTreeMap<u32, Result<(Version, Memory), Errno>>,
}

impl FromIterator<Answer> for Answers {
    fn from_iter<I: IntoIterator<Item = Answer>>(answers: I) -> Self {
        let mut all = Self::default();
        for answer in answers {
            match answer {
                Answer::Kfd(answer) => all.kfd = Some(answer.map_err(Errno::from_raw)),
                Answer::Render(minor, answer) => {
                    all.render.insert(minor, answer.map_err(Errno::from_raw));
                }
            }
        }
        all
    }
}

/// Asks everything, of the given render nodes.
pub fn ask(minors: &[u32], teller: &mut Teller) {
    teller.tell(&Answer::Kfd(kfd().map_err(|errno| errno as i32)));
    for &minor in minors {
        teller.tell(&Answer::Render(minor, render(minor).map_err(|errno| errno as i32)));
    }
}

/// Path of a render node.
pub fn render_path(minor: u32) -> String {
    format!("/dev/dri/renderD{minor}")
}

fn kfd() -> Result<Version, Errno> {
    let kernel: &dyn Kernel = &Linux;
    let fd = kernel.open(Path::new(KFD))?;
    let mut version = kfd_ioctl_get_version_args::default();
    kernel.call(fd, &mut version)?;
    Ok((version.major_version.into(), version.minor_version.into()))
}

fn render(minor: u32) -> Result<(Version, Memory), Errno> {
    let kernel: &dyn Kernel = &Linux;
    let fd = kernel.open(Path::new(&render_path(minor)))?;
    let mut version = drm_version::default();
    kernel.call(fd, &mut version)?;
    let mut told = [drm_amdgpu_memory_info::default()];
    let mut query = drm_amdgpu_info {
        return_size: size_of::<drm_amdgpu_memory_info>() as u32,
        query: AMDGPU_INFO_MEMORY,
        ..Default::default()
    };
    let answer = Attached::new(offset_of!(drm_amdgpu_info, return_pointer), &mut told);
    kernel.call_with(fd, &mut query, &mut [answer])?;
    let [told] = told;
    let memory = Memory {
        vram: told.vram.total_heap_size,
        visible: told.cpu_accessible_vram.total_heap_size,
        gtt: told.gtt.total_heap_size,
    };
    Ok(((version.version_major.into(), version.version_minor.into()), memory))
}
