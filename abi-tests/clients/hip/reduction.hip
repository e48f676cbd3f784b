/* Sums by LDS of fixed and of dynamic size, and across the lanes of a wave. */
#include "check.h"

__global__ void by_lds(const int *in, long long *out, int n) {
    __shared__ long long part[256];
    long long sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) sum += in[i];
    part[threadIdx.x] = sum;
    __syncthreads();
    for (int half = blockDim.x / 2; half; half /= 2) {
        if (int(threadIdx.x) < half) part[threadIdx.x] += part[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) out[blockIdx.x] = part[0];
}

__global__ void by_dynamic_lds(const float *in, float *out) {
    extern __shared__ float tile[];
    int n = blockDim.x;
    tile[threadIdx.x] = in[blockIdx.x * n + threadIdx.x];
    __syncthreads();
    out[blockIdx.x * n + threadIdx.x] = tile[n - 1 - threadIdx.x] + tile[(threadIdx.x + 1) % n];
}

__global__ void by_shuffles(const int *in, int *out) {
    int value = in[threadIdx.x], sum = value, scan = value, lane = threadIdx.x % warpSize;
    for (int by = warpSize / 2; by; by /= 2) sum += __shfl_xor(sum, by);
    for (int by = 1; by < warpSize; by *= 2) {
        int other = __shfl_up(scan, by);
        if (lane >= by) scan += other;
    }
    unsigned long long odd = __ballot(value & 1);
    int *mine = out + 6 * threadIdx.x;
    mine[0] = sum;
    mine[1] = scan;
    mine[2] = __shfl(value, (lane * 7) % warpSize);
    mine[3] = __shfl_down(value, 3);
    mine[4] = __popcll(odd);
    mine[5] = __any(value == 5) + 2 * __all(value >= 0);
}

static bool sums() {
    const int n = 1000003, groups = 37;
    std::vector<int> in(n);
    long long expected = 0;
    for (int i = 0; i < n; i++) expected += in[i] = static_cast<int>(i * 2654435761u);
    long long *out = on_device<long long>(groups), sum = 0;
    by_lds<<<groups, 256>>>(on_device(in), out, n);
    done();
    for (long long part : from_device(out, groups)) sum += part;
    return sum == expected;
}

static bool reversed(int threads, int groups) {
    std::vector<float> in(threads * groups);
    for (size_t i = 0; i < in.size(); i++) in[i] = float(i % 1021);
    float *out = on_device<float>(in.size());
    by_dynamic_lds<<<groups, threads, threads * sizeof(float)>>>(on_device(in), out);
    done();
    std::vector<float> got = from_device(out, in.size());
    bool right = true;
    for (int i = 0; i < threads * groups; i++) {
        int first = i / threads * threads, at = i % threads;
        right &= got[i] == in[first + threads - 1 - at] + in[first + (at + 1) % threads];
    }
    return right;
}

static bool shuffled() {
    const int n = 256;
    int wave;
    NEED(hipDeviceGetAttribute(&wave, hipDeviceAttributeWarpSize, 0));
    std::vector<int> in(n);
    for (int i = 0; i < n; i++) in[i] = i * 37 % 101;
    int *out = on_device<int>(6 * n);
    by_shuffles<<<1, n>>>(on_device(in), out);
    done();
    std::vector<int> got = from_device(out, 6 * n);
    bool right = true;
    for (int i = 0; i < n; i++) {
        int first = i / wave * wave, lane = i % wave, sum = 0, scan = 0, odd = 0, five = 0;
        for (int j = 0; j < wave; j++) {
            int value = in[first + j];
            sum += value;
            if (j <= lane) scan += value;
            odd += value & 1;
            five |= value == 5;
        }
        int down = lane + 3 < wave ? in[i + 3] : in[i];
        const int expected[] = {sum, scan, in[first + lane * 7 % wave], down, odd, five + 2};
        for (int j = 0; j < 6; j++) right &= got[6 * i + j] == expected[j];
    }
    return right;
}

int main() {
    verdict("sums", sums());
    verdict("dynamic", reversed(64, 3) && reversed(1000, 5));
    verdict("half of the memory", reversed(1024, 2));
    verdict("shuffles", shuffled());
    return end();
}
