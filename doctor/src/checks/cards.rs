//! Cards on the bus and nodes of the driver: what became of each, and what is to be known of it.
//!
//! Touches nothing but what was read. Answers to Linux `kfd_device.c` (`kgd2kfd_probe`, `kgd2kfd_device_init`) and
//! `kfd_topology.c`.
#![forbid(unsafe_code)]

use super::size;
use crate::{
    driver::Answers,
    finding::{Check, Finding},
    machine::{Card, Machine, Node},
};

/// More GPUs than this make first uses slow: each allocation is mapped on all.
const MANY: usize = 16;

/// Each card and each node.
pub fn check(machine: &Machine) -> Vec<Finding> {
    let cards = machine.cards.iter().filter_map(|card| left_out(card, machine));
    let unreadable = machine.unreadable.iter().map(|(path, error)| {
        let remedy = "if it is to be used here: allow its device in the container's device cgroup";
        Finding::note(Check::Node, path.display().to_string(), error.to_string()).with(remedy)
    });
    let mut findings: Vec<Finding> = cards.chain(unreadable).collect();
    findings.extend(machine.gpus().flat_map(node));
    let count = machine.gpus().count();
    if count == 0 {
        findings.push(Finding::error(
            Check::Node,
            "GPUs",
            "the driver tells of none",
            "see the findings above, and dmesg for amdgpu and kfd",
        ));
    } else if count > MANY {
        findings.push(Finding::note(
            Check::Node,
            "GPUs",
            format!("{count}: memory is mapped on each, so a first allocation may take seconds with upstream's library"),
        ).with("name those that a program uses in ROCR_VISIBLE_DEVICES"));
    }
    findings
}

/// A card that no node stands for.
fn left_out(card: &Card, machine: &Machine) -> Option<Finding> {
    // The nodes of a card's partitions have its address with another function.
    let device = |address: &str| address.rsplit_once('.').map(|(device, _)| device.to_owned());
    if machine.gpus().any(|gpu| device(&gpu.address()) == device(&card.address)) {
        return None;
    }
    let (text, remedy) = match card.driver.as_deref() {
        Some("amdgpu") => (
            "amdgpu drives it, but not for computing".to_owned(),
            "put it into a slot that carries PCIe atomics (GPUs before gfx9 must have them), and use a kernel that \
             knows it; dmesg has a line of kfd",
        ),
        Some(other) => (format!("driver {other} has it"), "bind it to amdgpu if it is to compute"),
        None => ("no driver has it".to_owned(), "load amdgpu, and its firmware; dmesg tells what is missing"),
    };
    let finding = if machine.gpus().next().is_none() { Finding::error } else { Finding::warning };
    Some(finding(Check::Card, card.address.clone(), text, remedy.to_owned()))
}

fn node(gpu: &Node) -> Vec<Finding> {
    let Some(gfx) = gpu.gfx() else {
        let text = "the driver tells no version of its instruction set";
        return vec![Finding::error(Check::Node, gpu.name(), text, "use a kernel that knows this GPU")];
    };
    let units = gpu.get("simd_count") / gpu.get("simd_per_cu").max(1);
    let text = format!("{units} compute units at {}, {} of memory", gpu.address(), size(gpu.bytes()));
    let mut findings = vec![Finding::ok(Check::Node, gpu.name(), text)];
    if gfx.major < 9 {
        let text =
            "ROCm's libraries have left GPUs before gfx9: some start without it, some do not start at all";
        findings.push(
            Finding::note(Check::Node, gpu.name(), text).with("if so: leave it out of ROCR_VISIBLE_DEVICES"),
        );
    }
    if (gfx.major, gfx.minor, gfx.stepping) == (10, 1, 3) {
        let text =
            "no library of ROCm has code for it, and its queues give wrong results with some firmwares";
        findings.push(
            Finding::note(Check::Node, gpu.name(), text)
                .with("HSA_OVERRIDE_GFX_VERSION=10.1.0; amdgpu.sched_policy=2 if the machine freezes"),
        );
    }
    findings
}

/// How processors and GPUs reach each other: atomics and the window on a GPU's memory.
pub fn ways(machine: &Machine, answers: &Answers) -> Vec<Finding> {
    machine.gpus().flat_map(|gpu| [atomics(gpu), window(gpu, answers)]).collect()
}

fn atomics(gpu: &Node) -> Finding {
    if !gpu.lacks_atomics() {
        return Finding::ok(Check::Atomics, gpu.name(), "the way to its processor carries atomics");
    }
    Finding::warning(
        Check::Atomics,
        gpu.name(),
        "the way to its processor carries no PCIe atomics: printf and assert in kernels, and shared counters, fail",
        "use a slot of the processor itself, not the chipset's, and no riser or old bridge between",
    )
}

fn window(gpu: &Node, answers: &Answers) -> Finding {
    let told = gpu.render_minor().and_then(|minor| answers.render.get(&minor)?.as_ref().ok());
    let small = told.map(|(_, memory)| *memory).filter(|memory| memory.visible < memory.vram);
    let text = match small {
        Some(memory) => {
            format!("processors see {} of its {}", size(memory.visible), size(memory.vram))
        }
        None if gpu.hides_memory() => "processors see a part of its memory only".to_owned(),
        None => return Finding::ok(Check::Bar, gpu.name(), "processors see all of its memory"),
    };
    let text = format!("{text}: no direct access, and no peer of it");
    Finding::warning(
        Check::Bar,
        gpu.name(),
        text,
        "turn on Resizable BAR and Above 4G Decoding in the firmware",
    )
}
