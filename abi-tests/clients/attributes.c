/* Every attribute that the headers define, of every object: values and statuses, one line each. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <hsa/hsa_ext_image.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static hsa_agent_t agents[256];
static unsigned agent_count;

/* Prints what was written into a poisoned buffer: the bytes up to the last changed one. */
static void show(const char *what, unsigned attribute, hsa_status_t status, const unsigned char *value) {
    int last = 255;
    while (last >= 0 && value[last] == 0xa5) last--;
    printf("%s %#x: %d", what, attribute, status);
    for (int i = 0; i <= last; i++) printf(" %02x", value[i]);
    printf("\n");
}

/* Clocks, memory in use, and addresses. */
static int is_volatile(unsigned attribute) {
    return attribute == 0xa015 || attribute == 0xa113 || attribute == 0xa118 || attribute == HSA_AMD_AGENT_INFO_HDP_FLUSH || attribute == HSA_AGENT_INFO_ISA;
}

static hsa_status_t cache(hsa_cache_t cache, void *unused) {
    (void)unused;
    for (unsigned a = 0; a < 6; a++) {
        if (a == 1) {
            const char *name = 0;
            hsa_status_t status = hsa_cache_get_info(cache, a, &name);
            printf("cache 1: %d %s\n", status, name);
            continue;
        }
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_cache_get_info(cache, a, v);
        show("cache", a, status, v);
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t wave(hsa_wavefront_t wave, void *unused) {
    (void)unused;
    uint32_t size = 0;
    hsa_status_t status = hsa_wavefront_get_info(wave, HSA_WAVEFRONT_INFO_SIZE, &size);
    printf("wavefront %d %u, %d\n", status, size, hsa_wavefront_get_info(wave, 1, &size));
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t isa(hsa_isa_t isa, void *unused) {
    (void)unused;
    char name[256] = "";
    hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME, name);
    printf("isa %s\n", name);
    for (unsigned a = 0; a < 20; a++) {
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_isa_get_info_alt(isa, a, v);
        show("isa", a, status, v);
        memset(v, 0xa5, sizeof v);
        status = hsa_isa_get_info(isa, a, a & 1, v);
        show("isa old", a, status, v);
    }
    uint16_t mask = 77;
    hsa_round_method_t round = 77;
    hsa_status_t s = hsa_isa_get_exception_policies(isa, HSA_PROFILE_BASE, &mask);
    printf("policies %d %u\n", s, mask);
    s = hsa_isa_get_round_method(isa, HSA_FP_TYPE_32, HSA_FLUSH_MODE_FTZ, &round);
    printf("round %d %u\n", s, round);
    hsa_isa_iterate_wavefronts(isa, wave, 0);
    hsa_isa_t again = {0};
    s = hsa_isa_from_name(name, &again);
    bool compatible = false;
    hsa_status_t c = hsa_isa_compatible(again, isa, &compatible);
    printf("from name %d, compatible %d %d\n", s, c, compatible);
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t region(hsa_region_t region, void *unused) {
    (void)unused;
    for (unsigned a = 0; a < 10; a++) {
        if (a == HSA_REGION_INFO_ALLOC_MAX_SIZE) continue;
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_region_get_info(region, a, v);
        show("region", a, status, v);
    }
    for (unsigned a = 0xa000; a < 0xa005; a++) {
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_region_get_info(region, a, v);
        show("region", a, status, v);
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t pool(hsa_amd_memory_pool_t pool, void *unused) {
    (void)unused;
    for (unsigned a = 0; a < 20; a++) {
        if (a == HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE) continue;
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_amd_memory_pool_get_info(pool, a, v);
        show("pool", a, status, v);
    }
    for (unsigned i = 0; i < agent_count && i < 12; i++)
        for (unsigned a = 0; a < 4; a++) {
            unsigned char v[256];
            /* The structure of the links has padding, which is nobody's. */
            memset(v, a == HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO ? 0 : 0xa5, sizeof v);
            hsa_status_t status = hsa_amd_agent_memory_pool_get_info(agents[i], pool, a, v);
            show("way", a, status, v);
        }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t collect(hsa_agent_t agent, void *unused) {
    (void)unused;
    if (agent_count < 256) agents[agent_count++] = agent;
    return HSA_STATUS_SUCCESS;
}

static void info(hsa_agent_t agent, unsigned first, unsigned last) {
    for (unsigned a = first; a <= last; a++) {
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_agent_get_info(agent, a, v);
        if (is_volatile(a)) printf("agent %#x: %d\n", a, status);
        else show("agent", a, status, v);
    }
}

/* What it is, and what it is after each was set; the last one there is not. */
static void coherency(hsa_agent_t agent) {
    hsa_amd_coherency_type_t kind = 77;
    printf("coherency %d", hsa_amd_coherency_get_type(agent, &kind));
    printf(" %d,", (int)kind);
    for (int wanted = 0; wanted < 3; wanted++) {
        printf(" set %d", hsa_amd_coherency_set_type(agent, wanted));
        printf(" %d", hsa_amd_coherency_get_type(agent, &kind));
        printf(" %d,", (int)kind);
    }
    printf(" null %d\n", hsa_amd_coherency_get_type(agent, NULL));
}

/* Of an agent, with the first two minor versions. */
static void extensions(hsa_agent_t agent) {
    for (unsigned extension = 0; extension < 4; extension++) {
        printf("extension %u:", extension);
        for (unsigned major = 1; major < 3; major++)
            for (unsigned minor = 0; minor < 2; minor++) {
                bool yes = false;
                printf(" %d", hsa_agent_extension_supported(extension, agent, major, minor, &yes));
                printf(" %d,", yes);
            }
        puts("");
    }
}

int main(void) {
    printf("before %d\n", hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &agent_count));
    printf("init %d\n", hsa_init());
    for (unsigned a = 0; a < 9; a++) {
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_system_get_info(a, v);
        if (a == HSA_SYSTEM_INFO_TIMESTAMP) printf("system 2: %d\n", status);
        else show("system", a, status, v);
    }
    for (unsigned a = 0x201; a < 0x20c; a++) {
        unsigned char v[256];
        memset(v, 0xa5, sizeof v);
        hsa_status_t status = hsa_system_get_info(a, v);
        show("system", a, status, v);
    }
    for (unsigned e = 0; e < 6; e++)
        for (unsigned major = 0; major < 4; major++) {
            unsigned extension = e < 4 ? e : 0x200 + e - 4;
            bool yes = true;
            uint16_t minor = 99;
            int s = hsa_system_extension_supported(extension, major, 0, &yes);
            printf("extension %#x %u: %d %d", extension, major, s, yes);
            s = hsa_system_extension_supported(extension, major, 1, &yes);
            printf(", its first minor version: %d %d", s, yes);
            s = hsa_system_major_extension_supported(extension, major, &minor, &yes);
            printf(", %d %d %u\n", s, yes, minor);
            void *table[32] = {0};
            s = hsa_system_get_major_extension_table(extension, major, sizeof table, table);
            unsigned n = 0;
            while (n < 32 && table[n]) n++;
            printf(" table %d %u", s, n);
            s = hsa_system_get_extension_table(extension, major, 0, table);
            printf(", %d\n", s);
        }
    for (unsigned e = 0; e < 0x210; e = e == 6 ? 0x1fe : e + 1) {
        const char *name = "";
        int s = hsa_extension_get_name(e, &name);
        printf("name %#x %d %s\n", e, s, name);
    }
    for (unsigned s = 0; s < 0x4000; s = (s & 0xfff) == 0x3f ? (s & 0x7000) + 0x1000 : s + 1) {
        const char *text = "";
        hsa_status_t r = hsa_status_string(s, &text);
        printf("status %#x: %d %s\n", s, r, text);
    }
    hsa_iterate_agents(collect, 0);
    for (unsigned i = 0; i < agent_count && i < 6; i++) {
        printf("== agent %u\n", i);
        info(agents[i], 0, 26);
        info(agents[i], 0x2fff, 0x300e);
        info(agents[i], 0xa000, 0xa018);
        info(agents[i], 0xa106, 0xa119);
        uint16_t mask = 5;
        printf("policies %d", hsa_agent_get_exception_policies(agents[i], HSA_PROFILE_FULL, &mask));
        printf(" %u\n", mask);
        coherency(agents[i]);
        extensions(agents[i]);
        hsa_agent_iterate_caches(agents[i], cache, 0);
        hsa_agent_iterate_isas(agents[i], isa, 0);
        puts("-- regions");
        hsa_agent_iterate_regions(agents[i], region, 0);
        puts("-- pools");
        hsa_amd_agent_iterate_memory_pools(agents[i], pool, 0);
    }
    static const char *names[] = {"", "gfx900", "amdgcn-amd-amdhsa--gfx900", "amdgcn-amd-amdhsa--gfx900:xnack+",
        "amdgcn-amd-amdhsa--gfx90a:xnack+:sramecc-", "amdgcn-amd-amdhsa--gfx90a:sramecc-:xnack+",
        "amdgcn-amd-amdhsa--gfx9-generic", "amdgcn-amd-amdhsa--gfx9-4-generic:sramecc+:xnack-",
        "amdgcn-amd-amdhsa--gfx1100:xnack-", "amdgcn-amd-amdhsa--gfx12-generic", "amdgcn-amd-amdhsa--gfx1"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        hsa_isa_t it = {0};
        printf("isa %s: %d\n", names[i], hsa_isa_from_name(names[i], &it));
        if (it.handle) isa(it, 0);
    }
    uint32_t word;
    printf("null: %d %d %d %d %d %d\n", hsa_system_get_info(0, 0), hsa_agent_get_info(agents[0], 0, 0),
           hsa_iterate_agents(0, 0), hsa_isa_from_name(0, 0), hsa_extension_get_name(0, 0), hsa_status_string(0, 0));
    printf("zero handles: %d %d %d %d %d\n", hsa_agent_get_info((hsa_agent_t){0}, 0, &word),
           hsa_isa_get_info_alt((hsa_isa_t){0}, 0, &word), hsa_cache_get_info((hsa_cache_t){0}, 0, &word),
           hsa_region_get_info((hsa_region_t){0}, 0, &word),
           hsa_amd_memory_pool_get_info((hsa_amd_memory_pool_t){0}, 0, &word));
    printf("shut_down %d %d\n", hsa_shut_down(), hsa_shut_down());
    return 0;
}
