/* Statuses of images and samplers, and of the finalizer, which nobody has any more. */
#include "statuses.h"
#include <hsa/hsa_ext_finalize.h>
#include <hsa/hsa_ext_image.h>

#pragma weak hsa_ext_sampler_create_v2

static hsa_signal_t a_signal;
static hsa_ext_image_t image;
static void *texels;

static hsa_ext_image_descriptor_t plane(void) {
    return (hsa_ext_image_descriptor_t){HSA_EXT_IMAGE_GEOMETRY_2D, 16, 16, 0, 0,
                                        {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA}};
}

static hsa_ext_image_t new_image(void) {
    hsa_ext_image_descriptor_t descriptor = plane();
    hsa_ext_image_t made;
    NEED(hsa_ext_image_create(gpu, &descriptor, texels, HSA_ACCESS_PERMISSION_RW, &made));
    return made;
}

static hsa_ext_sampler_t new_sampler(void) {
    hsa_ext_sampler_descriptor_t how = {HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED, 0, 0};
    hsa_ext_sampler_t made;
    NEED(hsa_ext_sampler_create(gpu, &how, &made));
    return made;
}

static void agents(void) {
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"a CPU", cpu.handle}};
    hsa_ext_image_descriptor_t descriptor = plane();
    hsa_ext_sampler_descriptor_t how = {1, 0, 0};
    uint32_t words[64] = {0};
    hsa_ext_image_data_info_t info;
    hsa_dim3_t at = {0, 0, 0}, range = {4, 4, 1};
    hsa_ext_image_region_t region = {at, range};
    hsa_ext_image_t made_image;
    hsa_ext_sampler_t made;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_agent_t no = {bad[i].handle};
        TRY(hsa_ext_image_get_capability, (no, 1, &descriptor.format, words), "agent %s", kind);
        TRY(hsa_ext_image_get_capability_with_layout, (no, 1, &descriptor.format, 1, words), "agent %s", kind);
        TRY(hsa_ext_image_data_get_info, (no, &descriptor, 3, &info), "agent %s", kind);
        TRY(hsa_ext_image_data_get_info_with_layout, (no, &descriptor, 3, 1, 0, 0, &info), "agent %s", kind);
        TRY(hsa_ext_image_create, (no, &descriptor, texels, 3, &made_image), "agent %s", kind);
        TRY(hsa_ext_image_create_with_layout, (no, &descriptor, texels, 3, 1, 0, 0, &made_image), "agent %s", kind);
        TRY(hsa_amd_image_create, (no, &descriptor, (void *)words, texels, 3, &made_image), "agent %s", kind);
        TRY(hsa_ext_sampler_create, (no, &how, &made), "agent %s", kind);
        TRY(hsa_ext_sampler_create_v2, (no, (void *)words, &made), "agent %s", kind);
        TRY(hsa_ext_image_copy, (no, image, &at, image, &at, &range), "agent %s", kind);
        TRY(hsa_ext_image_import, (no, texels, 0, 0, image, &region), "agent %s", kind);
        TRY(hsa_ext_image_export, (no, image, texels, 0, 0, &region), "agent %s", kind);
        TRY(hsa_ext_image_clear, (no, image, words, &region), "agent %s", kind);
        TRY(hsa_ext_image_destroy, (no, new_image()), "agent %s", kind);
        TRY(hsa_ext_sampler_destroy, (no, new_sampler()), "agent %s", kind);
    }
}

static void arguments(void) {
    hsa_ext_image_descriptor_t descriptor = plane();
    hsa_ext_sampler_descriptor_t how = {1, 0, 0};
    uint32_t words[64] = {0};
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t made_image;
    hsa_ext_sampler_t made;
    hsa_dim3_t at = {0, 0, 0}, range = {4, 4, 1};
    hsa_ext_image_region_t region = {at, range};
    for (unsigned geometry = 0; geometry < 9; geometry++) {
        TRY(hsa_ext_image_get_capability, (gpu, geometry, &descriptor.format, words), "geometry %u", geometry);
        TRY(hsa_ext_image_get_capability_with_layout, (gpu, geometry, &descriptor.format, 1, words), "geometry %u", geometry);
    }
    for (unsigned layout = 0; layout < 3; layout++) {
        TRY(hsa_ext_image_get_capability_with_layout, (gpu, 1, &descriptor.format, layout, words), "layout %u", layout);
        TRY(hsa_ext_image_data_get_info_with_layout, (gpu, &descriptor, 3, layout, 0, 0, &info), "layout %u", layout);
        TRY(hsa_ext_image_create_with_layout, (gpu, &descriptor, texels, 3, layout, 0, 0, &made_image), "layout %u", layout);
    }
    for (unsigned access = 0; access < 5; access++) {
        TRY(hsa_ext_image_data_get_info, (gpu, &descriptor, access, &info), "access %u", access);
        TRY(hsa_ext_image_create, (gpu, &descriptor, texels, access, &made_image), "access %u", access);
    }
    for (unsigned mode = 0; mode < 7; mode++) {
        how.address_mode = mode;
        TRY(hsa_ext_sampler_create, (gpu, &how, &made), "addressing %u", mode);
        words[0] = 1, words[1] = 0, words[2] = words[3] = words[4] = mode;
        TRY(hsa_ext_sampler_create_v2, (gpu, (void *)words, &made), "addressing %u", mode);
    }
    for (unsigned value = 0; value < 4; value++) {
        how = (hsa_ext_sampler_descriptor_t){value, 0, 0};
        TRY(hsa_ext_sampler_create, (gpu, &how, &made), "coordinates %u", value);
        how = (hsa_ext_sampler_descriptor_t){1, value, 0};
        TRY(hsa_ext_sampler_create, (gpu, &how, &made), "filter %u", value);
    }
    TRY(hsa_ext_image_create, (gpu, NULL, texels, 3, &made_image), "no descriptor");
    TRY(hsa_ext_image_create, (gpu, &descriptor, NULL, 3, &made_image), "no texels");
    TRY(hsa_ext_image_create, (gpu, &descriptor, texels, 3, NULL), "nowhere");
    TRY(hsa_amd_image_create, (gpu, &descriptor, NULL, texels, 3, &made_image), "no layout");
    TRY(hsa_amd_image_create, (gpu, &descriptor, (void *)words, texels, 3, &made_image), "layout made up");
    TRY(hsa_ext_image_data_get_info, (gpu, NULL, 3, &info), "no descriptor");
    TRY(hsa_ext_image_data_get_info, (gpu, &descriptor, 3, NULL), "nowhere");
    TRY(hsa_ext_image_get_capability, (gpu, 1, NULL, words), "no format");
    TRY(hsa_ext_image_get_capability, (gpu, 1, &descriptor.format, NULL), "nowhere");
    TRY(hsa_ext_sampler_create, (gpu, NULL, &made), "no descriptor");
    TRY(hsa_ext_sampler_create, (gpu, &how, NULL), "nowhere");
    TRY(hsa_ext_image_import, (gpu, NULL, 0, 0, image, &region), "no texels");
    TRY(hsa_ext_image_import, (gpu, texels, 0, 0, image, NULL), "no region");
    TRY(hsa_ext_image_export, (gpu, image, NULL, 0, 0, &region), "no texels");
    TRY(hsa_ext_image_export, (gpu, image, texels, 0, 0, NULL), "no region");
    TRY(hsa_ext_image_clear, (gpu, image, NULL, &region), "no colour");
    TRY(hsa_ext_image_clear, (gpu, image, words, NULL), "no region");
    TRY(hsa_ext_image_copy, (gpu, image, NULL, image, &at, &range), "from no offset");
    TRY(hsa_ext_image_copy, (gpu, image, &at, image, NULL, &range), "to no offset");
    TRY(hsa_ext_image_copy, (gpu, image, &at, image, &at, NULL), "no range");
}

static void handles(void) {
    hsa_dim3_t at = {0, 0, 0}, range = {4, 4, 1};
    hsa_ext_image_region_t region = {at, range};
    uint32_t words[4] = {0};
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_ext_image_t no = {bad[i].handle};
        TRY(hsa_ext_image_import, (gpu, texels, 0, 0, no, &region), "image %s", kind);
        TRY(hsa_ext_image_export, (gpu, no, texels, 0, 0, &region), "image %s", kind);
        TRY(hsa_ext_image_clear, (gpu, no, words, &region), "image %s", kind);
        TRY(hsa_ext_image_copy, (gpu, no, &at, image, &at, &range), "from image %s", kind);
        TRY(hsa_ext_image_copy, (gpu, image, &at, no, &at, &range), "to image %s", kind);
        TRY(hsa_ext_image_destroy, (gpu, no), "image %s", kind);
        TRY(hsa_ext_sampler_destroy, (gpu, (hsa_ext_sampler_t){no.handle}), "sampler %s", kind);
    }
    TRY(hsa_ext_image_destroy, (gpu, new_image()), "good");
    TRY(hsa_ext_sampler_destroy, (gpu, new_sampler()), "good");
}

static void finalizer(void) {
    hsa_ext_program_t program = {1};
    hsa_code_object_t object;
    TRY(hsa_ext_program_create, (1, 1, 0, NULL, &program), "good");
    TRY(hsa_ext_program_add_module, (program, NULL), "made up");
    TRY(hsa_ext_program_iterate_modules, (program, NULL, NULL), "made up");
    TRY(hsa_ext_program_get_info, (program, 0, &object), "made up");
    TRY(hsa_ext_program_finalize, (program, (hsa_isa_t){0}, 0, (hsa_ext_control_directives_t){0}, NULL, 0, &object), "made up");
    TRY(hsa_ext_program_destroy, (program), "made up");
}

static void cases(void) {
    hsa_amd_memory_pool_t vram;
    open_agents();
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    hsa_amd_agent_iterate_memory_pools(gpu, (void *)take_first, &vram);
    NEED(hsa_amd_memory_pool_allocate(vram, 65536, 0, &texels));
    image = new_image();
    agents();
    arguments();
    handles();
    finalizer();
}

int main(void) { return all_cases(cases); }
