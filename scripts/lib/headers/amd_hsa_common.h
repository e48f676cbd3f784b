#ifndef __ALIGNED__
#define __ALIGNED__(x) __attribute__((aligned(x)))
#endif

/* An enum's entries for one bit field: where it begins, how wide it is, and its mask. */
#define AMD_HSA_BITS_CREATE_ENUM_ENTRIES(name, shift, width) \
  name##_SHIFT = (shift), name##_WIDTH = (width), name = (int)(((1u << (width)) - 1) << (shift))

#define AMD_HSA_BITS_GET(src, mask) (((src) & (mask)) >> mask##_SHIFT)

#define AMD_HSA_BITS_SET(dst, mask, val) \
  do { (dst) = ((dst) & ~(mask)) | (((val) << mask##_SHIFT) & (mask)); } while (0)
