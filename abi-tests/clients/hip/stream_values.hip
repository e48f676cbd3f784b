/* Streams that wait for values in memory, and write them. */
#include "check.h"

__global__ void add(int *value, int by) { *value = *value * 2 + by; }

int main() {
    int supported = 0;
    NEED(hipDeviceGetAttribute(&supported, hipDeviceAttributeCanUseStreamWaitValue, 0));
    verdict("supported", supported);
    hipStream_t waiting, writing;
    NEED(hipStreamCreateWithFlags(&waiting, hipStreamNonBlocking));
    NEED(hipStreamCreateWithFlags(&writing, hipStreamNonBlocking));
    void *flag;
    NEED(hipExtMallocWithFlags(&flag, 8, hipMallocSignalMemory));
    uint64_t zero = 0;
    NEED(hipMemcpy(flag, &zero, sizeof zero, hipMemcpyHostToDevice));
    int *value = on_device(std::vector<int>(1, 1));
    /* What waits is put into its queue before what it waits for. */
    NEED(hipStreamWaitValue64(waiting, flag, 5, hipStreamWaitValueGte));
    add<<<1, 1, 0, waiting>>>(value, 3);
    add<<<1, 1, 0, writing>>>(value, 10);
    NEED(hipStreamWriteValue64(writing, flag, 6, 0));
    NEED(hipStreamSynchronize(waiting));
    NEED(hipStreamSynchronize(writing));
    verdict("between streams", from_device(value, 1)[0] == (1 * 2 + 10) * 2 + 3);

    uint32_t *words = on_device<uint32_t>(2);
    NEED(hipMemset(words, 0, 8));
    /* The stream does not wait for the one in which that is. */
    NEED(hipDeviceSynchronize());
    NEED(hipStreamWriteValue32(writing, words, 0xabcd1234, 0));
    NEED(hipStreamWaitValue32(writing, words, 0x34, hipStreamWaitValueEq, 0xff));
    NEED(hipStreamWriteValue32(writing, words + 1, 77, 0));
    NEED(hipStreamSynchronize(writing));
    std::vector<uint32_t> got = from_device(words, 2);
    verdict("32 bits", got[0] == 0xabcd1234 && got[1] == 77);
    return end();
}
