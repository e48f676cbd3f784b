//! Machines that were captured: a directory or a tar of one becomes a tree. Touches the files it is given and
//! those below the output directory. What the capture lacks is made from what it has.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::path::{Component, Path};

use super::Error;
use super::sysfs::TOPOLOGY;

/// Unpacks a tar below `out`. Paths and links that would lead out of `out` are refused.
pub fn from_tar(archive: &Path, out: &Path) -> Result<(), Error> {
    let error = |source| Error::io(archive, source);
    fs::create_dir_all(out).map_err(|error| Error::io(out, error))?;
    let mut archive_file = tar::Archive::new(File::open(archive).map_err(error)?);
    for entry in archive_file.entries().map_err(error)? {
        let mut entry = entry.map_err(error)?;
        let name = entry.path().map_err(error)?.into_owned();
        let inside = name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let target = entry.link_name().map_err(error)?.map(|target| target.into_owned());
        let stays = target.is_none_or(|target| link_stays_inside(&name, &target));
        let kind = entry.header().entry_type();
        let plain = kind.is_file() || kind.is_dir() || kind.is_symlink();
        if !(inside && stays && plain) {
            let what = format!("{}: leads out of the tree, or is no file, directory or link", name.display());
            return Err(Error::invalid(archive, what));
        }
        if !entry.unpack_in(out).map_err(error)? {
            return Err(Error::invalid(archive, format!("{}: cannot be unpacked", name.display())));
        }
    }
    Ok(())
}

/// Whether a link at `path` to `target` stays below the root, by its text alone. That nothing is written
/// through a link that leads out is the care of `unpack_in`.
fn link_stays_inside(path: &Path, target: &Path) -> bool {
    let named = path.components().filter(|part| matches!(part, Component::Normal(_)));
    let mut depth = named.count() as i64 - 1;
    target.components().all(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            _ => return false,
        }
        depth >= 0
    })
}

/// Copies a captured directory: a whole tree (`sys/...`) or one that holds `topology/`.
pub fn from_directory(from: &Path, out: &Path) -> Result<(), Error> {
    if from.join("topology/nodes").is_dir() {
        copy(&from.join("topology"), &out.join(TOPOLOGY))?;
    } else if from.join(TOPOLOGY).is_dir() {
        copy(from, out)?;
    } else {
        return Err(Error::invalid(from, "holds neither topology/nodes nor a captured tree".into()));
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let error = |source| Error::io(from, source);
    fs::create_dir_all(to).map_err(error)?;
    for entry in fs::read_dir(from).map_err(error)? {
        let entry = entry.map_err(error)?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(error)?;
        if kind.is_dir() {
            copy(&source, &target)?;
        } else if kind.is_symlink() {
            let link = fs::read_link(&source).map_err(|error| Error::io(&source, error))?;
            std::os::unix::fs::symlink(link, &target).map_err(|error| Error::io(&target, error))?;
        } else {
            fs::copy(&source, &target).map_err(|error| Error::io(&source, error))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_may_not_lead_out() {
        let inside = |path: &str, target: &str| link_stays_inside(Path::new(path), Path::new(target));
        assert!(inside("sys/class/kfd/kfd", "../../devices/virtual/kfd/kfd"));
        assert!(!inside("sys/class/kfd", "../../../etc/passwd"));
        assert!(!inside("a", "/etc/passwd"));
        assert!(!inside("./a", "../b"));
        assert!(!inside("a/b", "c/../../../d"));
    }

    #[test]
    fn an_archive_that_climbs_is_refused() {
        let root = std::env::temp_dir().join(format!("simkfd-climb-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let archive = root.join("bad.tar");
        let mut builder = tar::Builder::new(File::create(&archive).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.as_gnu_mut().unwrap().name[..7].copy_from_slice(b"../evil");
        header.set_cksum();
        builder.append(&header, &b"x"[..]).unwrap();
        builder.finish().unwrap();
        let error = from_tar(&archive, &root.join("out")).unwrap_err().to_string();
        assert!(error.contains("../evil"), "{error}");
        assert!(!root.join("evil").exists());
        fs::remove_dir_all(&root).unwrap();
    }
}
