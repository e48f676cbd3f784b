/* hsa_ext_amd.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_HSA_EXT_AMD_H
#define HSA_HSA_EXT_AMD_H

#include "hsa.h"
#include "hsa_ext_image.h"
#include "hsa_ven_amd_pc_sampling.h"
#include "amd_launch_descriptor.h"

/* Flags that are counted over several bytes, for example HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES. */
static inline void hsa_flag_set64(uint8_t *value, uint32_t bit) { value[bit / 8] |= (uint8_t)(1u << (bit % 8)); }
static inline bool hsa_flag_isset64(uint8_t *value, uint32_t bit) { return (value[bit / 8] >> (bit % 8)) & 1; }

// `version` of `hsa_amd_memory_copy_op_t`.
#define HSA_AMD_MEMORY_COPY_OP_VERSION 1

// `version` of `hsa_amd_queue_create_desc_t`.
#define HSA_AMD_QUEUE_CREATE_DESC_VERSION 1

// The runtime chooses the SDMA engine.
#define HSA_AMD_SDMA_ENGINE_ID_ANY UINT32_MAX

// The runtime chooses the size of the private segment.
#define HSA_AMD_PRIVATE_SEGMENT_SIZE_DEFAULT UINT32_MAX

// Version of the AMD extension that these types describe (HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR).
#define HSA_AMD_INTERFACE_VERSION_MAJOR 1

// Version of the AMD extension that these types describe (HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR).
#define HSA_AMD_INTERFACE_VERSION_MINOR 31

// Coherence of an APU's accesses to system memory.
typedef enum hsa_amd_coherency_type_t {
  HSA_AMD_COHERENCY_TYPE_COHERENT = 0,
  HSA_AMD_COHERENCY_TYPE_NONCOHERENT = 1,
} hsa_amd_coherency_type_t;

// Attributes of `hsa_amd_memory_pool_get_info`; sizes in bytes.
typedef enum hsa_amd_memory_pool_info_t {
  HSA_AMD_MEMORY_POOL_INFO_SEGMENT = 0,
  HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS = 1,
  HSA_AMD_MEMORY_POOL_INFO_SIZE = 2,
  HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED = 5,
  HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE = 6,
  HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT = 7,
  HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL = 15,
  HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE = 16,
  HSA_AMD_MEMORY_POOL_INFO_LOCATION = 17,
  HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE = 18,
} hsa_amd_memory_pool_info_t;

// One bit an SDMA engine.
typedef enum hsa_amd_sdma_engine_id_t {
  HSA_AMD_SDMA_ENGINE_0 = 1,
  HSA_AMD_SDMA_ENGINE_1 = 2,
  HSA_AMD_SDMA_ENGINE_2 = 4,
  HSA_AMD_SDMA_ENGINE_3 = 8,
  HSA_AMD_SDMA_ENGINE_4 = 16,
  HSA_AMD_SDMA_ENGINE_5 = 32,
  HSA_AMD_SDMA_ENGINE_6 = 64,
  HSA_AMD_SDMA_ENGINE_7 = 128,
  HSA_AMD_SDMA_ENGINE_8 = 256,
  HSA_AMD_SDMA_ENGINE_9 = 512,
  HSA_AMD_SDMA_ENGINE_10 = 1024,
  HSA_AMD_SDMA_ENGINE_11 = 2048,
  HSA_AMD_SDMA_ENGINE_12 = 4096,
  HSA_AMD_SDMA_ENGINE_13 = 8192,
  HSA_AMD_SDMA_ENGINE_14 = 16384,
  HSA_AMD_SDMA_ENGINE_15 = 32768,
} hsa_amd_sdma_engine_id_t;

// Attributes of `hsa_amd_agent_memory_pool_get_info`.
typedef enum hsa_amd_agent_memory_pool_info_t {
  HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS = 0,
  HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS = 1,
  HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO = 2,
} hsa_amd_agent_memory_pool_info_t;

// What kind of memory a pointer belongs to.
typedef enum hsa_amd_pointer_type_t {
  HSA_EXT_POINTER_TYPE_UNKNOWN = 0,
  HSA_EXT_POINTER_TYPE_HSA = 1,
  HSA_EXT_POINTER_TYPE_LOCKED = 2,
  HSA_EXT_POINTER_TYPE_GRAPHICS = 3,
  HSA_EXT_POINTER_TYPE_IPC = 4,
  HSA_EXT_POINTER_TYPE_RESERVED_ADDR = 5,
  HSA_EXT_POINTER_TYPE_HSA_VMEM = 6,
} hsa_amd_pointer_type_t;

// Kind of a system event.
typedef enum hsa_amd_event_type_t {
  HSA_AMD_GPU_MEMORY_FAULT_EVENT = 0,
  HSA_AMD_GPU_HW_EXCEPTION_EVENT = 1,
  HSA_AMD_GPU_MEMORY_ERROR_EVENT = 2,
  HSA_AMD_SYSTEM_SHUTDOWN_EVENT = 3,
} hsa_amd_event_type_t;

// Bits: how the GPU was reset.
typedef enum hsa_amd_hw_exception_reset_type_t {
  HSA_AMD_HW_EXCEPTION_RESET_TYPE_OTHER = (1 << 0),
} hsa_amd_hw_exception_reset_type_t;

// Bits: why the GPU was reset.
typedef enum hsa_amd_hw_exception_reset_cause_t {
  HSA_AMD_HW_EXCEPTION_CAUSE_GPU_HANG = (1 << 0),
  HSA_AMD_HW_EXCEPTION_CAUSE_ECC = (1 << 1),
} hsa_amd_hw_exception_reset_cause_t;

// Scheduling priority of a queue.
typedef enum hsa_amd_queue_priority_t {
  HSA_AMD_QUEUE_PRIORITY_LOW = 0,
  HSA_AMD_QUEUE_PRIORITY_NORMAL = 1,
  HSA_AMD_QUEUE_PRIORITY_HIGH = 2,
} hsa_amd_queue_priority_t;

// Where a rectangle copy comes from and goes to.
typedef enum hsa_amd_copy_direction_t {
  hsaHostToHost = 0,
  hsaHostToDevice = 1,
  hsaDeviceToHost = 2,
  hsaDeviceToDevice = 3,
} hsa_amd_copy_direction_t;

// Kind of physical memory.
typedef enum hsa_amd_memory_type_t {
  MEMORY_TYPE_NONE = 0,
  MEMORY_TYPE_PINNED = 1,
} hsa_amd_memory_type_t;

// Attributes of `hsa_amd_queue_get_info`.
typedef enum hsa_queue_info_attribute_t {
  HSA_AMD_QUEUE_INFO_AGENT = 0,
  HSA_AMD_QUEUE_INFO_DOORBELL_ID = 1,
  HSA_QUEUE_INFO_USE_COUNT = 2,
  HSA_QUEUE_INFO_HW_ID = 3,
  HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_DISPATCH_PKT_VERSION_MAJOR = 4,
  HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_DISPATCH_PKT_VERSION_MINOR = 5,
  HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_BARRIER_PKT_VERSION_MAJOR = 6,
  HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_BARRIER_PKT_VERSION_MINOR = 7,
  HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_RING_BUFFER = 8,
  HSA_AMD_QUEUE_INFO_PROPERTIES = 9,
  HSA_AMD_QUEUE_INFO_VM_FAULT_STATUS = 10,
  HSA_AMD_QUEUE_INFO_VM_FAULT_ADDRESS = 11,
  HSA_AMD_QUEUE_INFO_VM_FAULT_REASON = 12,
  HSA_AMD_QUEUE_INFO_ENGINE_TYPE = 13,
  HSA_AMD_QUEUE_INFO_SDMA_ENGINE_ID = 14,
  HSA_AMD_QUEUE_INFO_READ_POINTER = 15,
  HSA_AMD_QUEUE_INFO_WRITE_POINTER = 16,
} hsa_queue_info_attribute_t;

// Kind of an imported semaphore handle.
typedef enum hsa_amd_external_semaphore_handle_type_t {
  HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32 = 0,
  HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT = 1,
  HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD = 2,
} hsa_amd_external_semaphore_handle_type_t;

// Vendor packet formats.
typedef enum hsa_amd_packet_type_t {
  HSA_AMD_PACKET_TYPE_BARRIER_VALUE = 2,
  HSA_AMD_PACKET_TYPE_EXT_KERNEL_DISPATCH = 3,
  HSA_AMD_PACKET_TYPE_RESERVED200 = 200,
} hsa_amd_packet_type_t;

// Bit positions in `hsa_amd_ext_perf_hint_t`.
typedef enum hsa_amd_ext_perf_hint_subfield_t {
  HSA_AMD_EXT_PERF_HINT_GROUP_MEM_CARVEOUT = 0,
  HSA_AMD_EXT_PERF_HINT_REVERSE_DISPATCH_ORDER = 7,
} hsa_amd_ext_perf_hint_subfield_t;

// Bit widths in `hsa_amd_ext_perf_hint_t`.
typedef enum hsa_amd_ext_perf_hint_subfield_width_t {
  HSA_AMD_EXT_PERF_HINT_WIDTH_GROUP_MEM_CARVEOUT = 7,
  HSA_AMD_EXT_PERF_HINT_WIDTH_REVERSE_DISPATCH_ORDER = 1,
} hsa_amd_ext_perf_hint_subfield_width_t;

// Bit positions in the headers of prefetch metadata packets.
typedef enum hsa_amd_metadata_packet_header_t {
  HSA_AMD_METADATA_PACKET_HEADER_TYPE = 0,
  HSA_AMD_METADATA_PACKET_HEADER_RESERVED = 8,
  HSA_AMD_METADATA_PACKET_HEADER_VERSION_MAJOR = 24,
  HSA_AMD_METADATA_PACKET_HEADER_VERSION_MINOR = 27,
} hsa_amd_metadata_packet_header_t;

// Bit widths in the headers of prefetch metadata packets.
typedef enum hsa_amd_metadata_packet_header_width_t {
  HSA_AMD_METADATA_PACKET_HEADER_WIDTH_TYPE = 8,
  HSA_AMD_METADATA_PACKET_HEADER_WIDTH_RESERVED = 16,
  HSA_AMD_METADATA_PACKET_HEADER_WIDTH_VERSION_MAJOR = 3,
  HSA_AMD_METADATA_PACKET_HEADER_WIDTH_VERSION_MINOR = 5,
} hsa_amd_metadata_packet_header_width_t;

// AMD's statuses.
typedef enum hsa_amd_status_t {
  HSA_STATUS_ERROR_INVALID_MEMORY_POOL = 40,
  HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION = 41,
  HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION = 42,
  HSA_STATUS_ERROR_MEMORY_FAULT = 43,
  HSA_STATUS_CU_MASK_REDUCED = 44,
  HSA_STATUS_ERROR_OUT_OF_REGISTERS = 45,
  HSA_STATUS_ERROR_RESOURCE_BUSY = 46,
  HSA_STATUS_ERROR_NOT_SUPPORTED = 47,
  HSA_STATUS_ERROR_XNACK_DISABLED = 48,
  HSA_STATUS_ERROR_INVALID_DISPATCH_PARAMETERS = 49,
  HSA_STATUS_ERROR_RESOURCE_NOT_READY = 50,
} hsa_amd_status_t;

// IOMMU support that an agent reports.
typedef enum hsa_amd_iommu_version_t {
  HSA_IOMMU_SUPPORT_NONE = 0,
  HSA_IOMMU_SUPPORT_V2 = 1,
} hsa_amd_iommu_version_t;

// AMD's attributes of `hsa_agent_get_info`.
typedef enum hsa_amd_agent_info_t {
  HSA_AMD_AGENT_INFO_CHIP_ID = 40960,
  HSA_AMD_AGENT_INFO_CACHELINE_SIZE = 40961,
  HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT = 40962,
  HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY = 40963,
  HSA_AMD_AGENT_INFO_DRIVER_NODE_ID = 40964,
  HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS = 40965,
  HSA_AMD_AGENT_INFO_BDFID = 40966,
  HSA_AMD_AGENT_INFO_MEMORY_WIDTH = 40967,
  HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY = 40968,
  HSA_AMD_AGENT_INFO_PRODUCT_NAME = 40969,
  HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU = 40970,
  HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU = 40971,
  HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES = 40972,
  HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE = 40973,
  HSA_AMD_AGENT_INFO_HDP_FLUSH = 40974,
  HSA_AMD_AGENT_INFO_DOMAIN = 40975,
  HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES = 40976,
  HSA_AMD_AGENT_INFO_UUID = 40977,
  HSA_AMD_AGENT_INFO_ASIC_REVISION = 40978,
  HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS = 40979,
  HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT = 40980,
  HSA_AMD_AGENT_INFO_MEMORY_AVAIL = 40981,
  HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY = 40982,
  HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID = 41223,
  HSA_AMD_AGENT_INFO_UCODE_VERSION = 41224,
  HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION = 41225,
  HSA_AMD_AGENT_INFO_NUM_SDMA_ENG = 41226,
  HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG = 41227,
  HSA_AMD_AGENT_INFO_IOMMU_SUPPORT = 41232,
  HSA_AMD_AGENT_INFO_NUM_XCC = 41233,
  HSA_AMD_AGENT_INFO_DRIVER_UID = 41234,
  HSA_AMD_AGENT_INFO_NEAREST_CPU = 41235,
  HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES = 41236,
  HSA_AMD_AGENT_INFO_AQL_EXTENSIONS = 41237,
  HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX = 41238,
  HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT = 41239,
  HSA_AMD_AGENT_INFO_CLOCK_COUNTERS = 41240,
  HSA_AMD_AGENT_INFO_PM4_EMULATION = 41241,
  HSA_AMD_AGENT_INFO_LUID = 41242,
  HSA_AMD_AGENT_INFO_HAS_EXPERT_SCHED_MODE = 41243,
  HSA_AMD_AGENT_INFO_CUID = 41244,
  HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_SIZE = 41245,
  HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_DIM = 41246,
  HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_SIZE = 41247,
  HSA_AMD_AGENT_INFO_CLUSTER_MAX_DIM = 41248,
  HSA_AMD_AGENT_INFO_CLUSTER_MAX_SIZE = 41249,
  HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_DIM = 41250,
  HSA_AMD_AGENT_INFO_MAX_DATA_PREFETCH_REGIONS = 41251,
  HSA_AMD_AGENT_INFO_HOST_ALLOC_DMABUF_SUPPORTED = 41252,
} hsa_amd_agent_info_t;

// Bit numbers in HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES.
typedef enum hsa_amd_agent_memory_properties_t {
  HSA_AMD_MEMORY_PROPERTY_AGENT_IS_APU = (1 << 0),
} hsa_amd_agent_memory_properties_t;

// Bit numbers in HSA_AMD_AGENT_INFO_AQL_EXTENSIONS.
typedef enum hsa_amd_agent_aql_properties_t {
  HSA_AMD_AQL_PROPERTY_EXT_DISPATCH = (1 << 0),
} hsa_amd_agent_aql_properties_t;

// AMD's attributes of `hsa_region_get_info`.
typedef enum hsa_amd_region_info_t {
  HSA_AMD_REGION_INFO_HOST_ACCESSIBLE = 40960,
  HSA_AMD_REGION_INFO_BASE = 40961,
  HSA_AMD_REGION_INFO_BUS_WIDTH = 40962,
  HSA_AMD_REGION_INFO_MAX_CLOCK_FREQUENCY = 40963,
} hsa_amd_region_info_t;

// Bits: flags of `hsa_amd_portable_export_dmabuf_v2`.
typedef enum hsa_amd_dma_buf_mapping_type_t {
  HSA_AMD_DMABUF_MAPPING_TYPE_NONE = 0,
  HSA_AMD_DMABUF_MAPPING_TYPE_PCIE = 1,
} hsa_amd_dma_buf_mapping_type_t;

// Bits: what `hsa_amd_agent_preload` leaves out.
typedef enum hsa_amd_agent_preload_flag_t {
  HSA_AMD_AGENT_PRELOAD_SKIP_CLOCK_SYNC = (1 << 0),
  HSA_AMD_AGENT_PRELOAD_SKIP_BLITS = (1 << 1),
} hsa_amd_agent_preload_flag_t;

// Bits: attributes of `hsa_amd_signal_create`.
typedef enum hsa_amd_signal_attribute_t {
  HSA_AMD_SIGNAL_AMD_GPU_ONLY = 1,
  HSA_AMD_SIGNAL_IPC = 2,
} hsa_amd_signal_attribute_t;

// Segment that a memory pool backs.
typedef enum hsa_amd_segment_t {
  HSA_AMD_SEGMENT_GLOBAL = 0,
  HSA_AMD_SEGMENT_READONLY = 1,
  HSA_AMD_SEGMENT_PRIVATE = 2,
  HSA_AMD_SEGMENT_GROUP = 3,
} hsa_amd_segment_t;

// Bits: coherence of a global pool.
typedef enum hsa_amd_memory_pool_global_flag_t {
  HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT = 1,
  HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED = 2,
  HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED = 4,
  HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED = 8,
} hsa_amd_memory_pool_global_flag_t;

// Where a pool's memory is.
typedef enum hsa_amd_memory_pool_location_t {
  HSA_AMD_MEMORY_POOL_LOCATION_CPU = 0,
  HSA_AMD_MEMORY_POOL_LOCATION_GPU = 1,
} hsa_amd_memory_pool_location_t;

// Bits: flags of `hsa_amd_memory_pool_allocate`.
typedef enum hsa_amd_memory_pool_flag_t {
  HSA_AMD_MEMORY_POOL_STANDARD_FLAG = 0,
  HSA_AMD_MEMORY_POOL_PCIE_FLAG = (1 << 0),
  HSA_AMD_MEMORY_POOL_CONTIGUOUS_FLAG = (1 << 1),
  HSA_AMD_MEMORY_POOL_EXECUTABLE_FLAG = (1 << 2),
  HSA_AMD_MEMORY_POOL_UNCACHED_FLAG = (1 << 3),
} hsa_amd_memory_pool_flag_t;

// Kind of one operation of `hsa_amd_memory_async_batch_copy`.
typedef enum hsa_amd_memory_copy_op_type_t {
  HSA_AMD_MEMORY_COPY_OP_LINEAR = 0,
  HSA_AMD_MEMORY_COPY_OP_LINEAR_BROADCAST = 1,
  HSA_AMD_MEMORY_COPY_OP_LINEAR_SWAP = 2,
  HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_SRC = 3,
  HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_DST = 4,
  HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_SRCDST = 5,
} hsa_amd_memory_copy_op_type_t;

// Comparison that a copy waits for.
typedef enum hsa_amd_memory_copy_wait_function_t {
  HSA_AMD_MEMORY_COPY_WAIT_ALWAYS = 0,
  HSA_AMD_MEMORY_COPY_WAIT_LT = 1,
  HSA_AMD_MEMORY_COPY_WAIT_LE = 2,
  HSA_AMD_MEMORY_COPY_WAIT_EQ = 3,
  HSA_AMD_MEMORY_COPY_WAIT_NE = 4,
  HSA_AMD_MEMORY_COPY_WAIT_GE = 5,
  HSA_AMD_MEMORY_COPY_WAIT_GT = 6,
} hsa_amd_memory_copy_wait_function_t;

// What a finished copy does to a memory location.
typedef enum hsa_amd_memory_copy_signal_op_t {
  HSA_AMD_MEMORY_COPY_SIGNAL_NONE = 0,
  HSA_AMD_MEMORY_COPY_SIGNAL_WRITE = 1,
  HSA_AMD_MEMORY_COPY_SIGNAL_ADD = 2,
  HSA_AMD_MEMORY_COPY_SIGNAL_SUB = 3,
} hsa_amd_memory_copy_signal_op_t;

// Whether an agent may access a pool.
typedef enum hsa_amd_memory_pool_access_t {
  HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED = 0,
  HSA_AMD_MEMORY_POOL_ACCESS_ALLOWED_BY_DEFAULT = 1,
  HSA_AMD_MEMORY_POOL_ACCESS_DISALLOWED_BY_DEFAULT = 2,
} hsa_amd_memory_pool_access_t;

// Kind of a link between agent and memory.
typedef enum hsa_amd_link_info_type_t {
  HSA_AMD_LINK_INFO_TYPE_HYPERTRANSPORT = 0,
  HSA_AMD_LINK_INFO_TYPE_QPI = 1,
  HSA_AMD_LINK_INFO_TYPE_PCIE = 2,
  HSA_AMD_LINK_INFO_TYPE_INFINBAND = 3,
  HSA_AMD_LINK_INFO_TYPE_XGMI = 4,
} hsa_amd_link_info_type_t;

// Bits: how memory was allocated.
typedef enum hsa_amd_pointer_info_alloc_flag_t {
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_EXECUTABLE = (1 << 0),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_CONTIGUOUS = (1 << 1),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_NONPAGED = (1 << 2),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_READONLY = (1 << 3),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_HOST_ACCESS = (1 << 4),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_ATOMIC_FULL = (1 << 5),
  HSA_AMD_POINTER_INFO_ALLOC_FLAG_ATOMIC_PARTIAL = (1 << 6),
} hsa_amd_pointer_info_alloc_flag_t;

// Bits: why an access faulted.
typedef enum hsa_amd_memory_fault_reason_t {
  HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT = (1 << 0),
  HSA_AMD_MEMORY_FAULT_READ_ONLY = (1 << 1),
  HSA_AMD_MEMORY_FAULT_NX = (1 << 2),
  HSA_AMD_MEMORY_FAULT_HOST_ONLY = (1 << 3),
  HSA_AMD_MEMORY_FAULT_DRAMECC = (1 << 4),
  HSA_AMD_MEMORY_FAULT_IMPRECISE = (1 << 5),
  HSA_AMD_MEMORY_FAULT_SRAMECC = (1 << 6),
  HSA_AMD_MEMORY_FAULT_HANG = 2147483648,
} hsa_amd_memory_fault_reason_t;

// Bits: why an operation on memory was wrong.
typedef enum hsa_amd_memory_error_reason_t {
  HSA_AMD_MEMORY_ERROR_MEMORY_IN_USE = (1 << 0),
} hsa_amd_memory_error_reason_t;

// Bits: where `hsa_amd_queue_create` puts a queue's memory.
typedef enum hsa_amd_queue_create_flag_t {
  HSA_AMD_QUEUE_CREATE_SYSTEM_MEM = 0,
  HSA_AMD_QUEUE_CREATE_DEVICE_MEM_RING_BUF = (1 << 0),
  HSA_AMD_QUEUE_CREATE_DEVICE_MEM_QUEUE_DESCRIPTOR = (1 << 1),
} hsa_amd_queue_create_flag_t;

// Engine that a queue feeds.
typedef enum hsa_amd_queue_engine_t {
  HSA_AMD_QUEUE_ENGINE_COMPUTE = 0,
  HSA_AMD_QUEUE_ENGINE_SDMA = 1,
  HSA_AMD_QUEUE_ENGINE_AIE = 2,
} hsa_amd_queue_engine_t;

// Values of HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG.
typedef enum hsa_amd_svm_model_t {
  HSA_AMD_SVM_GLOBAL_FLAG_FINE_GRAINED = 0,
  HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED = 1,
  HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE = 2,
} hsa_amd_svm_model_t;

// Attributes of a range of shared virtual memory.
typedef enum hsa_amd_svm_attribute_t {
  HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG = 0,
  HSA_AMD_SVM_ATTRIB_READ_ONLY = 1,
  HSA_AMD_SVM_ATTRIB_HIVE_LOCAL = 2,
  HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY = 3,
  HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION = 4,
  HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION = 5,
  HSA_AMD_SVM_ATTRIB_READ_MOSTLY = 6,
  HSA_AMD_SVM_ATTRIB_GPU_EXEC = 7,
  HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE = 512,
  HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE = 513,
  HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS = 514,
  HSA_AMD_SVM_ATTRIB_ACCESS_QUERY = 515,
} hsa_amd_svm_attribute_t;

// Bits: flags of `hsa_amd_vmem_address_reserve`.
typedef enum hsa_amd_vmem_address_reserve_flag_t {
  HSA_AMD_VMEM_ADDRESS_NO_REGISTER = (1 << 0),
} hsa_amd_vmem_address_reserve_flag_t;

// Bit numbers of `hsa_amd_enable_logging`.
typedef enum hsa_amd_log_flag_t {
  HSA_AMD_LOG_FLAG_BLIT_KERNEL_PKTS = 0,
  HSA_AMD_LOG_FLAG_AQL = 0,
  HSA_AMD_LOG_FLAG_SDMA = 1,
  HSA_AMD_LOG_FLAG_INFO = 2,
} hsa_amd_log_flag_t;

// Start and end of a dispatch, in system clock ticks.
typedef struct hsa_amd_profiling_dispatch_time_s {
  uint64_t start;
  uint64_t end;
} hsa_amd_profiling_dispatch_time_t;

// Start and end of a copy, in system clock ticks.
typedef struct hsa_amd_profiling_async_copy_time_s {
  uint64_t start;
  uint64_t end;
} hsa_amd_profiling_async_copy_time_t;

// Called when a signal meets its condition; true keeps the handler registered.
typedef bool (*hsa_amd_signal_handler)(hsa_signal_value_t value, void *arg);

// Handle of a memory pool.
typedef struct hsa_amd_memory_pool_s {
  uint64_t handle;
} hsa_amd_memory_pool_t;

// Head of a vendor image descriptor; `data` goes on past its end.
typedef struct hsa_amd_image_descriptor_s {
  uint32_t version;
  uint32_t deviceID;
  uint32_t data[1];
} hsa_amd_image_descriptor_t;

// Answer of `hsa_amd_pointer_info`. `size` is set by the caller: only that many bytes are written.
typedef struct hsa_amd_pointer_info_s {
  uint32_t size;
  hsa_amd_pointer_type_t type;
  void *agentBaseAddress;
  void *hostBaseAddress;
  size_t sizeInBytes;
  void *userData;
  hsa_agent_t agentOwner;
  uint32_t global_flags;
  bool registered;
  uint32_t alloc_flags;
} hsa_amd_pointer_info_t;

// Name of shared memory, opaque between processes.
typedef struct hsa_amd_ipc_memory_s {
  uint32_t handle[8];
} hsa_amd_ipc_memory_t;

// Name of a shared signal, opaque between processes.
typedef hsa_amd_ipc_memory_t hsa_amd_ipc_signal_t;

// A memory fault.
typedef struct hsa_amd_gpu_memory_fault_info_s {
  hsa_agent_t agent;
  uint64_t virtual_address;
  uint32_t fault_reason_mask;
} hsa_amd_gpu_memory_fault_info_t;

// A hardware exception.
typedef struct hsa_amd_gpu_hw_exception_info_s {
  hsa_agent_t agent;
  hsa_amd_hw_exception_reset_type_t reset_type;
  hsa_amd_hw_exception_reset_cause_t reset_cause;
} hsa_amd_gpu_hw_exception_info_t;

// A wrong operation on memory.
typedef struct hsa_amd_gpu_memory_error_info_s {
  hsa_agent_t agent;
  uint64_t virtual_address;
  uint32_t error_reason_mask;
} hsa_amd_gpu_memory_error_info_t;

// A system event; `event_type` says which member is valid.
typedef struct hsa_amd_event_s {
  hsa_amd_event_type_t event_type;
  union {
    hsa_amd_gpu_memory_fault_info_t memory_fault;
    hsa_amd_gpu_hw_exception_info_t hw_exception;
    hsa_amd_gpu_memory_error_info_t memory_error;
  };
} hsa_amd_event_t;

// Called on a system event.
typedef hsa_status_t (*hsa_amd_system_event_callback_t)(const hsa_amd_event_t *event, void *data);

// Base of a rectangle; pitch and slice in bytes.
typedef struct hsa_pitched_ptr_s {
  void *base;
  size_t pitch;
  size_t slice;
} hsa_pitched_ptr_t;

// Called when the memory is freed.
typedef void (*hsa_amd_deallocation_callback_t)(void *ptr, void *user_data);

// An attribute and its value.
typedef struct hsa_amd_svm_attribute_pair_s {
  uint64_t attribute;
  uint64_t value;
} hsa_amd_svm_attribute_pair_t;

// Handle of physical memory.
typedef struct hsa_amd_vmem_alloc_handle_s {
  uint64_t handle;
} hsa_amd_vmem_alloc_handle_t;

// What an agent may do with mapped memory.
typedef struct hsa_amd_memory_access_desc_s {
  hsa_access_permission_t permissions;
  hsa_agent_t agent_handle;
} hsa_amd_memory_access_desc_t;

// An open file for direct storage access.
typedef struct hsa_amd_ais_file_handle_s {
  union {
    void *handle;
    int fd;
    uint8_t pad[8];
  };
} hsa_amd_ais_file_handle_t;

// Condition on memory that a copy waits for.
typedef struct hsa_amd_memory_copy_op_t_wait {
  uint16_t function;
  uint16_t scope;
  uint32_t reserved;
  void *addr;
  uint64_t value;
  uint64_t mask;
} hsa_amd_memory_copy_op_t_wait;

// Memory that a finished copy writes.
typedef struct hsa_amd_memory_copy_op_t_signal {
  uint16_t operation;
  uint16_t scope;
  uint32_t reserved;
  void *addr;
  uint64_t data;
} hsa_amd_memory_copy_op_t_signal;

// One operation of `hsa_amd_memory_async_batch_copy`; sizes in bytes.
typedef struct hsa_amd_memory_copy_op_s {
  uint16_t version;
  uint16_t type;
  uint16_t num_entries;
  uint16_t traffic_class;
  hsa_signal_t completion_signal;
  union {
    void *src;
    void **src_list;
  };
  union {
    hsa_agent_t src_agent;
    hsa_agent_t *src_agent_list;
  };
  union {
    hsa_agent_t dst_agent;
    hsa_agent_t *dst_agent_list;
  };
  union {
    void *dst;
    void **dst_list;
  };
  union {
    struct {
      size_t size;
      size_t unused_size;
    };
    struct {
      size_t src_size;
      size_t dst_size;
    };
    struct {
      size_t *size_list;
      size_t reserved0;
    };
  };
  hsa_amd_memory_copy_op_t_wait wait;
  hsa_amd_memory_copy_op_t_signal signal;
  uint64_t reserved1[1];
} hsa_amd_memory_copy_op_t;

// Handle in the form that its type names.
typedef union hsa_amd_external_semaphore_handle_descriptor_t_handle {
  void *win32_handle;
  int fd;
} hsa_amd_external_semaphore_handle_descriptor_t_handle;

// A semaphore to import.
typedef struct hsa_amd_external_semaphore_handle_descriptor_s {
  hsa_amd_external_semaphore_handle_type_t type;
  hsa_amd_external_semaphore_handle_descriptor_t_handle handle;
} hsa_amd_external_semaphore_handle_descriptor_t;

// Handle of an imported semaphore.
typedef struct hsa_amd_external_semaphore_s {
  uint64_t handle;
} hsa_amd_external_semaphore_t;

// Name of memory that other nodes of a fabric can import.
typedef struct hsa_fabric_handle_s {
  uint8_t handle[16];
} hsa_fabric_handle_t;

// Parameters of a compute queue.
typedef struct hsa_amd_compute_queue_params_s {
  const uint32_t *cu_mask;
  hsa_queue_type32_t type;
  uint32_t private_segment_size;
  uint32_t cu_mask_count;
  uint32_t reserved[3];
} hsa_amd_compute_queue_params_t;

// Parameters of an SDMA queue.
typedef struct hsa_amd_sdma_queue_params_s {
  uint32_t sdma_engine_id;
  uint32_t reserved[7];
} hsa_amd_sdma_queue_params_t;

// Parameters of an AIE queue.
typedef struct hsa_amd_aie_queue_params_s {
  uint32_t reserved[8];
} hsa_amd_aie_queue_params_t;

// Parameters of the engine that `engine_type` names.
typedef union hsa_amd_queue_create_desc_t_engine {
  hsa_amd_compute_queue_params_t compute;
  hsa_amd_sdma_queue_params_t sdma;
  hsa_amd_aie_queue_params_t aie;
  uint8_t reserved[32];
} hsa_amd_queue_create_desc_t_engine;

// One queue of `hsa_amd_queue_create`; `queue` is written by the call.
typedef struct hsa_amd_queue_create_desc_s {
  uint16_t version;
  uint16_t flags;
  uint8_t engine_type;
  uint8_t reserved_header[3];
  uint32_t queue_size_bytes;
  hsa_amd_queue_priority_t priority;
  void (*callback)(hsa_status_t status, hsa_queue_t *source, void *data);
  void *callback_data;
  hsa_queue_t *queue;
  hsa_amd_queue_create_desc_t_engine engine;
  uint32_t traffic_class;
  uint8_t reserved[20];
} hsa_amd_queue_create_desc_t;

// Handle of signals that were created together. Only the newest clients know it.
typedef struct hsa_amd_signal_batch_s {
  uint64_t handle;
} hsa_amd_signal_batch_t;

// Answer of `hsa_amd_vmem_get_vmem_info`. Opaque: no header that was read tells its layout.
typedef struct hsa_amd_vmem_handle_info_s {
  uint8_t _opaque[0];
} hsa_amd_vmem_handle_info_t;

// `hsa_signal_condition_t` with a fixed width.
typedef uint32_t hsa_signal_condition32_t;

// `hsa_amd_packet_type_t` with a fixed width.
typedef uint8_t hsa_amd_packet_type8_t;

// Head of each vendor packet.
typedef struct hsa_amd_vendor_packet_header_s {
  uint16_t header;
  hsa_amd_packet_type8_t AmdFormat;
  uint8_t reserved;
} hsa_amd_vendor_packet_header_t;

// Vendor packet that waits until `(signal & mask) cond value`.
typedef struct hsa_amd_barrier_value_packet_s {
  hsa_amd_vendor_packet_header_t header;
  uint32_t reserved0;
  hsa_signal_t signal;
  hsa_signal_value_t value;
  hsa_signal_value_t mask;
  hsa_signal_condition32_t cond;
  uint32_t reserved1;
  uint64_t reserved2;
  uint64_t reserved3;
  hsa_signal_t completion_signal;
} hsa_amd_barrier_value_packet_t;

// Performance hints of an extended dispatch: bits 0-6 share of group memory, bit 7 reverse order.
typedef struct hsa_amd_ext_perf_hint_s {
  union {
    struct {
      uint8_t group_mem_carveout : 7;
      uint8_t reverse_dispatch_order : 1;
    };
    uint8_t hint_val;
  };
} hsa_amd_ext_perf_hint_t;

// Vendor packet that launches a kernel in clusters of work-groups.
typedef struct hsa_amd_ext_kernel_dispatch_packet_s {
  uint16_t header;
  hsa_amd_packet_type8_t amd_format;
  uint8_t setup;
  uint16_t workgroup_size_x;
  uint16_t workgroup_size_y;
  uint16_t workgroup_size_z;
  uint16_t reserved0;
  uint32_t cluster_count_x;
  uint16_t cluster_count_y;
  uint16_t cluster_count_z;
  uint8_t cluster_size_x;
  uint8_t cluster_size_y;
  uint8_t cluster_size_z;
  hsa_amd_ext_perf_hint_t perf_hint;
  uint32_t private_segment_size;
  uint32_t group_segment_size;
  uint64_t kernel_object;
  void *kernarg_address;
  hsa_signal_t dep_signal;
  hsa_signal_t completion_signal;
} hsa_amd_ext_kernel_dispatch_packet_t;

// Kernel argument preload: bits 0-6 length, bits 7-15 offset, in dwords.
typedef struct hsa_amd_metadata_preload_s {
  uint16_t length : 7;
  uint16_t offset : 9;
} hsa_amd_metadata_preload_t;

// The part of a kernel descriptor that the packet processor needs.
typedef struct hsa_amd_metadata_kernel_descriptor_s {
  int64_t kernel_code_entry_byte_offset;
  uint8_t reserved1[20];
  uint32_t compute_pgm_rsrc3;
  uint32_t compute_pgm_rsrc1;
  uint32_t compute_pgm_rsrc2;
  uint16_t kernel_code_properties;
  hsa_amd_metadata_preload_t kernarg_preload;
  uint8_t reserved2[4];
} hsa_amd_metadata_kernel_descriptor_t;

// Prefetch metadata that goes with a kernel dispatch packet.
typedef struct hsa_amd_metadata_kernel_dispatch_packet_s {
  uint32_t header0;
  uint32_t event_id;
  hsa_amd_metadata_kernel_descriptor_t kernel_descriptor;
  uint8_t reserved0[8];
  uint32_t header1;
  uint32_t kernarg_preload_0_14[15];
  uint32_t header2;
  uint32_t kernarg_preload_15_29[15];
  uint32_t header3;
  uint32_t kernarg_preload_30_31[2];
  union {
    uint8_t reserved1[52];
    amd_launch_descriptor_t launch_descriptor;
  };
} hsa_amd_metadata_kernel_dispatch_packet_t;

// Prefetch metadata that goes with a barrier packet.
typedef struct hsa_amd_metadata_barrier_packet_s {
  uint32_t header0;
  uint32_t event_id;
  uint8_t reserved0[56];
  uint32_t header1;
  uint8_t reserved1[60];
  uint32_t header2;
  uint8_t reserved2[60];
  uint32_t header3;
  uint8_t reserved3[60];
} hsa_amd_metadata_barrier_packet_t;

// Three 64-bit extents.
typedef struct hsa_amd_dim3_s {
  uint64_t x;
  uint64_t y;
  uint64_t z;
} hsa_amd_dim3_t;

// GPU, CPU and system clocks read at one moment; frequency in Hz.
typedef struct hsa_amd_clock_counters_s {
  uint64_t gpu_clock_counter;
  uint64_t cpu_clock_counter;
  uint64_t system_clock_counter;
  uint64_t system_clock_frequency;
} hsa_amd_clock_counters_t;

// Addresses of the registers that flush the host data path.
typedef struct hsa_amd_hdp_flush_s {
  uint32_t *HDP_MEM_FLUSH_CNTL;
  uint32_t *HDP_REG_FLUSH_CNTL;
} hsa_amd_hdp_flush_t;

// One hop between agent and memory; latency in ns, bandwidth in MB/s.
typedef struct hsa_amd_memory_pool_link_info_s {
  uint32_t min_latency;
  uint32_t max_latency;
  uint32_t min_bandwidth;
  uint32_t max_bandwidth;
  bool atomic_support_32bit;
  bool atomic_support_64bit;
  bool coherent_support;
  hsa_amd_link_info_type_t link_type;
  uint32_t numa_distance;
} hsa_amd_memory_pool_link_info_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

hsa_status_t hsa_amd_coherency_get_type(hsa_agent_t agent, hsa_amd_coherency_type_t *type);

hsa_status_t hsa_amd_coherency_set_type(hsa_agent_t agent, hsa_amd_coherency_type_t type);

hsa_status_t hsa_amd_profiling_set_profiler_enabled(hsa_queue_t *queue, int enable);

hsa_status_t hsa_amd_profiling_async_copy_enable(bool enable);

hsa_status_t hsa_amd_profiling_get_dispatch_time(hsa_agent_t agent,
                                                 hsa_signal_t signal,
                                                 hsa_amd_profiling_dispatch_time_t *time);

hsa_status_t hsa_amd_profiling_get_async_copy_time(hsa_signal_t signal,
                                                   hsa_amd_profiling_async_copy_time_t *time);

hsa_status_t hsa_amd_profiling_convert_tick_to_system_domain(hsa_agent_t agent,
                                                             uint64_t agent_tick,
                                                             uint64_t *system_tick);

hsa_status_t hsa_amd_signal_async_handler(hsa_signal_t signal,
                                          hsa_signal_condition_t cond,
                                          hsa_signal_value_t value,
                                          hsa_amd_signal_handler handler,
                                          void *arg);

hsa_status_t hsa_amd_async_function(void (*callback)(void *arg), void *arg);

uint32_t hsa_amd_signal_wait_any(uint32_t signal_count,
                                 hsa_signal_t *signals,
                                 hsa_signal_condition_t *conds,
                                 hsa_signal_value_t *values,
                                 uint64_t timeout_hint,
                                 hsa_wait_state_t wait_hint,
                                 hsa_signal_value_t *satisfying_value);

hsa_status_t hsa_amd_queue_cu_set_mask(const hsa_queue_t *queue,
                                       uint32_t num_cu_mask_count,
                                       const uint32_t *cu_mask);

hsa_status_t hsa_amd_memory_pool_get_info(hsa_amd_memory_pool_t memory_pool,
                                          hsa_amd_memory_pool_info_t attribute,
                                          void *value);

hsa_status_t hsa_amd_agent_iterate_memory_pools(hsa_agent_t agent,
                                                hsa_status_t (*callback)(hsa_amd_memory_pool_t memory_pool,
                                                                         void *data),
                                                void *data);

hsa_status_t hsa_amd_memory_pool_allocate(hsa_amd_memory_pool_t memory_pool,
                                          size_t size,
                                          uint32_t flags,
                                          void **ptr);

hsa_status_t hsa_amd_memory_pool_free(void *ptr);

hsa_status_t hsa_amd_memory_async_copy(void *dst,
                                       hsa_agent_t dst_agent,
                                       const void *src,
                                       hsa_agent_t src_agent,
                                       size_t size,
                                       uint32_t num_dep_signals,
                                       const hsa_signal_t *dep_signals,
                                       hsa_signal_t completion_signal);

hsa_status_t hsa_amd_memory_async_copy_on_engine(void *dst,
                                                 hsa_agent_t dst_agent,
                                                 const void *src,
                                                 hsa_agent_t src_agent,
                                                 size_t size,
                                                 uint32_t num_dep_signals,
                                                 const hsa_signal_t *dep_signals,
                                                 hsa_signal_t completion_signal,
                                                 hsa_amd_sdma_engine_id_t engine_id,
                                                 bool force_copy_on_sdma);

hsa_status_t hsa_amd_memory_copy_engine_status(hsa_agent_t dst_agent,
                                               hsa_agent_t src_agent,
                                               uint32_t *engine_ids_mask);

hsa_status_t hsa_amd_agent_memory_pool_get_info(hsa_agent_t agent,
                                                hsa_amd_memory_pool_t memory_pool,
                                                hsa_amd_agent_memory_pool_info_t attribute,
                                                void *value);

hsa_status_t hsa_amd_agents_allow_access(uint32_t num_agents,
                                         const hsa_agent_t *agents,
                                         const uint32_t *flags,
                                         const void *ptr);

hsa_status_t hsa_amd_memory_pool_can_migrate(hsa_amd_memory_pool_t src_memory_pool,
                                             hsa_amd_memory_pool_t dst_memory_pool,
                                             bool *result);

hsa_status_t hsa_amd_memory_migrate(const void *ptr,
                                    hsa_amd_memory_pool_t memory_pool,
                                    uint32_t flags);

hsa_status_t hsa_amd_memory_lock(void *host_ptr,
                                 size_t size,
                                 hsa_agent_t *agents,
                                 int num_agent,
                                 void **agent_ptr);

hsa_status_t hsa_amd_memory_unlock(void *host_ptr);

hsa_status_t hsa_amd_memory_fill(void *ptr, uint32_t value, size_t count);

hsa_status_t hsa_amd_interop_map_buffer(uint32_t num_agents,
                                        hsa_agent_t *agents,
                                        hsa_handle_t interop_handle,
                                        uint32_t flags,
                                        size_t *size,
                                        void **ptr,
                                        size_t *metadata_size,
                                        const void **metadata);

hsa_status_t hsa_amd_interop_unmap_buffer(void *ptr);

hsa_status_t hsa_amd_image_create(hsa_agent_t agent,
                                  const hsa_ext_image_descriptor_t *image_descriptor,
                                  const hsa_amd_image_descriptor_t *image_layout,
                                  const void *image_data,
                                  hsa_access_permission_t access_permission,
                                  hsa_ext_image_t *image);

hsa_status_t hsa_amd_pointer_info(const void *ptr,
                                  hsa_amd_pointer_info_t *info,
                                  void *(*alloc)(size_t),
                                  uint32_t *num_agents_accessible,
                                  hsa_agent_t **accessible);

hsa_status_t hsa_amd_pointer_info_set_userdata(const void *ptr, void *userdata);

hsa_status_t hsa_amd_ipc_memory_create(void *ptr, size_t len, hsa_amd_ipc_memory_t *handle);

hsa_status_t hsa_amd_ipc_memory_attach(const hsa_amd_ipc_memory_t *handle,
                                       size_t len,
                                       uint32_t num_agents,
                                       const hsa_agent_t *mapping_agents,
                                       void **mapped_ptr);

hsa_status_t hsa_amd_ipc_memory_detach(void *mapped_ptr);

hsa_status_t hsa_amd_signal_create(hsa_signal_value_t initial_value,
                                   uint32_t num_consumers,
                                   const hsa_agent_t *consumers,
                                   uint64_t attributes,
                                   hsa_signal_t *signal);

hsa_status_t hsa_amd_ipc_signal_create(hsa_signal_t signal, hsa_amd_ipc_signal_t *handle);

hsa_status_t hsa_amd_ipc_signal_attach(const hsa_amd_ipc_signal_t *handle, hsa_signal_t *signal);

hsa_status_t hsa_amd_register_system_event_handler(hsa_amd_system_event_callback_t callback, void *data);

hsa_status_t hsa_amd_queue_set_priority(hsa_queue_t *queue, hsa_amd_queue_priority_t priority);

hsa_status_t hsa_amd_memory_async_copy_rect(const hsa_pitched_ptr_t *dst,
                                            const hsa_dim3_t *dst_offset,
                                            const hsa_pitched_ptr_t *src,
                                            const hsa_dim3_t *src_offset,
                                            const hsa_dim3_t *range,
                                            hsa_agent_t copy_agent,
                                            hsa_amd_copy_direction_t dir,
                                            uint32_t num_dep_signals,
                                            const hsa_signal_t *dep_signals,
                                            hsa_signal_t completion_signal);

hsa_status_t hsa_amd_memory_lock_to_pool(void *host_ptr,
                                         size_t size,
                                         hsa_agent_t *agents,
                                         int num_agent,
                                         hsa_amd_memory_pool_t pool,
                                         uint32_t flags,
                                         void **agent_ptr);

hsa_status_t hsa_amd_register_deallocation_callback(void *ptr,
                                                    hsa_amd_deallocation_callback_t callback,
                                                    void *user_data);

hsa_status_t hsa_amd_deregister_deallocation_callback(void *ptr, hsa_amd_deallocation_callback_t callback);

hsa_status_t hsa_amd_signal_value_pointer(hsa_signal_t signal, volatile hsa_signal_value_t **value_ptr);

hsa_status_t hsa_amd_svm_attributes_set(void *ptr,
                                        size_t size,
                                        hsa_amd_svm_attribute_pair_t *attribute_list,
                                        size_t attribute_count);

hsa_status_t hsa_amd_svm_attributes_get(void *ptr,
                                        size_t size,
                                        hsa_amd_svm_attribute_pair_t *attribute_list,
                                        size_t attribute_count);

hsa_status_t hsa_amd_svm_prefetch_async(void *ptr,
                                        size_t size,
                                        hsa_agent_t agent,
                                        uint32_t num_dep_signals,
                                        const hsa_signal_t *dep_signals,
                                        hsa_signal_t completion_signal);

hsa_status_t hsa_amd_spm_acquire(hsa_agent_t preferred_agent);

hsa_status_t hsa_amd_spm_release(hsa_agent_t preferred_agent);

hsa_status_t hsa_amd_spm_set_dest_buffer(hsa_agent_t preferred_agent,
                                         size_t size_in_bytes,
                                         uint32_t *timeout,
                                         uint32_t *size_copied,
                                         void *dest,
                                         bool *is_data_loss);

hsa_status_t hsa_amd_queue_cu_get_mask(const hsa_queue_t *queue,
                                       uint32_t num_cu_mask_count,
                                       uint32_t *cu_mask);

hsa_status_t hsa_amd_portable_export_dmabuf(const void *ptr, size_t size, int *dmabuf, uint64_t *offset);

hsa_status_t hsa_amd_portable_close_dmabuf(int dmabuf);

hsa_status_t hsa_amd_vmem_address_reserve(void **va, size_t size, uint64_t address, uint64_t flags);

hsa_status_t hsa_amd_vmem_address_free(void *va, size_t size);

hsa_status_t hsa_amd_vmem_handle_create(hsa_amd_memory_pool_t pool,
                                        size_t size,
                                        hsa_amd_memory_type_t type,
                                        uint64_t flags,
                                        hsa_amd_vmem_alloc_handle_t *memory_handle);

hsa_status_t hsa_amd_vmem_handle_release(hsa_amd_vmem_alloc_handle_t memory_handle);

hsa_status_t hsa_amd_vmem_map(void *va,
                              size_t size,
                              size_t in_offset,
                              hsa_amd_vmem_alloc_handle_t memory_handle,
                              uint64_t flags);

hsa_status_t hsa_amd_vmem_unmap(void *va, size_t size);

hsa_status_t hsa_amd_vmem_set_access(void *va,
                                     size_t size,
                                     const hsa_amd_memory_access_desc_t *desc,
                                     size_t desc_cnt);

hsa_status_t hsa_amd_vmem_get_access(void *va, hsa_access_permission_t *perms, hsa_agent_t agent_handle);

hsa_status_t hsa_amd_vmem_export_shareable_handle(int *dmabuf_fd,
                                                  hsa_amd_vmem_alloc_handle_t handle,
                                                  uint64_t flags);

hsa_status_t hsa_amd_vmem_import_shareable_handle(int dmabuf_fd, hsa_amd_vmem_alloc_handle_t *handle);

hsa_status_t hsa_amd_vmem_retain_alloc_handle(hsa_amd_vmem_alloc_handle_t *memory_handle, void *addr);

hsa_status_t hsa_amd_vmem_get_alloc_properties_from_handle(hsa_amd_vmem_alloc_handle_t memory_handle,
                                                           hsa_amd_memory_pool_t *pool,
                                                           hsa_amd_memory_type_t *type);

hsa_status_t hsa_amd_agent_set_async_scratch_limit(hsa_agent_t agent, size_t threshold);

hsa_status_t hsa_amd_queue_get_info(hsa_queue_t *queue,
                                    hsa_queue_info_attribute_t attribute,
                                    void *value);

hsa_status_t hsa_amd_vmem_address_reserve_align(void **va,
                                                size_t size,
                                                uint64_t address,
                                                uint64_t alignment,
                                                uint64_t flags);

hsa_status_t hsa_amd_enable_logging(uint8_t *flags, void *file);

uint32_t hsa_amd_signal_wait_all(uint32_t signal_count,
                                 hsa_signal_t *signals,
                                 hsa_signal_condition_t *conds,
                                 hsa_signal_value_t *values,
                                 uint64_t timeout_hint,
                                 hsa_wait_state_t wait_hint,
                                 hsa_signal_value_t *satisfying_values);

hsa_status_t hsa_amd_memory_get_preferred_copy_engine(hsa_agent_t dst_agent,
                                                      hsa_agent_t src_agent,
                                                      uint32_t *recommended_ids_mask);

hsa_status_t hsa_amd_portable_export_dmabuf_v2(const void *ptr,
                                               size_t size,
                                               int *dmabuf,
                                               uint64_t *offset,
                                               uint64_t flags);

hsa_status_t hsa_amd_ais_file_write(hsa_amd_ais_file_handle_t handle,
                                    void *device_ptr,
                                    uint64_t size,
                                    int64_t file_offset,
                                    uint64_t *size_copied,
                                    int32_t *status);

hsa_status_t hsa_amd_ais_file_read(hsa_amd_ais_file_handle_t handle,
                                   void *device_ptr,
                                   uint64_t size,
                                   int64_t file_offset,
                                   uint64_t *size_copied,
                                   int32_t *status);

hsa_status_t hsa_amd_counted_queue_acquire(hsa_agent_t agent,
                                           hsa_queue_type_t type,
                                           hsa_amd_queue_priority_t priority,
                                           void (*callback)(hsa_status_t status,
                                                            hsa_queue_t *source,
                                                            void *data),
                                           void *data,
                                           uint64_t flags,
                                           hsa_queue_t **queue);

hsa_status_t hsa_amd_counted_queue_release(hsa_queue_t *queue);

hsa_status_t hsa_amd_memory_async_batch_copy(const hsa_amd_memory_copy_op_t *copy_ops,
                                             uint32_t num_copy_ops,
                                             uint32_t num_dep_signals,
                                             const hsa_signal_t *dep_signals);

hsa_status_t hsa_amd_agent_preload(hsa_agent_t agent, uint64_t flags);

hsa_status_t hsa_amd_svm_discard_batch_async(void **ptrs,
                                             size_t *sizes,
                                             uint32_t count,
                                             uint32_t num_dep_signals,
                                             const hsa_signal_t *dep_signals,
                                             hsa_signal_t completion_signal);

hsa_status_t hsa_amd_signal_get_event_id(hsa_signal_t signal, uint32_t *event_id);

hsa_status_t hsa_amd_external_semaphore_handle_open(hsa_agent_t agent,
                                                    const hsa_amd_external_semaphore_handle_descriptor_t *desc,
                                                    hsa_amd_external_semaphore_t *out_sem);

hsa_status_t hsa_amd_external_semaphore_handle_close(hsa_amd_external_semaphore_t sem);

hsa_status_t hsa_amd_vmem_export_fabric_handle(hsa_fabric_handle_t *fabric_handle,
                                               hsa_amd_vmem_alloc_handle_t handle,
                                               uint64_t flags);

hsa_status_t hsa_amd_vmem_import_fabric_handle(hsa_fabric_handle_t fabric_handle,
                                               hsa_amd_vmem_alloc_handle_t *handle);

hsa_status_t hsa_amd_queue_create(hsa_agent_t agent,
                                  hsa_amd_queue_create_desc_t *descs,
                                  uint32_t num_descs);

hsa_status_t hsa_amd_queue_signal_external_semaphore(hsa_queue_t *queue,
                                                     hsa_amd_external_semaphore_t sem,
                                                     uint64_t value);

hsa_status_t hsa_amd_queue_wait_external_semaphore(hsa_queue_t *queue,
                                                   hsa_amd_external_semaphore_t sem,
                                                   uint64_t value);

hsa_status_t hsa_amd_image_create_v2(hsa_agent_t agent,
                                     const hsa_ext_image_descriptor_v2_t *image_descriptor,
                                     const hsa_amd_image_descriptor_t *image_layout,
                                     const void *image_data,
                                     hsa_access_permission_t access_permission,
                                     hsa_ext_image_t *image);

hsa_status_t hsa_amd_interop_map_buffer_with_size(uint32_t num_agents,
                                                  hsa_agent_t *agents,
                                                  hsa_handle_t interop_handle,
                                                  uint32_t flags,
                                                  size_t size_hint,
                                                  size_t *size,
                                                  void **ptr,
                                                  size_t *metadata_size,
                                                  const void **metadata);

hsa_status_t hsa_amd_image_get_info_max_dim(hsa_agent_t agent, hsa_agent_info_t attribute, void *value);

hsa_status_t hsa_amd_signal_batch_create(uint32_t count,
                                         const hsa_signal_value_t *initial_values,
                                         uint32_t num_consumers,
                                         const hsa_agent_t *consumers,
                                         uint64_t attributes,
                                         hsa_amd_memory_pool_t pool,
                                         hsa_amd_signal_batch_t *batch,
                                         hsa_signal_t *signals);

hsa_status_t hsa_amd_signal_batch_destroy(hsa_amd_signal_batch_t batch);

hsa_status_t hsa_amd_svm_discard_and_prefetch_batch_async(void **ptrs,
                                                          size_t *sizes,
                                                          uint32_t count,
                                                          const hsa_agent_t *agents,
                                                          uint32_t num_agents,
                                                          uint32_t num_dep_signals,
                                                          const hsa_signal_t *dep_signals,
                                                          hsa_signal_t completion_signal);

hsa_status_t hsa_amd_vmem_get_vmem_info(hsa_amd_vmem_alloc_handle_t memory_handle,
                                        hsa_amd_vmem_handle_info_t *info);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif
