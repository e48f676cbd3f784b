/* How many lines the runtime writes about a copy by its kernels (HSA_ENABLE_SDMA=0): into a file when asked to, none when
   not, and none there when they are to go to the standard error. */
#include "gpu.h"

#define SAY(call) printf("%s: %d\n", #call, (int)(call))
#define BYTES 65536

static void *source, *target;

static void copy(const char *what, FILE *log) {
    char line[4096];
    int lines = 0;
    hsa_signal_t done = new_signal(1);
    NEED(hsa_amd_memory_async_copy(target, gpu, source, cpu, BYTES, 0, NULL, done));
    printf("%s: %ld left", what, wait_zero(done));
    rewind(log);
    while (fgets(line, sizeof line, log)) lines++;
    printf(", %d lines\n", lines);
    NEED(hsa_signal_destroy(done));
}

int main(void) {
    uint8_t all[8], none[8] = {0};
    FILE *log = tmpfile();
    memset(all, 0xff, sizeof all);
    open_gpu();
    NEED(hsa_amd_memory_pool_allocate(system_memory, BYTES, 0, &source));
    NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, source));
    NEED(hsa_amd_memory_pool_allocate(vram, BYTES, 0, &target));
    copy("silent", log);
    SAY(hsa_amd_enable_logging(all, log));
    copy("to a file", log);
    SAY(hsa_amd_enable_logging(all, NULL));
    copy("to standard error", log);
    SAY(hsa_amd_enable_logging(none, log));
    copy("silent again", log);
    SAY(hsa_shut_down());
    SAY(hsa_amd_enable_logging(none, NULL));
    return 0;
}
