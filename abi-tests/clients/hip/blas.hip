/* Matrix products by rocBLAS, in single and half precision and as llama.cpp asks for them: half precision with sums in
   single, and batches. Whole numbers, small enough to be exact in every format. */
#include <hip/hip_fp16.h>
#include <rocblas/rocblas.h>

#include <string>

#include "check.h"

#define BLAS(call)                                                            \
    do {                                                                      \
        rocblas_status status_ = (call);                                      \
        if (status_ != rocblas_status_success) {                              \
            printf("%s: %s\n", #call, rocblas_status_to_string(status_));     \
            exit(2);                                                          \
        }                                                                     \
    } while (0)

/* C is M by N, and K the length of the sums. */
struct Shape {
    int m, n, k;
    rocblas_operation a, b;
};

/* Columns stand one after another, as in Fortran. */
template <typename T>
static std::vector<T> matrix(int count, int seed) {
    std::vector<T> values(count);
    for (int i = 0; i < count; i++) values[i] = T(float(i * seed % 5 - 2));
    return values;
}

static std::string name(const char *kind, const Shape &s) {
    auto letter = [](rocblas_operation operation) { return operation == rocblas_operation_none ? "n" : "t"; };
    return std::string(kind) + " " + std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k) + " " +
           letter(s.a) + letter(s.b);
}

template <typename T>
static std::vector<float> product(const Shape &s, const std::vector<T> &a, const std::vector<T> &b, const std::vector<T> &c) {
    std::vector<float> sums(c.size());
    for (int x = 0; x < s.n; x++)
        for (int y = 0; y < s.m; y++) {
            float sum = 0;
            for (int i = 0; i < s.k; i++)
                sum += float(a[s.a == rocblas_operation_none ? i * s.m + y : y * s.k + i]) *
                       float(b[s.b == rocblas_operation_none ? x * s.k + i : i * s.n + x]);
            sums[x * s.m + y] = 2 * sum - float(c[x * s.m + y]);
        }
    return sums;
}

template <typename T>
static bool alike(const T *got, const std::vector<float> &expected) {
    std::vector<T> values = from_device(got, expected.size());
    for (size_t i = 0; i < expected.size(); i++)
        if (float(values[i]) != expected[i]) return false;
    return true;
}

static int rows(rocblas_operation operation, int plain, int turned) {
    return operation == rocblas_operation_none ? plain : turned;
}

static void single(rocblas_handle blas, const Shape &s) {
    auto a = matrix<float>(s.m * s.k, 7), b = matrix<float>(s.k * s.n, 3), c = matrix<float>(s.m * s.n, 11);
    float *out = on_device(c), two = 2, minus = -1;
    BLAS(rocblas_sgemm(blas, s.a, s.b, s.m, s.n, s.k, &two, on_device(a), rows(s.a, s.m, s.k), on_device(b),
                       rows(s.b, s.k, s.n), &minus, out, s.m));
    verdict(name("sgemm", s).c_str(), alike(out, product(s, a, b, c)));
}

static void half_precision(rocblas_handle blas, const Shape &s) {
    auto a = matrix<_Float16>(s.m * s.k, 7), b = matrix<_Float16>(s.k * s.n, 3), c = matrix<_Float16>(s.m * s.n, 11);
    _Float16 *out = on_device(c), *da = on_device(a), *db = on_device(b);
    _Float16 two = 2, minus = -1;
    auto as = [](_Float16 *values) { return reinterpret_cast<rocblas_half *>(values); };
    BLAS(rocblas_hgemm(blas, s.a, s.b, s.m, s.n, s.k, as(&two), as(da), rows(s.a, s.m, s.k), as(db),
                       rows(s.b, s.k, s.n), as(&minus), as(out), s.m));
    verdict(name("hgemm", s).c_str(), alike(out, product(s, a, b, c)));
}

/* Three products in one call, with sums in single precision. */
static void batches(rocblas_handle blas, const Shape &s) {
    const int batches = 3, sizes[3] = {s.m * s.k, s.k * s.n, s.m * s.n};
    auto a = matrix<_Float16>(batches * sizes[0], 7), b = matrix<_Float16>(batches * sizes[1], 3);
    auto c = matrix<float>(batches * sizes[2], 11);
    float *out = on_device(c), two = 2, minus = -1;
    BLAS(rocblas_gemm_strided_batched_ex(
        blas, s.a, s.b, s.m, s.n, s.k, &two, on_device(a), rocblas_datatype_f16_r, rows(s.a, s.m, s.k), sizes[0], on_device(b),
        rocblas_datatype_f16_r, rows(s.b, s.k, s.n), sizes[1], &minus, out, rocblas_datatype_f32_r, s.m, sizes[2], out,
        rocblas_datatype_f32_r, s.m, sizes[2], batches, rocblas_datatype_f32_r, rocblas_gemm_algo_standard, 0, 0));
    bool right = true;
    for (int i = 0; i < batches; i++) {
        auto part = [&](auto &all, int size) {
            auto first = all.begin() + i * size;
            return std::vector<float>(first, first + size);
        };
        right &= alike(out + i * sizes[2], product(s, part(a, sizes[0]), part(b, sizes[1]), part(c, sizes[2])));
    }
    verdict(name("batches of f16 with sums of f32", s).c_str(), right);
}

int main() {
    rocblas_handle blas;
    BLAS(rocblas_create_handle(&blas));
    const auto none = rocblas_operation_none, turned = rocblas_operation_transpose;
    const Shape shapes[] = {{1, 1, 1, none, none},      {33, 17, 29, none, none},    {33, 17, 29, turned, none},
                            {33, 17, 29, none, turned}, {33, 17, 29, turned, turned}, {64, 64, 64, turned, none},
                            {128, 96, 32, none, none}};
    for (const Shape &shape : shapes) single(blas, shape), half_precision(blas, shape), batches(blas, shape);
    BLAS(rocblas_destroy_handle(blas));
    return end();
}
