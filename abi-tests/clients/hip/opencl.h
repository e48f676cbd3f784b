/* What the OpenCL programs have in common: a device, a context, a queue, a program's kernels, and verdicts. */
#ifndef OPENCL_H
#define OPENCL_H
#define CL_TARGET_OPENCL_VERSION 200
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong;

static inline void verdict(const char *name, int right) {
    printf("%s: %s\n", name, right ? "right" : "WRONG");
    wrong |= !right;
}

static inline void need(cl_int status, const char *what) {
    if (status == CL_SUCCESS) return;
    printf("%s: %d\n", what, status);
    exit(2);
}
#define NEED(call) need((call), #call)

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program;

/* Opens the device, and compiles a program for it. */
static inline void start(const char *source) {
    cl_platform_id platform;
    cl_int status;
    NEED(clGetPlatformIDs(1, &platform, NULL));
    NEED(clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, 1, &device, NULL));
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    need(status, "clCreateContext");
    queue = clCreateCommandQueueWithProperties(context, device, NULL, &status);
    need(status, "clCreateCommandQueueWithProperties");
    program = clCreateProgramWithSource(context, 1, &source, NULL, &status);
    need(status, "clCreateProgramWithSource");
    status = clBuildProgram(program, 1, &device, "-cl-std=CL2.0", NULL, NULL);
    if (status != CL_SUCCESS) {
        static char words[4096];
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof words - 1, words, NULL);
        puts(words);
    }
    need(status, "clBuildProgram");
}

static inline cl_kernel kernel_of(const char *name) {
    cl_int status;
    cl_kernel kernel = clCreateKernel(program, name, &status);
    need(status, name);
    return kernel;
}

static inline cl_mem buffer(cl_mem_flags flags, size_t bytes, void *host) {
    cl_int status;
    cl_mem memory = clCreateBuffer(context, flags, bytes, host, &status);
    need(status, "clCreateBuffer");
    return memory;
}
#endif
