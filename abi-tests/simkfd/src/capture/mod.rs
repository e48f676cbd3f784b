//! A real machine as a tar that `simkfd machine` takes: the text files of sysfs and /proc that the clients read, with
//! their links, and what only ioctls tell. Touches the files below the root that it is given, and the device files.

mod driver;
mod files;
mod ioctl;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tar::{Builder, EntryType, Header};

/// Where the files are taken from and where they go.
struct Capture<'a, W: Write> {
    root: &'a Path,
    archive: Builder<W>,
    notes: Vec<String>,
}

/// Packs the machine whose file system is mounted at `root` (`/`) into `out`. The answer is a line for each thing
/// that could not be read. The error is one line that names the file.
pub fn capture(root: &Path, out: &Path) -> Result<Vec<String>, String> {
    let error = |error: io::Error| format!("{}: {error}", out.display());
    let file = File::create(out).map_err(error)?;
    let mut capture = Capture { root, archive: Builder::new(file), notes: Vec::new() };
    let mut paths = files::listed(root);
    paths.extend(files::cards(root));
    paths.sort();
    paths.dedup();
    for path in &paths {
        capture.add(path).map_err(error)?;
    }
    let facts = driver::facts(root, &mut capture.notes);
    capture.text("sim.toml", facts.as_bytes()).map_err(error)?;
    capture.archive.into_inner().and_then(|mut file| file.flush()).map_err(error)?;
    Ok(capture.notes)
}

impl<W: Write> Capture<'_, W> {
    /// Adds a path below the root as what it is. Only errors of the archive are errors.
    fn add(&mut self, path: &str) -> io::Result<()> {
        let full = self.root.join(path);
        let Ok(metadata) = fs::symlink_metadata(&full) else { return Ok(()) };
        if metadata.is_symlink() {
            let target = fs::read_link(&full)?;
            let mut header = header(EntryType::Symlink, 0o777, 0);
            return self.archive.append_link(&mut header, path, target);
        }
        if path.starts_with("dev/") {
            // A device file stands in the tree as an empty file with its permissions.
            return self.text(path, b"");
        }
        match fs::read(&full) {
            Ok(content) => self.text(path, files::needed(path, &content).as_ref()),
            Err(error) => {
                self.notes.push(format!("/{path}: {error}"));
                Ok(())
            }
        }
    }

    fn text(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        let mut header = header(EntryType::Regular, 0o644, content.len() as u64);
        self.archive.append_data(&mut header, path, content)
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn files_and_links_of_a_root_are_packed_and_no_others() {
        let folder = std::env::temp_dir().join(format!("simkfd-capture-{}", std::process::id()));
        let nodes = folder.join("root/sys/devices/virtual/kfd/kfd/topology/nodes/0");
        fs::create_dir_all(&nodes).expect("folders");
        fs::create_dir_all(folder.join("root/sys/class/kfd")).expect("folders");
        fs::write(nodes.join("gpu_id"), "0\n").expect("file");
        fs::write(nodes.join("secret"), "no\n").expect("file");
        symlink("../../devices/virtual/kfd/kfd", folder.join("root/sys/class/kfd/kfd")).expect("link");
        let out = folder.join("out.tar");
        let notes = capture(&folder.join("root"), &out).expect("packs");
        let mut archive = tar::Archive::new(File::open(&out).expect("archive"));
        let names: Vec<String> = archive
            .entries()
            .expect("entries")
            .map(|entry| entry.expect("entry").path().expect("path").display().to_string())
            .collect();
        fs::remove_dir_all(&folder).expect("clean up");
        let node = "sys/devices/virtual/kfd/kfd/topology/nodes/0/gpu_id";
        assert_eq!(names, ["sys/class/kfd/kfd", node, "sim.toml"]);
        assert!(notes.iter().any(|note| note.contains("/dev/kfd")), "{notes:?}");
    }
}
