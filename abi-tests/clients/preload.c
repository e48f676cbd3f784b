/* What is done ahead of time: takes the flags of hsa_amd_agent_preload. */
#include "gpu.h"

int main(int argc, char **argv) {
    open_gpu();
    NEED(hsa_amd_agent_preload(gpu, argc > 1 ? strtoull(argv[1], NULL, 0) : 0));
    NEED(hsa_shut_down());
    return 0;
}
