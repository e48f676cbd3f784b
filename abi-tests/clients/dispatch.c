/* Loads a code object by the runtime's loader and runs its kernel `sums` (kernels/sums.c) on the first GPU.
   Usage: dispatch CODE_OBJECT [ADDRESS]: with an address, the kernel is to read there instead. Needs a GPU that runs
   queues (SIMKFD_GPU=1). */
#include "gpu.h"

#define GROUPS 500
#define ITEMS (GROUPS * 64)

static uint32_t *numbers, *totals, *squares;

static uint32_t wrong(void) {
    uint32_t wrong = 0;
    for (uint32_t group = 0; group < GROUPS; group++) {
        uint32_t total = 0;
        for (uint32_t i = group * 64; i < (group + 1) * 64; i++) {
            total += numbers[i];
            wrong += squares[i] != numbers[i] * numbers[i];
        }
        wrong += totals[group] != total;
    }
    return wrong;
}

int main(int count, char **words) {
    if (count < 2) return 2;
    open_gpu();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, NULL);
    hsa_executable_symbol_t sums = kernel(load(words[1]), "sums");
    numbers = shared(4 * ITEMS), totals = shared(4 * GROUPS), squares = shared(4 * ITEMS);
    uint32_t **arguments = shared(64);
    arguments[0] = count > 2 ? (uint32_t *)strtoull(words[2], NULL, 0) : numbers;
    arguments[1] = totals, arguments[2] = squares;
    for (uint32_t i = 0; i < ITEMS; i++) numbers[i] = i * 2654435761u;
    for (int round = 0; round < 2; round++) {
        hsa_signal_t done = new_signal(1);
        memset(totals, 0, 4 * GROUPS), memset(squares, 0, 4 * ITEMS);
        launch(queue, sums, GROUPS, arguments, done);
        printf("left: %ld\n", wait_zero(done));
        printf("wrong: %u\n", wrong());
        hsa_signal_destroy(done);
    }
    NEED(hsa_queue_destroy(queue));
    NEED(hsa_shut_down());
    puts("end");
    return 0;
}
