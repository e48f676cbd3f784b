/* Statuses of what describes the machine: agents, caches, instruction sets, regions, pools, the system, extensions. */
#include "statuses.h"
#include <hsa/hsa_ext_image.h>
#include <hsa/hsa_ven_amd_loader.h>

#pragma weak hsa_amd_memory_get_preferred_copy_engine

static hsa_region_t region;
static hsa_amd_memory_pool_t pool;
static hsa_isa_t isa;
static hsa_cache_t cache;
static hsa_wavefront_t wavefront;
static hsa_signal_t a_signal;

static void *out(void) {
    /* Larger than any attribute. */
    static uint64_t room[1024];
    return room;
}

static hsa_status_t no_more(void) { return HSA_STATUS_SUCCESS; }
static hsa_status_t refuse(void) { return HSA_STATUS_ERROR_OUT_OF_RESOURCES; }

/* By what each attribute is asked: those that exist, those between them, and those far away. */
static const struct {
    uint32_t first, last;
} ranges[] = {{0, 40}, {0x200, 0x20c}, {0x1000, 0x1003}, {0x3000, 0x300d}, {0xa000, 0xa018}, {0xa100, 0xa125},
              {0xa200, 0xa202}, {0x7fffffff, 0x80000000}, {0xffffffff, 0xffffffff}};
#define EACH_ATTRIBUTE(attribute)                              \
    for (size_t range = 0; range < COUNT(ranges); range++)     \
        for (uint64_t attribute = ranges[range].first; attribute <= ranges[range].last; attribute++)

static void attributes(void) {
    EACH_ATTRIBUTE(at) {
        unsigned a = (unsigned)at;
        TRY(hsa_system_get_info, (a, out()), "attribute %#x", a);
        TRY(hsa_agent_get_info, (cpu, a, out()), "CPU, attribute %#x", a);
        TRY(hsa_agent_get_info, (gpu, a, out()), "GPU, attribute %#x", a);
        TRY(hsa_region_get_info, (region, a, out()), "attribute %#x", a);
        TRY(hsa_amd_memory_pool_get_info, (pool, a, out()), "attribute %#x", a);
        TRY(hsa_amd_agent_memory_pool_get_info, (gpu, pool, a, out()), "attribute %#x", a);
        TRY(hsa_isa_get_info_alt, (isa, a, out()), "attribute %#x", a);
        TRY(hsa_isa_get_info, (isa, a, 0, out()), "attribute %#x, index 0", a);
        TRY(hsa_isa_get_info, (isa, a, 1, out()), "attribute %#x, index 1", a);
        TRY(hsa_cache_get_info, (cache, a, out()), "attribute %#x", a);
        TRY(hsa_wavefront_get_info, (wavefront, a, out()), "attribute %#x", a);
        TRY(hsa_amd_image_get_info_max_dim, (gpu, a, out()), "attribute %#x", a);
        TRY(hsa_status_string, (a, out()), "status %#x", a);
        TRY(hsa_extension_get_name, ((uint16_t)a, out()), "extension %#x, %#x", (uint16_t)a, a);
    }
}

static void extensions(void) {
    static const uint16_t numbers[] = {0, 1, 2, 3, 0x1ff, 0x200, 0x201, 0x202, 0x203, 0x204, 0xffff};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint16_t n = numbers[i];
        for (uint16_t major = 0; major < 3; major++) {
            TRY(hsa_system_extension_supported, (n, major, 0, out()), "%#x version %u", n, major);
            TRY(hsa_system_major_extension_supported, (n, major, out(), out()), "%#x version %u", n, major);
            TRY(hsa_agent_extension_supported, (n, gpu, major, 0, out()), "%#x version %u", n, major);
            TRY(hsa_agent_major_extension_supported, (n, gpu, major, out(), out()), "%#x version %u", n, major);
            TRY(hsa_system_get_extension_table, (n, major, 0, out()), "%#x version %u", n, major);
            TRY(hsa_system_get_major_extension_table, (n, major, 64, out()), "%#x version %u", n, major);
        }
        TRY(hsa_system_extension_supported, (n, 1, 99, out()), "%#x version 1.99", n);
        TRY(hsa_system_extension_supported, (n, 1, 0, NULL), "%#x, nowhere", n);
        TRY(hsa_system_major_extension_supported, (n, 1, NULL, out()), "%#x, no minor", n);
        TRY(hsa_system_major_extension_supported, (n, 1, out(), NULL), "%#x, no result", n);
        TRY(hsa_agent_extension_supported, (n, gpu, 1, 0, NULL), "%#x, nowhere", n);
        TRY(hsa_agent_major_extension_supported, (n, gpu, 1, NULL, out()), "%#x, no minor", n);
        TRY(hsa_agent_major_extension_supported, (n, gpu, 1, out(), NULL), "%#x, no result", n);
        TRY(hsa_system_get_extension_table, (n, 1, 0, NULL), "%#x, nowhere", n);
        TRY(hsa_system_get_major_extension_table, (n, 1, 0, out()), "%#x, of no length", n);
        TRY(hsa_system_get_major_extension_table, (n, 1, 64, NULL), "%#x, nowhere", n);
    }
}

static void agents(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"a pool", pool.handle}, {"an isa", isa.handle}, {"a signal", a_signal.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_agent_t no = {bad[i].handle};
        TRY(hsa_agent_get_info, (no, HSA_AGENT_INFO_NAME, out()), "agent %s", kind);
        TRY(hsa_agent_get_exception_policies, (no, HSA_PROFILE_BASE, out()), "agent %s", kind);
        TRY(hsa_agent_iterate_caches, (no, (void *)no_more, NULL), "agent %s", kind);
        TRY(hsa_agent_iterate_isas, (no, (void *)no_more, NULL), "agent %s", kind);
        TRY(hsa_agent_iterate_regions, (no, (void *)no_more, NULL), "agent %s", kind);
        TRY(hsa_amd_agent_iterate_memory_pools, (no, (void *)no_more, NULL), "agent %s", kind);
        TRY(hsa_agent_extension_supported, (1, no, 1, 0, out()), "agent %s", kind);
        TRY(hsa_agent_major_extension_supported, (1, no, 1, out(), out()), "agent %s", kind);
        TRY(hsa_amd_agent_memory_pool_get_info, (no, pool, 0, out()), "agent %s", kind);
        TRY(hsa_amd_coherency_get_type, (no, out()), "agent %s", kind);
        TRY(hsa_amd_coherency_set_type, (no, HSA_AMD_COHERENCY_TYPE_COHERENT), "agent %s", kind);
        TRY(hsa_amd_agent_set_async_scratch_limit, (no, 0), "agent %s", kind);
        TRY(hsa_amd_memory_copy_engine_status, (no, gpu, out()), "to agent %s", kind);
        TRY(hsa_amd_memory_copy_engine_status, (gpu, no, out()), "from agent %s", kind);
        TRY(hsa_amd_memory_get_preferred_copy_engine, (no, gpu, out()), "to agent %s", kind);
        TRY(hsa_amd_memory_get_preferred_copy_engine, (gpu, no, out()), "from agent %s", kind);
        TRY(hsa_amd_image_get_info_max_dim, (no, 0x3000, out()), "agent %s", kind);
        TRY(hsa_amd_profiling_convert_tick_to_system_domain, (no, 1, out()), "agent %s", kind);
    }
}

static void others(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"an agent", gpu.handle}, {"a signal", a_signal.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        uint64_t h = bad[i].handle;
        TRY(hsa_cache_get_info, ((hsa_cache_t){h}, HSA_CACHE_INFO_LEVEL, out()), "cache %s", kind);
        TRY(hsa_wavefront_get_info, ((hsa_wavefront_t){h}, HSA_WAVEFRONT_INFO_SIZE, out()), "wavefront %s", kind);
        TRY(hsa_isa_get_info_alt, ((hsa_isa_t){h}, HSA_ISA_INFO_NAME_LENGTH, out()), "isa %s", kind);
        TRY(hsa_isa_get_info, ((hsa_isa_t){h}, HSA_ISA_INFO_NAME_LENGTH, 0, out()), "isa %s", kind);
        TRY(hsa_isa_get_exception_policies, ((hsa_isa_t){h}, HSA_PROFILE_BASE, out()), "isa %s", kind);
        TRY(hsa_isa_get_round_method, ((hsa_isa_t){h}, 1, 1, out()), "isa %s", kind);
        TRY(hsa_isa_iterate_wavefronts, ((hsa_isa_t){h}, (void *)no_more, NULL), "isa %s", kind);
        TRY(hsa_isa_compatible, ((hsa_isa_t){h}, isa, out()), "code's isa %s", kind);
        TRY(hsa_isa_compatible, (isa, (hsa_isa_t){h}, out()), "agent's isa %s", kind);
        TRY(hsa_region_get_info, ((hsa_region_t){h}, HSA_REGION_INFO_SIZE, out()), "region %s", kind);
        TRY(hsa_amd_memory_pool_get_info, ((hsa_amd_memory_pool_t){h}, HSA_AMD_MEMORY_POOL_INFO_SIZE, out()), "pool %s", kind);
        TRY(hsa_amd_agent_memory_pool_get_info, (gpu, (hsa_amd_memory_pool_t){h}, 0, out()), "pool %s", kind);
    }
}

/* Good handles, and something else wrong, or nothing. */
static void arguments(void) {
    TRY(hsa_system_get_info, (0, NULL), "nowhere");
    TRY(hsa_agent_get_info, (gpu, 0, NULL), "nowhere");
    TRY(hsa_region_get_info, (region, 0, NULL), "nowhere");
    TRY(hsa_amd_memory_pool_get_info, (pool, 0, NULL), "nowhere");
    TRY(hsa_amd_agent_memory_pool_get_info, (gpu, pool, 0, NULL), "nowhere");
    TRY(hsa_isa_get_info_alt, (isa, 0, NULL), "nowhere");
    TRY(hsa_isa_get_info, (isa, 0, 0, NULL), "nowhere");
    TRY(hsa_cache_get_info, (cache, 0, NULL), "nowhere");
    TRY(hsa_wavefront_get_info, (wavefront, 0, NULL), "nowhere");
    TRY(hsa_status_string, (0, NULL), "nowhere");
    TRY(hsa_extension_get_name, (1, NULL), "nowhere");
    TRY(hsa_amd_image_get_info_max_dim, (gpu, 0x3000, NULL), "nowhere");
    for (unsigned profile = 0; profile < 3; profile++) {
        TRY(hsa_agent_get_exception_policies, (gpu, profile, out()), "profile %u", profile);
        TRY(hsa_agent_get_exception_policies, (cpu, profile, out()), "CPU, profile %u", profile);
        TRY(hsa_isa_get_exception_policies, (isa, profile, out()), "profile %u", profile);
    }
    TRY(hsa_agent_get_exception_policies, (gpu, 0, NULL), "nowhere");
    TRY(hsa_isa_get_exception_policies, (isa, 0, NULL), "nowhere");
    for (unsigned type = 0; type < 9; type++)
        for (unsigned flush = 0; flush < 4; flush++)
            TRY(hsa_isa_get_round_method, (isa, type, flush, out()), "type %u, flush mode %u", type, flush);
    TRY(hsa_isa_get_round_method, (isa, 1, 1, NULL), "nowhere");
    TRY(hsa_isa_compatible, (isa, isa, out()), "itself");
    TRY(hsa_isa_compatible, (isa, isa, NULL), "nowhere");
    static const char *const names[] = {"", "gfx1100", "amdgcn-amd-amdhsa--gfx1100", "amdgcn-amd-amdhsa--gfx1",
                                        "amdgcn-amd-amdhsa--gfx1100:xnack+", "amdgcn-amd-amdhsa--gfx90a:xnack+:sramecc-",
                                        "amdgcn-amd-amdhsa--gfx90a:xnack", "AMD:AMDGPU:8:0:3"};
    for (size_t i = 0; i < COUNT(names); i++) TRY(hsa_isa_from_name, (names[i], out()), "'%s'", names[i]);
    TRY(hsa_isa_from_name, (NULL, out()), "no name");
    TRY(hsa_isa_from_name, (names[2], NULL), "nowhere");
    for (unsigned type = 0; type < 3; type++) {
        TRY(hsa_amd_coherency_set_type, (gpu, type), "type %u", type);
        TRY(hsa_amd_coherency_set_type, (cpu, type), "CPU, type %u", type);
    }
    TRY(hsa_amd_coherency_get_type, (gpu, out()), "GPU");
    TRY(hsa_amd_coherency_get_type, (cpu, out()), "CPU");
    TRY(hsa_amd_coherency_get_type, (gpu, NULL), "nowhere");
    TRY(hsa_amd_agent_set_async_scratch_limit, (gpu, 0), "none");
    TRY(hsa_amd_agent_set_async_scratch_limit, (gpu, 1 << 20), "a MiB");
    TRY(hsa_amd_agent_set_async_scratch_limit, (gpu, SIZE_MAX), "all there is");
    TRY(hsa_amd_agent_set_async_scratch_limit, (cpu, 0), "CPU");
    TRY(hsa_amd_memory_copy_engine_status, (gpu, cpu, out()), "CPU to GPU");
    TRY(hsa_amd_memory_copy_engine_status, (cpu, cpu, out()), "CPU to CPU");
    TRY(hsa_amd_memory_copy_engine_status, (gpu, cpu, NULL), "nowhere");
    TRY(hsa_amd_memory_get_preferred_copy_engine, (gpu, cpu, out()), "CPU to GPU");
    TRY(hsa_amd_memory_get_preferred_copy_engine, (cpu, cpu, out()), "CPU to CPU");
    TRY(hsa_amd_memory_get_preferred_copy_engine, (gpu, cpu, NULL), "nowhere");
}

static void iterations(void) {
    TRY(hsa_iterate_agents, ((void *)no_more, NULL), "all");
    TRY(hsa_iterate_agents, ((void *)refuse, NULL), "refused");
    TRY(hsa_iterate_agents, (NULL, NULL), "by nothing");
    TRY(hsa_agent_iterate_caches, (gpu, (void *)no_more, NULL), "all");
    TRY(hsa_agent_iterate_caches, (cpu, (void *)no_more, NULL), "CPU, all");
    TRY(hsa_agent_iterate_caches, (gpu, (void *)refuse, NULL), "refused");
    TRY(hsa_agent_iterate_caches, (gpu, NULL, NULL), "by nothing");
    TRY(hsa_agent_iterate_isas, (gpu, (void *)no_more, NULL), "all");
    TRY(hsa_agent_iterate_isas, (cpu, (void *)no_more, NULL), "CPU, all");
    TRY(hsa_agent_iterate_isas, (gpu, (void *)refuse, NULL), "refused");
    TRY(hsa_agent_iterate_isas, (gpu, NULL, NULL), "by nothing");
    TRY(hsa_agent_iterate_regions, (gpu, (void *)no_more, NULL), "all");
    TRY(hsa_agent_iterate_regions, (gpu, (void *)refuse, NULL), "refused");
    TRY(hsa_agent_iterate_regions, (gpu, NULL, NULL), "by nothing");
    TRY(hsa_amd_agent_iterate_memory_pools, (gpu, (void *)no_more, NULL), "all");
    TRY(hsa_amd_agent_iterate_memory_pools, (gpu, (void *)refuse, NULL), "refused");
    TRY(hsa_amd_agent_iterate_memory_pools, (gpu, NULL, NULL), "by nothing");
    TRY(hsa_isa_iterate_wavefronts, (isa, (void *)no_more, NULL), "all");
    TRY(hsa_isa_iterate_wavefronts, (isa, (void *)refuse, NULL), "refused");
    TRY(hsa_isa_iterate_wavefronts, (isa, NULL, NULL), "by nothing");
}

static void cases(void) {
    TRY(hsa_shut_down, (), "before hsa_init");
    TRY(hsa_status_string, (0, out()), "before hsa_init");
    TRY(hsa_init, (), "first");
    open_agents();
    hsa_agent_iterate_regions(gpu, (void *)take_first, &region);
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &pool);
    hsa_agent_iterate_isas(gpu, (void *)take_first, &isa);
    hsa_agent_iterate_caches(gpu, (void *)take_first, &cache);
    hsa_isa_iterate_wavefronts(isa, (void *)take_first, &wavefront);
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    attributes();
    extensions();
    agents();
    others();
    arguments();
    iterations();
    TRY(hsa_shut_down, (), "last");
}

int main(void) { return all_cases(cases); }
