/* What HIP says of the first device. */
#include <cstring>

#include "check.h"

int main() {
    int count = 0, value = 0;
    NEED(hipGetDeviceCount(&count));
    verdict("a device", count > 0);
    hipDeviceProp_t p;
    NEED(hipGetDeviceProperties(&p, 0));
    verdict("name", p.name[0] != 0);
    verdict("architecture", !strncmp(p.gcnArchName, "gfx", 3));
    verdict("waves of 32", p.warpSize == 32);
    verdict("memory", p.totalGlobalMem > size_t(1) << 28);
    verdict("groups of 1024", p.maxThreadsPerBlock == 1024 && p.sharedMemPerBlock == 65536);
    NEED(hipDeviceGetAttribute(&value, hipDeviceAttributeMultiprocessorCount, 0));
    verdict("processors", value > 0 && value == p.multiProcessorCount);
    NEED(hipDeviceGetAttribute(&value, hipDeviceAttributeClockRate, 0));
    verdict("clock", value > 100000);
    size_t left, total;
    NEED(hipMemGetInfo(&left, &total));
    verdict("memory left", left <= total && left > total / 2);
    void *memory;
    NEED(hipMalloc(&memory, 1 << 26));
    size_t then;
    NEED(hipMemGetInfo(&then, &total));
    verdict("memory taken", left - then >= 1 << 26);
    NEED(hipFree(memory));
    verdict("too much", hipMalloc(&memory, p.totalGlobalMem * 2) == hipErrorOutOfMemory);
    char bus[32];
    NEED(hipDeviceGetPCIBusId(bus, sizeof bus, 0));
    NEED(hipDeviceGetByPCIBusId(&value, bus));
    verdict("by bus", value == 0);
    return end();
}
