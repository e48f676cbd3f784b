/* Rectangles and boxes between pitched memory, in every direction. */
#include <cstring>

#include "check.h"

static const size_t width = 333, height = 21, depth = 5, host_pitch = 400, host_slice = host_pitch * 30;

static bool rows_equal(const uint8_t *a, size_t a_pitch, const uint8_t *b, size_t b_pitch) {
    for (size_t y = 0; y < height; y++)
        if (memcmp(a + y * a_pitch, b + y * b_pitch, width)) return false;
    return true;
}

static void rectangles() {
    std::vector<uint8_t> sent = patterned(host_pitch * height), back(host_pitch * height, 7);
    uint8_t *first, *second;
    size_t pitch, other = 512;
    NEED(hipMallocPitch(reinterpret_cast<void **>(&first), &pitch, width, height));
    second = on_device<uint8_t>(other * height);
    NEED(hipMemcpy2D(first, pitch, sent.data(), host_pitch, width, height, hipMemcpyHostToDevice));
    NEED(hipMemcpy2D(second, other, first, pitch, width, height, hipMemcpyDeviceToDevice));
    NEED(hipMemcpy2D(back.data(), host_pitch, second, other, width, height, hipMemcpyDeviceToHost));
    verdict("2D", rows_equal(sent.data(), host_pitch, back.data(), host_pitch));
    verdict("2D leaves the rest", back[width] == 7 && back[host_pitch - 1] == 7);
    NEED(hipMemset2D(first, pitch, 0x3c, 100, 10));
    NEED(hipMemcpy2D(back.data(), host_pitch, first, pitch, width, height, hipMemcpyDeviceToHost));
    bool right = back[99] == 0x3c && back[100] == sent[100] && back[9 * host_pitch] == 0x3c;
    verdict("2D memset", right && back[10 * host_pitch] == sent[10 * host_pitch]);
    uint8_t *pinned;
    NEED(hipHostMalloc(reinterpret_cast<void **>(&pinned), host_pitch * height, hipHostMallocDefault));
    NEED(hipMemcpy2DAsync(pinned, host_pitch, second, other, width, height, hipMemcpyDeviceToHost, 0));
    NEED(hipStreamSynchronize(0));
    verdict("2D pinned", rows_equal(sent.data(), host_pitch, pinned, host_pitch));
}

static hipMemcpy3DParms box(hipPitchedPtr from, hipPitchedPtr to, hipMemcpyKind kind) {
    hipMemcpy3DParms p = {};
    p.srcPtr = from;
    p.dstPtr = to;
    p.extent = make_hipExtent(width, height, depth);
    p.kind = kind;
    return p;
}

static void boxes() {
    std::vector<uint8_t> sent = patterned(host_slice * depth, 1), back(host_slice * depth);
    hipPitchedPtr first, second;
    NEED(hipMalloc3D(&first, make_hipExtent(width, height, depth)));
    NEED(hipMalloc3D(&second, make_hipExtent(width + 100, height + 3, depth)));
    hipPitchedPtr from = make_hipPitchedPtr(sent.data(), host_pitch, width, 30);
    hipPitchedPtr to = make_hipPitchedPtr(back.data(), host_pitch, width, 30);
    hipMemcpy3DParms in = box(from, first, hipMemcpyHostToDevice), across = box(first, second, hipMemcpyDeviceToDevice),
                     out = box(second, to, hipMemcpyDeviceToHost);
    across.dstPos = out.srcPos = make_hipPos(17, 2, 0);
    NEED(hipMemcpy3D(&in));
    NEED(hipMemcpy3D(&across));
    NEED(hipMemcpy3D(&out));
    bool right = true;
    for (size_t z = 0; z < depth; z++)
        right &= rows_equal(sent.data() + z * host_slice, host_pitch, back.data() + z * host_slice, host_pitch);
    verdict("3D", right);
    NEED(hipMemset3D(first, 0x77, make_hipExtent(50, 4, 2)));
    std::vector<uint8_t> row = from_device(static_cast<uint8_t *>(first.ptr), width);
    verdict("3D memset", row[0] == 0x77 && row[49] == 0x77 && row[50] == sent[50]);
}

int main() {
    rectangles();
    boxes();
    return end();
}
