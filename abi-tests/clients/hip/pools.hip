/* Memory that comes and goes in a stream's order. */
#include "check.h"

__global__ void fill(int *values, int n, int with) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) values[i] = with + i;
}

static bool filled(const int *memory, int n, int with) {
    std::vector<int> got = from_device(memory, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= got[i] == with + i;
    return right;
}

int main() {
    hipStream_t stream;
    NEED(hipStreamCreate(&stream));
    bool right = true;
    const int n = 3000;
    for (int round = 0; round < 10; round++) {
        int *first, *second;
        NEED(hipMallocAsync(reinterpret_cast<void **>(&first), n * sizeof(int), stream));
        NEED(hipMallocAsync(reinterpret_cast<void **>(&second), (round + 1) * n * sizeof(int), stream));
        fill<<<(n + 255) / 256, 256, 0, stream>>>(first, n, round);
        fill<<<(n + 255) / 256, 256, 0, stream>>>(second, n, -round);
        NEED(hipStreamSynchronize(stream));
        right &= filled(first, n, round) && filled(second, n, -round);
        NEED(hipFreeAsync(first, stream));
        NEED(hipFreeAsync(second, stream));
    }
    NEED(hipStreamSynchronize(stream));
    verdict("the device's pool", right);

    hipMemPool_t pool;
    hipMemPoolProps properties = {};
    properties.allocType = hipMemAllocationTypePinned;
    properties.location = {hipMemLocationTypeDevice, 0};
    NEED(hipMemPoolCreate(&pool, &properties));
    uint64_t keep = uint64_t(1) << 30, used = 1;
    NEED(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &keep));
    int *memory;
    NEED(hipMallocFromPoolAsync(reinterpret_cast<void **>(&memory), n * sizeof(int), pool, stream));
    fill<<<(n + 255) / 256, 256, 0, stream>>>(memory, n, 5);
    NEED(hipStreamSynchronize(stream));
    verdict("a pool of our own", filled(memory, n, 5));
    NEED(hipFreeAsync(memory, stream));
    NEED(hipStreamSynchronize(stream));
    NEED(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    verdict("none is used", used == 0);
    NEED(hipMemPoolDestroy(pool));
    return end();
}
