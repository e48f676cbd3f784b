#ifndef HSA_CALL
#define HSA_CALL
#endif
#ifndef HSA_EXPORT_DECORATOR
#define HSA_EXPORT_DECORATOR __attribute__((visibility("default")))
#endif
#define HSA_API_EXPORT HSA_EXPORT_DECORATOR HSA_CALL
#define HSA_API_IMPORT HSA_CALL
#ifndef HSA_API
#ifdef HSA_EXPORT
#define HSA_API HSA_API_EXPORT
#else
#define HSA_API HSA_API_IMPORT
#endif
#endif
#ifndef HSA_DEPRECATED
#define HSA_DEPRECATED
#endif
#define HSA_VERSION_1_0 1

#undef HSA_LARGE_MODEL
#ifdef __LP64__
#define HSA_LARGE_MODEL
#endif

#undef HSA_LITTLE_ENDIAN
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#ifndef LITTLEENDIAN_CPU
#define LITTLEENDIAN_CPU
#endif
#define HSA_LITTLE_ENDIAN
#endif
