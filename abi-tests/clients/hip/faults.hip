/* Addresses of nowhere: a program that goes wrong on the device ends soon, by an error or by abort(), whatever it waits
   for. What its children say on standard error it says, too. */
#include "check.h"

__global__ void poke(int *where) { where[threadIdx.x] = 1; }
__global__ void nothing() {}

/* As far from the allocation as nothing is. */
static int *outside() { return on_device<int>(1024) + (1l << 32); }

template <typename F>
static void ends(const char *name, F work) {
    std::string said;
    verdict(name, in_child(work, said) == 134);
    fputs(said.c_str(), stderr);
}

int main() {
    ends("kernel", [] { poke<<<1, 64>>>(outside()); });
    /* Those who wait for what comes after it wait no longer. */
    ends("copy behind it", [] {
        std::vector<int> host(1 << 20);
        int *there = on_device(host);
        poke<<<1, 64>>>(outside());
        if (hipMemcpy(host.data(), there, 4 << 20, hipMemcpyDeviceToHost) != hipSuccess) _exit(134);
    });
    ends("another stream", [] {
        hipStream_t stream;
        hipEvent_t event;
        NEED(hipStreamCreate(&stream));
        NEED(hipEventCreate(&event));
        poke<<<1, 64>>>(outside());
        NEED(hipEventRecord(event, nullptr));
        NEED(hipStreamWaitEvent(stream, event, 0));
        nothing<<<1, 64, 0, stream>>>();
        if (hipStreamSynchronize(stream) != hipSuccess) _exit(134);
    });
    return end();
}
