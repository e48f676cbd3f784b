/* An assertion that fails on the device ends the process, after it has told where. */
#include <cassert>

#include "check.h"

__global__ void claim(int limit) { assert(int(threadIdx.x) < limit && "threads"); }
__global__ void give_up() { if (threadIdx.x == 63) abort(); }

int main() {
    std::string said;
    verdict("holds", in_child([] { claim<<<1, 64>>>(64); }, said) == 0);
    said.clear();
    int code = in_child([] { claim<<<1, 64>>>(60); }, said);
    verdict("fails", code == 134);
    verdict("tells", said.find("claim") != said.npos && said.find("int(threadIdx.x) < limit") != said.npos);
    verdict("gives up", in_child([] { give_up<<<1, 64>>>(); }, said) == 134);
    return end();
}
