/* A grid whose groups wait for each other. */
#include "check.h"

/* In 5.7 it wants the runtime's header before it. */
#include <hip/hip_cooperative_groups.h>

namespace cg = cooperative_groups;

/* Each round takes the neighbour's value of the round before, which another group may have written. */
__global__ void rounds(int *a, int *b, int n, int count) {
    cg::grid_group grid = cg::this_grid();
    for (int round = 0; round < count; round++) {
        int *from = round & 1 ? b : a, *to = round & 1 ? a : b;
        for (unsigned i = grid.thread_rank(); i < unsigned(n); i += grid.size()) to[i] = from[(i + 97) % n] + 1;
        grid.sync();
    }
}

__global__ void tiles(int *out) {
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<16> tile = cg::tiled_partition<16>(block);
    int sum = threadIdx.x;
    for (int by = 8; by; by /= 2) sum += tile.shfl_xor(sum, by);
    block.sync();
    out[threadIdx.x] = sum * 100 + tile.thread_rank();
}

int main() {
    int supported, blocks;
    NEED(hipDeviceGetAttribute(&supported, hipDeviceAttributeCooperativeLaunch, 0));
    verdict("supported", supported);
    NEED(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, rounds, 128, 0));
    verdict("occupancy", blocks > 0);
    int n = 5000, count = 6;
    std::vector<int> start(n);
    for (int i = 0; i < n; i++) start[i] = i * 3;
    int *a = on_device(start), *b = on_device<int>(n);
    void *arguments[] = {&a, &b, &n, &count};
    NEED(hipLaunchCooperativeKernel(reinterpret_cast<void *>(rounds), dim3(24), dim3(128), arguments, 0, 0));
    done();
    std::vector<int> got = from_device(a, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= got[i] == start[(i + 97 * count) % n] + count;
    verdict("grid", right);
    hipError_t status = hipLaunchCooperativeKernel(reinterpret_cast<void *>(rounds), dim3(1 << 20), dim3(128), arguments, 0, 0);
    verdict("too large", status == hipErrorCooperativeLaunchTooLarge);
    (void)hipGetLastError();
    tiles<<<1, 64>>>(a);
    done();
    got = from_device(a, 64);
    for (int i = 0, right = 1; i < 64; i++) {
        int first = i / 16 * 16;
        right &= got[i] == (16 * first + 120) * 100 + i % 16;
        if (i == 63) verdict("tiles", right);
    }
    return end();
}
