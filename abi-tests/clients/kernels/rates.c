/* Kernels whose speed is measured: what one work-item does is one loop of one kind of instruction. */
typedef unsigned int u32;
typedef u32 four __attribute__((ext_vector_type(4)));
#define GLOBAL __attribute__((address_space(1)))
#define KERNEL __attribute__((amdgpu_kernel, visibility("default"))) void
#define ITEMS (16 * 256)

static u32 item(void) { return __builtin_amdgcn_workgroup_id_x() * 256 + __builtin_amdgcn_workitem_id_x(); }

KERNEL nothing(void) {}

KERNEL integers(GLOBAL u32 *out, u32 rounds) {
    u32 a = item(), b = a * 3, c = ~a;
    for (u32 i = 0; i < rounds; i++) {
        a = (a ^ b << 3) + c, b = (b + a) ^ c >> 5, c = ((c & a) | b) + 7;
        a = (a ^ b << 2) + c, b = (b + a) ^ c >> 7, c = ((c & a) | b) + 9;
    }
    out[item()] = a + b + c;
}

KERNEL floats(GLOBAL float *out, u32 rounds) {
    float a = item(), b = a * 3, c = -a;
    for (u32 i = 0; i < rounds; i++) {
        a = __builtin_fmaf(a, 0.5f, b), b = __builtin_fmaf(b, 0.25f, c), c = __builtin_fmaf(c, 0.125f, a);
        a = a * 0.75f, b = b + a, c = c - b;
    }
    out[item()] = a + b + c;
}

KERNEL words(GLOBAL u32 *out, GLOBAL const u32 *in, u32 count) {
    for (u32 i = item(); i < count; i += ITEMS) out[i] = in[i];
}

KERNEL fours(GLOBAL four *out, GLOBAL const four *in, u32 count) {
    for (u32 i = item(); i < count / 4; i += ITEMS) out[i] = in[i];
}

KERNEL scattered(GLOBAL u32 *out, GLOBAL const u32 *in, u32 count) {
    for (u32 i = item(); i < count; i += ITEMS) out[i * 17 % count] = in[i * 5 % count];
}

static __attribute__((address_space(3), loader_uninitialized)) u32 local[256];

KERNEL lds(GLOBAL u32 *out, u32 rounds) {
    u32 own = __builtin_amdgcn_workitem_id_x();
    volatile __attribute__((address_space(3))) u32 *at = local + own;
    *at = own;
    for (u32 i = 0; i < rounds; i++) *at = *at + i;
    out[item()] = *at;
}
