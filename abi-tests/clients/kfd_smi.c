/* What the system management events tell (KFD_EVENT_FMT_*): one line each, without the time. With the argument `plan`
   the process maps memory on two devices and waits on events, for what a fault plan does then; with `other` it listens
   while another process comes and goes. */
#define _GNU_SOURCE
#include "kfd_errors.h"

static int stream = -1;

/* Each line that has come since, without its nanoseconds, and with the process's own number as "self". */
static void told(const char *when) {
    char text[8192];
    ssize_t length = read(stream, text, sizeof text - 1);
    if (length < 0) {
        printf("%s: %s\n", when, said(-1));
        return;
    }
    text[length] = 0;
    char self[16];
    snprintf(self, sizeof self, "-%d", getpid());
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char kind[8], time[32], who[32], rest[128] = "";
        int words = sscanf(line, "%7s %31s %31s %127[^\n]", kind, time, who, rest);
        if (words == 4 && !strcmp(who, self)) printf("%s: %s self %s\n", when, kind, rest);
        else printf("%s: %s\n", when, line);
    }
}

static void wanted(__u64 mask, size_t bytes) {
    printf("write of %zu bytes: %s\n", bytes, said((int)write(stream, &mask, bytes)));
}

static void set(unsigned long address, unsigned type, unsigned value) {
    struct { struct kfd_ioctl_svm_args head; struct kfd_ioctl_svm_attribute attribute; } args = {
        {.start_addr = address, .size = 2 * PAGE, .op = KFD_IOCTL_SVM_OP_SET_ATTR, .nattr = 1}, {type, value}};
    must("set attribute", ioctl(kfd, _IOC(_IOC_READ | _IOC_WRITE, AMDKFD_IOCTL_BASE, 0x20, sizeof args), &args));
}

/* Memory at a fixed address, so that what is told of it is the same each time. */
static void migrate(void) {
    void *place = (void *)0x200000000;
    void *memory = mmap(place, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (memory == MAP_FAILED) must("mmap", -1);
    set((unsigned long)memory, KFD_IOCTL_SVM_ATTR_ACCESS, devices[0].id);
    set((unsigned long)memory, KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, devices[0].id);
    told("to the GPU");
    set((unsigned long)memory, KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, 0);
    told("to the system");
    munmap(memory, PAGE);
    told("unmapped");
}

static void map_on_both(void) {
    unsigned ids[2] = {devices[0].id, devices[1].id};
    struct kfd_ioctl_map_memory_to_gpu_args args = {.handle = allocate(&devices[0], 0x900000000, PAGE, GTT),
        .device_ids_array_ptr = (unsigned long)ids, .n_devices = 2};
    for (int time = 0; time < 2; time++) {
        int result = ioctl(kfd, AMDKFD_IOC_MAP_MEMORY_TO_GPU, &args);
        printf("map: %s, %u of %u\n", said(result), args.n_success, args.n_devices);
    }
}

static void wait_on(unsigned type) {
    struct kfd_ioctl_create_event_args event = {.event_type = type, .auto_reset = 1};
    must("create event", ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &event));
    struct kfd_event_data data = {.event_id = event.event_id};
    struct kfd_ioctl_wait_events_args args = {.events_ptr = (unsigned long)&data, .num_events = 1};
    must("wait", ioctl(kfd, AMDKFD_IOC_WAIT_EVENTS, &args));
    printf("event of type %u: %s", type, args.wait_result == KFD_IOC_WAIT_RESULT_COMPLETE ? "set" : "not set");
    if (type == KFD_IOC_EVENT_MEMORY) printf(", fault at %llx", data.memory_exception_data.va);
    if (type == KFD_IOC_EVENT_HW_EXCEPTION) printf(", memory lost %u", data.hw_exception_data.memory_lost);
    puts("");
}

/* A process of its own uses the devices, and ends. */
static void another(void) {
    fflush(stdout);
    int status, child = fork();
    if (!child) {
        close(kfd);
        kfd = open("/dev/kfd", O_RDWR | O_CLOEXEC);
        must("open", kfd);
        for (unsigned i = 0; i < 2; i++) acquire(&devices[i]);
        exit(0);
    }
    if (waitpid(child, &status, 0) != child || status) must("another process", -1);
    char started[32], ended[32], text[8192];
    snprintf(started, sizeof started, "c %x ", child);
    snprintf(ended, sizeof ended, "d %x ", child);
    ssize_t length = read(stream, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    char *start = strstr(text, started), *end = strstr(text, ended);
    printf("another process: %s, %s\n", start ? "started" : "?", end && end > start ? "ended" : "?");
}

int main(int count, char **arguments) {
    start();
    if (find_devices() < 2) must("two devices", -1);
    struct kfd_ioctl_smi_events_args args = {.gpuid = devices[0].id};
    must("SMI events", ioctl(kfd, AMDKFD_IOC_SMI_EVENTS, &args));
    stream = (int)args.anon_fd;
    told("at first");
    wanted(~0ULL, 4);
    wanted(~0ULL, 8);
    for (unsigned i = 0; i < 2; i++) acquire(&devices[i]);
    if (count == 1) {
        migrate();
        return 0;
    }
    told("acquired");
    if (!strcmp(arguments[1], "other")) {
        another();
        return 0;
    }
    map_on_both();
    wait_on(KFD_IOC_EVENT_SIGNAL);
    wait_on(KFD_IOC_EVENT_MEMORY);
    wait_on(KFD_IOC_EVENT_HW_EXCEPTION);
    wait_on(KFD_IOC_EVENT_SIGNAL);
    told("afterwards");
    return 0;
}
