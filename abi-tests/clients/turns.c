/* What waits for work that went wrong ends when it is its turn: what is before it in its queue ends well, and a packet that
   waits for a value ends if the error is not that. Usage: turns CODE_OBJECT (kernels/meeting.c). Needs a GPU that runs queues
   (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>

static atomic_int errors;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)status, (void)queue, (void)data;
    errors++;
}

static hsa_queue_t *queue(void) { return new_queue(HSA_QUEUE_TYPE_MULTI, on_error); }

static hsa_signal_t copy(void *to, void *from, hsa_signal_t after) {
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_memory_async_copy(to, gpu, from, cpu, 4096, 1, &after, done));
    return done;
}

/* Waits until a signal, of which a mask leaves some bits, is less than 1. */
static hsa_signal_t below_one(hsa_signal_t signal, hsa_signal_value_t mask) {
    hsa_signal_t done = new_signal(1);
    hsa_queue_t *its = queue();
    uint64_t index;
    hsa_amd_barrier_value_packet_t *packet = reserve(its, &index);
    packet->signal = signal, packet->value = 1, packet->mask = mask, packet->cond = HSA_SIGNAL_CONDITION_LT;
    packet->completion_signal = done;
    submit(its, packet, index, HSA_PACKET_TYPE_VENDOR_SPECIFIC, HSA_AMD_PACKET_TYPE_BARRIER_VALUE);
    return done;
}

int main(int count, char **words) {
    if (count < 2) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    hsa_queue_t *bad = queue(), *good = queue();
    hsa_executable_t code = load(words[1]);
    uint32_t *word = shared(64), *seen = shared(256);
    void **arguments = shared(64), *here = shared(4096), *there;
    NEED(hsa_amd_memory_pool_allocate(vram, 4096, 0, &there));
    arguments[0] = word, arguments[1] = seen;
    hsa_signal_t gate = new_signal(1), failed = new_signal(1), kernel_done = new_signal(1), waits = new_signal(1),
                 behind = new_signal(1);
    barrier(bad, HSA_PACKET_TYPE_BARRIER_AND, &gate, 1, (hsa_signal_t){0});
    launch(bad, kernel(code, "abort_wave"), 1, arguments, failed);
    launch(good, kernel(code, "wait_for"), 1, arguments, kernel_done);
    barrier(good, HSA_PACKET_TYPE_BARRIER_AND, &failed, 1, waits);
    barrier(good, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, behind);
    hsa_signal_t hidden = below_one(failed, INT64_MAX), shown = below_one(failed, -1);
    hsa_signal_t copy_gate = new_signal(1), copied = copy(there, here, copy_gate), refused = copy(there, here, failed);

    hsa_signal_store_screlease(gate, 0);
    printf("failed: %#lx\n", -wait_zero(failed));
    printf("waits with the sign hidden: %#lx, shown: %ld\n", -wait_zero(hidden), wait_zero(shown));
    printf("before it is its turn: packets %ld %ld %ld, copies %ld %ld\n", (long)hsa_signal_load_scacquire(kernel_done),
           (long)hsa_signal_load_scacquire(waits), (long)hsa_signal_load_scacquire(behind),
           (long)hsa_signal_load_scacquire(copied), (long)hsa_signal_load_scacquire(refused));
    word[1] = 99;
    __atomic_store_n(word, 7, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(copy_gate, 0);
    long ended = wait_zero(kernel_done);
    printf("packets: %ld %#lx %#lx, seen %u\n", ended, -wait_zero(waits), -wait_zero(behind), seen[63]);
    printf("copies: %ld %#lx\n", wait_zero(copied), -wait_zero(refused));
    NEED(hsa_shut_down());
    printf("errors: %d\nend\n", errors);
    return 0;
}
