//! Which paths belong to the simulated machine, and where its tree has them. Pure.
#![forbid(unsafe_code)]

use simkfd::contract::FileKind;

/// Everything below these is the machine's: what its tree lacks does not exist, whatever the host has there.
const SIMULATED: [&str; 13] = [
    "/dev/accel",
    "/dev/dri",
    "/dev/dxg",
    "/dev/kfd",
    "/dev/udmabuf",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/modules",
    "/sys/bus",
    "/sys/class",
    "/sys/dev",
    "/sys/devices",
    "/sys/module",
];

/// The path prefixes that lead elsewhere.
pub struct Tree {
    root: String,
    /// From, to. Asked before the machine's own prefixes.
    redirects: Vec<(String, String)>,
}

impl Tree {
    /// `root` is the tree's absolute path; `redirects` is `from=to:from=to`, absolute paths without a trailing
    /// slash. A part without `=` is an error, named in the answer.
    pub fn new(root: &str, redirects: &str) -> Result<Self, String> {
        let parts = redirects.split(':').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| match part.split_once('=') {
            Some((from, to)) => Ok((from.to_owned(), to.to_owned())),
            None => Err(format!("SIMKFD_REDIRECT: `{part}` is not from=to")),
        });
        Ok(Tree { root: root.trim_end_matches('/').to_owned(), redirects: pairs.collect::<Result<_, _>>()? })
    }

    /// The tree's path on the host.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Where a client's path leads, or `None` when it is the host's.
    pub fn lead(&self, path: &str) -> Option<String> {
        let path = squeeze(path);
        let redirect =
            self.redirects.iter().find_map(|(from, to)| Some(format!("{to}{}", below(from, &path)?)));
        redirect.or_else(|| {
            let ours = SIMULATED.iter().any(|prefix| below(prefix, &path).is_some());
            ours.then(|| format!("{}{path}", self.root))
        })
    }

    /// The client's name of a path on the host: `lead` backwards. `None` when the path is not in the tree.
    pub fn name_of(&self, host_path: &str) -> Option<String> {
        let unredirected =
            self.redirects.iter().find_map(|(from, to)| Some(format!("{from}{}", below(to, host_path)?)));
        unredirected.or_else(|| below(&self.root, host_path).map(str::to_owned))
    }

    /// The device file that a client's path names, if it is one that the simulated kernel serves.
    pub fn device(&self, path: &str) -> Option<FileKind> {
        let path = squeeze(path);
        if path == "/dev/kfd" {
            return Some(FileKind::Kfd);
        }
        let minor = |prefix| path.strip_prefix(prefix)?.parse().ok();
        let render = minor("/dev/dri/renderD").map(|minor| FileKind::Render { minor });
        render.or_else(|| minor("/dev/accel/accel").map(|minor| FileKind::Accel { minor }))
    }

    /// The minor number of the DRM device that a client's path names, served or not.
    pub fn drm_minor(&self, path: &str) -> Option<u32> {
        let path = squeeze(path);
        let name = path.strip_prefix("/dev/dri/")?;
        ["renderD", "card"].iter().find_map(|prefix| name.strip_prefix(prefix)?.parse().ok())
    }
}

/// What follows the prefix: nothing, or a slash and more.
fn below<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// One slash for several, and no trailing one.
fn squeeze(path: &str) -> String {
    let mut short = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        short.push('/');
        short.push_str(part);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::new("/m", "/usr/share/libdrm=/suite/usr/share/libdrm").expect("well formed")
    }

    #[test]
    fn the_machines_paths_lead_into_the_tree() {
        assert_eq!(tree().lead("/dev/kfd").as_deref(), Some("/m/dev/kfd"));
        assert_eq!(tree().lead("/sys//class/./kfd/").as_deref(), Some("/m/sys/class/kfd"));
    }

    #[test]
    fn other_paths_are_the_hosts() {
        for path in ["/dev/kfd2", "/sys/fs/cgroup", "/etc/passwd", "/proc/self/maps", "/dev/null"] {
            assert_eq!(tree().lead(path), None, "{path}");
        }
    }

    #[test]
    fn redirects_lead_where_they_say_and_back() {
        let there = "/suite/usr/share/libdrm/amdgpu.ids";
        assert_eq!(tree().lead("/usr/share/libdrm/amdgpu.ids").as_deref(), Some(there));
        assert_eq!(tree().name_of(there).as_deref(), Some("/usr/share/libdrm/amdgpu.ids"));
        assert_eq!(tree().name_of("/m/sys/class").as_deref(), Some("/sys/class"));
        assert_eq!(tree().name_of("/mm/sys"), None);
        assert!(Tree::new("/m", "/a").is_err());
    }

    #[test]
    fn device_files_are_known_by_name() {
        assert_eq!(tree().device("/dev/kfd"), Some(FileKind::Kfd));
        assert_eq!(tree().device("/dev/dri/renderD129"), Some(FileKind::Render { minor: 129 }));
        assert_eq!(tree().device("/dev/accel/accel0"), Some(FileKind::Accel { minor: 0 }));
        assert_eq!(tree().device("/dev/dri/card0"), None);
    }
}
