/* How fast queues run, in numbers a line: packets, kernels and bytes a second. Usage: rates CODE_OBJECT
   (kernels/rates.c). Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <time.h>

#define PACKETS 20000
#define BYTES (64 << 20)
#define COPIES 4

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Many, of which each takes one off the signal. */
static void packets(hsa_queue_t *queue, const char *what, hsa_executable_symbol_t kernel) {
    hsa_signal_t done = new_signal(PACKETS);
    double start = now();
    for (int i = 0; i < PACKETS; i++) {
        if (kernel.handle)
            launch(queue, kernel, 1, NULL, done);
        else
            barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, done);
    }
    long left = wait_zero(done);
    printf("%s %.0f\n", what, left ? 0 : PACKETS / (now() - start));
    hsa_signal_destroy(done);
}

/* One kernel, and the host waits for it, as programs do that synchronise. */
static void round_trips(hsa_queue_t *queue, hsa_executable_symbol_t kernel) {
    hsa_signal_t done = new_signal(1);
    double start = now();
    for (int i = 0; i < PACKETS / 20; i++) {
        hsa_signal_store_relaxed(done, 1);
        launch(queue, kernel, 1, NULL, done);
        wait_zero(done);
    }
    printf("round_trips %.0f\n", PACKETS / 20 / (now() - start));
    hsa_signal_destroy(done);
}

static void copies(const char *what, void *to, hsa_agent_t to_agent, void *from, hsa_agent_t from_agent) {
    hsa_signal_t done = new_signal(COPIES);
    double start = now();
    for (int i = 0; i < COPIES; i++)
        NEED(hsa_amd_memory_async_copy(to, to_agent, from, from_agent, BYTES, 0, NULL, done));
    long left = wait_zero(done);
    printf("%s %.0f\n", what, left ? 0 : (double)COPIES * BYTES / (now() - start));
    hsa_signal_destroy(done);
}

int main(int count, char **words) {
    if (count != 2) return 2;
    char *host, *device;
    open_gpu();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    hsa_executable_symbol_t nothing = kernel(load(words[1]), "nothing");
    NEED(hsa_amd_memory_pool_allocate(system_memory, BYTES, 0, (void **)&host));
    NEED(hsa_amd_memory_pool_allocate(vram, 2 * BYTES, 0, (void **)&device));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, host));
    packets(queue, "barriers", (hsa_executable_symbol_t){0});
    packets(queue, "kernels", nothing);
    round_trips(queue, nothing);
    copies("to_gpu", device, gpu, host, cpu);
    copies("from_gpu", host, cpu, device, gpu);
    copies("within_gpu", device + BYTES, gpu, device, gpu);
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    return 0;
}
