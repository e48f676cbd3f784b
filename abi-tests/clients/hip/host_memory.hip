/* Memory of the host that the device uses in place: managed, pinned and registered. */
#include <cstring>

#include "check.h"

__global__ void twice(int *values, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) values[i] *= 2;
}

static const int n = 5000;

/* The device sees what the host wrote, and the host what the device wrote. */
static bool shared(int *host, int *device) {
    for (int i = 0; i < n; i++) host[i] = i - 99;
    twice<<<(n + 63) / 64, 64>>>(device, n);
    done();
    bool right = true;
    for (int i = 0; i < n; i++) right &= host[i] == 2 * (i - 99);
    return right;
}

__managed__ int managed_variable = 4;

__global__ void count_up() { managed_variable++; }

static void managed() {
    int supported = 0, *memory;
    NEED(hipDeviceGetAttribute(&supported, hipDeviceAttributeManagedMemory, 0));
    verdict("managed is supported", supported);
    NEED(hipMallocManaged(reinterpret_cast<void **>(&memory), n * sizeof(int), hipMemAttachGlobal));
    verdict("managed", shared(memory, memory));
    NEED(hipMemPrefetchAsync(memory, n * sizeof(int), 0, 0));
    NEED(hipMemAdvise(memory, n * sizeof(int), hipMemAdviseSetReadMostly, 0));
    verdict("managed and moved", shared(memory, memory));
    NEED(hipFree(memory));
    managed_variable = 9;
    count_up<<<1, 1>>>();
    done();
    verdict("managed variable", managed_variable == 10);
}

static void pinned() {
    int *memory, *device;
    for (unsigned flags : {0u + hipHostMallocMapped, 0u + hipHostMallocCoherent, 0u + hipHostMallocNonCoherent, 0u + hipHostMallocPortable}) {
        NEED(hipHostMalloc(reinterpret_cast<void **>(&memory), n * sizeof(int), flags));
        NEED(hipHostGetDevicePointer(reinterpret_cast<void **>(&device), memory, 0));
        char name[32];
        snprintf(name, sizeof name, "pinned, flags %#x", flags);
        verdict(name, shared(memory, device));
        NEED(hipHostFree(memory));
    }
}

static void registered() {
    int *memory = static_cast<int *>(aligned_alloc(4096, n * sizeof(int) + 4096)), *device;
    NEED(hipHostRegister(memory, n * sizeof(int), hipHostRegisterMapped));
    NEED(hipHostGetDevicePointer(reinterpret_cast<void **>(&device), memory, 0));
    verdict("registered", shared(memory, device));
    hipPointerAttribute_t facts;
    NEED(hipPointerGetAttributes(&facts, memory));
    verdict("registered is known", facts.devicePointer == device);
    NEED(hipHostUnregister(memory));
    verdict("no more", hipHostUnregister(memory) != hipSuccess);
    free(memory);
}

int main() {
    managed();
    pinned();
    registered();
    return end();
}
