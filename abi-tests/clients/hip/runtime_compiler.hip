/* hiprtc compiles, the module loads, the kernel computes. */
#include <hip/hiprtc.h>

#include <cstring>
#include <string>

#include "check.h"

static const char source[] = R"(
__constant__ int factors[4];
__device__ int offset = 1000;
extern "C" __global__ void combine(const int *in, int *out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = in[i] * factors[i % 4] + offset;
}
template <typename T> __global__ void halve(T *values) { values[threadIdx.x] /= 2; }
)";

#define NEED_RTC(call) \
    do { \
        hiprtcResult result_ = (call); \
        if (result_ != HIPRTC_SUCCESS) { printf("%s: %s\n", #call, hiprtcGetErrorString(result_)); exit(2); } \
    } while (0)

static std::vector<char> compiled(std::string &lowered) {
    hiprtcProgram program;
    hipDeviceProp_t facts;
    NEED(hipGetDeviceProperties(&facts, 0));
    std::string target = std::string("--offload-arch=") + facts.gcnArchName;
    const char *options[] = {target.c_str(), "-O3"};
    NEED_RTC(hiprtcCreateProgram(&program, source, "combine.hip", 0, nullptr, nullptr));
    NEED_RTC(hiprtcAddNameExpression(program, "halve<float>"));
    hiprtcResult result = hiprtcCompileProgram(program, 2, options);
    if (result != HIPRTC_SUCCESS) {
        size_t size = 0;
        hiprtcGetProgramLogSize(program, &size);
        std::string words(size, 0);
        hiprtcGetProgramLog(program, &words[0]);
        puts(words.c_str());
    }
    NEED_RTC(result);
    const char *name;
    NEED_RTC(hiprtcGetLoweredName(program, "halve<float>", &name));
    lowered = name;
    size_t size;
    NEED_RTC(hiprtcGetCodeSize(program, &size));
    std::vector<char> code(size);
    NEED_RTC(hiprtcGetCode(program, code.data()));
    NEED_RTC(hiprtcDestroyProgram(&program));
    return code;
}

int main() {
    std::string lowered;
    std::vector<char> code = compiled(lowered);
    verdict("compiled", code.size() > 64 && !memcmp(code.data(), "\177ELF", 4));
    hipModule_t module;
    hipFunction_t combine, halve;
    hipDeviceptr_t factors;
    size_t bytes;
    NEED(hipModuleLoadData(&module, code.data()));
    NEED(hipModuleGetFunction(&combine, module, "combine"));
    NEED(hipModuleGetGlobal(&factors, &bytes, module, "factors"));
    verdict("symbol", bytes == 16);
    const int values[] = {2, -3, 5, 7};
    NEED(hipMemcpyHtoD(factors, const_cast<int *>(values), sizeof values));

    const int n = 1000;
    std::vector<int> in(n);
    for (int i = 0; i < n; i++) in[i] = i;
    struct { const int *in; int *out; int n; } arguments = {on_device(in), on_device<int>(n), n};
    size_t size = sizeof arguments;
    void *packed[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &arguments, HIP_LAUNCH_PARAM_BUFFER_SIZE, &size, HIP_LAUNCH_PARAM_END};
    NEED(hipModuleLaunchKernel(combine, 4, 1, 1, 256, 1, 1, 0, 0, nullptr, packed));
    done();
    std::vector<int> out = from_device(arguments.out, n);
    bool right = true;
    for (int i = 0; i < n; i++) right &= out[i] == i * values[i % 4] + 1000;
    verdict("launched", right);

    NEED(hipModuleGetFunction(&halve, module, lowered.c_str()));
    float *floats = on_device(std::vector<float>(64, 5));
    void *pointers[] = {&floats};
    NEED(hipModuleLaunchKernel(halve, 1, 1, 1, 64, 1, 1, 0, 0, pointers, nullptr));
    done();
    verdict("template", from_device(floats, 64)[63] == 2.5f);
    verdict("no such kernel", hipModuleGetFunction(&halve, module, "nobody") == hipErrorNotFound);
    NEED(hipModuleUnload(module));
    return end();
}
