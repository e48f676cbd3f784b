# The thunk's prototypes as C has them: enumerations and a structure of the kernel's where Rust has numbers and addresses,
# no underscores before parameters that Rust does not use, no notes for Rust programs.
/^\/\/ # Safety/,/^[^/]/ { /^\/\//d; }
/^\/\/$/d
s/\([ *]\)_\([A-Za-z]\)/\1\2/g
/^HSAKMT_STATUS hsaKmtCreateQueue[A-Za-z]*(/,/;/ s/uint32_t Type\b/HSA_QUEUE_TYPE Type/
s/uint32_t Operand\b/HSA_DBG_WAVEOP Operand/
s/uint32_t Mode\b/HSA_DBG_WAVEMODE Mode/
s/uint32_t \*WatchMode\b/HSA_DBG_WATCH_MODE *WatchMode/
/^HSAKMT_STATUS hsaKmtDebugTrapIoctl(/ s/void \*\([a-z]*\)/struct kfd_ioctl_dbg_trap_args *\1/
/^HSAKMT_STATUS hsaKmtMemoryVaMap(/,/;/ s/uint32_t flags\b/HsaMemoryMapFlags flags/
