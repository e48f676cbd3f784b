/* Statuses of names that are newer than 7.2.4, and what becomes of memory that is discarded. No upstream library of the suites
   has them: the test knows the answers from upstream's headers, tests and reviews. */
#include "statuses.h"
#include <hsa/amd_hsa_signal.h>
#include <hsa/hsa_ext_image.h>

#define BYTES ((size_t)1 << 20)

static hsa_queue_t *queue;
static hsa_amd_memory_pool_t vram;
static void *out[64];

static void preload(void) {
    for (uint64_t flags = 0; flags < 5; flags++) TRY(hsa_amd_agent_preload, (gpu, flags), "flags %u", (unsigned)flags);
    TRY(hsa_amd_agent_preload, (cpu, 0), "CPU");
    TRY(hsa_amd_agent_preload, ((hsa_agent_t){0}, 0), "agent null");
}

static void semaphores(void) {
    hsa_amd_external_semaphore_handle_descriptor_t descriptor = {.type = HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD};
    hsa_amd_external_semaphore_t semaphore = {0};
    TRY(hsa_amd_external_semaphore_handle_open, (gpu, &descriptor, &semaphore), "good");
    TRY(hsa_amd_external_semaphore_handle_open, (cpu, &descriptor, &semaphore), "CPU");
    TRY(hsa_amd_external_semaphore_handle_open, (gpu, NULL, &semaphore), "no descriptor");
    TRY(hsa_amd_external_semaphore_handle_open, (gpu, &descriptor, NULL), "nowhere");
    TRY(hsa_amd_external_semaphore_handle_close, (semaphore), "null");
    TRY(hsa_amd_queue_signal_external_semaphore, (queue, semaphore, 1), "null");
    TRY(hsa_amd_queue_wait_external_semaphore, (queue, semaphore, 1), "null");
    TRY(hsa_amd_queue_wait_external_semaphore, (NULL, semaphore, 1), "no queue");
}

static long handles_for_fabrics(void) {
    bool there = true;
    NEED(hsa_system_get_info(HSA_AMD_SYSTEM_INFO_FABRIC_HANDLES_SUPPORTED, &there));
    return there;
}

static void fabrics(void) {
    VALUE(handles_for_fabrics, (), "supported");
    hsa_fabric_handle_t name = {{0}};
    hsa_amd_vmem_alloc_handle_t memory, taken;
    NEED(hsa_amd_vmem_handle_create(vram, 2 << 20, MEMORY_TYPE_PINNED, 0, &memory));
    TRY(hsa_amd_vmem_export_fabric_handle, (&name, memory, 0), "good");
    TRY(hsa_amd_vmem_export_fabric_handle, (NULL, memory, 0), "nowhere");
    TRY(hsa_amd_vmem_export_fabric_handle, (&name, (hsa_amd_vmem_alloc_handle_t){0}, 0), "memory null");
    TRY(hsa_amd_vmem_import_fabric_handle, (name, &taken), "of zeros");
    TRY(hsa_amd_vmem_import_fabric_handle, (name, NULL), "nowhere");
}

/* 16 by 16 texels have 5 levels. */
static void levels(hsa_ext_image_descriptor_v2_t descriptor, void *texels) {
    hsa_access_permission_t rw = HSA_ACCESS_PERMISSION_RW;
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t image, level, none = {0};
    for (descriptor.mipmap_levels = 5; descriptor.mipmap_levels < 7; descriptor.mipmap_levels++) {
        TRY(hsa_ext_image_data_get_info_v2, (gpu, &descriptor, rw, &info), "%u levels", (unsigned)descriptor.mipmap_levels);
        TRY(hsa_ext_image_create_v2, (gpu, &descriptor, texels, rw, &image), "%u levels", (unsigned)descriptor.mipmap_levels);
    }
    descriptor.mipmap_levels = 5;
    TRY(hsa_ext_image_create_v2, (gpu, &descriptor, (char *)texels + 64, rw, &image), "levels at an odd address");
    NEED(hsa_ext_image_create_v2(gpu, &descriptor, texels, rw, &image));
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 4, NULL, &level), "level 4 of 5");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 5, NULL, &level), "level 5 of 5");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, UINT32_MAX, NULL, &level), "level -1");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &none, 0, NULL, &level), "image null");
    TRY(hsa_ext_image_mipmap_array_get_level, ((hsa_agent_t){0}, &image, 0, NULL, &level), "agent null");
    TRY(hsa_ext_image_mipmap_array_get_level, (cpu, &image, 0, NULL, &level), "CPU");
    descriptor.format.channel_type = HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT;
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 0, &descriptor, &level), "texels of 8 bytes");
    TRY(hsa_ext_image_destroy_v2, (gpu, image), "good");
    TRY(hsa_ext_image_destroy_v2, (gpu, image), "destroyed");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 0, NULL, &level), "destroyed");
    descriptor.geometry = HSA_EXT_IMAGE_GEOMETRY_1DB, descriptor.height = 0;
    TRY(hsa_ext_image_data_get_info_v2, (gpu, &descriptor, rw, &info), "levels of a buffer");
    descriptor.geometry = HSA_EXT_IMAGE_GEOMETRY_1D, descriptor.width = 20000, descriptor.mipmap_levels = 2;
    TRY(hsa_ext_image_data_get_info_v2, (gpu, &descriptor, rw, &info), "levels of what is too long");
}

/* Who has asked for images by their newest description describes samplers so: with a filter for levels. */
static void samplers(void) {
    for (uint32_t filter = 0; filter < 4; filter++) {
        hsa_ext_sampler_descriptor_v2_t wanted = {1, 0, filter, {3, 3, 3}};
        hsa_ext_sampler_t sampler;
        TRY(hsa_ext_sampler_create_v2, (gpu, &wanted, &sampler), "filter %u for levels", filter);
        wanted.address_modes[2] = 5;
        TRY(hsa_ext_sampler_create_v2, (gpu, &wanted, &sampler), "filter %u for levels, no such mode", filter);
    }
}

/* Of the structure up to 7.2 the third word is a mode, and there is none of this number; later it is the filter for levels. */
static void sampler_of(const char *when) {
    uint32_t words[6] = {1, 0, 5, 3, 3, 3};
    hsa_ext_sampler_t sampler;
    TRY(hsa_ext_sampler_create_v2, (gpu, (void *)words, &sampler), "%s newest images", when);
}

static void images(void) {
    hsa_ext_image_descriptor_v2_t descriptor = {.geometry = HSA_EXT_IMAGE_GEOMETRY_2D, .width = 16, .height = 16,
        .format = {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA}, .mipmap_levels = 1};
    hsa_ext_image_t image, level;
    void *texels;
    NEED(hsa_amd_memory_pool_allocate(vram, 65536, 0, &texels));
    sampler_of("before");
    NEED(hsa_ext_image_create_v2(gpu, &descriptor, texels, HSA_ACCESS_PERMISSION_RW, &image));
    sampler_of("after");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 0, &descriptor, &level), "level 0");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 1, &descriptor, &level), "level 1");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, NULL, 0, &descriptor, &level), "no image");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 0, &descriptor, NULL), "nowhere");
    TRY(hsa_ext_image_mipmap_array_get_level, (gpu, &image, 0, NULL, &level), "no descriptor");
    TRY(hsa_amd_image_create_v2, (gpu, NULL, (void *)out, texels, 3, &image), "no descriptor");
    TRY(hsa_amd_image_create_v2, (gpu, &descriptor, NULL, texels, 3, &image), "no layout");
    TRY(hsa_amd_image_create_v2, (gpu, &descriptor, (void *)out, texels, 3, &image), "layout of zeros");
    descriptor.mipmap_levels = 2;
    TRY(hsa_amd_image_create_v2, (gpu, &descriptor, (void *)out, texels, 3, &image), "2 levels of zeros");
    levels(descriptor, texels);
    samplers();
}

/* Whose memory a range is to be in: nobody's, the host's, the GPU's. */
static long whose(void *place) {
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION, 0};
    NEED(hsa_amd_svm_attributes_get(place, BYTES, &pair, 1));
    return pair.value == gpu.handle ? 2 : pair.value == cpu.handle;
}

static void settle(hsa_signal_t done) {
    hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
    hsa_signal_store_screlease(done, 1);
}

static void discards(void) {
    void *places[2] = {NULL, NULL}, *stack[1] = {places}, *driver[1] = {NULL};
    size_t sizes[2] = {BYTES, BYTES}, more[1] = {2 * BYTES};
    hsa_agent_t agents[2] = {gpu, cpu};
    hsa_signal_t before, done;
    NEED(hsa_signal_create(1, 0, NULL, &before));
    NEED(hsa_signal_create(1, 0, NULL, &done));
    for (int i = 0; i < 2; i++) NEED(hsa_amd_vmem_address_reserve(&places[i], BYTES, 0, HSA_AMD_VMEM_ADDRESS_NO_REGISTER));
    NEED(hsa_amd_vmem_address_reserve(driver, BYTES, 0, 0));
    TRY(hsa_amd_svm_discard_batch_async, (NULL, sizes, 2, 0, NULL, done), "nowhere");
    TRY(hsa_amd_svm_discard_batch_async, (places, NULL, 2, 0, NULL, done), "no sizes");
    TRY(hsa_amd_svm_discard_batch_async, (places, sizes, 0, 0, NULL, done), "none");
    TRY(hsa_amd_svm_discard_batch_async, (stack, sizes, 1, 0, NULL, done), "on the stack");
    TRY(hsa_amd_svm_discard_batch_async, (driver, sizes, 1, 0, NULL, done), "the driver's addresses");
    TRY(hsa_amd_svm_discard_batch_async, (places, more, 1, 0, NULL, done), "too much");
    TRY(hsa_amd_svm_discard_batch_async, (places, sizes, 2, 1, NULL, done), "signals nowhere");
    TRY(hsa_amd_svm_discard_and_prefetch_batch_async, (places, sizes, 2, agents, 1, 0, NULL, done), "one agent for two");
    TRY(hsa_amd_svm_discard_and_prefetch_batch_async, (places, sizes, 2, NULL, 2, 0, NULL, done), "agents nowhere");
    TRY(hsa_amd_svm_discard_and_prefetch_batch_async, (places, sizes, 2, agents, 2, 0, NULL, done), "good");
    settle(done);
    VALUE(whose, (places[0]), "the GPU's");
    VALUE(whose, (places[1]), "the host's");
    TRY(hsa_amd_svm_discard_batch_async, (places, sizes, 2, 1, &before, done), "after a signal");
    VALUE(whose, (places[0]), "before it");
    hsa_signal_store_screlease(before, 0);
    settle(done);
    VALUE(whose, (places[0]), "after it");
}

/* What an answer says: of the signal's own event, or of none. */
static long event(hsa_signal_t signal) {
    uint32_t number = UINT32_MAX;
    NEED(hsa_amd_signal_get_event_id(signal, &number));
    return number == 0 ? 0 : number == ((const amd_signal_t *)signal.handle)->event_id ? 1 : -1;
}

static void events(void) {
    hsa_signal_t signal, polled;
    uint32_t number;
    NEED(hsa_signal_create(1, 0, NULL, &signal));
    NEED(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &polled));
    TRY(hsa_amd_signal_get_event_id, (signal, &number), "good");
    TRY(hsa_amd_signal_get_event_id, (signal, NULL), "nowhere");
    TRY(hsa_amd_signal_get_event_id, ((hsa_signal_t){0}, &number), "null");
    VALUE(event, (signal), "a signal that interrupts");
    VALUE(event, (polled), "a signal that does not");
}

/* How long what is mapped is. */
static long mapped(int dmabuf) {
    void *place;
    size_t bytes = 1;
    NEED(hsa_amd_interop_map_buffer_with_size(1, &gpu, dmabuf, 0, 0, &bytes, &place, NULL, NULL));
    NEED(hsa_amd_interop_unmap_buffer(place));
    return (long)bytes;
}

static void buffers(void) {
    void *memory, *place;
    uint64_t offset;
    size_t bytes;
    int dmabuf;
    NEED(hsa_amd_memory_pool_allocate(vram, 2 * BYTES, 0, &memory));
    NEED(hsa_amd_portable_export_dmabuf(memory, 2 * BYTES, &dmabuf, &offset));
    VALUE(mapped, (dmabuf), "good");
    TRY(hsa_amd_interop_map_buffer_with_size, (0, &gpu, dmabuf, 0, BYTES, &bytes, &place, NULL, NULL), "no agents");
    TRY(hsa_amd_interop_map_buffer_with_size, (1, NULL, dmabuf, 0, BYTES, &bytes, &place, NULL, NULL), "agents nowhere");
    TRY(hsa_amd_interop_map_buffer_with_size, (1, &gpu, -1, 0, BYTES, &bytes, &place, NULL, NULL), "no descriptor");
    TRY(hsa_amd_interop_map_buffer_with_size, (1, &gpu, dmabuf, 2, BYTES, &bytes, &place, NULL, NULL), "flag 2");
    TRY(hsa_amd_interop_map_buffer_with_size, (1, &gpu, dmabuf, 0, BYTES, NULL, &place, NULL, NULL), "size nowhere");
    TRY(hsa_amd_interop_map_buffer_with_size, (1, &gpu, dmabuf, 0, BYTES, &bytes, NULL, NULL, NULL), "place nowhere");
}

/* Where every engine has a copy that waits, all are told, of which a copy may wait for any. */
static long all_while_none_is_idle(void) {
    uint32_t there = 0, busy = 0;
    hsa_signal_t before, done;
    void *from, *to;
    NEED(hsa_amd_memory_pool_allocate(vram, BYTES, 0, &from));
    NEED(hsa_amd_memory_pool_allocate(vram, BYTES, 0, &to));
    NEED(hsa_signal_create(1, 0, NULL, &before));
    NEED(hsa_amd_memory_copy_engine_status(gpu, gpu, &there));
    NEED(hsa_signal_create(__builtin_popcount(there), 0, NULL, &done));
    for (uint32_t bit = 1; bit; bit <<= 1)
        if (there & bit) NEED(hsa_amd_memory_async_copy_on_engine(to, gpu, from, gpu, BYTES, 1, &before, done, bit, true));
    NEED(hsa_amd_memory_copy_engine_status(gpu, gpu, &busy));
    hsa_signal_store_screlease(before, 0);
    hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
    return there && busy == there;
}

static void cases(void) {
    open_agents();
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &vram);
    NEED(hsa_queue_create(gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX, &queue));
    preload();
    semaphores();
    fabrics();
    images();
    discards();
    events();
    buffers();
    VALUE(all_while_none_is_idle, (), "engines");
}

int main(void) { return all_cases(cases); }
