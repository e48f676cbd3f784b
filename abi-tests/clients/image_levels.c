/* Images of several levels: what is imported into each level is what a kernel (kernels/levels.c) finds there, and what a kernel
   stores in a level is what is exported, copied and cleared by the level's own handle; of every geometry. Then a level's
   words, its size as instructions tell it, samples between levels, and what is refused.
   Usage: image_levels CODE_OBJECT. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include <hsa/hsa_ext_image.h>

#include "gpu.h"

enum { BYTES = 1 << 16, LEVELS = 5 };
static hsa_queue_t *queue;
static hsa_executable_t kernels;
static uint32_t *from, *to, *found;
static void *block;

typedef struct {
    const char *name, *kernel;
    hsa_ext_image_geometry_t geometry;
    /* Texels along each axis as regions and instructions count them, and how many axes halve. */
    uint32_t size[3];
    int halved;
    size_t height, depth, layers;
} shape_t;

static const shape_t shapes[] = {
    {"1D", "lines", HSA_EXT_IMAGE_GEOMETRY_1D, {29, 1, 1}, 1, 0, 0, 0},
    {"2D", "planes", HSA_EXT_IMAGE_GEOMETRY_2D, {29, 11, 1}, 2, 11, 0, 0},
    {"3D", "volumes", HSA_EXT_IMAGE_GEOMETRY_3D, {29, 11, 5}, 3, 11, 5, 0},
    {"1D array", "rows", HSA_EXT_IMAGE_GEOMETRY_1DA, {29, 3, 1}, 1, 0, 0, 3},
    {"2D array", "layers", HSA_EXT_IMAGE_GEOMETRY_2DA, {29, 11, 3}, 2, 11, 0, 3},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static hsa_ext_image_descriptor_v2_t described(const shape_t *shape, uint32_t type, size_t levels) {
    return (hsa_ext_image_descriptor_v2_t){shape->geometry, shape->size[0], shape->height, shape->depth, shape->layers,
                                           {type, HSA_EXT_IMAGE_CHANNEL_ORDER_R}, levels};
}

static hsa_ext_image_t create(const shape_t *shape, uint32_t type) {
    hsa_ext_image_descriptor_v2_t wanted = described(shape, type, LEVELS);
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t image;
    void *texels;
    NEED(hsa_ext_image_data_get_info_v2(gpu, &wanted, HSA_ACCESS_PERMISSION_RW, &info));
    NEED(hsa_amd_memory_pool_allocate(vram, info.size, 0, &texels));
    NEED(hsa_ext_image_create_v2(gpu, &wanted, texels, HSA_ACCESS_PERMISSION_RW, &image));
    return image;
}

static hsa_ext_image_t level_of(hsa_ext_image_t image, uint32_t number) {
    hsa_ext_image_t level;
    NEED(hsa_ext_image_mipmap_array_get_level(gpu, &image, number, NULL, &level));
    return level;
}

static hsa_dim3_t size_of(const shape_t *shape, uint32_t level) {
    uint32_t size[3];
    for (int axis = 0; axis < 3; axis++) {
        uint32_t halves = axis < shape->halved ? shape->size[axis] >> level : shape->size[axis];
        size[axis] = halves ? halves : 1;
    }
    return (hsa_dim3_t){size[0], size[1], size[2]};
}

static uint32_t count(hsa_dim3_t size) { return size.x * size.y * size.z; }

static uint32_t texel(uint32_t level, uint32_t number) { return (level + 1) * 0x1000193u ^ number * 2654435761u; }

static void run(const char *name, uint32_t items, void *arguments, size_t bytes) {
    hsa_signal_t done = new_signal(1);
    memcpy(block, arguments, bytes);
    launch(queue, kernel(kernels, name), (items + 63) / 64, block, done);
    if (wait_zero(done) != 0) puts("the kernel does not end");
    NEED(hsa_signal_destroy(done));
}

/* Imports and exports all of a level. */
static void fill(hsa_ext_image_t image, const shape_t *shape, uint32_t level, uint32_t first) {
    hsa_ext_image_region_t all = {{0, 0, 0}, size_of(shape, level)};
    hsa_ext_image_t part = level_of(image, level);
    for (uint32_t i = 0; i < count(all.range); i++) from[i] = texel(first + level, i);
    NEED(hsa_ext_image_import(gpu, from, 0, 0, part, &all));
    NEED(hsa_ext_image_destroy_v2(gpu, part));
}

static uint32_t wrong_in(hsa_ext_image_t image, const shape_t *shape, uint32_t level, uint32_t first, uint32_t factor) {
    hsa_ext_image_region_t all = {{0, 0, 0}, size_of(shape, level)};
    hsa_ext_image_t part = level_of(image, level);
    uint32_t wrong = 0;
    memset(to, 0, BYTES);
    NEED(hsa_ext_image_export(gpu, part, to, 0, 0, &all));
    NEED(hsa_ext_image_destroy_v2(gpu, part));
    for (uint32_t i = 0; i < count(all.range); i++) wrong += to[i] != texel(first + level, i) * factor;
    return wrong;
}

static void loads_and_stores(const shape_t *shape) {
    hsa_ext_image_t image = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32);
    hsa_ext_image_t target = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32);
    /* Largest first and last: no level lies in another. */
    for (uint32_t level = 0; level < LEVELS; level++) fill(image, shape, level, 0);
    fill(image, shape, 0, 0);
    for (uint32_t level = 0; level < LEVELS + 1; level++) {
        /* One texel more along each axis than there is. */
        hsa_dim3_t size = size_of(shape, level), box = {size.x + 1, size.y + 1, size.z + 1};
        struct {
            uint64_t image, target;
            uint32_t *texels, width, height, depth, level;
        } arguments = {image.handle, target.handle, found, box.x, box.y, box.z, level};
        uint32_t wrong = 0, outside = 0;
        memset(found, 0xa5, BYTES);
        run(shape->kernel, count(box), &arguments, sizeof arguments);
        for (uint32_t i = 0; i < count(box); i++) {
            uint32_t x = i % box.x, y = i / box.x % box.y, z = i / (box.x * box.y);
            /* A line has no second coordinate, and a plane no third. */
            if (shape->size[1] == 1) y = 0;
            if (shape->size[2] == 1) z = 0;
            if (level == LEVELS || x >= size.x || y >= size.y || z >= size.z) outside += found[i] != 0;
            else wrong += found[i] != texel(level, (z * size.y + y) * size.x + x);
        }
        printf("%s level %u: %ux%ux%u, loaded wrong %u, outside %u", shape->name, level, size.x, size.y, size.z, wrong, outside);
        if (level < LEVELS) printf(", stored wrong %u", wrong_in(target, shape, level, 0, 7));
        putchar('\n');
    }
    uint32_t wrong = 0;
    for (uint32_t level = 0; level < LEVELS; level++) wrong += wrong_in(target, shape, level, 0, 7);
    printf("%s: wrong in the end %u\n", shape->name, wrong);
    NEED(hsa_ext_image_destroy_v2(gpu, image));
    NEED(hsa_ext_image_destroy(gpu, target));
}

/* A level outlives its image; it is copied to another and cleared, and the levels beside it stay as they are. */
static void copies(void) {
    const shape_t *shape = &shapes[2];
    hsa_ext_image_t image = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32);
    hsa_ext_image_t target = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32);
    for (uint32_t level = 0; level < LEVELS; level++) fill(image, shape, level, 0), fill(target, shape, level, 9);
    hsa_ext_image_t source = level_of(image, 1), level = level_of(target, 1), next = level_of(target, 2);
    NEED(hsa_ext_image_destroy_v2(gpu, image));
    const hsa_dim3_t origin = {0, 0, 0};
    hsa_dim3_t size = size_of(shape, 1), more = {size.x + 1, 1, 1};
    NEED(hsa_ext_image_copy(gpu, source, &origin, level, &origin, &size));
    const uint32_t colour[4] = {5, 6, 7, 8};
    hsa_ext_image_region_t all = {origin, size_of(shape, 2)}, beyond = {origin, more};
    NEED(hsa_ext_image_clear(gpu, next, colour, &all));
    NEED(hsa_ext_image_export(gpu, next, to, 0, 0, &all));
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count(all.range); i++) wrong += to[i] != 5;
    printf("cleared wrong %u, beyond %x %x\n", wrong, (unsigned)hsa_ext_image_clear(gpu, level, colour, &beyond),
           (unsigned)hsa_ext_image_copy(gpu, source, &origin, level, &origin, &more));
    printf("copied wrong %u, beside it %u %u\n", wrong_in(target, shape, 1, 0, 1), wrong_in(target, shape, 0, 9, 1),
           wrong_in(target, shape, 3, 9, 1));
}

static void view(void) {
    const shape_t *shape = &shapes[1];
    hsa_ext_image_t image = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32);
    for (uint32_t level = 0; level < LEVELS; level++) fill(image, shape, level, 0);
    uint32_t(*sizes)[4] = shared(32);
    for (uint32_t level = 0; level < LEVELS + 1; level++) {
        int whole = level == LEVELS;
        hsa_ext_image_t part = whole ? image : level_of(image, level);
        hsa_dim3_t size = size_of(shape, whole ? 0 : level);
        struct {
            uint64_t image;
            uint32_t *texels, width, height;
            void *sizes;
        } arguments = {part.handle, found, size.x, size.y, sizes};
        uint32_t wrong = 0, items = count(size) < 2 ? 2 : count(size);
        run("views", items, &arguments, sizeof arguments);
        for (uint32_t i = 0; i < count(size); i++) wrong += found[i] != texel(whole ? 0 : level, i);
        const uint32_t *word = (const uint32_t *)part.handle, *parent = (const uint32_t *)image.handle;
        printf("%s %u: wrong %u, sizes %ux%u of %u, %ux%u, words %d %x\n", whole ? "whole" : "view", level, wrong, sizes[0][0],
               sizes[0][1], sizes[0][3], sizes[1][0], sizes[1][1], word[0] == parent[0], word[3] >> 12 & 255);
    }
    /* Bits of the same size as floats. */
    hsa_ext_image_descriptor_v2_t floats = described(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, 0);
    hsa_ext_image_descriptor_v2_t bytes = described(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, 0);
    hsa_ext_image_t other;
    NEED(hsa_ext_image_mipmap_array_get_level(gpu, &image, 3, &floats, &other));
    printf("as floats %d", ((uint32_t *)image.handle)[1] != ((uint32_t *)other.handle)[1]);
    printf(", as bytes %x\n", (unsigned)hsa_ext_image_mipmap_array_get_level(gpu, &image, 3, &bytes, &other));
}

/* Level n has 10 n everywhere. */
static void samples(void) {
    const shape_t *shape = &shapes[1];
    hsa_ext_image_t image = create(shape, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT);
    for (uint32_t level = 0; level < LEVELS; level++) {
        const float colour[4] = {level * 10.0f};
        hsa_ext_image_region_t all = {{0, 0, 0}, size_of(shape, level)};
        NEED(hsa_ext_image_clear(gpu, level_of(image, level), colour, &all));
    }
    for (uint32_t filter = 0; filter < 3; filter++) {
        hsa_ext_sampler_descriptor_v2_t wanted = {HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED, HSA_EXT_SAMPLER_FILTER_MODE_LINEAR,
                                                  filter, {1, 1, 1}};
        hsa_ext_sampler_t sampler;
        NEED(hsa_ext_sampler_create_v2(gpu, &wanted, &sampler));
        struct {
            uint64_t image, sampler;
            float *values;
        } arguments = {image.handle, sampler.handle, (float *)found};
        run("samples", 64, &arguments, sizeof arguments);
        printf("filter %u:", filter);
        for (int i = 0; i < 20; i += 3) printf(" %g", ((float *)found)[i]);
        putchar('\n');
        NEED(hsa_ext_sampler_destroy(gpu, sampler));
    }
}

int main(int words, char **word) {
    if (words < 2) return 2;
    open_gpu();
    queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    kernels = load(word[1]);
    block = shared(256), from = shared(BYTES), to = shared(BYTES), found = shared(BYTES);
    for (int i = 0; i < SHAPES; i++) loads_and_stores(&shapes[i]);
    copies();
    view();
    samples();
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
}
