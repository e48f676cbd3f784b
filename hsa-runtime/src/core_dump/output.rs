//! What a core dump is written to: a file that bears its name only when it is whole, or a command's standard input. Touches
//! files and processes. Answers to `build_core_dump` and `write_to_pipe_handler` of upstream's `amd_core_dump.cpp`.
#![forbid(unsafe_code)]

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::{self, Path, PathBuf},
    process::{self, Child, ChildStdin, Command, Stdio},
};

use super::{failure::Failure, name::Target};

/// Zeros for a command, which cannot skip.
const ZEROS: [u8; 4096] = [0; 4096];

/// Where bytes go.
pub enum Output {
    /// A file of its own name until it is whole, and the name then. Removed when it is dropped before.
    File { file: File, part: PathBuf, whole: PathBuf },
    /// A command, and its name.
    Command { child: Child, input: Option<ChildStdin>, name: String },
}

impl Output {
    /// Begins. `None` where the user wants none: a name that leads to a device, as /dev/null, throws it away.
    ///
    /// # Errors
    /// A file of the name is there, or cannot be made; the command cannot be started.
    pub fn begin(target: &Target) -> Result<Option<Self>, Failure> {
        match target {
            Target::File(whole) => {
                // The program may be in another folder when somebody looks for it.
                let whole = &path::absolute(whole).unwrap_or_else(|_| whole.clone());
                match fs::symlink_metadata(whole) {
                    Ok(there) if there.file_type().is_char_device() => return Ok(None),
                    Ok(_) => return Err(Failure::of_file(whole, &io::ErrorKind::AlreadyExists.into())),
                    // What is wrong with the folder is told when the file is made.
                    Err(_) => {}
                }
                let part = PathBuf::from(format!("{}.{}.part", whole.display(), process::id()));
                let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
                let file = file.map_err(|error| Failure::of_file(&part, &error))?;
                Ok(Some(Self::File { file, part, whole: whole.clone() }))
            }
            Target::Command(words) => Self::start(words).map(Some),
        }
    }

    fn start(words: &[String]) -> Result<Self, Failure> {
        let [name, arguments @ ..] = words else { return Err(Failure::of_command("", "it is empty")) };
        let child = Command::new(name).args(arguments).stdin(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| Failure::of_command(name, &Failure::said(&error)))?;
        let input = child.stdin.take();
        Ok(Self::Command { child, input, name: name.clone() })
    }

    /// Writes all of the bytes.
    ///
    /// # Errors
    /// There is no room for them, or the command reads no more.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::File { file, part, .. } => {
                file.write_all(bytes).map_err(|error| Failure::of_file(part, &error))
            }
            Self::Command { input, name, .. } => {
                // Its thread takes no signals, so that this is an error and not the end of the process.
                let put = input.as_mut().map_or(Ok(()), |input| input.write_all(bytes));
                put.map_err(|error| Failure::of_command(name, &Failure::said(&error)))
            }
        }
    }

    /// Leaves out so many bytes, which are zeros.
    ///
    /// # Errors
    /// As for [`Self::put`].
    pub fn skip(&mut self, bytes: u64) -> Result<(), Failure> {
        if let Self::File { file, part, .. } = self {
            let step = i64::try_from(bytes).unwrap_or(i64::MAX);
            let moved = file.seek(SeekFrom::Current(step)).map(drop);
            return moved.map_err(|error| Failure::of_file(part, &error));
        }
        let mut left = bytes;
        while left > 0 {
            let step = left.min(ZEROS.len() as u64);
            self.put(&ZEROS[..step as usize])?;
            left -= step;
        }
        Ok(())
    }

    /// Ends: the file, of so many bytes, gets its name; the command has read all. Says where it is.
    ///
    /// # Errors
    /// There is no room, or a file of the name has come meanwhile; the command failed.
    pub fn end(mut self, bytes: u64) -> Result<String, Failure> {
        match &mut self {
            Self::File { file, part, whole } => {
                file.set_len(bytes).map_err(|error| Failure::of_file(part, &error))?;
                name_it(part, whole).map_err(|error| Failure::of_file(whole, &error))?;
                Ok(whole.display().to_string())
            }
            Self::Command { child, input, name } => {
                *input = None;
                let status = child.wait();
                let status = status.map_err(|error| Failure::of_command(name, &Failure::said(&error)))?;
                if !status.success() {
                    return Err(Failure::of_command(name, &format!("it failed: {status}")));
                }
                Ok(format!("|{name}"))
            }
        }
    }
}

/// Gives the file its name, if that is still free. File systems without links cannot tell at once.
fn name_it(part: &Path, whole: &Path) -> io::Result<()> {
    match fs::hard_link(part, whole) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => fs::rename(part, whole),
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        match self {
            // Of a whole file nothing is left under this name.
            Self::File { part, .. } => _ = fs::remove_file(part),
            Self::Command { child, input, .. } => {
                *input = None;
                // It was told of the end by its input's.
                let _ = child.wait();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rocr-rs-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        folder
    }

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no links")]
    fn a_file_has_its_name_when_it_is_whole_and_nothing_stays_of_others() {
        let folder = folder("output");
        let target = Target::File(folder.join("core"));
        let mut output = Output::begin(&target).unwrap().unwrap();
        output.put(b"ab").unwrap();
        assert!(!folder.join("core").exists());
        drop(output);
        assert_eq!(names(&folder), 0);
        let mut output = Output::begin(&target).unwrap().unwrap();
        output.put(b"ab").unwrap();
        output.skip(2).unwrap();
        output.end(4).unwrap();
        assert_eq!((fs::read(folder.join("core")).unwrap(), names(&folder)), (b"ab\0\0".to_vec(), 1));
        let again = Output::begin(&target).err().map(|failure| failure.to_string());
        assert!(again.is_some_and(|said| said.contains("/core: EEXIST")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no links")]
    fn a_name_that_is_taken_meanwhile_stays_what_it_is() {
        let folder = folder("taken");
        let output = Output::begin(&Target::File(folder.join("core"))).unwrap().unwrap();
        fs::write(folder.join("core"), "other").unwrap();
        assert!(output.end(4).is_err());
        assert_eq!((fs::read(folder.join("core")).unwrap(), names(&folder)), (b"other".to_vec(), 1));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no devices")]
    fn a_disk_that_is_full_is_told() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut output = Output::File { file, part: "/no/part".into(), whole: "/no/core".into() };
        let said = output.put(b"ab").unwrap_err().to_string();
        assert!(said.starts_with("/no/part: ENOSPC (") && said.contains("-> make room"), "{said}");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri starts no processes")]
    fn nothing_is_written_to_devices_and_failures_of_commands_are_told() {
        assert!(Output::begin(&Target::File("/dev/null".into())).unwrap().is_none());
        let begin = |words: &[&str]| {
            Output::begin(&Target::Command(words.iter().map(|word| (*word).to_owned()).collect()))
        };
        let said = |failure: Failure| failure.to_string();
        assert!(begin(&["/no/such/handler"]).err().is_some_and(|error| said(error).contains("ENOENT")));
        let mut output = begin(&["sh", "-c", "cat >/dev/null; exit 3"]).unwrap().unwrap();
        output.skip(10_000).unwrap();
        assert!(output.end(10_000).is_err_and(|error| said(error).contains("exit status: 3")));
        assert_eq!(begin(&["cat"]).unwrap().unwrap().end(0).unwrap(), "|cat");
    }
}
