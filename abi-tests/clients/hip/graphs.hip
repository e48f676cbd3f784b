/* Graphs: captured from a stream, and made by hand. */
#include "check.h"

__global__ void add(int *values, int n, int by) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) values[i] += by;
}

static const int n = 1000;

static bool all(const std::vector<int> &values, int expected) {
    bool right = true;
    for (int value : values) right &= value == expected;
    return right;
}

static void captured() {
    hipStream_t stream, side;
    hipEvent_t fork, join;
    hipGraph_t graph;
    hipGraphExec_t ready;
    NEED(hipStreamCreate(&stream));
    NEED(hipStreamCreate(&side));
    NEED(hipEventCreate(&fork));
    NEED(hipEventCreate(&join));
    int *values = on_device<int>(n), *others = on_device<int>(n), *pinned;
    NEED(hipHostMalloc(reinterpret_cast<void **>(&pinned), n * sizeof(int), hipHostMallocDefault));
    NEED(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    NEED(hipMemsetAsync(values, 0, n * sizeof(int), stream));
    NEED(hipEventRecord(fork, stream));
    NEED(hipStreamWaitEvent(side, fork, 0));
    NEED(hipMemsetAsync(others, 0, n * sizeof(int), side));
    add<<<4, 256, 0, side>>>(others, n, 100);
    NEED(hipEventRecord(join, side));
    for (int i = 0; i < 3; i++) add<<<4, 256, 0, stream>>>(values, n, 5);
    NEED(hipStreamWaitEvent(stream, join, 0));
    NEED(hipMemcpyAsync(pinned, values, n * sizeof(int), hipMemcpyDeviceToHost, stream));
    NEED(hipStreamEndCapture(stream, &graph));
    size_t nodes = 0;
    NEED(hipGraphGetNodes(graph, nullptr, &nodes));
    verdict("nodes", nodes == 7);
    NEED(hipGraphInstantiate(&ready, graph, nullptr, nullptr, 0));
    bool right = true;
    for (int round = 0; round < 3; round++) {
        pinned[n - 1] = -1;
        NEED(hipGraphLaunch(ready, stream));
        NEED(hipStreamSynchronize(stream));
        right &= all(std::vector<int>(pinned, pinned + n), 15) && all(from_device(others, n), 100);
    }
    verdict("captured", right);
    NEED(hipGraphExecDestroy(ready));
    NEED(hipGraphDestroy(graph));
}

static void by_hand() {
    hipGraph_t graph;
    hipGraphExec_t ready;
    hipGraphNode_t fill, first, second, copy;
    int *values = on_device<int>(n), count = n, by = 7;
    std::vector<int> got(n);
    void *arguments[] = {&values, &count, &by};
    NEED(hipGraphCreate(&graph, 0));
    hipMemsetParams memset = {};
    memset.dst = values, memset.elementSize = 4, memset.width = n, memset.height = 1, memset.value = 1;
    NEED(hipGraphAddMemsetNode(&fill, graph, nullptr, 0, &memset));
    hipKernelNodeParams kernel = {};
    kernel.func = reinterpret_cast<void *>(add), kernel.gridDim = dim3(4), kernel.blockDim = dim3(256), kernel.kernelParams = arguments;
    NEED(hipGraphAddKernelNode(&first, graph, &fill, 1, &kernel));
    by = 50;
    NEED(hipGraphAddKernelNode(&second, graph, &first, 1, &kernel));
    NEED(hipGraphAddMemcpyNode1D(&copy, graph, &second, 1, got.data(), values, n * sizeof(int), hipMemcpyDeviceToHost));
    NEED(hipGraphInstantiate(&ready, graph, nullptr, nullptr, 0));
    NEED(hipGraphLaunch(ready, 0));
    NEED(hipStreamSynchronize(0));
    verdict("by hand", all(got, 58));
    by = 1000;
    NEED(hipGraphExecKernelNodeSetParams(ready, second, &kernel));
    NEED(hipGraphLaunch(ready, 0));
    NEED(hipStreamSynchronize(0));
    verdict("changed", all(got, 1008));
    NEED(hipGraphExecDestroy(ready));
    NEED(hipGraphDestroy(graph));
}

int main() {
    captured();
    by_hand();
    return end();
}
