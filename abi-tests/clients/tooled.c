/* Twice: hsa_init, the queues of every agent by the exported functions, hsa_shut_down. A tool library that is named in
   HSA_TOOLS_LIB may have its say; the second round removes the variable first. Arguments are libraries to be loaded before. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <hsa/hsa.h>
#include <stdio.h>
#include <stdlib.h>

static hsa_status_t print_queues(hsa_agent_t agent, void *data) {
    (void)data;
    uint32_t most = 0;
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_QUEUES_MAX, &most);
    printf("queues %d: %u\n", status, most);
    return HSA_STATUS_SUCCESS;
}

int main(int count, char **libraries) {
    for (int i = 1; i < count; i++) if (!dlopen(libraries[i], RTLD_NOW)) puts(dlerror());
    for (int round = 1; round <= 2; round++) {
        if (round == 2 && getenv("HSA_TOOLS_LIB")) unsetenv("HSA_TOOLS_LIB");
        printf("init %d\n", hsa_init());
        printf("again: init %d\n", hsa_init());
        printf("again: shut_down %d\n", hsa_shut_down());
        printf("iterate %d\n", hsa_iterate_agents(print_queues, NULL));
        printf("shut_down %d\n", hsa_shut_down());
    }
    return 0;
}
