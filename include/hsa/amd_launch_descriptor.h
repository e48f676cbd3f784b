/* amd_launch_descriptor.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_AMD_LAUNCH_DESCRIPTOR_H
#define HSA_AMD_LAUNCH_DESCRIPTOR_H

#include <stdint.h>

// Regions that a launch can prefetch.
#define AMD_LAUNCH_DESCRIPTOR_MAX_PREFETCH_REGIONS 2

// `version` of an empty descriptor.
#define AMD_LAUNCH_DESCRIPTOR_VERSION_NONE 0

// `version` of a gfx1250 descriptor.
#define AMD_LAUNCH_DESCRIPTOR_VERSION_GFX1250 1

// One region that the launch prefetches; each dword is packed from bit fields.
typedef struct amd_data_prefetch_s {
  // 0 cooperative, 1-2 temporal, 3-4 scope, 5-15 burst size, 16-31 bursts.
  union {
    struct {
      uint32_t cooperative : 1;
      uint32_t temporal : 2;
      uint32_t scope : 2;
      uint32_t burst_size : 11;
      uint32_t num_burst : 16;
    };
    uint32_t dw0;
  };
  // 0-3 chunk size, 4-5 translation permissions, 8-31 low address.
  union {
    struct {
      uint32_t chunk_size : 4;
      uint32_t translation_permissions : 2;
      uint32_t reserved1 : 2;
      uint32_t addr_lo : 24;
    };
    uint32_t dw1;
  };
  // 0-24 high address.
  union {
    struct {
      uint32_t addr_hi : 25;
      uint32_t reserved2 : 7;
    };
    uint32_t dw2;
  };
  // 0-23 stride, 30-31 mode.
  union {
    struct {
      uint32_t stride : 24;
      uint32_t reserved3 : 6;
      uint32_t mode : 2;
    };
    uint32_t dw3;
  };
} amd_data_prefetch_t;

// Launch parameters in dispatch metadata.
typedef struct amd_launch_descriptor_s {
  uint8_t version;
  uint8_t priority;
  uint8_t pm_hint;
  uint8_t reserved0;
  // 0-3 first compute unit, 4-7 count, 8-9 shader engines.
  union {
    struct {
      uint32_t cu_start : 4;
      uint32_t cu_count : 4;
      uint32_t se_en : 2;
      uint32_t reserved_cu : 22;
    };
    uint32_t cu_enable;
  };
  uint16_t dispatch_granularity_limiter;
  uint16_t reserved1;
  uint8_t reserved2;
  uint8_t reserved3;
  uint16_t tg_chunk_size;
  uint32_t reserved4;
  amd_data_prefetch_t prefetch[AMD_LAUNCH_DESCRIPTOR_MAX_PREFETCH_REGIONS];
} amd_launch_descriptor_t;

#endif
