/* hsa_api_trace.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_HSA_API_TRACE_H
#define HSA_HSA_API_TRACE_H

#include "hsa.h"
#include "hsa_api_trace_version.h"
#include "hsa_ext_image.h"
#include "hsa_ext_amd.h"
#include "hsa_ext_finalize.h"
#include "hsa_amd_tool.h"
#include "hsa_ven_amd_pc_sampling.h"

// Vendor packet format that calls back instead of going to the hardware queue.
#define AMD_AQL_FORMAT_INTERCEPT_MARKER 254

// Head of each table. `minor_id` is the table's size in bytes, so that a tool built against a longer or a
// shorter table knows what it may touch.
typedef struct ApiTableVersion {
  uint32_t major_id;
  uint32_t minor_id;
  uint32_t step_id;
  uint32_t reserved;
} ApiTableVersion;

// Marker packet of an intercept queue.
typedef struct amd_aql_intercept_marker_s {
  uint16_t header;
  uint8_t format;
  uint8_t reserved[5];
  void (*callback)(const struct amd_aql_intercept_marker_s *packet, hsa_queue_t *queue, uint64_t packet_id);
  uint64_t user_data[6];
} amd_aql_intercept_marker_t;

// Called when an intercept queue meets a marker packet.
typedef void (*amd_intercept_marker_handler)(const amd_aql_intercept_marker_t *packet,
                                             hsa_queue_t *queue,
                                             uint64_t packet_id);

// Given to an intercept handler: writes packets on to the next handler or the hardware queue.
typedef void (*hsa_amd_queue_intercept_packet_writer)(const void *pkts, uint64_t pkt_count);

// Called with the packets that a client submitted; `user_pkt_index` is the first one's index in its queue.
typedef void (*hsa_amd_queue_intercept_handler)(const void *pkts,
                                                uint64_t pkt_count,
                                                uint64_t user_pkt_index,
                                                void *data,
                                                hsa_amd_queue_intercept_packet_writer writer);

// Called when the runtime itself creates a queue.
typedef void (*hsa_amd_runtime_queue_notifier)(const hsa_queue_t *queue, hsa_agent_t agent, void *data);

// Table of the core functions.
typedef struct CoreApiTable {
  ApiTableVersion version;
  hsa_status_t (*hsa_init_fn)(void);
  hsa_status_t (*hsa_shut_down_fn)(void);
  hsa_status_t (*hsa_system_get_info_fn)(hsa_system_info_t attribute, void *value);
  hsa_status_t (*hsa_system_extension_supported_fn)(uint16_t extension,
                                                 uint16_t version_major,
                                                 uint16_t version_minor,
                                                 bool *result);
  hsa_status_t (*hsa_system_get_extension_table_fn)(uint16_t extension,
                                                 uint16_t version_major,
                                                 uint16_t version_minor,
                                                 void *table);
  hsa_status_t (*hsa_iterate_agents_fn)(hsa_status_t (*callback)(hsa_agent_t agent, void *data), void *data);
  hsa_status_t (*hsa_agent_get_info_fn)(hsa_agent_t agent, hsa_agent_info_t attribute, void *value);
  hsa_status_t (*hsa_queue_create_fn)(hsa_agent_t agent,
                                   uint32_t size,
                                   hsa_queue_type32_t type,
                                   void (*callback)(hsa_status_t status, hsa_queue_t *source, void *data),
                                   void *data,
                                   uint32_t private_segment_size,
                                   uint32_t group_segment_size,
                                   hsa_queue_t **queue);
  hsa_status_t (*hsa_soft_queue_create_fn)(hsa_region_t region,
                                        uint32_t size,
                                        hsa_queue_type32_t type,
                                        uint32_t features,
                                        hsa_signal_t doorbell_signal,
                                        hsa_queue_t **queue);
  hsa_status_t (*hsa_queue_destroy_fn)(hsa_queue_t *queue);
  hsa_status_t (*hsa_queue_inactivate_fn)(hsa_queue_t *queue);
  uint64_t (*hsa_queue_load_read_index_scacquire_fn)(const hsa_queue_t *queue);
  uint64_t (*hsa_queue_load_read_index_relaxed_fn)(const hsa_queue_t *queue);
  uint64_t (*hsa_queue_load_write_index_scacquire_fn)(const hsa_queue_t *queue);
  uint64_t (*hsa_queue_load_write_index_relaxed_fn)(const hsa_queue_t *queue);
  void (*hsa_queue_store_write_index_relaxed_fn)(const hsa_queue_t *queue, uint64_t value);
  void (*hsa_queue_store_write_index_screlease_fn)(const hsa_queue_t *queue, uint64_t value);
  uint64_t (*hsa_queue_cas_write_index_scacq_screl_fn)(const hsa_queue_t *queue,
                                                    uint64_t expected,
                                                    uint64_t value);
  uint64_t (*hsa_queue_cas_write_index_scacquire_fn)(const hsa_queue_t *queue, uint64_t expected, uint64_t value);
  uint64_t (*hsa_queue_cas_write_index_relaxed_fn)(const hsa_queue_t *queue, uint64_t expected, uint64_t value);
  uint64_t (*hsa_queue_cas_write_index_screlease_fn)(const hsa_queue_t *queue, uint64_t expected, uint64_t value);
  uint64_t (*hsa_queue_add_write_index_scacq_screl_fn)(const hsa_queue_t *queue, uint64_t value);
  uint64_t (*hsa_queue_add_write_index_scacquire_fn)(const hsa_queue_t *queue, uint64_t value);
  uint64_t (*hsa_queue_add_write_index_relaxed_fn)(const hsa_queue_t *queue, uint64_t value);
  uint64_t (*hsa_queue_add_write_index_screlease_fn)(const hsa_queue_t *queue, uint64_t value);
  void (*hsa_queue_store_read_index_relaxed_fn)(const hsa_queue_t *queue, uint64_t value);
  void (*hsa_queue_store_read_index_screlease_fn)(const hsa_queue_t *queue, uint64_t value);
  hsa_status_t (*hsa_agent_iterate_regions_fn)(hsa_agent_t agent,
                                            hsa_status_t (*callback)(hsa_region_t region, void *data),
                                            void *data);
  hsa_status_t (*hsa_region_get_info_fn)(hsa_region_t region, hsa_region_info_t attribute, void *value);
  hsa_status_t (*hsa_agent_get_exception_policies_fn)(hsa_agent_t agent, hsa_profile_t profile, uint16_t *mask);
  hsa_status_t (*hsa_agent_extension_supported_fn)(uint16_t extension,
                                                hsa_agent_t agent,
                                                uint16_t version_major,
                                                uint16_t version_minor,
                                                bool *result);
  hsa_status_t (*hsa_memory_register_fn)(void *ptr, size_t size);
  hsa_status_t (*hsa_memory_deregister_fn)(void *ptr, size_t size);
  hsa_status_t (*hsa_memory_allocate_fn)(hsa_region_t region, size_t size, void **ptr);
  hsa_status_t (*hsa_memory_free_fn)(void *ptr);
  hsa_status_t (*hsa_memory_copy_fn)(void *dst, const void *src, size_t size);
  hsa_status_t (*hsa_memory_assign_agent_fn)(void *ptr, hsa_agent_t agent, hsa_access_permission_t access);
  hsa_status_t (*hsa_signal_create_fn)(hsa_signal_value_t initial_value,
                                    uint32_t num_consumers,
                                    const hsa_agent_t *consumers,
                                    hsa_signal_t *signal);
  hsa_status_t (*hsa_signal_destroy_fn)(hsa_signal_t signal);
  hsa_signal_value_t (*hsa_signal_load_relaxed_fn)(hsa_signal_t signal);
  hsa_signal_value_t (*hsa_signal_load_scacquire_fn)(hsa_signal_t signal);
  void (*hsa_signal_store_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_store_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_wait_relaxed_fn)(hsa_signal_t signal,
                                                hsa_signal_condition_t condition,
                                                hsa_signal_value_t compare_value,
                                                uint64_t timeout_hint,
                                                hsa_wait_state_t wait_state_hint);
  hsa_signal_value_t (*hsa_signal_wait_scacquire_fn)(hsa_signal_t signal,
                                                  hsa_signal_condition_t condition,
                                                  hsa_signal_value_t compare_value,
                                                  uint64_t timeout_hint,
                                                  hsa_wait_state_t wait_state_hint);
  void (*hsa_signal_and_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_and_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_and_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_and_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_or_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_or_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_or_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_or_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_xor_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_xor_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_xor_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_xor_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_exchange_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_exchange_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_exchange_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_exchange_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_add_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_add_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_add_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_add_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_subtract_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_subtract_scacquire_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_subtract_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_subtract_scacq_screl_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_cas_relaxed_fn)(hsa_signal_t signal,
                                               hsa_signal_value_t expected,
                                               hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_cas_scacquire_fn)(hsa_signal_t signal,
                                                 hsa_signal_value_t expected,
                                                 hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_cas_screlease_fn)(hsa_signal_t signal,
                                                 hsa_signal_value_t expected,
                                                 hsa_signal_value_t value);
  hsa_signal_value_t (*hsa_signal_cas_scacq_screl_fn)(hsa_signal_t signal,
                                                   hsa_signal_value_t expected,
                                                   hsa_signal_value_t value);
  hsa_status_t (*hsa_isa_from_name_fn)(const char *name, hsa_isa_t *isa);
  hsa_status_t (*hsa_isa_get_info_fn)(hsa_isa_t isa, hsa_isa_info_t attribute, uint32_t index, void *value);
  hsa_status_t (*hsa_isa_compatible_fn)(hsa_isa_t code_object_isa, hsa_isa_t agent_isa, bool *result);
  hsa_status_t (*hsa_code_object_serialize_fn)(hsa_code_object_t code_object,
                                            hsa_status_t (*alloc_callback)(size_t size,
                                                                           hsa_callback_data_t data,
                                                                           void **address),
                                            hsa_callback_data_t callback_data,
                                            const char *options,
                                            void **serialized_code_object,
                                            size_t *serialized_code_object_size);
  hsa_status_t (*hsa_code_object_deserialize_fn)(void *serialized_code_object,
                                              size_t serialized_code_object_size,
                                              const char *options,
                                              hsa_code_object_t *code_object);
  hsa_status_t (*hsa_code_object_destroy_fn)(hsa_code_object_t code_object);
  hsa_status_t (*hsa_code_object_get_info_fn)(hsa_code_object_t code_object,
                                           hsa_code_object_info_t attribute,
                                           void *value);
  hsa_status_t (*hsa_code_object_get_symbol_fn)(hsa_code_object_t code_object,
                                             const char *symbol_name,
                                             hsa_code_symbol_t *symbol);
  hsa_status_t (*hsa_code_symbol_get_info_fn)(hsa_code_symbol_t code_symbol,
                                           hsa_code_symbol_info_t attribute,
                                           void *value);
  hsa_status_t (*hsa_code_object_iterate_symbols_fn)(hsa_code_object_t code_object,
                                                  hsa_status_t (*callback)(hsa_code_object_t code_object,
                                                                           hsa_code_symbol_t symbol,
                                                                           void *data),
                                                  void *data);
  hsa_status_t (*hsa_executable_create_fn)(hsa_profile_t profile,
                                        hsa_executable_state_t executable_state,
                                        const char *options,
                                        hsa_executable_t *executable);
  hsa_status_t (*hsa_executable_destroy_fn)(hsa_executable_t executable);
  hsa_status_t (*hsa_executable_load_code_object_fn)(hsa_executable_t executable,
                                                  hsa_agent_t agent,
                                                  hsa_code_object_t code_object,
                                                  const char *options);
  hsa_status_t (*hsa_executable_freeze_fn)(hsa_executable_t executable, const char *options);
  hsa_status_t (*hsa_executable_get_info_fn)(hsa_executable_t executable,
                                          hsa_executable_info_t attribute,
                                          void *value);
  hsa_status_t (*hsa_executable_global_variable_define_fn)(hsa_executable_t executable,
                                                        const char *variable_name,
                                                        void *address);
  hsa_status_t (*hsa_executable_agent_global_variable_define_fn)(hsa_executable_t executable,
                                                              hsa_agent_t agent,
                                                              const char *variable_name,
                                                              void *address);
  hsa_status_t (*hsa_executable_readonly_variable_define_fn)(hsa_executable_t executable,
                                                          hsa_agent_t agent,
                                                          const char *variable_name,
                                                          void *address);
  hsa_status_t (*hsa_executable_validate_fn)(hsa_executable_t executable, uint32_t *result);
  hsa_status_t (*hsa_executable_get_symbol_fn)(hsa_executable_t executable,
                                            const char *module_name,
                                            const char *symbol_name,
                                            hsa_agent_t agent,
                                            int32_t call_convention,
                                            hsa_executable_symbol_t *symbol);
  hsa_status_t (*hsa_executable_symbol_get_info_fn)(hsa_executable_symbol_t executable_symbol,
                                                 hsa_executable_symbol_info_t attribute,
                                                 void *value);
  hsa_status_t (*hsa_executable_iterate_symbols_fn)(hsa_executable_t executable,
                                                 hsa_status_t (*callback)(hsa_executable_t exec,
                                                                          hsa_executable_symbol_t symbol,
                                                                          void *data),
                                                 void *data);
  hsa_status_t (*hsa_status_string_fn)(hsa_status_t status, const char **status_string);
  hsa_status_t (*hsa_extension_get_name_fn)(uint16_t extension, const char **name);
  hsa_status_t (*hsa_system_major_extension_supported_fn)(uint16_t extension,
                                                       uint16_t version_major,
                                                       uint16_t *version_minor,
                                                       bool *result);
  hsa_status_t (*hsa_system_get_major_extension_table_fn)(uint16_t extension,
                                                       uint16_t version_major,
                                                       size_t table_length,
                                                       void *table);
  hsa_status_t (*hsa_agent_major_extension_supported_fn)(uint16_t extension,
                                                      hsa_agent_t agent,
                                                      uint16_t version_major,
                                                      uint16_t *version_minor,
                                                      bool *result);
  hsa_status_t (*hsa_cache_get_info_fn)(hsa_cache_t cache, hsa_cache_info_t attribute, void *value);
  hsa_status_t (*hsa_agent_iterate_caches_fn)(hsa_agent_t agent, hsa_status_t (*callback)(hsa_cache_t cache,
                                                                                       void *data), void *data);
  void (*hsa_signal_silent_store_relaxed_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  void (*hsa_signal_silent_store_screlease_fn)(hsa_signal_t signal, hsa_signal_value_t value);
  hsa_status_t (*hsa_signal_group_create_fn)(uint32_t num_signals,
                                          const hsa_signal_t *signals,
                                          uint32_t num_consumers,
                                          const hsa_agent_t *consumers,
                                          hsa_signal_group_t *signal_group);
  hsa_status_t (*hsa_signal_group_destroy_fn)(hsa_signal_group_t signal_group);
  hsa_status_t (*hsa_signal_group_wait_any_scacquire_fn)(hsa_signal_group_t signal_group,
                                                      const hsa_signal_condition_t *conditions,
                                                      const hsa_signal_value_t *compare_values,
                                                      hsa_wait_state_t wait_state_hint,
                                                      hsa_signal_t *signal,
                                                      hsa_signal_value_t *value);
  hsa_status_t (*hsa_signal_group_wait_any_relaxed_fn)(hsa_signal_group_t signal_group,
                                                    const hsa_signal_condition_t *conditions,
                                                    const hsa_signal_value_t *compare_values,
                                                    hsa_wait_state_t wait_state_hint,
                                                    hsa_signal_t *signal,
                                                    hsa_signal_value_t *value);
  hsa_status_t (*hsa_agent_iterate_isas_fn)(hsa_agent_t agent,
                                         hsa_status_t (*callback)(hsa_isa_t isa, void *data),
                                         void *data);
  hsa_status_t (*hsa_isa_get_info_alt_fn)(hsa_isa_t isa, hsa_isa_info_t attribute, void *value);
  hsa_status_t (*hsa_isa_get_exception_policies_fn)(hsa_isa_t isa, hsa_profile_t profile, uint16_t *mask);
  hsa_status_t (*hsa_isa_get_round_method_fn)(hsa_isa_t isa,
                                           hsa_fp_type_t fp_type,
                                           hsa_flush_mode_t flush_mode,
                                           hsa_round_method_t *round_method);
  hsa_status_t (*hsa_wavefront_get_info_fn)(hsa_wavefront_t wavefront,
                                         hsa_wavefront_info_t attribute,
                                         void *value);
  hsa_status_t (*hsa_isa_iterate_wavefronts_fn)(hsa_isa_t isa,
                                             hsa_status_t (*callback)(hsa_wavefront_t wavefront, void *data),
                                             void *data);
  hsa_status_t (*hsa_code_object_get_symbol_from_name_fn)(hsa_code_object_t code_object,
                                                       const char *module_name,
                                                       const char *symbol_name,
                                                       hsa_code_symbol_t *symbol);
  hsa_status_t (*hsa_code_object_reader_create_from_file_fn)(hsa_file_t file,
                                                          hsa_code_object_reader_t *code_object_reader);
  hsa_status_t (*hsa_code_object_reader_create_from_memory_fn)(const void *code_object,
                                                            size_t size,
                                                            hsa_code_object_reader_t *code_object_reader);
  hsa_status_t (*hsa_code_object_reader_destroy_fn)(hsa_code_object_reader_t code_object_reader);
  hsa_status_t (*hsa_executable_create_alt_fn)(hsa_profile_t profile,
                                            hsa_default_float_rounding_mode_t default_float_rounding_mode,
                                            const char *options,
                                            hsa_executable_t *executable);
  hsa_status_t (*hsa_executable_load_program_code_object_fn)(hsa_executable_t executable,
                                                          hsa_code_object_reader_t code_object_reader,
                                                          const char *options,
                                                          hsa_loaded_code_object_t *loaded_code_object);
  hsa_status_t (*hsa_executable_load_agent_code_object_fn)(hsa_executable_t executable,
                                                        hsa_agent_t agent,
                                                        hsa_code_object_reader_t code_object_reader,
                                                        const char *options,
                                                        hsa_loaded_code_object_t *loaded_code_object);
  hsa_status_t (*hsa_executable_validate_alt_fn)(hsa_executable_t executable,
                                              const char *options,
                                              uint32_t *result);
  hsa_status_t (*hsa_executable_get_symbol_by_name_fn)(hsa_executable_t executable,
                                                    const char *symbol_name,
                                                    const hsa_agent_t *agent,
                                                    hsa_executable_symbol_t *symbol);
  hsa_status_t (*hsa_executable_iterate_agent_symbols_fn)(hsa_executable_t executable,
                                                       hsa_agent_t agent,
                                                       hsa_status_t (*callback)(hsa_executable_t exec,
                                                                                hsa_agent_t agent,
                                                                                hsa_executable_symbol_t symbol,
                                                                                void *data),
                                                       void *data);
  hsa_status_t (*hsa_executable_iterate_program_symbols_fn)(hsa_executable_t executable,
                                                         hsa_status_t (*callback)(hsa_executable_t exec,
                                                                                  hsa_executable_symbol_t symbol,
                                                                                  void *data),
                                                         void *data);
} CoreApiTable;

// Table of the AMD extension.
typedef struct AmdExtTable {
  ApiTableVersion version;
  hsa_status_t (*hsa_amd_coherency_get_type_fn)(hsa_agent_t agent, hsa_amd_coherency_type_t *type);
  hsa_status_t (*hsa_amd_coherency_set_type_fn)(hsa_agent_t agent, hsa_amd_coherency_type_t type);
  hsa_status_t (*hsa_amd_profiling_set_profiler_enabled_fn)(hsa_queue_t *queue, int enable);
  hsa_status_t (*hsa_amd_profiling_async_copy_enable_fn)(bool enable);
  hsa_status_t (*hsa_amd_profiling_get_dispatch_time_fn)(hsa_agent_t agent,
                                                      hsa_signal_t signal,
                                                      hsa_amd_profiling_dispatch_time_t *time);
  hsa_status_t (*hsa_amd_profiling_get_async_copy_time_fn)(hsa_signal_t signal,
                                                        hsa_amd_profiling_async_copy_time_t *time);
  hsa_status_t (*hsa_amd_profiling_convert_tick_to_system_domain_fn)(hsa_agent_t agent,
                                                                  uint64_t agent_tick,
                                                                  uint64_t *system_tick);
  hsa_status_t (*hsa_amd_signal_async_handler_fn)(hsa_signal_t signal,
                                               hsa_signal_condition_t cond,
                                               hsa_signal_value_t value,
                                               hsa_amd_signal_handler handler,
                                               void *arg);
  hsa_status_t (*hsa_amd_async_function_fn)(void (*callback)(void *arg), void *arg);
  uint32_t (*hsa_amd_signal_wait_any_fn)(uint32_t signal_count,
                                      hsa_signal_t *signals,
                                      hsa_signal_condition_t *conds,
                                      hsa_signal_value_t *values,
                                      uint64_t timeout_hint,
                                      hsa_wait_state_t wait_hint,
                                      hsa_signal_value_t *satisfying_value);
  hsa_status_t (*hsa_amd_queue_cu_set_mask_fn)(const hsa_queue_t *queue,
                                            uint32_t num_cu_mask_count,
                                            const uint32_t *cu_mask);
  hsa_status_t (*hsa_amd_memory_pool_get_info_fn)(hsa_amd_memory_pool_t memory_pool,
                                               hsa_amd_memory_pool_info_t attribute,
                                               void *value);
  hsa_status_t (*hsa_amd_agent_iterate_memory_pools_fn)(hsa_agent_t agent,
                                                     hsa_status_t (*callback)(hsa_amd_memory_pool_t memory_pool,
                                                                              void *data),
                                                     void *data);
  hsa_status_t (*hsa_amd_memory_pool_allocate_fn)(hsa_amd_memory_pool_t memory_pool,
                                               size_t size,
                                               uint32_t flags,
                                               void **ptr);
  hsa_status_t (*hsa_amd_memory_pool_free_fn)(void *ptr);
  hsa_status_t (*hsa_amd_memory_async_copy_fn)(void *dst,
                                            hsa_agent_t dst_agent,
                                            const void *src,
                                            hsa_agent_t src_agent,
                                            size_t size,
                                            uint32_t num_dep_signals,
                                            const hsa_signal_t *dep_signals,
                                            hsa_signal_t completion_signal);
  hsa_status_t (*hsa_amd_memory_async_copy_on_engine_fn)(void *dst,
                                                      hsa_agent_t dst_agent,
                                                      const void *src,
                                                      hsa_agent_t src_agent,
                                                      size_t size,
                                                      uint32_t num_dep_signals,
                                                      const hsa_signal_t *dep_signals,
                                                      hsa_signal_t completion_signal,
                                                      hsa_amd_sdma_engine_id_t engine_id,
                                                      bool force_copy_on_sdma);
  hsa_status_t (*hsa_amd_memory_copy_engine_status_fn)(hsa_agent_t dst_agent,
                                                    hsa_agent_t src_agent,
                                                    uint32_t *engine_ids_mask);
  hsa_status_t (*hsa_amd_agent_memory_pool_get_info_fn)(hsa_agent_t agent,
                                                     hsa_amd_memory_pool_t memory_pool,
                                                     hsa_amd_agent_memory_pool_info_t attribute,
                                                     void *value);
  hsa_status_t (*hsa_amd_agents_allow_access_fn)(uint32_t num_agents,
                                              const hsa_agent_t *agents,
                                              const uint32_t *flags,
                                              const void *ptr);
  hsa_status_t (*hsa_amd_memory_pool_can_migrate_fn)(hsa_amd_memory_pool_t src_memory_pool,
                                                  hsa_amd_memory_pool_t dst_memory_pool,
                                                  bool *result);
  hsa_status_t (*hsa_amd_memory_migrate_fn)(const void *ptr, hsa_amd_memory_pool_t memory_pool, uint32_t flags);
  hsa_status_t (*hsa_amd_memory_lock_fn)(void *host_ptr,
                                      size_t size,
                                      hsa_agent_t *agents,
                                      int num_agent,
                                      void **agent_ptr);
  hsa_status_t (*hsa_amd_memory_unlock_fn)(void *host_ptr);
  hsa_status_t (*hsa_amd_memory_fill_fn)(void *ptr, uint32_t value, size_t count);
  hsa_status_t (*hsa_amd_interop_map_buffer_fn)(uint32_t num_agents,
                                             hsa_agent_t *agents,
                                             hsa_handle_t interop_handle,
                                             uint32_t flags,
                                             size_t *size,
                                             void **ptr,
                                             size_t *metadata_size,
                                             const void **metadata);
  hsa_status_t (*hsa_amd_interop_unmap_buffer_fn)(void *ptr);
  hsa_status_t (*hsa_amd_image_create_fn)(hsa_agent_t agent,
                                       const hsa_ext_image_descriptor_t *image_descriptor,
                                       const hsa_amd_image_descriptor_t *image_layout,
                                       const void *image_data,
                                       hsa_access_permission_t access_permission,
                                       hsa_ext_image_t *image);
  hsa_status_t (*hsa_amd_pointer_info_fn)(const void *ptr,
                                       hsa_amd_pointer_info_t *info,
                                       void *(*alloc)(size_t),
                                       uint32_t *num_agents_accessible,
                                       hsa_agent_t **accessible);
  hsa_status_t (*hsa_amd_pointer_info_set_userdata_fn)(const void *ptr, void *userdata);
  hsa_status_t (*hsa_amd_ipc_memory_create_fn)(void *ptr, size_t len, hsa_amd_ipc_memory_t *handle);
  hsa_status_t (*hsa_amd_ipc_memory_attach_fn)(const hsa_amd_ipc_memory_t *handle,
                                            size_t len,
                                            uint32_t num_agents,
                                            const hsa_agent_t *mapping_agents,
                                            void **mapped_ptr);
  hsa_status_t (*hsa_amd_ipc_memory_detach_fn)(void *mapped_ptr);
  hsa_status_t (*hsa_amd_signal_create_fn)(hsa_signal_value_t initial_value,
                                        uint32_t num_consumers,
                                        const hsa_agent_t *consumers,
                                        uint64_t attributes,
                                        hsa_signal_t *signal);
  hsa_status_t (*hsa_amd_ipc_signal_create_fn)(hsa_signal_t signal, hsa_amd_ipc_signal_t *handle);
  hsa_status_t (*hsa_amd_ipc_signal_attach_fn)(const hsa_amd_ipc_signal_t *handle, hsa_signal_t *signal);
  hsa_status_t (*hsa_amd_register_system_event_handler_fn)(hsa_amd_system_event_callback_t callback, void *data);
  hsa_status_t (*hsa_amd_queue_intercept_create_fn)(hsa_agent_t agent,
                                                 uint32_t size,
                                                 hsa_queue_type32_t type,
                                                 void (*callback)(hsa_status_t status,
                                                                  hsa_queue_t *source,
                                                                  void *data),
                                                 void *data,
                                                 uint32_t private_segment_size,
                                                 uint32_t group_segment_size,
                                                 hsa_queue_t **queue);
  hsa_status_t (*hsa_amd_queue_intercept_register_fn)(hsa_queue_t *queue,
                                                   hsa_amd_queue_intercept_handler callback,
                                                   void *user_data);
  hsa_status_t (*hsa_amd_queue_set_priority_fn)(hsa_queue_t *queue, hsa_amd_queue_priority_t priority);
  hsa_status_t (*hsa_amd_memory_async_copy_rect_fn)(const hsa_pitched_ptr_t *dst,
                                                 const hsa_dim3_t *dst_offset,
                                                 const hsa_pitched_ptr_t *src,
                                                 const hsa_dim3_t *src_offset,
                                                 const hsa_dim3_t *range,
                                                 hsa_agent_t copy_agent,
                                                 hsa_amd_copy_direction_t dir,
                                                 uint32_t num_dep_signals,
                                                 const hsa_signal_t *dep_signals,
                                                 hsa_signal_t completion_signal);
  hsa_status_t (*hsa_amd_runtime_queue_create_register_fn)(hsa_amd_runtime_queue_notifier callback,
                                                        void *user_data);
  hsa_status_t (*hsa_amd_memory_lock_to_pool_fn)(void *host_ptr,
                                              size_t size,
                                              hsa_agent_t *agents,
                                              int num_agent,
                                              hsa_amd_memory_pool_t pool,
                                              uint32_t flags,
                                              void **agent_ptr);
  hsa_status_t (*hsa_amd_register_deallocation_callback_fn)(void *ptr,
                                                         hsa_amd_deallocation_callback_t callback,
                                                         void *user_data);
  hsa_status_t (*hsa_amd_deregister_deallocation_callback_fn)(void *ptr, hsa_amd_deallocation_callback_t callback);
  hsa_status_t (*hsa_amd_signal_value_pointer_fn)(hsa_signal_t signal, volatile hsa_signal_value_t **value_ptr);
  hsa_status_t (*hsa_amd_svm_attributes_set_fn)(void *ptr,
                                             size_t size,
                                             hsa_amd_svm_attribute_pair_t *attribute_list,
                                             size_t attribute_count);
  hsa_status_t (*hsa_amd_svm_attributes_get_fn)(void *ptr,
                                             size_t size,
                                             hsa_amd_svm_attribute_pair_t *attribute_list,
                                             size_t attribute_count);
  hsa_status_t (*hsa_amd_svm_prefetch_async_fn)(void *ptr,
                                             size_t size,
                                             hsa_agent_t agent,
                                             uint32_t num_dep_signals,
                                             const hsa_signal_t *dep_signals,
                                             hsa_signal_t completion_signal);
  hsa_status_t (*hsa_amd_spm_acquire_fn)(hsa_agent_t preferred_agent);
  hsa_status_t (*hsa_amd_spm_release_fn)(hsa_agent_t preferred_agent);
  hsa_status_t (*hsa_amd_spm_set_dest_buffer_fn)(hsa_agent_t preferred_agent,
                                              size_t size_in_bytes,
                                              uint32_t *timeout,
                                              uint32_t *size_copied,
                                              void *dest,
                                              bool *is_data_loss);
  hsa_status_t (*hsa_amd_queue_cu_get_mask_fn)(const hsa_queue_t *queue,
                                            uint32_t num_cu_mask_count,
                                            uint32_t *cu_mask);
  hsa_status_t (*hsa_amd_portable_export_dmabuf_fn)(const void *ptr, size_t size, int *dmabuf, uint64_t *offset);
  hsa_status_t (*hsa_amd_portable_close_dmabuf_fn)(int dmabuf);
  hsa_status_t (*hsa_amd_vmem_address_reserve_fn)(void **va, size_t size, uint64_t address, uint64_t flags);
  hsa_status_t (*hsa_amd_vmem_address_free_fn)(void *va, size_t size);
  hsa_status_t (*hsa_amd_vmem_handle_create_fn)(hsa_amd_memory_pool_t pool,
                                             size_t size,
                                             hsa_amd_memory_type_t type,
                                             uint64_t flags,
                                             hsa_amd_vmem_alloc_handle_t *memory_handle);
  hsa_status_t (*hsa_amd_vmem_handle_release_fn)(hsa_amd_vmem_alloc_handle_t memory_handle);
  hsa_status_t (*hsa_amd_vmem_map_fn)(void *va,
                                   size_t size,
                                   size_t in_offset,
                                   hsa_amd_vmem_alloc_handle_t memory_handle,
                                   uint64_t flags);
  hsa_status_t (*hsa_amd_vmem_unmap_fn)(void *va, size_t size);
  hsa_status_t (*hsa_amd_vmem_set_access_fn)(void *va,
                                          size_t size,
                                          const hsa_amd_memory_access_desc_t *desc,
                                          size_t desc_cnt);
  hsa_status_t (*hsa_amd_vmem_get_access_fn)(void *va, hsa_access_permission_t *perms, hsa_agent_t agent_handle);
  hsa_status_t (*hsa_amd_vmem_export_shareable_handle_fn)(int *dmabuf_fd,
                                                       hsa_amd_vmem_alloc_handle_t handle,
                                                       uint64_t flags);
  hsa_status_t (*hsa_amd_vmem_import_shareable_handle_fn)(int dmabuf_fd, hsa_amd_vmem_alloc_handle_t *handle);
  hsa_status_t (*hsa_amd_vmem_retain_alloc_handle_fn)(hsa_amd_vmem_alloc_handle_t *memory_handle, void *addr);
  hsa_status_t (*hsa_amd_vmem_get_alloc_properties_from_handle_fn)(hsa_amd_vmem_alloc_handle_t memory_handle,
                                                                hsa_amd_memory_pool_t *pool,
                                                                hsa_amd_memory_type_t *type);
  hsa_status_t (*hsa_amd_agent_set_async_scratch_limit_fn)(hsa_agent_t agent, size_t threshold);
  hsa_status_t (*hsa_amd_queue_get_info_fn)(hsa_queue_t *queue, hsa_queue_info_attribute_t attribute, void *value);
  hsa_status_t (*hsa_amd_vmem_address_reserve_align_fn)(void **va,
                                                     size_t size,
                                                     uint64_t address,
                                                     uint64_t alignment,
                                                     uint64_t flags);
  hsa_status_t (*hsa_amd_enable_logging_fn)(uint8_t *flags, void *file);
  uint32_t (*hsa_amd_signal_wait_all_fn)(uint32_t signal_count,
                                      hsa_signal_t *signals,
                                      hsa_signal_condition_t *conds,
                                      hsa_signal_value_t *values,
                                      uint64_t timeout_hint,
                                      hsa_wait_state_t wait_hint,
                                      hsa_signal_value_t *satisfying_values);
  hsa_status_t (*hsa_amd_memory_get_preferred_copy_engine_fn)(hsa_agent_t dst_agent,
                                                           hsa_agent_t src_agent,
                                                           uint32_t *recommended_ids_mask);
  hsa_status_t (*hsa_amd_portable_export_dmabuf_v2_fn)(const void *ptr,
                                                    size_t size,
                                                    int *dmabuf,
                                                    uint64_t *offset,
                                                    uint64_t flags);
  hsa_status_t (*hsa_amd_ais_file_write_fn)(hsa_amd_ais_file_handle_t handle,
                                         void *device_ptr,
                                         uint64_t size,
                                         int64_t file_offset,
                                         uint64_t *size_copied,
                                         int32_t *status);
  hsa_status_t (*hsa_amd_ais_file_read_fn)(hsa_amd_ais_file_handle_t handle,
                                        void *device_ptr,
                                        uint64_t size,
                                        int64_t file_offset,
                                        uint64_t *size_copied,
                                        int32_t *status);
  hsa_status_t (*hsa_amd_counted_queue_acquire_fn)(hsa_agent_t agent,
                                                hsa_queue_type_t type,
                                                hsa_amd_queue_priority_t priority,
                                                void (*callback)(hsa_status_t status,
                                                                 hsa_queue_t *source,
                                                                 void *data),
                                                void *data,
                                                uint64_t flags,
                                                hsa_queue_t **queue);
  hsa_status_t (*hsa_amd_counted_queue_release_fn)(hsa_queue_t *queue);
  hsa_status_t (*hsa_amd_memory_async_batch_copy_fn)(const hsa_amd_memory_copy_op_t *copy_ops,
                                                  uint32_t num_copy_ops,
                                                  uint32_t num_dep_signals,
                                                  const hsa_signal_t *dep_signals);
  hsa_status_t (*hsa_amd_agent_preload_fn)(hsa_agent_t agent, uint64_t flags);
  hsa_status_t (*hsa_amd_svm_discard_batch_async_fn)(void **ptrs,
                                                  size_t *sizes,
                                                  uint32_t count,
                                                  uint32_t num_dep_signals,
                                                  const hsa_signal_t *dep_signals,
                                                  hsa_signal_t completion_signal);
  hsa_status_t (*hsa_amd_signal_get_event_id_fn)(hsa_signal_t signal, uint32_t *event_id);
  hsa_status_t (*hsa_amd_external_semaphore_handle_open_fn)(hsa_agent_t agent,
                                                         const hsa_amd_external_semaphore_handle_descriptor_t *desc,
                                                         hsa_amd_external_semaphore_t *out_sem);
  hsa_status_t (*hsa_amd_external_semaphore_handle_close_fn)(hsa_amd_external_semaphore_t sem);
  hsa_status_t (*hsa_amd_vmem_export_fabric_handle_fn)(hsa_fabric_handle_t *fabric_handle,
                                                    hsa_amd_vmem_alloc_handle_t handle,
                                                    uint64_t flags);
  hsa_status_t (*hsa_amd_vmem_import_fabric_handle_fn)(hsa_fabric_handle_t fabric_handle,
                                                    hsa_amd_vmem_alloc_handle_t *handle);
  hsa_status_t (*hsa_amd_queue_create_fn)(hsa_agent_t agent,
                                       hsa_amd_queue_create_desc_t *descs,
                                       uint32_t num_descs);
  hsa_status_t (*hsa_amd_queue_signal_external_semaphore_fn)(hsa_queue_t *queue,
                                                          hsa_amd_external_semaphore_t sem,
                                                          uint64_t value);
  hsa_status_t (*hsa_amd_queue_wait_external_semaphore_fn)(hsa_queue_t *queue,
                                                        hsa_amd_external_semaphore_t sem,
                                                        uint64_t value);
  hsa_status_t (*hsa_amd_image_create_v2_fn)(hsa_agent_t agent,
                                          const hsa_ext_image_descriptor_v2_t *image_descriptor,
                                          const hsa_amd_image_descriptor_t *image_layout,
                                          const void *image_data,
                                          hsa_access_permission_t access_permission,
                                          hsa_ext_image_t *image);
  hsa_status_t (*hsa_amd_interop_map_buffer_with_size_fn)(uint32_t num_agents,
                                                       hsa_agent_t *agents,
                                                       hsa_handle_t interop_handle,
                                                       uint32_t flags,
                                                       size_t size_hint,
                                                       size_t *size,
                                                       void **ptr,
                                                       size_t *metadata_size,
                                                       const void **metadata);
} AmdExtTable;

// Table of the image extension.
typedef struct ImageExtTable {
  ApiTableVersion version;
  hsa_status_t (*hsa_ext_image_get_capability_fn)(hsa_agent_t agent,
                                               hsa_ext_image_geometry_t geometry,
                                               const hsa_ext_image_format_t *image_format,
                                               uint32_t *capability_mask);
  hsa_status_t (*hsa_ext_image_data_get_info_fn)(hsa_agent_t agent,
                                              const hsa_ext_image_descriptor_t *image_descriptor,
                                              hsa_access_permission_t access_permission,
                                              hsa_ext_image_data_info_t *image_data_info);
  hsa_status_t (*hsa_ext_image_create_fn)(hsa_agent_t agent,
                                       const hsa_ext_image_descriptor_t *image_descriptor,
                                       const void *image_data,
                                       hsa_access_permission_t access_permission,
                                       hsa_ext_image_t *image);
  hsa_status_t (*hsa_ext_image_import_fn)(hsa_agent_t agent,
                                       const void *src_memory,
                                       size_t src_row_pitch,
                                       size_t src_slice_pitch,
                                       hsa_ext_image_t dst_image,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_export_fn)(hsa_agent_t agent,
                                       hsa_ext_image_t src_image,
                                       void *dst_memory,
                                       size_t dst_row_pitch,
                                       size_t dst_slice_pitch,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_copy_fn)(hsa_agent_t agent,
                                     hsa_ext_image_t src_image,
                                     const hsa_dim3_t *src_offset,
                                     hsa_ext_image_t dst_image,
                                     const hsa_dim3_t *dst_offset,
                                     const hsa_dim3_t *range);
  hsa_status_t (*hsa_ext_image_clear_fn)(hsa_agent_t agent,
                                      hsa_ext_image_t image,
                                      const void *data,
                                      const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_destroy_fn)(hsa_agent_t agent, hsa_ext_image_t image);
  hsa_status_t (*hsa_ext_sampler_create_fn)(hsa_agent_t agent,
                                         const hsa_ext_sampler_descriptor_t *sampler_descriptor,
                                         hsa_ext_sampler_t *sampler);
  hsa_status_t (*hsa_ext_sampler_destroy_fn)(hsa_agent_t agent, hsa_ext_sampler_t sampler);
  hsa_status_t (*hsa_ext_image_get_capability_with_layout_fn)(hsa_agent_t agent,
                                                           hsa_ext_image_geometry_t geometry,
                                                           const hsa_ext_image_format_t *image_format,
                                                           hsa_ext_image_data_layout_t image_data_layout,
                                                           uint32_t *capability_mask);
  hsa_status_t (*hsa_ext_image_data_get_info_with_layout_fn)(hsa_agent_t agent,
                                                          const hsa_ext_image_descriptor_t *image_descriptor,
                                                          hsa_access_permission_t access_permission,
                                                          hsa_ext_image_data_layout_t image_data_layout,
                                                          size_t image_data_row_pitch,
                                                          size_t image_data_slice_pitch,
                                                          hsa_ext_image_data_info_t *image_data_info);
  hsa_status_t (*hsa_ext_image_create_with_layout_fn)(hsa_agent_t agent,
                                                   const hsa_ext_image_descriptor_t *image_descriptor,
                                                   const void *image_data,
                                                   hsa_access_permission_t access_permission,
                                                   hsa_ext_image_data_layout_t image_data_layout,
                                                   size_t image_data_row_pitch,
                                                   size_t image_data_slice_pitch,
                                                   hsa_ext_image_t *image);
  hsa_status_t (*hsa_ext_sampler_create_v2_fn)(hsa_agent_t agent,
                                            const hsa_ext_sampler_descriptor_v2_t *sampler_descriptor,
                                            hsa_ext_sampler_t *sampler);
} ImageExtTable;

// Table of the finalizer.
typedef struct FinalizerExtTable {
  ApiTableVersion version;
  hsa_status_t (*hsa_ext_program_create_fn)(hsa_machine_model_t machine_model,
                                         hsa_profile_t profile,
                                         hsa_default_float_rounding_mode_t default_float_rounding_mode,
                                         const char *options,
                                         hsa_ext_program_t *program);
  hsa_status_t (*hsa_ext_program_destroy_fn)(hsa_ext_program_t program);
  hsa_status_t (*hsa_ext_program_add_module_fn)(hsa_ext_program_t program, hsa_ext_module_t module);
  hsa_status_t (*hsa_ext_program_iterate_modules_fn)(hsa_ext_program_t program,
                                                  hsa_status_t (*callback)(hsa_ext_program_t program,
                                                                           hsa_ext_module_t module,
                                                                           void *data),
                                                  void *data);
  hsa_status_t (*hsa_ext_program_get_info_fn)(hsa_ext_program_t program,
                                           hsa_ext_program_info_t attribute,
                                           void *value);
  hsa_status_t (*hsa_ext_program_finalize_fn)(hsa_ext_program_t program,
                                           hsa_isa_t isa,
                                           int32_t call_convention,
                                           hsa_ext_control_directives_t control_directives,
                                           const char *options,
                                           hsa_code_object_type_t code_object_type,
                                           hsa_code_object_t *code_object);
} FinalizerExtTable;

// Table of PC sampling.
typedef struct PcSamplingExtTable {
  ApiTableVersion version;
  hsa_status_t (*hsa_ven_amd_pcs_iterate_configuration_fn)(hsa_agent_t agent,
                                                        hsa_ven_amd_pcs_iterate_configuration_callback_t configuration_callback,
                                                        void *callback_data);
  hsa_status_t (*hsa_ven_amd_pcs_create_fn)(hsa_agent_t agent,
                                         hsa_ven_amd_pcs_method_kind_t method,
                                         hsa_ven_amd_pcs_units_t units,
                                         size_t interval,
                                         size_t latency,
                                         size_t buffer_size,
                                         hsa_ven_amd_pcs_data_ready_callback_t data_ready_callback,
                                         void *client_callback_data,
                                         hsa_ven_amd_pcs_t *pc_sampling);
  hsa_status_t (*hsa_ven_amd_pcs_create_from_id_fn)(uint32_t pcs_id,
                                                 hsa_agent_t agent,
                                                 hsa_ven_amd_pcs_method_kind_t method,
                                                 hsa_ven_amd_pcs_units_t units,
                                                 size_t interval,
                                                 size_t latency,
                                                 size_t buffer_size,
                                                 hsa_ven_amd_pcs_data_ready_callback_t data_ready_callback,
                                                 void *client_callback_data,
                                                 hsa_ven_amd_pcs_t *pc_sampling);
  hsa_status_t (*hsa_ven_amd_pcs_destroy_fn)(hsa_ven_amd_pcs_t pc_sampling);
  hsa_status_t (*hsa_ven_amd_pcs_start_fn)(hsa_ven_amd_pcs_t pc_sampling);
  hsa_status_t (*hsa_ven_amd_pcs_stop_fn)(hsa_ven_amd_pcs_t pc_sampling);
  hsa_status_t (*hsa_ven_amd_pcs_flush_fn)(hsa_ven_amd_pcs_t pc_sampling);
} PcSamplingExtTable;

// Callbacks that a tool library sets and the runtime calls; none are set at first.
typedef struct ToolsApiTable {
  ApiTableVersion version;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_alloc_start_fn;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_alloc_end_fn;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_free_start_fn;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_free_end_fn;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_async_reclaim_start_fn;
  hsa_amd_tool_event hsa_amd_tool_scratch_event_async_reclaim_end_fn;
} ToolsApiTable;

// All tables. A member counts only if `version.minor_id` reaches past it.
typedef struct HsaApiTable {
  ApiTableVersion version;
  CoreApiTable *core_;
  AmdExtTable *amd_ext_;
  FinalizerExtTable *finalizer_ext_;
  ImageExtTable *image_ext_;
  ToolsApiTable *tools_;
  PcSamplingExtTable *pc_sampling_ext_;
} HsaApiTable;

#endif
