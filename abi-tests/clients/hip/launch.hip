/* What scripts/bench runtime measures of HIP: launch launch N starts a kernel N times. Under callgrind, only the launches
   are counted. */
#include "check.h"

#if __has_include(<callgrind.h>)
#include <callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif
#include <unistd.h>

__global__ void add(const int *a, const int *b, int *c) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    c[i] = a[i] + b[i];
}

int main(int argc, char **argv) {
    long repeats = argc > 2 ? atol(argv[2]) : 1;
    const int n = 64;
    int *a = on_device<int>(n), *b = on_device<int>(n), *c = on_device<int>(n);
    add<<<1, n>>>(a, b, c);
    NEED(hipDeviceSynchronize());
    CALLGRIND_START_INSTRUMENTATION;
    for (long i = 0; i < repeats; i++) add<<<1, n>>>(a, b, c);
    CALLGRIND_STOP_INSTRUMENTATION;
    NEED(hipDeviceSynchronize());
    fflush(NULL);
    _exit(0); /* what is left over is not measured */
}
