/* Sixteen threads make and end signals, handlers, memory, locks, queues and executables, each in an order of its own that is
   the same in every run. Usage: stress ROUNDS [CODE_OBJECT]. */
#include "gpu.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#define THREADS 16
#define SLOTS 8
#define BYTES 10000

enum kind { SIGNAL, HANDLER, MEMORY, LOCK, QUEUE, EXECUTABLE, KINDS };

/* Something that a thread has made. */
struct thing {
    enum kind kind;
    int live;
    hsa_signal_t signal;
    atomic_int called;
    unsigned char *memory;
    hsa_queue_t *queue;
    hsa_executable_t executable;
};

static const char *code_object;
static int rounds;
static pthread_barrier_t start;
static atomic_int spoilt;

static bool handle(hsa_signal_value_t value, void *data) {
    (void)value;
    atomic_store((atomic_int *)data, 1);
    return false;
}

static void load_code(struct thing *thing) {
    hsa_code_object_reader_t reader;
    hsa_file_t file = open(code_object, O_RDONLY);
    NEED(hsa_code_object_reader_create_from_file(file, &reader));
    NEED(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &thing->executable));
    NEED(hsa_executable_load_agent_code_object(thing->executable, gpu, reader, NULL, NULL));
    NEED(hsa_executable_freeze(thing->executable, NULL));
    NEED(hsa_code_object_reader_destroy(reader));
    close(file);
}

static void make(struct thing *thing, enum kind kind, unsigned char mark) {
    thing->kind = kind;
    thing->live = 1;
    switch (kind) {
    case HANDLER:
    case SIGNAL:
        thing->signal = new_signal(1);
        atomic_store(&thing->called, 0);
        if (kind == HANDLER)
            NEED(hsa_amd_signal_async_handler(thing->signal, HSA_SIGNAL_CONDITION_EQ, 0, handle, &thing->called));
        break;
    case MEMORY:
        NEED(hsa_amd_memory_pool_allocate(system_memory, BYTES, 0, (void **)&thing->memory));
        NEED(hsa_amd_agents_allow_access(1, &gpu, NULL, thing->memory));
        memset(thing->memory, mark, BYTES);
        break;
    case LOCK: {
        void *place;
        thing->memory = malloc(BYTES);
        NEED(hsa_amd_memory_lock(thing->memory, BYTES, &gpu, 1, &place));
        memset(thing->memory, mark, BYTES);
        break;
    }
    case QUEUE: thing->queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL); break;
    default: load_code(thing);
    }
}

/* Nobody else has written to memory that was this thread's. */
static void look(const struct thing *thing, unsigned char mark) {
    for (int at = 0; at < BYTES; at++)
        if (thing->memory[at] != mark) {
            spoilt++;
            return;
        }
}

static void end(struct thing *thing, unsigned char mark) {
    thing->live = 0;
    switch (thing->kind) {
    case HANDLER:
        hsa_signal_store_screlease(thing->signal, 0);
        while (!atomic_load(&thing->called)) sched_yield();
        /* fall through */
    case SIGNAL: NEED(hsa_signal_destroy(thing->signal)); break;
    case MEMORY:
        look(thing, mark);
        NEED(hsa_amd_memory_pool_free(thing->memory));
        break;
    case LOCK:
        look(thing, mark);
        NEED(hsa_amd_memory_unlock(thing->memory));
        free(thing->memory);
        break;
    case QUEUE: NEED(hsa_queue_destroy(thing->queue)); break;
    default: NEED(hsa_executable_destroy(thing->executable));
    }
}

static void *work(void *number) {
    unsigned seed = (uintptr_t)number;
    unsigned char mark = seed + 1;
    struct thing things[SLOTS] = {0};
    pthread_barrier_wait(&start);
    NEED(hsa_init());
    for (int round = 0; round < rounds; round++) {
        struct thing *thing = &things[rand_r(&seed) % SLOTS];
        if (thing->live) end(thing, mark);
        else make(thing, rand_r(&seed) % (code_object ? KINDS : EXECUTABLE), mark);
    }
    for (int slot = 0; slot < SLOTS; slot++)
        if (things[slot].live) end(&things[slot], mark);
    NEED(hsa_shut_down());
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS];
    if (argc < 2) return 2;
    rounds = atoi(argv[1]);
    code_object = argv[2];
    open_gpu();
    pthread_barrier_init(&start, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    NEED(hsa_shut_down());
    printf("%d spoilt; after the last: %d\n", spoilt, hsa_shut_down());
    return 0;
}
