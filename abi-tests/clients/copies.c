/* Copies by the SDMA engines: there and back, boxes, waiting for signals, engines by name, times, refusals. With the
   argument `more`, what upstream refuses or waits with as well; with `few`, no more copies at once than kernels of upstream's
   do without waiting. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"

#define SIZE (9 << 20)

static unsigned char *host, *back, *device;
static const hsa_signal_t none;

static void fill_host(unsigned seed) {
    uint32_t *words = (uint32_t *)host;
    for (uint32_t i = 0; i < SIZE / 4; i++) words[i] = (i + seed) * 2654435761u;
    memset(back, 0xee, SIZE);
}

static void start(void *to, hsa_agent_t to_agent, const void *from, hsa_agent_t from_agent, size_t bytes, int count,
                  const hsa_signal_t *after, hsa_signal_t done) {
    NEED(hsa_amd_memory_async_copy(to, to_agent, from, from_agent, bytes, count, after, done));
}

/* There and back, with what is around it left alone. */
static void linear(size_t from, size_t to, size_t bytes) {
    fill_host((unsigned)bytes);
    hsa_signal_t there = new_signal(1), done = new_signal(1);
    start(device + to, gpu, host + from, cpu, bytes, 0, NULL, there);
    start(back + from, cpu, device + to, gpu, bytes, 1, &there, done);
    long left = wait_zero(done);
    int same = memcmp(host + from, back + from, bytes) == 0;
    int clean = back[from + bytes] == 0xee && (from == 0 || back[from - 1] == 0xee);
    printf("%zu bytes from %zu to %zu: %ld left, same %d, clean %d\n", bytes, from, to, left, same, clean);
    hsa_signal_destroy(there), hsa_signal_destroy(done);
}

static void boxes(size_t x, size_t y, size_t z, size_t width, size_t height, size_t depth, size_t pitch, size_t slice) {
    fill_host((unsigned)width);
    hsa_signal_t there = new_signal(1), done = new_signal(1);
    hsa_pitched_ptr_t from = {host, pitch, slice}, to = {device, pitch + 64, (pitch + 64) * (height + 2)};
    hsa_pitched_ptr_t home = {back, pitch, slice};
    hsa_dim3_t at = {(uint32_t)x, (uint32_t)y, (uint32_t)z}, begin = {0, 1, 0};
    hsa_dim3_t range = {(uint32_t)width, (uint32_t)height, (uint32_t)depth};
    hsa_status_t status = hsa_amd_memory_async_copy_rect(&to, &begin, &from, &at, &range, gpu, hsaHostToDevice, 0, NULL, there);
    printf("box of %zu x %zu x %zu: %#x", width, height, depth, (unsigned)status);
    if (status == HSA_STATUS_SUCCESS) {
        NEED(hsa_amd_memory_async_copy_rect(&home, &at, &to, &begin, &range, gpu, hsaDeviceToHost, 1, &there, done));
        long left = wait_zero(done);
        size_t right = 0, touched = 0;
        for (size_t k = 0; k < depth; k++)
            for (size_t j = 0; j < height; j++) {
                size_t row = (z + k) * slice + (y + j) * pitch + x;
                right += memcmp(host + row, back + row, width) == 0;
            }
        for (size_t i = 0; i < SIZE; i++) touched += back[i] != 0xee || host[i] == 0xee;
        size_t same = 0;
        for (size_t i = 0; i < SIZE; i++) same += host[i] == 0xee;
        printf(", %ld left, %zu rows, nothing else %d", left, right, touched <= width * height * depth + same);
    }
    puts("");
    hsa_signal_destroy(there), hsa_signal_destroy(done);
}

/* More copies than one, all of which wait for the host; each takes one off the signal. */
static void many(int count) {
    fill_host(7);
    hsa_signal_t go = new_signal(1), done = new_signal(count);
    for (int i = 0; i < count; i++) start(device + 64 * (i % 1000), gpu, host + 64 * (i % 1000), cpu, 64, 1, &go, done);
    printf("before the host: %ld\n", (long)hsa_signal_load_scacquire(done));
    hsa_signal_store_screlease(go, 0);
    long left = wait_zero(done);
    hsa_signal_store_relaxed(done, 1);
    size_t bytes = 64 * (size_t)(count < 1000 ? count : 1000);
    start(back, cpu, device, gpu, bytes, 0, NULL, done);
    wait_zero(done);
    printf("after it: %ld, same %d\n", left, memcmp(host, back, bytes) == 0);
    hsa_signal_destroy(go), hsa_signal_destroy(done);
}

/* Signals with values of more than 32 bits, with several bells and without one. */
static void signals(void) {
    fill_host(9);
    hsa_signal_t after[3] = {new_signal(1), new_signal(5ll << 32), new_signal(0)}, done = new_signal((1ll << 32) + 1);
    start(back, cpu, host, cpu, 100, 3, after, done);
    hsa_signal_t device_done = new_signal(1ll << 32);
    start(device, gpu, host, cpu, 100, 3, after, device_done);
    hsa_signal_store_screlease(after[1], 0);
    printf("one of two: %#lx %#lx\n", (unsigned long)hsa_signal_load_scacquire(done),
           (unsigned long)hsa_signal_load_scacquire(device_done));
    hsa_signal_store_screlease(after[0], 0);
    hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, (1ll << 32) + 1, 60 * SECONDS, HSA_WAIT_STATE_BLOCKED);
    hsa_signal_wait_scacquire(device_done, HSA_SIGNAL_CONDITION_NE, 1ll << 32, 60 * SECONDS, HSA_WAIT_STATE_ACTIVE);
    printf("both: %#lx %#lx, same %d\n", (unsigned long)hsa_signal_load_scacquire(done),
           (unsigned long)hsa_signal_load_scacquire(device_done), memcmp(host, back, 100) == 0);
    hsa_signal_t silent;
    NEED(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &silent));
    start(device, gpu, host, cpu, 100, 0, NULL, silent);
    printf("silent: %ld\n", wait_zero(silent));
    for (int i = 0; i < 3; i++) hsa_signal_destroy(after[i]);
    hsa_signal_destroy(done), hsa_signal_destroy(device_done), hsa_signal_destroy(silent);
}

static void engines(void) {
    uint32_t there = 0, back_mask = 0;
    NEED(hsa_amd_memory_copy_engine_status(gpu, cpu, &there));
    NEED(hsa_amd_memory_copy_engine_status(cpu, gpu, &back_mask));
    printf("idle: %#x %#x\n", there, back_mask);
    for (uint32_t bit = 0; bit <= 8; bit++) {
        hsa_signal_t done = new_signal(1);
        fill_host(bit);
        hsa_status_t status =
            hsa_amd_memory_async_copy_on_engine(device, gpu, host, cpu, 1000, 0, NULL, done, bit, false);
        printf("engine %u: %#x", bit, (unsigned)status);
        if (status == HSA_STATUS_SUCCESS) {
            wait_zero(done);
            hsa_signal_store_relaxed(done, 1);
            NEED(hsa_amd_memory_async_copy_on_engine(back, cpu, device, gpu, 1000, 0, NULL, done, bit, true));
            long left = wait_zero(done);
            printf(", %ld left, same %d", left, memcmp(host, back, 1000) == 0);
        }
        puts("");
        hsa_signal_destroy(done);
    }
    /* One that waits is not idle. */
    hsa_signal_t before = new_signal(1), done = new_signal(1);
    uint32_t first = there & -there, busy = 0;
    NEED(hsa_amd_memory_async_copy_on_engine(device, gpu, host, cpu, 1000, 1, &before, done, first, true));
    NEED(hsa_amd_memory_copy_engine_status(gpu, cpu, &busy));
    printf("while the first waits: %#x\n", busy);
    hsa_signal_store_screlease(before, 0);
    printf("%ld left\n", wait_zero(done));
    hsa_signal_destroy(before);
    hsa_signal_destroy(done);
}

/* Since ROCr 7. No mask is ever 0. */
static void newer_engines(void) {
    uint32_t within = 0, preferred[2] = {0, 0};
    NEED(hsa_amd_memory_copy_engine_status(gpu, gpu, &within));
    NEED(hsa_amd_memory_get_preferred_copy_engine(gpu, cpu, &preferred[0]));
    NEED(hsa_amd_memory_get_preferred_copy_engine(gpu, gpu, &preferred[1]));
    printf("within: %#x, preferred: %#x %#x\n", within, preferred[0], preferred[1]);
}

static void times(void) {
    hsa_signal_t done = new_signal(1);
    hsa_amd_profiling_async_copy_time_t time = {1, 2};
    uint64_t before, after, system;
    printf("no copy: %#x\n", (unsigned)hsa_amd_profiling_get_async_copy_time(done, &time));
    NEED(hsa_amd_profiling_async_copy_enable(true));
    for (int host_only = 0; host_only < 2; host_only++) {
        hsa_signal_store_relaxed(done, 1);
        NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
        start(host_only ? back : device, host_only ? cpu : gpu, host, cpu, 1 << 20, 0, NULL, done);
        wait_zero(done);
        NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
        NEED(hsa_amd_profiling_get_async_copy_time(done, &time));
        printf("in order: %d\n", time.start <= time.end);
        /* The clocks of a GPU and of the system may be a little apart. */
        uint64_t apart = host_only ? 0 : SECONDS / 10;
        printf("within the call: %d\n", before <= time.start + apart && time.end <= after + apart);
    }
    NEED(hsa_amd_profiling_async_copy_enable(false));
    printf("tick of the CPU: %#x\n", (unsigned)hsa_amd_profiling_convert_tick_to_system_domain(cpu, 7, &system));
    hsa_signal_destroy(done);
}

static void refusals(void) {
    hsa_signal_t done = new_signal(1), some = new_signal(0);
    printf("no target: %#x\n", (unsigned)hsa_amd_memory_async_copy(NULL, gpu, host, cpu, 1, 0, NULL, done));
    printf("no source: %#x\n", (unsigned)hsa_amd_memory_async_copy(device, gpu, NULL, cpu, 1, 0, NULL, done));
    printf("signals but none: %#x\n", (unsigned)hsa_amd_memory_async_copy(device, gpu, host, cpu, 1, 0, &some, done));
    printf("none but some: %#x\n", (unsigned)hsa_amd_memory_async_copy(device, gpu, host, cpu, 1, 1, NULL, done));
    printf("nothing: %#x\n", (unsigned)hsa_amd_memory_async_copy(device, gpu, host, cpu, 0, 0, NULL, done));
    printf("left: %ld\n", (long)hsa_signal_load_relaxed(done));
    printf("no completion: %#x\n", (unsigned)hsa_amd_memory_async_copy(device, gpu, host, cpu, 1, 0, NULL, none));
    hsa_pitched_ptr_t image = {device, 256, 4096}, other = {host, 256, 4096}, flat = {host, 256, 0};
    hsa_dim3_t at = {0, 0, 0}, range = {64, 4, 2}, wide = {257, 1, 1}, high = {1, 17, 1}, empty = {0, 4, 4};
#define RECT(from, at, range, agent, way) \
    (unsigned)hsa_amd_memory_async_copy_rect(&image, at, from, at, range, agent, way, 0, NULL, done)
    printf("no box: %#x\n", RECT(&other, &at, NULL, gpu, hsaHostToDevice));
    printf("host to host: %#x\n", RECT(&other, &at, &range, gpu, hsaHostToHost));
    printf("by the CPU: %#x\n", RECT(&other, &at, &range, cpu, hsaHostToDevice));
    printf("too wide: %#x\n", RECT(&other, &at, &wide, gpu, hsaHostToDevice));
    printf("too high: %#x\n", RECT(&other, &at, &high, gpu, hsaHostToDevice));
    printf("layers without a slice: %#x\n", RECT(&flat, &at, &range, gpu, hsaHostToDevice));
    printf("an empty one: %#x\n", RECT(&other, &at, &empty, gpu, hsaHostToDevice));
    hsa_signal_destroy(done), hsa_signal_destroy(some);
}

int main(int count, char **words) {
    int more = count > 1 && strcmp(words[1], "more") == 0, few = count > 1 && strcmp(words[1], "few") == 0;
    open_gpu();
    NEED(hsa_amd_memory_pool_allocate(system_memory, 2 * SIZE + 4096, 0, (void **)&host));
    NEED(hsa_amd_memory_pool_allocate(vram, SIZE + 4096, 0, (void **)&device));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, host));
    back = host + SIZE;
    engines();
    linear(0, 0, 64), linear(3, 8, 5), linear(4, 1, 4097), linear(0, 0, 3 << 20), linear(5, 9, SIZE - 64);
    boxes(0, 0, 0, 256, 16, 1, 512, 0), boxes(4, 1, 0, 100, 7, 1, 512, 0), boxes(3, 0, 0, 33, 40, 1, 256, 0);
    boxes(16, 2, 1, 128, 5, 6, 512, 512 * 20), boxes(1, 2, 3, 55, 9, 4, 260, 260 * 13), boxes(0, 0, 0, 40000, 30, 1, 65536, 0);
    boxes(0, 0, 0, 8, 3, 1, 2 << 20, 0);
    many(few ? 10 : 1000);
    signals();
    times();
    refusals();
    if (more) {
        newer_engines();
        many(20000);
        boxes(0, 0, 0, 33, 40, 1, 333, 0), boxes(1, 2, 1, 35, 9, 4, 258, 258 * 13 + 1), boxes(7, 1, 0, 1001, 500, 1, 1023, 0);
    }
    NEED(hsa_amd_memory_pool_free(device));
    NEED(hsa_amd_memory_pool_free(host));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
