//! Queues made by functions that no release has which Debian packages: by description, and shared by count. Their manners are
//! those that upstream's own tests (rocrtst) ask for, so ours runs alone.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// What `described.c` says.
const DESCRIBED: &str = "\
no descriptions: 0x1001, none of them: 0x1001, a processor: 0x1004
desc.version = 2: 0x1001, none
desc.flags = 4: 0x1001, none
desc.engine_type = 3: 0x1001, none
desc.engine_type = HSA_AMD_QUEUE_ENGINE_AIE: 0x1002, none
desc.reserved_header[2] = 1: 0x1001, none
desc.reserved[19] = 1: 0x1001, none
desc.queue_size_bytes = 0: 0x1001, none
desc.queue_size_bytes = 3: 0x1001, none
desc.queue_size_bytes = 32: 0x1001, none
desc.priority = 3: 0x1001, none
desc.engine.compute.type = 3: 0x1001, none
desc.engine.compute.reserved[0] = 1: 0x1001, none
desc.engine.compute.cu_mask_count = 32: 0x1001, none
desc.engine.compute.cu_mask = mask: 0x1001, none
(desc.engine.compute.cu_mask = mask, desc.engine.compute.cu_mask_count = 1): 0x1001, none
(desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine): 0x1002, none
(desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine, desc.engine.sdma.reserved[0] = 1): 0x1001, none
(desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine, desc.queue_size_bytes = 3): 0x1001, none
(desc.engine.compute.type = HSA_QUEUE_TYPE_COOPERATIVE, desc.priority = HSA_AMD_QUEUE_PRIORITY_HIGH): 0x1002, none
flags 0: 64 packets, type 0, mask 0xf0 0, 256 right
flags 1: 64 packets, type 0, mask 0xf0 0, 256 right
flags 2: 64 packets, type 0, mask 0xf0 0, 256 right
flags 3: 64 packets, type 0, mask 0xf0 0, 256 right
uses -1, its id: 1, engine 0
the third is wrong: 0x1001
types 2 0, a third: 0
end
";

/// KFD_IOC_ALLOC_MEM_FLAGS_VRAM and KFD_IOC_ALLOC_MEM_FLAGS_UNCACHED: what only rings and descriptors are.
const VRAM_UNCACHED: u32 = 1 | 1 << 25;

#[test]
fn queues_are_as_they_are_described_and_where() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else { return };
    let (program, machine) = (Program::ours("described"), Machine::new("desktop-7900xtx"));
    let trace = kernels.path().with_extension("trace");
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).trace(&trace);
    let outcome = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1").run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, DESCRIBED), "{}", outcome.stderr);
    let trace = std::fs::read_to_string(trace).expect("it was written");
    // Of the driver's 0 to 15.
    assert_eq!(trace.matches(" queue_priority=0xb").count(), 4);
    let flags = trace.lines().filter(|line| line.contains("ALLOC_MEMORY_OF_GPU")).filter_map(|line| {
        let (_, flags) = line.split_once(" flags=0x")?;
        u32::from_str_radix(flags.split(' ').next()?, 16).ok()
    });
    // A ring, a descriptor, and both.
    assert_eq!(flags.filter(|flags| flags & VRAM_UNCACHED == VRAM_UNCACHED).count(), 4);
}

#[test]
fn rings_are_in_the_gpus_memory_where_the_host_reaches_all_of_it() {
    let machine = Machine::with("sg2044-w7800", "visible_kib = 262144\n");
    let program = Program::ours("described");
    let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).arg("small").run();
    let said = "flags 0: 0\nflags 1: 0x1002\nflags 2: 0x1002\nflags 3: 0x1002\n";
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, said), "{}", outcome.stderr);
}

/// What `counted.c` says.
const COUNTED: &str = "\
hsa_amd_counted_queue_acquire(gpu, HSA_QUEUE_TYPE_MULTI, HSA_AMD_QUEUE_PRIORITY_LOW, NULL, NULL, 0, NULL): 0x1001
acquire(gpu, HSA_QUEUE_TYPE_MULTI, 999): 0x1001
acquire(gpu, HSA_QUEUE_TYPE_SINGLE, HSA_AMD_QUEUE_PRIORITY_LOW): 0x1002
acquire(cpu, HSA_QUEUE_TYPE_MULTI, HSA_AMD_QUEUE_PRIORITY_LOW): 0x1004
hsa_amd_counted_queue_release(NULL): 0x1001
0: queue 0 of 16384 packets, 2 uses
1: queue 1 of 16384 packets, 1 uses
2: queue 0 of 16384 packets, 2 uses
3: queue 2 of 16384 packets, 2 uses
4: queue 3 of 16384 packets, 1 uses
5: queue 2 of 16384 packets, 2 uses
own handles: 1, one ring: 1
hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_LOW): 0x1007
hsa_amd_queue_cu_set_mask(queue, 32, mask): 0x1007
hsa_queue_destroy(queue): 0x1007
right: 1536 of 1536
hsa_amd_queue_get_info(shared_queues[0], HSA_QUEUE_INFO_USE_COUNT, &left): 0x1001
again: queue 0, 1 uses
end
";

#[test]
fn queues_are_shared_by_as_many_as_want_them() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else { return };
    let (program, machine) = (Program::ours("counted"), Machine::new("desktop-7900xtx"));
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
    let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
    let outcome = client.env("GPU_MAX_HW_QUEUES", "2").run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, COUNTED), "{}", outcome.stderr);
}
