/* What is done ahead of time: by hsa_amd_agent_preload, which gets the flags, or with "queue" by turning a queue's times on or
   off. */
#include "gpu.h"

int main(int argc, char **argv) {
    unsigned long flags = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
    open_gpu();
    if (argc > 1 && !strcmp(argv[1], "queue")) NEED(hsa_amd_profiling_set_profiler_enabled(new_queue(HSA_QUEUE_TYPE_SINGLE, NULL), (int)flags));
    else NEED(hsa_amd_agent_preload(gpu, flags));
    NEED(hsa_shut_down());
    return 0;
}
