/* What the HSA programs that need a GPU which runs queues have in common: agents, pools, queues, packets, kernels. */
#ifndef GPU_H
#define GPU_H
#include <fcntl.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS 1000000000ull

static inline void need(hsa_status_t status, const char *what) {
    if (status == HSA_STATUS_SUCCESS) return;
    printf("%s: %#x\n", what, (unsigned)status);
    exit(1);
}
#define NEED(call) need(call, #call)

/* The first of each kind; memory of the GPU, and coarse-grained and kernel-argument memory of the CPU. */
static hsa_agent_t gpu, cpu;
static hsa_amd_memory_pool_t vram, system_memory, arguments_memory;

static inline hsa_status_t take_agent(hsa_agent_t agent, void *data) {
    (void)data;
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type == HSA_DEVICE_TYPE_GPU && !gpu.handle) gpu = agent;
    if (type == HSA_DEVICE_TYPE_CPU && !cpu.handle) cpu = agent;
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t take_pool(hsa_amd_memory_pool_t pool, void *coarse) {
    hsa_amd_segment_t segment;
    uint32_t flags = 0;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment);
    if (segment != HSA_AMD_SEGMENT_GLOBAL) return HSA_STATUS_SUCCESS;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags);
    if (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED) *(hsa_amd_memory_pool_t *)coarse = pool;
    if (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT) arguments_memory = pool;
    return HSA_STATUS_SUCCESS;
}

static inline void open_gpu(void) {
    NEED(hsa_init());
    NEED(hsa_iterate_agents(take_agent, NULL));
    NEED(hsa_amd_agent_iterate_memory_pools(gpu, take_pool, &vram));
    NEED(hsa_amd_agent_iterate_memory_pools(cpu, take_pool, &system_memory));
}

static inline hsa_queue_t *new_queue(hsa_queue_type32_t type, void (*on_error)(hsa_status_t, hsa_queue_t *, void *)) {
    hsa_queue_t *queue;
    NEED(hsa_queue_create(gpu, 64, type, on_error, NULL, UINT32_MAX, UINT32_MAX, &queue));
    return queue;
}

static inline hsa_signal_t new_signal(hsa_signal_value_t value) {
    hsa_signal_t signal;
    NEED(hsa_signal_create(value, 0, NULL, &signal));
    return signal;
}

/* What is left of a signal when it is 0, or after a minute. */
static inline long wait_zero(hsa_signal_t signal) {
    return (long)hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, 60 * SECONDS, HSA_WAIT_STATE_BLOCKED);
}

/* Zero-filled memory of the host that the GPU reaches. */
static inline void *shared(size_t bytes) {
    void *memory;
    NEED(hsa_amd_memory_pool_allocate(arguments_memory, bytes, 0, &memory));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, memory));
    return memset(memory, 0, bytes);
}

/* Takes a place in the ring, waiting for it, and clears the packet but for its header. */
static inline void *reserve(hsa_queue_t *queue, uint64_t *index) {
    *index = hsa_queue_add_write_index_scacq_screl(queue, 1);
    while (*index - hsa_queue_load_read_index_scacquire(queue) >= queue->size) {}
    char *packet = (char *)queue->base_address + *index % queue->size * 64;
    memset(packet + 4, 0, 60);
    return packet;
}

/* Writes a packet's first word, with the barrier bit and system scopes, and rings. */
static inline void submit(hsa_queue_t *queue, void *packet, uint64_t index, uint16_t type, uint16_t setup) {
    uint32_t header = type | 1 << HSA_PACKET_HEADER_BARRIER | 2 << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |
                      2 << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE;
    __atomic_store_n((uint32_t *)packet, header | (uint32_t)setup << 16, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

static inline void barrier(hsa_queue_t *queue, uint16_t type, const hsa_signal_t *signals, int count, hsa_signal_t done) {
    uint64_t index;
    hsa_barrier_and_packet_t *packet = reserve(queue, &index);
    for (int i = 0; i < count; i++) packet->dep_signal[i] = signals[i];
    packet->completion_signal = done;
    submit(queue, packet, index, type, 0);
}

static inline hsa_executable_t load(const char *file) {
    hsa_code_object_reader_t reader;
    hsa_executable_t executable;
    NEED(hsa_code_object_reader_create_from_file(open(file, O_RDONLY), &reader));
    NEED(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &executable));
    NEED(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL));
    NEED(hsa_executable_freeze(executable, NULL));
    return executable;
}

static inline hsa_executable_symbol_t kernel(hsa_executable_t executable, const char *name) {
    hsa_executable_symbol_t symbol;
    char full[64];
    snprintf(full, sizeof full, "%s.kd", name);
    NEED(hsa_executable_get_symbol_by_name(executable, full, &gpu, &symbol));
    return symbol;
}

static inline uint32_t asked(hsa_executable_symbol_t symbol, hsa_executable_symbol_info_t what) {
    uint32_t value = 0;
    NEED(hsa_executable_symbol_get_info(symbol, what, &value));
    return value;
}

/* Starts a kernel on workgroups of 64 work-items. */
static inline void launch(hsa_queue_t *queue, hsa_executable_symbol_t symbol, uint32_t groups, void *arguments,
                          hsa_signal_t done) {
    uint64_t index;
    hsa_kernel_dispatch_packet_t *packet = reserve(queue, &index);
    packet->workgroup_size_x = 64, packet->workgroup_size_y = packet->workgroup_size_z = 1;
    packet->grid_size_x = groups * 64, packet->grid_size_y = packet->grid_size_z = 1;
    packet->private_segment_size = asked(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE);
    packet->group_segment_size = asked(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE);
    NEED(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &packet->kernel_object));
    packet->kernarg_address = arguments;
    packet->completion_signal = done;
    submit(queue, packet, index, HSA_PACKET_TYPE_KERNEL_DISPATCH, 1);
}
#endif
