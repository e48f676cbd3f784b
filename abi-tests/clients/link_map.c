/* Follows loaded code as a debugger does: from _amdgpu_r_debug through its list, and at each call of the function that it
   names. Usage: link_map CODE_OBJECT OTHER_CODE_OBJECT, which define no common name. Nothing is run, but upstream's
   runtime flushes the GPU's caches, so GPUs that run queues (SIMKFD_GPU=1) are needed. */
#define _GNU_SOURCE
#include "gpu.h"
#include <dlfcn.h>
#include <hsa/hsa_ven_amd_loader.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (1 << 20)

static struct r_debug *debug;
static hsa_ven_amd_loader_1_03_pfn_t loader;
static char *bytes;
static char **paths;

static void say(const char *what, hsa_status_t status) { printf("%s: %#x\n", what, (unsigned)status); }
#define SAY(call) say(#call, call)

static const char *state(void) {
    static const char *const names[] = {"consistent", "add", "delete"};
    return (unsigned)debug->r_state < 3 ? names[debug->r_state] : "?";
}

/* URIs differ in the folder and the process. */
static const char *short_name(const char *uri) {
    if (!uri) return "nothing";
    if (!strncmp(uri, "memory://", 9)) return "memory";
    return strstr(uri, paths[1]) ? "file" : strstr(uri, paths[2]) ? "other" : uri;
}

static void say_map(const char *when) {
    printf("%s: %s,", when, state());
    struct link_map *before = NULL;
    for (struct link_map *map = debug->r_map; map; before = map, map = map->l_next)
        printf(" %s%s%s", short_name(map->l_name), map->l_prev == before ? "" : " (bad l_prev)",
               map->l_ld ? " (l_ld)" : "");
    printf(" end\n");
}

static int breakpoints_are_told = 1;

static void at_breakpoint(int signal) {
    (void)signal;
    if (breakpoints_are_told) say_map("  breakpoint");
}

/* What a debugger does with r_brk: here the function does nothing but trap. */
static void plant_breakpoint(void) {
#ifdef __x86_64__
    static const unsigned char trap_and_return[] = {0xcc, 0xc3};
    uintptr_t page = sysconf(_SC_PAGESIZE), start = debug->r_brk / page * page;
    signal(SIGTRAP, at_breakpoint);
    if (mprotect((void *)start, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC)) perror("mprotect");
    memcpy((void *)debug->r_brk, trap_and_return, sizeof trap_and_return);
#endif
}

static hsa_executable_t create(void) {
    hsa_executable_t executable = {0};
    SAY(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &executable));
    return executable;
}

static void load_into(hsa_executable_t executable, const char *path, int from_memory) {
    hsa_code_object_reader_t reader;
    int file = open(path, O_RDONLY);
    if (from_memory) SAY(hsa_code_object_reader_create_from_memory(bytes, read(file, bytes, ROOM), &reader));
    else SAY(hsa_code_object_reader_create_from_file(file, &reader));
    SAY(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL));
    SAY(hsa_code_object_reader_destroy(reader));
    close(file);
}

/* Whether the list tells of a code object what the loader's own functions do. */
static hsa_status_t compare(hsa_executable_t executable, hsa_loaded_code_object_t loaded, void *data) {
    (void)executable, (void)data;
    char uri[512] = "";
    int64_t delta = 0;
    loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI, uri);
    loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA, &delta);
    struct link_map *map = debug->r_map;
    while (map && map->l_addr != (uint64_t)delta) map = map->l_next;
    printf("  %s: %s\n", short_name(uri), map && !strcmp(map->l_name, uri) ? "as listed" : "not listed so");
    return HSA_STATUS_SUCCESS;
}

static void freeze(hsa_executable_t executable) {
    SAY(hsa_executable_freeze(executable, NULL));
    say_map("frozen");
    loader.hsa_ven_amd_loader_executable_iterate_loaded_code_objects(executable, compare, NULL);
}

static void start(void) {
    SAY(hsa_init());
    gpu.handle = 0;
    hsa_iterate_agents(take_agent, NULL);
    hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader);
    say_map("started");
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    paths = argv;
    /* In no file: not even in the part of the program's own that is zero. */
    bytes = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    debug = dlsym(RTLD_DEFAULT, "_amdgpu_r_debug");
    if (!debug) return 3;
    fprintf(stderr, "r_debug is at %#lx\n", (unsigned long)debug);
    start();
    plant_breakpoint();
    hsa_executable_t one = create(), two = create(), three = create(), none = create();
    load_into(one, argv[1], 0);
    load_into(two, argv[1], 1);
    load_into(two, argv[2], 0);
    load_into(three, argv[2], 0);
    load_into(none, argv[1], 0);
    say_map("loaded");
    freeze(three);
    freeze(one);
    SAY(hsa_executable_freeze(one, NULL));
    freeze(two);
    /* Upstream stops for the end of what was never listed, too. */
    breakpoints_are_told = 0;
    SAY(hsa_executable_destroy(none));
    breakpoints_are_told = 1;
    SAY(hsa_executable_destroy(one));
    say_map("without the one in the middle");
    SAY(hsa_executable_destroy(three));
    say_map("without the first");
    hsa_executable_t empty = create();
    freeze(empty);
    SAY(hsa_executable_destroy(empty));
    SAY(hsa_shut_down());
    say_map("ended");
    start();
    hsa_executable_t again = create();
    load_into(again, argv[2], 0);
    freeze(again);
    SAY(hsa_executable_destroy(again));
    say_map("destroyed");
    SAY(hsa_shut_down());
    say_map("end");
    return 0;
}
