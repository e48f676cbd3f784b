// Trap handler for gfx8, assembled by ./assemble. It runs behind the driver's own (cwsr_trap_handler_gfx8.asm), or first where
// waves are not saved.
//
// A wave of gfx8 cannot ask which queue it is of: MSG_GET_DOORBELL came with gfx9. But the compiler has `abort` and assertions
// hand the queue's descriptor (amd_queue_t) to s_trap 2 in s[0:1] (LLVM's AMDGPUUsage, "Trap Handler ABI"). So of that this
// tells, whatever the driver, which knows no exceptions of gfx8 (cik_event_interrupt.c): it sets a bit of the signal that the
// queue has for it, writes the signal's event to its mailbox, interrupts with that, and halts the wave.
//
// Nobody can be told of illegal instructions and addresses of nowhere: the wave halts, and whoever waits for it waits on.
// (What is not mapped the driver hears of by itself.) Other numbers of s_trap mean nothing; the wave goes on behind them.
//
// It finds: ttmp0 and ttmp1[15:0] the program counter, which an s_trap leaves at itself; ttmp1 above, the number of an
// s_trap. STATUS is as it was, but for the priority. It may use ttmp2 to ttmp7, and, where the wave does not go on, all else.

.set ABORT, 2
.set TRAP_ID, 16 | 8 << 16
.set HOST_TRAP, 24
.set HALT, 13
// The topmost bit of queue_inactive_signal: an exception that has no bit of its own.
.set INACTIVE_EXCEPTION, 0x80000000
// Bytes from the start of amd_queue_t and amd_signal_t.
.set QUEUE_INACTIVE_SIGNAL, 0xc0
.set SIGNAL_VALUE, 8
.set SIGNAL_MAILBOX, 16
.set SIGNAL_EVENT, 24

trap:
  // Before anything changes SCC.
  s_getreg_b32 ttmp4, hwreg(HW_REG_STATUS)
  // The host's traps are for debuggers, of which there are none.
  s_bitcmp1_b32 ttmp1, HOST_TRAP
  s_cbranch_scc1 leave
  s_bfe_u32 ttmp2, ttmp1, TRAP_ID
  s_cbranch_scc0 halt
  s_cmp_eq_u32 ttmp2, ABORT
  s_cbranch_scc1 tell
  s_add_u32 ttmp0, ttmp0, 4
  s_addc_u32 ttmp1, ttmp1, 0
  s_branch leave

tell:
  s_load_dwordx2 ttmp[2:3], s[0:1], QUEUE_INACTIVE_SIGNAL
  s_waitcnt lgkmcnt(0)
  s_load_dword ttmp5, ttmp[2:3], SIGNAL_EVENT
  s_load_dwordx2 ttmp[6:7], ttmp[2:3], SIGNAL_MAILBOX
  // Loads that are replayed read their address once more.
  s_waitcnt lgkmcnt(0)
  s_add_u32 ttmp2, ttmp2, SIGNAL_VALUE
  s_addc_u32 ttmp3, ttmp3, 0
  // One lane does it; a wave has four vector registers at least.
  s_mov_b64 exec, 1
  v_mov_b32 v0, ttmp2
  v_mov_b32 v1, ttmp3
  v_mov_b32 v2, INACTIVE_EXCEPTION
  v_mov_b32 v3, 0
  flat_atomic_or_x2 v[0:1], v[2:3]
  // The value before the mailbox.
  s_waitcnt vmcnt(0) & lgkmcnt(0)
  // Nobody is to be woken where events are not used.
  s_cmp_eq_u64 ttmp[6:7], 0
  s_cbranch_scc1 halt
  v_mov_b32 v0, ttmp6
  v_mov_b32 v1, ttmp7
  v_mov_b32 v2, ttmp5
  flat_store_dwordx2 v[0:1], v[2:3] glc slc
  // The mailbox before the interrupt, which carries the event.
  s_waitcnt vmcnt(0) & lgkmcnt(0)
  s_mov_b32 m0, ttmp5
  // m0 is not there for a message at once.
  s_nop 0
  s_sendmsg sendmsg(MSG_INTERRUPT)

halt:
  s_bitset1_b32 ttmp4, HALT

leave:
  // What the driver's handler has put above the address.
  s_and_b32 ttmp1, ttmp1, 0xffff
  // EXECZ and VCCZ are set by instructions alone.
  s_and_b64 exec, exec, exec
  s_and_b64 vcc, vcc, vcc
  // All but the priority, in bits 1 and 2: the scheduler may have raised it. Two writes of a register want room between.
  s_lshr_b32 ttmp2, ttmp4, 3
  s_setreg_b32 hwreg(HW_REG_STATUS, 3, 29), ttmp2
  s_nop 2
  s_setreg_b32 hwreg(HW_REG_STATUS, 0, 1), ttmp4
  s_rfe_b64 ttmp[0:1]
