/* OpenCL on the same device: a kernel from source, with a local array, against the host. */
#define CL_TARGET_OPENCL_VERSION 200
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 10240, GROUP = 64 };

static const char *const source =
    "kernel void add(global const float *a, global const float *b, global float *c, global int *sums) {\n"
    "    local int part[64];\n"
    "    size_t i = get_global_id(0), l = get_local_id(0);\n"
    "    c[i] = a[i] + b[i] * 2.0f;\n"
    "    part[l] = (int)i;\n"
    "    barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    if (l == 0) { int sum = 0; for (int j = 0; j < 64; j++) sum += part[j]; sums[get_group_id(0)] = sum; }\n"
    "}\n";

static int wrong;

static void verdict(const char *name, int right) {
    printf("%s: %s\n", name, right ? "right" : "WRONG");
    wrong |= !right;
}

static void need(cl_int status, const char *what) {
    if (status == CL_SUCCESS) return;
    printf("%s: %d\n", what, status);
    exit(2);
}
#define NEED(call) need((call), #call)

static cl_device_id device;
static cl_context context;
static cl_kernel kernel;

static void start(void) {
    cl_platform_id platform;
    cl_int status;
    cl_uint units = 0;
    NEED(clGetPlatformIDs(1, &platform, NULL));
    NEED(clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, 1, &device, NULL));
    NEED(clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    verdict("compute units", units > 0);
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    need(status, "clCreateContext");
    cl_program program = clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &status);
    need(status, "clCreateProgramWithSource");
    status = clBuildProgram(program, 1, &device, "", NULL, NULL);
    if (status != CL_SUCCESS) {
        static char words[4096];
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof words - 1, words, NULL);
        puts(words);
    }
    need(status, "clBuildProgram");
    kernel = clCreateKernel(program, "add", &status);
    need(status, "clCreateKernel");
}

static cl_mem buffer(cl_mem_flags flags, size_t bytes, void *host) {
    cl_int status;
    cl_mem memory = clCreateBuffer(context, flags, bytes, host, &status);
    need(status, "clCreateBuffer");
    return memory;
}

int main(void) {
    static float a[ITEMS], b[ITEMS], c[ITEMS];
    static int sums[ITEMS / GROUP];
    cl_int status;
    start();
    for (int i = 0; i < ITEMS; i++) a[i] = (float)i, b[i] = (float)(i % 77);
    cl_mem in[] = {buffer(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, sizeof a, a), buffer(CL_MEM_READ_ONLY, sizeof b, NULL)};
    cl_mem out[] = {buffer(CL_MEM_WRITE_ONLY, sizeof c, NULL), buffer(CL_MEM_WRITE_ONLY, sizeof sums, NULL)};
    cl_command_queue queue = clCreateCommandQueueWithProperties(context, device, NULL, &status);
    need(status, "clCreateCommandQueueWithProperties");
    NEED(clEnqueueWriteBuffer(queue, in[1], CL_FALSE, 0, sizeof b, b, 0, NULL, NULL));
    for (cl_uint i = 0; i < 2; i++) {
        NEED(clSetKernelArg(kernel, i, sizeof in[i], &in[i]));
        NEED(clSetKernelArg(kernel, 2 + i, sizeof out[i], &out[i]));
    }
    size_t items = ITEMS, group = GROUP;
    cl_event event;
    NEED(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, &group, 0, NULL, &event));
    NEED(clEnqueueReadBuffer(queue, out[0], CL_TRUE, 0, sizeof c, c, 1, &event, NULL));
    NEED(clEnqueueReadBuffer(queue, out[1], CL_TRUE, 0, sizeof sums, sums, 0, NULL, NULL));
    int right = 1;
    for (int i = 0; i < ITEMS; i++) right &= c[i] == a[i] + 2 * b[i];
    verdict("sums", right);
    right = 1;
    for (int g = 0; g < ITEMS / GROUP; g++) right &= sums[g] == GROUP * GROUP * g + GROUP * (GROUP - 1) / 2;
    verdict("groups", right);
    clFinish(queue);
    puts("end");
    return wrong;
}
