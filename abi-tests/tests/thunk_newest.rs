//! libhsakmt.so.1's newest names. No release has them in a library of its own, so that what is right is known from upstream's
//! source and from the simulated machine.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// What the program says.
const SAID: &str = "\
hsaKmtSetSigbusDelay(0, 100): 20
hsaKmtGetNodeWallclockFrequency(0, &frequency): 20
hsaKmtOpenKFD(): 0
hsaKmtAcquireSystemProperties(&system): 0
3 nodes, GPUs: 1 2
hsaKmtGetNodeWallclockFrequency(gpus[0], &frequency): 0
100000000 Hz
hsaKmtGetNodeWallclockFrequency(gpus[0], NULL): 3
hsaKmtGetNodeWallclockFrequency(0, &frequency): 1
hsaKmtGetNodeWallclockFrequency(12345, &frequency): 5
hsaKmtMapMemoryToGPU(ring, 4096, NULL): 0
hsaKmtCreateQueue(gpus[0], HSA_QUEUE_COMPUTE, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, 4096, NULL, &resources[i]): 0
hsaKmtGetKernelQueueId(resources[i].QueueId, &number): 0
number 0
hsaKmtCreateQueue(gpus[0], HSA_QUEUE_COMPUTE, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, 4096, NULL, &resources[i]): 0
hsaKmtGetKernelQueueId(resources[i].QueueId, &number): 0
number 1
hsaKmtGetKernelQueueId(resources[0].QueueId, NULL): 3
hsaKmtDestroyQueue(resources[i].QueueId): 0
hsaKmtDestroyQueue(resources[i].QueueId): 0
hsaKmtGetKernelQueueId(resources[0].QueueId, &number): 3
hsaKmtUnmapMemoryToGPU(ring): 0
hsaKmtFreeMemory(ring, 4096): 0
hsaKmtGetCoreRuntimeInfo(&runtime): 0
debugged by 0, state 0, set up 0
hsaKmtRuntimeEnable((void *)0x1000, true): 0
hsaKmtGetCoreRuntimeInfo(&runtime): 0
debugged by 0x1000, state 1, set up 1
hsaKmtRuntimeDisable(): 0
hsaKmtGetCoreRuntimeInfo(NULL): 1
hsaKmtGetCoreDeviceInfo(properties.KFDGpuID, &device): 0
the GPU's own number: yes, gfx 110000, vendor 0x1002
hsaKmtGetCoreDeviceInfo(properties.KFDGpuID, NULL): 1
hsaKmtGetCoreDeviceInfo(1, &device): 5
hsaKmtAisReadWriteFile(memory, 4096, STDOUT_FILENO, 0, 77, &copied, &status): 3
untouched 77 77
hsaKmtAisReadWriteFile(memory, 4096, STDOUT_FILENO, 0, 1, &copied, &status): 1
copied 0, status 0
hsaKmtFreeMemory(memory, 4096): 0
hsaKmtImportExternalSemaphore(gpus[0], NULL, 0, &semaphore): 11
hsaKmtDestroyExternalSemaphore(semaphore): 11
hsaKmtQueueSignalExternalSemaphore(1, semaphore, 1): 11
hsaKmtQueueWaitExternalSemaphore(1, semaphore, 1): 11
hsaKmtSetPersistingCacheSize(gpus[0], 4096): 1
hsaKmtSetPersistingCacheSize(gpus[0], 1ull << 32): 3
hsaKmtSetPersistingCacheSize(0, 4096): 3
hsaKmtSetSigbusDelay(gpus[0], 100): 11
hsaKmtSetSigbusDelay(0, 100): 11
hsaKmtReleaseSystemProperties(): 0
hsaKmtCloseKFD(): 0
";

#[test]
fn the_newest_names_answer_as_upstreams_source_says() {
    let (program, machine) = (Program::ours("kmt_newest"), Machine::new("desktop-7900xtx"));
    let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
    assert_eq!((&*outcome.stdout, outcome.code), (SAID, 0), "{}", outcome.stderr);
}
