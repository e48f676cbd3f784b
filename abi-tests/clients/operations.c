/* Every operation on signals and on a queue's indexes in every order, by the names of HSA 1.1 and by those of 1.0: the same
   values on every library. */
#include <hsa/hsa.h>
#include <inttypes.h>
#include <stdio.h>

#define SAY(call) printf("%s: %d\n", #call, (int)(call))
#define SIGNAL(function, arguments) (function arguments, printf("%s: %" PRId64 "\n", #function, (int64_t)hsa_signal_load_relaxed(signal)))
#define GIVES(function, arguments) printf("%s gives %" PRId64 "\n", #function, (int64_t)function arguments)
#define INDEX(function, arguments) (function arguments, indexes(#function))

static hsa_signal_t signal, doorbell;
static hsa_queue_t *queue;

static void indexes(const char *what) {
    uint64_t read = hsa_queue_load_read_index_relaxed(queue), write = hsa_queue_load_write_index_relaxed(queue);
    printf("%s: %" PRIu64 " to %" PRIu64 "\n", what, read, write);
}

static void changed(void) {
    SIGNAL(hsa_signal_and_relaxed, (signal, 0xfd41f14));
    SIGNAL(hsa_signal_and_scacquire, (signal, 0x7c4183bd));
    SIGNAL(hsa_signal_and_screlease, (signal, 0x3f36ddb2));
    SIGNAL(hsa_signal_and_scacq_screl, (signal, 0x4b94d103));
    SIGNAL(hsa_signal_and_acquire, (signal, 0x715e1880));
    SIGNAL(hsa_signal_and_release, (signal, 0x63879eb9));
    SIGNAL(hsa_signal_and_acq_rel, (signal, 0x6f3122fe));
    SIGNAL(hsa_signal_or_relaxed, (signal, 0x5f097a5f));
    SIGNAL(hsa_signal_or_scacquire, (signal, 0x1ecc3cac));
    SIGNAL(hsa_signal_or_screlease, (signal, 0x707a6d75));
    SIGNAL(hsa_signal_or_scacq_screl, (signal, 0xef8710a));
    SIGNAL(hsa_signal_or_acquire, (signal, 0x9f55d7b));
    SIGNAL(hsa_signal_or_release, (signal, 0x8167798));
    SIGNAL(hsa_signal_or_acq_rel, (signal, 0x61916bf1));
    SIGNAL(hsa_signal_xor_relaxed, (signal, 0x73493d6));
    SIGNAL(hsa_signal_xor_scacquire, (signal, 0x43f25657));
    SIGNAL(hsa_signal_xor_screlease, (signal, 0x22c77544));
    SIGNAL(hsa_signal_xor_scacq_screl, (signal, 0xb3fd62d));
    SIGNAL(hsa_signal_xor_acquire, (signal, 0x513e1762));
    SIGNAL(hsa_signal_xor_release, (signal, 0x7a5c00f3));
    SIGNAL(hsa_signal_xor_acq_rel, (signal, 0x1068a1b0));
    SIGNAL(hsa_signal_add_relaxed, (signal, 0x1bf0a829));
    SIGNAL(hsa_signal_add_scacquire, (signal, 0x316a47ae));
    SIGNAL(hsa_signal_add_screlease, (signal, 0xaabb94f));
    SIGNAL(hsa_signal_add_scacq_screl, (signal, 0x3fae28dc));
    SIGNAL(hsa_signal_add_acquire, (signal, 0x23c29de5));
    SIGNAL(hsa_signal_add_release, (signal, 0x4a1730ba));
    SIGNAL(hsa_signal_add_acq_rel, (signal, 0x6949b6b));
    SIGNAL(hsa_signal_subtract_relaxed, (signal, 0x7462f6c8));
    SIGNAL(hsa_signal_subtract_scacquire, (signal, 0x5c043361));
    SIGNAL(hsa_signal_subtract_screlease, (signal, 0x53779e86));
    SIGNAL(hsa_signal_subtract_scacq_screl, (signal, 0x1ddf8347));
    SIGNAL(hsa_signal_subtract_acquire, (signal, 0x6214b774));
    SIGNAL(hsa_signal_subtract_release, (signal, 0x6a6fa49d));
    SIGNAL(hsa_signal_subtract_acq_rel, (signal, 0x41f1d12));
    SIGNAL(hsa_signal_store_relaxed, (signal, 0x4a070ce3));
    SIGNAL(hsa_signal_store_screlease, (signal, 0x457fd6e0));
    SIGNAL(hsa_signal_store_release, (signal, 0x1c26ed99));
    SIGNAL(hsa_signal_silent_store_relaxed, (signal, 0x764df85e));
    SIGNAL(hsa_signal_silent_store_screlease, (signal, 0x1793943f));
}

/* A swap that finds what it expects, and one that does not. */
static void answered(void) {
    GIVES(hsa_signal_load_relaxed, (signal));
    GIVES(hsa_signal_load_scacquire, (signal));
    GIVES(hsa_signal_load_acquire, (signal));
    GIVES(hsa_signal_exchange_relaxed, (signal, 100));
    GIVES(hsa_signal_exchange_scacquire, (signal, 101));
    GIVES(hsa_signal_exchange_screlease, (signal, 102));
    GIVES(hsa_signal_exchange_scacq_screl, (signal, 103));
    GIVES(hsa_signal_exchange_acquire, (signal, 104));
    GIVES(hsa_signal_exchange_release, (signal, 105));
    GIVES(hsa_signal_exchange_acq_rel, (signal, 106));
    GIVES(hsa_signal_cas_relaxed, (signal, 106, 107));
    GIVES(hsa_signal_cas_relaxed, (signal, 106, 9));
    GIVES(hsa_signal_cas_scacquire, (signal, 107, 108));
    GIVES(hsa_signal_cas_scacquire, (signal, 107, 9));
    GIVES(hsa_signal_cas_screlease, (signal, 108, 109));
    GIVES(hsa_signal_cas_screlease, (signal, 108, 9));
    GIVES(hsa_signal_cas_scacq_screl, (signal, 109, 110));
    GIVES(hsa_signal_cas_scacq_screl, (signal, 109, 9));
    GIVES(hsa_signal_cas_acquire, (signal, 110, 111));
    GIVES(hsa_signal_cas_acquire, (signal, 110, 9));
    GIVES(hsa_signal_cas_release, (signal, 111, 112));
    GIVES(hsa_signal_cas_release, (signal, 111, 9));
    GIVES(hsa_signal_cas_acq_rel, (signal, 112, 113));
    GIVES(hsa_signal_cas_acq_rel, (signal, 112, 9));
    GIVES(hsa_signal_wait_relaxed, (signal, HSA_SIGNAL_CONDITION_EQ, 113, UINT64_MAX, HSA_WAIT_STATE_ACTIVE));
    GIVES(hsa_signal_wait_scacquire, (signal, HSA_SIGNAL_CONDITION_EQ, 113, UINT64_MAX, HSA_WAIT_STATE_ACTIVE));
    GIVES(hsa_signal_wait_acquire, (signal, HSA_SIGNAL_CONDITION_EQ, 113, UINT64_MAX, HSA_WAIT_STATE_ACTIVE));
}

static void moved(void) {
    INDEX(hsa_queue_store_write_index_relaxed, (queue, 10));
    INDEX(hsa_queue_store_read_index_relaxed, (queue, 3));
    INDEX(hsa_queue_store_write_index_screlease, (queue, 11));
    INDEX(hsa_queue_store_read_index_screlease, (queue, 4));
    INDEX(hsa_queue_store_write_index_release, (queue, 12));
    INDEX(hsa_queue_store_read_index_release, (queue, 5));
    GIVES(hsa_queue_load_read_index_relaxed, (queue));
    GIVES(hsa_queue_load_write_index_relaxed, (queue));
    GIVES(hsa_queue_load_read_index_scacquire, (queue));
    GIVES(hsa_queue_load_write_index_scacquire, (queue));
    GIVES(hsa_queue_load_read_index_acquire, (queue));
    GIVES(hsa_queue_load_write_index_acquire, (queue));
    GIVES(hsa_queue_add_write_index_relaxed, (queue, 1));
    GIVES(hsa_queue_add_write_index_scacquire, (queue, 2));
    GIVES(hsa_queue_add_write_index_screlease, (queue, 3));
    GIVES(hsa_queue_add_write_index_scacq_screl, (queue, 4));
    GIVES(hsa_queue_add_write_index_acquire, (queue, 5));
    GIVES(hsa_queue_add_write_index_release, (queue, 6));
    GIVES(hsa_queue_add_write_index_acq_rel, (queue, 7));
    GIVES(hsa_queue_cas_write_index_relaxed, (queue, 40, 42));
    GIVES(hsa_queue_cas_write_index_relaxed, (queue, 39, 1));
    GIVES(hsa_queue_cas_write_index_scacquire, (queue, 42, 45));
    GIVES(hsa_queue_cas_write_index_scacquire, (queue, 41, 1));
    GIVES(hsa_queue_cas_write_index_screlease, (queue, 45, 49));
    GIVES(hsa_queue_cas_write_index_screlease, (queue, 44, 1));
    GIVES(hsa_queue_cas_write_index_scacq_screl, (queue, 49, 54));
    GIVES(hsa_queue_cas_write_index_scacq_screl, (queue, 48, 1));
    GIVES(hsa_queue_cas_write_index_acquire, (queue, 54, 60));
    GIVES(hsa_queue_cas_write_index_acquire, (queue, 53, 1));
    GIVES(hsa_queue_cas_write_index_release, (queue, 60, 67));
    GIVES(hsa_queue_cas_write_index_release, (queue, 59, 1));
    GIVES(hsa_queue_cas_write_index_acq_rel, (queue, 67, 75));
    GIVES(hsa_queue_cas_write_index_acq_rel, (queue, 66, 1));
    indexes("in the end");
}

static hsa_status_t first_region(hsa_region_t region, void *found) {
    hsa_region_segment_t segment;
    hsa_region_get_info(region, HSA_REGION_INFO_SEGMENT, &segment);
    if (segment != HSA_REGION_SEGMENT_GLOBAL) return HSA_STATUS_SUCCESS;
    *(hsa_region_t *)found = region;
    return HSA_STATUS_INFO_BREAK;
}

static hsa_status_t first_region_of_all(hsa_agent_t agent, void *found) {
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    return type == HSA_DEVICE_TYPE_CPU ? hsa_agent_iterate_regions(agent, first_region, found) : HSA_STATUS_SUCCESS;
}

int main(void) {
    hsa_region_t region = {0};
    SAY(hsa_init());
    hsa_iterate_agents(first_region_of_all, &region);
    SAY(hsa_signal_create(0x5555, 0, NULL, &signal));
    SAY(hsa_signal_create(0, 0, NULL, &doorbell));
    SAY(hsa_soft_queue_create(region, 64, HSA_QUEUE_TYPE_MULTI, HSA_QUEUE_FEATURE_KERNEL_DISPATCH, doorbell, &queue));
    changed();
    answered();
    moved();
    SAY(hsa_queue_destroy(queue));
    SAY(hsa_signal_destroy(doorbell));
    SAY(hsa_signal_destroy(signal));
    SAY(hsa_shut_down());
    return 0;
}
