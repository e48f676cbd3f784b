/* A tool library: replaces two functions in the API tables and passes calls on to what stood there. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The beginnings of the tables in hsa_api_trace.h, which is C++ in upstream's package. */
struct version {
    uint32_t major_id, minor_id, step_id, reserved;
};
struct core {
    struct version version;
    hsa_status_t (*init)(void);
    hsa_status_t (*shut_down)(void);
    hsa_status_t (*system_get_info)(hsa_system_info_t, void *);
    void *extensions[2];
    hsa_status_t (*iterate_agents)(hsa_status_t (*)(hsa_agent_t, void *), void *);
    hsa_status_t (*agent_get_info)(hsa_agent_t, hsa_agent_info_t, void *);
};
struct root {
    struct version version;
    struct core *core;
};

static struct core saved;
static unsigned infos;

static hsa_status_t iterate_agents(hsa_status_t (*callback)(hsa_agent_t, void *), void *data) {
    puts("tool: hsa_iterate_agents");
    return saved.iterate_agents(callback, data);
}

static hsa_status_t agent_get_info(hsa_agent_t agent, hsa_agent_info_t attribute, void *value) {
    infos++;
    if (attribute == HSA_AGENT_INFO_QUEUES_MAX) {
        *(uint32_t *)value = 4711;
        return HSA_STATUS_SUCCESS;
    }
    return saved.agent_get_info(agent, attribute, value);
}

bool OnLoad(struct root *root, uint64_t version, uint64_t failed_count, const char *const *failed) {
    printf("tool: OnLoad, version as in the table: %s\n", version == root->version.major_id ? "yes" : "no");
    for (uint64_t i = 0; i < failed_count; i++) printf("tool: %s failed\n", failed[i]);
    if (root->core->version.minor_id < sizeof saved) return false;
    saved = *root->core;
    uint64_t frequency = 0;
    hsa_status_t status = saved.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency);
    printf("tool: the runtime answers %d, %s\n", status, frequency ? "ticking" : "still");
    root->core->iterate_agents = iterate_agents;
    root->core->agent_get_info = agent_get_info;
    return true;
}

void OnUnload(void) {
    uint16_t major = 0;
    hsa_status_t status = saved.system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &major);
    printf("tool: OnUnload after %u attributes, the runtime answers %d\n", infos, status);
}
