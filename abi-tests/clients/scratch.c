/* Dispatches that need much scratch memory, again and again: what does their queue keep of it? Needs a GPU that runs queues
   (SIMKFD_GPU=1), and as its argument the code object of `kernels/meeting.c`. */
#include "gpu.h"
#include <hsa/amd_hsa_queue.h>

enum { GROUPS = 4, ITEMS = GROUPS * 64 };

/* For so many bytes a work-item, whatever the kernel uses. */
static void dispatch(hsa_queue_t *queue, hsa_executable_symbol_t symbol, void *arguments, uint32_t bytes) {
    uint64_t index;
    hsa_signal_t done = new_signal(1);
    hsa_kernel_dispatch_packet_t *packet = reserve(queue, &index);
    packet->workgroup_size_x = 64, packet->workgroup_size_y = packet->workgroup_size_z = 1;
    packet->grid_size_x = ITEMS, packet->grid_size_y = packet->grid_size_z = 1;
    packet->private_segment_size = bytes;
    NEED(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &packet->kernel_object));
    packet->kernarg_address = arguments;
    packet->completion_signal = done;
    submit(queue, packet, index, HSA_PACKET_TYPE_KERNEL_DISPATCH, 1);
    if (wait_zero(done)) puts("left");
    hsa_signal_destroy(done);
}

int main(int count, char **files) {
    if (count != 2) return 2;
    open_gpu();
    hsa_executable_symbol_t touch = kernel(load(files[1]), "touch");
    uint32_t *words = shared(ITEMS * 4), *out = shared(ITEMS * 4);
    void **arguments = shared(16);
    arguments[0] = words, arguments[1] = out;
    for (uint32_t i = 0; i < ITEMS; i++) words[i] = i;
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    /* Of all waves of a Radeon RX 7900 XTX: 12 MiB, 150 MiB. */
    uint32_t sizes[] = {128, 1600};
    for (int i = 0; i < 2; i++) {
        for (int round = 0; round < 10; round++) dispatch(queue, touch, arguments, sizes[i]);
        /* The packet processor tells the runtime to take it back after the dispatch. */
        amd_queue_t *inner = (amd_queue_t *)queue;
        while (inner->queue_properties & AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE && inner->compute_tmpring_size) {}
        printf("%u bytes: kept %d\n", sizes[i], inner->compute_tmpring_size != 0);
    }
    uint32_t right = 0;
    for (uint32_t i = 0; i < ITEMS; i++) right += out[i] == 2 * i + 1;
    printf("right: %u of %u\n", right, ITEMS);
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
