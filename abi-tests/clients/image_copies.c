/* Texels into images and out of them: what is imported, cleared and copied is exported again, of every geometry and kind of
   number, in part and with rows further apart than they need be; and what is refused. */
#include <hsa/hsa_ext_image.h>

#include "gpu.h"

/* Exported, but in no header. */
hsa_status_t hsa_amd_image_get_info_max_dim(hsa_agent_t agent, hsa_agent_info_t attribute, void *value);

enum { BYTES = 1 << 16 };
static uint8_t *from, *to;

typedef struct {
    const char *name;
    uint32_t type, order;
} format_t;

static const format_t formats[] = {
    {"unorm8x4", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
    {"unorm8x4 bgra", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA},
    {"unorm8x4 argb", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB},
    {"srgb8x4", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA},
    {"snorm8", HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_R},
    {"uint8 a", HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_A},
    {"sint8x2", HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RG},
    {"unorm16x2 ra", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_RA},
    {"snorm16", HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY},
    {"uint16x4", HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
    {"half", HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE},
    {"half x4", HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
    {"float", HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_R},
    {"float x4", HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
    {"sint32x2", HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32, HSA_EXT_IMAGE_CHANNEL_ORDER_RG},
    {"565", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
    {"555", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
    {"101010", HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
    {"depth", HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH},
};

typedef struct {
    const char *name;
    hsa_ext_image_geometry_t geometry;
    size_t width, height, depth, layers;
    /* All of it, and a part, as regions have them. */
    hsa_dim3_t all, offset, part;
} shape_t;

static const shape_t shapes[] = {
    {"1D", HSA_EXT_IMAGE_GEOMETRY_1D, 37, 0, 0, 0, {37, 1, 1}, {5, 0, 0}, {20, 1, 1}},
    {"2D", HSA_EXT_IMAGE_GEOMETRY_2D, 37, 11, 0, 0, {37, 11, 1}, {3, 2, 0}, {21, 7, 1}},
    {"3D", HSA_EXT_IMAGE_GEOMETRY_3D, 19, 7, 3, 0, {19, 7, 3}, {1, 2, 1}, {9, 4, 2}},
    {"1D array", HSA_EXT_IMAGE_GEOMETRY_1DA, 29, 0, 0, 4, {29, 4, 1}, {2, 1, 0}, {11, 2, 1}},
    {"2D array", HSA_EXT_IMAGE_GEOMETRY_2DA, 19, 7, 0, 3, {19, 7, 3}, {4, 1, 1}, {8, 3, 2}},
    {"1D buffer", HSA_EXT_IMAGE_GEOMETRY_1DB, 61, 0, 0, 0, {61, 1, 1}, {7, 0, 0}, {33, 1, 1}},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, FORMATS = sizeof formats / sizeof *formats };

static hsa_ext_image_t create(const shape_t *shape, const format_t *format, void **texels) {
    hsa_ext_image_descriptor_t wanted = {shape->geometry, shape->width, shape->height, shape->depth, shape->layers,
                                         {format->type, format->order}};
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t image = {0};
    if (hsa_ext_image_data_get_info(gpu, &wanted, HSA_ACCESS_PERMISSION_RW, &info) != HSA_STATUS_SUCCESS) return image;
    NEED(hsa_amd_memory_pool_allocate(vram, info.size + info.alignment, 0, texels));
    void *data = (void *)(((uintptr_t)*texels + info.alignment - 1) / info.alignment * info.alignment);
    NEED(hsa_ext_image_create(gpu, &wanted, data, HSA_ACCESS_PERMISSION_RW, &image));
    return image;
}

/* FNV-1a of what is exported, and how many of its bytes are those that were there before. */
static void tell(const char *what, hsa_ext_image_t image, hsa_dim3_t offset, hsa_dim3_t range, size_t row, size_t slice) {
    hsa_ext_image_region_t region = {offset, range};
    memset(to, 0xa5, BYTES);
    hsa_status_t status = hsa_ext_image_export(gpu, image, to, row, slice, &region);
    uint32_t hash = 2166136261u;
    int untouched = 0;
    for (int i = 0; i < BYTES; i++) hash = (hash ^ to[i]) * 16777619u, untouched += to[i] == 0xa5;
    printf(", %s %x %08x %d", what, (unsigned)status, hash, untouched);
}

static void one(const shape_t *shape, const format_t *format) {
    const hsa_dim3_t origin = {0, 0, 0};
    void *texels[2];
    hsa_ext_image_t image = create(shape, format, &texels[0]);
    if (!image.handle) return;
    hsa_ext_image_t other = create(shape, format, &texels[1]);
    hsa_ext_image_region_t all = {origin, shape->all}, part = {shape->offset, shape->part};
    printf("%s %s: %x %x", shape->name, format->name, (unsigned)hsa_ext_image_import(gpu, from, 0, 0, image, &all),
           (unsigned)hsa_ext_image_import(gpu, from + 4096, 0, 0, other, &all));
    tell("all", image, origin, shape->all, 0, 0);
    printf(", %x", (unsigned)hsa_ext_image_import(gpu, from + 4096, 640, 6400, image, &part));
    tell("part", image, origin, shape->all, 0, 0);
    tell("of it", image, shape->offset, shape->part, 768, 7680);
    /* Upstream's kernels for buffers take their arguments from other places than it puts them: it copies none rightly, and
       clears them as if all numbers were floats. */
    int buffer = shape->geometry == HSA_EXT_IMAGE_GEOMETRY_1DB;
    if (!buffer) printf(", %x", (unsigned)hsa_ext_image_copy(gpu, other, &origin, image, &shape->offset, &shape->part));
    tell("copied", image, origin, shape->all, 0, 0);
    float colour[4] = {0.25f, 0.71f, -0.5f, 0.9f};
    int32_t numbers[4] = {100, -5, 0x123456, 7};
    int whole = format->type >= HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8 && format->type <= HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32;
    if (!(buffer && whole))
        printf(", %x", (unsigned)hsa_ext_image_clear(gpu, image, whole ? (void *)numbers : (void *)colour, &part));
    tell("cleared", image, origin, shape->all, 0, 0);
    putchar('\n');
    NEED(hsa_ext_image_destroy(gpu, image));
    NEED(hsa_ext_image_destroy(gpu, other));
    NEED(hsa_amd_memory_pool_free(texels[0]));
    NEED(hsa_amd_memory_pool_free(texels[1]));
}

/* From a plane to layers of rows, to a slice of a volume, to a layer, and back again. */
static void between_shapes(void) {
    void *texels[5];
    const hsa_dim3_t start = {1, 2, 0}, home = {0, 0, 0}, range = {9, 3, 1};
    const hsa_dim3_t places[] = {{0, 0, 0}, {2, 1, 2}, {1, 1, 0}, {3, 2, 1}};
    const int kinds[] = {1, 2, 3, 4};
    hsa_ext_image_t plane = create(&shapes[1], &formats[9], &texels[4]);
    hsa_ext_image_region_t all = {home, shapes[1].all};
    for (int i = 0; i < 4; i++) {
        const shape_t *shape = &shapes[kinds[i]];
        hsa_ext_image_t image = create(shape, &formats[9], &texels[i]);
        hsa_ext_image_region_t whole = {home, shape->all};
        NEED(hsa_ext_image_import(gpu, from + 4096, 0, 0, image, &whole));
        NEED(hsa_ext_image_import(gpu, from, 0, 0, plane, &all));
        printf("to %s: %x", shape->name, (unsigned)hsa_ext_image_copy(gpu, plane, &start, image, &places[i], &range));
        tell("there", image, home, shape->all, 0, 0);
        printf(", %x", (unsigned)hsa_ext_image_copy(gpu, image, &places[i], plane, &home, &range));
        tell("back", plane, home, shapes[1].all, 0, 0);
        putchar('\n');
    }
}

static void refusals(void) {
    void *texels[2];
    const hsa_dim3_t origin = {0, 0, 0};
    hsa_ext_image_t image = create(&shapes[1], &formats[0], &texels[0]), other = create(&shapes[1], &formats[12], &texels[1]);
    hsa_ext_image_t none = {0};
    hsa_agent_t nobody = {0};
    hsa_ext_image_region_t all = {origin, shapes[1].all};
    float colour[4] = {0};
    printf("no memory %x %x\n", (unsigned)hsa_ext_image_import(gpu, NULL, 0, 0, image, &all),
           (unsigned)hsa_ext_image_export(gpu, image, NULL, 0, 0, &all));
    printf("no image %x %x %x\n", (unsigned)hsa_ext_image_import(gpu, from, 0, 0, none, &all),
           (unsigned)hsa_ext_image_export(gpu, none, to, 0, 0, &all), (unsigned)hsa_ext_image_clear(gpu, none, colour, &all));
    printf("no region %x %x %x\n", (unsigned)hsa_ext_image_import(gpu, from, 0, 0, image, NULL),
           (unsigned)hsa_ext_image_export(gpu, image, to, 0, 0, NULL), (unsigned)hsa_ext_image_clear(gpu, image, colour, NULL));
    printf("no agent %x %x\n", (unsigned)hsa_ext_image_import(nobody, from, 0, 0, image, &all),
           (unsigned)hsa_ext_image_clear(nobody, image, colour, &all));
    printf("no colour %x\n", (unsigned)hsa_ext_image_clear(gpu, image, NULL, &all));
    printf("no offset %x %x %x\n", (unsigned)hsa_ext_image_copy(gpu, image, NULL, image, &origin, &shapes[1].all),
           (unsigned)hsa_ext_image_copy(gpu, image, &origin, image, NULL, &shapes[1].all),
           (unsigned)hsa_ext_image_copy(gpu, image, &origin, image, &origin, NULL));
    printf("other format %x\n", (unsigned)hsa_ext_image_copy(gpu, image, &origin, other, &origin, &shapes[1].all));
}

static void limits(void) {
    for (int attribute = HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS; attribute < HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES + 1; attribute++) {
        uint32_t gpus[3] = {9, 9, 9}, cpus[3] = {9, 9, 9};
        hsa_status_t status = hsa_amd_image_get_info_max_dim(gpu, (hsa_agent_info_t)attribute, gpus);
        printf("limit %x: %x %u %u %u", attribute, (unsigned)status, gpus[0], gpus[1], gpus[2]);
        status = hsa_amd_image_get_info_max_dim(cpu, (hsa_agent_info_t)attribute, cpus);
        printf(", of a processor %x %u %u %u\n", (unsigned)status, cpus[0], cpus[1], cpus[2]);
    }
}

/* What upstream does wrong, or not at all: buffers are copied and cleared, memory need not be the GPU's to reach, and what
   is not within an image is refused. Then what only the newest have. */
static void more(void) {
    const hsa_dim3_t origin = {0, 0, 0};
    void *texels[2];
    hsa_ext_image_t image = create(&shapes[5], &formats[9], &texels[0]), other = create(&shapes[5], &formats[9], &texels[1]);
    hsa_ext_image_region_t all = {origin, shapes[5].all}, part = {shapes[5].offset, shapes[5].part};
    hsa_ext_image_region_t beyond = {{1, 0, 0}, shapes[5].all}, nothing = {origin, {5, 0, 1}};
    enum { ALL = 61 * 8, PART = 33 * 8, OFFSET = 7 * 8 };
    uint8_t *own = malloc(ALL), *back = malloc(ALL);
    for (int i = 0; i < ALL; i++) own[i] = (uint8_t)(i * 7);
    NEED(hsa_ext_image_import(gpu, own, 0, 0, other, &all));
    NEED(hsa_ext_image_copy(gpu, other, &origin, image, &origin, &shapes[5].all));
    NEED(hsa_ext_image_export(gpu, image, back, 0, 0, &all));
    printf("memory of the process, by a buffer: %d\n", memcmp(own, back, ALL) == 0);
    const uint32_t colour[4] = {1, 2, 0x12345678, 4};
    const uint16_t texel[4] = {1, 2, 0xffff, 4};
    NEED(hsa_ext_image_clear(gpu, image, colour, &part));
    NEED(hsa_ext_image_export(gpu, image, back, 0, 0, &all));
    for (int i = 0; i < PART; i += 8) memcpy(own + OFFSET + i, texel, 8);
    printf("whole numbers: %d\n", memcmp(own, back, ALL) == 0);
    hsa_ext_image_descriptor_v2_t levels = {shapes[5].geometry, 61, 0, 0, 0, {formats[9].type, formats[9].order}, 1};
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t newer;
    NEED(hsa_ext_image_data_get_info_v2(gpu, &levels, HSA_ACCESS_PERMISSION_RW, &info));
    NEED(hsa_ext_image_create_v2(gpu, &levels, texels[1], HSA_ACCESS_PERMISSION_RW, &newer));
    NEED(hsa_ext_image_copy(gpu, newer, &origin, image, &origin, &shapes[5].all));
    NEED(hsa_ext_image_destroy_v2(gpu, newer));
    printf("one level: %zu bytes", info.size);
    levels.mipmap_levels = 2;
    printf(", two: %x %x\n",
           (unsigned)hsa_ext_image_data_get_info_v2(gpu, &levels, HSA_ACCESS_PERMISSION_RW, &info),
           (unsigned)hsa_ext_image_create_v2(gpu, &levels, texels[1], HSA_ACCESS_PERMISSION_RW, &newer));
    printf("beyond %x, nothing %x\n", (unsigned)hsa_ext_image_import(gpu, own, 0, 0, image, &beyond),
           (unsigned)hsa_ext_image_import(gpu, own, 0, 0, image, &nothing));
}

int main(int count, char **arguments) {
    (void)arguments;
    open_gpu();
    from = shared(BYTES), to = shared(BYTES);
    for (int i = 0; i < BYTES; i++) from[i] = (uint8_t)(i * 37 + (i >> 8) * 11);
    limits();
    for (int format = 0; format < FORMATS; format++)
        for (int shape = 0; shape < SHAPES; shape++) one(&shapes[shape], &formats[format]);
    between_shapes();
    refusals();
    if (count > 1) more();
    NEED(hsa_shut_down());
    puts("end");
}
