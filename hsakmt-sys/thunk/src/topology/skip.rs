//! Nodes that could not be used, and why.
//!
//! Touches nothing. One bad node never costs the others; the user gets one line for each kind of failure, because a
//! container that holds one GPU of sixty-four is no reason for sixty-three lines.

use crate::kernel::Errno;
use std::path::{Path, PathBuf};

/// What was wrong with a file or device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The kernel said so.
    Errno(Errno),
    /// The content made no sense.
    Content(&'static str),
}

/// A file or device that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub path: PathBuf,
    pub cause: Cause,
}

impl Fault {
    pub(super) fn errno(path: &Path, errno: Errno) -> Self {
        Self { path: path.to_owned(), cause: Cause::Errno(errno) }
    }

    pub(super) fn content(path: &Path, what: &'static str) -> Self {
        Self { path: path.to_owned(), cause: Cause::Content(what) }
    }

    /// A device cgroup that hides the node: `kfd_devcgroup_check_permission` makes its files unreadable.
    pub(super) fn is_cgroup(&self) -> bool {
        self.cause == Cause::Errno(Errno::EPERM) && self.path.ends_with("gpu_id")
    }

    fn is_render_node(&self) -> bool {
        self.path.starts_with("/dev/dri")
    }

    fn remedy(&self) -> &'static str {
        match self.cause {
            Cause::Errno(Errno::EACCES) if self.is_render_node() => "join group render (or video)",
            Cause::Errno(Errno::ENOENT) if self.is_render_node() => "pass the render node to the container",
            Cause::Errno(Errno::EPERM) => "allow the device in the container's device cgroup",
            Cause::Content("no GFX version") => "use a kernel that knows this GPU",
            _ => "see dmesg for amdgpu",
        }
    }
}

/// A node left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Skip {
    pub kernel_index: u32,
    pub fault: Fault,
}

/// One line for each cause: the first node's path, how many more, errno and remedy.
pub(super) fn lines(skips: &[Skip]) -> Vec<String> {
    let mut told: Vec<(&Fault, Vec<u32>)> = Vec::new();
    for skip in skips {
        let alike = |known: &&mut (&Fault, Vec<u32>)| {
            known.0.cause == skip.fault.cause && known.0.is_render_node() == skip.fault.is_render_node()
        };
        match told.iter_mut().find(alike) {
            Some((_, nodes)) => nodes.push(skip.kernel_index),
            None => told.push((&skip.fault, vec![skip.kernel_index])),
        }
    }
    told.into_iter().map(|(fault, nodes)| line(fault, &nodes)).collect()
}

fn line(fault: &Fault, nodes: &[u32]) -> String {
    let cause = match fault.cause {
        Cause::Errno(errno) => format!("{errno:?} ({})", errno.desc()),
        Cause::Content(what) => what.to_owned(),
    };
    let names = nodes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let plural = if nodes.len() == 1 { "node" } else { "nodes" };
    format!("{plural} {names} left out: {}: {cause}; {}", fault.path.display(), fault.remedy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(kernel_index: u32, path: &str, cause: Cause) -> Skip {
        Skip { kernel_index, fault: Fault { path: path.into(), cause } }
    }

    #[test]
    fn one_line_a_cause_with_path_errno_and_remedy() {
        let skips = [
            skip(1, "/dev/dri/renderD128", Cause::Errno(Errno::EACCES)),
            skip(2, "/nodes/2/properties", Cause::Content("empty")),
            skip(3, "/dev/dri/renderD130", Cause::Errno(Errno::EACCES)),
        ];
        let lines = lines(&skips);
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            "nodes 1, 3 left out: /dev/dri/renderD128: EACCES (Permission denied); join group render (or video)"
        );
        assert_eq!(lines[1], "node 2 left out: /nodes/2/properties: empty; see dmesg for amdgpu");
    }
}
