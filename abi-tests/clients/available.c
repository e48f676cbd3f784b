/* The memory of every GPU: how much its largest pool has, and how much of it is said to be free. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdint.h>
#include <stdio.h>

static hsa_status_t largest(hsa_amd_memory_pool_t pool, void *data) {
    size_t size = 0, *most = data;
    hsa_status_t status = hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size);
    if (size > *most) *most = size;
    return status;
}

static hsa_status_t tell(hsa_agent_t agent, void *data) {
    hsa_device_type_t type;
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status != HSA_STATUS_SUCCESS || type != HSA_DEVICE_TYPE_GPU) return status;
    uint64_t available = 0;
    size_t total = 0;
    (void)data;
    status = hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL, &available);
    if (status == HSA_STATUS_SUCCESS) status = hsa_amd_agent_iterate_memory_pools(agent, largest, &total);
    if (status == HSA_STATUS_SUCCESS) printf("%zu %llu\n", total, (unsigned long long)available);
    return status;
}

int main(void) {
    hsa_status_t status = hsa_init();
    if (status == HSA_STATUS_SUCCESS) status = hsa_iterate_agents(tell, NULL);
    if (status == HSA_STATUS_SUCCESS) status = hsa_shut_down();
    return status == HSA_STATUS_SUCCESS ? 0 : 1;
}
