/* Each workgroup of 64 adds 64 numbers up in LDS, and each work-item notes its own square. */
typedef unsigned int u32;

static __attribute__((address_space(3), loader_uninitialized)) u32 shared[64];

__attribute__((amdgpu_kernel, visibility("default"))) void sums(const u32 *numbers, u32 *totals, u32 *squares) {
    u32 item = __builtin_amdgcn_workitem_id_x(), group = __builtin_amdgcn_workgroup_id_x();
    u32 own = numbers[group * 64 + item];
    squares[group * 64 + item] = own * own;
    shared[item] = own;
    for (u32 step = 32; step > 0; step /= 2) {
        __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
        __builtin_amdgcn_s_barrier();
        __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
        if (item < step) shared[item] += shared[item + step];
    }
    if (item == 0) totals[group] = shared[0];
}
