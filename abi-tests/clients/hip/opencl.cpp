/* OpenCL on the same device: a kernel from source, with a local array, against the host. */
#include "opencl.h"

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

int main(void) {
    static float a[ITEMS], b[ITEMS], c[ITEMS];
    static int sums[ITEMS / GROUP];
    cl_uint units = 0;
    start(source);
    cl_kernel kernel = kernel_of("add");
    NEED(clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    verdict("compute units", units > 0);
    for (int i = 0; i < ITEMS; i++) a[i] = (float)i, b[i] = (float)(i % 77);
    cl_mem in[] = {buffer(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, sizeof a, a), buffer(CL_MEM_READ_ONLY, sizeof b, NULL)};
    cl_mem out[] = {buffer(CL_MEM_WRITE_ONLY, sizeof c, NULL), buffer(CL_MEM_WRITE_ONLY, sizeof sums, NULL)};
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
