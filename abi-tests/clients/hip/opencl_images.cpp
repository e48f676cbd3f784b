/* OpenCL images: written, filled, copied, read, mapped, sampled at points and between them, and written by kernels; planes,
   volumes, layers and buffers. */
#include "opencl.h"

enum { WIDTH = 37, HEIGHT = 21, DEPTH = 5 };

static const char *const source =
    "constant sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;\n"
    "constant sampler_t between = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_LINEAR;\n"
    "kernel void shift(read_only image2d_t from, write_only image2d_t to) {\n"
    "    int2 at = (int2)(get_global_id(0), get_global_id(1));\n"
    "    write_imageui(to, at, read_imageui(from, nearest, at - (int2)(1, 2)).wzyx);\n"
    "}\n"
    "kernel void mean(read_only image2d_t from, global float4 *to) {\n"
    "    int x = get_global_id(0), y = get_global_id(1);\n"
    "    to[y * (int)get_global_size(0) + x] = read_imagef(from, between, (float2)(x + 1, y + 1));\n"
    "}\n"
    "kernel void sum(read_only image3d_t volume, read_only image2d_array_t layers, read_only image1d_buffer_t line,\n"
    "                global uint *to) {\n"
    "    int4 at = (int4)(get_global_id(0), get_global_id(1), get_global_id(2), 0);\n"
    "    uint sum = read_imageui(volume, nearest, at).x + read_imageui(layers, nearest, at).x;\n"
    "    to[(at.z * 21 + at.y) * 37 + at.x] = sum + read_imageui(line, at.x).x;\n"
    "}\n";

static const size_t origin[3] = {0, 0, 0}, whole[3] = {WIDTH, HEIGHT, 1}, all[3] = {WIDTH, HEIGHT, DEPTH};

static cl_mem image(cl_mem_object_type type, cl_channel_order order, cl_channel_type number, size_t depth, cl_mem memory) {
    cl_image_format format = {order, number};
    cl_image_desc wanted;
    cl_int status;
    memset(&wanted, 0, sizeof wanted);
    wanted.image_type = type, wanted.image_width = WIDTH, wanted.mem_object = memory;
    wanted.image_height = memory ? 0 : HEIGHT;
    if (type == CL_MEM_OBJECT_IMAGE3D) wanted.image_depth = depth;
    if (type == CL_MEM_OBJECT_IMAGE2D_ARRAY) wanted.image_array_size = depth;
    cl_mem image = clCreateImage(context, CL_MEM_READ_WRITE, &format, &wanted, NULL, &status);
    need(status, "clCreateImage");
    return image;
}

static void run(cl_kernel kernel, cl_uint dimensions, const size_t *items) {
    NEED(clEnqueueNDRangeKernel(queue, kernel, dimensions, NULL, items, NULL, 0, NULL, NULL));
    NEED(clFinish(queue));
}

typedef cl_uchar texel_t[4];
static texel_t texels[HEIGHT][WIDTH], got[HEIGHT][WIDTH], expected[HEIGHT][WIDTH];

static void expect(const char *name, cl_mem from) {
    memset(got, 0x5a, sizeof got);
    NEED(clEnqueueReadImage(queue, from, CL_TRUE, origin, whole, 0, 0, got, 0, NULL, NULL));
    verdict(name, memcmp(got, expected, sizeof got) == 0);
}

static void planes(void) {
    cl_mem one = image(CL_MEM_OBJECT_IMAGE2D, CL_RGBA, CL_UNSIGNED_INT8, 0, NULL);
    cl_mem two = image(CL_MEM_OBJECT_IMAGE2D, CL_RGBA, CL_UNSIGNED_INT8, 0, NULL);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < 4; c++) texels[y][x][c] = (cl_uchar)(x * 5 + y * 41 + c * 67);
    memcpy(expected, texels, sizeof texels);
    NEED(clEnqueueWriteImage(queue, one, CL_FALSE, origin, whole, 0, 0, texels, 0, NULL, NULL));
    expect("written", one);
    const size_t at[3] = {3, 4, 0}, part[3] = {20, 9, 1}, to[3] = {10, 7, 0};
    const cl_uint colour[4] = {1, 2, 3, 250};
    NEED(clEnqueueFillImage(queue, one, colour, at, part, 0, NULL, NULL));
    for (int y = 4; y < 13; y++)
        for (int x = 3; x < 23; x++)
            for (int c = 0; c < 4; c++) expected[y][x][c] = (cl_uchar)colour[c];
    expect("filled", one);
    NEED(clEnqueueCopyImage(queue, one, two, origin, origin, whole, 0, NULL, NULL));
    NEED(clEnqueueWriteImage(queue, two, CL_TRUE, to, part, sizeof texels[0], 0, texels, 0, NULL, NULL));
    for (int y = 0; y < 9; y++) memcpy(expected[7 + y][10], texels[y][0], 20 * sizeof(texel_t));
    expect("copied", two);
    cl_mem memory = buffer(CL_MEM_READ_WRITE, sizeof texels, NULL);
    NEED(clEnqueueCopyImageToBuffer(queue, two, memory, origin, whole, 0, 0, NULL, NULL));
    NEED(clEnqueueCopyBufferToImage(queue, memory, one, 0, origin, whole, 0, NULL, NULL));
    expect("by a buffer", one);
    cl_int status;
    size_t pitch;
    texel_t *mapped = (texel_t *)clEnqueueMapImage(queue, one, CL_TRUE, CL_MAP_WRITE, at, part, &pitch, NULL, 0, NULL, NULL, &status);
    need(status, "clEnqueueMapImage");
    memset(mapped, 0x77, 20 * sizeof(texel_t)), memset(expected[4][3], 0x77, 20 * sizeof(texel_t));
    NEED(clEnqueueUnmapMemObject(queue, one, mapped, 0, NULL, NULL));
    expect("mapped", one);
    cl_kernel kernel = kernel_of("shift");
    NEED(clSetKernelArg(kernel, 0, sizeof one, &one));
    NEED(clSetKernelArg(kernel, 1, sizeof two, &two));
    run(kernel, 2, whole);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < 4; c++) texels[y][x][c] = expected[y < 2 ? 0 : y - 2][x < 1 ? 0 : x - 1][3 - c];
    memcpy(expected, texels, sizeof texels);
    expect("by a kernel", two);
}

static float half_of(int x, int y, int c) { return (float)(x * 4 + y * 8 + c * 16); }

static void means(void) {
    static float in[HEIGHT][WIDTH][4], out[HEIGHT - 1][WIDTH - 1][4];
    cl_mem from = image(CL_MEM_OBJECT_IMAGE2D, CL_RGBA, CL_FLOAT, 0, NULL), to = buffer(CL_MEM_WRITE_ONLY, sizeof out, NULL);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < 4; c++) in[y][x][c] = half_of(x, y, c);
    NEED(clEnqueueWriteImage(queue, from, CL_TRUE, origin, whole, 0, 0, in, 0, NULL, NULL));
    cl_kernel kernel = kernel_of("mean");
    NEED(clSetKernelArg(kernel, 0, sizeof from, &from));
    NEED(clSetKernelArg(kernel, 1, sizeof to, &to));
    const size_t items[2] = {WIDTH - 1, HEIGHT - 1};
    run(kernel, 2, items);
    NEED(clEnqueueReadBuffer(queue, to, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL));
    int right = 1;
    for (int y = 0; y < HEIGHT - 1; y++)
        for (int x = 0; x < WIDTH - 1; x++)
            for (int c = 0; c < 4; c++) right &= out[y][x][c] == half_of(x, y, c) + 6;
    verdict("between", right);
}

static void volumes(void) {
    static cl_ushort in[DEPTH][HEIGHT][WIDTH];
    static cl_uint out[DEPTH][HEIGHT][WIDTH], line[WIDTH];
    cl_mem volume = image(CL_MEM_OBJECT_IMAGE3D, CL_R, CL_UNSIGNED_INT16, DEPTH, NULL);
    cl_mem layers = image(CL_MEM_OBJECT_IMAGE2D_ARRAY, CL_R, CL_UNSIGNED_INT16, DEPTH, NULL);
    for (int i = 0; i < DEPTH * HEIGHT * WIDTH; i++) in[0][0][i] = (cl_ushort)(i * 13);
    for (int x = 0; x < WIDTH; x++) line[x] = 1000000u * (cl_uint)x;
    cl_mem memory = buffer(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, sizeof line, line), to = buffer(CL_MEM_WRITE_ONLY, sizeof out, NULL);
    cl_mem row = image(CL_MEM_OBJECT_IMAGE1D_BUFFER, CL_R, CL_UNSIGNED_INT32, 0, memory);
    NEED(clEnqueueWriteImage(queue, volume, CL_TRUE, origin, all, 0, 0, in, 0, NULL, NULL));
    NEED(clEnqueueCopyImage(queue, volume, layers, origin, origin, all, 0, NULL, NULL));
    const cl_uint colour[4] = {7, 0, 0, 0};
    const size_t at[3] = {1, 2, 3}, part[3] = {9, 8, 2};
    NEED(clEnqueueFillImage(queue, volume, colour, at, part, 0, NULL, NULL));
    cl_kernel kernel = kernel_of("sum");
    cl_mem arguments[] = {volume, layers, row, to};
    for (cl_uint i = 0; i < 4; i++) NEED(clSetKernelArg(kernel, i, sizeof arguments[i], &arguments[i]));
    run(kernel, 3, all);
    NEED(clEnqueueReadBuffer(queue, to, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL));
    int right = 1;
    for (int z = 0; z < DEPTH; z++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                int is_filled = x >= 1 && x < 10 && y >= 2 && y < 10 && z >= 3 && z < 5;
                right &= out[z][y][x] == (is_filled ? 7u : in[z][y][x]) + in[z][y][x] + line[x];
            }
    verdict("volumes, layers and buffers", right);
}

int main(void) {
    start(source);
    planes();
    means();
    volumes();
    clFinish(queue);
    puts("end");
    return wrong;
}
