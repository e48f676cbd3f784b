/* Two GPUs: copies between them, and kernels that reach into the other's memory. */
#include "check.h"

__global__ void add(int *values, const int *others, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) values[i] += others[i];
}

static const int n = 300000;

static bool all(const std::vector<int> &values, int factor) {
    bool right = true;
    for (int i = 0; i < n; i++) right &= values[i] == factor * i;
    return right;
}

int main() {
    int count = 0, there = 0, back = 0;
    NEED(hipGetDeviceCount(&count));
    verdict("two devices", count == 2);
    if (count != 2) return end();
    NEED(hipDeviceCanAccessPeer(&there, 0, 1));
    NEED(hipDeviceCanAccessPeer(&back, 1, 0));
    verdict("they reach each other", there && back);
    std::vector<int> numbers(n);
    for (int i = 0; i < n; i++) numbers[i] = i;
    NEED(hipSetDevice(0));
    int *first = on_device(numbers);
    NEED(hipSetDevice(1));
    int *second = on_device<int>(n);
    NEED(hipMemcpyPeer(second, 1, first, 0, n * sizeof(int)));
    verdict("copy before access", all(from_device(second, n), 1));
    NEED(hipDeviceEnablePeerAccess(0, 0));
    verdict("twice", hipDeviceEnablePeerAccess(0, 0) == hipErrorPeerAccessAlreadyEnabled);
    (void)hipGetLastError();
    add<<<(n + 255) / 256, 256>>>(second, first, n);
    done();
    verdict("kernel of the second reads the first", all(from_device(second, n), 2));
    NEED(hipSetDevice(0));
    NEED(hipDeviceEnablePeerAccess(1, 0));
    add<<<(n + 255) / 256, 256>>>(second, first, n);
    done();
    verdict("kernel of the first writes the second", all(from_device(second, n), 3));
    NEED(hipMemcpy(first, second, n * sizeof(int), hipMemcpyDefault));
    verdict("copy after access", all(from_device(first, n), 3));
    hipPointerAttribute_t facts;
    NEED(hipPointerGetAttributes(&facts, second));
    verdict("whose memory", facts.device == 1);
    NEED(hipDeviceDisablePeerAccess(1));
    return end();
}
