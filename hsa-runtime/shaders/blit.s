// Copy and fill kernels for gfx8 to gfx12, assembled by ./assemble with GFX defined as the major version.
//
// Three kernels, 512 bytes apart: copy in units of 16 bytes, copy of bytes, fill with a word. A work-item does the units
// whose number is its own, then every `lanes` further, so that neighbours touch neighbouring memory; the first work-items
// also copy the bytes before and behind the units. Waves of 64, workgroups of 256 work-items in one dimension.
//
// Arguments, 64 bytes (copy/kernel.rs writes them):
//    0 source, or in its lower half the word     8 target
//   16 units, of 32 bits                        20 lanes, of 32 bits
//   24 bytes before, of 32 bits                 28 bytes behind, of 32 bits
//   32 source behind                            40 target behind
//   48 source before                            56 target before
//
// s[0:1] arguments, s2 workgroup (ttmp9 since gfx12), v0 work-item. v1: which of all work-items it is.

.macro WAIT_LOADS
  .if GFX >= 12
    s_wait_loadcnt 0
  .else
    s_waitcnt vmcnt(0)
  .endif
.endm

.macro WAIT_SCALARS
  .if GFX >= 12
    s_wait_kmcnt 0
  .else
    s_waitcnt lgkmcnt(0)
  .endif
.endm

// gfx12 does not always wait for what one unit writes before another reads it.
.macro SETTLE
  .if GFX >= 12
    s_wait_alu 0
  .endif
.endm

// gfx8 has no instructions that add a scalar base: v[4:5] becomes the address.
.macro ADDRESS low, high, offset
  v_mov_b32 v5, \high
  v_add_u32 v4, vcc, \low, \offset
  v_addc_u32 v5, vcc, 0, v5, vcc
.endm

.macro LOAD kind, data, low, high, offset
  .if GFX == 8
    ADDRESS s\low, s\high, \offset
    flat_load_\kind \data, v[4:5]
  .else
    global_load_\kind \data, \offset, s[\low:\high]
  .endif
.endm

.macro STORE kind, data, low, high, offset
  .if GFX == 8
    ADDRESS s\low, s\high, \offset
    flat_store_\kind v[4:5], \data
  .else
    global_store_\kind \offset, \data, s[\low:\high]
  .endif
  // gfx10.1 may still read the base when a scalar instruction writes it, unless a vector instruction is between.
  v_nop
.endm

// Reads the arguments and numbers the work-items.
.macro BEGIN
  s_load_dwordx8 s[4:11], s[0:1], 0
  s_load_dwordx8 s[12:19], s[0:1], 32
  .if GFX >= 12
    s_lshl_b32 s3, ttmp9, 8
  .else
    s_lshl_b32 s3, s2, 8
  .endif
  SETTLE
  v_or_b32 v1, s3, v0
  WAIT_SCALARS
.endm

// Copies so many single bytes, one a work-item.
.macro EDGE count, source_low, source_high, target_low, target_high
  v_cmp_gt_u32 vcc, \count, v1
  SETTLE
  s_and_saveexec_b64 s[20:21], vcc
  LOAD ubyte, v2, \source_low, \source_high, v1
  WAIT_LOADS
  STORE byte, v2, \target_low, \target_high, v1
  s_mov_b64 exec, s[20:21]
.endm

// Ends the work-items whose turn it is not, and the wave without any. v3: offset in a round of all lanes, s22: its bytes.
.macro ROUND shift, end
  v_lshlrev_b32 v3, \shift, v1
  s_lshl_b32 s22, s9, \shift
1:
  v_cmp_gt_u32 vcc, s8, v1
  SETTLE
  s_and_b64 exec, exec, vcc
  s_cbranch_execz \end
.endm

.macro ADVANCE low, high
  s_add_u32 s\low, s\low, s22
  s_addc_u32 s\high, s\high, 0
.endm

.macro NEXT_ROUND end
  ADVANCE 6, 7
  s_cmp_le_u32 s8, s9
  s_cbranch_scc1 \end
  s_sub_u32 s8, s8, s9
  SETTLE
  s_branch 1b
.endm

.macro COPY name, load, store, data, shift
\name:
  BEGIN
  EDGE s10, 16, 17, 18, 19
  EDGE s11, 12, 13, 14, 15
  ROUND \shift, 2f
  LOAD \load, \data, 4, 5, v3
  WAIT_LOADS
  STORE \store, \data, 6, 7, v3
  ADVANCE 4, 5
  NEXT_ROUND 2f
2:
  s_endpgm
  .p2align 9
.endm

.text
COPY copy, dwordx4, dwordx4, v[8:11], 4
COPY copy_bytes, ubyte, byte, v8, 0
fill:
  BEGIN
  v_mov_b32 v8, s4
  ROUND 2, 2f
  STORE dword, v8, 6, 7, v3
  NEXT_ROUND 2f
2:
  s_endpgm
  .p2align 9
