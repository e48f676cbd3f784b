/* The cases of operations.h for the CPU (a program: cases from standard input to standard output) and for the GPU. */
typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef short i16;
typedef unsigned u32;
typedef int i32;
typedef unsigned long u64;
typedef long i64;
typedef float f32;
typedef double f64;
typedef _Float16 f16;

#include "operations.h"

#define in_range(a) ((a) > -2e9 && (a) < 2e9)

/* A loop that lanes leave at different times. */
static u32 collatz(u32 value)
{
    u32 steps = 0;
    while (value > 1 && steps < 60) {
        value = value & 1 ? 3 * value + 1 : value / 2;
        steps++;
    }
    return steps;
}

/* An array of each lane's own, addressed by what the lane computes. */
static u32 local(u32 a, u32 b)
{
    volatile u32 array[16];
    for (u32 i = 0; i < 16; i++)
        array[i] = a * i;
    array[b & 15] ^= b;
    return array[a & 15] + array[b >> 28];
}

#ifdef __AMDGPU__
#define GLOBAL __attribute__((address_space(1)))
#define KERNEL(name, in, out, expression)                                                                             \
    __attribute__((amdgpu_kernel, visibility("protected"))) void name(                                                \
        const GLOBAL in *x, const GLOBAL in *y, const GLOBAL in *z, GLOBAL out *result)                               \
    {                                                                                                                 \
        u32 at = __builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x();                           \
        in a = x[at], b = y[at], c = z[at];                                                                           \
        (void)b, (void)c;                                                                                             \
        result[at] = (expression);                                                                                    \
    }
OPERATIONS(KERNEL)
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION(name, in, out, expression)                                                                           \
    static void name(const u64 *operands, size_t count)                                                               \
    {                                                                                                                 \
        for (size_t at = 0; at < count; at++) {                                                                       \
            in a, b, c;                                                                                               \
            u64 bits = 0;                                                                                             \
            memcpy(&a, operands + at, sizeof a);                                                                      \
            memcpy(&b, operands + count + at, sizeof b);                                                              \
            memcpy(&c, operands + 2 * count + at, sizeof c);                                                          \
            (void)b, (void)c;                                                                                         \
            out result = (expression);                                                                                \
            memcpy(&bits, &result, sizeof result);                                                                    \
            fwrite(&bits, sizeof bits, 1, stdout);                                                                    \
        }                                                                                                             \
    }
OPERATIONS(FUNCTION)

#define CALL(name, in, out, expression)                                                                               \
    printf("%s %s %s\n", #name, #in, #out);                                                                           \
    name(operands, count);

/* Three times as many operands as the argument says come from standard input; each case answers with a line of its
 * name and types, and as many results of eight bytes. */
int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    u64 *operands = calloc(3 * count, sizeof *operands);
    if (!operands || fread(operands, sizeof *operands, 3 * count, stdin) != 3 * count)
        return 1;
    OPERATIONS(CALL)
    return 0;
}
#endif
