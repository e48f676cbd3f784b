/* hsa_amd_tool.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_HSA_AMD_TOOL_H
#define HSA_HSA_AMD_TOOL_H

#include "hsa.h"

// Bits: how scratch was allocated.
typedef enum hsa_amd_event_scratch_alloc_flag_t {
  HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_NONE = 0,
  HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_USE_ONCE = (1 << 0),
  HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_ALT = (1 << 1),
} hsa_amd_event_scratch_alloc_flag_t;

// Kind of a tool event.
typedef enum hsa_amd_tool_event_kind_t {
  HSA_AMD_TOOL_EVENT_MIN = 0,
  HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_START = 1,
  HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_END = 2,
  HSA_AMD_TOOL_EVENT_SCRATCH_FREE_START = 3,
  HSA_AMD_TOOL_EVENT_SCRATCH_FREE_END = 4,
  HSA_AMD_TOOL_EVENT_SCRATCH_ASYNC_RECLAIM_START = 5,
  HSA_AMD_TOOL_EVENT_SCRATCH_ASYNC_RECLAIM_END = 6,
  HSA_AMD_TOOL_EVENT_MAX = 7,
} hsa_amd_tool_event_kind_t;

// The part that all tool events have.
typedef struct hsa_amd_tool_event_none_s {
  hsa_amd_tool_event_kind_t kind;
} hsa_amd_tool_event_none_t;

// A scratch allocation begins.
typedef struct hsa_amd_event_scratch_alloc_start_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
  uint64_t dispatch_id;
} hsa_amd_event_scratch_alloc_start_t;

// A scratch allocation is done; size in bytes.
typedef struct hsa_amd_event_scratch_alloc_end_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
  uint64_t dispatch_id;
  size_t size;
  size_t num_slots;
} hsa_amd_event_scratch_alloc_end_t;

// A scratch release begins.
typedef struct hsa_amd_event_scratch_free_start_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
} hsa_amd_event_scratch_free_start_t;

// A scratch release is done.
typedef struct hsa_amd_event_scratch_free_end_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
} hsa_amd_event_scratch_free_end_t;

// An asynchronous reclaim begins.
typedef struct hsa_amd_event_scratch_async_reclaim_start_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
} hsa_amd_event_scratch_async_reclaim_start_t;

// An asynchronous reclaim is done.
typedef struct hsa_amd_event_scratch_async_reclaim_end_s {
  hsa_amd_tool_event_kind_t kind;
  const hsa_queue_t *queue;
  hsa_amd_event_scratch_alloc_flag_t flags;
} hsa_amd_event_scratch_async_reclaim_end_t;

// A tool event; each member begins with its kind.
typedef union hsa_amd_tool_event_t {
  const hsa_amd_tool_event_none_t *none;
  const hsa_amd_event_scratch_alloc_start_t *scratch_alloc_start;
  const hsa_amd_event_scratch_alloc_end_t *scratch_alloc_end;
  const hsa_amd_event_scratch_free_start_t *scratch_free_start;
  const hsa_amd_event_scratch_free_end_t *scratch_free_end;
  const hsa_amd_event_scratch_async_reclaim_start_t *scratch_async_reclaim_start;
  const hsa_amd_event_scratch_async_reclaim_end_t *scratch_async_reclaim_end;
} hsa_amd_tool_event_t;

// Called by the runtime on a tool event.
typedef hsa_status_t (*hsa_amd_tool_event)(hsa_amd_tool_event_t);

#endif
