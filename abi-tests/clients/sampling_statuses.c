/* What sessions that sample program counters answer, on a driver that samples; no kernel runs meanwhile. */
#include "gpu.h"
#include <hsa/hsa_ven_amd_pc_sampling.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

static hsa_status_t configuration(const hsa_ven_amd_pcs_configuration_t *one, void *data) {
    (void)data;
    printf("method %d, units %d, from %zu to %#zx, flags %#lx\n", one->method, one->units, one->min_interval,
           one->max_interval, (unsigned long)one->flags);
    return HSA_STATUS_SUCCESS;
}

static void ready(void *client, size_t bytes, size_t lost, hsa_ven_amd_pcs_data_copy_callback_t copy, void *data) {
    (void)client, (void)copy, (void)data;
    printf("ready: %zu bytes, %zu lost\n", bytes, lost);
}

/* Of a creation that fails upstream's runtimes write a handle, too. */
static hsa_ven_amd_pcs_t session, no_session, *place = &no_session;

static hsa_status_t create(hsa_agent_t agent, int method, int units, size_t interval, size_t bytes) {
    return hsa_ven_amd_pcs_create(agent, (hsa_ven_amd_pcs_method_kind_t)method, (hsa_ven_amd_pcs_units_t)units, interval, 0,
                                  bytes, ready, NULL, place);
}

static hsa_status_t create_from(uint32_t id, size_t bytes) {
    return hsa_ven_amd_pcs_create_from_id(id, gpu, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
                                          HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, 1000, 0, bytes, ready, NULL, place);
}

int main(int argc, char **argv) {
    (void)argv;
    size_t two = 2 * sizeof(perf_sample_hosttrap_v1_t);
    open_gpu();
    SAY(hsa_ven_amd_pcs_iterate_configuration(gpu, configuration, NULL));
    SAY(create(cpu, 0, 0, 1000, two));
    SAY(create(gpu, 2, 0, 1000, two));
    SAY(create(gpu, 0, 0, 0, two));
    SAY(create(gpu, 0, 0, 1000, 0));
    SAY(create(gpu, 0, 0, 1000, two / 2));
    SAY(create_from(1, two / 2));
    if (argc > 1) {
        /* Refused by the driver: upstream's runtime has no other session on the GPU after that. */
        SAY(create(gpu, 0, 1, 1000, two));
        puts("end");
        return 0;
    }
    place = &session;
    SAY(create(gpu, 0, 0, 1000, two));
    place = &no_session;
    SAY(hsa_ven_amd_pcs_iterate_configuration(gpu, configuration, NULL));
    SAY(create(gpu, 0, 0, 1000, two));
    SAY(create_from(1, two));
    hsa_ven_amd_pcs_t other = {session.handle + 100};
    SAY(hsa_ven_amd_pcs_start(other));
    SAY(hsa_ven_amd_pcs_stop(session));
    SAY(hsa_ven_amd_pcs_start(session));
    SAY(hsa_ven_amd_pcs_start(session));
    SAY(hsa_ven_amd_pcs_stop(session));
    SAY(hsa_ven_amd_pcs_stop(session));
    SAY(hsa_ven_amd_pcs_start(session));
    SAY(hsa_ven_amd_pcs_stop(other));
    SAY(hsa_ven_amd_pcs_flush(other));
    SAY(hsa_ven_amd_pcs_destroy(other));
    SAY(hsa_ven_amd_pcs_destroy(session));
    SAY(hsa_ven_amd_pcs_start(session));
    SAY(hsa_ven_amd_pcs_stop(session));
    SAY(hsa_ven_amd_pcs_flush(session));
    SAY(hsa_ven_amd_pcs_destroy(session));
    place = &session;
    /* The driver has no session with this number. */
    SAY(create_from(4711, two));
    SAY(hsa_ven_amd_pcs_destroy(session));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
