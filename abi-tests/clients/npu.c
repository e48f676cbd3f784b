/* An NPU's agent: its pools, whether it has queues, and what other calls make of it. One line a question. */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static hsa_agent_t cpu, gpu, npu;
static hsa_amd_memory_pool_t pools[8];
static unsigned pool_count;

static hsa_status_t sort_out(hsa_agent_t agent, void *unused) {
    (void)unused;
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    hsa_agent_t *known = type == HSA_DEVICE_TYPE_CPU ? &cpu : type == HSA_DEVICE_TYPE_GPU ? &gpu : &npu;
    *known = agent;
    printf("agent of type %d\n", type);
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t keep(hsa_amd_memory_pool_t pool, void *unused) {
    (void)unused;
    pools[pool_count++] = pool;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t stop(hsa_cache_t cache, void *unused) {
    (void)cache, (void)unused;
    return HSA_STATUS_INFO_BREAK;
}

static void handler(hsa_status_t status, hsa_queue_t *queue, void *unused) {
    (void)queue, (void)unused;
    printf("queue error %#x\n", status);
}

/* What is known of an address; where things are is nobody's business. */
static void look(const char *what, void *address) {
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint32_t count = 0;
    hsa_agent_t *agents = NULL;
    int status = hsa_amd_pointer_info(address, &info, NULL, &count, &agents);
    printf("%s: %d type %d size %zu flags %u owner %d, %u agents\n", what, status, info.type,
           info.sizeInBytes, info.type ? info.global_flags : 0, info.type ? info.agentOwner.handle == npu.handle : 0, count);
}

static void use_pool(unsigned index) {
    hsa_amd_memory_pool_t pool = pools[index];
    static const size_t sizes[] = {0, 1, 4096, 5000, 1 << 20, 65u << 20, (size_t)1 << 50};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *memory = NULL;
        int status = hsa_amd_memory_pool_allocate(pool, sizes[i], 0, &memory);
        printf("pool %u: %zu bytes %d %s\n", index, sizes[i], status, memory ? "somewhere" : "nowhere");
        if (status) continue;
        memset(memory, 0x5a, sizes[i]);
        look("it", memory);
        look("its end", (char *)memory + sizes[i] - 1);
        printf("access: cpu %d", hsa_amd_agents_allow_access(1, &cpu, NULL, memory));
        printf(" gpu %d", hsa_amd_agents_allow_access(1, &gpu, NULL, memory));
        printf(" npu %d\n", hsa_amd_agents_allow_access(1, &npu, NULL, memory));
        printf("free %d", hsa_amd_memory_pool_free(memory));
        printf(" again %d\n", hsa_amd_memory_pool_free(memory));
    }
}

static void create(uint32_t size, hsa_queue_type32_t type) {
    hsa_queue_t *queue = NULL;
    int status = hsa_queue_create(npu, size, type, handler, NULL, 0, 0, &queue);
    printf("queue of %u, type %u: %d\n", size, type, status);
    if (!status) hsa_queue_destroy(queue);
}

static void elsewhere(void) {
    hsa_signal_t signal;
    printf("signal for it %d", hsa_signal_create(1, 1, &npu, &signal));
    hsa_amd_profiling_dispatch_time_t time;
    printf(" times %d", hsa_amd_profiling_get_dispatch_time(npu, signal, &time));
    uint64_t tick = 0;
    printf(" tick %d\n", hsa_amd_profiling_convert_tick_to_system_domain(npu, 7, &tick));
    hsa_signal_destroy(signal);
    printf("caches %d", hsa_agent_iterate_caches(npu, stop, NULL));
    printf(" without callback %d\n", hsa_agent_iterate_caches(npu, NULL, NULL));
    bool yes = true;
    uint16_t minor = 7;
    printf("extension %d", hsa_agent_extension_supported(HSA_EXTENSION_IMAGES, npu, 1, 0, &yes));
    printf(" %d, ", yes);
    printf("%d", hsa_agent_major_extension_supported(HSA_EXTENSION_IMAGES, npu, 1, &minor, &yes));
    printf(" %d\n", yes);
    void *memory = NULL, *locked = NULL;
    static char own[8192];
    printf("lock %d ", hsa_amd_memory_lock(own, sizeof own, &npu, 1, &locked));
    printf("to its pool %d\n", hsa_amd_memory_lock_to_pool(own, sizeof own, &cpu, 1, pools[0], 0, &locked));
    hsa_amd_memory_pool_allocate(pools[0], 4096, 0, &memory);
    printf("fill %d ", hsa_amd_memory_fill(memory, 0x01020304, 1024));
    printf("assign %d ", hsa_memory_assign_agent(memory, npu, HSA_ACCESS_PERMISSION_RW));
    printf("region %d\n", hsa_memory_free(memory));
    hsa_amd_memory_pool_allocate(pools[0], 4096, 0, &memory);
    memset(memory, 1, 4096);
    printf("copy %d ", hsa_memory_copy(own, memory, 4096));
    printf("%d ", own[4095]);
    hsa_amd_ipc_memory_t handle;
    printf("ipc %d ", hsa_amd_ipc_memory_create(memory, 4096, &handle));
    printf("free %d\n", hsa_amd_memory_pool_free(memory));
    uint32_t mask = 7;
    printf("engines %d", hsa_amd_memory_copy_engine_status(npu, cpu, &mask));
    printf(" %d\n", hsa_amd_memory_copy_engine_status(cpu, npu, &mask));
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("init %d\n", hsa_init());
    hsa_iterate_agents(sort_out, NULL);
    if (npu.handle) {
        hsa_amd_agent_iterate_memory_pools(npu, keep, NULL);
        for (unsigned i = 0; i < pool_count; i++) use_pool(i);
        static const uint32_t sizes[] = {0, 32, 63, 64, 128};
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) create(sizes[i], HSA_QUEUE_TYPE_SINGLE);
        create(64, HSA_QUEUE_TYPE_MULTI);
        create(64, HSA_QUEUE_TYPE_COOPERATIVE);
        create(64, 3);
        elsewhere();
    }
    printf("shut_down %d\n", hsa_shut_down());
    return 0;
}
