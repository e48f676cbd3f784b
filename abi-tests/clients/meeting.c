/* Kernels that wait for other queues, other workgroups and the host, and memory of every kind; by upstream's loader.
   Usage: meeting CODE_OBJECT (kernels/meeting.c). Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <sys/mman.h>

#define GROUPS 32
#define ITEMS (GROUPS * 64)
#define PAGES (1 << 20)

static hsa_executable_t code;
static hsa_queue_t *one, *two;

static void *arguments(void *first, void *second, uint32_t third) {
    void **place = shared(64);
    place[0] = first, place[1] = second, *(uint32_t *)(place + 2) = third;
    return place;
}

static void run(hsa_queue_t *queue, const char *name, uint32_t groups, void *first, void *second, uint32_t third) {
    hsa_signal_t done = new_signal(1);
    launch(queue, kernel(code, name), groups, arguments(first, second, third), done);
    printf("%s: %ld left\n", name, wait_zero(done));
    hsa_signal_destroy(done);
}

static uint32_t count(const uint32_t *words, uint32_t value) {
    uint32_t same = 0;
    for (uint32_t i = 0; i < ITEMS; i++) same += words[i] == value;
    return same;
}

/* One queue's kernel spins until another's has written; then until the host has. */
static void spinning(void) {
    uint32_t *word = shared(8), *seen = shared(4 * ITEMS);
    hsa_signal_t done = new_signal(2);
    launch(one, kernel(code, "wait_for"), GROUPS, arguments(word, seen, 0), done);
    run(two, "set", 1, word, NULL, 0);
    hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 2, 60 * SECONDS, HSA_WAIT_STATE_ACTIVE);
    printf("another queue: %u of %u\n", count(seen, 99), ITEMS);
    word[0] = 0;
    launch(one, kernel(code, "wait_for"), GROUPS, arguments(word, seen, 0), done);
    word[1] = 55;
    __atomic_store_n(word, 7, __ATOMIC_RELEASE);
    printf("the host: %ld left\n", wait_zero(done));
    printf("seen: %u of %u\n", count(seen, 55), ITEMS);
    hsa_signal_destroy(done);
}

/* All workgroups of a grid at once, on a queue that promises it. */
static void together(void) {
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_COOPERATIVE, NULL);
    uint32_t *counter = shared(4), *seen = shared(4 * ITEMS);
    run(queue, "all_meet", GROUPS, counter, seen, GROUPS);
    printf("together: %u of %u\n", count(seen, GROUPS), ITEMS);
    NEED(hsa_queue_destroy(queue));
}

/* A kernel that reads one memory and writes another. */
static void touch(const char *what, uint32_t *from, uint32_t *to) {
    uint32_t right = 0;
    for (uint32_t i = 0; i < ITEMS; i++) from[i] = i * 3, to[i] = 0;
    printf("%s\n", what);
    run(one, "touch", GROUPS, from, to, 0);
    for (uint32_t i = 0; i < ITEMS; i++) right += to[i] == i * 6 + 1;
    printf("right: %u of %u\n", right, ITEMS);
}

static void memories(void) {
    uint32_t *device, *pinned;
    NEED(hsa_amd_memory_pool_allocate(vram, 8 * ITEMS, 0, (void **)&device));
    touch("memory of the GPU", device, device + ITEMS);
    NEED(hsa_amd_memory_pool_free(device));
    uint32_t *own = malloc(8 * ITEMS + 12);
    NEED(hsa_amd_memory_lock(own, 8 * ITEMS + 12, &gpu, 1, (void **)&pinned));
    touch("pinned memory", own, own + ITEMS);
    printf("the same address: %d\n", pinned == own);
    NEED(hsa_amd_memory_unlock(own));
    free(own);
    void *managed = mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    hsa_amd_svm_attribute_pair_t access = {HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpu.handle};
    NEED(hsa_amd_svm_attributes_set(managed, PAGES, &access, 1));
    touch("managed memory", managed, (uint32_t *)managed + ITEMS);
    munmap(managed, PAGES);
}

/* A wave wakes the host that sleeps on a signal. */
static void ring(void) {
    hsa_signal_t bell = new_signal(1), done = new_signal(1);
    launch(one, kernel(code, "ring"), 1, arguments((void *)bell.handle, NULL, 0), done);
    printf("bell: %ld\n", wait_zero(bell));
    printf("ring: %ld left\n", wait_zero(done));
    hsa_signal_destroy(bell), hsa_signal_destroy(done);
}

/* A packet's times are in order, and within what the host saw. */
static void times(void) {
    uint64_t before, after, frequency;
    uint32_t *words = shared(8 * ITEMS);
    hsa_amd_profiling_dispatch_time_t time;
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_profiling_set_profiler_enabled(one, 1));
    NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency));
    NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
    launch(one, kernel(code, "touch"), GROUPS, arguments(words, words + ITEMS, 0), done);
    wait_zero(done);
    NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
    NEED(hsa_amd_profiling_get_dispatch_time(gpu, done, &time));
    /* The runtime's line through two readings of both clocks is not exact. */
    uint64_t slack = frequency / 1000;
    printf("times: %d %d %d\n", before <= time.start + slack, time.start < time.end, time.end <= after + slack);
    hsa_signal_destroy(done);
}

int main(int argc, char **words) {
    if (argc != 2) return 2;
    open_gpu();
    code = load(words[1]);
    one = new_queue(HSA_QUEUE_TYPE_MULTI, NULL), two = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    spinning();
    together();
    memories();
    ring();
    times();
    NEED(hsa_queue_destroy(two));
    NEED(hsa_queue_destroy(one));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
