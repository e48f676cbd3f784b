/* What instructions reach of images of several levels. Work-items are the texels of a box, which tells its own size; a
   texel has one component of 32 bits. Descriptors are read from where handles lead. */
typedef unsigned int u32;
typedef u32 __attribute__((ext_vector_type(2))) u32x2;
typedef u32 __attribute__((ext_vector_type(3))) u32x3;
typedef u32 __attribute__((ext_vector_type(4))) u32x4;
typedef u32 __attribute__((ext_vector_type(8))) u32x8;
typedef float __attribute__((ext_vector_type(3))) f32x3;
typedef const __attribute__((address_space(4))) u32x8 *resource_t;
typedef const __attribute__((address_space(4))) u32x4 *sampler_t;

#define KERNEL __attribute__((amdgpu_kernel, visibility("default"))) void

static inline u32 item(void) { return __builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x(); }

/* A load of each level's texels, and a store of what they are, 7 times: PLACE in words X, Y and Z and the LEVEL. */
#define TEXELS(name, dimension, vector, ...)                                                                                \
    KERNEL name(resource_t image, resource_t target, u32 *texels, u32 width, u32 height, u32 depth, u32 level) {            \
        u32 number = item(), x = number % width, y = number / width % height, z = number / (width * height), texel = 77;   \
        vector place = {__VA_ARGS__};                                                                                       \
        __asm__ volatile("image_load_mip %0, %1, %2 dmask:0x1 dim:SQ_RSRC_IMG_" dimension " unorm\n s_waitcnt vmcnt(0)"     \
                         : "=&v"(texel)                                                                                     \
                         : "v"(place), "s"(*image));                                                                        \
        if (z >= depth) return;                                                                                             \
        texels[number] = texel;                                                                                             \
        __asm__ volatile("image_store_mip %0, %1, %2 dmask:0x1 dim:SQ_RSRC_IMG_" dimension " unorm"                         \
                         :                                                                                                  \
                         : "v"(texel * 7), "v"(place), "s"(*target));                                                       \
        (void)y, (void)z;                                                                                                   \
    }

TEXELS(lines, "1D", u32x2, x, level)
TEXELS(planes, "2D", u32x3, x, y, level)
TEXELS(volumes, "3D", u32x4, x, y, z, level)
TEXELS(rows, "1D_ARRAY", u32x3, x, y, level)
TEXELS(layers, "2D_ARRAY", u32x4, x, y, z, level)

/* A plane's texels by its handle alone, its size, and the size of the level after its first. */
KERNEL views(resource_t image, u32 *texels, u32 width, u32 height, u32x4 *sizes) {
    u32 number = item(), texel = 77, level = number & 1;
    u32x2 place = {number % width, number / width};
    u32x4 size;
    __asm__ volatile("image_load %0, %2, %3 dmask:0x1 dim:SQ_RSRC_IMG_2D unorm\n"
                     "image_get_resinfo %1, %4, %3 dmask:0xf dim:SQ_RSRC_IMG_2D unorm\n s_waitcnt vmcnt(0)"
                     : "=&v"(texel), "=&v"(size)
                     : "v"(place), "s"(*image), "v"(level));
    if (number < 2) sizes[number] = size;
    if (number < width * height) texels[number] = texel;
}

/* The middle of a plane at levels of detail from 0 on, in quarters. */
KERNEL samples(resource_t image, sampler_t sampler, float *values) {
    u32 number = item();
    f32x3 place = {0.5f, 0.5f, number * 0.25f};
    float value;
    __asm__ volatile("image_sample_l %0, %1, %2, %3 dmask:0x1 dim:SQ_RSRC_IMG_2D\n s_waitcnt vmcnt(0)"
                     : "=&v"(value)
                     : "v"(place), "s"(*image), "s"(*sampler));
    values[number] = value;
}
