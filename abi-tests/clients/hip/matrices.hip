/* Products of 16 by 16 matrices by the matrix instructions of gfx11 (WMMA), in its four forms. */
#include <hip/hip_fp16.h>

#include "check.h"

typedef _Float16 half16 __attribute__((ext_vector_type(16)));
typedef float float8 __attribute__((ext_vector_type(8)));
typedef int int4v __attribute__((ext_vector_type(4)));
typedef int int8v __attribute__((ext_vector_type(8)));

/* A lane holds a row of A and a column of B; half a wave's lanes repeat the other half's. Of the result it holds every
   second row of one column. */
__global__ void floats(const float *a, const float *b, float *c, float *d) {
#if defined(__gfx1100__)
    int lane = threadIdx.x % 16, half = threadIdx.x / 16;
    half16 row, column, low = {};
    float8 sums;
    for (int i = 0; i < 16; i++) row[i] = _Float16(a[16 * lane + i]), column[i] = _Float16(b[16 * i + lane]);
    for (int i = 0; i < 8; i++) sums[i] = c[16 * (2 * i + half) + lane];
    sums = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(row, column, sums);
    low = __builtin_amdgcn_wmma_f16_16x16x16_f16_w32(row, column, low, false);
    for (int i = 0; i < 8; i++) c[16 * (2 * i + half) + lane] = sums[i], d[16 * (2 * i + half) + lane] = float(low[2 * i]);
#else
    (void)a, (void)b, (void)c, (void)d;
#endif
}

__global__ void bytes(const int *a, const int *b, int *c) {
#if defined(__gfx1100__)
    int lane = threadIdx.x % 16, half = threadIdx.x / 16;
    int4v row, column;
    int8v sums = {};
    for (int i = 0; i < 4; i++) {
        row[i] = column[i] = 0;
        for (int j = 0; j < 4; j++) {
            row[i] |= (a[16 * lane + 4 * i + j] & 255) << 8 * j;
            column[i] |= (b[16 * (4 * i + j) + lane] & 255) << 8 * j;
        }
    }
    sums = __builtin_amdgcn_wmma_i32_16x16x16_iu8_w32(true, row, true, column, sums, false);
    for (int i = 0; i < 8; i++) c[16 * (2 * i + half) + lane] = sums[i];
#else
    (void)a, (void)b, (void)c;
#endif
}

template <typename T>
static std::vector<T> product(const std::vector<T> &a, const std::vector<T> &b, std::vector<T> c) {
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++)
            for (int i = 0; i < 16; i++) c[16 * y + x] += a[16 * y + i] * b[16 * i + x];
    return c;
}

template <typename T>
static std::vector<T> matrix(int seed) {
    std::vector<T> values(256);
    for (int i = 0; i < 256; i++) values[i] = T(i * seed % 23 - 11);
    return values;
}

int main() {
    /* Whole numbers: small enough to be exact in every format. */
    std::vector<float> a = matrix<float>(7), b = matrix<float>(5), c = matrix<float>(3);
    float *dc = on_device(c), *dd = on_device<float>(256);
    floats<<<1, 32>>>(on_device(a), on_device(b), dc, dd);
    done();
    verdict("f32 from f16", from_device(dc, 256) == product(a, b, c));
    verdict("f16 from f16", from_device(dd, 256) == product(a, b, std::vector<float>(256)));
    std::vector<int> ia = matrix<int>(11), ib = matrix<int>(13);
    int *ic = on_device<int>(256);
    bytes<<<1, 32>>>(on_device(ia), on_device(ib), ic);
    done();
    verdict("i32 from i8", from_device(ic, 256) == product(ia, ib, std::vector<int>(256)));
    return end();
}
