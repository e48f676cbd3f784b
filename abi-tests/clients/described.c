/* Queues made by description: wrong descriptions, masks and priorities from the start, rings and descriptors in the GPU's
   memory. Needs a GPU that runs queues (SIMKFD_GPU=1), and as its argument the code object of `kernels/meeting.c`; or "small",
   where the host does not reach all of the GPU's memory. */
#include "gpu.h"

static hsa_amd_queue_create_desc_t desc;
static uint32_t mask[3] = {0xf0, 0, 0};

/* What comes of a description that differs in one thing from one that is right. */
#define WRONG(change)                                                                                                  \
    do {                                                                                                               \
        usual();                                                                                                       \
        desc.queue = (void *)&desc;                                                                                    \
        change;                                                                                                        \
        unsigned status = (unsigned)hsa_amd_queue_create(gpu, &desc, 1);                                               \
        printf("%s: %#x, %s\n", #change, status, desc.queue ? "a queue" : "none");                                    \
    } while (0)

static void usual(void) {
    memset(&desc, 0, sizeof desc);
    desc.version = HSA_AMD_QUEUE_CREATE_DESC_VERSION;
    desc.engine_type = HSA_AMD_QUEUE_ENGINE_COMPUTE;
    desc.queue_size_bytes = 64 * 64;
    desc.priority = HSA_AMD_QUEUE_PRIORITY_NORMAL;
    desc.engine.compute.type = HSA_QUEUE_TYPE_MULTI;
    desc.engine.compute.private_segment_size = HSA_AMD_PRIVATE_SEGMENT_SIZE_DEFAULT;
}

static const hsa_amd_sdma_queue_params_t any_engine = {.sdma_engine_id = HSA_AMD_SDMA_ENGINE_ID_ANY};

static void refusals(void) {
    usual();
    printf("no descriptions: %#x, none of them: %#x, a processor: %#x\n", (unsigned)hsa_amd_queue_create(gpu, NULL, 1),
           (unsigned)hsa_amd_queue_create(gpu, &desc, 0), (unsigned)hsa_amd_queue_create(cpu, &desc, 1));
    WRONG(desc.version = 2);
    WRONG(desc.flags = 4);
    WRONG(desc.engine_type = 3);
    WRONG(desc.engine_type = HSA_AMD_QUEUE_ENGINE_AIE);
    WRONG(desc.reserved_header[2] = 1);
    WRONG(desc.reserved[19] = 1);
    WRONG(desc.queue_size_bytes = 0);
    WRONG(desc.queue_size_bytes = 3);
    WRONG(desc.queue_size_bytes = 32);
    WRONG(desc.priority = 3);
    WRONG(desc.engine.compute.type = 3);
    WRONG(desc.engine.compute.reserved[0] = 1);
    WRONG(desc.engine.compute.cu_mask_count = 32);
    WRONG(desc.engine.compute.cu_mask = mask);
    WRONG((desc.engine.compute.cu_mask = mask, desc.engine.compute.cu_mask_count = 1));
    WRONG((desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine));
    WRONG((desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine, desc.engine.sdma.reserved[0] = 1));
    WRONG((desc.engine_type = HSA_AMD_QUEUE_ENGINE_SDMA, desc.engine.sdma = any_engine, desc.queue_size_bytes = 3));
    WRONG((desc.engine.compute.type = HSA_QUEUE_TYPE_COOPERATIVE, desc.priority = HSA_AMD_QUEUE_PRIORITY_HIGH));
}

enum { GROUPS = 4, ITEMS = GROUPS * 64 };
static uint32_t *words, *out;
static void **arguments;

/* Starts a kernel on a queue: how many of its results are right. */
static int computes(hsa_queue_t *queue, hsa_executable_symbol_t touch) {
    int right = 0;
    memset(out, 0, ITEMS * 4);
    for (int round = 0; round < 100; round++) {
        hsa_signal_t done = new_signal(1);
        launch(queue, touch, GROUPS, arguments, done);
        if (wait_zero(done)) return -1;
        hsa_signal_destroy(done);
    }
    for (uint32_t i = 0; i < ITEMS; i++) right += out[i] == 2 * i + 1;
    return right;
}

/* Places in the GPU's memory are for who reaches all of it. */
static void places(void) {
    for (uint32_t flags = 0; flags < 4; flags++) {
        usual();
        desc.flags = flags;
        printf("flags %u: %#x\n", flags, (unsigned)hsa_amd_queue_create(gpu, &desc, 1));
    }
}

int main(int count, char **files) {
    if (count != 2) return 2;
    open_gpu();
    if (!strcmp(files[1], "small")) {
        places();
        NEED(hsa_shut_down());
        return 0;
    }
    refusals();
    hsa_executable_symbol_t touch = kernel(load(files[1]), "touch");
    words = shared(ITEMS * 4), out = shared(ITEMS * 4), arguments = shared(16);
    arguments[0] = words, arguments[1] = out;
    for (uint32_t i = 0; i < ITEMS; i++) words[i] = i;
    for (uint16_t flags = 0; flags < 4; flags++) {
        usual();
        desc.flags = flags;
        desc.priority = HSA_AMD_QUEUE_PRIORITY_HIGH;
        desc.engine.compute.cu_mask = mask, desc.engine.compute.cu_mask_count = 96;
        NEED(hsa_amd_queue_create(gpu, &desc, 1));
        uint32_t is[3] = {0};
        NEED(hsa_amd_queue_cu_get_mask(desc.queue, 96, is));
        printf("flags %u: %u packets, type %u, mask %#x %#x, %d right\n", flags, desc.queue->size, desc.queue->type, is[0],
               is[1], computes(desc.queue, touch));
        NEED(hsa_queue_destroy(desc.queue));
    }
    usual();
    NEED(hsa_amd_queue_create(gpu, &desc, 1));
    int32_t uses = 0;
    uint32_t id = 0, engine = 9;
    NEED(hsa_amd_queue_get_info(desc.queue, HSA_QUEUE_INFO_USE_COUNT, &uses));
    NEED(hsa_amd_queue_get_info(desc.queue, HSA_QUEUE_INFO_HW_ID, &id));
    NEED(hsa_amd_queue_get_info(desc.queue, HSA_AMD_QUEUE_INFO_ENGINE_TYPE, &engine));
    printf("uses %d, its id: %d, engine %u\n", uses, id == desc.queue->id, engine);
    NEED(hsa_queue_destroy(desc.queue));
    hsa_amd_queue_create_desc_t several[3];
    for (int i = 0; i < 3; i++) usual(), several[i] = desc;
    several[0].engine.compute.type = HSA_QUEUE_TYPE_COOPERATIVE;
    several[2].queue_size_bytes = 3;
    printf("the third is wrong: %#x\n", (unsigned)hsa_amd_queue_create(gpu, several, 3));
    printf("types %u %u, a third: %d\n", several[0].queue->type, several[1].queue->type, several[2].queue != NULL);
    NEED(hsa_queue_destroy(several[0].queue));
    NEED(hsa_queue_destroy(several[1].queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
