/* Sessions that sample program counters, on a driver that does: AMD's own. What samples say is what a kernel can be at, and
 * the kernel does not notice. */
#include "gpu.h"
#include <elf.h>
#include <hsa/hsa_ven_amd_pc_sampling.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define GROUPS 16
#define MOST 1000000

typedef perf_sample_hosttrap_v1_t sample_t;

/* A GPU with a queue and the kernel, and what its session told. */
typedef struct {
    hsa_agent_t agent;
    hsa_queue_t *queue;
    hsa_executable_symbol_t churn;
    uint64_t code, bytes;
    uint32_t *rounds, *out, **arguments;
    hsa_ven_amd_pcs_t session;
    sample_t *samples;
    size_t count, lost;
    atomic_int calls, blocked, parts;
    uint64_t packet;
} side_t;

/* Bytes of a function of the code object. */
static uint64_t size_of(const char *file, const char *name) {
    FILE *stream = fopen(file, "rb");
    static char bytes[1 << 16];
    size_t got = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
    for (int i = 0; i < header->e_shnum; i++) {
        Elf64_Shdr *section = (Elf64_Shdr *)(bytes + header->e_shoff) + i;
        if (section->sh_type != SHT_DYNSYM || section->sh_offset + section->sh_size > got) continue;
        char *names = bytes + ((Elf64_Shdr *)(bytes + header->e_shoff) + section->sh_link)->sh_offset;
        for (Elf64_Sym *symbol = (Elf64_Sym *)(bytes + section->sh_offset);
             (char *)symbol < bytes + section->sh_offset + section->sh_size; symbol++)
            if (!strcmp(names + symbol->st_name, name)) return symbol->st_size;
    }
    return 0;
}

/* By itself: inlined, GCC 12 takes it for an address of the stack. */
__attribute__((noinline)) static void *memory_of(size_t bytes) { return shared(bytes); }

static void open_side(side_t *side, hsa_agent_t agent, const char *file) {
    side->agent = gpu = agent;
    side->queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    side->churn = kernel(load(file), "churn");
    uint64_t object;
    NEED(hsa_executable_symbol_get_info(side->churn, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &object));
    side->code = object + *(int64_t *)(object + 16);
    side->bytes = size_of(file, "churn");
    side->rounds = memory_of(4096), side->out = memory_of(GROUPS * 64 * 4), side->arguments = memory_of(4096);
    side->arguments[0] = side->rounds, side->arguments[1] = side->out;
    side->samples = malloc(MOST * sizeof(sample_t));
}

static void ready(void *client, size_t bytes, size_t lost, hsa_ven_amd_pcs_data_copy_callback_t copy, void *data) {
    side_t *side = client;
    size_t count = bytes / sizeof(sample_t);
    side->lost += lost;
    side->calls++;
    while (side->blocked) usleep(1000);
    if (side->count + count > MOST) return;
    if (side->parts && bytes > sizeof(sample_t)) {
        /* Half of them, and the rest another time. */
        count = count / 2;
        NEED(copy(data, count * sizeof(sample_t), side->samples + side->count));
        NEED(copy(data, 0, NULL));
    } else {
        NEED(copy(data, bytes, side->samples + side->count));
    }
    side->count += count;
}

static hsa_signal_t begin(side_t *side, uint32_t rounds) {
    hsa_signal_t done = new_signal(1);
    gpu = side->agent;
    *side->rounds = rounds;
    side->packet = hsa_queue_load_write_index_relaxed(side->queue);
    launch(side->queue, side->churn, GROUPS, side->arguments, done);
    return done;
}

/* What the kernel makes of an item. */
static uint32_t expected(uint32_t item, uint32_t rounds) {
    uint32_t value = item;
    for (uint32_t turn = 0; turn < rounds; turn++) {
        value = value * 1664525 + 1013904223;
        if (value & 0x10000) value ^= value >> 7;
        if (value & 0x20000) value += turn * 3;
    }
    return value;
}

static const char *end(side_t *side, hsa_signal_t done) {
    if (wait_zero(done) != 0) return "none";
    for (uint32_t item = 0; item < GROUPS * 64; item++)
        if (side->out[item] != expected(item, *side->rounds)) return "wrong";
    return "right";
}

/* Whether all samples are of the kernel, and of one dispatch of it between two times. */
static void check(side_t *side, uint64_t from, uint64_t to) {
    int outside = 0, strange = 0, late = 0, other = 0, waves = 0, groups = 0;
    uint64_t low = UINT64_MAX, high = 0;
    for (size_t i = 0; i < side->count; i++) {
        sample_t *one = side->samples + i;
        outside += one->pc - side->code >= side->bytes;
        strange += !one->exec_mask || one->exec_mask >> 32 || one->workgroup_id_x >= GROUPS || one->workgroup_id_y ||
                   one->workgroup_id_z || one->wave_in_wg > 1 || one->chiplet || one->reserved || one->reserved0 ||
                   one->reserved1;
        late += one->timestamp < from || one->timestamp > to;
        other += (uint32_t)one->correlation_id != side->packet % side->queue->size ||
                 one->correlation_id >> 32 != side->samples[0].correlation_id >> 32;
        waves |= 1 << one->wave_in_wg, groups |= 1 << one->workgroup_id_x;
        if (one->pc < low) low = one->pc;
        if (one->pc > high) high = one->pc;
    }
    printf("samples: %s, outside of the kernel %d, impossible %d, at other times %d, of other dispatches %d\n",
           side->count > 100 ? "many" : "few", outside, strange, late, other);
    printf("several waves: %d, several groups: %d, several places: %d\n", waves == 3, (groups & (groups - 1)) != 0, high > low);
}

static uint64_t now(void) {
    uint64_t time = 0;
    NEED(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &time));
    return time;
}

static void create(side_t *side, size_t samples, size_t latency) {
    NEED(hsa_ven_amd_pcs_create(side->agent, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
                                HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, 1, latency, samples * sizeof(sample_t),
                                ready, side, &side->session));
    side->count = side->lost = 0, side->calls = 0;
}

static void sampled(side_t *side) {
    create(side, 64, 100);
    uint64_t from = now();
    NEED(hsa_ven_amd_pcs_start(side->session));
    printf("results: %s\n", end(side, begin(side, 20000)));
    NEED(hsa_ven_amd_pcs_stop(side->session));
    printf("told while it ran: %d\n", side->calls > 0);
    NEED(hsa_ven_amd_pcs_flush(side->session));
    check(side, from, now());
    size_t before = side->count;
    printf("results: %s\n", end(side, begin(side, 2000)));
    NEED(hsa_ven_amd_pcs_flush(side->session));
    printf("more after it was stopped: %zu\n", side->count - before);
}

/* A second start, and a flush that has all told when it returns. */
static void again(side_t *side) {
    side->count = 0, side->parts = 1;
    NEED(hsa_ven_amd_pcs_start(side->session));
    uint64_t from = now();
    hsa_signal_t done = begin(side, 20000);
    for (int i = 0; i < 20; i++) usleep(1000), hsa_ven_amd_pcs_flush(side->session);
    printf("flushed: %d\n", side->count > 0);
    printf("results: %s\n", end(side, done));
    NEED(hsa_ven_amd_pcs_stop(side->session));
    side->parts = 0;
    NEED(hsa_ven_amd_pcs_flush(side->session));
    check(side, from, now());
    printf("lost: %d\n", side->lost != 0);
    NEED(hsa_ven_amd_pcs_destroy(side->session));
}

/* A client that does not come back until the kernel has ended. */
static void slow(side_t *side) {
    create(side, 2, 0);
    side->blocked = 1;
    NEED(hsa_ven_amd_pcs_start(side->session));
    printf("results: %s\n", end(side, begin(side, 100000)));
    side->blocked = 0;
    NEED(hsa_ven_amd_pcs_flush(side->session));
    printf("lost: %d\n", side->lost > 0);
    hsa_signal_t done = begin(side, 20000);
    usleep(5000);
    /* In the middle of a kernel. */
    NEED(hsa_ven_amd_pcs_destroy(side->session));
    printf("results: %s, flush %#x\n", end(side, done), (unsigned)hsa_ven_amd_pcs_flush(side->session));
}

/* Both at once: each hears of its own. */
static void both(side_t sides[2]) {
    for (int i = 0; i < 2; i++) create(sides + i, 64, 0), NEED(hsa_ven_amd_pcs_start(sides[i].session));
    uint64_t from = now();
    hsa_signal_t done[2] = {begin(sides, 20000), begin(sides + 1, 20000)};
    for (int i = 0; i < 2; i++) printf("results: %s\n", end(sides + i, done[i]));
    for (int i = 0; i < 2; i++) NEED(hsa_ven_amd_pcs_flush(sides[i].session)), check(sides + i, from, now());
    NEED(hsa_ven_amd_pcs_destroy(sides[0].session));
}

static atomic_int broken;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    broken = (int)status;
}

/* A kernel that aborts while it is sampled is told of as ever. */
static void aborted(side_t *side, const char *file) {
    gpu = side->agent;
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, on_error);
    hsa_executable_symbol_t give_up = kernel(load(file), "give_up");
    *side->rounds = 20000, side->count = 0;
    launch(queue, give_up, GROUPS, side->arguments, new_signal(1));
    for (int i = 0; i < 60000 && !broken; i++) usleep(1000);
    printf("aborted: %#x\n", (unsigned)broken);
    NEED(hsa_ven_amd_pcs_flush(side->session));
    printf("sampled before: %d\n", side->count > 0);
}

static hsa_status_t take(hsa_agent_t agent, void *data) {
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type == HSA_DEVICE_TYPE_GPU) *(*(side_t **)data)++ = (side_t){.agent = agent};
    return HSA_STATUS_SUCCESS;
}

int main(int argc, char **argv) {
    (void)argc;
    static side_t sides[2];
    side_t *end_of_sides = sides;
    open_gpu();
    NEED(hsa_iterate_agents(take, &end_of_sides));
    for (int i = 0; i < 2; i++) open_side(sides + i, sides[i].agent, argv[1]);
    sampled(sides);
    again(sides);
    slow(sides);
    both(sides);
    aborted(sides + 1, argv[1]);
    /* The second one's session is left to the runtime. */
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
