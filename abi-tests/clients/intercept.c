/* Queues whose packets handlers see first, as tools make them: packets counted, changed, dropped, added, more than the ring
   holds; markers; what such a queue says of itself. Needs the tool library `table` in HSA_TOOLS_LIB, a GPU that runs queues
   (SIMKFD_GPU=1), and as its argument the code object of `kernels/meeting.c`. */
#include "gpu.h"
#include <dlfcn.h>
#include <hsa/amd_hsa_queue.h>
#include <hsa/amd_hsa_signal.h>
#include <hsa/hsa_api_trace.h>

#define SAY(call) printf("%s: %#x\n", #call, (unsigned)(call))
#define HANDLER(name)                                                                                                  \
    static void name(const void *packets, uint64_t count, uint64_t index, void *data,                                 \
                     hsa_amd_queue_intercept_packet_writer writer)
typedef hsa_barrier_and_packet_t packet;

static AmdExtTable *amd;
static hsa_queue_t *made;

static hsa_status_t create(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type) {
    return amd->hsa_amd_queue_intercept_create_fn(agent, size, type, NULL, NULL, UINT32_MAX, UINT32_MAX, &made);
}

static hsa_queue_t *intercepted(hsa_amd_queue_intercept_handler handler, void *data) {
    NEED(create(gpu, 64, HSA_QUEUE_TYPE_MULTI));
    if (handler) NEED(amd->hsa_amd_queue_intercept_register_fn(made, handler, data));
    return made;
}

/* Counts packets, checks that they come in order, and passes them on. How many come at once is the library's choice. */
struct count {
    uint64_t packets, disordered;
    const char *name;
};
HANDLER(pass) {
    struct count *seen = data;
    if (seen->name) printf("%s sees packet %lu\n", seen->name, (unsigned long)index);
    seen->disordered += index != seen->packets;
    seen->packets += count;
    writer(packets, count);
}

static void refusals(void) {
    hsa_queue_t *plain = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    struct count seen = {0};
    SAY(create(gpu, 0, HSA_QUEUE_TYPE_MULTI));
    SAY(create(gpu, 2, HSA_QUEUE_TYPE_MULTI));
    SAY(create(gpu, 65, HSA_QUEUE_TYPE_MULTI));
    SAY(create(gpu, 64, 9));
    SAY(create(cpu, 64, HSA_QUEUE_TYPE_MULTI));
    SAY(amd->hsa_amd_queue_intercept_create_fn(gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, NULL));
    SAY(amd->hsa_amd_queue_intercept_register_fn(plain, pass, &seen));
    SAY(amd->hsa_amd_queue_intercept_register_fn(plain, NULL, NULL));
    NEED(hsa_queue_destroy(plain));
}

static void description(void) {
    hsa_queue_t *queue = intercepted(NULL, NULL);
    amd_queue_t *inner = (amd_queue_t *)queue;
    uint32_t invalid = 0, mask[3] = {0};
    for (uint32_t p = 0; p < queue->size; p++)
        invalid += ((uint16_t *)queue->base_address)[p * 32] == HSA_PACKET_TYPE_INVALID;
    printf("%u packets, type %u, features %u, %u invalid\n", queue->size, queue->type, queue->features, invalid);
    printf("units %u, waves %u, properties %u\n", inner->max_cu_id, inner->max_wave_id, inner->queue_properties);
    printf("segments: %d\n", inner->group_segment_aperture_base_hi && inner->private_segment_aperture_base_hi);
    printf("read index at %u\n", inner->read_dispatch_id_field_base_byte_offset);
    printf("bell of kind %ld\n", (long)((amd_signal_t *)queue->doorbell_signal.handle)->kind);
    hsa_agent_t agent = {0};
    NEED(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_AGENT, &agent));
    printf("its agent: %d\n", agent.handle == gpu.handle);
    SAY(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_HIGH));
    SAY(hsa_amd_profiling_set_profiler_enabled(queue, 1));
    SAY(hsa_amd_queue_cu_get_mask(queue, 96, mask));
    printf("mask %#x %#x %#x\n", mask[0], mask[1], mask[2]);
    NEED(hsa_queue_inactivate(queue));
    NEED(hsa_queue_destroy(queue));
}

/* Puts packets into a queue that hold up nobody, the last of which completes. */
static void barriers(hsa_queue_t *queue, int count, const char *what) {
    hsa_signal_t none = {0}, done = new_signal(1);
    for (int i = 1; i <= count; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, i == count ? done : none);
    long left = wait_zero(done);
    /* The library may still be at the last packet. */
    uint64_t written = hsa_queue_load_write_index_relaxed(queue);
    while (hsa_queue_load_read_index_scacquire(queue) != written) {}
    printf("%s: %ld left, read index %lu\n", what, left, (unsigned long)written);
    hsa_signal_destroy(done);
}

static void handlers(void) {
    struct count first = {0}, second = {0};
    hsa_queue_t *queue = intercepted(NULL, NULL);
    barriers(queue, 3, "no handler");
    first.packets = second.packets = 3;
    NEED(amd->hsa_amd_queue_intercept_register_fn(queue, pass, &first));
    barriers(queue, 300, "one handler");
    NEED(amd->hsa_amd_queue_intercept_register_fn(queue, pass, &second));
    first.name = "first", second.name = "second", second.packets = first.packets;
    barriers(queue, 2, "two handlers");
    printf("first: %lu, %lu disordered\n", (unsigned long)first.packets, (unsigned long)first.disordered);
    printf("second: %lu, %lu disordered\n", (unsigned long)second.packets, (unsigned long)second.disordered);
    NEED(hsa_queue_destroy(queue));
}

/* The client's dispatch computes, whatever stands before and behind it. */
struct wrap {
    hsa_signal_t begun, ended;
};
HANDLER(wrap) {
    struct wrap *own = data;
    packet three[3] = {{0}};
    for (uint64_t i = 0; i < count; i++) {
        three[0].header = three[2].header = HSA_PACKET_TYPE_BARRIER_AND | 1 << HSA_PACKET_HEADER_BARRIER;
        three[0].completion_signal = own->begun, three[2].completion_signal = own->ended;
        three[1] = ((const packet *)packets)[i];
        writer(three, 3);
    }
    (void)index;
}

/* A dispatch twice as large as the client wrote it; and nothing at all before it. */
HANDLER(widen) {
    const hsa_kernel_dispatch_packet_t *written = packets;
    for (uint64_t i = 0; i < count; i++) {
        hsa_kernel_dispatch_packet_t own = written[i];
        own.grid_size_x *= 2;
        writer(NULL, 0);
        writer(&own, 1);
    }
    (void)index, (void)data;
}

static void rewriting(const char *file) {
    enum { GROUPS = 4, ITEMS = GROUPS * 64 };
    hsa_executable_symbol_t touch = kernel(load(file), "touch");
    uint32_t *words = shared(2 * ITEMS * 4), *out = shared(2 * ITEMS * 4);
    void **arguments = shared(16);
    arguments[0] = words, arguments[1] = out;
    for (uint32_t i = 0; i < 2 * ITEMS; i++) words[i] = i;
    struct wrap own = {new_signal(1000), new_signal(1000)};
    hsa_queue_t *queue = intercepted(wrap, &own);
    NEED(amd->hsa_amd_queue_intercept_register_fn(queue, widen, NULL));
    hsa_signal_t done = new_signal(1);
    launch(queue, touch, GROUPS, arguments, done);
    printf("touch: %ld left\n", wait_zero(done));
    while (hsa_signal_load_scacquire(own.ended) == 1000) {}
    uint32_t right = 0;
    for (uint32_t i = 0; i < 2 * ITEMS; i++) right += out[i] == 2 * i + 1;
    printf("right: %u of %u, begun %ld, ended %ld\n", right, 2 * ITEMS, (long)hsa_signal_load_relaxed(own.begun),
           (long)hsa_signal_load_relaxed(own.ended));
    NEED(hsa_queue_destroy(queue));
}

/* Each packet becomes so many, at times more than there is room for. */
struct flood {
    hsa_signal_t counter;
    int copies;
};
HANDLER(flood) {
    struct flood *own = data;
    packet many[50] = {{0}};
    for (int i = 0; i < own->copies; i++) {
        many[i].header = HSA_PACKET_TYPE_BARRIER_AND | 1 << HSA_PACKET_HEADER_BARRIER;
        many[i].completion_signal = own->counter;
    }
    packet *all = malloc(count * own->copies * sizeof *all);
    for (uint64_t i = 0; i < count; i++) {
        many[own->copies - 1] = ((const packet *)packets)[i];
        memcpy(all + i * own->copies, many, own->copies * sizeof *all);
    }
    writer(all, count * own->copies);
    free(all);
    (void)index;
}

static void overflow(void) {
    struct flood own = {new_signal(100000), 3};
    hsa_queue_t *queue = intercepted(flood, &own);
    hsa_signal_t gate = new_signal(1), done = new_signal(1), none = {0};
    /* Nothing moves until the gate opens, so that rings fill; nobody waits for that. */
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, &gate, 1, none);
    for (int i = 0; i < 59; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, none);
    hsa_signal_store_screlease(gate, 0);
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, done);
    printf("three for one: %ld left", wait_zero(done));
    printf(", %ld added\n", 100000 - (long)hsa_signal_load_scacquire(own.counter));
    barriers(queue, 500, "500 more");
    own.copies = 50;
    barriers(queue, 5, "50 for one");
    printf("added: %ld\n", 100000 - (long)hsa_signal_load_scacquire(own.counter));
    NEED(hsa_queue_destroy(queue));
}

/* Nothing of odd packets goes on. */
HANDLER(drop_odd) {
    for (uint64_t i = 0; i < count; i++) {
        *(int *)data += 1;
        if ((index + i) % 2 == 0) writer((const packet *)packets + i, 1);
    }
}

static void dropping(void) {
    int seen = 0;
    hsa_signal_t counter = new_signal(10), last = new_signal(1);
    hsa_queue_t *queue = intercepted(drop_odd, &seen);
    for (int i = 0; i < 10; i++) barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, counter);
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, last);
    printf("dropping: %ld left", wait_zero(last));
    printf(", %ld of ten, %d packets\n", (long)hsa_signal_load_scacquire(counter), seen);
    NEED(hsa_queue_destroy(queue));
}

/* Markers are called in their place, and the GPU sees nothing of them. */
static hsa_queue_t *first_queue;
static void marked(const amd_aql_intercept_marker_t *marker, hsa_queue_t *queue, uint64_t id) {
    if (!first_queue) first_queue = queue;
    printf("marker %lu before packet %lu, same queue: %d\n", (unsigned long)marker->user_data[0], (unsigned long)id,
           queue == first_queue);
}
HANDLER(mark) {
    union {
        packet packet;
        amd_aql_intercept_marker_t marker;
    } all[4] = {0};
    for (int i = 0; i < 4; i++) {
        all[i].marker.header = HSA_PACKET_TYPE_VENDOR_SPECIFIC;
        all[i].marker.format = AMD_AQL_FORMAT_INTERCEPT_MARKER;
        all[i].marker.callback = marked;
        all[i].marker.user_data[0] = index * 10 + i;
    }
    all[1].packet = all[2].packet = *(const packet *)packets;
    all[1].packet.completion_signal.handle = 0;
    writer(all, 4);
    (void)count, (void)data;
}

static void markers(void) {
    hsa_queue_t *queue = intercepted(mark, NULL);
    barriers(queue, 1, "marked");
    barriers(queue, 2, "marked");
    NEED(hsa_queue_destroy(queue));
}

/* A handler that puts a packet into its own queue is called for it later. */
struct again {
    hsa_queue_t *queue;
    hsa_signal_t done;
    int calls;
};
HANDLER(submit_again) {
    struct again *own = data;
    writer(packets, count);
    if (own->calls++ == 0) barrier(own->queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, own->done);
    (void)index;
}

static void from_within(void) {
    struct again own = {NULL, new_signal(1), 0};
    own.queue = intercepted(submit_again, &own);
    barriers(own.queue, 1, "from within");
    printf("its own: %ld left, %d calls\n", wait_zero(own.done), own.calls);
    NEED(hsa_queue_destroy(own.queue));
}

/* Errors are the queue's that the program knows. */
static volatile unsigned failed;
static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    failed = status | (queue == *(hsa_queue_t **)data) << 31;
}

static void errors(void) {
    struct count seen = {0};
    NEED(amd->hsa_amd_queue_intercept_create_fn(gpu, 64, HSA_QUEUE_TYPE_MULTI, on_error, &made, 0, 0, &made));
    NEED(amd->hsa_amd_queue_intercept_register_fn(made, pass, &seen));
    uint64_t index;
    void *wrong = reserve(made, &index);
    submit(made, wrong, index, HSA_PACKET_TYPE_VENDOR_SPECIFIC, 0x77);
    while (!failed) {}
    printf("error: %#x\n", failed);
    NEED(hsa_queue_destroy(made));
}

static void on_creation(const hsa_queue_t *queue, hsa_agent_t agent, void *data) {
    printf("%s made a queue of %u packets, on the GPU: %d\n", (char *)data, queue->size, agent.handle == gpu.handle);
}

static void notices(void) {
    SAY(amd->hsa_amd_runtime_queue_create_register_fn(NULL, NULL));
    SAY(amd->hsa_amd_runtime_queue_create_register_fn(on_creation, "the runtime"));
    SAY(amd->hsa_amd_runtime_queue_create_register_fn(on_creation, "nobody"));
    SAY(amd->hsa_amd_runtime_queue_create_register_fn(NULL, NULL));
    hsa_queue_t *plain = new_queue(HSA_QUEUE_TYPE_MULTI, NULL), *together = new_queue(HSA_QUEUE_TYPE_COOPERATIVE, NULL);
    NEED(hsa_queue_destroy(new_queue(HSA_QUEUE_TYPE_COOPERATIVE, NULL)));
    NEED(hsa_queue_destroy(together));
    NEED(hsa_queue_destroy(plain));
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    void *tool = dlopen(getenv("HSA_TOOLS_LIB"), RTLD_NOW | RTLD_NOLOAD);
    HsaApiTable *(*table)(void) = tool ? (HsaApiTable * (*)(void)) dlsym(tool, "table") : NULL;
    if (!table) return 3;
    amd = table()->amd_ext_;
    refusals();
    description();
    handlers();
    rewriting(arguments[1]);
    overflow();
    dropping();
    markers();
    from_within();
    errors();
    notices();
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
