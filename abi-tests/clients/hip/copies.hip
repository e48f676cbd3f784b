/* hipMemcpy from one byte to 64 MiB, in every direction, at even and odd addresses. */
#include <cstring>

#include "check.h"

static const size_t largest = size_t(64) << 20, sizes[] = {1, 2, 3, 4, 15, 16, 63, 256, 1000, 4095, 4096, 4097, 16384, 16385,
                                                            65536, 1000003, 1048576, 1048577, 4194304, 10000019, largest};

/* What lies beyond must stay as it is. */
static bool landed(const uint8_t *got, const uint8_t *sent, size_t n, uint8_t beyond) {
    return !memcmp(got, sent, n) && got[n] == beyond;
}

int main() {
    std::vector<uint8_t> sent = patterned(largest + 8), back(largest + 8);
    uint8_t *first = on_device<uint8_t>(largest + 8), *second = on_device<uint8_t>(largest + 8), *pinned;
    NEED(hipHostMalloc(reinterpret_cast<void **>(&pinned), largest + 8, hipHostMallocDefault));
    for (size_t n : sizes) {
        bool right = true;
        for (size_t odd : {0, 3}) {
            NEED(hipMemset(first, 0x5a, n + 8));
            NEED(hipMemset(second, 0xa5, n + 8));
            NEED(hipMemcpy(first + odd, sent.data(), n, hipMemcpyHostToDevice));
            NEED(hipMemcpy(second + 1, first + odd, n, hipMemcpyDeviceToDevice));
            NEED(hipMemcpy(back.data(), second + 1, n + 1, hipMemcpyDeviceToHost));
            right &= landed(back.data(), sent.data(), n, 0xa5);
            NEED(hipMemcpy(pinned, sent.data() + odd, n, hipMemcpyHostToHost));
            NEED(hipMemcpyAsync(first, pinned, n, hipMemcpyHostToDevice, 0));
            NEED(hipMemcpyAsync(pinned, second, 1, hipMemcpyDefault, 0));
            NEED(hipMemcpyAsync(pinned, first, n, hipMemcpyDeviceToHost, 0));
            NEED(hipStreamSynchronize(0));
            right &= !memcmp(pinned, sent.data() + odd, n);
        }
        char name[40];
        snprintf(name, sizeof name, "%zu bytes", n);
        verdict(name, right);
    }
    verdict("more than there is", hipMemcpy(first, sent.data(), largest * 2, hipMemcpyHostToDevice) == hipErrorInvalidValue);
    return end();
}
