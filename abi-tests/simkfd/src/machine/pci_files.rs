//! The cards as PCI and DRM devices: /sys/devices/pci*, /sys/bus/pci, /sys/class/drm, /sys/dev/char,
//! /dev/dri, and the amdgpu module. Touches nothing but memory. Answers to what libdrm's drmGetDevice,
//! drmGetNodeTypeFromFd and drmGetMinorNameForFD, lsmod, and rocminfo look at; partitions beyond the first
//! are platform devices (amdgpu_xcp).
#![forbid(unsafe_code)]

use super::card::Card;
use super::derive::AMD;
use super::spec::Kernel;
use super::tree::Tree;

/// Major number of DRM devices.
const DRM_MAJOR: u32 = 226;

/// PCI classes: display controller, and processing accelerator, which the Instinct cards of gfx9.4.3 are.
const CLASS_VGA: u32 = 0x03_0000;
const CLASS_ACCELERATOR: u32 = 0x12_0000;

/// Adds every card and its device files.
pub fn add_cards(tree: &mut Tree, cards: &[Card<'_>]) {
    tree.directory("sys/class/drm");
    let mut platform_devices = 0;
    for card in cards {
        let device = format!("sys/devices/pci{:04x}:{:02x}/{}", card.pci.domain, card.pci.bus, card.pci);
        add_pci_device(tree, &device, card);
        add_minors(tree, &device, card.minor);
        for partition in 1..card.spec.partitions {
            let device = format!("sys/devices/platform/amdgpu_xcp.{platform_devices}");
            platform_devices += 1;
            tree.file(format!("{device}/uevent"), "DRIVER=amdgpu_xcp_drv\n");
            tree.link(format!("{device}/subsystem"), "sys/bus/platform");
            add_minors(tree, &device, card.minor + partition);
        }
    }
    if platform_devices != 0 {
        tree.directory("sys/bus/platform");
    }
}

fn add_pci_device(tree: &mut Tree, device: &str, card: &Card<'_>) {
    let spec = card.spec;
    let [subsystem_vendor, subsystem_device] = spec.subsystem;
    let class = if card.asic.is_gfx9_4_3() { CLASS_ACCELERATOR } else { CLASS_VGA };
    let values = [
        ("vendor", format!("{AMD:#06x}")),
        ("device", format!("{:#06x}", spec.device_id)),
        ("subsystem_vendor", format!("{subsystem_vendor:#06x}")),
        ("subsystem_device", format!("{subsystem_device:#06x}")),
        ("revision", format!("{:#04x}", spec.pci_rev)),
        ("class", format!("{class:#08x}")),
        ("numa_node", card.numa.to_string()),
        ("uevent", uevent(card, class)),
    ];
    for (name, value) in values {
        tree.file(format!("{device}/{name}"), value + "\n");
    }
    tree.link(format!("{device}/subsystem"), "sys/bus/pci");
    tree.link(format!("{device}/driver"), "sys/bus/pci/drivers/amdgpu");
    tree.link(format!("sys/bus/pci/devices/{}", card.pci), device);
    tree.link(format!("sys/bus/pci/drivers/amdgpu/{}", card.pci), device);
}

fn uevent(card: &Card<'_>, class: u32) -> String {
    let [subsystem_vendor, subsystem_device] = card.spec.subsystem;
    format!(
        "DRIVER=amdgpu\nPCI_CLASS={class:X}\nPCI_ID={AMD:04X}:{:04X}\n\
         PCI_SUBSYS_ID={subsystem_vendor:04X}:{subsystem_device:04X}\nPCI_SLOT_NAME={}",
        card.spec.device_id, card.pci
    )
}

/// The card and render nodes of one DRM device.
fn add_minors(tree: &mut Tree, device: &str, render: u32) {
    const RENDER_OFFSET: u32 = 128;
    for (name, minor) in [
        (format!("card{}", render - RENDER_OFFSET), render - RENDER_OFFSET),
        (format!("renderD{render}"), render),
    ] {
        let node = format!("{device}/drm/{name}");
        tree.file(format!("{node}/dev"), format!("{DRM_MAJOR}:{minor}\n"));
        let uevent = format!("MAJOR={DRM_MAJOR}\nMINOR={minor}\nDEVNAME=dri/{name}\nDEVTYPE=drm_minor\n");
        tree.file(format!("{node}/uevent"), uevent);
        tree.link(format!("{node}/device"), device);
        tree.link(format!("{node}/subsystem"), "sys/class/drm");
        tree.link(format!("sys/class/drm/{name}"), &node);
        tree.link(format!("sys/dev/char/{DRM_MAJOR}:{minor}"), &node);
        tree.file(format!("dev/dri/{name}"), "");
    }
}

/// Adds the loaded driver: /sys/module/amdgpu and its line in /proc/modules.
pub fn add_module(tree: &mut Tree, kernel: &Kernel) {
    tree.file("sys/module/amdgpu/initstate", "live\n");
    if let Some(version) = &kernel.module_version {
        tree.file("sys/module/amdgpu/version", format!("{version}\n"));
    }
    // lsmod looks for the modules that use it.
    tree.directory("sys/module/amdgpu/holders");
    tree.file("sys/module/amdgpu/parameters/cwsr_enable", "1\n");
    tree.file("proc/modules", "amdgpu 20480000 0 - Live 0x0000000000000000\n");
}
