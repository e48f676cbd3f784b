# Tags as upstream has them, hsa_queue_s for hsa_queue_t, and typedef names where cbindgen writes tags. The
# intercept marker stays tagged: its callback takes a pointer to it.
/^typedef .*{$/! s/\(struct\|union\|enum\) \([A-Za-z_][A-Za-z0-9_]*\)/\2/g
s/const amd_aql_intercept_marker_t \*packet, /const struct amd_aql_intercept_marker_s *packet, /

# What Rust's types cannot say: bit fields, and memory that changes by itself.
/^typedef struct hsa_amd_ext_perf_hint_t {/,/^}/ s/^  uint8_t hint_val;/  union {\n    struct {\n      uint8_t group_mem_carveout : 7;\n      uint8_t reverse_dispatch_order : 1;\n    };\n    uint8_t hint_val;\n  };/
/^typedef struct hsa_amd_metadata_preload_t {/,/^}/ s/^  uint16_t bits;/  uint16_t length : 7;\n  uint16_t offset : 9;/
/^typedef struct perf_sample_.*_v1_t {/,/^}/ s/^  uint32_t wave;/  uint32_t wave_in_wg : 6;\n  uint32_t reserved_wg : 2;\n  uint32_t chiplet : 3;\n  uint32_t reserved : 21;/
/^typedef struct amd_data_prefetch_t {/,/^}/ {
  s/^  uint32_t dw0;/  union {\n    struct {\n      uint32_t cooperative : 1;\n      uint32_t temporal : 2;\n      uint32_t scope : 2;\n      uint32_t burst_size : 11;\n      uint32_t num_burst : 16;\n    };\n    uint32_t dw0;\n  };/
  s/^  uint32_t dw1;/  union {\n    struct {\n      uint32_t chunk_size : 4;\n      uint32_t translation_permissions : 2;\n      uint32_t reserved1 : 2;\n      uint32_t addr_lo : 24;\n    };\n    uint32_t dw1;\n  };/
  s/^  uint32_t dw2;/  union {\n    struct {\n      uint32_t addr_hi : 25;\n      uint32_t reserved2 : 7;\n    };\n    uint32_t dw2;\n  };/
  s/^  uint32_t dw3;/  union {\n    struct {\n      uint32_t stride : 24;\n      uint32_t reserved3 : 6;\n      uint32_t mode : 2;\n    };\n    uint32_t dw3;\n  };/
}
/^typedef struct amd_launch_descriptor_t {/,/^}/ s/^  uint32_t cu_enable;/  union {\n    struct {\n      uint32_t cu_start : 4;\n      uint32_t cu_count : 4;\n      uint32_t se_en : 2;\n      uint32_t reserved_cu : 22;\n    };\n    uint32_t cu_enable;\n  };/
/^typedef struct .*amd_queue_\(v2_\)\?t {/,/^}/ s/^  \(uint[0-9]*_t \(write_dispatch_id\|read_dispatch_id\|max_legacy_doorbell_dispatch_id_plus_1\|legacy_doorbell_lock\|scratch_max_use_index\|alt_scratch_max_use_index\);\)/  volatile \1/
/^typedef struct scratch_last_used_index_xcc_t {/,/^}/ s/^  uint64_t/  volatile uint64_t/
/^typedef struct .*amd_signal_t {/,/^}/ s/^    \(int64_t value;\|uint64_t \*hardware_doorbell_ptr;\)/    volatile \1/
s/hsa_signal_value_t \*\*value_ptr/volatile hsa_signal_value_t **value_ptr/
# Members of the tables end in _fn in C.
/^typedef struct [A-Za-z]*\(ApiTable\|ExtTable\) {/,/^}/ s/(\*\(hsa_[a-z0-9_]*\))(/(*\1_fn)(/
/^typedef struct ToolsApiTable {/,/^}/ s/^\(  hsa_amd_tool_event [a-z_]*\);/\1_fn;/

s/^\(typedef struct .*\)_t {/\1_s {/
