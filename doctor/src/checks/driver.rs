//! Is there a driver, and which.
//!
//! Touches files. Answers to Linux `amdgpu_drv.c` and `kfd_chardev.c`.
#![forbid(unsafe_code)]

use crate::{
    driver::{Answers, KFD, Version},
    finding::{Check, Finding},
    machine::{Machine, text},
};
use std::path::Path;

/// Since this version of amdgpu's interface, mappings of virtual memory can be waited for.
const TIMELINES_SINCE: Version = (3, 64);

/// What is known of the driver as a whole.
pub fn check(machine: &Machine, answers: &Answers) -> Vec<Finding> {
    let mut findings = vec![module(machine, answers)];
    if let Some(Ok((major, _))) = answers.kfd
        && major != 1
    {
        findings.push(Finding::error(
            Check::Driver,
            KFD,
            format!("its interface has version {major}, and libraries speak 1"),
            "install libraries of this kernel's time",
        ));
    }
    let versions = answers.render.values().flatten().map(|(version, _)| *version);
    if let Some((major, minor)) = versions.min().filter(|version| *version < TIMELINES_SINCE) {
        findings.push(Finding::note(
            Check::Driver,
            "DRM",
            format!(
                "interface {major}.{minor}: libraries of ROCm 7 and later wait for ever when they map virtual \
                 memory (hipMemMap) on drivers before 3.64"
            ),
        ));
    }
    findings
}

fn module(machine: &Machine, answers: &Answers) -> Finding {
    let loaded = Path::new("/sys/module/amdgpu").is_dir();
    let release = text("/proc/sys/kernel/osrelease").unwrap_or_default();
    let told = match text("/sys/module/amdgpu/version") {
        Some(version) => format!("loaded, version {version}, on Linux {release}"),
        None => format!("loaded, as Linux {release} brings it"),
    };
    match answers.kfd {
        Some(Ok((major, minor))) => {
            Finding::ok(Check::Driver, "amdgpu", format!("{told}; KFD interface {major}.{minor}"))
        }
        _ if loaded && Path::new("/sys/class/kfd").is_dir() => Finding::ok(Check::Driver, "amdgpu", told),
        _ if loaded => Finding::error(
            Check::Driver,
            "amdgpu",
            format!("{told}, but offers no computing (/sys/class/kfd is missing)"),
            "use a kernel with CONFIG_HSA_AMD",
        ),
        _ if Path::new("/dev/dxg").exists() => Finding::note(
            Check::Driver,
            "amdgpu",
            "not here: this is WSL, where Windows drives the GPU; ROCr computes on it by librocdxg.so only",
        )
        .with("install librocdxg and set HSA_ENABLE_DXG_DETECTION=1"),
        _ if machine.cards.is_empty() => Finding::error(
            Check::Driver,
            "amdgpu",
            "not loaded, and there is no AMD GPU on the PCI bus",
            "look at lspci -d 1002: for a card that is not seated or off in the firmware's settings",
        ),
        _ => Finding::error(
            Check::Driver,
            "amdgpu",
            "not loaded",
            "modprobe amdgpu; if that fails, dmesg tells why (blacklist, nomodeset, missing firmware)",
        ),
    }
}
