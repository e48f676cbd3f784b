/* malloc, free, new and delete on the device. */
#include "check.h"

struct Node {
    int value;
    Node *next;
};

__global__ void lists(int *sums) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    Node *first = nullptr;
    for (int j = 0; j < 5; j++) first = new Node{i + j, first};
    int sum = 0;
    while (first) {
        Node *gone = first;
        sum += gone->value;
        first = gone->next;
        delete gone;
    }
    sums[i] = sum;
}

__global__ void blocks(int *right) {
    size_t n = 16 << (threadIdx.x % 8);
    unsigned char *block = static_cast<unsigned char *>(malloc(n));
    int good = block != nullptr && reinterpret_cast<uintptr_t>(block) % 16 == 0;
    for (size_t i = 0; good && i < n; i++) block[i] = static_cast<unsigned char>(threadIdx.x + i);
    __syncthreads();
    for (size_t i = 0; good && i < n; i++) good &= block[i] == static_cast<unsigned char>(threadIdx.x + i);
    free(block);
    right[threadIdx.x] = good;
}

int main() {
    const int n = 256;
    int *out = on_device<int>(n);
    lists<<<4, 64>>>(out);
    done();
    std::vector<int> sums = from_device(out, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= sums[i] == 5 * i + 10;
    verdict("lists", right);
    blocks<<<1, 128>>>(out);
    done();
    right = true;
    for (int good : from_device(out, 128)) right &= good;
    verdict("blocks", right);
    return end();
}
