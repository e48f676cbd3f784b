/* Many copies by one call, which no release of upstream's has yet: from the host, within the GPU, to several places, waiting
   for signals, with a signal for all and with one each; and what is refused. With "two", to every GPU by one operation. */
#include "gpu.h"

enum { PIECES = 300, PIECE = 1000 };

static uint8_t *host, *back, *device;
static hsa_amd_memory_copy_op_t ops[PIECES];

static hsa_amd_memory_copy_op_t copy(void *to, hsa_agent_t to_agent, void *from, hsa_agent_t from_agent, size_t bytes,
                                     hsa_signal_t done) {
    hsa_amd_memory_copy_op_t op;
    memset(&op, 0, sizeof op);
    op.version = HSA_AMD_MEMORY_COPY_OP_VERSION;
    op.completion_signal = done;
    op.src = from, op.src_agent = from_agent, op.dst = to, op.dst_agent = to_agent, op.size = bytes;
    return op;
}

/* Pieces in the other order there, and back again, waiting for the ones before. */
static void there_and_back(void) {
    hsa_signal_t there = new_signal(PIECES), home = new_signal(PIECES);
    for (int i = 0; i < PIECES; i++)
        ops[i] = copy(device + (PIECES - 1 - i) * PIECE, gpu, host + i * PIECE, cpu, PIECE, there);
    NEED(hsa_amd_memory_async_batch_copy(ops, PIECES, 0, NULL));
    for (int i = 0; i < PIECES; i++) ops[i] = copy(back + i * PIECE, cpu, device + i * PIECE, gpu, PIECE, home);
    NEED(hsa_amd_memory_async_batch_copy(ops, PIECES, 1, &there));
    printf("there and back: %ld %ld left", wait_zero(there), wait_zero(home));
    int right = 0;
    for (int i = 0; i < PIECES; i++) right += memcmp(host + i * PIECE, back + (PIECES - 1 - i) * PIECE, PIECE) == 0;
    printf(", %d right\n", right);
}

static void lists(void) {
    enum { COUNT = 5 };
    void *to[COUNT], *from[COUNT];
    size_t sizes[COUNT];
    hsa_agent_t agents[COUNT];
    hsa_signal_t done[3] = {new_signal(1), new_signal(1), new_signal(1)};
    memset(back, 0, PIECES * PIECE);
    for (int i = 0; i < COUNT; i++)
        to[i] = device + i * PIECE, from[i] = host + (7 * i + 1) * PIECE, sizes[i] = 100 * (i + 1), agents[i] = gpu;
    ops[0] = copy(NULL, gpu, NULL, cpu, 0, done[0]);
    ops[0].num_entries = COUNT;
    ops[0].src_list = from, ops[0].dst_list = to, ops[0].dst_agent_list = agents, ops[0].size_list = sizes;
    NEED(hsa_amd_memory_async_batch_copy(ops, 1, 0, NULL));
    printf("lists: %ld left", wait_zero(done[0]));
    /* One of them everywhere, by an operation of its own signal beside one of nothing. */
    for (int i = 0; i < COUNT; i++) to[i] = back + i * PIECE, agents[i] = cpu;
    ops[0] = copy(NULL, cpu, device + 2 * PIECE, gpu, 300, done[1]);
    ops[0].type = HSA_AMD_MEMORY_COPY_OP_LINEAR_BROADCAST, ops[0].num_entries = COUNT;
    ops[0].dst_list = to, ops[0].dst_agent_list = agents;
    ops[1] = copy(back, cpu, device, gpu, 0, done[2]);
    NEED(hsa_amd_memory_async_batch_copy(ops, 2, 0, NULL));
    printf(", %ld %ld left", wait_zero(done[1]), wait_zero(done[2]));
    int right = 0;
    for (int i = 0; i < COUNT; i++) right += memcmp(back + i * PIECE, host + 15 * PIECE, 300) == 0 && !back[i * PIECE + 300];
    printf(", %d right\n", right);
}

static void refused(const char *what, hsa_amd_memory_copy_op_t op) {
    printf("%s: %x\n", what, (unsigned)hsa_amd_memory_async_batch_copy(&op, 1, 0, NULL));
}

static void refusals(void) {
    hsa_signal_t done = new_signal(1), none = {0};
    hsa_amd_memory_copy_op_t right = copy(device, gpu, host, cpu, PIECE, done), op = right;
    printf("nothing: %x %x\n", (unsigned)hsa_amd_memory_async_batch_copy(NULL, 1, 0, NULL),
           (unsigned)hsa_amd_memory_async_batch_copy(&op, 0, 0, NULL));
    printf("no signals: %x\n", (unsigned)hsa_amd_memory_async_batch_copy(&op, 1, 1, NULL));
    op.version = 2, refused("version", op), op = right;
    op.type = HSA_AMD_MEMORY_COPY_OP_LINEAR_SWAP, refused("swap", op), op = right;
    op.dst = NULL, refused("no target", op), op = right;
    op.completion_signal = none, refused("no signal", op), op = right;
    op.wait.function = HSA_AMD_MEMORY_COPY_WAIT_EQ, refused("wait for memory", op), op = right;
    op.dst_agent = cpu, refused("between processors", op), op = right;
    printf("untouched: %ld\n", (long)hsa_signal_load_scacquire(done));
}

static hsa_agent_t gpus[2];

static hsa_status_t take_gpus(hsa_agent_t agent, void *count) {
    hsa_device_type_t type;
    NEED(hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type));
    if (type == HSA_DEVICE_TYPE_GPU && *(int *)count < 2) gpus[(*(int *)count)++] = agent;
    return HSA_STATUS_SUCCESS;
}

/* The signal is of two GPUs, each of which makes it less. */
static void to_both(void) {
    int count = 0, right = 0;
    void *to[2], *from[2];
    size_t sizes[2] = {PIECE, PIECE};
    hsa_signal_t done = new_signal(1);
    NEED(hsa_iterate_agents(take_gpus, &count));
    NEED(hsa_amd_agents_allow_access((uint32_t)count, gpus, NULL, host));
    NEED(hsa_amd_agents_allow_access((uint32_t)count, gpus, NULL, back));
    for (int i = 0; i < count; i++) {
        hsa_amd_memory_pool_t own = {0};
        NEED(hsa_amd_agent_iterate_memory_pools(gpus[i], take_pool, &own));
        NEED(hsa_amd_memory_pool_allocate(own, PIECE, 0, &to[i]));
        from[i] = host + (i + 3) * PIECE;
    }
    ops[0] = copy(NULL, gpu, NULL, cpu, 0, done);
    ops[0].num_entries = (uint16_t)count;
    ops[0].src_list = from, ops[0].dst_list = to, ops[0].dst_agent_list = gpus, ops[0].size_list = sizes;
    hsa_status_t status = hsa_amd_memory_async_batch_copy(ops, 1, 0, NULL);
    printf("to %d GPUs: %x", count, (unsigned)status);
    if (status == HSA_STATUS_SUCCESS) {
        printf(", %ld left", wait_zero(done));
        for (int i = 0; i < count; i++) {
            NEED(hsa_memory_copy(back, to[i], PIECE));
            right += memcmp(back, from[i], PIECE) == 0;
        }
        printf(", %d right", right);
    }
    puts("");
}

int main(int argc, char **argv) {
    open_gpu();
    host = shared(PIECES * PIECE), back = shared(PIECES * PIECE);
    NEED(hsa_amd_memory_pool_allocate(vram, PIECES * PIECE, 0, (void **)&device));
    for (int i = 0; i < PIECES * PIECE; i++) host[i] = (uint8_t)(i * 31 + i / 251);
    if (argc > 1 && !strcmp(argv[1], "two")) {
        to_both();
    } else {
        there_and_back();
        lists();
        refusals();
    }
    NEED(hsa_shut_down());
    puts("end");
}
