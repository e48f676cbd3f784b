/* What the clients of statuses have in common: each case is one call, and its line is `function: case: answer`. A case
   that kills the program is told as `dies`, and the program goes on behind it in a process of its own: what a client
   prepares it prepares in each of these anew. */
#ifndef STATUSES_H
#define STATUSES_H
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What all processes see: how many cases were begun, the last one's name and whether it has no status to answer with; what
   was said so far, and how much of it before that case. */
static struct {
    unsigned begun;
    int value;
    size_t before, said;
    char name[256], text[1 << 20];
} *progress;
static unsigned first, count;

/* The answer is given when `said` is stored, whatever other threads do meanwhile. */
static __attribute__((format(printf, 1, 2))) void say(const char *format, ...) {
    va_list list;
    va_start(list, format);
    size_t said = progress->said + (size_t)sprintf(progress->text + progress->said, "%s: ", progress->name);
    said += (size_t)vsprintf(progress->text + said, format, list);
    progress->text[said] = '\n';
    __atomic_store_n(&progress->said, said + 1, __ATOMIC_RELEASE);
    va_end(list);
}

/* Whether a case is still to be made, by this library. */
static __attribute__((unused, format(printf, 3, 4))) int begin(const char *function, const void *there, const char *format, ...) {
    va_list list;
    if (count++ < first) return 0;
    va_start(list, format);
    int length = snprintf(progress->name, sizeof progress->name, "%s: ", function);
    vsnprintf(progress->name + length, sizeof progress->name - length, format, list);
    va_end(list);
    progress->value = 0;
    progress->before = progress->said;
    progress->begun = count;
    if (!there) say("absent");
    /* Nothing takes so long; a call that waits for ever is told as one that dies. */
    alarm(60);
    return there != NULL;
}

/* A call that answers with a status; one that answers with a value; one that says nothing. */
#define TRY(function, arguments, ...)                                     \
    do {                                                                  \
        if (begin(#function, (const void *)function, __VA_ARGS__))        \
            say("%#x", (unsigned)function arguments);                     \
    } while (0)
#define VALUE(function, arguments, ...)                                   \
    do {                                                                  \
        if (begin(#function, (const void *)function, __VA_ARGS__))        \
            progress->value = 1, say("value %ld", (long)function arguments); \
    } while (0)
#define SILENT(function, arguments, ...)                                  \
    do {                                                                  \
        if (begin(#function, (const void *)function, __VA_ARGS__)) {      \
            progress->value = 1;                                          \
            function arguments;                                           \
            say("value none");                                            \
        }                                                                 \
    } while (0)

static inline void need(hsa_status_t status, const char *what) {
    if (status == HSA_STATUS_SUCCESS) return;
    printf("%s: %#x\n", what, (unsigned)status);
    exit(1);
}
#define NEED(call) need(call, #call)
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A handle and what is wrong with it. */
typedef struct {
    const char *kind;
    uint64_t handle;
} handle_case_t;

/* What a handle may point to that is none: nothing, memory of zeros, an address that nobody has. */
static __attribute__((unused)) uint64_t zeros[512];
#define NO_HANDLES {"null", 0}, {"of zeros", (uint64_t)(uintptr_t)zeros}, {"made up", 0x123456789000}

static hsa_agent_t cpu, gpu;

static __attribute__((unused)) hsa_status_t take_agent(hsa_agent_t agent, void *data) {
    hsa_device_type_t type;
    (void)data;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type == HSA_DEVICE_TYPE_GPU && !gpu.handle) gpu = agent;
    if (type == HSA_DEVICE_TYPE_CPU && !cpu.handle) cpu = agent;
    return HSA_STATUS_SUCCESS;
}

/* The first of what an iteration offers. */
static __attribute__((unused)) hsa_status_t take_first(uint64_t handle, void *data) {
    *(uint64_t *)data = handle;
    return HSA_STATUS_INFO_BREAK;
}

static __attribute__((unused)) void open_agents(void) {
    NEED(hsa_init());
    NEED(hsa_iterate_agents(take_agent, NULL));
}

/* What follows is in a process of its own: who uses what is destroyed may leave anything behind. */
#define GO_ON 77
static __attribute__((unused)) void afresh(void) {
    if (count > first) _exit(GO_ON);
}

/* Runs a client's cases, by as many processes as it takes. */
static int all_cases(void (*cases)(void)) {
    struct rlimit no_core = {0, 0};
    int status = 0;
    setrlimit(RLIMIT_CORE, &no_core);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    do {
        first = progress->begun;
        pid_t child = fork();
        if (!child) {
            cases();
            _exit(0);
        }
        waitpid(child, &status, 0);
        /* What dies later, by a thread of the runtime, is over. */
        if (status && progress->said == progress->before) say(progress->value ? "value dies" : "dies");
    } while (status && progress->begun > first);
    fwrite(progress->text, 1, progress->said, stdout);
    return status != 0;
}
#endif
