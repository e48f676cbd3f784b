/* hsakmt.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSAKMT_HSAKMT_H
#define HSAKMT_HSAKMT_H

#include "hsakmttypes.h"

/* of linux/kfd_ioctl.h */
struct kfd_ioctl_dbg_trap_args;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Takes a dma-buf in, and looks after the token that it carries.
HSAKMT_STATUS hsaKmtHandleImport(const HsaHandleImportDesc *ImportDesc,
                                 HsaHandleImportResult *ImportResult,
                                 HsaHandleImportFlags *Flags);

// A dma-buf of a buffer, which the caller closes.
HSAKMT_STATUS hsaKmtHandleExport(const HsaHandleExportDesc *ExportDesc,
                                 HsaMemoryExportResult *ExportResult,
                                 HsaHandleExportFlags *Flags);

// Maps a part of a buffer to an address of its GPU, which the caller has reserved.
HSAKMT_STATUS hsaKmtMemoryVaMap(HsaMemoryObjectHandle Handle,
                                uint64_t offset,
                                uint64_t size,
                                uint64_t addr,
                                HsaMemoryMapFlags flags,
                                uint32_t NodeId);

// Takes such a mapping away.
HSAKMT_STATUS hsaKmtMemoryVaUnmap(HsaMemoryObjectHandle Handle,
                                  uint64_t offset,
                                  uint64_t size,
                                  uint64_t addr,
                                  uint32_t NodeId);

// Maps a buffer for the CPU, once; it stays until the buffer is freed.
HSAKMT_STATUS hsaKmtMemoryCpuMap(HsaMemoryObjectHandle Handle, void **out_cpu_ptr);

// Where a buffer begins for mmap of the descriptor that hsaKmtGetAmdGPUDeviceFd tells.
HSAKMT_STATUS hsaKmtMemoryGetCpuAddr(HsaAMDGPUDeviceHandle DeviceHandle,
                                     HsaMemoryObjectHandle MemoryHandle,
                                     uint64_t *cpu_addr);

// Gives an import back, and takes the token from the buffer.
HSAKMT_STATUS hsaKmtMemHandleFree(HsaMemoryObjectHandle Handle);

// Gives an import back; the token stays with the buffer.
HSAKMT_STATUS hsaKmtMemHandleFreePreserveMetadata(HsaMemoryObjectHandle Handle);

// Tells the kernel of the runtime.
HSAKMT_STATUS hsaKmtRuntimeEnable(void *rDebug, bool setupTtmp);

// Takes it back.
HSAKMT_STATUS hsaKmtRuntimeDisable(void);

// What the kernel said when it was told.
HSAKMT_STATUS hsaKmtGetRuntimeCapabilities(uint32_t *caps_mask);

// Whether a debugger can work.
HSAKMT_STATUS hsaKmtCheckRuntimeDebugSupport(void);

// Old interface.
HSAKMT_STATUS hsaKmtDbgRegister(uint32_t NodeId);

// Old interface.
HSAKMT_STATUS hsaKmtDbgUnregister(uint32_t NodeId);

// Old interface.
HSAKMT_STATUS hsaKmtDbgWavefrontControl(uint32_t NodeId,
                                        HSA_DBG_WAVEOP Operand,
                                        HSA_DBG_WAVEMODE Mode,
                                        uint32_t TrapId,
                                        HsaDbgWaveMessage *DbgWaveMsgRing);

// Old interface.
HSAKMT_STATUS hsaKmtDbgAddressWatch(uint32_t NodeId,
                                    uint32_t NumWatchPoints,
                                    HSA_DBG_WATCH_MODE *WatchMode,
                                    void **WatchAddress,
                                    uint64_t *WatchMask,
                                    HsaEvent **WatchEvent);

// What a core dump tells of the runtime.
HSAKMT_STATUS hsaKmtGetCoreRuntimeInfo(void *runtime_info);

// What a core dump tells of a GPU.
HSAKMT_STATUS hsaKmtGetCoreDeviceInfo(uint32_t gpu_id, void *device_info);

// Begins debugging this process. The caller frees what it is told.
HSAKMT_STATUS hsaKmtDbgEnable(void **runtime_info, uint32_t *data_size);

// Ends it.
HSAKMT_STATUS hsaKmtDbgDisable(void);

// Devices of the debugged process. The caller frees them.
HSAKMT_STATUS hsaKmtDbgGetDeviceData(void **data, uint32_t *n_entries, uint32_t *entry_size);

// Queues of the debugged process. The caller frees them.
HSAKMT_STATUS hsaKmtDbgGetQueueData(void **data,
                                    uint32_t *n_entries,
                                    uint32_t *entry_size,
                                    bool suspend_queues);

// The kernel's debugger request as it is; `Queues` are written, as the kernel's ids, to where the request points.
HSAKMT_STATUS hsaKmtDebugTrapIoctl(struct kfd_ioctl_dbg_trap_args *args,
                                   HSA_QUEUEID *Queues,
                                   uint64_t *DebugReturn);

// Creates an event.
HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *EventDesc,
                                bool ManualReset,
                                bool IsSignaled,
                                HsaEvent **Event);

// Destroys an event.
HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *Event);

// Raises a signal event.
HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *Event);

// Resets a signal event.
HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *Event);

// Tells nothing, as upstream.
HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *Event);

// Waits for an event.
HSAKMT_STATUS hsaKmtWaitOnEvent(HsaEvent *Event, uint32_t Milliseconds);

// Waits for an event newer than an age.
HSAKMT_STATUS hsaKmtWaitOnEvent_Ext(HsaEvent *Event, uint32_t Milliseconds, uint64_t *event_age);

// Waits for one or all of several events.
HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent **Events,
                                         uint32_t NumEvents,
                                         bool WaitOnAll,
                                         uint32_t Milliseconds);

// Waits for one or all of several events newer than their ages.
HSAKMT_STATUS hsaKmtWaitOnMultipleEvents_Ext(HsaEvent **Events,
                                             uint32_t NumEvents,
                                             bool WaitOnAll,
                                             uint32_t Milliseconds,
                                             uint64_t *event_age);

// A descriptor that delivers system management events.
HSAKMT_STATUS hsaKmtOpenSMI(uint32_t NodeId, int *fd);

// Default and alternate caching; only Kaveri had it.
HSAKMT_STATUS hsaKmtSetMemoryPolicy(uint32_t Node,
                                    uint32_t DefaultPolicy,
                                    uint32_t AlternatePolicy,
                                    void *MemoryAddressAlternate,
                                    uint64_t MemorySizeInBytes);

// Allocates memory.
HSAKMT_STATUS hsaKmtAllocMemory(uint32_t PreferredNode,
                                uint64_t SizeInBytes,
                                HsaMemFlags MemFlags,
                                void **MemoryAddress);

// Allocates memory with an alignment.
HSAKMT_STATUS hsaKmtAllocMemoryAlign(uint32_t PreferredNode,
                                     uint64_t SizeInBytes,
                                     uint64_t Alignment,
                                     HsaMemFlags MemFlags,
                                     void **MemoryAddress);

// Frees memory.
HSAKMT_STATUS hsaKmtFreeMemory(void *MemoryAddress, uint64_t SizeInBytes);

// Video memory that can still be allocated.
HSAKMT_STATUS hsaKmtAvailableMemory(uint32_t Node, uint64_t *AvailableBytes);

// Registers the process's memory for all GPUs, coarse-grained.
HSAKMT_STATUS hsaKmtRegisterMemory(void *MemoryAddress, uint64_t MemorySizeInBytes);

// Registers the process's memory for some GPUs, coarse-grained.
HSAKMT_STATUS hsaKmtRegisterMemoryToNodes(void *MemoryAddress,
                                          uint64_t MemorySizeInBytes,
                                          uint64_t NumberOfNodes,
                                          uint32_t *NodeArray);

// Registers the process's memory with flags.
HSAKMT_STATUS hsaKmtRegisterMemoryWithFlags(void *MemoryAddress,
                                            uint64_t MemorySizeInBytes,
                                            HsaMemFlags MemFlags);

// Imports a graphics buffer (dma-buf).
HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodes(uint64_t GraphicsResourceHandle,
                                                  HsaGraphicsResourceInfo *GraphicsResourceInfo,
                                                  uint64_t NumberOfNodes,
                                                  uint32_t *NodeArray);

// Exports memory as a dma-buf.
HSAKMT_STATUS hsaKmtExportDMABufHandle(void *MemoryAddress,
                                       uint64_t MemorySizeInBytes,
                                       int *DMABufFd,
                                       uint64_t *Offset);

// Shares memory by a handle of AMD's own kernel.
HSAKMT_STATUS hsaKmtShareMemory(void *MemoryAddress,
                                uint64_t SizeInBytes,
                                HsaSharedMemoryHandle *SharedMemoryHandle);

// Imports such a handle.
HSAKMT_STATUS hsaKmtRegisterSharedHandle(const HsaSharedMemoryHandle *SharedMemoryHandle,
                                         void **MemoryAddress,
                                         uint64_t *SizeInBytes);

// Imports such a handle for some GPUs.
HSAKMT_STATUS hsaKmtRegisterSharedHandleToNodes(const HsaSharedMemoryHandle *SharedMemoryHandle,
                                                void **MemoryAddress,
                                                uint64_t *SizeInBytes,
                                                uint64_t NumberOfNodes,
                                                uint32_t *NodeArray);

// Deprecated upstream, and refused there.
HSAKMT_STATUS hsaKmtProcessVMRead(uint32_t Pid,
                                  HsaMemoryRange *LocalMemoryArray,
                                  uint64_t LocalMemoryArrayCount,
                                  HsaMemoryRange *RemoteMemoryArray,
                                  uint64_t RemoteMemoryArrayCount,
                                  uint64_t *SizeCopied);

// Deprecated upstream, and refused there.
HSAKMT_STATUS hsaKmtProcessVMWrite(uint32_t Pid,
                                   HsaMemoryRange *LocalMemoryArray,
                                   uint64_t LocalMemoryArrayCount,
                                   HsaMemoryRange *RemoteMemoryArray,
                                   uint64_t RemoteMemoryArrayCount,
                                   uint64_t *SizeCopied);

// Takes a registration back.
HSAKMT_STATUS hsaKmtDeregisterMemory(void *MemoryAddress);

// Maps memory to its GPUs.
HSAKMT_STATUS hsaKmtMapMemoryToGPU(void *MemoryAddress, uint64_t MemorySizeInBytes, uint64_t *AlternateVAGPU);

// Maps memory to exactly these GPUs.
HSAKMT_STATUS hsaKmtMapMemoryToGPUNodes(void *MemoryAddress,
                                        uint64_t MemorySizeInBytes,
                                        uint64_t *AlternateVAGPU,
                                        HsaMemMapFlags MemMapFlags,
                                        uint64_t NumberOfNodes,
                                        uint32_t *NodeArray);

// Takes memory from the GPUs.
HSAKMT_STATUS hsaKmtUnmapMemoryToGPU(void *MemoryAddress);

// Never reached Linux; refused upstream.
HSAKMT_STATUS hsaKmtMapGraphicHandle(uint32_t NodeId,
                                     uint64_t GraphicDeviceHandle,
                                     uint64_t GraphicResourceHandle,
                                     uint64_t GraphicResourceOffset,
                                     uint64_t GraphicResourceSize,
                                     uint64_t *FlatMemoryAddress);

// Takes a graphics buffer from the GPUs.
HSAKMT_STATUS hsaKmtUnmapGraphicHandle(uint32_t NodeId, uint64_t FlatMemoryAddress, uint64_t SizeInBytes);

// Tiling registers.
HSAKMT_STATUS hsaKmtGetTileConfig(uint32_t NodeId, HsaGpuTileConfig *config);

// Only in builds for the address sanitizer, as upstream.
HSAKMT_STATUS hsaKmtReplaceAsanHeaderPage(void *addr);

// Only in builds for the address sanitizer, as upstream.
HSAKMT_STATUS hsaKmtReturnAsanHeaderPage(void *addr);

// libdrm_amdgpu's handle of a GPU, for callers that use libdrm themselves.
HSAKMT_STATUS hsaKmtGetAMDGPUDeviceHandle(uint32_t NodeId, HsaAMDGPUDeviceHandle *DeviceHandle);

// Reads or writes a file from or to GPU memory.
HSAKMT_STATUS hsaKmtAisReadWriteFile(void *MemoryAddress,
                                     uint64_t MemorySizeInBytes,
                                     int32_t fd,
                                     int64_t file_offset,
                                     uint32_t AisFlags,
                                     uint64_t *SizeCopiedInBytes,
                                     int32_t *status);

// The descriptor of a device handle's render node, which stays the library's.
HSAKMT_STATUS hsaKmtGetAmdGPUDeviceFd(HsaAMDGPUDeviceHandle DeviceHandle, int32_t *fd);

// Imports a semaphore; upstream has it on Windows only.
HSAKMT_STATUS hsaKmtImportExternalSemaphore(uint32_t NodeId,
                                            void *NtHandle,
                                            uint32_t Type,
                                            HSA_EXTERNAL_SEMAPHORE_HANDLE *OutHandle);

// Destroys a semaphore; upstream has it on Windows only.
HSAKMT_STATUS hsaKmtDestroyExternalSemaphore(HSA_EXTERNAL_SEMAPHORE_HANDLE Handle);

// Signals a semaphore from a queue; upstream has it on Windows only.
HSAKMT_STATUS hsaKmtQueueSignalExternalSemaphore(HSA_QUEUEID QueueId,
                                                 HSA_EXTERNAL_SEMAPHORE_HANDLE Handle,
                                                 uint64_t Value);

// Waits for a semaphore in a queue; upstream has it on Windows only.
HSAKMT_STATUS hsaKmtQueueWaitExternalSemaphore(HSA_QUEUEID QueueId,
                                               HSA_EXTERNAL_SEMAPHORE_HANDLE Handle,
                                               uint64_t Value);

// How much of the second-level cache keeps its lines.
HSAKMT_STATUS hsaKmtSetPersistingCacheSize(uint32_t NodeId, uint64_t SizeInBytes);

// How long the kernel waits before SIGBUS for poisoned memory.
HSAKMT_STATUS hsaKmtSetSigbusDelay(uint32_t NodeId, uint32_t DelayMs);

// Opens the driver; counts when it is open.
HSAKMT_STATUS hsaKmtOpenKFD(void);

// Takes one opening back.
HSAKMT_STATUS hsaKmtCloseKFD(void);

// The driver's interface version.
HSAKMT_STATUS hsaKmtGetVersion(HsaVersionInfo *VersionInfo);

// Clocks of a node.
HSAKMT_STATUS hsaKmtGetClockCounters(uint32_t NodeId, HsaClockCounters *Counters);

// Frequency of a GPU's clock, Hz.
HSAKMT_STATUS hsaKmtGetNodeWallclockFrequency(uint32_t NodeId, uint64_t *Frequency);

// Counters of a node; the memory stays the library's.
HSAKMT_STATUS hsaKmtPmcGetCounterProperties(uint32_t NodeId, HsaCounterProperties **CounterProperties);

// Registers counters that the kernel counts.
HSAKMT_STATUS hsaKmtPmcRegisterTrace(uint32_t NodeId,
                                     uint32_t NumberOfCounters,
                                     HsaCounter *Counters,
                                     HsaPmcTraceRoot *TraceRoot);

// Takes a registration back.
HSAKMT_STATUS hsaKmtPmcUnregisterTrace(uint32_t NodeId, HSATraceId TraceId);

// Takes counters for oneself: as in upstream's library, a check of the arguments.
HSAKMT_STATUS hsaKmtPmcAcquireTraceAccess(uint32_t NodeId, HSATraceId TraceId);

// Gives them back: as in upstream's library, a check of the registration.
HSAKMT_STATUS hsaKmtPmcReleaseTraceAccess(uint32_t NodeId, HSATraceId TraceId);

// Starts counting.
HSAKMT_STATUS hsaKmtPmcStartTrace(HSATraceId TraceId, void *TraceBuffer, uint64_t TraceBufferSizeBytes);

// Reads counters.
HSAKMT_STATUS hsaKmtPmcQueryTrace(HSATraceId TraceId);

// Stops counting.
HSAKMT_STATUS hsaKmtPmcStopTrace(HSATraceId TraceId);

// What is known of an address.
HSAKMT_STATUS hsaKmtQueryPointerInfo(const void *Pointer, HsaPointerInfo *PointerInfo);

// Attaches a word to memory.
HSAKMT_STATUS hsaKmtSetMemoryUserData(const void *Pointer, void *UserData);

// Creates a queue.
HSAKMT_STATUS hsaKmtCreateQueue(uint32_t NodeId,
                                HSA_QUEUE_TYPE Type,
                                uint32_t QueuePercentage,
                                HSA_QUEUE_PRIORITY Priority,
                                void *QueueAddress,
                                uint64_t QueueSizeInBytes,
                                HsaEvent *Event,
                                HsaQueueResource *QueueResource);

// Changes a queue.
HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID QueueId,
                                uint32_t QueuePercentage,
                                HSA_QUEUE_PRIORITY Priority,
                                void *QueueAddress,
                                uint64_t QueueSize,
                                HsaEvent *Event);

// Destroys a queue.
HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID QueueId);

// Restricts a queue to compute units.
HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID QueueId, uint32_t CUMaskCount, uint32_t *QueueCUMask);

// What a queue's save area holds.
HSAKMT_STATUS hsaKmtGetQueueInfo(HSA_QUEUEID QueueId, HsaQueueInfo *QueueInfo);

// The driver's id of a queue.
HSAKMT_STATUS hsaKmtGetKernelQueueId(HSA_QUEUEID QueueId, uint32_t *KernelInternalQueueId);

// Second-level trap handler of a GPU.
HSAKMT_STATUS hsaKmtSetTrapHandler(uint32_t NodeId,
                                   void *TrapHandlerBaseAddress,
                                   uint64_t TrapHandlerSizeInBytes,
                                   void *TrapBufferBaseAddress,
                                   uint64_t TrapBufferSizeInBytes);

// Global wave sync resources for a queue.
HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID QueueId, uint32_t nGWS, uint32_t *firstGWS);

// Sets attributes of a range.
HSAKMT_STATUS hsaKmtSVMSetAttr(void *start_addr, uint64_t size, uint32_t nattr, HSA_SVM_ATTRIBUTE *attrs);

// Reads attributes of a range.
HSAKMT_STATUS hsaKmtSVMGetAttr(void *start_addr, uint64_t size, uint32_t nattr, HSA_SVM_ATTRIBUTE *attrs);

// Switches retry of page faults.
HSAKMT_STATUS hsaKmtSetXNACKMode(int32_t enable);

// Whether page faults are retried.
HSAKMT_STATUS hsaKmtGetXNACKMode(int32_t *enable);

// Takes the streaming monitor for oneself.
HSAKMT_STATUS hsaKmtSPMAcquire(uint32_t PreferredNode);

// Gives it back.
HSAKMT_STATUS hsaKmtSPMRelease(uint32_t PreferredNode);

// Where the streaming monitor writes from now on, and what it wrote before.
HSAKMT_STATUS hsaKmtSPMSetDestBuffer(uint32_t PreferredNode,
                                     uint32_t SizeInBytes,
                                     uint32_t *timeout,
                                     uint32_t *SizeCopied,
                                     void *DestMemoryAddress,
                                     bool *isSPMDataLoss);

// Whether the kernel samples program counters.
HSAKMT_STATUS hsaKmtPcSamplingSupport(void);

// What sampling a node offers.
HSAKMT_STATUS hsaKmtPcSamplingQueryCapabilities(uint32_t NodeId,
                                                void *sample_info,
                                                uint32_t sample_info_sz,
                                                uint32_t *sz_needed);

// Creates a sampling session.
HSAKMT_STATUS hsaKmtPcSamplingCreate(uint32_t node_id,
                                     HsaPcSamplingInfo *sample_info,
                                     HsaPcSamplingTraceId *traceId);

// Destroys it.
HSAKMT_STATUS hsaKmtPcSamplingDestroy(uint32_t NodeId, HsaPcSamplingTraceId traceId);

// Starts it.
HSAKMT_STATUS hsaKmtPcSamplingStart(uint32_t NodeId, HsaPcSamplingTraceId traceId);

// Stops it.
HSAKMT_STATUS hsaKmtPcSamplingStop(uint32_t NodeId, HsaPcSamplingTraceId traceId);

// Takes a snapshot of the topology, or finds the one taken.
HSAKMT_STATUS hsaKmtAcquireSystemProperties(HsaSystemProperties *SystemProperties);

// Gives the snapshot back.
HSAKMT_STATUS hsaKmtReleaseSystemProperties(void);

// Properties of a node.
HSAKMT_STATUS hsaKmtGetNodeProperties(uint32_t NodeId, HsaNodeProperties *NodeProperties);

// Memory banks of a node.
HSAKMT_STATUS hsaKmtGetNodeMemoryProperties(uint32_t NodeId,
                                            uint32_t NumBanks,
                                            HsaMemoryProperties *MemoryProperties);

// Caches of a node.
HSAKMT_STATUS hsaKmtGetNodeCacheProperties(uint32_t NodeId,
                                           uint32_t ProcessorId,
                                           uint32_t NumCaches,
                                           HsaCacheProperties *CacheProperties);

// Links of a node.
HSAKMT_STATUS hsaKmtGetNodeIoLinkProperties(uint32_t NodeId,
                                            uint32_t NumIoLinks,
                                            HsaIoLinkProperties *IoLinkProperties);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif
