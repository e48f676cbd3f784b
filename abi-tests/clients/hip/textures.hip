/* Textures and surfaces: arrays that are sampled at points, between them and beyond them. */
#include "check.h"

static const int width = 37, height = 23;

__global__ void points(hipTextureObject_t texture, float *out) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < width && y < height) out[y * width + x] = tex2D<float>(texture, x + 0.5f, y + 0.5f);
}

__global__ void between(hipTextureObject_t texture, float *out) {
    int x = threadIdx.x, y = blockIdx.x;
    out[y * (width - 1) + x] = tex2D<float>(texture, x + 1.0f, y + 1.0f);
}

__global__ void beyond(hipTextureObject_t texture, float *out) {
    const float at[] = {-3.0f, width + 5.0f};
    out[threadIdx.x] = tex2D<float>(texture, at[threadIdx.x], 0.5f);
}

__global__ void linear(hipTextureObject_t texture, int *out) { out[threadIdx.x] = tex1Dfetch<int>(texture, threadIdx.x); }

__global__ void turn(hipSurfaceObject_t from, hipSurfaceObject_t to) {
    int x = threadIdx.x, y = blockIdx.x;
    float value;
    surf2Dread(&value, from, x * sizeof(float), y);
    surf2Dwrite(value * 2, to, (width - 1 - x) * sizeof(float), y);
}

static float texel(int x, int y) { return float(x * 3 + y * 100); }

static hipTextureObject_t texture_of(hipArray_t array, hipTextureAddressMode mode, hipTextureFilterMode filter) {
    hipResourceDesc resource = {};
    resource.resType = hipResourceTypeArray;
    resource.res.array.array = array;
    hipTextureDesc how = {};
    how.addressMode[0] = how.addressMode[1] = mode;
    how.filterMode = filter;
    how.readMode = hipReadModeElementType;
    hipTextureObject_t texture;
    NEED(hipCreateTextureObject(&texture, &resource, &how, nullptr));
    return texture;
}

static hipSurfaceObject_t surface_of(hipArray_t array) {
    hipResourceDesc resource = {};
    resource.resType = hipResourceTypeArray;
    resource.res.array.array = array;
    hipSurfaceObject_t surface;
    NEED(hipCreateSurfaceObject(&surface, &resource));
    return surface;
}

static hipArray_t array_of(const std::vector<float> &values) {
    hipChannelFormatDesc format = hipCreateChannelDesc<float>();
    hipArray_t array;
    NEED(hipMallocArray(&array, &format, width, height, hipArrayDefault));
    NEED(hipMemcpy2DToArray(array, 0, 0, values.data(), width * sizeof(float), width * sizeof(float), height, hipMemcpyHostToDevice));
    return array;
}

static std::vector<float> back(hipArray_t array) {
    std::vector<float> values(width * height);
    NEED(hipMemcpy2DFromArray(values.data(), width * sizeof(float), array, 0, 0, width * sizeof(float), height, hipMemcpyDeviceToHost));
    return values;
}

static void sampled(hipArray_t array, const std::vector<float> &texels) {
    float *out = on_device<float>(width * height);
    points<<<dim3(3, 2), dim3(16, 16)>>>(texture_of(array, hipAddressModeClamp, hipFilterModePoint), out);
    done();
    verdict("points", from_device(out, width * height) == texels);
    between<<<height - 1, width - 1>>>(texture_of(array, hipAddressModeClamp, hipFilterModeLinear), out);
    done();
    std::vector<float> got = from_device(out, (width - 1) * (height - 1));
    bool right = true;
    for (int y = 0; y < height - 1; y++)
        for (int x = 0; x < width - 1; x++) {
            float mean = (texel(x, y) + texel(x + 1, y) + texel(x, y + 1) + texel(x + 1, y + 1)) / 4;
            right &= got[y * (width - 1) + x] == mean;
        }
    verdict("between", right);
    beyond<<<1, 2>>>(texture_of(array, hipAddressModeClamp, hipFilterModePoint), out);
    done();
    got = from_device(out, 2);
    verdict("clamped", got[0] == texel(0, 0) && got[1] == texel(width - 1, 0));
    beyond<<<1, 2>>>(texture_of(array, hipAddressModeBorder, hipFilterModePoint), out);
    done();
    got = from_device(out, 2);
    verdict("border", got[0] == 0 && got[1] == 0);
}

static void buffer() {
    std::vector<int> numbers(64);
    for (int i = 0; i < 64; i++) numbers[i] = i * i - 9;
    hipResourceDesc resource = {};
    resource.resType = hipResourceTypeLinear;
    resource.res.linear.devPtr = on_device(numbers);
    resource.res.linear.desc = hipCreateChannelDesc<int>();
    resource.res.linear.sizeInBytes = 64 * sizeof(int);
    hipTextureDesc how = {};
    how.readMode = hipReadModeElementType;
    hipTextureObject_t texture;
    NEED(hipCreateTextureObject(&texture, &resource, &how, nullptr));
    int *out = on_device<int>(64);
    linear<<<1, 64>>>(texture, out);
    done();
    verdict("buffer", from_device(out, 64) == numbers);
}

int main() {
    std::vector<float> texels(width * height), zeros(width * height);
    for (int i = 0; i < width * height; i++) texels[i] = texel(i % width, i / width);
    hipArray_t array = array_of(texels), other = array_of(zeros);
    verdict("array", back(array) == texels);
    sampled(array, texels);
    buffer();
    turn<<<height, width>>>(surface_of(array), surface_of(other));
    done();
    std::vector<float> got = back(other);
    bool right = true;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) right &= got[y * width + x] == 2 * texel(width - 1 - x, y);
    verdict("surfaces", right);
    return end();
}
