/* Kernels that meet others: workgroups, queues, and the host. Each work-item or group does a little that can be checked. */
typedef unsigned int u32;
typedef unsigned long u64;
#define KERNEL __attribute__((amdgpu_kernel, visibility("default"))) void

static u32 item(void) { return __builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x(); }

/* Waits, without sleeping, until the word is 7, and tells what then stands beside it. */
KERNEL wait_for(u32 *word, u32 *seen) {
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != 7) {}
    seen[item()] = word[1];
}

KERNEL set(u32 *word, u32 *unused) {
    word[1] = 99;
    __atomic_store_n(word, 7, __ATOMIC_RELEASE);
}

/* Every workgroup counts itself and waits for all others: they have to be there together. */
KERNEL all_meet(u32 *counter, u32 *seen, u32 groups) {
    u32 first = __builtin_amdgcn_workitem_id_x() == 0;
    if (first) __atomic_fetch_add(counter, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) < groups) __builtin_amdgcn_s_sleep(1);
    seen[item()] = __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* Twice each word, and one. */
KERNEL touch(u32 *words, u32 *out) { out[item()] = words[item()] * 2 + 1; }

/* As hostcall does: a signal's value, its mailbox, an interrupt. */
KERNEL ring(u64 *signal, u32 *unused) {
    if (item() != 0) return;
    __atomic_store_n(signal + 1, 0, __ATOMIC_RELEASE);
    u64 *mailbox = (u64 *)signal[2];
    u32 event = (u32)signal[3];
    __atomic_store_n(mailbox, event, __ATOMIC_RELEASE);
    __builtin_amdgcn_s_sendmsg(1, __builtin_amdgcn_readfirstlane(event) & 0xffffff);
}

/* What is no instruction, and what is no address. */
KERNEL illegal(u32 *words, u32 *out) { __asm__ volatile(".long 0xf4ffffff"); }
KERNEL abort_wave(u32 *words, u32 *out) { __builtin_trap(); }

/* The same with 32 words of each work-item's own in scratch memory. */
KERNEL abort_with_scratch(u32 *words, u32 *out) {
    volatile u32 own[32];
    for (u32 i = 0; i < 32; i++) own[i] = 0x5c4a7c11;
    __builtin_trap();
}

/* A breakpoint, then as above. */
KERNEL stumble(u32 *words, u32 *out) {
    __builtin_debugtrap();
    out[item()] = words[item()] * 2 + 1;
}
