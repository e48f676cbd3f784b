/* What memory is, by its address: pools, locked memory, words of the user's, functions called when memory goes; copies
   and fills by the host. The same on every library. */
#include "gpu.h"

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))

static const hsa_amd_memory_pool_t no_pool;
static const char *owner(hsa_agent_t agent) {
    return agent.handle == gpu.handle ? "GPU" : agent.handle == cpu.handle ? "CPU" : agent.handle ? "other" : "none";
}

/* All that is told of an address, as offsets from where it should begin. */
static void look(const char *what, const void *at, const void *agent_base, const void *host_base) {
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint32_t count = 77;
    hsa_agent_t *accessible = NULL;
    unsigned status = hsa_amd_pointer_info(at, &info, malloc, &count, &accessible);
    printf("-- %s: %#x, type %d", what, status, (int)info.type);
    if (!status && info.type) {
        printf(", agent's %s, host's %s, %zu bytes, word %#lx, owner %s, flags %#x, for",
               info.agentBaseAddress == agent_base ? "right" : "wrong", info.hostBaseAddress == host_base ? "right" : "wrong",
               info.sizeInBytes, (unsigned long)info.userData, owner(info.agentOwner), info.global_flags);
        for (uint32_t i = 0; i < count; i++) printf(" %s", owner(accessible[i]));
    }
    printf("\n");
    if (count != 77 && count) free(accessible);
}

static void allocations(void) {
    char *near, *far;
    NEED(hsa_amd_memory_pool_allocate(vram, 100000, 0, (void **)&near));
    NEED(hsa_amd_memory_pool_allocate(system_memory, 8192, 0, (void **)&far));
    look("the GPU's", near, near, near);
    look("in the middle of it", near + 50000, near, near);
    look("its last byte", near + 99999, near, near);
    look("past what was asked for", near + 100000, near, near);
    look("the host's", far, far, far);
    SAY(hsa_amd_pointer_info_set_userdata(far, (void *)0x1234));
    SAY(hsa_amd_pointer_info_set_userdata(near, (void *)0x5678));
    SAY(hsa_amd_agents_allow_access(1, &gpu, NULL, far));
    look("with a word, for the GPU", far + 1, far, far);
    SAY(hsa_amd_agents_allow_access(1, &cpu, NULL, far));
    look("for the host alone", far, far, far);
    SAY(hsa_amd_memory_pool_free(far));
    look("gone", far, far, far);
    SAY(hsa_amd_pointer_info_set_userdata(far, NULL));
    SAY(hsa_amd_memory_pool_free(near));
    look("never there", &near, near, near);
}

static hsa_status_t take_region(hsa_region_t region, void *found) {
    hsa_region_segment_t segment;
    hsa_region_get_info(region, HSA_REGION_INFO_SEGMENT, &segment);
    if (segment == HSA_REGION_SEGMENT_GLOBAL) *(hsa_region_t *)found = region;
    return HSA_STATUS_SUCCESS;
}

/* HSA 1.0's: nobody is let in, and every GPU is. */
static void of_region(void) {
    hsa_region_t region = {0};
    void *memory;
    NEED(hsa_agent_iterate_regions(cpu, take_region, &region));
    NEED(hsa_memory_allocate(region, 4096, &memory));
    look("of a region", memory, memory, memory);
    SAY(hsa_memory_free(memory));
}

static void arguments(void) {
    hsa_amd_pointer_info_t info = {.size = 0};
    void *memory;
    NEED(hsa_amd_memory_pool_allocate(arguments_memory, 64, 0, &memory));
    SAY(hsa_amd_pointer_info(memory, &info, NULL, NULL, NULL));
    SAY(hsa_amd_pointer_info(NULL, &info, NULL, NULL, NULL));
    SAY(hsa_amd_pointer_info(memory, NULL, NULL, NULL, NULL));
    SAY(hsa_amd_pointer_info_set_userdata(NULL, NULL));
    info.size = 8, info.sizeInBytes = 42;
    SAY(hsa_amd_pointer_info(memory, &info, NULL, NULL, NULL));
    printf("8 bytes of an answer: size %u, type %d, then %zu\n", info.size, (int)info.type, info.sizeInBytes);
    look("for arguments", memory, memory, memory);
    SAY(hsa_amd_memory_pool_free(memory));
}

static void locks(char *memory) {
    void *first = NULL, *second = NULL, *third = NULL;
    SAY(hsa_amd_memory_lock(memory + 100, 20000, NULL, 0, &first));
    SAY(hsa_amd_memory_lock(memory + 100, 20000, &gpu, 1, &second));
    printf("locked again at the same address: %s\n", first == second ? "yes" : "no");
    look("locked", memory + 200, first, memory + 100);
    look("by the agent's address", (char *)first + 20, first, memory + 100);
    SAY(hsa_amd_pointer_info_set_userdata(memory + 100, (void *)0x99));
    look("with a word", memory + 20099, first, memory + 100);
    look("behind it", memory + 20100, first, memory + 100);
    SAY(hsa_amd_memory_unlock(memory + 100));
    look("still locked once", memory + 100, first, memory + 100);
    SAY(hsa_amd_memory_unlock(memory + 100));
    look("unlocked", memory + 100, first, memory + 100);
    SAY(hsa_amd_memory_lock_to_pool(memory, 8192, &gpu, 1, arguments_memory, 0, &third));
    look("locked to a pool", memory, third, memory);
    SAY(hsa_amd_memory_unlock(memory));
    SAY(hsa_amd_memory_lock(memory, 4096, &cpu, 1, &first));
    printf("for the host it is where it was: %s\n", first == memory ? "yes" : "no");
    SAY(hsa_amd_memory_unlock(memory + 4096));
    SAY(hsa_amd_memory_lock(NULL, 4096, NULL, 0, &first));
    SAY(hsa_amd_memory_lock(memory, 0, NULL, 0, &first));
    SAY(hsa_amd_memory_lock(memory, 4096, NULL, 0, NULL));
    SAY(hsa_amd_memory_lock(memory, 4096, &gpu, 0, &first));
    SAY(hsa_amd_memory_lock(memory, 4096, NULL, 1, &first));
    SAY(hsa_amd_memory_lock_to_pool(memory, 4096, NULL, 0, vram, 0, &first));
}

static void gone(void *memory, void *word) { printf("gone at %ld, %s\n", (long)((char *)memory - (char *)0) & 0xfff, (char *)word); }
static void other(void *memory, void *word) { gone(memory, word); }

static void notifiers(void) {
    char *memory;
    NEED(hsa_amd_memory_pool_allocate(vram, 8192, 0, (void **)&memory));
    SAY(hsa_amd_register_deallocation_callback(memory + 8, gone, "first"));
    SAY(hsa_amd_register_deallocation_callback(memory + 8, other, "second"));
    SAY(hsa_amd_register_deallocation_callback(memory + 16, gone, "third"));
    SAY(hsa_amd_register_deallocation_callback(memory + 8192, gone, "never"));
    SAY(hsa_amd_register_deallocation_callback(memory, NULL, "never"));
    SAY(hsa_amd_register_deallocation_callback(NULL, gone, "never"));
    SAY(hsa_amd_deregister_deallocation_callback(memory + 8, other));
    SAY(hsa_amd_deregister_deallocation_callback(memory + 8, other));
    SAY(hsa_amd_deregister_deallocation_callback(memory + 8192, gone));
    SAY(hsa_amd_memory_pool_free(memory));
    SAY(hsa_amd_deregister_deallocation_callback(memory + 8, gone));
}

/* Memory that the host reaches; GPUs' is for the programs that have one which runs. */
static void host(char *memory) {
    uint32_t *words;
    NEED(hsa_amd_memory_pool_allocate(system_memory, 4096, 0, (void **)&words));
    SAY(hsa_amd_memory_fill(words, 0x2a2a2a2a, 1024));
    printf("filled: %#x %#x\n", words[0], words[1023]);
    memcpy(memory, "locked no more", 15);
    SAY(hsa_memory_copy(words, memory, 15));
    printf("copied: %s\n", (char *)words);
    SAY(hsa_memory_copy(words, memory, 0));
    SAY(hsa_memory_copy(NULL, memory, 1));
    SAY(hsa_memory_copy(words, NULL, 1));
    SAY(hsa_amd_memory_fill(words, 1, 0));
    /* Nobody asks a GPU for nothing. */
    void *far;
    NEED(hsa_amd_memory_pool_allocate(vram, 4096, 0, &far));
    SAY(hsa_memory_copy(far, memory, 0));
    SAY(hsa_amd_memory_fill(far, 1, 0));
    SAY(hsa_amd_memory_pool_free(far));
    SAY(hsa_amd_memory_fill(NULL, 1, 1));
    SAY(hsa_amd_memory_fill((char *)words + 2, 1, 1));
    SAY(hsa_amd_memory_fill(words + 1, 0, 1024));
    SAY(hsa_amd_memory_fill(memory, 0, 1));
    SAY(hsa_amd_memory_pool_free(words));
}

static void others(char *memory) {
    bool can = true;
    SAY(hsa_memory_register(memory, 4096));
    SAY(hsa_memory_register(memory, 0));
    SAY(hsa_memory_register(NULL, 0));
    SAY(hsa_memory_deregister(memory, 4096));
    SAY(hsa_memory_assign_agent(memory, gpu, HSA_ACCESS_PERMISSION_RW));
    SAY(hsa_memory_assign_agent(memory, gpu, 0));
    SAY(hsa_memory_assign_agent(memory, gpu, 4));
    SAY(hsa_memory_assign_agent(NULL, gpu, HSA_ACCESS_PERMISSION_RW));
    SAY(hsa_amd_memory_pool_can_migrate(system_memory, vram, &can));
    SAY(hsa_amd_memory_pool_can_migrate(system_memory, vram, NULL));
    SAY(hsa_amd_memory_pool_can_migrate(no_pool, vram, &can));
    SAY(hsa_amd_memory_migrate(memory, vram, 0));
    SAY(hsa_amd_memory_migrate(memory, vram, 1));
    SAY(hsa_amd_memory_migrate(NULL, vram, 0));
    SAY(hsa_amd_memory_migrate(memory, no_pool, 0));
}

int main(void) {
    char *memory = aligned_alloc(4096, 1 << 20);
    open_gpu();
    allocations();
    of_region();
    arguments();
    locks(memory);
    notifiers();
    host(memory);
    others(memory);
    SAY(hsa_shut_down());
    return 0;
}
