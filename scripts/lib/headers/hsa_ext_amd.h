/* Flags that are counted over several bytes, for example HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES. */
static inline void hsa_flag_set64(uint8_t *value, uint32_t bit) { value[bit / 8] |= (uint8_t)(1u << (bit % 8)); }
static inline bool hsa_flag_isset64(uint8_t *value, uint32_t bit) { return (value[bit / 8] >> (bit % 8)) & 1; }
