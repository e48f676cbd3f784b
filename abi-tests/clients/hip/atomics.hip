/* Every atomic of HIP, on device memory and on LDS: each thread of many counts, and what comes out does not depend on
   their order. */
#include "check.h"

static const int groups = 7, threads = 192, n = groups * threads;

enum Op { Add, Sub, Min, Max, And, Or, Xor, Exchange, Swap, Inc, Dec };

template <typename T>
__device__ T integer(int op, T *at, T v) {
    switch (op) {
        case Add: return atomicAdd(at, v);
        case Min: return atomicMin(at, v);
        case Max: return atomicMax(at, v);
        case And: return atomicAnd(at, ~(T(1) << (v % 31)));
        case Or: return atomicOr(at, T(1) << (v % 31));
        case Xor: return atomicXor(at, v);
        case Exchange: return atomicExch(at, v);
        default: {
            /* One more, by compare and swap. */
            T seen = *at, before;
            do before = seen, seen = atomicCAS(at, before, T(before + 1));
            while (seen != before);
            return before;
        }
    }
}

__device__ inline unsigned counted(int op, unsigned *at, unsigned v) {
    if (op == Sub) return atomicSub(at, v);
    if (op == Inc) return atomicInc(at, 999);
    if (op == Dec) return atomicDec(at, 999);
    return integer(op, at, v);
}
__device__ inline int counted(int op, int *at, int v) { return op == Sub ? atomicSub(at, v) : integer(op, at, v); }
__device__ inline unsigned long long counted(int op, unsigned long long *at, unsigned long long v) {
    return integer(op, at, v);
}

template <typename T>
__global__ void on_memory(int op, T *at, T *old) {
    T i = blockIdx.x * blockDim.x + threadIdx.x;
    old[i] = counted(op, at, T(i + 1));
}

template <typename T>
__global__ void on_lds(int op, T start, T *out) {
    __shared__ T cell;
    if (threadIdx.x == 0) cell = start;
    __syncthreads();
    T i = blockIdx.x * blockDim.x + threadIdx.x;
    counted(op, &cell, T(i + 1));
    __syncthreads();
    if (threadIdx.x == 0) out[blockIdx.x] = cell;
}

/* The same on the host, in order. */
template <typename T>
static T alone(int op, T start, int from, int to) {
    T x = start;
    for (int i = from; i < to; i++) {
        T v = T(i + 1);
        switch (op) {
            case Add: x += v; break;
            case Sub: x -= v; break;
            case Min: x = v < x ? v : x; break;
            case Max: x = v > x ? v : x; break;
            case And: x &= ~(T(1) << (v % 31)); break;
            case Or: x |= T(1) << (v % 31); break;
            case Xor: x ^= v; break;
            case Swap: x++; break;
            case Inc: x = x >= 999 ? 0 : x + 1; break;
            case Dec: x = x == 0 || x > 999 ? 999 : x - 1; break;
        }
    }
    return x;
}

template <typename T>
static void operation(const char *type, const char *name, int op, T start) {
    T *at = on_device(1, &start), *old = on_device<T>(n), *out = on_device<T>(groups);
    on_memory<<<groups, threads>>>(op, at, old);
    on_lds<<<groups, threads>>>(op, start, out);
    done();
    T result = from_device(at, 1)[0];
    std::vector<T> olds = from_device(old, n), cells = from_device(out, groups);
    bool right = true;
    if (op == Exchange) {
        /* Each value was there once: as what somebody found, or in the end. */
        unsigned long long sum = result;
        for (T value : olds) sum += value;
        right = sum == start + (unsigned long long)n * (n + 1) / 2;
    } else {
        right = result == alone(op, start, 0, n);
        for (int g = 0; g < groups; g++) right &= cells[g] == alone(op, start, g * threads, (g + 1) * threads);
    }
    char line[64];
    snprintf(line, sizeof line, "%s %s", type, name);
    verdict(line, right);
}

template <typename T>
static void operations(const char *type, std::initializer_list<int> ops) {
    static const char *const names[] = {"add", "sub", "min", "max", "and", "or", "xor", "exchange", "swap", "inc", "dec"};
    for (int op : ops) operation<T>(type, names[op], op, op == And ? T(-1) : op == Min ? T(1) << 30 : T(7));
}

template <typename T>
__global__ void add_floats(T *at, T *old) {
    __shared__ T cell;
    if (threadIdx.x == 0) cell = 0;
    __syncthreads();
    T i = T(blockIdx.x * blockDim.x + threadIdx.x) / 4;
    old[0] = atomicAdd(at, i);
    atomicAdd(&cell, i);
    __syncthreads();
    if (threadIdx.x == 0) atomicAdd(at + 1, cell);
}

template <typename T>
static void floats(const char *name) {
    T zeros[2] = {}, *at = on_device(2, zeros), *old = on_device<T>(1);
    add_floats<<<groups, threads>>>(at, old);
    done();
    /* Sums of quarters that floats hold exactly. */
    T expected = T(n) * (n - 1) / 8;
    std::vector<T> got = from_device(at, 2);
    verdict(name, got[0] == expected && got[1] == expected);
}

__global__ void system_wide(int *at) { atomicAdd_system(at, 1); }

int main() {
    operations<int>("int", {Add, Sub, Min, Max, And, Or, Xor, Exchange, Swap});
    operations<unsigned>("unsigned", {Add, Sub, Min, Max, And, Or, Xor, Exchange, Swap, Inc, Dec});
    operations<unsigned long long>("64 bits", {Add, Min, Max, And, Or, Xor, Exchange, Swap});
    floats<float>("float add");
    floats<double>("double add");
    int *counter;
    NEED(hipHostMalloc(reinterpret_cast<void **>(&counter), sizeof *counter, hipHostMallocCoherent));
    *counter = 0;
    system_wide<<<groups, threads>>>(counter);
    done();
    verdict("host memory", *counter == n);
    return end();
}
