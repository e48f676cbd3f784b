/* Variables of the device, by their names. */
#include "check.h"

__device__ int counters[100];
__constant__ float weights[16];
__device__ double initialised = 2.5;

__global__ void use() {
    counters[threadIdx.x] += int(weights[threadIdx.x % 16]);
    if (threadIdx.x == 0) initialised *= 2;
}

int main() {
    std::vector<int> numbers(100);
    float host_weights[16];
    for (int i = 0; i < 100; i++) numbers[i] = 1000 + i;
    for (int i = 0; i < 16; i++) host_weights[i] = float(i * i);
    NEED(hipMemcpyToSymbol(HIP_SYMBOL(counters), numbers.data(), 100 * sizeof(int), 0, hipMemcpyHostToDevice));
    NEED(hipMemcpyToSymbol(HIP_SYMBOL(weights), host_weights, sizeof host_weights, 0, hipMemcpyHostToDevice));
    use<<<1, 100>>>();
    done();
    std::vector<int> got(50);
    NEED(hipMemcpyFromSymbol(got.data(), HIP_SYMBOL(counters), 50 * sizeof(int), 25 * sizeof(int), hipMemcpyDeviceToHost));
    bool right = true;
    for (int i = 0; i < 50; i++) right &= got[i] == 1025 + i + (25 + i) % 16 * ((25 + i) % 16);
    verdict("copies", right);
    double value;
    NEED(hipMemcpyFromSymbol(&value, HIP_SYMBOL(initialised), sizeof value, 0, hipMemcpyDeviceToHost));
    verdict("initialised", value == 5);
    void *address;
    size_t size;
    NEED(hipGetSymbolAddress(&address, HIP_SYMBOL(counters)));
    NEED(hipGetSymbolSize(&size, HIP_SYMBOL(counters)));
    verdict("size", size == 400);
    NEED(hipMemset(address, 0, size));
    use<<<1, 100>>>();
    done();
    verdict("address", from_device(static_cast<int *>(address), 100)[17] == 1);
    return end();
}
