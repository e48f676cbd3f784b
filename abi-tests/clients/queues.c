/* Queues as programs make, ask and change them: sizes and types, what the descriptor says, indexes, priorities, masks of
   compute units, queues that a program reads; the same on every library. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <hsa/amd_hsa_queue.h>
#include <hsa/amd_hsa_signal.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))
#define VALUE(call) printf("%s: %llu\n", #call, (unsigned long long)(call))

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)status, (void)queue, (void)data;
}

static hsa_queue_t *made;

static hsa_status_t create(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type, uint32_t private_size) {
    return hsa_queue_create(agent, size, type, on_error, NULL, private_size, UINT32_MAX, &made);
}

static void creation(void) {
    hsa_agent_t none = {0};
    SAY(create(none, 64, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(cpu, 64, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(gpu, 0, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(gpu, 65, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(gpu, 32, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(gpu, 1u << 31, HSA_QUEUE_TYPE_MULTI, 0));
    SAY(create(gpu, 64, 3, 0));
    SAY(create(gpu, 64, HSA_QUEUE_TYPE_MULTI, 300000));
    SAY(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, on_error, NULL, 0, 0, NULL));
    SAY(hsa_queue_destroy(NULL));
    SAY(hsa_queue_inactivate(NULL));
    uint32_t sizes[] = {64, 4096, 131072};
    for (int i = 0; i < 3; i++) {
        NEED(create(gpu, sizes[i], i == 1 ? HSA_QUEUE_TYPE_SINGLE : HSA_QUEUE_TYPE_MULTI, UINT32_MAX));
        uint32_t invalid = 0;
        for (uint32_t p = 0; p < made->size; p++)
            invalid += ((uint16_t *)made->base_address)[p * 32] == HSA_PACKET_TYPE_INVALID;
        printf("%u packets, type %u, features %u, %u invalid\n", made->size, made->type, made->features, invalid);
        NEED(hsa_queue_destroy(made));
    }
}

/* What HIP and debuggers read past the library. */
static void descriptor(hsa_queue_t *queue) {
    amd_queue_t *inner = (amd_queue_t *)queue;
    amd_signal_t *bell = (amd_signal_t *)queue->doorbell_signal.handle;
    uint64_t address = 0;
    hsa_agent_t agent = {0};
    VALUE((uint64_t)bell->kind);
    printf("doorbell of its queue: %d\n", bell->queue_ptr == (void *)inner);
    NEED(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_AGENT, &agent));
    NEED(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_DOORBELL_ID, &address));
    printf("agent: %d, doorbell: %d\n", agent.handle == gpu.handle, address == (uint64_t)bell->hardware_doorbell_ptr);
    SAY(hsa_amd_queue_get_info(queue, 99, &address));
    VALUE(inner->max_cu_id);
    VALUE(inner->max_wave_id);
    VALUE(inner->read_dispatch_id_field_base_byte_offset);
    VALUE(inner->queue_properties);
    VALUE(inner->compute_tmpring_size);
    VALUE(inner->scratch_wave64_lane_byte_size);
    for (int i = 0; i < 4; i++) printf("scratch descriptor: %#x\n", inner->scratch_resource_descriptor[i]);
    printf("segments: %d %d\n", inner->group_segment_aperture_base_hi != 0,
           inner->private_segment_aperture_base_hi != inner->group_segment_aperture_base_hi);
    NEED(hsa_amd_profiling_set_profiler_enabled(queue, 1));
    VALUE(inner->queue_properties);
    NEED(hsa_amd_profiling_set_profiler_enabled(queue, 0));
    VALUE(inner->queue_properties);
}

static void indexes(hsa_queue_t *queue) {
    VALUE(hsa_queue_add_write_index_relaxed(queue, 1));
    VALUE(hsa_queue_add_write_index_scacquire(queue, 2));
    VALUE(hsa_queue_add_write_index_screlease(queue, 3));
    VALUE(hsa_queue_add_write_index_scacq_screl(queue, 4));
    VALUE(hsa_queue_cas_write_index_relaxed(queue, 10, 11));
    VALUE(hsa_queue_cas_write_index_scacquire(queue, 10, 12));
    VALUE(hsa_queue_cas_write_index_screlease(queue, 11, 13));
    VALUE(hsa_queue_cas_write_index_scacq_screl(queue, 13, 14));
    VALUE(hsa_queue_load_write_index_relaxed(queue));
    hsa_queue_store_write_index_relaxed(queue, 20);
    VALUE(hsa_queue_load_write_index_scacquire(queue));
    hsa_queue_store_write_index_screlease(queue, 0);
    VALUE(hsa_queue_load_write_index_scacquire(queue));
    VALUE(hsa_queue_load_read_index_relaxed(queue));
    VALUE(hsa_queue_load_read_index_scacquire(queue));
}

static void settings(hsa_queue_t *queue) {
    uint32_t mask[4] = {0xff, 0, 0, 0}, half[3] = {1, 0, 0};
    SAY(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_HIGH));
    SAY(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_LOW));
    SAY(hsa_amd_queue_set_priority(queue, 7));
    SAY(hsa_amd_queue_set_priority(NULL, HSA_AMD_QUEUE_PRIORITY_LOW));
    SAY(hsa_amd_queue_cu_set_mask(queue, 33, mask));
    SAY(hsa_amd_queue_cu_set_mask(queue, 32, NULL));
    SAY(hsa_amd_queue_cu_set_mask(queue, 96, half));
    SAY(hsa_amd_queue_cu_get_mask(queue, 0, mask));
    SAY(hsa_amd_queue_cu_get_mask(queue, 31, mask));
    SAY(hsa_amd_queue_cu_get_mask(queue, 32, NULL));
    NEED(hsa_amd_queue_cu_get_mask(queue, 128, mask));
    printf("all: %#x %#x %#x %#x\n", mask[0], mask[1], mask[2], mask[3]);
}

/* A queue that a program reads: the library only keeps its memory. */
static void soft(void) {
    hsa_region_t region = {arguments_memory.handle}, none = {0};
    hsa_signal_t bell = new_signal(-1), no_signal = {0};
    uint32_t takes = HSA_QUEUE_FEATURE_AGENT_DISPATCH;
    SAY(hsa_soft_queue_create(none, 16, HSA_QUEUE_TYPE_MULTI, takes, bell, &made));
    SAY(hsa_soft_queue_create(region, 15, HSA_QUEUE_TYPE_MULTI, takes, bell, &made));
    SAY(hsa_soft_queue_create(region, 16, HSA_QUEUE_TYPE_COOPERATIVE, takes, bell, &made));
    SAY(hsa_soft_queue_create(region, 16, HSA_QUEUE_TYPE_MULTI, 0, bell, &made));
    SAY(hsa_soft_queue_create(region, 16, HSA_QUEUE_TYPE_MULTI, takes, no_signal, &made));
    NEED(hsa_soft_queue_create(region, 16, HSA_QUEUE_TYPE_SINGLE, takes, bell, &made));
    printf("soft: %u packets, type %u, features %u, bell %d\n", made->size, made->type, made->features,
           made->doorbell_signal.handle == bell.handle);
    VALUE(hsa_queue_add_write_index_screlease(made, 2));
    hsa_queue_store_read_index_relaxed(made, 1);
    hsa_queue_store_read_index_screlease(made, 2);
    VALUE(hsa_queue_load_read_index_scacquire(made));
    hsa_signal_store_screlease(made->doorbell_signal, 1);
    VALUE(hsa_signal_load_scacquire(bell));
    SAY(hsa_queue_inactivate(made));
    NEED(hsa_queue_destroy(made));
    hsa_signal_destroy(bell);
}

/* One queue for all who want workgroups that wait for each other. */
static void cooperative(void) {
    NEED(create(gpu, 64, HSA_QUEUE_TYPE_COOPERATIVE, 0));
    hsa_queue_t *first = made;
    printf("cooperative: %u packets, type %u\n", made->size, made->type);
    NEED(create(gpu, 1024, HSA_QUEUE_TYPE_COOPERATIVE, 0));
    printf("the same: %d\n", made == first);
    NEED(hsa_queue_destroy(made));
    hsa_signal_t done = new_signal(1);
    barrier(first, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, done);
    printf("still there: %ld left\n", wait_zero(done));
    hsa_signal_destroy(done);
    NEED(hsa_queue_destroy(first));
}

int main(void) {
    open_gpu();
    creation();
    NEED(create(gpu, 64, HSA_QUEUE_TYPE_MULTI, UINT32_MAX));
    hsa_queue_t *queue = made;
    descriptor(queue);
    indexes(queue);
    settings(queue);
    soft();
    cooperative();
    NEED(hsa_queue_inactivate(queue));
    NEED(hsa_queue_inactivate(queue));
    NEED(hsa_queue_destroy(queue));
    /* Some are left for the end. */
    for (int i = 0; i < 3; i++) NEED(create(gpu, 64, HSA_QUEUE_TYPE_MULTI, UINT32_MAX));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
