/* Work that goes wrong, for core dumps of GPUs. Usage: cores CODE_OBJECT WHAT [WHO] (kernels/meeting.c). WHAT is memory, abort,
   illegal or packet, or twice: two aborts on queues of their own, or scratch: an abort by a kernel that has some; WHO hears of
   queues' errors: queue (the default), or none, with whom it ends after a while, or private: the kernel is not to dump the process.
   Tells where a buffer of words 0xc0de5eed is, and which ranges of render nodes are mapped. The kernel's own dump of the process
   is kept empty. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { BYTES = 1 << 20 };
static atomic_int errors;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)queue, (void)data;
    printf("queue error: %#x\n", (unsigned)status);
    atomic_fetch_add(&errors, 1);
}

static void tell_maps(void) {
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "/dev/dri/renderD")) printf("mapped: %s", line);
    if (maps) fclose(maps);
}

/* A packet of the vendor's whose format is none. */
static void nonsense(hsa_queue_t *queue) {
    uint64_t index;
    hsa_barrier_and_packet_t *packet = reserve(queue, &index);
    submit(queue, packet, index, HSA_PACKET_TYPE_VENDOR_SPECIFIC, 0xff);
}

int main(int count, char **words) {
    if (count < 3) return 2;
    const char *what = words[2];
    int hears = count < 4 || strcmp(words[3], "none") != 0;
    int twice = strcmp(what, "twice") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    FILE *filter = fopen("/proc/self/coredump_filter", "w");
    if (!filter || fputs("0", filter) < 0 || fclose(filter) != 0) return 2;
    if (count > 3 && strcmp(words[3], "private") == 0 && prctl(PR_SET_DUMPABLE, 0) != 0) return 2;
    open_gpu();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, hears ? on_error : NULL);
    hsa_executable_t code = load(words[1]);
    void *buffer, **bad = shared(64), **good = shared(64);
    good[0] = shared(256), good[1] = shared(256);
    NEED(hsa_amd_memory_pool_allocate(vram, BYTES, 0, &buffer));
    NEED(hsa_amd_memory_fill(buffer, 0xc0de5eed, BYTES / 4));
    bad[0] = (void *)0x10000, bad[1] = good[1];
    printf("pid: %d\nbuffer: %p\nring: %p\n", (int)getpid(), buffer, queue->base_address);
    tell_maps();

    hsa_signal_t done = new_signal(1);
    if (strcmp(what, "memory") == 0) launch(queue, kernel(code, "touch"), 1, bad, done);
    if (strcmp(what, "illegal") == 0) launch(queue, kernel(code, "illegal"), 1, good, done);
    if (strcmp(what, "packet") == 0) nonsense(queue);
    if (twice || strcmp(what, "abort") == 0) launch(queue, kernel(code, "abort_wave"), 1, good, done);
    if (strcmp(what, "scratch") == 0) launch(queue, kernel(code, "abort_with_scratch"), 1, good, done);
    for (int i = 0; i < 500 && !errors; i++) usleep(10000);
    if (twice) {
        launch(new_queue(HSA_QUEUE_TYPE_MULTI, on_error), kernel(code, "abort_wave"), 1, good, done);
        for (int i = 0; i < 500 && errors < 2; i++) usleep(10000);
    }
    puts("end");
    return 0;
}
