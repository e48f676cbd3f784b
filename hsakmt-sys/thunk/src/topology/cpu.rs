//! What `/proc/cpuinfo` tells: which processors there are, their APIC ids and their model.
//!
//! Each architecture has its own words. Touches files through `kernel`. Answers to upstream's
//! `topology_parse_cpuinfo`, which knows x86 and POWER9, and Linux `arch/*/kernel` (`c_show`).

use crate::{
    kernel::Kernel,
    message::{self, Level},
    sysfs,
};
use std::path::Path;

/// One logical processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processor {
    /// Linux's number.
    pub number: u32,
    /// APIC id, which KFD uses on x86; the number elsewhere.
    pub id: u32,
    /// Model name, as the kernel spells it, trailing blanks included.
    pub model: String,
}

/// The processors of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuInfo {
    /// In the order of the file.
    pub processors: Vec<Processor>,
}

impl CpuInfo {
    /// Reads `/proc/cpuinfo`; without it, CPUs have no names.
    #[must_use]
    pub fn read(kernel: &dyn Kernel) -> Self {
        let path = Path::new("/proc/cpuinfo");
        match kernel.read(path) {
            Ok(bytes) => Self::parse(&String::from_utf8_lossy(&bytes)),
            Err(errno) => {
                message::print(
                    Level::Error,
                    format_args!("/proc/cpuinfo: {errno:?} ({}); CPUs stay nameless", errno.desc()),
                );
                Self::default()
            }
        }
    }

    /// Parses the text of any architecture.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut processors: Vec<Processor> = Vec::new();
        let mut arm = Arm::default();
        for line in text.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let key = key.trim_end();
            let value = value.strip_prefix(' ').unwrap_or(value);
            if key == "processor" {
                let number = value.trim().parse().unwrap_or(0);
                processors.push(Processor { number, id: number, model: String::new() });
                continue;
            }
            let Some(current) = processors.last_mut() else { continue };
            match key {
                "apicid" => current.id = value.trim().parse().unwrap_or(current.id),
                // x86 and LoongArch; RISC-V.
                "model name" | "Model Name" | "uarch" => value.clone_into(&mut current.model),
                // PowerPC: "POWER9, altivec supported".
                "cpu" => value.split(',').next().unwrap_or(value).clone_into(&mut current.model),
                "CPU implementer" => arm.implementer = sysfs::hexadecimal(value).unwrap_or(0),
                "CPU part" => current.model = arm.model(sysfs::hexadecimal(value).unwrap_or(0)),
                _ => {}
            }
        }
        Self { processors }
    }

    /// The model of the processor with this id.
    #[must_use]
    pub fn model_of(&self, id: u64) -> Option<&str> {
        let processor = self.processors.iter().find(|processor| u64::from(processor.id) == id)?;
        (!processor.model.is_empty()).then_some(processor.model.as_str())
    }

    /// The model of the first processor, or nothing.
    #[must_use]
    pub fn first_model(&self) -> &str {
        self.processors.first().map_or("", |processor| processor.model.as_str())
    }
}

/// 64-bit ARM kernels give numbers in place of names.
#[derive(Default)]
struct Arm {
    implementer: u32,
}

/// MIDR implementer and part number, as in Linux `arch/arm64/include/asm/cputype.h`.
const ARM_PARTS: &[(u32, u32, &str)] = &[
    (0x41, 0xd03, "ARM Cortex-A53"),
    (0x41, 0xd07, "ARM Cortex-A57"),
    (0x41, 0xd08, "ARM Cortex-A72"),
    (0x41, 0xd0b, "ARM Cortex-A76"),
    (0x41, 0xd0c, "ARM Neoverse-N1"),
    (0x41, 0xd40, "ARM Neoverse-V1"),
    (0x41, 0xd49, "ARM Neoverse-N2"),
    (0x41, 0xd4f, "ARM Neoverse-V2"),
    (0x41, 0xd8e, "ARM Neoverse-N3"),
    (0x41, 0xd84, "ARM Neoverse-V3"),
    (0x43, 0x0af, "Cavium ThunderX2"),
    (0x48, 0xd01, "HiSilicon Kunpeng-920"),
    (0x70, 0x663, "Phytium FTC663"),
    (0xc0, 0xac3, "Ampere-1"),
    (0xc0, 0xac4, "Ampere-1a"),
];

impl Arm {
    fn model(&self, part: u32) -> String {
        let known = ARM_PARTS
            .iter()
            .find(|(implementer, number, _)| (*implementer, *number) == (self.implementer, part));
        known.map_or_else(
            || format!("ARM implementer {:#04x} part {part:#05x}", self.implementer),
            |(_, _, name)| (*name).to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x86_has_apic_ids_and_keeps_trailing_blanks() {
        let text = "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD X  \napicid\t\t: 0\n\n\
                    processor\t: 1\nmodel name\t: AMD Y\napicid\t\t: 16\ninitial apicid\t: 16\n";
        let cpus = CpuInfo::parse(text);
        assert_eq!(cpus.model_of(0), Some("AMD X  "));
        assert_eq!(cpus.model_of(16), Some("AMD Y"));
        assert_eq!(cpus.model_of(1), None);
    }

    #[test]
    fn other_architectures_are_known_by_number() {
        let riscv = CpuInfo::parse("processor\t: 3\nhart\t\t: 7\nuarch\t\t: sophgo,c920\n");
        assert_eq!(riscv.model_of(3), Some("sophgo,c920"));
        let power = CpuInfo::parse("processor\t: 8\ncpu\t\t: POWER9, altivec supported\n");
        assert_eq!(power.model_of(8), Some("POWER9"));
        let arm = CpuInfo::parse("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
        assert_eq!(arm.model_of(0), Some("ARM Neoverse-N1"));
        let unknown = CpuInfo::parse("processor\t: 0\nCPU implementer\t: 0x99\nCPU part\t: 0x1\n");
        assert_eq!(unknown.model_of(0), Some("ARM implementer 0x99 part 0x001"));
    }

    #[test]
    fn garbage_names_nobody() {
        assert_eq!(CpuInfo::parse("model name: X\nprocessor\n: :\n").processors, []);
    }
}
