// The kernel that every GPU runs: target[i] = source[i] * 2654435761 ^ i, assembled by ./assemble with GFX defined as the
// major version and ACCUMULATORS on gfx90a and gfx94x.
//
// Waves of 64, workgroups of 256 work-items in one dimension. Arguments: source and target, 64 bits each.
// s[0:1] arguments, s2 workgroup (in ttmp9 since gfx12), v0 work-item. v1: its number among all.

.macro WAIT instruction, since_gfx12
  .if GFX >= 12
    \since_gfx12 0
  .else
    s_waitcnt \instruction(0)
  .endif
.endm

// gfx8 has no instructions that add a scalar base: v[4:5] becomes the address.
.macro ADDRESS low, high
  v_mov_b32 v5, \high
  v_add_u32 v4, vcc, \low, v2
  v_addc_u32 v5, vcc, 0, v5, vcc
.endm

// The oldest that every loader since ROCm 5 takes.
.amdhsa_code_object_version 4
.text
.p2align 8
.globl check
.type check,@function
check:
  s_load_dwordx4 s[4:7], s[0:1], 0
  .if GFX >= 12
    s_lshl_b32 s3, ttmp9, 8
    // gfx12 does not always wait for what one unit writes before another reads it.
    s_wait_alu 0
  .else
    s_lshl_b32 s3, s2, 8
  .endif
  v_or_b32 v1, s3, v0
  v_lshlrev_b32 v2, 2, v1
  WAIT lgkmcnt, s_wait_kmcnt
  .if GFX == 8
    ADDRESS s4, s5
    flat_load_dword v3, v[4:5]
  .else
    global_load_dword v3, v2, s[4:5]
  .endif
  s_mov_b32 s8, 2654435761
  WAIT vmcnt, s_wait_loadcnt
  v_mul_lo_u32 v3, v3, s8
  v_xor_b32 v3, v3, v1
  .if GFX == 8
    ADDRESS s6, s7
    flat_store_dword v[4:5], v3
  .else
    global_store_dword v2, v3, s[6:7]
  .endif
  s_endpgm
  // What instruction fetches run into.
  .fill 64, 4, 0
.size check, . - check

.macro DESCRIPTOR more:vararg
.amdhsa_kernel check
  .amdhsa_user_sgpr_kernarg_segment_ptr 1
  .amdhsa_kernarg_size 16
  .amdhsa_next_free_vgpr 8
  .amdhsa_next_free_sgpr 16
  \more
.end_amdhsa_kernel
.endm

.section .rodata, "a"
.p2align 6
.ifdef ACCUMULATORS
  DESCRIPTOR .amdhsa_accum_offset 8
.elseif GFX >= 10
  // LLVM's versions differ in what they take for granted.
  DESCRIPTOR .amdhsa_forward_progress 1
.else
  DESCRIPTOR
.endif
