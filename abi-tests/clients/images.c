/* Images and samplers of a GPU: what formats can do, how large linear images are, what is refused, and the words of the
   descriptors that handles point to. */
#include <hsa/hsa_ext_image.h>

#include "gpu.h"

/* Nobody reads these texels; descriptors want addresses of a multiple of 256. */
static void *texels;

static hsa_ext_image_descriptor_t plane(size_t width, size_t height) {
    hsa_ext_image_descriptor_t it = {HSA_EXT_IMAGE_GEOMETRY_2D, width, height, 0, 0,
                                     {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA}};
    return it;
}

static void formats(void) {
    for (uint32_t geometry = 0; geometry < 8; geometry++)
        for (uint32_t order = 0; order < 20; order++) {
            printf("geometry %u order %u:", geometry, order);
            for (uint32_t type = 0; type < 16; type++) {
                hsa_ext_image_format_t format = {type, order};
                uint32_t mask = 99;
                hsa_status_t status = hsa_ext_image_get_capability(gpu, (hsa_ext_image_geometry_t)geometry, &format, &mask);
                printf(" %x/%u", (unsigned)status, mask);
            }
            putchar('\n');
        }
}

static void refusals(void) {
    hsa_ext_image_descriptor_t wide = plane(16385, 1), deep = plane(8, 8), odd = plane(8, 8);
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t image = {1};
    uint32_t mask;
    deep.array_size = 2, odd.format.channel_type = HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24;
    hsa_access_permission_t rw = HSA_ACCESS_PERMISSION_RW;
    printf("wide %x\n", (unsigned)hsa_ext_image_data_get_info(gpu, &wide, rw, &info));
    printf("deep %x\n", (unsigned)hsa_ext_image_data_get_info(gpu, &deep, rw, &info));
    printf("odd %x\n", (unsigned)hsa_ext_image_data_get_info(gpu, &odd, rw, &info));
    printf("no descriptor %x\n", (unsigned)hsa_ext_image_data_get_info(gpu, NULL, rw, &info));
    printf("no permission %x\n", (unsigned)hsa_ext_image_data_get_info(gpu, &deep, (hsa_access_permission_t)0, &info));
    printf("on a processor %x\n", (unsigned)hsa_ext_image_get_capability(cpu, HSA_EXT_IMAGE_GEOMETRY_2D, &odd.format, &mask));
    printf("no data %x\n", (unsigned)hsa_ext_image_create(gpu, &wide, NULL, rw, &image));
    printf("no image %x\n", (unsigned)hsa_ext_image_create(gpu, &wide, texels, rw, NULL));
    hsa_status_t refused = hsa_ext_image_create(gpu, &wide, texels, rw, &image);
    printf("wide image %x %d\n", (unsigned)refused, image.handle == 0);
    printf("opaque layout %x\n", (unsigned)hsa_ext_image_create_with_layout(gpu, &deep, texels, rw,
                                                                         HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE, 0, 0, &image));
}

static void linear(const char *name, hsa_ext_image_descriptor_t descriptor, size_t row, int words) {
    hsa_ext_image_data_info_t info = {0, 0};
    hsa_ext_image_t image = {0};
    hsa_access_permission_t rw = HSA_ACCESS_PERMISSION_RW;
    hsa_ext_image_data_layout_t layout = HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR;
    hsa_status_t told = hsa_ext_image_data_get_info_with_layout(gpu, &descriptor, rw, layout, row, 0, &info);
    hsa_status_t made = hsa_ext_image_create_with_layout(gpu, &descriptor, texels, rw, layout, row, 0, &image);
    printf("%s: %x %zu %zu, %x", name, (unsigned)told, info.size, info.alignment, (unsigned)made);
    if (made == HSA_STATUS_SUCCESS) {
        const uint32_t *word = (const uint32_t *)image.handle;
        uint64_t base = (uint64_t)word[0] << 8 | (uint64_t)(word[1] & 255) << 40;
        printf(" %d", base == (uint64_t)texels || descriptor.geometry == HSA_EXT_IMAGE_GEOMETRY_1DB);
        printf(" %x", word[1] & ~255u);
        for (int i = 2; i < words; i++) printf(" %x", word[i]);
        printf(" %u %u %u", word[8], word[9], word[10]);
        printf(", %x", (unsigned)hsa_ext_image_destroy(gpu, image));
    }
    putchar('\n');
}

/* Of buffers the number of records and the stride of swizzled indices are left out: upstream says the number in bytes, where
   the hardware counts texels, and a stride, which nothing uses. */
static void buffers(void) {
    const uint32_t formats[][2] = {
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_RG},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32, HSA_EXT_IMAGE_CHANNEL_ORDER_R},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
    };
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        hsa_ext_image_descriptor_t buffer = {HSA_EXT_IMAGE_GEOMETRY_1DB, 1000, 0, 0, 0, {formats[i][0], formats[i][1]}};
        hsa_ext_image_t image = {0};
        NEED(hsa_ext_image_create(gpu, &buffer, texels, HSA_ACCESS_PERMISSION_RW, &image));
        const uint32_t *word = (const uint32_t *)image.handle;
        uint64_t base = (uint64_t)word[0] | (uint64_t)(word[1] & 0xffff) << 32;
        printf("buffer: %d %x %x\n", base == (uint64_t)texels, word[1] >> 16, word[3] & ~(3u << 21));
        NEED(hsa_ext_image_destroy(gpu, image));
    }
}

static void layouts(void) {
    hsa_ext_image_descriptor_t one = plane(512, 1), two = plane(128, 50), layers = plane(64, 16);
    linear("plane", two, 512, 8);
    linear("plane with longer rows", two, 1024, 8);
    one.geometry = HSA_EXT_IMAGE_GEOMETRY_1D;
    linear("line", one, 2048, 8);
    layers.geometry = HSA_EXT_IMAGE_GEOMETRY_2DA, layers.array_size = 3;
    linear("layers", layers, 256, 8);
    hsa_ext_image_descriptor_t narrow = plane(24, 5);
    linear("narrow plane", narrow, 256, 8);
    narrow.geometry = HSA_EXT_IMAGE_GEOMETRY_2DA, narrow.array_size = 3;
    linear("narrow layers", narrow, 256, 8);
    const uint32_t formats[][2] = {
        {HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_R},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_RG},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_RA},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010, HSA_EXT_IMAGE_CHANNEL_ORDER_RGB},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16, HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_A},
        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB},
    };
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        hsa_ext_image_descriptor_t image = plane(256, 4);
        image.format.channel_type = formats[i][0], image.format.channel_order = formats[i][1];
        linear("format", image, 0, 4);
    }
}

/* Images that others have laid out: each bit of the words is once 0 and once 1, but for the format's, which upstream
   looks at on gfx9: of four bytes. */
static void laid_out(const char *name, hsa_ext_image_geometry_t geometry, uint32_t type, uint32_t order) {
    uint32_t chip = 0, bits[] = {0, ~0u};
    NEED(hsa_agent_get_info(gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_CHIP_ID, &chip));
    for (int i = 0; i < 2; i++) {
        uint32_t layout[10] = {1, 0x1002u << 16 | chip};
        for (int word = 0; word < 8; word++) layout[2 + word] = bits[i];
        layout[3] = (layout[3] & ~(63u << 20)) | 10 << 20;
        hsa_ext_image_descriptor_t wanted = {geometry, 64, 8, 0, 0, {type, order}};
        hsa_ext_image_t image = {0};
        hsa_status_t status = hsa_amd_image_create(gpu, &wanted, (const hsa_amd_image_descriptor_t *)layout, texels,
                                                   HSA_ACCESS_PERMISSION_RW, &image);
        printf("laid out %s: %x", name, (unsigned)status);
        if (status == HSA_STATUS_SUCCESS) {
            const uint32_t *word = (const uint32_t *)image.handle;
            printf(" %d", (word[0] == (uint32_t)((uint64_t)texels >> 8)) & ((word[1] & 255) == (uint32_t)((uint64_t)texels >> 40)));
            printf(" %x", word[1] & ~255u);
            for (int j = 2; j < 5; j++) printf(" %x", word[j]);
            /* Addresses of metadata depend on that of the image. */
            printf(" %x %x", word[5] & ~(255u << 17), word[6] & 0xffffff);
            uint64_t new = word[7] * 0x10000ull + (word[6] >> 24) * 0x100ull, old = (word[5] >> 17 & 255ull) << 40 | word[7] * 0x100ull;
            printf(" %d %d", new - (uint64_t)texels == 0, old - (uint64_t)texels == 0);
            printf(" %u %u %u", word[8], word[9], word[10]);
            NEED(hsa_ext_image_destroy(gpu, image));
        }
        putchar('\n');
    }
}

static void layouts_of_others(void) {
    uint32_t unorm = HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8;
    laid_out("plane", HSA_EXT_IMAGE_GEOMETRY_2D, unorm, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA);
    laid_out("line", HSA_EXT_IMAGE_GEOMETRY_1D, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, HSA_EXT_IMAGE_CHANNEL_ORDER_R);
    laid_out("other order", HSA_EXT_IMAGE_GEOMETRY_2D, unorm, HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB);
    laid_out("no format", HSA_EXT_IMAGE_GEOMETRY_2D, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24, HSA_EXT_IMAGE_CHANNEL_ORDER_R);
    hsa_ext_image_descriptor_t wanted = plane(64, 8);
    hsa_ext_image_t image;
    uint32_t version[10] = {2}, device[10] = {1, 0x10de0000};
    hsa_access_permission_t rw = HSA_ACCESS_PERMISSION_RW;
    const hsa_amd_image_descriptor_t *others[] = {(void *)version, (void *)device};
    for (int i = 0; i < 2; i++) printf("not ours %x\n", (unsigned)hsa_amd_image_create(gpu, &wanted, others[i], texels, rw, &image));
    printf("no data %x\n", (unsigned)hsa_amd_image_create(gpu, &wanted, others[0], NULL, rw, &image));
    printf("odd data %x\n", (unsigned)hsa_amd_image_create(gpu, &wanted, others[0], (char *)texels + 64, rw, &image));
}

static void samplers(void) {
    for (uint32_t mode = 0; mode < 5; mode++)
        for (uint32_t filter = 0; filter < 2; filter++) {
            hsa_ext_sampler_descriptor_t wanted = {mode % 2, filter, mode};
            hsa_ext_sampler_t sampler;
            NEED(hsa_ext_sampler_create(gpu, &wanted, &sampler));
            const uint32_t *word = (const uint32_t *)sampler.handle;
            printf("sampler %x %x %x %x", word[0], word[1], word[2], word[3]);
            printf(", %x\n", (unsigned)hsa_ext_sampler_destroy(gpu, sampler));
        }
    hsa_ext_sampler_descriptor_t wanted = {0, 0, 1};
    hsa_ext_sampler_t sampler;
    printf("on a processor %x\n", (unsigned)hsa_ext_sampler_create(cpu, &wanted, &sampler));
    printf("no sampler %x\n", (unsigned)hsa_ext_sampler_create(gpu, &wanted, NULL));
    printf("nothing wanted %x\n", (unsigned)hsa_ext_sampler_create(gpu, NULL, &sampler));
}

int main(void) {
    open_gpu();
    NEED(hsa_amd_memory_pool_allocate(vram, 1 << 20, 0, &texels));
    formats();
    refusals();
    layouts();
    buffers();
    layouts_of_others();
    samplers();
    NEED(hsa_shut_down());
    puts("end");
}
