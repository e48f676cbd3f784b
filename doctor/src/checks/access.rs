//! May this user open the devices? If not: who may, and by what.
//!
//! Touches files, and the users' and groups' names. Answers to udev's rules for amdgpu and to device cgroups.
#![forbid(unsafe_code)]

use crate::{
    driver::{Answers, KFD, render_path},
    finding::{Check, Finding},
    machine::Machine,
};
use hsakmt_thunk::kernel::Errno;
use nix::unistd::{Gid, Group, User, getegid, geteuid, getgroups};
use std::{fs, os::unix::fs::MetadataExt as _};

/// Read and write, for the group and for others.
const GROUP_RW: u32 = 0o060;
const OTHER_RW: u32 = 0o006;

/// Every device file, /dev/kfd first.
pub fn check(machine: &Machine, answers: &Answers) -> Vec<Finding> {
    let kfd = answers.kfd.as_ref().map(|answer| (KFD.to_owned(), answer.as_ref().err()));
    let render = answers.render.iter().map(|(minor, answer)| (render_path(*minor), answer.as_ref().err()));
    let unlinked = machine.gpus().filter(|gpu| gpu.render_minor().is_none()).map(|gpu| {
        let subject = gpu.name();
        Finding::error(Check::Access, subject, "has no render node", "use a newer kernel; libraries need it")
    });
    kfd.into_iter().chain(render).map(|(path, errno)| device(&path, errno)).chain(unlinked).collect()
}

fn device(path: &str, errno: Option<&Errno>) -> Finding {
    let Some(&errno) = errno else {
        let owner = fs::metadata(path).map(|file| format!(", which group {} owns", group_name(file.gid())));
        return Finding::ok(Check::Access, path, format!("opens{}", owner.unwrap_or_default()));
    };
    let text = format!("{errno:?} ({})", errno.desc());
    let (text, remedy) = match errno {
        Errno::EACCES => refused(path, &text),
        Errno::ENOENT if container() => (text, format!("give it to the container: --device {path}")),
        Errno::ENOENT => (text, "load amdgpu (modprobe amdgpu); dmesg tells if it found no GPU".to_owned()),
        Errno::EPERM => (text, "allow the device in the container's or service's device cgroup".to_owned()),
        Errno::ENODEV | Errno::ENXIO => {
            (text, "amdgpu cannot compute on this GPU; dmesg tells why".to_owned())
        }
        Errno::EMFILE | Errno::ENFILE => (text, "raise the limit of open files (ulimit -n)".to_owned()),
        _ => (text, "see dmesg for amdgpu".to_owned()),
    };
    Finding::error(Check::Access, path, text, remedy)
}

/// Whether files say that this is a container.
fn container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|path| fs::exists(path).unwrap_or(false))
}

fn group_name(gid: u32) -> String {
    let group = Group::from_gid(Gid::from_raw(gid)).ok().flatten();
    group.map_or_else(|| format!("{gid} (which has no name here)"), |group| group.name)
}

/// EACCES: who owns it, who may, and how this user gets there.
fn refused(path: &str, errno: &str) -> (String, String) {
    let Ok(file) = fs::metadata(path) else {
        return (errno.to_owned(), "join the group that owns it".to_owned());
    };
    let user = User::from_uid(geteuid()).ok().flatten().map(|user| user.name);
    let user = user.unwrap_or_else(|| geteuid().to_string());
    let group = Group::from_gid(Gid::from_raw(file.gid())).ok().flatten();
    let session = getgroups().unwrap_or_default().into_iter().chain([getegid()]);
    let standing = Standing {
        mode: file.mode() & 0o777,
        gid: file.gid(),
        in_session: session.into_iter().any(|gid| gid.as_raw() == file.gid()),
        listed: group.as_ref().is_some_and(|group| group.mem.contains(&user)),
        group: group.map(|group| group.name),
        user,
    };
    let text = format!("{errno}; group {} owns it, mode {:o}", group_name(standing.gid), standing.mode);
    (text, standing.remedy(path))
}

/// How a user stands to a device file.
struct Standing {
    mode: u32,
    gid: u32,
    /// The name of the group that owns it.
    group: Option<String>,
    user: String,
    /// Whether the user is in the group, and whether the list of groups says so.
    in_session: bool,
    listed: bool,
}

impl Standing {
    fn remedy(&self, path: &str) -> String {
        let Self { mode, gid, user, .. } = self;
        match &self.group {
            _ if mode & OTHER_RW == OTHER_RW => {
                "its mode allows it, so a sandbox (AppArmor, SELinux, Landlock) does not".to_owned()
            }
            _ if mode & GROUP_RW != GROUP_RW => {
                format!("let udev give it to a group: GROUP=\"render\", MODE=\"0660\" for {path}")
            }
            _ if self.in_session => {
                format!("{user} is in the group, so a sandbox (AppArmor, SELinux, Landlock) refuses it")
            }
            Some(group) if self.listed => {
                format!("{user} is in {group} since this session began: log out and in again")
            }
            Some(group) => format!("sudo usermod -aG {group} {user}, then log out and in again"),
            None => format!(
                "pass the group to the container by its number: --group-add {gid}, or keep-groups for podman without root"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standing_has_its_remedy() {
        let standing = |mode, group: Option<&str>, in_session, listed| {
            let (group, user) = (group.map(str::to_owned), "joe".to_owned());
            Standing { mode, gid: 992, group, user, in_session, listed }.remedy("/dev/kfd")
        };
        for (remedy, word) in [
            (standing(0o666, Some("render"), false, false), "Landlock"),
            (standing(0o600, Some("root"), false, false), "udev"),
            (standing(0o660, Some("render"), true, true), "joe is in the group, so a sandbox"),
            (standing(0o660, Some("render"), false, true), "log out and in again"),
            (standing(0o660, Some("render"), false, false), "usermod -aG render joe"),
            (standing(0o660, None, false, false), "--group-add 992"),
        ] {
            assert!(remedy.contains(word), "{remedy}");
        }
    }
}
