/* Streams, events between them, and functions of the host in their midst. */
#include <atomic>

#include "check.h"

__global__ void scale(int *values, int n, int by) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) values[i] = values[i] * by + 1;
}

static std::atomic<int> called;

static void on_host(void *data) { called += *static_cast<int *>(data); }

static void after(hipStream_t, hipError_t status, void *data) {
    if (status == hipSuccess) called += *static_cast<int *>(data);
}

/* The second stream goes on where the first one has come to. */
static void in_order() {
    const int n = 10000;
    hipStream_t first, second;
    hipEvent_t event, start, stop;
    NEED(hipStreamCreate(&first));
    NEED(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    NEED(hipEventCreateWithFlags(&event, hipEventDisableTiming));
    NEED(hipEventCreate(&start));
    NEED(hipEventCreate(&stop));
    std::vector<int> zeros(n);
    int *values = on_device(zeros);
    NEED(hipEventRecord(start, first));
    for (int round = 0; round < 5; round++) scale<<<8, 128, 0, first>>>(values, n, 3);
    NEED(hipEventRecord(event, first));
    NEED(hipStreamWaitEvent(second, event, 0));
    scale<<<8, 128, 0, second>>>(values, n, 10);
    NEED(hipEventRecord(stop, second));
    NEED(hipEventSynchronize(stop));
    bool right = true;
    for (int value : from_device(values, n)) right &= value == (1 + 3 + 9 + 27 + 81) * 10 + 1;
    verdict("events", right && hipEventQuery(stop) == hipSuccess && hipStreamQuery(second) == hipSuccess);
    float ms = -1;
    NEED(hipEventElapsedTime(&ms, start, stop));
    verdict("time passes", ms > 0);
    NEED(hipEventDestroy(event));
    NEED(hipStreamDestroy(first));
    NEED(hipStreamDestroy(second));
}

static void host_functions() {
    hipStream_t stream;
    NEED(hipStreamCreate(&stream));
    int *value = on_device<int>(1), one = 1, ten = 10, *pinned;
    NEED(hipHostMalloc(reinterpret_cast<void **>(&pinned), sizeof *pinned, hipHostMallocDefault));
    NEED(hipMemsetAsync(value, 0, sizeof *value, stream));
    NEED(hipLaunchHostFunc(stream, on_host, &one));
    scale<<<1, 1, 0, stream>>>(value, 1, 2);
    NEED(hipStreamAddCallback(stream, after, &ten, 0));
    scale<<<1, 1, 0, stream>>>(value, 1, 2);
    NEED(hipMemcpyAsync(pinned, value, sizeof *value, hipMemcpyDeviceToHost, stream));
    NEED(hipStreamSynchronize(stream));
    verdict("host functions", called == 11 && *pinned == 3);
    NEED(hipStreamDestroy(stream));
}

/* More streams than the device has queues. */
static void many() {
    const int count = 12, n = 3000;
    hipStream_t streams[count];
    int *values[count], low, high;
    std::vector<int> zeros(n);
    NEED(hipDeviceGetStreamPriorityRange(&low, &high));
    for (int i = 0; i < count; i++) {
        NEED(hipStreamCreateWithPriority(&streams[i], hipStreamNonBlocking, i % 3 ? low : high));
        values[i] = on_device(zeros);
    }
    for (int round = 0; round < 4; round++)
        for (int i = 0; i < count; i++) scale<<<3, 64, 0, streams[i]>>>(values[i], n, i);
    done();
    bool right = true;
    for (int i = 0; i < count; i++) {
        int expected = 1 + i + i * i + i * i * i;
        for (int value : from_device(values[i], n)) right &= value == expected;
        NEED(hipStreamDestroy(streams[i]));
    }
    verdict("twelve streams", right);
}

int main() {
    in_order();
    host_functions();
    many();
    return end();
}
