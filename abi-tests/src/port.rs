//! Other architectures: what `scripts/build --target` builds for them, and qemu-user, which runs it here.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{project, suite::Suite};

/// One line an architecture.
const NAMES: &str = include_str!("../../scripts/lib/ports");

/// An architecture that is not the tests' first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// 64-bit Arm.
    Arm64,
    /// POWER, little-endian.
    Ppc64el,
    /// 64-bit RISC-V.
    Riscv64,
}

impl Port {
    /// All of them; `port as usize` is below.
    pub const ALL: [Self; 3] = [Self::Arm64, Self::Ppc64el, Self::Riscv64];

    /// Debian's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::Ppc64el => "ppc64el",
            Self::Riscv64 => "riscv64",
        }
    }

    /// What others call it: GCC, Rust and QEMU.
    fn names(self) -> [&'static str; 3] {
        let line = NAMES.lines().find_map(|line| line.strip_prefix(self.name())?.strip_prefix(' '));
        let mut names = line.expect("a line of each port").split(' ');
        std::array::from_fn(|_| names.next().expect("three names"))
    }

    /// Its name in library paths and in compilers' names.
    pub fn multiarch(self) -> &'static str {
        self.names()[0]
    }

    /// Debian 13 for it.
    pub fn suite(self) -> Suite {
        match self {
            Self::Arm64 => Suite::TrixieArm64,
            Self::Ppc64el => Suite::TrixiePpc64el,
            Self::Riscv64 => Suite::TrixieRiscv64,
        }
    }

    /// The folder with `release` and `stage`, built now if the sources are newer; none, and a line that says so, where the
    /// compilers cannot be had.
    pub fn built(self) -> Option<&'static Path> {
        static BUILT: [OnceLock<Option<PathBuf>>; 3] = [const { OnceLock::new() }; 3];
        BUILT[self as usize].get_or_init(|| self.build()).as_deref()
    }

    fn build(self) -> Option<PathBuf> {
        // Two cannot install compilers at once.
        static INSTALLING: Mutex<()> = Mutex::new(());
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        match project::script("build", &["--sim", "--target", self.name()]) {
            Ok(_) => Some(project::target().join(self.names()[1])),
            Err(why) => {
                crate::skip(&format!("{}: {why}", self.name()));
                None
            }
        }
    }

    /// The emulator of Debian 13's QEMU; 12's takes minutes to reserve addresses.
    ///
    /// # Panics
    /// When the suite cannot be had: it is a stable one.
    pub fn qemu(self) -> PathBuf {
        static ROOT: OnceLock<PathBuf> = OnceLock::new();
        let root = ROOT.get_or_init(|| {
            let path = project::script("suites", &["path", "trixie-qemu"]);
            PathBuf::from(path.unwrap_or_else(|why| panic!("{why}")).trim_end())
        });
        root.join("usr/bin").join(format!("qemu-{}", self.names()[2]))
    }
}
