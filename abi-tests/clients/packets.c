/* What the command processors do for a program on the runtime, and the shader engines with its own kernels: barriers,
   copies, fills, errors. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <time.h>

#define SIZE (3 << 20)

static volatile int error_seen;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    error_seen = (int)status;
}

/* More packets than the ring holds; each takes one off the signal. */
static void many(hsa_queue_t *queue) {
    hsa_signal_t done = new_signal(200);
    for (int i = 0; i < 200; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, done);
    long left = wait_zero(done);
    printf("200 packets: %ld left, read index %lu\n", left, (unsigned long)hsa_queue_load_read_index_scacquire(queue));
    hsa_signal_destroy(done);
}

/* Two queues that wait for each other and for the host. */
static void crosswise(hsa_queue_t *one, hsa_queue_t *two) {
    hsa_signal_t go = new_signal(1), middle = new_signal(1), done = new_signal(1);
    barrier(two, HSA_PACKET_TYPE_BARRIER_AND, &middle, 1, done);
    barrier(one, HSA_PACKET_TYPE_BARRIER_OR, &go, 1, middle);
    printf("before the host: %ld %ld\n", (long)hsa_signal_load_scacquire(middle),
           (long)hsa_signal_load_scacquire(done));
    hsa_signal_store_screlease(go, 0);
    long left = wait_zero(done);
    printf("after it: %ld %ld\n", left, (long)hsa_signal_load_scacquire(middle));
    hsa_signal_destroy(go), hsa_signal_destroy(middle), hsa_signal_destroy(done);
}

static void copy(void *to, hsa_agent_t to_agent, void *from, hsa_agent_t from_agent, size_t bytes) {
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_memory_async_copy(to, to_agent, from, from_agent, bytes, 0, NULL, done));
    printf("copy of %zu: %ld left\n", bytes, wait_zero(done));
    hsa_signal_destroy(done);
}

/* There and back by the DMA engines. */
static void copies(void) {
    uint32_t *host;
    void *device;
    NEED(hsa_amd_memory_pool_allocate(system_memory, 2 * SIZE, 0, (void **)&host));
    NEED(hsa_amd_memory_pool_allocate(vram, SIZE, 0, &device));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, host));
    for (uint32_t i = 0; i < SIZE / 4; i++) host[i] = i * 2654435761u;
    copy(device, gpu, host, cpu, SIZE);
    copy((char *)host + SIZE, cpu, device, gpu, SIZE);
    printf("same: %d\n", memcmp(host, (char *)host + SIZE, SIZE) == 0);
    copy((char *)host + SIZE + 1, cpu, device, gpu, 7);
    printf("seven bytes: %d\n", memcmp(host, (char *)host + SIZE + 1, 7) == 0);
    NEED(hsa_amd_memory_pool_free(device));
    NEED(hsa_amd_memory_pool_free(host));
}

/* The runtime's own kernels: a fill, and a copy within the GPU's memory. */
static void kernels(void) {
    uint32_t *host, *device;
    NEED(hsa_amd_memory_pool_allocate(system_memory, SIZE, 0, (void **)&host));
    NEED(hsa_amd_memory_pool_allocate(vram, 2 * SIZE, 0, (void **)&device));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, host));
    NEED(hsa_amd_memory_fill(device, 0x12345678, SIZE / 4 - 3));
    copy((char *)device + SIZE, gpu, device, gpu, SIZE - 12);
    copy(host, cpu, (char *)device + SIZE, gpu, SIZE);
    uint32_t same = 0;
    while (same < SIZE / 4 && host[same] == 0x12345678) same++;
    printf("filled: %u of %u\n", same, SIZE / 4);
    NEED(hsa_amd_memory_pool_free(device));
    NEED(hsa_amd_memory_pool_free(host));
}

/* A packet that no packet processor does. */
static void error(hsa_queue_t *queue) {
    barrier(queue, HSA_PACKET_TYPE_AGENT_DISPATCH, NULL, 0, (hsa_signal_t){0});
    for (int i = 0; i < 10000 && !error_seen; i++) {
        struct timespec nap = {0, 1000000};
        nanosleep(&nap, NULL);
    }
    printf("queue error: %#x\n", error_seen);
}

int main(void) {
    open_gpu();
    hsa_queue_t *one = new_queue(HSA_QUEUE_TYPE_MULTI, on_error), *two = new_queue(HSA_QUEUE_TYPE_MULTI, on_error);
    many(one);
    crosswise(one, two);
    copies();
    kernels();
    error(two);
    many(one);
    NEED(hsa_queue_destroy(two));
    NEED(hsa_queue_destroy(one));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
