/* One line a case: name, type of the operands, type of the result, and the expression on a, b and c. Compiled for the
 * GPU as a kernel each, for the CPU as a loop each; both must agree to the bit, NaNs among themselves. */
#define OPERATIONS(X)                                                                                                 \
    X(add32, u32, u32, a + b) X(sub32, u32, u32, a - b) X(mul32, u32, u32, a * b)                                     \
    X(and32, u32, u32, a & b) X(or32, u32, u32, a | b) X(xor32, u32, u32, a ^ b) X(not32, u32, u32, ~a)               \
    X(shl32, u32, u32, a << (b & 31)) X(shr32, u32, u32, a >> (b & 31)) X(sar32, i32, i32, a >> (b & 31))             \
    X(mulhi32, u32, u32, (u32)((u64)a * b >> 32)) X(mulhi_i32, i32, i32, (i32)((i64)a * b >> 32))                     \
    X(udiv32, u32, u32, a / (b | 1)) X(urem32, u32, u32, a % (b | 1))                                                 \
    X(sdiv32, i32, i32, (a >> 1) / (b | 1)) X(srem32, i32, i32, (a >> 1) % (b | 1))                                   \
    X(min32, i32, i32, a < b ? a : b) X(max32, i32, i32, a > b ? a : b)                                               \
    X(umin32, u32, u32, a < b ? a : b) X(umax32, u32, u32, a > b ? a : b)                                             \
    X(med32, i32, i32, a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b))                             \
    X(popcount32, u32, u32, __builtin_popcount(a)) X(clz32, u32, u32, __builtin_clz(a | 1))                           \
    X(ctz32, u32, u32, __builtin_ctz(a | 0x80000000u)) X(rotate32, u32, u32, a << (b & 31) | a >> (-b & 31))          \
    X(bfe32, u32, u32, a >> 5 & 0x1ff) X(sbfe32, i32, i32, (i32)((u32)a << 13) >> 20)                                 \
    X(bfi32, u32, u32, (a & b) | (~a & c)) X(add3, u32, u32, a + b + c) X(lshl_add, u32, u32, (a << 7) + b)           \
    X(add_lshl, u32, u32, (a + b) << 3) X(and_or, u32, u32, (a & b) | c) X(or3, u32, u32, a | b | c)                  \
    X(xor3, u32, u32, a ^ b ^ c) X(lshl_or, u32, u32, a << 9 | b) X(xad, u32, u32, (a ^ b) + c)                       \
    X(swap32, u32, u32, __builtin_bswap32(a)) X(bytes32, u32, u32, (a & 0xff) << 16 | (b >> 24) | (c & 0xff00))       \
    X(mad24, u32, u32, (a & 0xffffff) * (b & 0xffffff) + c) X(satadd, u32, u32, a + b < a ? ~0u : a + b)              \
    X(abs32, i32, u32, a < 0 ? 0u - (u32)a : (u32)a) X(select32, u32, u32, a > b ? c : a)                             \
    X(mul16, u16, u16, (u16)(a * b)) X(add16, u16, u16, (u16)(a + b)) X(sar16, i16, i16, (i16)(a >> (b & 15)))        \
    X(max16, i16, i16, a > b ? a : b) X(min16, u16, u16, a < b ? a : b) X(shl16, u16, u16, (u16)(a << (b & 15)))      \
    X(narrow8, u32, u8, (u8)(a * b)) X(widen8, i8, i32, a * b + c)                                                    \
    X(add64, u64, u64, a + b) X(sub64, u64, u64, a - b) X(mul64, u64, u64, a * b) X(mad64, u64, u64, a * b + c)       \
    X(shl64, u64, u64, a << (b & 63)) X(shr64, u64, u64, a >> (b & 63)) X(sar64, i64, i64, a >> (b & 63))             \
    X(udiv64, u64, u64, a / (b | 1)) X(srem64, i64, i64, (a >> 1) % (b | 1)) X(min64, i64, i64, a < b ? a : b)        \
    X(cmp64, u64, u32, (a < b) + 2 * (a == b) + 4 * (a >= c)) X(cmp_i64, i64, u32, (a <= b) + 2 * (a != c))           \
    X(clz64, u64, u32, __builtin_clzll(a | 1)) X(popcount64, u64, u32, __builtin_popcountll(a))                       \
    X(fadd, f32, f32, a + b) X(fsub, f32, f32, a - b) X(fmul, f32, f32, a * b) X(fdiv, f32, f32, a / b)               \
    X(ffma, f32, f32, __builtin_fmaf(a, b, c)) X(fneg, f32, f32, -a) X(fabs32, f32, f32, __builtin_fabsf(a) * b)      \
    X(fsqrt, f32, f32, __builtin_sqrtf(a)) X(ffloor, f32, f32, __builtin_floorf(a))                                   \
    X(fceil, f32, f32, __builtin_ceilf(a)) X(ftrunc, f32, f32, __builtin_truncf(a))                                   \
    X(frint, f32, f32, __builtin_rintf(a)) X(fmadk, f32, f32, __builtin_fmaf(a, b, 3.25f))                            \
    X(fcmp, f32, u32, (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * (a > c) + 32 * (a >= c))            \
    X(fclass, f32, u32, __builtin_isnan(a) + 2 * __builtin_isinf(a) * __builtin_isinf(a))                             \
    X(fordered, f32, u32, __builtin_isunordered(a, b) + 2 * !(a < b) + 4 * !(a >= c))                                 \
    X(dadd, f64, f64, a + b) X(dsub, f64, f64, a - b) X(dmul, f64, f64, a * b) X(ddiv, f64, f64, a / b)               \
    X(dfma, f64, f64, __builtin_fma(a, b, c)) X(dsqrt, f64, f64, __builtin_sqrt(a))                                   \
    X(dfloor, f64, f64, __builtin_floor(a)) X(dceil, f64, f64, __builtin_ceil(a))                                     \
    X(dtrunc, f64, f64, __builtin_trunc(a)) X(drint, f64, f64, __builtin_rint(a))                                     \
    X(dcmp, f64, u32, (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != c) + 16 * !(a > c))                           \
    X(hadd, f16, f16, a + b) X(hsub, f16, f16, a - b) X(hmul, f16, f16, a * b)                                        \
    X(hcmp, f16, u32, (a < b) + 2 * (a == b) + 4 * (a >= c)) X(f_of_i, i32, f32, (f32)a) X(f_of_u, u32, f32, (f32)a)  \
    X(f_of_l, i64, f32, (f32)a) X(d_of_i, i32, f64, (f64)a) X(d_of_u, u32, f64, (f64)a) X(d_of_l, i64, f64, (f64)a)   \
    X(d_of_f, f32, f64, (f64)a) X(f_of_d, f64, f32, (f32)a) X(h_of_f, f32, f16, (f16)a) X(f_of_h, f16, f32, (f32)a)   \
    X(f_of_byte, u8, f32, (f32)a + (f32)b) X(i_of_f, f32, i32, in_range(a) ? (i32)a : 7)                              \
    X(u_of_f, f32, u32, in_range(a) && a >= 0 ? (u32)a : 7) X(i_of_d, f64, i32, in_range(a) ? (i32)a : 7)             \
    X(l_of_d, f64, i64, in_range(a) ? (i64)a : 7) X(loop, u32, u32, collatz(a & 0xffff)) X(table, u32, u32, local(a, b))
