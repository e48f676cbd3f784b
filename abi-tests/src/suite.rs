//! Debian's releases as unpacked folders, by `scripts/suites`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{port::Port, project};

/// A Debian release's rocminfo and upstream libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// Debian 12: everything 5.2.3.
    Bookworm,
    /// Debian 13: rocminfo and ROCr 6.1.2 over libhsakmt 6.2.4.
    Trixie,
    /// rocminfo 7.2.4 with ROCr 6.4.3.
    Sid,
    /// The same with experimental's ROCr 7.2.4.
    Exp,
    /// Debian 13 with HIP 5.7.1 and clang 17.
    TrixieHip,
    /// Sid with HIP 6.4.3 and clang 21.
    SidHip,
    /// Experimental's ROCr with HIP 7.2.4 and clang 22.
    ExpHip,
    /// Sid with HIP 6.4.3, rocBLAS 6.4.4 and llama.cpp.
    SidLlama,
    /// [`Suite::Trixie`] for arm64.
    TrixieArm64,
    /// The same for ppc64el.
    TrixiePpc64el,
    /// Debian 13's C library for riscv64, for which there is no ROCm.
    TrixieRiscv64,
}

impl Suite {
    /// How many there are; `suite as usize` is below.
    pub const COUNT: usize = Self::TrixieRiscv64 as usize + 1;
    /// The small ones, oldest first.
    pub const ALL: [Self; 4] = [Self::Bookworm, Self::Trixie, Self::Sid, Self::Exp];
    /// Those with HIP and OpenCL, half a gigabyte each.
    pub const HIP: [Self; 3] = [Self::TrixieHip, Self::SidHip, Self::ExpHip];

    /// The architecture whose programs it holds, if it is not the tests' own.
    pub fn port(self) -> Option<Port> {
        match self {
            Self::TrixieArm64 => Some(Port::Arm64),
            Self::TrixiePpc64el => Some(Port::Ppc64el),
            Self::TrixieRiscv64 => Some(Port::Riscv64),
            _ => None,
        }
    }

    /// The name that the scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
            Self::Sid => "sid",
            Self::Exp => "exp",
            Self::TrixieHip => "trixie-hip",
            Self::SidHip => "sid-hip",
            Self::ExpHip => "exp-hip",
            Self::SidLlama => "sid-llama",
            Self::TrixieArm64 => "trixie-arm64",
            Self::TrixiePpc64el => "trixie-ppc64el",
            Self::TrixieRiscv64 => "trixie-riscv64",
        }
    }

    /// The stable releases do not move, so not having one is a failure, not a reason to skip.
    fn must_be_there(self) -> bool {
        matches!(self, Self::Bookworm | Self::Trixie) || self.port().is_some()
    }

    /// The unpacked folder, fetched at first use; none when a moving suite cannot be had.
    ///
    /// # Panics
    /// When a stable suite cannot be had.
    pub fn root(self) -> Option<&'static Path> {
        static ROOTS: [OnceLock<Option<PathBuf>>; Suite::COUNT] = [const { OnceLock::new() }; Suite::COUNT];
        ROOTS[self as usize]
            .get_or_init(|| match project::script("suites", &["path", self.name()]) {
                Ok(path) => Some(PathBuf::from(path.trim_end())),
                Err(why) if self.must_be_there() => panic!("{why}"),
                Err(why) => {
                    crate::skip(&format!("suite {}: {why}", self.name()));
                    None
                }
            })
            .as_deref()
    }

    /// The suite's own dynamic loader: its libc cannot run under another one's.
    ///
    /// # Panics
    /// When the suite holds no loader.
    pub fn loader(self, root: &Path) -> PathBuf {
        let found = ["lib64", "usr/lib64", "lib", "usr/lib"]
            .iter()
            .filter_map(|folder| fs::read_dir(root.join(folder)).ok())
            .flat_map(|folder| folder.flatten().map(|entry| entry.path()))
            .find(|path| {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                name.starts_with("ld-linux") || name.starts_with("ld64.so")
            });
        found.unwrap_or_else(|| panic!("{} has no dynamic loader", root.display()))
    }

    /// What its libraries look for at fixed places, for SIMKFD_REDIRECT: names of GPUs, OpenCL drivers, clang's headers.
    pub fn redirects(self, root: &Path) -> String {
        let mut folders = vec![root.join("usr/share/libdrm"), root.join("etc/OpenCL")];
        let installed = fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
        let compilers = installed.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"));
        folders.extend(compilers.map(|entry| entry.path()));
        let there = folders.iter().filter(|folder| folder.is_dir());
        let redirect = |folder: &PathBuf| {
            let inside = folder.strip_prefix(root).expect("below the root").display();
            format!("/{inside}={}", folder.display())
        };
        there.map(redirect).collect::<Vec<_>>().join(":")
    }

    /// Where the suite's libraries lie; bookworm still has two places, and llama.cpp's programs one of their own.
    pub fn libraries(self, root: &Path) -> Vec<PathBuf> {
        let triple = self.port().map_or_else(multiarch, Port::multiarch);
        let (old, new) = (root.join("lib").join(triple), root.join("usr/lib").join(triple));
        [old, new.join("llama"), new].into_iter().filter(|folder| folder.is_dir()).collect()
    }
}

/// Debian's name for the architecture in library paths, for example `x86_64-linux-gnu`.
pub fn multiarch() -> &'static str {
    static TRIPLE: OnceLock<String> = OnceLock::new();
    TRIPLE.get_or_init(|| {
        let told = Command::new("gcc").arg("-print-multiarch").output();
        match told {
            Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout).trim().to_owned(),
            _ => format!("{}-linux-gnu", env::consts::ARCH),
        }
    })
}
