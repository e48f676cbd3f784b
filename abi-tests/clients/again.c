/* Three times hsa_init and hsa_shut_down: the agents, and whether the GPUs have flush registers, which binds the
   process's address spaces. After the first round, the folder of the first argument moves to the second. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdio.h>

static hsa_status_t print_agent(hsa_agent_t agent, void *data) {
    (void)data;
    hsa_device_type_t type;
    hsa_amd_hdp_flush_t flush = {NULL, NULL};
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status != HSA_STATUS_SUCCESS) return status;
    status = hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_HDP_FLUSH, &flush);
    printf("agent of type %d, flush %d: %s, %td\n", type, status, flush.HDP_MEM_FLUSH_CNTL ? "registers" : "none",
           flush.HDP_REG_FLUSH_CNTL - flush.HDP_MEM_FLUSH_CNTL);
    return HSA_STATUS_SUCCESS;
}

int main(int argc, char **argv) {
    for (int round = 1; round <= 3; round++) {
        printf("init %d\n", hsa_init());
        printf("iterate %d\n", hsa_iterate_agents(print_agent, NULL));
        printf("shut_down %d\n", hsa_shut_down());
        if (round == 1 && argc == 3 && rename(argv[1], argv[2]) != 0) return 1;
    }
    return 0;
}
