/* Loads a code object by the runtime's loader and runs its kernel `sums` (kernels/sums.c) on the first GPU.
   Usage: dispatch CODE_OBJECT [ADDRESS]: with an address, the kernel is to read there instead. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include <fcntl.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 500
#define ITEMS (GROUPS * 64)

static void need(hsa_status_t status, const char *what) {
    if (status == HSA_STATUS_SUCCESS) return;
    printf("%s: %#x\n", what, (unsigned)status);
    exit(1);
}
#define NEED(call) need(call, #call)

static hsa_agent_t gpu, cpu;
static hsa_amd_memory_pool_t pool;

static hsa_status_t take_agent(hsa_agent_t agent, void *data) {
    (void)data;
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type == HSA_DEVICE_TYPE_GPU && !gpu.handle) gpu = agent;
    if (type == HSA_DEVICE_TYPE_CPU && !cpu.handle) cpu = agent;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t take_pool(hsa_amd_memory_pool_t one, void *data) {
    (void)data;
    uint32_t flags = 0;
    hsa_amd_memory_pool_get_info(one, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags);
    if (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT) pool = one;
    return HSA_STATUS_SUCCESS;
}

static void *shared(size_t bytes) {
    void *memory;
    NEED(hsa_amd_memory_pool_allocate(pool, bytes, 0, &memory));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, memory));
    memset(memory, 0, bytes);
    return memory;
}

static hsa_executable_symbol_t load(const char *file) {
    hsa_code_object_reader_t reader;
    hsa_executable_t executable;
    hsa_executable_symbol_t symbol;
    NEED(hsa_code_object_reader_create_from_file(open(file, O_RDONLY), &reader));
    NEED(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &executable));
    NEED(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL));
    NEED(hsa_executable_freeze(executable, NULL));
    NEED(hsa_executable_get_symbol_by_name(executable, "sums.kd", &gpu, &symbol));
    return symbol;
}

static uint32_t asked(hsa_executable_symbol_t symbol, hsa_executable_symbol_info_t what) {
    uint32_t value = 0;
    NEED(hsa_executable_symbol_get_info(symbol, what, &value));
    return value;
}

static long run(hsa_queue_t *queue, hsa_executable_symbol_t symbol, void *arguments) {
    hsa_signal_t done;
    NEED(hsa_signal_create(1, 0, NULL, &done));
    uint64_t index = hsa_queue_add_write_index_scacq_screl(queue, 1);
    hsa_kernel_dispatch_packet_t *packet = (hsa_kernel_dispatch_packet_t *)queue->base_address + index % queue->size;
    memset((char *)packet + 4, 0, sizeof *packet - 4);
    packet->workgroup_size_x = 64, packet->workgroup_size_y = packet->workgroup_size_z = 1;
    packet->grid_size_x = ITEMS, packet->grid_size_y = packet->grid_size_z = 1;
    packet->private_segment_size = asked(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE);
    packet->group_segment_size = asked(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE);
    NEED(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &packet->kernel_object));
    packet->kernarg_address = arguments;
    packet->completion_signal = done;
    uint32_t header = HSA_PACKET_TYPE_KERNEL_DISPATCH | 1 << HSA_PACKET_HEADER_BARRIER |
                      2 << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE | 2 << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE;
    __atomic_store_n((uint32_t *)packet, header | 1u << 16, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
    long left = (long)hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, 60000000000ull,
                                                HSA_WAIT_STATE_BLOCKED);
    hsa_signal_destroy(done);
    return left;
}

int main(int count, char **words) {
    if (count < 2) return 2;
    NEED(hsa_init());
    NEED(hsa_iterate_agents(take_agent, NULL));
    NEED(hsa_amd_agent_iterate_memory_pools(cpu, take_pool, NULL));
    hsa_queue_t *queue;
    NEED(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX, &queue));
    hsa_executable_symbol_t symbol = load(words[1]);
    uint32_t *numbers = shared(4 * ITEMS), *totals = shared(4 * GROUPS), *squares = shared(4 * ITEMS);
    uint32_t **arguments = shared(64);
    arguments[0] = count > 2 ? (uint32_t *)strtoull(words[2], NULL, 0) : numbers;
    arguments[1] = totals, arguments[2] = squares;
    for (uint32_t i = 0; i < ITEMS; i++) numbers[i] = i * 2654435761u;
    for (int round = 0; round < 2; round++) {
        memset(totals, 0, 4 * GROUPS), memset(squares, 0, 4 * ITEMS);
        printf("left: %ld\n", run(queue, symbol, arguments));
        uint32_t wrong = 0;
        for (uint32_t group = 0; group < GROUPS; group++) {
            uint32_t total = 0;
            for (uint32_t i = group * 64; i < (group + 1) * 64; i++) {
                total += numbers[i];
                wrong += squares[i] != numbers[i] * numbers[i];
            }
            wrong += totals[group] != total;
        }
        printf("wrong: %u\n", wrong);
    }
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
