// Trap handler for gfx9 to gfx12, assembled by ./assemble. It runs behind the driver's own, which saves and restores waves
// (cwsr_trap_handler_gfx*.asm) and jumps here with everything else: s_trap, illegal instructions, addresses of nowhere,
// errors of arithmetic that the program wants to hear of.
//
// It interrupts the host with an exception's code and the doorbell of the queue, by which the driver finds the queue and
// its process (kfd_int_process_v*.c), and halts the wave: the queue is taken off the GPU soon. Where that halted wave is,
// and why, it leaves for debuggers. s_trap 3, a breakpoint, means nothing while no debugger is there.
//
// With SIGNALS it is for drivers that do not know exceptions. It then does what the driver would: it looks the queue up by its
// doorbell, sets a bit of the signal that the queue has for it, writes the signal's event to its mailbox and interrupts
// with that. The wave does not go on, so that registers may be used.
//
// A trap that the host brought about (kfd_pc_sampling.c) is a sampler's: the wave writes where it is, and goes on as if
// nothing had been. Without a sampler it only goes on.
//
// It finds: ttmp14 and ttmp15, with SIGNALS, the descriptors of the process's queues (amd_queue_t), by doorbell, and
// without, where samples go (sampling/buffer.rs), or 0; ttmp0 and ttmp1[15:0] the program counter; ttmp1 above, the
// number of an s_trap; ttmp12 the status to go back to; ttmp11 (ttmp13 on gfx9.4) at bit 23, whether a debugger is
// there. It may use ttmp2, ttmp3 and `spare`, and for samples `kept`, and ttmp4 and ttmp5, which are 0 where no
// debugger has given the wave a number: the driver has no samplers and debuggers at once.
//
// GFX is the major version, MINOR the minor one; SIGNALS is 0 or 1, and 1 for gfx9.0 and gfx10 alone.

.set GFX940, GFX == 9 && MINOR >= 4
// The driver restores counters of scalar loads that are to be replayed; it left them for us.
.set REPLAYS, GFX == 9 || GFX == 10 && MINOR < 3
// A halted wave must not stand at the program's end, where it cannot be saved: it is put at `parked`.
.set PARKS, GFX >= 11 || REPLAYS && !GFX940

// Numbers of s_trap.
.set ABORT, 2
.set BREAKPOINT, 3

// What goes into the interrupt: the doorbell, and above it bits in the order of EC_QUEUE_WAVE_* (kfd_ioctl.h).
.set DOORBELL_BITS, 10
.set WAVE_ABORT, 1 << DOORBELL_BITS
.set WAVE_TRAP, 2 << DOORBELL_BITS
.set WAVE_MATH_ERROR, 4 << DOORBELL_BITS
.set WAVE_ILLEGAL_INSTRUCTION, 8 << DOORBELL_BITS
.set WAVE_MEMORY_VIOLATION, 16 << DOORBELL_BITS
.set WAVE_APERTURE_VIOLATION, 32 << DOORBELL_BITS

.if GFX >= 12
  .set TRAP_ID, 28 | 4 << 16
  .set MEMORY_VIOLATION, 4
  .set ILLEGAL_INSTRUCTION, 6
  .set HOST_TRAP, 7
  .set XNACK_ERROR, 12
  .set HALT, 14
.else
  .set TRAP_ID, 16 | 8 << 16
  .set HOST_TRAP, 24
  .set MEMORY_VIOLATION, 8
  .set ILLEGAL_INSTRUCTION, 11
  .set HOST_TRAP_CAUSE, 22
  .set XNACK_ERROR, 28
  .set HALT, 13
  .set SKIP_EXPORT, 18
.endif

// Bytes from the start of where samples go, which has the ends of its halves before, and of a sample (perf_sample_hosttrap_v1_t).
.set NEXT_SAMPLE, 8
.set SAMPLE_PC, 0x00
.set SAMPLE_EXEC, 0x08
.set SAMPLE_WORKGROUP, 0x10
.set SAMPLE_WAVE, 0x1c
.set SAMPLE_HW_ID, 0x20
.set SAMPLE_IS_THERE, 0x24
.set SAMPLE_TIME, 0x30
.set SAMPLE_CORRELATION, 0x38
.set SAMPLE_SHIFT, 6
.set DISPATCH_BITS, 25

// Bits of queue_inactive_signal (DynamicQueueEventsHandler of upstream's runtime); its topmost is for what else there is.
.set INACTIVE_APERTURE_VIOLATION, 0x20000000
.set INACTIVE_ILLEGAL_INSTRUCTION, 0x40000000
// Bytes from the start of amd_queue_t and amd_signal_t.
.set QUEUE_INACTIVE_SIGNAL, 0xc0
.set SIGNAL_VALUE, 8
.set SIGNAL_MAILBOX, 16
.set SIGNAL_EVENT, 24

// For debuggers, in ttmp6.
.set SAVED_TRAP_ID, 25
.set SAVED_HALT, 29
.set STOPPED, 30
.set UNINITIALIZED, 31

// Tells of `code` if SCC is set, else of `other`.
.macro TELL spare, code, other=0
  s_cselect_b32 \spare, \code, \other
  s_or_b32 ttmp3, ttmp3, \spare
.endm

.macro WAIT_SCALARS
  .if GFX >= 12
    s_wait_kmcnt 0
  .else
    s_waitcnt lgkmcnt(0)
  .endif
.endm

// ttmp3: the number of the queue's doorbell.
.macro GET_DOORBELL
  .if GFX >= 11
    s_sendmsg_rtn_b32 ttmp3, sendmsg(MSG_RTN_GET_DOORBELL)
    WAIT_SCALARS
    s_and_b32 ttmp3, ttmp3, (1 << DOORBELL_BITS) - 1
  .else
    // The answer comes into EXEC, without its topmost bit.
    s_mov_b32 ttmp2, exec_lo
    s_mov_b32 ttmp3, exec_hi
    s_mov_b32 exec_lo, 0x80000000
    s_sendmsg sendmsg(MSG_GET_DOORBELL)
wait\@:
    s_nop 7
    s_bitcmp1_b32 exec_lo, 31
    s_cbranch_scc1 wait\@
    s_mov_b32 exec_hi, ttmp3
    s_and_b32 ttmp3, exec_lo, (1 << DOORBELL_BITS) - 1
    s_mov_b32 exec_lo, ttmp2
  .endif
.endm

// SCC: an error of arithmetic has happened that the program enabled. ttmp2: the flags of what has happened.
.macro IS_MATH_ERROR spare
  .if GFX >= 12
    s_getreg_b32 ttmp2, hwreg(HW_REG_TRAP_CTRL, 0, 7)
    s_getreg_b32 \spare, hwreg(HW_REG_EXCP_FLAG_USER, 0, 7)
  .else
    s_getreg_b32 \spare, hwreg(HW_REG_MODE, 12, 7)
  .endif
  s_and_b32 \spare, \spare, ttmp2
.endm

// ttmp3: the number of the queue's doorbell.
.macro TELL_DRIVER spare
  .if GFX >= 12
    s_getreg_b32 ttmp2, hwreg(HW_REG_EXCP_FLAG_PRIV)
  .else
    s_getreg_b32 ttmp2, hwreg(HW_REG_TRAPSTS)
  .endif
  // An address that is not mapped violates an aperture, too, and is told of once.
  s_bitcmp1_b32 ttmp2, MEMORY_VIOLATION
  s_cselect_b32 \spare, WAVE_APERTURE_VIOLATION, 0
  s_bitcmp1_b32 ttmp2, XNACK_ERROR
  TELL \spare, WAVE_MEMORY_VIOLATION, \spare
  s_bitcmp1_b32 ttmp2, ILLEGAL_INSTRUCTION
  TELL \spare, WAVE_ILLEGAL_INSTRUCTION
  IS_MATH_ERROR \spare
  TELL \spare, WAVE_MATH_ERROR
  s_bfe_u32 ttmp2, ttmp6, SAVED_TRAP_ID | 4 << 16
  s_cmp_eq_u32 ttmp2, ABORT
  TELL \spare, WAVE_ABORT
  // Whatever else it is.
  s_cmp_lt_u32 ttmp3, 1 << DOORBELL_BITS
  TELL \spare, WAVE_TRAP

  s_mov_b32 ttmp2, m0
  s_mov_b32 m0, ttmp3
  s_nop 0
  s_sendmsg sendmsg(MSG_INTERRUPT)
  WAIT_SCALARS
  s_mov_b32 m0, ttmp2
.endm

.macro WAIT_VECTORS
  s_waitcnt vmcnt(0) & lgkmcnt(0)
  .if GFX >= 10
    s_waitcnt_vscnt null, 0
  .endif
.endm

// Likewise. `spare` gets the event, vcc the bit.
.macro TELL_QUEUE spare
  s_lshl_b32 ttmp3, ttmp3, 3
  s_load_dwordx2 ttmp[2:3], ttmp[14:15], ttmp3
  WAIT_SCALARS
  s_cmp_eq_u64 ttmp[2:3], 0
  s_cbranch_scc1 told
  s_load_dwordx2 ttmp[2:3], ttmp[2:3], QUEUE_INACTIVE_SIGNAL
  WAIT_SCALARS
  s_load_dword \spare, ttmp[2:3], SIGNAL_EVENT
  s_add_u32 ttmp2, ttmp2, SIGNAL_VALUE
  s_addc_u32 ttmp3, ttmp3, 0
  s_getreg_b32 vcc_lo, hwreg(HW_REG_TRAPSTS)
  s_brev_b32 vcc_hi, 1
  s_bitcmp1_b32 vcc_lo, ILLEGAL_INSTRUCTION
  s_cselect_b32 vcc_hi, INACTIVE_ILLEGAL_INSTRUCTION, vcc_hi
  s_and_b32 vcc_lo, vcc_lo, 1 << MEMORY_VIOLATION | 1 << XNACK_ERROR
  s_cselect_b32 vcc_hi, INACTIVE_APERTURE_VIOLATION, vcc_hi
  s_mov_b64 exec, 1
  v_mov_b32 v0, ttmp2
  v_mov_b32 v1, ttmp3
  v_mov_b32 v2, vcc_hi
  v_mov_b32 v3, 0
  flat_atomic_or_x2 v[0:1], v[2:3]
  WAIT_VECTORS
  s_load_dwordx2 ttmp[2:3], ttmp[2:3], SIGNAL_MAILBOX - SIGNAL_VALUE
  WAIT_SCALARS
  // Nobody is to be woken where events are not used.
  s_cmp_eq_u64 ttmp[2:3], 0
  s_cbranch_scc1 told
  v_mov_b32 v0, ttmp2
  v_mov_b32 v1, ttmp3
  v_mov_b32 v2, \spare
  flat_store_dwordx2 v[0:1], v[2:3] glc slc
  WAIT_VECTORS
  s_mov_b32 m0, \spare
  s_nop 0
  s_sendmsg sendmsg(MSG_INTERRUPT)
  WAIT_SCALARS
told:
.endm

// Waits for all that the wave has begun: a load may still be about to write the registers that a sample borrows.
.macro WAIT_ALL
  .if GFX >= 12
    s_wait_loadcnt 0
    s_wait_samplecnt 0
    s_wait_bvhcnt 0
    s_wait_storecnt 0
    s_wait_dscnt 0
    s_wait_kmcnt 0
  .else
    s_waitcnt 0
    .if GFX >= 10
      s_waitcnt_vscnt null, 0
    .endif
  .endif
.endm

// Writes a scalar to a place of the sample at v0.
.macro PUT place, value
  .if GFX >= 12
    // A vector instruction must not find what the scalar register held before (depctr_sa_sdst).
    s_wait_alu 0xfffe
  .endif
  v_mov_b32 v1, \value
  PUT_V1 \place
.endm

.macro PUT_V1 place
  .if GFX >= 12
    global_store_b32 v0, v1, ttmp[14:15] offset:\place scope:SCOPE_SYS
  .elseif GFX940
    global_store_dword v0, v1, ttmp[14:15] offset:\place sc0 sc1
  .else
    global_store_dword v0, v1, ttmp[14:15] offset:\place glc slc
  .endif
.endm

// Adds a field of a hardware register to v1.
.macro ADD_FIELD register, from, bits, to
  s_getreg_b32 ttmp2, hwreg(\register, \from, \bits)
  .if GFX >= 12
    s_wait_alu 0xfffe
  .endif
  v_lshl_or_b32 v1, ttmp2, \to, v1
.endm

// Takes the next sample's place, unless the half is full: SCC. v0: where it is from ttmp14 on.
.macro TAKE_PLACE
  v_mov_b32 v0, 1
  v_mov_b32 v1, 0
  .if GFX >= 12
    global_atomic_add_u64 v[0:1], v1, v[0:1], ttmp[14:15] offset:NEXT_SAMPLE th:TH_ATOMIC_RETURN scope:SCOPE_SYS
  .elseif GFX940
    global_atomic_add_x2 v[0:1], v1, v[0:1], ttmp[14:15] offset:NEXT_SAMPLE sc0 sc1
  .else
    global_atomic_add_x2 v[0:1], v1, v[0:1], ttmp[14:15] offset:NEXT_SAMPLE glc slc
  .endif
  WAIT_ALL
  // The low word counts up to 0, from minus the places of a half; the high one's top bit says which half it is.
  v_readlane_b32 ttmp3, v1, 0
  .if GFX >= 12
    // Nor a scalar instruction (depctr_va_sdst).
    s_wait_alu 0xf1ff
  .endif
  s_lshr_b32 ttmp2, ttmp3, 31
  s_lshl_b32 ttmp2, ttmp2, 2
  .if GFX >= 12
    s_load_b32 ttmp2, ttmp[14:15], ttmp2 scope:SCOPE_SYS
  .else
    s_load_dword ttmp2, ttmp[14:15], ttmp2 glc
  .endif
  WAIT_SCALARS
  .if GFX >= 12
    s_wait_alu 0xfffe
  .endif
  v_lshl_add_u32 v0, v0, SAMPLE_SHIFT, ttmp2
  s_bitset0_b32 ttmp3, 31
  s_cmp_lg_u32 ttmp3, 0
.endm

.macro PUT_TIME
  .if GFX >= 11
    s_sendmsg_rtn_b64 ttmp[2:3], sendmsg(MSG_RTN_GET_REALTIME)
  .else
    s_memrealtime ttmp[2:3]
  .endif
  WAIT_SCALARS
  PUT SAMPLE_TIME, ttmp2
  PUT SAMPLE_TIME+4, ttmp3
.endm

.macro PUT_WORKGROUP
  .if GFX >= 12
    PUT SAMPLE_WORKGROUP, ttmp9
    s_and_b32 ttmp2, ttmp7, 0xffff
    PUT SAMPLE_WORKGROUP+4, ttmp2
    s_lshr_b32 ttmp2, ttmp7, 16
    PUT SAMPLE_WORKGROUP+8, ttmp2
    s_bfe_u32 ttmp2, ttmp8, 25 | 5 << 16
  .else
    PUT SAMPLE_WORKGROUP, ttmp8
    PUT SAMPLE_WORKGROUP+4, ttmp9
    PUT SAMPLE_WORKGROUP+8, ttmp10
    s_and_b32 ttmp2, ttmp11, 0x3f
  .endif
  .if GFX940
    s_getreg_b32 ttmp3, hwreg(HW_REG_XCC_ID)
    s_lshl_b32 ttmp3, ttmp3, 8
    s_or_b32 ttmp2, ttmp2, ttmp3
  .endif
  PUT SAMPLE_WAVE, ttmp2
.endm

// Since gfx10 there are two registers for it; this is how readers of samples want one from them.
.macro PUT_HW_ID
  .if GFX >= 10
    v_mov_b32 v1, 0
    ADD_FIELD HW_REG_HW_ID1, 0, 5, 0
    ADD_FIELD HW_REG_HW_ID2, 0, 4, 5
    ADD_FIELD HW_REG_HW_ID1, 10, 4, 10
    ADD_FIELD HW_REG_HW_ID1, 8, 2, 14
    ADD_FIELD HW_REG_HW_ID1, 16, 1, 16
    ADD_FIELD HW_REG_HW_ID2, 8, 1, 17
    ADD_FIELD HW_REG_HW_ID1, 18, 2, 18
    ADD_FIELD HW_REG_HW_ID2, 4, 2, 20
    ADD_FIELD HW_REG_HW_ID2, 16, 5, 23
    ADD_FIELD HW_REG_HW_ID2, 24, 4, 28
    PUT_V1 SAMPLE_HW_ID
  .else
    s_getreg_b32 ttmp2, hwreg(HW_REG_HW_ID)
    PUT SAMPLE_HW_ID, ttmp2
  .endif
.endm

// The packet's number, as far as it is told, and the queue's doorbell.
.macro PUT_CORRELATION
  GET_DOORBELL
  PUT SAMPLE_CORRELATION+4, ttmp3
  .if GFX >= 12
    s_and_b32 ttmp2, ttmp8, (1 << DISPATCH_BITS) - 1
  .elseif GFX940
    s_bfe_u32 ttmp2, ttmp11, 6 | DISPATCH_BITS << 16
  .else
    s_and_b32 ttmp2, ttmp6, (1 << DISPATCH_BITS) - 1
  .endif
  PUT SAMPLE_CORRELATION, ttmp2
.endm

// Writes a sample. Lane 0 does it, whose v0 and v1 are in the two `kept` meanwhile; EXEC is in ttmp4 and ttmp5.
.macro WRITE_SAMPLE kept0, kept1
  s_mov_b64 ttmp[4:5], exec
  WAIT_ALL
  s_mov_b64 exec, 1
  v_readlane_b32 \kept0, v0, 0
  v_readlane_b32 \kept1, v1, 0
  TAKE_PLACE
  s_cbranch_scc1 written
  PUT SAMPLE_PC, ttmp0
  s_and_b32 ttmp2, ttmp1, 0xffff
  PUT SAMPLE_PC+4, ttmp2
  PUT SAMPLE_EXEC, ttmp4
  PUT SAMPLE_EXEC+4, ttmp5
  PUT_WORKGROUP
  PUT_HW_ID
  PUT_TIME
  PUT_CORRELATION
  // Last, when the rest is there.
  WAIT_ALL
  PUT SAMPLE_IS_THERE, 1
  WAIT_ALL
written:
  v_writelane_b32 v0, \kept0, 0
  v_writelane_b32 v1, \kept1, 0
  s_mov_b64 exec, ttmp[4:5]
  s_mov_b64 ttmp[4:5], 0
  .if GFX940
    // The first of the two is what debuggers read of a wave that stands still; this one does not.
    s_mov_b32 ttmp6, 0
  .endif
.endm

// SCC: the wave cannot go on.
.macro HAS_FAILED
  .if GFX >= 12
    s_getreg_b32 ttmp2, hwreg(HW_REG_EXCP_FLAG_PRIV)
  .else
    s_getreg_b32 ttmp2, hwreg(HW_REG_TRAPSTS)
  .endif
  s_and_b32 ttmp3, ttmp2, 1 << MEMORY_VIOLATION | 1 << ILLEGAL_INSTRUCTION | 1 << XNACK_ERROR
.endm

// `pc` is where a halted wave's program counter is kept.
.macro HANDLER spare, pc, kept0, kept1
trap:
  .if GFX >= 12
    s_getreg_b32 ttmp2, hwreg(HW_REG_EXCP_FLAG_PRIV)
    s_bitcmp1_b32 ttmp2, HOST_TRAP
  .else
    s_bitcmp1_b32 ttmp1, HOST_TRAP
  .endif
  .if SIGNALS
    // Drivers that do not know exceptions do not sample either.
    s_cbranch_scc1 leave
  .else
    s_cbranch_scc0 not_the_host
    .if GFX >= 12
      s_setreg_imm32_b32 hwreg(HW_REG_EXCP_FLAG_PRIV, HOST_TRAP, 1), 0
    .elseif GFX940
      s_setreg_imm32_b32 hwreg(HW_REG_TRAPSTS, HOST_TRAP_CAUSE, 1), 0
    .endif
    s_cmp_eq_u64 ttmp[14:15], 0
    s_cbranch_scc1 sampled
    WRITE_SAMPLE \kept0, \kept1
sampled:
    // Both may have come at once.
    HAS_FAILED
    s_cbranch_scc1 failed
    IS_MATH_ERROR ttmp3
    s_cbranch_scc0 leave
failed:
    s_mov_b32 ttmp2, 0
    s_branch report
  .endif
not_the_host:
  s_bfe_u32 ttmp2, ttmp1, TRAP_ID
  s_cbranch_scc0 report
  // Behind the instruction.
  s_add_u32 ttmp0, ttmp0, 4
  s_addc_u32 ttmp1, ttmp1, 0
  s_cmp_lg_u32 ttmp2, BREAKPOINT
  s_cbranch_scc1 report
  .if GFX940
    s_bitcmp1_b32 ttmp13, 23
  .else
    s_bitcmp1_b32 ttmp11, 23
  .endif
  s_cbranch_scc0 leave

report:
  // What debuggers want to know: which trap, and whether it was halted before.
  s_min_u32 ttmp2, ttmp2, 15
  s_lshl_b32 ttmp2, ttmp2, SAVED_TRAP_ID
  s_bitcmp1_b32 ttmp12, HALT
  s_cselect_b32 ttmp3, 1 << SAVED_HALT, 0
  s_or_b32 ttmp2, ttmp2, ttmp3
  s_andn2_b32 ttmp6, ttmp6, 15 << SAVED_TRAP_ID | 1 << SAVED_HALT
  s_or_b32 ttmp6, ttmp6, ttmp2

  GET_DOORBELL
  .if SIGNALS
    TELL_QUEUE \spare
  .else
    TELL_DRIVER \spare
  .endif

  .if PARKS
    s_mov_b32 \pc, ttmp0
    s_and_b32 ttmp2, ttmp1, 0xffff
    s_lshl_b32 ttmp2, ttmp2, 7
    s_andn2_b32 ttmp11, ttmp11, 0xffff << 7
    s_or_b32 ttmp11, ttmp11, ttmp2
    .if GFX >= 12
      // The mode of scheduling, with which `leave` goes back.
      s_and_b32 ttmp2, ttmp1, 3 << 26
    .endif
    s_getpc_b64 ttmp[0:1]
here:
    s_add_u32 ttmp0, ttmp0, parked - here
    s_addc_u32 ttmp1, ttmp1, 0
    .if GFX >= 12
      s_or_b32 ttmp1, ttmp1, ttmp2
    .endif
  .endif
  s_bitset1_b32 ttmp6, STOPPED
  s_bitset1_b32 ttmp12, HALT
  .if GFX < 12
    // By this debuggers see that the wave was halted here.
    s_bitset1_b32 ttmp12, SKIP_EXPORT
  .endif
  .if GFX940 || GFX >= 12
    // The number that a debugger gives to the wave: none yet.
    .if GFX940
      s_bitcmp1_b32 ttmp11, 31
    .else
      s_bitcmp1_b32 ttmp8, 31
    .endif
    s_cbranch_scc1 leave
    s_mov_b32 ttmp4, 0
    s_mov_b32 ttmp5, 0
    .if GFX940
      s_bitset0_b32 ttmp6, UNINITIALIZED
      s_bitset1_b32 ttmp11, 31
    .else
      s_bitset1_b32 ttmp8, 31
    .endif
  .endif

leave:
  .if REPLAYS
    .if GFX940
      s_lshr_b32 ttmp2, ttmp13, 26 - 15
    .elseif GFX == 9
      s_lshr_b32 ttmp2, ttmp11, 26 - 15
    .else
      s_lshr_b32 ttmp2, ttmp11, 24 - 15
    .endif
    .if GFX == 9
      s_and_b32 ttmp2, ttmp2, 0x1f8000
    .else
      s_and_b32 ttmp2, ttmp2, 0x3f8000
      s_lshr_b32 ttmp3, ttmp11, 31 - 25
      s_and_b32 ttmp3, ttmp3, 1 << 25
      s_or_b32 ttmp2, ttmp2, ttmp3
    .endif
    s_setreg_b32 hwreg(HW_REG_IB_STS), ttmp2
  .endif
  // EXECZ and VCCZ are set by instructions alone.
  s_and_b64 exec, exec, exec
  s_and_b64 vcc, vcc, vcc
  .if GFX >= 12
    s_bfe_u32 ttmp2, ttmp1, 26 | 2 << 16
    // SCHED_MODE, of which older assemblers do not know.
    s_setreg_b32 hwreg(26), ttmp2
    s_and_b32 ttmp1, ttmp1, 0xffff
    // SCC, HALT and what is between; barriers may have been completed meanwhile.
    s_lshr_b32 ttmp12, ttmp12, 9
    s_setreg_b32 hwreg(HW_REG_STATE_PRIV, 9, 7), ttmp12
  .else
    s_and_b32 ttmp1, ttmp1, 0xffff
    s_setreg_b32 hwreg(HW_REG_STATUS), ttmp12
  .endif
  s_rfe_b64 ttmp[0:1]

parked:
  s_trap ABORT
  s_branch parked
.endm

.if GFX >= 12
  HANDLER ttmp13, ttmp10, ttmp10, ttmp13
.elseif GFX940
  HANDLER ttmp7, ttmp7, ttmp6, ttmp7
.else
  HANDLER ttmp7, ttmp7, ttmp7, ttmp13
.endif

// What is fetched ahead.
.if GFX >= 10
  .rept 64
    s_code_end
  .endr
.endif
