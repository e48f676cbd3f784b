/* Runs kernels until something goes wrong, and tells what the runtime makes of it: by its queue's error callback and by
   its handler of system events. Usage: mishaps CODE_OBJECT KERNEL EVENTS (kernels/meeting.c), where EVENTS is how many
   things the runtime will tell, which may come at any time after the mishap, and are printed in the order of their
   kinds. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>
#include <time.h>

#define GROUPS 32
#define ROUNDS 10

/* What was told, a line for each kind; written by the runtime's threads, read when no more will come. */
enum { QUEUE, MEMORY, HARDWARE, KINDS };
static char lines[KINDS][64];
static atomic_int told;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    snprintf(lines[QUEUE], sizeof lines[QUEUE], "queue error: %#x\n", (unsigned)status);
    told++;
}

static hsa_status_t on_event(const hsa_amd_event_t *event, void *data) {
    (void)data;
    switch (event->event_type) {
    case HSA_AMD_GPU_MEMORY_FAULT_EVENT:
        snprintf(lines[MEMORY], sizeof lines[MEMORY], "memory event: %#lx %#x\n",
                 (unsigned long)event->memory_fault.virtual_address, (unsigned)event->memory_fault.fault_reason_mask);
        break;
    case HSA_AMD_GPU_HW_EXCEPTION_EVENT:
        snprintf(lines[HARDWARE], sizeof lines[HARDWARE], "hardware event: %u %u\n",
                 (unsigned)event->hw_exception.reset_type, (unsigned)event->hw_exception.reset_cause);
        break;
    default: return HSA_STATUS_SUCCESS; /* that the runtime ends */
    }
    told++;
    return HSA_STATUS_SUCCESS;
}

/* For a second at most. */
static void wait_until_told(int events) {
    struct timespec nap = {0, 1000000};
    for (int i = 0; i < 1000 && told < events; i++) nanosleep(&nap, NULL);
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int events = atoi(words[3]);
    open_gpu();
    NEED(hsa_amd_register_system_event_handler(on_event, NULL));
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, on_error);
    hsa_executable_symbol_t symbol = kernel(load(words[1]), words[2]);
    void **arguments = shared(64);
    arguments[0] = shared(4 * 64 * GROUPS), arguments[1] = shared(4 * 64 * GROUPS);
    int rounds = 0;
    for (; rounds < ROUNDS && !told; rounds++) {
        hsa_signal_t done = new_signal(1);
        launch(queue, symbol, GROUPS, arguments, done);
        /* Short waits, for nobody signals when something has gone wrong; a lost interrupt is found by looking. */
        for (int i = 0; i < 300 && !told; i++)
            if (hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, SECONDS / 100, HSA_WAIT_STATE_BLOCKED) < 1)
                break;
        if (hsa_signal_load_scacquire(done) != 0) break; /* less is an error */
        hsa_signal_destroy(done);
    }
    wait_until_told(events);
    puts(rounds == ROUNDS ? "all rounds" : "stopped");
    NEED(hsa_queue_destroy(queue));
    /* A hang is noticed only now. */
    wait_until_told(events);
    NEED(hsa_shut_down());
    for (int kind = 0; kind < KINDS; kind++) fputs(lines[kind], stdout);
    puts("end");
    return 0;
}
