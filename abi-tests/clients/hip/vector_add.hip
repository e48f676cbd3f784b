/* c = a + b, for several types and sizes that do not fill the last group. */
#include "check.h"

template <typename T>
__global__ void add(const T *a, const T *b, T *c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

template <typename T>
static bool added(int n) {
    std::vector<T> a(n), b(n);
    for (int i = 0; i < n; i++) a[i] = T(i), b[i] = T(3 * i % 101);
    T *da = on_device(a), *db = on_device(b), *dc = on_device<T>(n);
    add<<<(n + 255) / 256, 256>>>(da, db, dc, n);
    done();
    std::vector<T> c = from_device(dc, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= c[i] == T(a[i] + b[i]);
    NEED(hipFree(da));
    NEED(hipFree(db));
    NEED(hipFree(dc));
    return right;
}

template <typename T>
static void type(const char *name) {
    bool right = true;
    for (int n : {1, 63, 64, 1000, 100000}) right &= added<T>(n);
    verdict(name, right);
}

int main() {
    type<int8_t>("int8");
    type<uint16_t>("uint16");
    type<int32_t>("int32");
    type<int64_t>("int64");
    type<float>("float");
    type<double>("double");
    return end();
}
