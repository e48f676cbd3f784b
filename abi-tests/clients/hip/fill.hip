/* hipMemset and its wider brothers, at odd addresses and sizes. */
#include "check.h"

static bool filled(size_t offset, size_t n) {
    std::vector<uint8_t> before = patterned(offset + n + 64);
    uint8_t *memory = on_device(before);
    NEED(hipMemset(memory + offset, 0xc3, n));
    std::vector<uint8_t> after = from_device(memory, before.size());
    NEED(hipFree(memory));
    bool right = true;
    for (size_t i = 0; i < after.size(); i++)
        right &= after[i] == (i >= offset && i < offset + n ? 0xc3 : before[i]);
    return right;
}

template <typename T, typename F>
static bool filled_wide(T value, F fill) {
    std::vector<T> before(1001, T(1));
    T *memory = on_device(before);
    NEED(fill(reinterpret_cast<hipDeviceptr_t>(memory + 3), value, 777));
    std::vector<T> after = from_device(memory, before.size());
    NEED(hipFree(memory));
    bool right = true;
    for (size_t i = 0; i < after.size(); i++) right &= after[i] == (i >= 3 && i < 780 ? value : T(1));
    return right;
}

int main() {
    for (size_t n : {1, 2, 3, 7, 16, 255, 4096, 65537, 3000001}) {
        char name[40];
        snprintf(name, sizeof name, "%zu bytes", n);
        verdict(name, filled(0, n) && filled(1, n) && filled(14, n));
    }
    verdict("bytes", filled_wide<uint8_t>(0x9e, hipMemsetD8));
    verdict("halves", filled_wide<uint16_t>(0x9e37, hipMemsetD16));
    verdict("words", filled_wide<int>(0x79b97f4a, hipMemsetD32));
    int *memory = on_device<int>(100);
    NEED(hipMemsetAsync(memory, 0xff, 400, 0));
    NEED(hipStreamSynchronize(0));
    verdict("asynchronous", from_device(memory, 100)[99] == -1);
    return end();
}
