/* hsa_init, what it found, hsa_shut_down: one line each, with the status as a number. */
#include <hsa/hsa.h>
#include <stdio.h>

struct count {
    unsigned cpus, gpus, others;
};

static hsa_status_t count_agent(hsa_agent_t agent, void *data) {
    struct count *count = data;
    hsa_device_type_t type;
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status != HSA_STATUS_SUCCESS) return status;
    if (type == HSA_DEVICE_TYPE_CPU) count->cpus++;
    else if (type == HSA_DEVICE_TYPE_GPU) count->gpus++;
    else count->others++;
    return HSA_STATUS_SUCCESS;
}

int main(void) {
    struct count count = {0, 0, 0};
    hsa_status_t status = hsa_init();
    printf("init %d\n", status);
    if (status != HSA_STATUS_SUCCESS) return 0;
    status = hsa_iterate_agents(count_agent, &count);
    printf("agents %d: %u cpu, %u gpu, %u other\n", status, count.cpus, count.gpus, count.others);
    printf("shut_down %d\n", hsa_shut_down());
    return 0;
}
