//! The neural processors as PCI devices and accelerators: /sys/devices/pci*, /sys/bus/pci, /sys/class/accel,
//! /sys/dev/char, /dev/accel. Touches nothing but memory. Answers to drm_accel.c and amdxdna_sysfs.c.
#![forbid(unsafe_code)]

use super::card::PciAddress;
use super::derive::AMD;
use super::spec::{Machine, NpuSpec};
use super::tables::{NPUS, NpuKind};
use super::tree::Tree;
use crate::topology::Npu;

/// `ACCEL_MAJOR`
const ACCEL_MAJOR: u32 = 261;

/// PCI class of signal processing controllers.
const CLASS_SIGNAL_PROCESSING: u32 = 0x11_8000;

/// A firmware of 2025 (assumed): no runtime looks at it.
const FIRMWARE: [u32; 4] = [1, 5, 5, 391];

/// Adds every neural processor and its device file; what the simulated kernel must know of them is the answer.
pub fn add(tree: &mut Tree, machine: &Machine) -> Result<Vec<Npu>, String> {
    let add = |(minor, spec): (usize, &NpuSpec)| {
        let wrong = |what: String| format!("npu {}: {what}", minor + 1);
        let kind = NPUS.iter().find(|kind| kind.id == (spec.device_id, spec.pci_rev));
        let kind = kind.ok_or_else(|| {
            wrong(format!("amdxdna knows no device {:#x} of revision {:#x}", spec.device_id, spec.pci_rev))
        })?;
        let pci = PciAddress::parse(&spec.bdf)
            .ok_or_else(|| wrong(format!("bdf = {:?} is no PCI address (dddd:bb:dd.f)", spec.bdf)))?;
        add_files(tree, spec, kind, pci, minor);
        Ok(facts(kind, minor as u32))
    };
    machine.npus.iter().enumerate().map(add).collect()
}

fn add_files(tree: &mut Tree, spec: &NpuSpec, kind: &NpuKind, pci: PciAddress, minor: usize) {
    let device = format!("sys/devices/pci{:04x}:{:02x}/{pci}", pci.domain, pci.bus);
    let firmware = FIRMWARE.map(|number| number.to_string()).join(".");
    let uevent = format!(
        "DRIVER=amdxdna\nPCI_CLASS={CLASS_SIGNAL_PROCESSING:X}\nPCI_ID={AMD:04X}:{:04X}\nPCI_SLOT_NAME={pci}",
        spec.device_id
    );
    let values = [
        ("vendor", format!("{AMD:#06x}")),
        ("device", format!("{:#06x}", spec.device_id)),
        ("revision", format!("{:#04x}", spec.pci_rev)),
        ("class", format!("{CLASS_SIGNAL_PROCESSING:#08x}")),
        ("uevent", uevent),
        ("vbnv", spec.name.clone().unwrap_or_else(|| kind.name.to_owned())),
        // AMDXDNA_DEV_TYPE_KMQ: the kernel keeps the queues.
        ("device_type", "0".to_owned()),
        ("fw_version", firmware),
    ];
    for (name, value) in values {
        tree.file(format!("{device}/{name}"), value + "\n");
    }
    tree.link(format!("{device}/subsystem"), "sys/bus/pci");
    tree.link(format!("{device}/driver"), "sys/bus/pci/drivers/amdxdna");
    tree.link(format!("sys/bus/pci/devices/{pci}"), &device);
    tree.link(format!("sys/bus/pci/drivers/amdxdna/{pci}"), &device);
    let node = format!("{device}/accel/accel{minor}");
    tree.file(format!("{node}/dev"), format!("{ACCEL_MAJOR}:{minor}\n"));
    let uevent =
        format!("MAJOR={ACCEL_MAJOR}\nMINOR={minor}\nDEVNAME=accel/accel{minor}\nDEVTYPE=accel_minor\n");
    tree.file(format!("{node}/uevent"), uevent);
    tree.link(format!("{node}/device"), &device);
    tree.link(format!("{node}/subsystem"), "sys/class/accel");
    tree.link(format!("sys/class/accel/accel{minor}"), &node);
    tree.link(format!("sys/dev/char/{ACCEL_MAJOR}:{minor}"), &node);
    tree.file(format!("dev/accel/accel{minor}"), "");
}

fn facts(kind: &NpuKind, minor: u32) -> Npu {
    Npu {
        minor,
        aie_version: kind.aie_version,
        firmware: FIRMWARE,
        column_bytes: 0x200_0000,
        columns: kind.columns,
        rows: 6,
        core_rows: [2, 4],
        memory_rows: [1, 1],
        shim_rows: [0, 1],
        first_column: kind.first_column,
        aligns_columns: kind.aligns_columns,
        heap_limit: kind.heap_limit,
    }
}
