//! The processors of a machine: how Linux numbers them and groups them into nodes and caches. Touches nothing
//! but memory. Answers to the CPU enumeration of arch/x86/kernel/smpboot.c and apic (siblings last, packages
//! at powers of two) and of arch/riscv (harts in order).
#![forbid(unsafe_code)]

use super::spec::{Arch, Cpu, Machine};

/// One processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processor {
    /// Linux's number.
    pub number: u32,
    /// APIC id on x86, the hart elsewhere.
    pub hardware_id: u32,
    /// Core within the node.
    pub core: u32,
    /// Thread within the core.
    pub thread: u32,
}

/// One NUMA node with processors.
#[derive(Debug)]
pub struct NumaNode<'a> {
    /// Its description.
    pub spec: &'a Cpu,
    /// Its processors, core by core.
    pub processors: Vec<Processor>,
}

impl NumaNode<'_> {
    /// Numbers of the processors that share the cache of `width` threads which `processor` uses, ascending.
    pub fn sharing(&self, processor: Processor, width: u32) -> Vec<u32> {
        let group = |one: &Processor| (one.core * self.spec.threads_per_core + one.thread) / width.max(1);
        let mut numbers: Vec<u32> = self
            .processors
            .iter()
            .filter(|other| group(other) == group(&processor))
            .map(|other| other.number)
            .collect();
        numbers.sort_unstable();
        numbers
    }
}

/// The NUMA nodes of `machine`, or what is wrong with their description.
pub fn numa_nodes(machine: &Machine) -> Result<Vec<NumaNode<'_>>, String> {
    let specs: Vec<&Cpu> =
        machine.cpus.iter().flat_map(|cpu| std::iter::repeat_n(cpu, cpu.count as usize)).collect();
    if let Some(bad) = specs
        .iter()
        .find(|cpu| cpu.threads == 0 || cpu.threads_per_core == 0 || cpu.threads % cpu.threads_per_core != 0)
    {
        return Err(format!("cpu: {} threads in cores of {}", bad.threads, bad.threads_per_core));
    }
    if specs.is_empty() {
        return Err("cpu: a machine needs at least one".into());
    }
    let all_cores: u32 = specs.iter().map(|cpu| cpu.threads / cpu.threads_per_core).sum();
    let (mut first_core, mut first_apic) = (0, 0);
    let mut nodes = Vec::new();
    for spec in specs {
        let cores = spec.threads / spec.threads_per_core;
        let processor = |core: u32, thread: u32| {
            let number = all_cores * thread + first_core + core;
            let apic = first_apic + core * spec.threads_per_core + thread;
            let hardware_id = if machine.arch == Arch::X86 { apic } else { number };
            Processor { number, hardware_id, core, thread }
        };
        let processors = (0..cores)
            .flat_map(|core| (0..spec.threads_per_core).map(move |thread| (core, thread)))
            .map(|(core, thread)| processor(core, thread))
            .collect();
        nodes.push(NumaNode { spec, processors });
        first_core += cores;
        first_apic += spec.threads.next_power_of_two();
    }
    Ok(nodes)
}

/// A set of processors in the kernel's list format: `0-3,8`.
pub fn list(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let words: Vec<String> = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    words.join(",")
}

/// A set of processors in the kernel's bitmap format (`%*pb`) for a kernel that knows `count` of them.
pub fn map(numbers: &[u32], count: u32) -> String {
    let words: Vec<String> = (0..count.div_ceil(32))
        .rev()
        .map(|word| {
            let bits = numbers.iter().filter(|number| **number / 32 == word);
            let value = bits.fold(0u32, |value, number| value | 1 << (number % 32));
            let digits = (count - word * 32).min(32).div_ceil(4) as usize;
            format!("{value:0digits$x}")
        })
        .collect();
    words.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(arch: &str, count: u32, threads: u32, per_core: u32) -> Machine {
        toml::from_str(&format!(
            "source = 'test'\narch = '{arch}'\n[[cpu]]\ncount = {count}\nmodel = 'm'\nthreads = {threads}\n\
             threads_per_core = {per_core}\nmemory_kib = 1\n"
        ))
        .unwrap()
    }

    #[test]
    fn siblings_are_numbered_after_all_cores_and_packages_start_at_powers_of_two() {
        // 4x MI300A with 24 cores each: the second node's first APIC id is 64 in the AMD training capture.
        let machine = machine("x86_64", 4, 48, 2);
        let nodes = numa_nodes(&machine).unwrap();
        let second = nodes[1].processors[0];
        assert_eq!((second.number, second.hardware_id), (24, 64));
        assert_eq!(nodes[1].processors[1], Processor { number: 120, hardware_id: 65, core: 0, thread: 1 });
        assert_eq!(nodes[1].sharing(second, 2), [24, 120]);
    }

    #[test]
    fn harts_are_numbered_in_order() {
        let machine = machine("riscv64", 1, 64, 1);
        let nodes = numa_nodes(&machine).unwrap();
        assert_eq!(nodes[0].processors[63].hardware_id, 63);
        assert_eq!(nodes[0].sharing(nodes[0].processors[5], 4), [4, 5, 6, 7]);
    }

    #[test]
    fn odd_threads_are_refused() {
        assert!(numa_nodes(&machine("x86_64", 1, 5, 2)).unwrap_err().contains("5 threads"));
    }

    #[test]
    fn sets_are_written_as_the_kernel_writes_them() {
        assert_eq!(list(&[0, 1, 2, 3, 8]), "0-3,8");
        assert_eq!(map(&[0, 1, 33], 48), "0002,00000003");
        assert_eq!(map(&[0, 16], 32), "00010001");
        assert_eq!(map(&[3], 6), "08");
    }
}
