/* Addresses and memory apart: reserved, made, mapped, moved. */
#include "check.h"

__global__ void add(int *values, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) values[i] += i;
}

int main() {
    int supported = 0;
    NEED(hipDeviceGetAttribute(&supported, hipDeviceAttributeVirtualMemoryManagementSupported, 0));
    verdict("supported", supported);
    hipMemAllocationProp properties = {};
    properties.type = hipMemAllocationTypePinned;
    properties.location = {hipMemLocationTypeDevice, 0};
    size_t grain;
    NEED(hipMemGetAllocationGranularity(&grain, &properties, hipMemAllocationGranularityMinimum));
    verdict("granularity", grain >= 4096 && (grain & (grain - 1)) == 0);
    size_t bytes = (100000 + grain - 1) / grain * grain;
    void *range;
    NEED(hipMemAddressReserve(&range, 4 * bytes, 0, nullptr, 0));
    hipMemGenericAllocationHandle_t first, second;
    NEED(hipMemCreate(&first, bytes, &properties, 0));
    NEED(hipMemCreate(&second, bytes, &properties, 0));
    char *at = static_cast<char *>(range);
    NEED(hipMemMap(at, bytes, 0, first, 0));
    NEED(hipMemMap(at + bytes, bytes, 0, second, 0));
    hipMemAccessDesc access = {};
    access.location = properties.location;
    access.flags = hipMemAccessFlagsProtReadWrite;
    NEED(hipMemSetAccess(at, bytes, &access, 1));
    NEED(hipMemSetAccess(at + bytes, bytes, &access, 1));

    /* One array over both. */
    int n = int(2 * bytes / sizeof(int)), *values = reinterpret_cast<int *>(range);
    std::vector<int> sevens(n, 7);
    NEED(hipMemcpy(values, sevens.data(), 2 * bytes, hipMemcpyHostToDevice));
    add<<<(n + 255) / 256, 256>>>(values, n);
    done();
    std::vector<int> got = from_device(values, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= got[i] == 7 + i;
    verdict("mapped", right);

    /* The second half's memory at another address still holds what it held. */
    NEED(hipMemUnmap(at + bytes, bytes));
    NEED(hipMemMap(at + 3 * bytes, bytes, 0, second, 0));
    NEED(hipMemSetAccess(at + 3 * bytes, bytes, &access, 1));
    got = from_device(reinterpret_cast<int *>(at + 3 * bytes), n / 2);
    right = true;
    for (int i = 0; i < n / 2; i++) right &= got[i] == 7 + n / 2 + i;
    verdict("moved", right);
    NEED(hipMemUnmap(at, bytes));
    NEED(hipMemUnmap(at + 3 * bytes, bytes));
    NEED(hipMemRelease(first));
    NEED(hipMemRelease(second));
    NEED(hipMemAddressFree(range, 4 * bytes));
    return end();
}
