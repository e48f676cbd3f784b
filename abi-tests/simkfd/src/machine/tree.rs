//! A directory tree in memory, and its way to the disk. Touches files below the directory that it is given,
//! nothing else.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Error;

/// Files, symbolic links and otherwise empty directories, by path from the root.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    directories: BTreeSet<String>,
}

impl Tree {
    /// Adds a file.
    pub fn file(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Adds a symbolic link; `target` is a path from the root and is stored relative to the link.
    pub fn link(&mut self, path: impl Into<String>, target: &str) {
        let path = path.into();
        let up = "../".repeat(path.matches('/').count());
        self.links.insert(path, format!("{up}{target}"));
    }

    /// Adds a directory.
    pub fn directory(&mut self, path: impl Into<String>) {
        self.directories.insert(path.into());
    }

    /// Writes everything below `root`. With `keep`, what is there already stays as it is.
    pub fn write(&self, root: &Path, keep: bool) -> Result<(), Error> {
        for path in &self.directories {
            create_directory(&root.join(path))?;
        }
        for (path, text) in &self.files {
            let path = prepare(root, path)?;
            if !(keep && exists(&path)) {
                fs::write(&path, text).map_err(|error| Error::io(&path, error))?;
            }
        }
        for (path, target) in &self.links {
            let path = prepare(root, path)?;
            if !(keep && exists(&path)) {
                std::os::unix::fs::symlink(target, &path).map_err(|error| Error::io(&path, error))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
impl Tree {
    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn prepare(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let path = root.join(path);
    if let Some(parent) = path.parent() {
        create_directory(parent)?;
    }
    Ok(path)
}

fn create_directory(path: &Path) -> Result<(), Error> {
    match fs::create_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_lead_to_their_target() {
        let mut tree = Tree::default();
        tree.file("sys/devices/virtual/kfd/kfd/uevent", "");
        tree.link("sys/class/kfd/kfd", "sys/devices/virtual/kfd/kfd");
        tree.directory("sys/empty");
        let root = tempdir("links");
        tree.write(&root, false).unwrap();
        assert!(root.join("sys/class/kfd/kfd/uevent").is_file());
        assert!(root.join("sys/empty").is_dir());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn keep_leaves_what_is_there() {
        let mut tree = Tree::default();
        tree.file("a", "ours");
        let root = tempdir("keep");
        fs::write(root.join("a"), "theirs").unwrap();
        tree.write(&root, true).unwrap();
        assert_eq!(fs::read_to_string(root.join("a")).unwrap(), "theirs");
        fs::remove_dir_all(&root).unwrap();
    }

    fn tempdir(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("simkfd-tree-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }
}
