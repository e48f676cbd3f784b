// Copy and fill kernels for gfx8 to gfx12, assembled by ./assemble with GFX defined as the major version.
//
// Kernels, 512 bytes apart, of two kinds. Waves of 64, workgroups of 256 work-items in one dimension.
//
// Three of ranges: copy in units of 16 bytes, copy of bytes, fill with a word. A work-item does the units whose number is
// its own, then every `lanes` further, so that neighbours touch neighbouring memory; the first work-items also copy the
// bytes before and behind the units. Arguments, 64 bytes (copy/kernel/mod.rs writes them all):
//    0 source, or in its lower half the word     8 target
//   16 units, of 32 bits                        20 lanes, of 32 bits
//   24 bytes before, of 32 bits                 28 bytes behind, of 32 bits
//   32 source behind                            40 target behind
//   48 source before                            56 target before
//
// The others of boxes: copies in units of 16, 4 and 1 bytes, fills with texels of 16, 8, 4, 2 and 1 bytes. A work-item
// does one unit of a row, and workgroups have a row and a layer each. Arguments:
//    0 source                                    8 target
//   16 source pitch, of 32 bits                 20 target pitch, of 32 bits
//   24 source slice, of 32 bits                 28 target slice, of 32 bits
//   32 texel
//
// s[0:1] arguments, s[2:4] workgroup (in ttmp9 and ttmp7 since gfx12), v0 work-item. v1: which of all of a row it is.

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

// Reads the arguments and finds the workgroup's place: s3 its row, s4 its layer.
.macro BEGIN_BOX
  s_load_dwordx8 s[8:15], s[0:1], 0
  s_load_dwordx4 s[16:19], s[0:1], 32
  .if GFX >= 12
    s_lshl_b32 s2, ttmp9, 8
    s_and_b32 s3, ttmp7, 0xffff
    s_lshr_b32 s4, ttmp7, 16
  .else
    s_lshl_b32 s2, s2, 8
  .endif
  SETTLE
  v_or_b32 v1, s2, v0
  WAIT_SCALARS
.endm

// Moves an address on by so many times so many bytes.
.macro SKIP low, high, number, bytes
  s_mul_i32 s20, \number, \bytes
  .if GFX == 8
    v_mov_b32 v2, \bytes
    v_mul_hi_u32 v2, \number, v2
    v_readfirstlane_b32 s21, v2
  .else
    s_mul_hi_u32 s21, \number, \bytes
  .endif
  s_add_u32 s\low, s\low, s20
  s_addc_u32 s\high, s\high, s21
.endm

.macro COPY_BOX name, load, store, data, shift
\name:
  BEGIN_BOX
  SKIP 8, 9, s3, s12
  SKIP 8, 9, s4, s14
  SKIP 10, 11, s3, s13
  SKIP 10, 11, s4, s15
  SETTLE
  v_lshlrev_b32 v3, \shift, v1
  LOAD \load, \data, 8, 9, v3
  WAIT_LOADS
  STORE \store, \data, 10, 11, v3
  s_endpgm
  .p2align 9
.endm

.macro FILL_BOX name, store, data, shift
\name:
  BEGIN_BOX
  SKIP 10, 11, s3, s13
  SKIP 10, 11, s4, s15
  SETTLE
  v_lshlrev_b32 v3, \shift, v1
  v_mov_b32 v8, s16
  v_mov_b32 v9, s17
  v_mov_b32 v10, s18
  v_mov_b32 v11, s19
  STORE \store, \data, 10, 11, v3
  s_endpgm
  .p2align 9
.endm

COPY_BOX copy_box_16, dwordx4, dwordx4, v[8:11], 4
COPY_BOX copy_box_4, dword, dword, v8, 2
COPY_BOX copy_box_1, ubyte, byte, v8, 0
FILL_BOX fill_box_16, dwordx4, v[8:11], 4
FILL_BOX fill_box_8, dwordx2, v[8:9], 3
FILL_BOX fill_box_4, dword, v8, 2
FILL_BOX fill_box_2, short, v8, 1
FILL_BOX fill_box_1, byte, v8, 0
