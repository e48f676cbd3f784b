/* A kernel that takes long, and whose result says whether anything disturbed it: floats, a loop, lanes that go other ways. */
typedef unsigned int u32;
#define KERNEL __attribute__((amdgpu_kernel, visibility("default"))) void

KERNEL before(u32 *rounds, u32 *out) { out[0] = rounds[0]; }

KERNEL churn(u32 *rounds, u32 *out) {
    u32 item = __builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x();
    u32 value = item, turns = rounds[0];
    for (u32 turn = 0; turn < turns; turn++) {
        value = value * 1664525 + 1013904223;
        if (value & 0x10000) value ^= value >> 7;
        if (value & 0x20000) value += turn * 3;
    }
    out[item] = value;
}

/* Traps itself in the end, by the same handler. */
KERNEL give_up(u32 *rounds, u32 *out) {
    u32 value = __builtin_amdgcn_workitem_id_x();
    for (u32 turn = 0; turn < rounds[0]; turn++) value = value * 1664525 + 1013904223;
    if (value != 1) __builtin_trap();
    out[0] = value;
}

KERNEL after(u32 *rounds, u32 *out) { out[0] = rounds[0]; }
