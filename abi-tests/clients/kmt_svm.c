/* Attributes of ranges of ordinary memory, and the mode in which GPUs retry faults. */
#include "kmt.h"
#include <sys/mman.h>

#define SIZE (4 << 20)

static void show(const char *what, void *range) {
    HSA_SVM_ATTRIBUTE asked[] = {{HSA_SVM_ATTR_PREFERRED_LOC, 0}, {HSA_SVM_ATTR_PREFETCH_LOC, 0},
                                 {HSA_SVM_ATTR_SET_FLAGS, 0}, {HSA_SVM_ATTR_GRANULARITY, 0},
                                 {HSA_SVM_ATTR_ACCESS, gpus[0]}};
    int status = hsaKmtSVMGetAttr(range, SIZE, 5, asked);
    printf("%s: %d", what, status);
    for (int i = 0; i < 5; i++) printf(" %u=%#x", asked[i].type, asked[i].value);
    printf("\n");
}

static void set(void *range, HSAuint64 size, HSAuint32 type, HSAuint32 value) {
    HSA_SVM_ATTRIBUTE attribute = {type, value};
    printf("attribute %u, value %#x, %llu bytes: ", type, value, (unsigned long long)size);
    SAY(hsaKmtSVMSetAttr(range, size, 1, &attribute));
}

int main(void) {
    HSAint32 xnack = 0;
    kmt_open();
    char *range = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (gpu_count > 0) {
        show("fresh", range);
        set(range, SIZE, HSA_SVM_ATTR_PREFERRED_LOC, gpus[0]);
        show("preferred", range);
        set(range, SIZE, HSA_SVM_ATTR_ACCESS, gpus[0]);
        show("accessible", range);
        set(range, SIZE, HSA_SVM_ATTR_NO_ACCESS, gpus[0]);
        set(range, SIZE, HSA_SVM_ATTR_ACCESS_IN_PLACE, gpus[0]);
        set(range, SIZE, HSA_SVM_ATTR_SET_FLAGS, HSA_SVM_FLAG_COHERENT | HSA_SVM_FLAG_GPU_RO);
        set(range, SIZE, HSA_SVM_ATTR_CLR_FLAGS, HSA_SVM_FLAG_HOST_ACCESS);
        set(range, SIZE, HSA_SVM_ATTR_GRANULARITY, 5);
        show("all set", range);
        set(range, SIZE / 2, HSA_SVM_ATTR_GRANULARITY, 7);
        show("in two halves", range);
        set(range, SIZE, HSA_SVM_ATTR_PREFERRED_LOC, 12345);
        set(range, SIZE, HSA_SVM_ATTR_ACCESS, 12345);
        set(range, SIZE, 99, 0);
        set(range + 1, SIZE, HSA_SVM_ATTR_GRANULARITY, 5);
        set(range, 100, HSA_SVM_ATTR_GRANULARITY, 5);
        set(NULL, SIZE, HSA_SVM_ATTR_GRANULARITY, 5);
    }
    SAY(hsaKmtGetXNACKMode(&xnack));
    printf("xnack %d\n", xnack);
    SAY(hsaKmtSetXNACKMode(0));
    SAY(hsaKmtSetXNACKMode(1));
    SAY(hsaKmtGetXNACKMode(&xnack));
    printf("xnack %d\n", xnack);
    kmt_close();
    return 0;
}
