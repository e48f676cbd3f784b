/* hsa_ext_image.h: written by scripts/headers from the Rust sources; do not edit. */
#ifndef HSA_HSA_EXT_IMAGE_H
#define HSA_HSA_EXT_IMAGE_H

#include "hsa.h"

// Shape of an image.
typedef enum hsa_ext_image_geometry_t {
  HSA_EXT_IMAGE_GEOMETRY_1D = 0,
  HSA_EXT_IMAGE_GEOMETRY_2D = 1,
  HSA_EXT_IMAGE_GEOMETRY_3D = 2,
  HSA_EXT_IMAGE_GEOMETRY_1DA = 3,
  HSA_EXT_IMAGE_GEOMETRY_2DA = 4,
  HSA_EXT_IMAGE_GEOMETRY_1DB = 5,
  HSA_EXT_IMAGE_GEOMETRY_2DDEPTH = 6,
  HSA_EXT_IMAGE_GEOMETRY_2DADEPTH = 7,
} hsa_ext_image_geometry_t;

// Layout of image data in memory.
typedef enum hsa_ext_image_data_layout_t {
  HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE = 0,
  HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR = 1,
} hsa_ext_image_data_layout_t;

// Statuses of the image extension.
typedef enum hsa_ext_image_status_t {
  HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED = 12288,
  HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED = 12289,
  HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED = 12290,
  HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED = 12291,
} hsa_ext_image_status_t;

// Image attributes of `hsa_agent_get_info`.
typedef enum hsa_ext_image_agent_info_t {
  HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS = 12288,
  HSA_EXT_AGENT_INFO_IMAGE_1DA_MAX_ELEMENTS = 12289,
  HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS = 12290,
  HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS = 12291,
  HSA_EXT_AGENT_INFO_IMAGE_2DA_MAX_ELEMENTS = 12292,
  HSA_EXT_AGENT_INFO_IMAGE_2DDEPTH_MAX_ELEMENTS = 12293,
  HSA_EXT_AGENT_INFO_IMAGE_2DADEPTH_MAX_ELEMENTS = 12294,
  HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS = 12295,
  HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS = 12296,
  HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES = 12297,
  HSA_EXT_AGENT_INFO_MAX_IMAGE_RORW_HANDLES = 12298,
  HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS = 12299,
  HSA_EXT_AGENT_INFO_IMAGE_LINEAR_ROW_PITCH_ALIGNMENT = 12300,
  HSA_EXT_AGENT_INFO_IMAGE_SUPPORT = 12301,
} hsa_ext_image_agent_info_t;

// Component type of an image.
typedef enum hsa_ext_image_channel_type_t {
  HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8 = 0,
  HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16 = 1,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8 = 2,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16 = 3,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24 = 4,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555 = 5,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565 = 6,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010 = 7,
  HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8 = 8,
  HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16 = 9,
  HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32 = 10,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8 = 11,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16 = 12,
  HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32 = 13,
  HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT = 14,
  HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT = 15,
} hsa_ext_image_channel_type_t;

// Component order of an image.
typedef enum hsa_ext_image_channel_order_t {
  HSA_EXT_IMAGE_CHANNEL_ORDER_A = 0,
  HSA_EXT_IMAGE_CHANNEL_ORDER_R = 1,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RX = 2,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RG = 3,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RGX = 4,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RA = 5,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RGB = 6,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RGBX = 7,
  HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA = 8,
  HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA = 9,
  HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB = 10,
  HSA_EXT_IMAGE_CHANNEL_ORDER_ABGR = 11,
  HSA_EXT_IMAGE_CHANNEL_ORDER_SRGB = 12,
  HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBX = 13,
  HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA = 14,
  HSA_EXT_IMAGE_CHANNEL_ORDER_SBGRA = 15,
  HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY = 16,
  HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE = 17,
  HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH = 18,
  HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH_STENCIL = 19,
} hsa_ext_image_channel_order_t;

// Bits: what an agent can do with an image format.
typedef enum hsa_ext_image_capability_t {
  HSA_EXT_IMAGE_CAPABILITY_NOT_SUPPORTED = 0,
  HSA_EXT_IMAGE_CAPABILITY_READ_ONLY = 1,
  HSA_EXT_IMAGE_CAPABILITY_WRITE_ONLY = 2,
  HSA_EXT_IMAGE_CAPABILITY_READ_WRITE = 4,
  HSA_EXT_IMAGE_CAPABILITY_READ_MODIFY_WRITE = 8,
  HSA_EXT_IMAGE_CAPABILITY_ACCESS_INVARIANT_DATA_LAYOUT = 16,
} hsa_ext_image_capability_t;

// What a sampler does outside the image.
typedef enum hsa_ext_sampler_addressing_mode_t {
  HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED = 0,
  HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE = 1,
  HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER = 2,
  HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT = 3,
  HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT = 4,
} hsa_ext_sampler_addressing_mode_t;

// Normalised or pixel coordinates.
typedef enum hsa_ext_sampler_coordinate_mode_t {
  HSA_EXT_SAMPLER_COORDINATE_MODE_UNNORMALIZED = 0,
  HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED = 1,
} hsa_ext_sampler_coordinate_mode_t;

// How a sampler filters.
typedef enum hsa_ext_sampler_filter_mode_t {
  HSA_EXT_SAMPLER_FILTER_MODE_NEAREST = 0,
  HSA_EXT_SAMPLER_FILTER_MODE_LINEAR = 1,
  HSA_EXT_SAMPLER_FILTER_MODE_NONE = 2,
} hsa_ext_sampler_filter_mode_t;

// `hsa_ext_image_channel_type_t` with a fixed width.
typedef uint32_t hsa_ext_image_channel_type32_t;

// `hsa_ext_image_channel_order_t` with a fixed width.
typedef uint32_t hsa_ext_image_channel_order32_t;

// Component type and order.
typedef struct hsa_ext_image_format_s {
  hsa_ext_image_channel_type32_t channel_type;
  hsa_ext_image_channel_order32_t channel_order;
} hsa_ext_image_format_t;

// Shape, size in pixels and format of an image.
typedef struct hsa_ext_image_descriptor_s {
  hsa_ext_image_geometry_t geometry;
  size_t width;
  size_t height;
  size_t depth;
  size_t array_size;
  hsa_ext_image_format_t format;
} hsa_ext_image_descriptor_t;

// Size and alignment of image data, in bytes.
typedef struct hsa_ext_image_data_info_s {
  size_t size;
  size_t alignment;
} hsa_ext_image_data_info_t;

// Handle of an image.
typedef struct hsa_ext_image_s {
  uint64_t handle;
} hsa_ext_image_t;

// Part of an image.
typedef struct hsa_ext_image_region_s {
  hsa_dim3_t offset;
  hsa_dim3_t range;
} hsa_ext_image_region_t;

// `hsa_ext_sampler_coordinate_mode_t` with a fixed width.
typedef uint32_t hsa_ext_sampler_coordinate_mode32_t;

// `hsa_ext_sampler_filter_mode_t` with a fixed width.
typedef uint32_t hsa_ext_sampler_filter_mode32_t;

// `hsa_ext_sampler_addressing_mode_t` with a fixed width.
typedef uint32_t hsa_ext_sampler_addressing_mode32_t;

// A sampler, one addressing mode for all coordinates.
typedef struct hsa_ext_sampler_descriptor_s {
  hsa_ext_sampler_coordinate_mode32_t coordinate_mode;
  hsa_ext_sampler_filter_mode32_t filter_mode;
  hsa_ext_sampler_addressing_mode32_t address_mode;
} hsa_ext_sampler_descriptor_t;

// Handle of a sampler.
typedef struct hsa_ext_sampler_s {
  uint64_t handle;
} hsa_ext_sampler_t;

// A sampler, one addressing mode a coordinate. The mipmap filter was inserted after release 7.2 (20 to
// 24 bytes).
typedef struct hsa_ext_sampler_descriptor_v2_s {
  hsa_ext_sampler_coordinate_mode32_t coordinate_mode;
  hsa_ext_sampler_filter_mode32_t filter_mode;
  hsa_ext_sampler_filter_mode32_t mipmap_filter_mode;
  hsa_ext_sampler_addressing_mode32_t address_modes[3];
} hsa_ext_sampler_descriptor_v2_t;

// `hsa_ext_image_descriptor_t` with mipmap levels (0 and 1: no mipmap).
typedef struct hsa_ext_image_descriptor_v2_s {
  hsa_ext_image_geometry_t geometry;
  size_t width;
  size_t height;
  size_t depth;
  size_t array_size;
  hsa_ext_image_format_t format;
  size_t mipmap_levels;
} hsa_ext_image_descriptor_v2_t;

// Extension table of images 1.0.
typedef struct hsa_ext_images_1_00_pfn_s {
  hsa_status_t (*hsa_ext_image_get_capability)(hsa_agent_t agent,
                                               hsa_ext_image_geometry_t geometry,
                                               const hsa_ext_image_format_t *image_format,
                                               uint32_t *capability_mask);
  hsa_status_t (*hsa_ext_image_data_get_info)(hsa_agent_t agent,
                                              const hsa_ext_image_descriptor_t *image_descriptor,
                                              hsa_access_permission_t access_permission,
                                              hsa_ext_image_data_info_t *image_data_info);
  hsa_status_t (*hsa_ext_image_create)(hsa_agent_t agent,
                                       const hsa_ext_image_descriptor_t *image_descriptor,
                                       const void *image_data,
                                       hsa_access_permission_t access_permission,
                                       hsa_ext_image_t *image);
  hsa_status_t (*hsa_ext_image_destroy)(hsa_agent_t agent, hsa_ext_image_t image);
  hsa_status_t (*hsa_ext_image_copy)(hsa_agent_t agent,
                                     hsa_ext_image_t src_image,
                                     const hsa_dim3_t *src_offset,
                                     hsa_ext_image_t dst_image,
                                     const hsa_dim3_t *dst_offset,
                                     const hsa_dim3_t *range);
  hsa_status_t (*hsa_ext_image_import)(hsa_agent_t agent,
                                       const void *src_memory,
                                       size_t src_row_pitch,
                                       size_t src_slice_pitch,
                                       hsa_ext_image_t dst_image,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_export)(hsa_agent_t agent,
                                       hsa_ext_image_t src_image,
                                       void *dst_memory,
                                       size_t dst_row_pitch,
                                       size_t dst_slice_pitch,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_clear)(hsa_agent_t agent,
                                      hsa_ext_image_t image,
                                      const void *data,
                                      const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_sampler_create)(hsa_agent_t agent,
                                         const hsa_ext_sampler_descriptor_t *sampler_descriptor,
                                         hsa_ext_sampler_t *sampler);
  hsa_status_t (*hsa_ext_sampler_destroy)(hsa_agent_t agent, hsa_ext_sampler_t sampler);
} hsa_ext_images_1_00_pfn_t;

// Extension table of images 1.
typedef struct hsa_ext_images_1_pfn_s {
  hsa_status_t (*hsa_ext_image_get_capability)(hsa_agent_t agent,
                                               hsa_ext_image_geometry_t geometry,
                                               const hsa_ext_image_format_t *image_format,
                                               uint32_t *capability_mask);
  hsa_status_t (*hsa_ext_image_data_get_info)(hsa_agent_t agent,
                                              const hsa_ext_image_descriptor_t *image_descriptor,
                                              hsa_access_permission_t access_permission,
                                              hsa_ext_image_data_info_t *image_data_info);
  hsa_status_t (*hsa_ext_image_create)(hsa_agent_t agent,
                                       const hsa_ext_image_descriptor_t *image_descriptor,
                                       const void *image_data,
                                       hsa_access_permission_t access_permission,
                                       hsa_ext_image_t *image);
  hsa_status_t (*hsa_ext_image_destroy)(hsa_agent_t agent, hsa_ext_image_t image);
  hsa_status_t (*hsa_ext_image_copy)(hsa_agent_t agent,
                                     hsa_ext_image_t src_image,
                                     const hsa_dim3_t *src_offset,
                                     hsa_ext_image_t dst_image,
                                     const hsa_dim3_t *dst_offset,
                                     const hsa_dim3_t *range);
  hsa_status_t (*hsa_ext_image_import)(hsa_agent_t agent,
                                       const void *src_memory,
                                       size_t src_row_pitch,
                                       size_t src_slice_pitch,
                                       hsa_ext_image_t dst_image,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_export)(hsa_agent_t agent,
                                       hsa_ext_image_t src_image,
                                       void *dst_memory,
                                       size_t dst_row_pitch,
                                       size_t dst_slice_pitch,
                                       const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_image_clear)(hsa_agent_t agent,
                                      hsa_ext_image_t image,
                                      const void *data,
                                      const hsa_ext_image_region_t *image_region);
  hsa_status_t (*hsa_ext_sampler_create)(hsa_agent_t agent,
                                         const hsa_ext_sampler_descriptor_t *sampler_descriptor,
                                         hsa_ext_sampler_t *sampler);
  hsa_status_t (*hsa_ext_sampler_destroy)(hsa_agent_t agent, hsa_ext_sampler_t sampler);
  hsa_status_t (*hsa_ext_image_get_capability_with_layout)(hsa_agent_t agent,
                                                           hsa_ext_image_geometry_t geometry,
                                                           const hsa_ext_image_format_t *image_format,
                                                           hsa_ext_image_data_layout_t image_data_layout,
                                                           uint32_t *capability_mask);
  hsa_status_t (*hsa_ext_image_data_get_info_with_layout)(hsa_agent_t agent,
                                                          const hsa_ext_image_descriptor_t *image_descriptor,
                                                          hsa_access_permission_t access_permission,
                                                          hsa_ext_image_data_layout_t image_data_layout,
                                                          size_t image_data_row_pitch,
                                                          size_t image_data_slice_pitch,
                                                          hsa_ext_image_data_info_t *image_data_info);
  hsa_status_t (*hsa_ext_image_create_with_layout)(hsa_agent_t agent,
                                                   const hsa_ext_image_descriptor_t *image_descriptor,
                                                   const void *image_data,
                                                   hsa_access_permission_t access_permission,
                                                   hsa_ext_image_data_layout_t image_data_layout,
                                                   size_t image_data_row_pitch,
                                                   size_t image_data_slice_pitch,
                                                   hsa_ext_image_t *image);
  hsa_status_t (*hsa_ext_sampler_create_v2)(hsa_agent_t agent,
                                            const hsa_ext_sampler_descriptor_v2_t *sampler_descriptor,
                                            hsa_ext_sampler_t *sampler);
} hsa_ext_images_1_pfn_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

hsa_status_t hsa_ext_image_get_capability(hsa_agent_t agent,
                                          hsa_ext_image_geometry_t geometry,
                                          const hsa_ext_image_format_t *image_format,
                                          uint32_t *capability_mask);

hsa_status_t hsa_ext_image_data_get_info(hsa_agent_t agent,
                                         const hsa_ext_image_descriptor_t *image_descriptor,
                                         hsa_access_permission_t access_permission,
                                         hsa_ext_image_data_info_t *image_data_info);

hsa_status_t hsa_ext_image_create(hsa_agent_t agent,
                                  const hsa_ext_image_descriptor_t *image_descriptor,
                                  const void *image_data,
                                  hsa_access_permission_t access_permission,
                                  hsa_ext_image_t *image);

hsa_status_t hsa_ext_image_import(hsa_agent_t agent,
                                  const void *src_memory,
                                  size_t src_row_pitch,
                                  size_t src_slice_pitch,
                                  hsa_ext_image_t dst_image,
                                  const hsa_ext_image_region_t *image_region);

hsa_status_t hsa_ext_image_export(hsa_agent_t agent,
                                  hsa_ext_image_t src_image,
                                  void *dst_memory,
                                  size_t dst_row_pitch,
                                  size_t dst_slice_pitch,
                                  const hsa_ext_image_region_t *image_region);

hsa_status_t hsa_ext_image_copy(hsa_agent_t agent,
                                hsa_ext_image_t src_image,
                                const hsa_dim3_t *src_offset,
                                hsa_ext_image_t dst_image,
                                const hsa_dim3_t *dst_offset,
                                const hsa_dim3_t *range);

hsa_status_t hsa_ext_image_clear(hsa_agent_t agent,
                                 hsa_ext_image_t image,
                                 const void *data,
                                 const hsa_ext_image_region_t *image_region);

hsa_status_t hsa_ext_image_destroy(hsa_agent_t agent, hsa_ext_image_t image);

hsa_status_t hsa_ext_sampler_create(hsa_agent_t agent,
                                    const hsa_ext_sampler_descriptor_t *sampler_descriptor,
                                    hsa_ext_sampler_t *sampler);

hsa_status_t hsa_ext_sampler_destroy(hsa_agent_t agent, hsa_ext_sampler_t sampler);

hsa_status_t hsa_ext_image_get_capability_with_layout(hsa_agent_t agent,
                                                      hsa_ext_image_geometry_t geometry,
                                                      const hsa_ext_image_format_t *image_format,
                                                      hsa_ext_image_data_layout_t image_data_layout,
                                                      uint32_t *capability_mask);

hsa_status_t hsa_ext_image_data_get_info_with_layout(hsa_agent_t agent,
                                                     const hsa_ext_image_descriptor_t *image_descriptor,
                                                     hsa_access_permission_t access_permission,
                                                     hsa_ext_image_data_layout_t image_data_layout,
                                                     size_t image_data_row_pitch,
                                                     size_t image_data_slice_pitch,
                                                     hsa_ext_image_data_info_t *image_data_info);

hsa_status_t hsa_ext_image_create_with_layout(hsa_agent_t agent,
                                              const hsa_ext_image_descriptor_t *image_descriptor,
                                              const void *image_data,
                                              hsa_access_permission_t access_permission,
                                              hsa_ext_image_data_layout_t image_data_layout,
                                              size_t image_data_row_pitch,
                                              size_t image_data_slice_pitch,
                                              hsa_ext_image_t *image);

hsa_status_t hsa_ext_sampler_create_v2(hsa_agent_t agent,
                                       const hsa_ext_sampler_descriptor_v2_t *sampler_descriptor,
                                       hsa_ext_sampler_t *sampler);

hsa_status_t hsa_ext_image_create_v2(hsa_agent_t agent,
                                     const hsa_ext_image_descriptor_v2_t *image_descriptor,
                                     const void *image_data,
                                     hsa_access_permission_t access_permission,
                                     hsa_ext_image_t *image);

hsa_status_t hsa_ext_image_data_get_info_v2(hsa_agent_t agent,
                                            const hsa_ext_image_descriptor_v2_t *image_descriptor,
                                            hsa_access_permission_t access_permission,
                                            hsa_ext_image_data_info_t *image_data_info);

hsa_status_t hsa_ext_image_destroy_v2(hsa_agent_t agent, hsa_ext_image_t image);

hsa_status_t hsa_ext_image_mipmap_array_get_level(hsa_agent_t agent,
                                                  const hsa_ext_image_t *mipmapped_array,
                                                  uint32_t mip_level,
                                                  const hsa_ext_image_descriptor_v2_t *image_descriptor,
                                                  hsa_ext_image_t *level_image_out);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif
