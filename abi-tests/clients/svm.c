/* Attributes of memory that the kernel moves, set and read, and ranges moved ahead. The same on every library. */
#include "gpu.h"
#include <sys/mman.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))
#define SIZE ((size_t)1 << 20)
#define COUNT(list) (sizeof(list) / sizeof *(list))

typedef hsa_amd_svm_attribute_pair_t pair;
static char *memory;

static const char *agent_of(uint64_t handle) {
    return handle == gpu.handle ? "GPU" : handle == cpu.handle ? "CPU" : handle ? "other" : "none";
}

static void tell(const char *what) {
    pair all[] = {{HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, 9},       {HSA_AMD_SVM_ATTRIB_READ_ONLY, 9},
                  {HSA_AMD_SVM_ATTRIB_HIVE_LOCAL, 9},        {HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY, 99},
                  {HSA_AMD_SVM_ATTRIB_READ_MOSTLY, 9},       {HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, 9},
                  {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, gpu.handle}, {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, cpu.handle}};
    printf("-- %s: %#x,", what, (unsigned)hsa_amd_svm_attributes_get(memory, SIZE, all, COUNT(all)));
    for (int i = 0; i < 5; i++) printf(" %d", (int)all[i].value);
    printf(", prefers %s, GPU %#x, CPU %#x\n", agent_of(all[5].value), (unsigned)all[6].attribute, (unsigned)all[7].attribute);
}

static void set(const char *what, uint64_t attribute, uint64_t value) {
    pair one = {attribute, value};
    printf("%s: %#x\n", what, (unsigned)hsa_amd_svm_attributes_set(memory, SIZE, &one, 1));
}

static const char *prefetched(void) {
    pair one = {HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION, 9};
    NEED(hsa_amd_svm_attributes_get(memory, SIZE, &one, 1));
    return agent_of(one.value);
}

static void attributes(void) {
    pair several[] = {{HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE, gpu.handle},
                      {HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, cpu.handle},
                      {HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, HSA_AMD_SVM_GLOBAL_FLAG_FINE_GRAINED}};
    pair twice[] = {{HSA_AMD_SVM_ATTRIB_READ_ONLY, 1}, {HSA_AMD_SVM_ATTRIB_READ_ONLY, 0}};
    pair agent[] = {{HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpu.handle}, {HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, gpu.handle}};
    pair wrong = {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, gpu.handle};
    tell("at first");
    set("accessible", HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpu.handle);
    tell("accessible");
    SAY(hsa_amd_svm_attributes_set(memory, SIZE, several, COUNT(several)));
    tell("several");
    set("coarse-grained", HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED);
    set("read mostly", HSA_AMD_SVM_ATTRIB_READ_MOSTLY, 1);
    set("read only", HSA_AMD_SVM_ATTRIB_READ_ONLY, 1);
    set("granularity", HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY, 40);
    set("preferred", HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, gpu.handle);
    tell("one by one");
    set("not preferred", HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, 0);
    set("executed", HSA_AMD_SVM_ATTRIB_GPU_EXEC, 1);
    set("no access", HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, gpu.handle);
    tell("no access");
    set("a wrong grain", HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, 2);
    set("a place that is only read", HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION, gpu.handle);
    set("nothing known", 100, 0);
    SAY(hsa_amd_svm_attributes_set(memory, SIZE, twice, 2));
    SAY(hsa_amd_svm_attributes_set(memory, SIZE, agent, 2));
    SAY(hsa_amd_svm_attributes_set(memory, SIZE, &wrong, 1));
    wrong.attribute = HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS;
    SAY(hsa_amd_svm_attributes_get(memory, SIZE, &wrong, 1));
    SAY(hsa_amd_svm_attributes_set(NULL, 0, several, 1));
}

static void prefetches(void) {
    hsa_signal_t done = new_signal(1), first[2] = {new_signal(1), new_signal(1)};
    set("accessible", HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpu.handle);
    SAY(hsa_amd_svm_prefetch_async(memory, SIZE, gpu, 0, NULL, done));
    printf("done: %ld", wait_zero(done));
    printf(", moved to %s\n", prefetched());
    hsa_signal_store_relaxed(done, 1);
    SAY(hsa_amd_svm_prefetch_async(memory + 5, SIZE - 100, cpu, 2, first, done));
    hsa_signal_store_relaxed(first[1], 0);
    printf("not yet: %ld\n", (long)hsa_signal_load_relaxed(done));
    hsa_signal_store_relaxed(first[0], 0);
    printf("done: %ld", wait_zero(done));
    printf(", moved to %s\n", prefetched());
    for (int i = 0; i < 2; i++) SAY(hsa_signal_destroy(first[i]));
    SAY(hsa_signal_destroy(done));
}

int main(void) {
    open_gpu();
    memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    attributes();
    prefetches();
    SAY(hsa_shut_down());
    return 0;
}
