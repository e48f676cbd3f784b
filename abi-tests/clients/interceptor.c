/* A tool library that sees all packets of a program, as profilers do: each queue that the program creates is one whose
   packets its handler gets first. It writes a marker before each, and counts both. */
#include <hsa/hsa_api_trace.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef hsa_kernel_dispatch_packet_t packet;

static CoreApiTable core;
static AmdExtTable amd;
static uint64_t queues, packets, markers;

static void on_marker(const amd_aql_intercept_marker_t *marker, hsa_queue_t *queue, uint64_t id) {
    (void)marker, (void)queue, (void)id;
    __atomic_fetch_add(&markers, 1, __ATOMIC_RELAXED);
}

static void on_packets(const void *seen, uint64_t count, uint64_t index, void *data,
                       hsa_amd_queue_intercept_packet_writer writer) {
    (void)index, (void)data;
    for (uint64_t i = 0; i < count; i++) {
        packet both[2];
        amd_aql_intercept_marker_t marker = {
            .header = HSA_PACKET_TYPE_VENDOR_SPECIFIC, .format = AMD_AQL_FORMAT_INTERCEPT_MARKER, .callback = on_marker};
        memcpy(&both[0], &marker, sizeof marker);
        both[1] = ((const packet *)seen)[i];
        writer(both, 2);
    }
    __atomic_fetch_add(&packets, count, __ATOMIC_RELAXED);
}

static hsa_status_t queue_create(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type,
                                 void (*callback)(hsa_status_t, hsa_queue_t *, void *), void *data, uint32_t private_size,
                                 uint32_t group_size, hsa_queue_t **queue) {
    hsa_status_t status = amd.hsa_amd_queue_intercept_create_fn(agent, size, type, callback, data, private_size, group_size, queue);
    if (status != HSA_STATUS_SUCCESS) return status;
    __atomic_fetch_add(&queues, 1, __ATOMIC_RELAXED);
    return amd.hsa_amd_queue_intercept_register_fn(*queue, on_packets, NULL);
}

bool OnLoad(HsaApiTable *tables, uint64_t version, uint64_t failed_count, const char *const *failed) {
    (void)version, (void)failed_count, (void)failed;
    core = *tables->core_;
    size_t bytes = tables->amd_ext_->version.minor_id;
    memcpy(&amd, tables->amd_ext_, bytes < sizeof amd ? bytes : sizeof amd);
    tables->core_->hsa_queue_create_fn = queue_create;
    return true;
}

void OnUnload(void) {
    fprintf(stderr, "interceptor: queues %d, packets %d, a marker each %d\n", queues > 0, packets > 0, packets == markers);
}
