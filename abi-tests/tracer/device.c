/* What devices do: each dispatch and copy gets a signal of ours in place of the program's. When it has ended, its times are
   written, and the program's signal gets what ours got. */
#define _GNU_SOURCE
#include "tracer.h"
#include <hsa/amd_hsa_signal.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tracks of devices; threads have smaller numbers. */
enum { COPIES = 0x40000000, QUEUES };

struct work {
    hsa_signal_t own, users;
    hsa_agent_t agent;
    uint32_t track;
    bool is_copy;
    char name[400], detail[80];
    struct work *next;
};

struct queue {
    hsa_agent_t agent;
    uint32_t track;
};

struct kernel {
    uint64_t object;
    char *name;
    struct kernel *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct work *idle;
static struct kernel *kernels[1024];
static uint32_t queues;
static hsa_agent_t agents[64];
static bool is_gpu[64];
static int agent_count;

static void describe(hsa_agent_t agent, char *text, size_t room) {
    for (int i = 0; i < agent_count; i++)
        if (agents[i].handle == agent.handle) snprintf(text, room, "%s %d", is_gpu[i] ? "GPU" : "CPU", i);
}

static struct work *new_work(void) {
    pthread_mutex_lock(&lock);
    struct work *work = idle;
    if (work) idle = work->next;
    pthread_mutex_unlock(&lock);
    if (work) {
        core.hsa_signal_store_relaxed_fn(work->own, 1);
        return work;
    }
    work = calloc(1, sizeof *work);
    if (work && core.hsa_signal_create_fn(1, 0, NULL, &work->own) == HSA_STATUS_SUCCESS) return work;
    free(work);
    return NULL;
}

static void keep(struct work *work) {
    pthread_mutex_lock(&lock);
    work->next = idle, idle = work;
    pthread_mutex_unlock(&lock);
}

static void write_times(const struct work *work) {
    hsa_amd_profiling_dispatch_time_t ran;
    hsa_amd_profiling_async_copy_time_t copied;
    if (work->is_copy && amd.hsa_amd_profiling_get_async_copy_time_fn(work->own, &copied) == HSA_STATUS_SUCCESS)
        write_event("copy", work->name, work->track, copied.start, copied.end, work->detail);
    if (!work->is_copy && amd.hsa_amd_profiling_get_dispatch_time_fn(work->agent, work->own, &ran) == HSA_STATUS_SUCCESS)
        write_event("dispatch", work->name, work->track, ran.start, ran.end, work->detail);
}

/* Runs in the runtime's thread of handlers. */
static bool ended(hsa_signal_value_t value, void *data) {
    struct work *work = data;
    write_times(work);
    if (work->users.handle) {
        const amd_signal_t *own = (const amd_signal_t *)work->own.handle;
        amd_signal_t *users = (amd_signal_t *)work->users.handle;
        users->start_ts = own->start_ts, users->end_ts = own->end_ts;
        /* Less than 0 tells of an error. */
        if (value < 0) core.hsa_signal_store_screlease_fn(work->users, value);
        else core.hsa_signal_subtract_screlease_fn(work->users, 1);
    }
    keep(work);
    return false;
}

static void await(struct work *work) {
    if (amd.hsa_amd_signal_async_handler_fn(work->own, HSA_SIGNAL_CONDITION_LT, 1, ended, work) == HSA_STATUS_SUCCESS) return;
    /* Nobody else would complete the program's signal. */
    ended(core.hsa_signal_wait_scacquire_fn(work->own, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED), work);
}

static void name_kernel(uint64_t object, char *name, size_t room) {
    snprintf(name, room, "kernel %#llx", (unsigned long long)object);
    pthread_mutex_lock(&lock);
    for (const struct kernel *kernel = kernels[object / 64 % 1024]; kernel; kernel = kernel->next) {
        if (kernel->object != object) continue;
        snprintf(name, room, "%s", kernel->name);
        break;
    }
    pthread_mutex_unlock(&lock);
}

/* The newest one at an address is found first: the memory of destroyed executables is used again. */
static hsa_status_t know_kernel(hsa_executable_t executable, hsa_executable_symbol_t symbol, void *data) {
    (void)executable, (void)data;
    hsa_symbol_kind_t kind;
    uint32_t length = 0;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    core.hsa_executable_symbol_get_info_fn(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind);
    core.hsa_executable_symbol_get_info_fn(symbol, HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH, &length);
    if (kind != HSA_SYMBOL_KIND_KERNEL || !kernel || !(kernel->name = calloc(1, length + 1))) {
        free(kernel);
        return HSA_STATUS_SUCCESS;
    }
    core.hsa_executable_symbol_get_info_fn(symbol, HSA_EXECUTABLE_SYMBOL_INFO_NAME, kernel->name);
    core.hsa_executable_symbol_get_info_fn(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &kernel->object);
    char *descriptor = strstr(kernel->name, ".kd");
    if (descriptor) *descriptor = 0;
    struct kernel **place = &kernels[kernel->object / 64 % 1024];
    pthread_mutex_lock(&lock);
    kernel->next = *place, *place = kernel;
    pthread_mutex_unlock(&lock);
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t executable_freeze(hsa_executable_t executable, const char *options) {
    hsa_status_t status = core.hsa_executable_freeze_fn(executable, options);
    if (status == HSA_STATUS_SUCCESS) core.hsa_executable_iterate_symbols_fn(executable, know_kernel, NULL);
    return status;
}

static void on_packets(const void *seen, uint64_t count, uint64_t index, void *data,
                       hsa_amd_queue_intercept_packet_writer writer) {
    (void)index;
    const struct queue *queue = data;
    const hsa_kernel_dispatch_packet_t *packets = seen;
    for (uint64_t i = 0; i < count; i++) {
        hsa_kernel_dispatch_packet_t packet = packets[i];
        struct work *work = NULL;
        if ((packet.header & 0xff) == HSA_PACKET_TYPE_KERNEL_DISPATCH) work = new_work();
        if (work) {
            work->users = packet.completion_signal, work->agent = queue->agent, work->track = queue->track;
            work->is_copy = false;
            name_kernel(packet.kernel_object, work->name, sizeof work->name);
            snprintf(work->detail, sizeof work->detail, "\"grid\":[%u,%u,%u],\"group\":[%u,%u,%u]", packet.grid_size_x,
                     packet.grid_size_y, packet.grid_size_z, packet.workgroup_size_x, packet.workgroup_size_y,
                     packet.workgroup_size_z);
            packet.completion_signal = work->own;
        }
        writer(&packet, 1);
        if (work) await(work);
    }
}

static hsa_status_t queue_create(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type,
                                 void (*callback)(hsa_status_t, hsa_queue_t *, void *), void *data, uint32_t private_size,
                                 uint32_t group_size, hsa_queue_t **queue) {
    hsa_status_t status =
        amd.hsa_amd_queue_intercept_create_fn(agent, size, type, callback, data, private_size, group_size, queue);
    struct queue *own = malloc(sizeof *own);
    if (status != HSA_STATUS_SUCCESS || !own) return status;
    char name[40] = "?", device[20] = "?";
    describe(agent, device, sizeof device);
    own->agent = agent, own->track = QUEUES + __atomic_fetch_add(&queues, 1, __ATOMIC_RELAXED);
    snprintf(name, sizeof name, "%s, queue %u", device, own->track - QUEUES);
    name_track(own->track, name);
    amd.hsa_amd_profiling_set_profiler_enabled_fn(*queue, 1);
    return amd.hsa_amd_queue_intercept_register_fn(*queue, on_packets, own);
}

static struct work *new_copy(const char *from, const char *to, uint64_t bytes, hsa_signal_t users) {
    struct work *work = users.handle ? new_work() : NULL;
    if (!work) return NULL;
    work->users = users, work->track = COPIES, work->is_copy = true;
    snprintf(work->name, sizeof work->name, "%s to %s", from, to);
    snprintf(work->detail, sizeof work->detail, "\"bytes\":%llu", (unsigned long long)bytes);
    return work;
}

static hsa_status_t submitted(struct work *work, hsa_status_t status) {
    if (!work) return status;
    if (status == HSA_STATUS_SUCCESS) await(work);
    else keep(work);
    return status;
}

static struct work *new_copy_of(hsa_agent_t from, hsa_agent_t to, uint64_t bytes, hsa_signal_t users) {
    char source[20] = "?", destination[20] = "?";
    describe(from, source, sizeof source);
    describe(to, destination, sizeof destination);
    return new_copy(source, destination, bytes, users);
}

static hsa_status_t copy(void *to, hsa_agent_t to_agent, const void *from, hsa_agent_t from_agent, size_t bytes, uint32_t count,
                         const hsa_signal_t *before, hsa_signal_t done) {
    struct work *work = new_copy_of(from_agent, to_agent, bytes, done);
    return submitted(work, amd.hsa_amd_memory_async_copy_fn(to, to_agent, from, from_agent, bytes, count, before,
                                                            work ? work->own : done));
}

static hsa_status_t copy_on_engine(void *to, hsa_agent_t to_agent, const void *from, hsa_agent_t from_agent, size_t bytes,
                                   uint32_t count, const hsa_signal_t *before, hsa_signal_t done, hsa_amd_sdma_engine_id_t engine,
                                   bool force) {
    struct work *work = new_copy_of(from_agent, to_agent, bytes, done);
    return submitted(work, amd.hsa_amd_memory_async_copy_on_engine_fn(to, to_agent, from, from_agent, bytes, count, before,
                                                                      work ? work->own : done, engine, force));
}

static hsa_status_t copy_rect(const hsa_pitched_ptr_t *to, const hsa_dim3_t *to_offset, const hsa_pitched_ptr_t *from,
                              const hsa_dim3_t *from_offset, const hsa_dim3_t *range, hsa_agent_t agent,
                              hsa_amd_copy_direction_t direction, uint32_t count, const hsa_signal_t *before, hsa_signal_t done) {
    static const char *const ends[][2] = {{"host", "host"}, {"host", "device"}, {"device", "host"}, {"device", "device"}};
    uint64_t bytes = range ? (uint64_t)range->x * range->y * range->z : 0;
    struct work *work = new_copy(ends[direction & 3][0], ends[direction & 3][1], bytes, done);
    return submitted(work, amd.hsa_amd_memory_async_copy_rect_fn(to, to_offset, from, from_offset, range, agent, direction, count,
                                                                 before, work ? work->own : done));
}

static hsa_status_t know_agent(hsa_agent_t agent, void *data) {
    (void)data;
    hsa_device_type_t type = HSA_DEVICE_TYPE_CPU;
    if (agent_count == sizeof agents / sizeof *agents) return HSA_STATUS_SUCCESS;
    core.hsa_agent_get_info_fn(agent, HSA_AGENT_INFO_DEVICE, &type);
    is_gpu[agent_count] = type == HSA_DEVICE_TYPE_GPU;
    agents[agent_count++] = agent;
    return HSA_STATUS_SUCCESS;
}

void watch_device(HsaApiTable *tables) {
    /* Signals of the runtime's life before, if there was one, are gone. */
    idle = NULL, agent_count = 0;
    core.hsa_iterate_agents_fn(know_agent, NULL);
    name_track(COPIES, "copies");
    amd.hsa_amd_profiling_async_copy_enable_fn(true);
    tables->core_->hsa_executable_freeze_fn = executable_freeze;
    tables->core_->hsa_queue_create_fn = queue_create;
    tables->amd_ext_->hsa_amd_memory_async_copy_fn = copy;
    tables->amd_ext_->hsa_amd_memory_async_copy_rect_fn = copy_rect;
    if (HAS(&amd, hsa_amd_memory_async_copy_on_engine_fn))
        tables->amd_ext_->hsa_amd_memory_async_copy_on_engine_fn = copy_on_engine;
}
