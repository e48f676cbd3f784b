/* Kernels in which work-items meet: LDS and barriers, atomic operations, other lanes, matrices, calls. */
typedef unsigned u32;
typedef int i32;
typedef unsigned long u64;
typedef _Float16 f16;

#define GLOBAL __attribute__((address_space(1)))
#define LDS __attribute__((address_space(3)))
#define KERNEL __attribute__((amdgpu_kernel, visibility("protected"))) void

static u32 item(void) { return __builtin_amdgcn_workitem_id_x(); }
static u32 group(void) { return __builtin_amdgcn_workgroup_id_x(); }

static void meet(void)
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

static LDS u32 shared[256] __attribute__((loader_uninitialized));

/* The sum of 256 values by halving. */
KERNEL sum(const GLOBAL u32 *in, GLOBAL u32 *out)
{
    shared[item()] = in[group() * 256 + item()];
    for (u32 half = 128; half > 0; half /= 2) {
        meet();
        if (item() < half)
            shared[item()] += shared[item() + half];
    }
    if (item() == 0)
        out[group()] = shared[0];
}

/* Each word of out by another operation, and LDS besides. */
KERNEL atomics(const GLOBAL u32 *in, GLOBAL u32 *out, GLOBAL u64 *wide, GLOBAL float *real)
{
    u32 value = in[group() * 256 + item()];
    if (item() == 0)
        shared[0] = 0;
    meet();
    __atomic_fetch_add(out + 0, value, __ATOMIC_RELAXED);
    __atomic_fetch_sub(out + 1, value, __ATOMIC_RELAXED);
    __atomic_fetch_and(out + 2, value | 0xff, __ATOMIC_RELAXED);
    __atomic_fetch_or(out + 3, value & 0xff00, __ATOMIC_RELAXED);
    __atomic_fetch_xor(out + 4, value, __ATOMIC_RELAXED);
    __atomic_fetch_max((GLOBAL i32 *)out + 5, (i32)value, __ATOMIC_RELAXED);
    __atomic_fetch_min((GLOBAL i32 *)out + 6, (i32)value, __ATOMIC_RELAXED);
    __atomic_fetch_max(out + 7, value, __ATOMIC_RELAXED);
    __atomic_fetch_min(out + 8, value, __ATOMIC_RELAXED);
    u32 last = __atomic_exchange_n(out + 9, value, __ATOMIC_RELAXED);
    __atomic_fetch_xor(out + 10, last, __ATOMIC_RELAXED);
    __builtin_amdgcn_atomic_inc32(out + 11, 99, __ATOMIC_RELAXED, "agent");
    __builtin_amdgcn_atomic_dec32(out + 12, 99, __ATOMIC_RELAXED, "agent");
    u32 seen = __atomic_load_n(out + 13, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(out + 13, &seen, seen + (value & 3), 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
    __atomic_fetch_add(wide, (u64)value << 20, __ATOMIC_RELAXED);
    __atomic_fetch_max(wide + 1, (u64)value << 20, __ATOMIC_RELAXED);
    __atomic_fetch_add(shared, value, __ATOMIC_RELAXED);
    __atomic_fetch_add(real, (float)(value & 7), __ATOMIC_RELAXED);
    meet();
    if (item() == 0)
        __atomic_fetch_add(out + 14, shared[0], __ATOMIC_RELAXED);
}

/* What other lanes have: eight words of each lane of a wave of 32. */
KERNEL lanes(const GLOBAL u32 *in, GLOBAL u32 *out)
{
    u32 value = in[item()];
    GLOBAL u32 *mine = out + 8 * item();
    mine[0] = __builtin_amdgcn_ds_bpermute(4 * (31 - item()), value);
    mine[1] = __builtin_amdgcn_readlane(value, 17);
    mine[2] = __builtin_amdgcn_readfirstlane(value);
    mine[3] = __builtin_amdgcn_update_dpp(7, value, 0x111, 15, 15, 0);
    mine[4] = __builtin_amdgcn_permlanex16(0, value, 0x76543210, 0xfedcba98, 0, 0);
    mine[5] = __builtin_amdgcn_mbcnt_lo(__builtin_amdgcn_ballot_w32(value & 1), 0);
    mine[6] = __builtin_amdgcn_ds_swizzle(value, 0x401f);
    mine[7] = __builtin_amdgcn_mov_dpp8(value, 0x3a8b1e);
}

typedef f16 half16 __attribute__((ext_vector_type(16)));
typedef float float8 __attribute__((ext_vector_type(8)));
typedef i32 int4 __attribute__((ext_vector_type(4)));
typedef i32 int8 __attribute__((ext_vector_type(8)));

#ifdef __GFX11__
/* Matrices of 16 by 16, row by row in memory: floats[m][n], then integers. b is column by column. */
KERNEL matrices(const GLOBAL f16 *a, const GLOBAL f16 *b, GLOBAL float *floats, GLOBAL i32 *whole)
{
    half16 row, column;
    int4 bytes_a, bytes_b;
    u32 at = item() & 15;
    for (int k = 0; k < 16; k++) {
        row[k] = a[16 * at + k];
        column[k] = b[16 * at + k];
    }
    for (int k = 0; k < 4; k++) {
        u32 word_a = 0, word_b = 0;
        for (int byte = 0; byte < 4; byte++) {
            word_a |= ((u32)(i32)a[16 * at + 4 * k + byte] & 255) << 8 * byte;
            word_b |= ((u32)(i32)b[16 * at + 4 * k + byte] & 255) << 8 * byte;
        }
        bytes_a[k] = word_a;
        bytes_b[k] = word_b;
    }
    float8 sums = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(row, column, (float8)0.5f);
    int8 products = __builtin_amdgcn_wmma_i32_16x16x16_iu8_w32(1, bytes_a, 1, bytes_b, (int8)3, 0);
    for (int r = 0; r < 8; r++) {
        u32 place = 16 * (2 * r + item() / 16) + at;
        floats[place] = sums[r];
        whole[place] = products[r];
    }
}
#endif

static __attribute__((noinline)) u32 depth(u32 value)
{
    volatile u32 kept = value;
    return value < 2 ? 1 : depth(value - 1) + kept * depth(value - 2);
}

/* Calls that call themselves, to another depth in each lane. */
KERNEL calls(GLOBAL u32 *out) { out[item()] = depth(item() % 9); }

/* One workgroup has prepared the resource; nobody touches it before. */
static void prepared(GLOBAL u32 *ready)
{
    if (group() == 0)
        __atomic_store_n(ready, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(ready, __ATOMIC_ACQUIRE))
        ;
}

/* Rounds of workgroups of one wave: each takes its neighbour's value of the round before, and adds one. */
KERNEL neighbours(GLOBAL u32 *values, GLOBAL u32 *ready)
{
    u32 groups = ready[1];
    GLOBAL u32 *own = values + group() * 32 + item();
    GLOBAL u32 *next = values + (group() + 1) % groups * 32 + item();
    if (group() == 0)
        __builtin_amdgcn_ds_gws_init(groups - 1, 5);
    prepared(ready);
    for (u32 round = 0; round < 5; round++) {
        u32 taken = __atomic_load_n(next, __ATOMIC_RELAXED);
        __builtin_amdgcn_ds_gws_barrier(groups - 1, 5);
        __atomic_store_n(own, taken + 1, __ATOMIC_RELAXED);
        __builtin_amdgcn_ds_gws_barrier(groups - 1, 5);
    }
}

/* One wave at a time adds to a sum that is no atomic one, once the first workgroup has opened the door. */
KERNEL in_turn(GLOBAL u32 *sum, GLOBAL u32 *ready)
{
    if (group() == 0)
        __builtin_amdgcn_ds_gws_init(0, 3);
    prepared(ready);
    if (group() == 0)
        __builtin_amdgcn_ds_gws_sema_br(1, 3);
    for (int round = 0; round < 20; round++) {
        __builtin_amdgcn_ds_gws_sema_p(3);
        __atomic_store_n(sum + item(), __atomic_load_n(sum + item(), __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
        __builtin_amdgcn_ds_gws_sema_v(3);
    }
}
