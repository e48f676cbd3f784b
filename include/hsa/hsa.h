/* hsa.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_HSA_H
#define HSA_HSA_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#ifndef HSA_CALL
#define HSA_CALL
#endif
#ifndef HSA_EXPORT_DECORATOR
#define HSA_EXPORT_DECORATOR __attribute__((visibility("default")))
#endif
#define HSA_API_EXPORT HSA_EXPORT_DECORATOR HSA_CALL
#define HSA_API_IMPORT HSA_CALL
#ifndef HSA_API
#ifdef HSA_EXPORT
#define HSA_API HSA_API_EXPORT
#else
#define HSA_API HSA_API_IMPORT
#endif
#endif
#ifndef HSA_DEPRECATED
#define HSA_DEPRECATED
#endif
#define HSA_VERSION_1_0 1

#undef HSA_LARGE_MODEL
#ifdef __LP64__
#define HSA_LARGE_MODEL
#endif

#undef HSA_LITTLE_ENDIAN
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#ifndef LITTLEENDIAN_CPU
#define LITTLEENDIAN_CPU
#endif
#define HSA_LITTLE_ENDIAN
#endif

// Result of every call. Positive informational values are below 0x1000; errors start there,
// extensions have ranges of their own.
typedef enum hsa_status_t {
  HSA_STATUS_SUCCESS = 0,
  HSA_STATUS_INFO_BREAK = 1,
  HSA_STATUS_ERROR = 4096,
  HSA_STATUS_ERROR_INVALID_ARGUMENT = 4097,
  HSA_STATUS_ERROR_INVALID_QUEUE_CREATION = 4098,
  HSA_STATUS_ERROR_INVALID_ALLOCATION = 4099,
  HSA_STATUS_ERROR_INVALID_AGENT = 4100,
  HSA_STATUS_ERROR_INVALID_REGION = 4101,
  HSA_STATUS_ERROR_INVALID_SIGNAL = 4102,
  HSA_STATUS_ERROR_INVALID_QUEUE = 4103,
  HSA_STATUS_ERROR_OUT_OF_RESOURCES = 4104,
  HSA_STATUS_ERROR_INVALID_PACKET_FORMAT = 4105,
  HSA_STATUS_ERROR_RESOURCE_FREE = 4106,
  HSA_STATUS_ERROR_NOT_INITIALIZED = 4107,
  HSA_STATUS_ERROR_REFCOUNT_OVERFLOW = 4108,
  HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS = 4109,
  HSA_STATUS_ERROR_INVALID_INDEX = 4110,
  HSA_STATUS_ERROR_INVALID_ISA = 4111,
  HSA_STATUS_ERROR_INVALID_ISA_NAME = 4119,
  HSA_STATUS_ERROR_INVALID_CODE_OBJECT = 4112,
  HSA_STATUS_ERROR_INVALID_EXECUTABLE = 4113,
  HSA_STATUS_ERROR_FROZEN_EXECUTABLE = 4114,
  HSA_STATUS_ERROR_INVALID_SYMBOL_NAME = 4115,
  HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED = 4116,
  HSA_STATUS_ERROR_VARIABLE_UNDEFINED = 4117,
  HSA_STATUS_ERROR_EXCEPTION = 4118,
  HSA_STATUS_ERROR_INVALID_CODE_SYMBOL = 4120,
  HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL = 4121,
  HSA_STATUS_ERROR_INVALID_FILE = 4128,
  HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER = 4129,
  HSA_STATUS_ERROR_INVALID_CACHE = 4130,
  HSA_STATUS_ERROR_INVALID_WAVEFRONT = 4131,
  HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP = 4132,
  HSA_STATUS_ERROR_INVALID_RUNTIME_STATE = 4133,
  HSA_STATUS_ERROR_FATAL = 4134,
} hsa_status_t;

// Attributes of `hsa_system_get_info`; those from 0x200 on are AMD's.
typedef enum hsa_system_info_t {
  HSA_SYSTEM_INFO_VERSION_MAJOR = 0,
  HSA_SYSTEM_INFO_VERSION_MINOR = 1,
  HSA_SYSTEM_INFO_TIMESTAMP = 2,
  HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY = 3,
  HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT = 4,
  HSA_SYSTEM_INFO_ENDIANNESS = 5,
  HSA_SYSTEM_INFO_MACHINE_MODEL = 6,
  HSA_SYSTEM_INFO_EXTENSIONS = 7,
  HSA_AMD_SYSTEM_INFO_BUILD_VERSION = 512,
  HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED = 513,
  HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT = 514,
  HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED = 515,
  HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED = 516,
  HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED = 517,
  HSA_AMD_SYSTEM_INFO_XNACK_ENABLED = 518,
  HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR = 519,
  HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR = 520,
  HSA_AMD_SYSTEM_INFO_FABRIC_HANDLES_SUPPORTED = 521,
  HSA_AMD_SYSTEM_INFO_HOST_ALLOC_DMA_BUF_SUPPORTED = 522,
} hsa_system_info_t;

// Attributes of `hsa_agent_get_info`. Values outside this list belong to `hsa_amd_agent_info_t`
// (0xA000) and the image extension (0x3000).
typedef enum hsa_agent_info_t {
  HSA_AGENT_INFO_NAME = 0,
  HSA_AGENT_INFO_VENDOR_NAME = 1,
  HSA_AGENT_INFO_FEATURE = 2,
  HSA_AGENT_INFO_MACHINE_MODEL = 3,
  HSA_AGENT_INFO_PROFILE = 4,
  HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 5,
  HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES = 23,
  HSA_AGENT_INFO_FAST_F16_OPERATION = 24,
  HSA_AGENT_INFO_WAVEFRONT_SIZE = 6,
  HSA_AGENT_INFO_WORKGROUP_MAX_DIM = 7,
  HSA_AGENT_INFO_WORKGROUP_MAX_SIZE = 8,
  HSA_AGENT_INFO_GRID_MAX_DIM = 9,
  HSA_AGENT_INFO_GRID_MAX_SIZE = 10,
  HSA_AGENT_INFO_FBARRIER_MAX_SIZE = 11,
  HSA_AGENT_INFO_QUEUES_MAX = 12,
  HSA_AGENT_INFO_QUEUE_MIN_SIZE = 13,
  HSA_AGENT_INFO_QUEUE_MAX_SIZE = 14,
  HSA_AGENT_INFO_QUEUE_TYPE = 15,
  HSA_AGENT_INFO_NODE = 16,
  HSA_AGENT_INFO_DEVICE = 17,
  HSA_AGENT_INFO_CACHE_SIZE = 18,
  HSA_AGENT_INFO_ISA = 19,
  HSA_AGENT_INFO_EXTENSIONS = 20,
  HSA_AGENT_INFO_VERSION_MAJOR = 21,
  HSA_AGENT_INFO_VERSION_MINOR = 22,
  HSA_AGENT_INFO_LAST = 2147483647,
} hsa_agent_info_t;

// Attributes of `hsa_region_get_info`; sizes in bytes.
typedef enum hsa_region_info_t {
  HSA_REGION_INFO_SEGMENT = 0,
  HSA_REGION_INFO_GLOBAL_FLAGS = 1,
  HSA_REGION_INFO_SIZE = 2,
  HSA_REGION_INFO_ALLOC_MAX_SIZE = 4,
  HSA_REGION_INFO_ALLOC_MAX_PRIVATE_WORKGROUP_SIZE = 8,
  HSA_REGION_INFO_RUNTIME_ALLOC_ALLOWED = 5,
  HSA_REGION_INFO_RUNTIME_ALLOC_GRANULE = 6,
  HSA_REGION_INFO_RUNTIME_ALLOC_ALIGNMENT = 7,
} hsa_region_info_t;

// HSA profile: base, or full (IEEE denormals, shared page tables).
typedef enum hsa_profile_t {
  HSA_PROFILE_BASE = 0,
  HSA_PROFILE_FULL = 1,
} hsa_profile_t;

// What an agent may do with memory or an image.
typedef enum hsa_access_permission_t {
  HSA_ACCESS_PERMISSION_NONE = 0,
  HSA_ACCESS_PERMISSION_RO = 1,
  HSA_ACCESS_PERMISSION_WO = 2,
  HSA_ACCESS_PERMISSION_RW = 3,
} hsa_access_permission_t;

// How a wait compares the signal's value.
typedef enum hsa_signal_condition_t {
  HSA_SIGNAL_CONDITION_EQ = 0,
  HSA_SIGNAL_CONDITION_NE = 1,
  HSA_SIGNAL_CONDITION_LT = 2,
  HSA_SIGNAL_CONDITION_GTE = 3,
} hsa_signal_condition_t;

// Hint: sleep or spin while waiting.
typedef enum hsa_wait_state_t {
  HSA_WAIT_STATE_BLOCKED = 0,
  HSA_WAIT_STATE_ACTIVE = 1,
} hsa_wait_state_t;

// Attributes of `hsa_isa_get_info_alt`.
typedef enum hsa_isa_info_t {
  HSA_ISA_INFO_NAME_LENGTH = 0,
  HSA_ISA_INFO_NAME = 1,
  HSA_ISA_INFO_CALL_CONVENTION_COUNT = 2,
  HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE = 3,
  HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT = 4,
  HSA_ISA_INFO_MACHINE_MODELS = 5,
  HSA_ISA_INFO_PROFILES = 6,
  HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES = 7,
  HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES = 8,
  HSA_ISA_INFO_FAST_F16_OPERATION = 9,
  HSA_ISA_INFO_WORKGROUP_MAX_DIM = 12,
  HSA_ISA_INFO_WORKGROUP_MAX_SIZE = 13,
  HSA_ISA_INFO_GRID_MAX_DIM = 14,
  HSA_ISA_INFO_GRID_MAX_SIZE = 16,
  HSA_ISA_INFO_FBARRIER_MAX_SIZE = 17,
} hsa_isa_info_t;

// Attributes of `hsa_code_object_get_info`.
typedef enum hsa_code_object_info_t {
  HSA_CODE_OBJECT_INFO_VERSION = 0,
  HSA_CODE_OBJECT_INFO_TYPE = 1,
  HSA_CODE_OBJECT_INFO_ISA = 2,
  HSA_CODE_OBJECT_INFO_MACHINE_MODEL = 3,
  HSA_CODE_OBJECT_INFO_PROFILE = 4,
  HSA_CODE_OBJECT_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 5,
} hsa_code_object_info_t;

// Attributes of `hsa_code_symbol_get_info`.
typedef enum hsa_code_symbol_info_t {
  HSA_CODE_SYMBOL_INFO_TYPE = 0,
  HSA_CODE_SYMBOL_INFO_NAME_LENGTH = 1,
  HSA_CODE_SYMBOL_INFO_NAME = 2,
  HSA_CODE_SYMBOL_INFO_MODULE_NAME_LENGTH = 3,
  HSA_CODE_SYMBOL_INFO_MODULE_NAME = 4,
  HSA_CODE_SYMBOL_INFO_LINKAGE = 5,
  HSA_CODE_SYMBOL_INFO_IS_DEFINITION = 17,
  HSA_CODE_SYMBOL_INFO_VARIABLE_ALLOCATION = 6,
  HSA_CODE_SYMBOL_INFO_VARIABLE_SEGMENT = 7,
  HSA_CODE_SYMBOL_INFO_VARIABLE_ALIGNMENT = 8,
  HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE = 9,
  HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST = 10,
  HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE = 11,
  HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT = 12,
  HSA_CODE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE = 13,
  HSA_CODE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE = 14,
  HSA_CODE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK = 15,
  HSA_CODE_SYMBOL_INFO_KERNEL_CALL_CONVENTION = 18,
  HSA_CODE_SYMBOL_INFO_INDIRECT_FUNCTION_CALL_CONVENTION = 16,
  HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE = 19,
} hsa_code_symbol_info_t;

// Whether an executable still takes code objects.
typedef enum hsa_executable_state_t {
  HSA_EXECUTABLE_STATE_UNFROZEN = 0,
  HSA_EXECUTABLE_STATE_FROZEN = 1,
} hsa_executable_state_t;

// Attributes of `hsa_executable_get_info`.
typedef enum hsa_executable_info_t {
  HSA_EXECUTABLE_INFO_PROFILE = 1,
  HSA_EXECUTABLE_INFO_STATE = 2,
  HSA_EXECUTABLE_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 3,
} hsa_executable_info_t;

// Attributes of `hsa_executable_symbol_get_info`; sizes in bytes.
typedef enum hsa_executable_symbol_info_t {
  HSA_EXECUTABLE_SYMBOL_INFO_TYPE = 0,
  HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH = 1,
  HSA_EXECUTABLE_SYMBOL_INFO_NAME = 2,
  HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH = 3,
  HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME = 4,
  HSA_EXECUTABLE_SYMBOL_INFO_AGENT = 20,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS = 21,
  HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE = 5,
  HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION = 17,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION = 6,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT = 7,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT = 8,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE = 9,
  HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST = 10,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT = 22,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE = 11,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT = 12,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE = 13,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE = 14,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK = 15,
  HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_CALL_CONVENTION = 18,
  HSA_EXECUTABLE_SYMBOL_INFO_INDIRECT_FUNCTION_OBJECT = 23,
  HSA_EXECUTABLE_SYMBOL_INFO_INDIRECT_FUNCTION_CALL_CONVENTION = 16,
} hsa_executable_symbol_info_t;

// Attributes of `hsa_cache_get_info`.
typedef enum hsa_cache_info_t {
  HSA_CACHE_INFO_NAME_LENGTH = 0,
  HSA_CACHE_INFO_NAME = 1,
  HSA_CACHE_INFO_LEVEL = 2,
  HSA_CACHE_INFO_SIZE = 3,
} hsa_cache_info_t;

// Bits: floating point widths.
typedef enum hsa_fp_type_t {
  HSA_FP_TYPE_16 = 1,
  HSA_FP_TYPE_32 = 2,
  HSA_FP_TYPE_64 = 4,
} hsa_fp_type_t;

// Bits: denormals flushed to zero or kept.
typedef enum hsa_flush_mode_t {
  HSA_FLUSH_MODE_FTZ = 1,
  HSA_FLUSH_MODE_NON_FTZ = 2,
} hsa_flush_mode_t;

// Bits: fused multiply-add with one or two roundings.
typedef enum hsa_round_method_t {
  HSA_ROUND_METHOD_SINGLE = 1,
  HSA_ROUND_METHOD_DOUBLE = 2,
} hsa_round_method_t;

// Attributes of `hsa_wavefront_get_info`.
typedef enum hsa_wavefront_info_t {
  HSA_WAVEFRONT_INFO_SIZE = 0,
} hsa_wavefront_info_t;

// Default rounding mode; as a mask where several are supported.
typedef enum hsa_default_float_rounding_mode_t {
  HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT = 0,
  HSA_DEFAULT_FLOAT_ROUNDING_MODE_ZERO = 1,
  HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR = 2,
} hsa_default_float_rounding_mode_t;

// Byte order that the runtime reports.
typedef enum hsa_endianness_t {
  HSA_ENDIANNESS_LITTLE = 0,
  HSA_ENDIANNESS_BIG = 1,
} hsa_endianness_t;

// 32-bit (small) or 64-bit (large) pointers.
typedef enum hsa_machine_model_t {
  HSA_MACHINE_MODEL_SMALL = 0,
  HSA_MACHINE_MODEL_LARGE = 1,
} hsa_machine_model_t;

// Extension identifiers; those from 0x200 on are AMD's.
typedef enum hsa_extension_t {
  HSA_EXTENSION_FINALIZER = 0,
  HSA_EXTENSION_IMAGES = 1,
  HSA_EXTENSION_PERFORMANCE_COUNTERS = 2,
  HSA_EXTENSION_PROFILING_EVENTS = 3,
  HSA_EXTENSION_STD_LAST = 3,
  HSA_AMD_FIRST_EXTENSION = 512,
  HSA_EXTENSION_AMD_PROFILER = 512,
  HSA_EXTENSION_AMD_LOADER = 513,
  HSA_EXTENSION_AMD_AQLPROFILE = 514,
  HSA_EXTENSION_AMD_PC_SAMPLING = 515,
  HSA_AMD_LAST_EXTENSION = 515,
} hsa_extension_t;

// Bits: what kinds of packets an agent's queues take.
typedef enum hsa_agent_feature_t {
  HSA_AGENT_FEATURE_KERNEL_DISPATCH = 1,
  HSA_AGENT_FEATURE_AGENT_DISPATCH = 2,
} hsa_agent_feature_t;

// Kind of hardware behind an agent.
typedef enum hsa_device_type_t {
  HSA_DEVICE_TYPE_CPU = 0,
  HSA_DEVICE_TYPE_GPU = 1,
  HSA_DEVICE_TYPE_DSP = 2,
  HSA_DEVICE_TYPE_AIE = 3,
} hsa_device_type_t;

// Bits: how a hardware exception is reported.
typedef enum hsa_exception_policy_t {
  HSA_EXCEPTION_POLICY_BREAK = 1,
  HSA_EXCEPTION_POLICY_DETECT = 2,
} hsa_exception_policy_t;

// Who may submit: several threads, one thread, or a cooperative dispatch.
typedef enum hsa_queue_type_t {
  HSA_QUEUE_TYPE_MULTI = 0,
  HSA_QUEUE_TYPE_SINGLE = 1,
  HSA_QUEUE_TYPE_COOPERATIVE = 2,
} hsa_queue_type_t;

// Bits: packets that a queue takes.
typedef enum hsa_queue_feature_t {
  HSA_QUEUE_FEATURE_KERNEL_DISPATCH = (1 << 0),
  HSA_QUEUE_FEATURE_AGENT_DISPATCH = (1 << 1),
} hsa_queue_feature_t;

// Type field of an AQL packet header.
typedef enum hsa_packet_type_t {
  HSA_PACKET_TYPE_VENDOR_SPECIFIC = 0,
  HSA_PACKET_TYPE_INVALID = 1,
  HSA_PACKET_TYPE_KERNEL_DISPATCH = 2,
  HSA_PACKET_TYPE_BARRIER_AND = 3,
  HSA_PACKET_TYPE_AGENT_DISPATCH = 4,
  HSA_PACKET_TYPE_BARRIER_OR = 5,
} hsa_packet_type_t;

// Scope of a packet's acquire and release fences.
typedef enum hsa_fence_scope_t {
  HSA_FENCE_SCOPE_NONE = 0,
  HSA_FENCE_SCOPE_AGENT = 1,
  HSA_FENCE_SCOPE_SYSTEM = 2,
} hsa_fence_scope_t;

// Bit positions in an AQL packet header.
typedef enum hsa_packet_header_t {
  HSA_PACKET_HEADER_TYPE = 0,
  HSA_PACKET_HEADER_BARRIER = 8,
  HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE = 9,
  HSA_PACKET_HEADER_ACQUIRE_FENCE_SCOPE = 9,
  HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE = 11,
  HSA_PACKET_HEADER_RELEASE_FENCE_SCOPE = 11,
} hsa_packet_header_t;

// Bit widths in an AQL packet header.
typedef enum hsa_packet_header_width_t {
  HSA_PACKET_HEADER_WIDTH_TYPE = 8,
  HSA_PACKET_HEADER_WIDTH_BARRIER = 1,
  HSA_PACKET_HEADER_WIDTH_SCACQUIRE_FENCE_SCOPE = 2,
  HSA_PACKET_HEADER_WIDTH_ACQUIRE_FENCE_SCOPE = 2,
  HSA_PACKET_HEADER_WIDTH_SCRELEASE_FENCE_SCOPE = 2,
  HSA_PACKET_HEADER_WIDTH_RELEASE_FENCE_SCOPE = 2,
} hsa_packet_header_width_t;

// Bit positions in a dispatch packet's setup field.
typedef enum hsa_kernel_dispatch_packet_setup_t {
  HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS = 0,
} hsa_kernel_dispatch_packet_setup_t;

// Bit widths in a dispatch packet's setup field.
typedef enum hsa_kernel_dispatch_packet_setup_width_t {
  HSA_KERNEL_DISPATCH_PACKET_SETUP_WIDTH_DIMENSIONS = 2,
} hsa_kernel_dispatch_packet_setup_width_t;

// Segment that a region backs.
typedef enum hsa_region_segment_t {
  HSA_REGION_SEGMENT_GLOBAL = 0,
  HSA_REGION_SEGMENT_READONLY = 1,
  HSA_REGION_SEGMENT_PRIVATE = 2,
  HSA_REGION_SEGMENT_GROUP = 3,
  HSA_REGION_SEGMENT_KERNARG = 4,
} hsa_region_segment_t;

// Bits: coherence of a global region.
typedef enum hsa_region_global_flag_t {
  HSA_REGION_GLOBAL_FLAG_KERNARG = 1,
  HSA_REGION_GLOBAL_FLAG_FINE_GRAINED = 2,
  HSA_REGION_GLOBAL_FLAG_COARSE_GRAINED = 4,
  HSA_REGION_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED = 8,
} hsa_region_global_flag_t;

// Kind of a symbol.
typedef enum hsa_symbol_kind_t {
  HSA_SYMBOL_KIND_VARIABLE = 0,
  HSA_SYMBOL_KIND_KERNEL = 1,
  HSA_SYMBOL_KIND_INDIRECT_FUNCTION = 2,
} hsa_symbol_kind_t;

// Linkage of a symbol.
typedef enum hsa_symbol_linkage_t {
  HSA_SYMBOL_LINKAGE_MODULE = 0,
  HSA_SYMBOL_LINKAGE_PROGRAM = 1,
} hsa_symbol_linkage_t;

// Whether each agent has its own copy of a variable.
typedef enum hsa_variable_allocation_t {
  HSA_VARIABLE_ALLOCATION_AGENT = 0,
  HSA_VARIABLE_ALLOCATION_PROGRAM = 1,
} hsa_variable_allocation_t;

// Segment of a variable.
typedef enum hsa_variable_segment_t {
  HSA_VARIABLE_SEGMENT_GLOBAL = 0,
  HSA_VARIABLE_SEGMENT_READONLY = 1,
} hsa_variable_segment_t;

// Type of a code object (HSA 1.0, deprecated).
typedef enum hsa_code_object_type_t {
  HSA_CODE_OBJECT_TYPE_PROGRAM = 0,
} hsa_code_object_type_t;

// Handle of an agent.
typedef struct hsa_agent_s {
  uint64_t handle;
} hsa_agent_t;

// `hsa_queue_type_t` with a fixed width.
typedef uint32_t hsa_queue_type32_t;

// Handle of a signal: the address of its `amd_signal_t`; 0 is no signal.
typedef struct hsa_signal_s {
  uint64_t handle;
} hsa_signal_t;

// What a user sees of a queue: the head of `amd_queue_v2_t`. `size` is in packets of 64 bytes.
typedef struct hsa_queue_s {
  hsa_queue_type32_t type;
  uint32_t features;
  void *base_address;
  hsa_signal_t doorbell_signal;
  uint32_t size;
  uint32_t reserved1;
  uint64_t id;
} hsa_queue_t;

// Handle of a memory region.
typedef struct hsa_region_s {
  uint64_t handle;
} hsa_region_t;

// Value of a signal (large machine model).
typedef int64_t hsa_signal_value_t;

// Handle of an instruction set.
typedef struct hsa_isa_s {
  uint64_t handle;
} hsa_isa_t;

// Handle of a code object (HSA 1.0, deprecated).
typedef struct hsa_code_object_s {
  uint64_t handle;
} hsa_code_object_t;

// Data passed to the allocator of `hsa_code_object_serialize`.
typedef struct hsa_callback_data_s {
  uint64_t handle;
} hsa_callback_data_t;

// Handle of a symbol of a code object (HSA 1.0, deprecated).
typedef struct hsa_code_symbol_s {
  uint64_t handle;
} hsa_code_symbol_t;

// Handle of an executable.
typedef struct hsa_executable_s {
  uint64_t handle;
} hsa_executable_t;

// Handle of a symbol of an executable.
typedef struct hsa_executable_symbol_s {
  uint64_t handle;
} hsa_executable_symbol_t;

// Handle of a cache.
typedef struct hsa_cache_s {
  uint64_t handle;
} hsa_cache_t;

// Handle of a group of signals.
typedef struct hsa_signal_group_s {
  uint64_t handle;
} hsa_signal_group_t;

// Handle of a wavefront kind of an instruction set.
typedef struct hsa_wavefront_s {
  uint64_t handle;
} hsa_wavefront_t;

// A POSIX file descriptor.
typedef int hsa_file_t;

// Handle of a code object reader.
typedef struct hsa_code_object_reader_s {
  uint64_t handle;
} hsa_code_object_reader_t;

// Handle of a code object loaded into an executable.
typedef struct hsa_loaded_code_object_s {
  uint64_t handle;
} hsa_loaded_code_object_t;

// Flags of `hsa_amd_interop_map_buffer`.
typedef uint32_t hsa_interop_map_flag_t;

// Three 32-bit extents.
typedef struct hsa_dim3_s {
  uint32_t x;
  uint32_t y;
  uint32_t z;
} hsa_dim3_t;

// AQL packet that launches a kernel; sizes in work-items and bytes.
typedef struct hsa_kernel_dispatch_packet_s {
  union {
    struct {
      uint16_t header;
      uint16_t setup;
    };
    uint32_t full_header;
  };
  uint16_t workgroup_size_x;
  uint16_t workgroup_size_y;
  uint16_t workgroup_size_z;
  uint16_t reserved0;
  uint32_t grid_size_x;
  uint32_t grid_size_y;
  uint32_t grid_size_z;
  uint32_t private_segment_size;
  uint32_t group_segment_size;
  uint64_t kernel_object;
  void *kernarg_address;
  uint64_t reserved2;
  hsa_signal_t completion_signal;
} hsa_kernel_dispatch_packet_t;

// AQL packet that asks an agent for a service.
typedef struct hsa_agent_dispatch_packet_s {
  uint16_t header;
  uint16_t type;
  uint32_t reserved0;
  void *return_address;
  uint64_t arg[4];
  uint64_t reserved2;
  hsa_signal_t completion_signal;
} hsa_agent_dispatch_packet_t;

// AQL packet that waits for all of its signals to reach 0.
typedef struct hsa_barrier_and_packet_s {
  uint16_t header;
  uint16_t reserved0;
  uint32_t reserved1;
  hsa_signal_t dep_signal[5];
  uint64_t reserved2;
  hsa_signal_t completion_signal;
} hsa_barrier_and_packet_t;

// AQL packet that waits for one of its signals to reach 0.
typedef struct hsa_barrier_or_packet_s {
  uint16_t header;
  uint16_t reserved0;
  uint32_t reserved1;
  hsa_signal_t dep_signal[5];
  uint64_t reserved2;
  hsa_signal_t completion_signal;
} hsa_barrier_or_packet_t;

// An operating system handle: a file descriptor on Linux.
typedef int hsa_handle_t;

// A Windows adapter identifier; unused on Linux.
typedef struct hsa_luid_s {
  uint32_t low;
  uint32_t high;
} hsa_luid_t;

// No flag.
#define HSA_INTEROP_MAP_FLAG_NONE 0

// The handle is a Windows KMT handle.
#define HSA_INTEROP_MAP_FLAG_KMT_HANDLE 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

hsa_status_t hsa_init(void);

hsa_status_t hsa_shut_down(void);

hsa_status_t hsa_system_get_info(hsa_system_info_t attribute, void *value);

hsa_status_t hsa_system_extension_supported(uint16_t extension,
                                                 uint16_t version_major,
                                                 uint16_t version_minor,
                                                 bool *result);

hsa_status_t hsa_system_get_extension_table(uint16_t extension,
                                                 uint16_t version_major,
                                                 uint16_t version_minor,
                                                 void *table);

hsa_status_t hsa_iterate_agents(hsa_status_t (*callback)(hsa_agent_t agent, void *data),
                                     void *data);

hsa_status_t hsa_agent_get_info(hsa_agent_t agent, hsa_agent_info_t attribute, void *value);

hsa_status_t hsa_queue_create(hsa_agent_t agent,
                                   uint32_t size,
                                   hsa_queue_type32_t type,
                                   void (*callback)(hsa_status_t status,
                                                    hsa_queue_t *source,
                                                    void *data),
                                   void *data,
                                   uint32_t private_segment_size,
                                   uint32_t group_segment_size,
                                   hsa_queue_t **queue);

hsa_status_t hsa_soft_queue_create(hsa_region_t region,
                                        uint32_t size,
                                        hsa_queue_type32_t type,
                                        uint32_t features,
                                        hsa_signal_t doorbell_signal,
                                        hsa_queue_t **queue);

hsa_status_t hsa_queue_destroy(hsa_queue_t *queue);

hsa_status_t hsa_queue_inactivate(hsa_queue_t *queue);

uint64_t hsa_queue_load_read_index_scacquire(const hsa_queue_t *queue);

uint64_t hsa_queue_load_read_index_acquire(const hsa_queue_t *queue);

uint64_t hsa_queue_load_read_index_relaxed(const hsa_queue_t *queue);

uint64_t hsa_queue_load_write_index_scacquire(const hsa_queue_t *queue);

uint64_t hsa_queue_load_write_index_acquire(const hsa_queue_t *queue);

uint64_t hsa_queue_load_write_index_relaxed(const hsa_queue_t *queue);

void hsa_queue_store_write_index_relaxed(const hsa_queue_t *queue, uint64_t value);

void hsa_queue_store_write_index_screlease(const hsa_queue_t *queue, uint64_t value);

void hsa_queue_store_write_index_release(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_cas_write_index_scacq_screl(const hsa_queue_t *queue,
                                               uint64_t expected,
                                               uint64_t value);

uint64_t hsa_queue_cas_write_index_acq_rel(const hsa_queue_t *queue,
                                               uint64_t expected,
                                               uint64_t value);

uint64_t hsa_queue_cas_write_index_scacquire(const hsa_queue_t *queue,
                                             uint64_t expected,
                                             uint64_t value);

uint64_t hsa_queue_cas_write_index_acquire(const hsa_queue_t *queue,
                                             uint64_t expected,
                                             uint64_t value);

uint64_t hsa_queue_cas_write_index_relaxed(const hsa_queue_t *queue,
                                           uint64_t expected,
                                           uint64_t value);

uint64_t hsa_queue_cas_write_index_screlease(const hsa_queue_t *queue,
                                             uint64_t expected,
                                             uint64_t value);

uint64_t hsa_queue_cas_write_index_release(const hsa_queue_t *queue,
                                             uint64_t expected,
                                             uint64_t value);

uint64_t hsa_queue_add_write_index_scacq_screl(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_acq_rel(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_scacquire(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_acquire(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_relaxed(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_screlease(const hsa_queue_t *queue, uint64_t value);

uint64_t hsa_queue_add_write_index_release(const hsa_queue_t *queue, uint64_t value);

void hsa_queue_store_read_index_relaxed(const hsa_queue_t *queue, uint64_t value);

void hsa_queue_store_read_index_screlease(const hsa_queue_t *queue, uint64_t value);

void hsa_queue_store_read_index_release(const hsa_queue_t *queue, uint64_t value);

hsa_status_t hsa_agent_iterate_regions(hsa_agent_t agent,
                                            hsa_status_t (*callback)(hsa_region_t region,
                                                                          void *data),
                                            void *data);

hsa_status_t hsa_region_get_info(hsa_region_t region,
                                      hsa_region_info_t attribute,
                                      void *value);

hsa_status_t hsa_agent_get_exception_policies(hsa_agent_t agent,
                                                   hsa_profile_t profile,
                                                   uint16_t *mask);

hsa_status_t hsa_agent_extension_supported(uint16_t extension,
                                                hsa_agent_t agent,
                                                uint16_t version_major,
                                                uint16_t version_minor,
                                                bool *result);

hsa_status_t hsa_memory_register(void *ptr, size_t size);

hsa_status_t hsa_memory_deregister(void *ptr, size_t size);

hsa_status_t hsa_memory_allocate(hsa_region_t region, size_t size, void **ptr);

hsa_status_t hsa_memory_free(void *ptr);

hsa_status_t hsa_memory_copy(void *dst, const void *src, size_t size);

hsa_status_t hsa_memory_assign_agent(void *ptr,
                                          hsa_agent_t agent,
                                          hsa_access_permission_t access);

hsa_status_t hsa_signal_create(hsa_signal_value_t initial_value,
                                    uint32_t num_consumers,
                                    const hsa_agent_t *consumers,
                                    hsa_signal_t *signal);

hsa_status_t hsa_signal_destroy(hsa_signal_t signal);

hsa_signal_value_t hsa_signal_load_relaxed(hsa_signal_t signal);

hsa_signal_value_t hsa_signal_load_scacquire(hsa_signal_t signal);

hsa_signal_value_t hsa_signal_load_acquire(hsa_signal_t signal);

void hsa_signal_store_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_store_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_store_release(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_wait_relaxed(hsa_signal_t signal,
                                           hsa_signal_condition_t condition,
                                           hsa_signal_value_t compare_value,
                                           uint64_t timeout_hint,
                                           hsa_wait_state_t wait_state_hint);

hsa_signal_value_t hsa_signal_wait_scacquire(hsa_signal_t signal,
                                             hsa_signal_condition_t condition,
                                             hsa_signal_value_t compare_value,
                                             uint64_t timeout_hint,
                                             hsa_wait_state_t wait_state_hint);

hsa_signal_value_t hsa_signal_wait_acquire(hsa_signal_t signal,
                                             hsa_signal_condition_t condition,
                                             hsa_signal_value_t compare_value,
                                             uint64_t timeout_hint,
                                             hsa_wait_state_t wait_state_hint);

void hsa_signal_and_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_acquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_release(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_and_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_acquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_release(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_or_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_acquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_release(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_xor_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_acquire(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_screlease(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_release(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_exchange_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_acquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_release(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_add_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_scacquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_acquire(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_screlease(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_release(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_scacq_screl(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_subtract_acq_rel(hsa_signal_t signal, hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_relaxed(hsa_signal_t signal,
                                          hsa_signal_value_t expected,
                                          hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_scacquire(hsa_signal_t signal,
                                            hsa_signal_value_t expected,
                                            hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_acquire(hsa_signal_t signal,
                                            hsa_signal_value_t expected,
                                            hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_screlease(hsa_signal_t signal,
                                            hsa_signal_value_t expected,
                                            hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_release(hsa_signal_t signal,
                                            hsa_signal_value_t expected,
                                            hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_scacq_screl(hsa_signal_t signal,
                                              hsa_signal_value_t expected,
                                              hsa_signal_value_t value);

hsa_signal_value_t hsa_signal_cas_acq_rel(hsa_signal_t signal,
                                              hsa_signal_value_t expected,
                                              hsa_signal_value_t value);

hsa_status_t hsa_isa_from_name(const char *name, hsa_isa_t *isa);

hsa_status_t hsa_isa_get_info(hsa_isa_t isa,
                                   hsa_isa_info_t attribute,
                                   uint32_t index,
                                   void *value);

hsa_status_t hsa_isa_compatible(hsa_isa_t code_object_isa,
                                     hsa_isa_t agent_isa,
                                     bool *result);

hsa_status_t hsa_code_object_serialize(hsa_code_object_t code_object,
                                            hsa_status_t (*alloc_callback)(size_t size,
                                                                                hsa_callback_data_t data,
                                                                                void **address),
                                            hsa_callback_data_t callback_data,
                                            const char *options,
                                            void **serialized_code_object,
                                            size_t *serialized_code_object_size);

hsa_status_t hsa_code_object_deserialize(void *serialized_code_object,
                                              size_t serialized_code_object_size,
                                              const char *options,
                                              hsa_code_object_t *code_object);

hsa_status_t hsa_code_object_destroy(hsa_code_object_t code_object);

hsa_status_t hsa_code_object_get_info(hsa_code_object_t code_object,
                                           hsa_code_object_info_t attribute,
                                           void *value);

hsa_status_t hsa_code_object_get_symbol(hsa_code_object_t code_object,
                                             const char *symbol_name,
                                             hsa_code_symbol_t *symbol);

hsa_status_t hsa_code_symbol_get_info(hsa_code_symbol_t code_symbol,
                                           hsa_code_symbol_info_t attribute,
                                           void *value);

hsa_status_t hsa_code_object_iterate_symbols(hsa_code_object_t code_object,
                                                  hsa_status_t (*callback)(hsa_code_object_t code_object,
                                                                                hsa_code_symbol_t symbol,
                                                                                void *data),
                                                  void *data);

hsa_status_t hsa_executable_create(hsa_profile_t profile,
                                        hsa_executable_state_t executable_state,
                                        const char *options,
                                        hsa_executable_t *executable);

hsa_status_t hsa_executable_destroy(hsa_executable_t executable);

hsa_status_t hsa_executable_load_code_object(hsa_executable_t executable,
                                                  hsa_agent_t agent,
                                                  hsa_code_object_t code_object,
                                                  const char *options);

hsa_status_t hsa_executable_freeze(hsa_executable_t executable, const char *options);

hsa_status_t hsa_executable_get_info(hsa_executable_t executable,
                                          hsa_executable_info_t attribute,
                                          void *value);

hsa_status_t hsa_executable_global_variable_define(hsa_executable_t executable,
                                                        const char *variable_name,
                                                        void *address);

hsa_status_t hsa_executable_agent_global_variable_define(hsa_executable_t executable,
                                                              hsa_agent_t agent,
                                                              const char *variable_name,
                                                              void *address);

hsa_status_t hsa_executable_readonly_variable_define(hsa_executable_t executable,
                                                          hsa_agent_t agent,
                                                          const char *variable_name,
                                                          void *address);

hsa_status_t hsa_executable_validate(hsa_executable_t executable, uint32_t *result);

hsa_status_t hsa_executable_get_symbol(hsa_executable_t executable,
                                            const char *module_name,
                                            const char *symbol_name,
                                            hsa_agent_t agent,
                                            int32_t call_convention,
                                            hsa_executable_symbol_t *symbol);

hsa_status_t hsa_executable_symbol_get_info(hsa_executable_symbol_t executable_symbol,
                                                 hsa_executable_symbol_info_t attribute,
                                                 void *value);

hsa_status_t hsa_executable_iterate_symbols(hsa_executable_t executable,
                                                 hsa_status_t (*callback)(hsa_executable_t exec,
                                                                               hsa_executable_symbol_t symbol,
                                                                               void *data),
                                                 void *data);

hsa_status_t hsa_status_string(hsa_status_t status, const char **status_string);

hsa_status_t hsa_extension_get_name(uint16_t extension, const char **name);

hsa_status_t hsa_system_major_extension_supported(uint16_t extension,
                                                       uint16_t version_major,
                                                       uint16_t *version_minor,
                                                       bool *result);

hsa_status_t hsa_system_get_major_extension_table(uint16_t extension,
                                                       uint16_t version_major,
                                                       size_t table_length,
                                                       void *table);

hsa_status_t hsa_agent_major_extension_supported(uint16_t extension,
                                                      hsa_agent_t agent,
                                                      uint16_t version_major,
                                                      uint16_t *version_minor,
                                                      bool *result);

hsa_status_t hsa_cache_get_info(hsa_cache_t cache, hsa_cache_info_t attribute, void *value);

hsa_status_t hsa_agent_iterate_caches(hsa_agent_t agent,
                                           hsa_status_t (*callback)(hsa_cache_t cache, void *data),
                                           void *data);

void hsa_signal_silent_store_relaxed(hsa_signal_t signal, hsa_signal_value_t value);

void hsa_signal_silent_store_screlease(hsa_signal_t signal, hsa_signal_value_t value);

hsa_status_t hsa_signal_group_create(uint32_t num_signals,
                                          const hsa_signal_t *signals,
                                          uint32_t num_consumers,
                                          const hsa_agent_t *consumers,
                                          hsa_signal_group_t *signal_group);

hsa_status_t hsa_signal_group_destroy(hsa_signal_group_t signal_group);

hsa_status_t hsa_signal_group_wait_any_scacquire(hsa_signal_group_t signal_group,
                                                      const hsa_signal_condition_t *conditions,
                                                      const hsa_signal_value_t *compare_values,
                                                      hsa_wait_state_t wait_state_hint,
                                                      hsa_signal_t *signal,
                                                      hsa_signal_value_t *value);

hsa_status_t hsa_signal_group_wait_any_relaxed(hsa_signal_group_t signal_group,
                                                    const hsa_signal_condition_t *conditions,
                                                    const hsa_signal_value_t *compare_values,
                                                    hsa_wait_state_t wait_state_hint,
                                                    hsa_signal_t *signal,
                                                    hsa_signal_value_t *value);

hsa_status_t hsa_agent_iterate_isas(hsa_agent_t agent,
                                         hsa_status_t (*callback)(hsa_isa_t isa, void *data),
                                         void *data);

hsa_status_t hsa_isa_get_info_alt(hsa_isa_t isa, hsa_isa_info_t attribute, void *value);

hsa_status_t hsa_isa_get_exception_policies(hsa_isa_t isa,
                                                 hsa_profile_t profile,
                                                 uint16_t *mask);

hsa_status_t hsa_isa_get_round_method(hsa_isa_t isa,
                                           hsa_fp_type_t fp_type,
                                           hsa_flush_mode_t flush_mode,
                                           hsa_round_method_t *round_method);

hsa_status_t hsa_wavefront_get_info(hsa_wavefront_t wavefront,
                                         hsa_wavefront_info_t attribute,
                                         void *value);

hsa_status_t hsa_isa_iterate_wavefronts(hsa_isa_t isa,
                                             hsa_status_t (*callback)(hsa_wavefront_t wavefront,
                                                                           void *data),
                                             void *data);

hsa_status_t hsa_code_object_get_symbol_from_name(hsa_code_object_t code_object,
                                                       const char *module_name,
                                                       const char *symbol_name,
                                                       hsa_code_symbol_t *symbol);

hsa_status_t hsa_code_object_reader_create_from_file(hsa_file_t file,
                                                          hsa_code_object_reader_t *code_object_reader);

hsa_status_t hsa_code_object_reader_create_from_memory(const void *code_object,
                                                            size_t size,
                                                            hsa_code_object_reader_t *code_object_reader);

hsa_status_t hsa_code_object_reader_destroy(hsa_code_object_reader_t code_object_reader);

hsa_status_t hsa_executable_create_alt(hsa_profile_t profile,
                                            hsa_default_float_rounding_mode_t default_float_rounding_mode,
                                            const char *options,
                                            hsa_executable_t *executable);

hsa_status_t hsa_executable_load_program_code_object(hsa_executable_t executable,
                                                          hsa_code_object_reader_t code_object_reader,
                                                          const char *options,
                                                          hsa_loaded_code_object_t *loaded_code_object);

hsa_status_t hsa_executable_load_agent_code_object(hsa_executable_t executable,
                                                        hsa_agent_t agent,
                                                        hsa_code_object_reader_t code_object_reader,
                                                        const char *options,
                                                        hsa_loaded_code_object_t *loaded_code_object);

hsa_status_t hsa_executable_validate_alt(hsa_executable_t executable,
                                              const char *options,
                                              uint32_t *result);

hsa_status_t hsa_executable_get_symbol_by_name(hsa_executable_t executable,
                                                    const char *symbol_name,
                                                    const hsa_agent_t *agent,
                                                    hsa_executable_symbol_t *symbol);

hsa_status_t hsa_executable_iterate_agent_symbols(hsa_executable_t executable,
                                                       hsa_agent_t agent,
                                                       hsa_status_t (*callback)(hsa_executable_t exec,
                                                                                     hsa_agent_t agent,
                                                                                     hsa_executable_symbol_t symbol,
                                                                                     void *data),
                                                       void *data);

hsa_status_t hsa_executable_iterate_program_symbols(hsa_executable_t executable,
                                                         hsa_status_t (*callback)(hsa_executable_t exec,
                                                                                       hsa_executable_symbol_t symbol,
                                                                                       void *data),
                                                         void *data);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif
