/* What a program on the runtime takes: memory of every pool, locked memory, signals and queues; and gives back. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (1 << 20)
#define SAY(call) printf("%s: %d\n", #call, (int)(call))

static hsa_agent_t gpu;

static hsa_status_t find_gpu(hsa_agent_t agent, void *found) {
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type != HSA_DEVICE_TYPE_GPU || *(int *)found) return HSA_STATUS_SUCCESS;
    gpu = agent;
    *(int *)found = 1;
    return HSA_STATUS_SUCCESS;
}

static void look(void *address) {
    hsa_amd_pointer_info_t info;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    hsa_status_t status = hsa_amd_pointer_info(address, &info, NULL, NULL, NULL);
    printf("pointer: %d, type %d, %zu bytes\n", (int)status, (int)info.type, info.sizeInBytes);
}

static hsa_status_t use_pool(hsa_amd_memory_pool_t pool, void *number) {
    bool allowed = false;
    void *address = NULL;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED, &allowed);
    printf("-- pool %d%s\n", (*(int *)number)++, allowed ? "" : ", not for allocations");
    if (!allowed) return HSA_STATUS_SUCCESS;
    SAY(hsa_amd_memory_pool_allocate(pool, SIZE, 0, &address));
    look(address);
    SAY(hsa_amd_agents_allow_access(1, &gpu, NULL, address));
    SAY(hsa_amd_memory_pool_free(address));
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t use_pools(hsa_agent_t agent, void *agents) {
    int number = 0;
    if ((*(int *)agents)++ > 2) return HSA_STATUS_SUCCESS;
    printf("-- agent %d\n", *(int *)agents);
    return hsa_amd_agent_iterate_memory_pools(agent, use_pool, &number);
}

static void lock(void) {
    void *own = aligned_alloc(4096, SIZE), *seen = NULL;
    memset(own, 5, SIZE);
    SAY(hsa_amd_memory_lock(own, SIZE, &gpu, 1, &seen));
    look(own);
    SAY(hsa_amd_memory_unlock(own));
    free(own);
}

static void signals(void) {
    hsa_signal_t signal[2];
    SAY(hsa_signal_create(1, 0, NULL, &signal[0]));
    SAY(hsa_signal_create(1, 1, &gpu, &signal[1]));
    hsa_signal_store_screlease(signal[0], 7);
    printf("value %d\n", (int)hsa_signal_load_scacquire(signal[0]));
    printf("waited %d\n", (int)hsa_signal_wait_scacquire(signal[0], HSA_SIGNAL_CONDITION_EQ, 7, UINT64_MAX,
                                                         HSA_WAIT_STATE_BLOCKED));
    for (int i = 0; i < 2; i++) SAY(hsa_signal_destroy(signal[i]));
}

static void queue(hsa_queue_type32_t type) {
    hsa_queue_t *made = NULL;
    SAY(hsa_queue_create(gpu, 1024, type, NULL, NULL, UINT32_MAX, UINT32_MAX, &made));
    if (!made) return;
    printf("%u packets, features %u\n", made->size, made->features);
    SAY(hsa_queue_inactivate(made));
    SAY(hsa_queue_destroy(made));
}

int main(void) {
    int found = 0, agents = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("init: %d\n", hsa_init());
    hsa_iterate_agents(find_gpu, &found);
    if (found) {
        hsa_iterate_agents(use_pools, &agents);
        lock();
        signals();
        queue(HSA_QUEUE_TYPE_MULTI);
        queue(HSA_QUEUE_TYPE_SINGLE);
    }
    printf("shut_down: %d\n", hsa_shut_down());
    return 0;
}
