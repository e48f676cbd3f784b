/* Sampling of program counters, and the streaming performance monitor, on a driver that has neither: Linux's own. */
#include "gpu.h"
#include <hsa/hsa_ven_amd_pc_sampling.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

static hsa_status_t configuration(const hsa_ven_amd_pcs_configuration_t *one, void *count) {
    (void)one;
    ++*(int *)count;
    return HSA_STATUS_SUCCESS;
}

static void ready(void *client, size_t bytes, size_t lost, hsa_ven_amd_pcs_data_copy_callback_t copy, void *data) {
    (void)client, (void)bytes, (void)lost, (void)copy, (void)data;
}

static hsa_status_t create(hsa_agent_t agent, int method, size_t interval, size_t bytes, hsa_ven_amd_pcs_t *session) {
    return hsa_ven_amd_pcs_create(agent, (hsa_ven_amd_pcs_method_kind_t)method, HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS,
                                  interval, 0, bytes, ready, NULL, session);
}

static hsa_status_t create_from(hsa_agent_t agent, int method, size_t interval, size_t bytes, hsa_ven_amd_pcs_t *session) {
    return hsa_ven_amd_pcs_create_from_id(1, agent, (hsa_ven_amd_pcs_method_kind_t)method,
                                          HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, interval, 0, bytes, ready, NULL, session);
}

int main(void) {
    int count = 0;
    uint32_t timeout = 0, copied = 0;
    bool lost = false;
    hsa_agent_t none = {0};
    hsa_ven_amd_pcs_t session = {0}, other = {4711};
    size_t two = 2 * sizeof(perf_sample_hosttrap_v1_t);
    SAY(hsa_amd_spm_acquire(none));
    open_gpu();
    SAY(hsa_ven_amd_pcs_iterate_configuration(none, configuration, &count));
    SAY(hsa_ven_amd_pcs_iterate_configuration(cpu, configuration, &count));
    SAY(hsa_ven_amd_pcs_iterate_configuration(gpu, configuration, &count));
    printf("configurations: %d\n", count);
    SAY(create(none, 0, 1, two, &session));
    SAY(create(cpu, 0, 1, two, &session));
    SAY(create(gpu, 0, 1, two, NULL));
    SAY(create(gpu, 2, 1, two, &session));
    SAY(create(gpu, 0, 0, two, &session));
    SAY(create(gpu, 0, 1, 0, &session));
    SAY(create(gpu, 0, 1, two + 1, &session));
    SAY(create_from(cpu, 0, 1, two, &session));
    SAY(create_from(gpu, 0, 1, two, NULL));
    SAY(create_from(gpu, 0, 1, two + 1, &session));
    SAY(hsa_ven_amd_pcs_start(other));
    SAY(hsa_ven_amd_pcs_stop(other));
    SAY(hsa_ven_amd_pcs_flush(other));
    SAY(hsa_ven_amd_pcs_destroy(other));
    SAY(create(gpu, 0, 1, two, &session));
    SAY(hsa_amd_spm_acquire(none));
    SAY(hsa_amd_spm_acquire(cpu));
    SAY(hsa_amd_spm_acquire(gpu));
    SAY(hsa_amd_spm_set_dest_buffer(cpu, 4096, &timeout, &copied, &timeout, &lost));
    SAY(hsa_amd_spm_set_dest_buffer(gpu, 4096, &timeout, &copied, &timeout, &lost));
    SAY(hsa_amd_spm_release(cpu));
    SAY(hsa_amd_spm_release(gpu));
    NEED(hsa_shut_down());
    SAY(hsa_amd_spm_release(gpu));
    puts("end");
    return 0;
}
