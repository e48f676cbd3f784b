# The thunk's prototypes as C has them: enumerations where Rust has numbers, tags of the kernel's structures,
# no underscores before parameters that Rust does not use, no notes for Rust programs.
/^\/\/ # Safety/,/^[^/]/ { /^\/\//d; }
/^\/\/$/d
s/\([ *]\)_\([A-Za-z]\)/\1\2/g
/^HSAKMT_STATUS hsaKmtCreateQueue[A-Za-z]*(/,/;/ s/uint32_t Type\b/HSA_QUEUE_TYPE Type/
s/uint32_t Operand\b/HSA_DBG_WAVEOP Operand/
s/uint32_t Mode\b/HSA_DBG_WAVEMODE Mode/
s/uint32_t \*WatchMode\b/HSA_DBG_WATCH_MODE *WatchMode/
s/\bkfd_[a-z_]* \*/struct &/g
