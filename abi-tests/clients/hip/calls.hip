/* Calls that the compiler cannot resolve: recursion, pointers to functions, virtual ones, and frames of unknown size. */
#include "check.h"

__device__ __noinline__ int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

/* Frames that lie on each other, each with an array. */
__device__ __noinline__ int deep(int n, const int *before) {
    int mine[8];
    for (int i = 0; i < 8; i++) mine[i] = (before ? before[7 - i] : i) + n;
    return n == 0 ? mine[3] : deep(n - 1, mine);
}

__device__ __noinline__ int plus(int a, int b) { return a + b; }
__device__ __noinline__ int minus(int a, int b) { return a - b; }
__device__ __noinline__ int times(int a, int b) { return a * b; }
__device__ int (*const functions[])(int, int) = {plus, minus, times};

struct Shape {
    __device__ virtual int area() const = 0;
    __device__ virtual ~Shape() {}
};
struct Square : Shape {
    int side;
    __device__ explicit Square(int s) : side(s) {}
    __device__ int area() const override { return side * side; }
};
struct Box : Shape {
    int a, b;
    __device__ Box(int x, int y) : a(x), b(y) {}
    __device__ int area() const override { return a * b; }
};

__global__ void call(int *out) {
    int i = threadIdx.x;
    out[i] = fibonacci(i % 12);
    out[64 + i] = deep(i % 10, nullptr);
    out[128 + i] = functions[i % 3](i, 7);
    Square square(i);
    Box box(i, 3);
    const Shape *shape = i & 1 ? static_cast<const Shape *>(&square) : &box;
    out[192 + i] = shape->area();
}

static int deep_on_host(int n, const int *before) {
    int mine[8];
    for (int i = 0; i < 8; i++) mine[i] = (before ? before[7 - i] : i) + n;
    return n == 0 ? mine[3] : deep_on_host(n - 1, mine);
}

int main() {
    NEED(hipDeviceSetLimit(hipLimitStackSize, 16384));
    int *out = on_device<int>(256);
    call<<<1, 64>>>(out);
    done();
    std::vector<int> got = from_device(out, 256);
    bool right[4] = {true, true, true, true};
    const int fibonaccis[] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89};
    for (int i = 0; i < 64; i++) {
        right[0] &= got[i] == fibonaccis[i % 12];
        right[1] &= got[64 + i] == deep_on_host(i % 10, nullptr);
        right[2] &= got[128 + i] == (i % 3 == 0 ? i + 7 : i % 3 == 1 ? i - 7 : i * 7);
        right[3] &= got[192 + i] == (i & 1 ? i * i : i * 3);
    }
    verdict("recursion", right[0]);
    verdict("frames", right[1]);
    verdict("pointers", right[2]);
    verdict("virtual", right[3]);
    return end();
}
