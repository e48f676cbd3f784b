/* Loads a code object and says all that the runtime tells of it and of its symbols; addresses are said relative to where it
   was loaded. Usage: loader CODE_OBJECT. Nothing is run, but upstream's runtime flushes the GPU's caches, so GPUs that run
   queues (SIMKFD_GPU=1) are needed. */
#include <fcntl.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ven_amd_loader.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TABLE hsa_ven_amd_loader_1_03_pfn_t
#define LOADED(what) HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_##what

static hsa_agent_t gpu, cpu;
static TABLE loader;
static uint64_t base;
static int mine;
static const char *file_name;

static void say(const char *what, hsa_status_t status) { printf("%s: %#x\n", what, (unsigned)status); }
#define SAY(call) say(#call, call)

static hsa_status_t take_agent(hsa_agent_t agent, void *data) {
    (void)data;
    hsa_device_type_t type;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (type == HSA_DEVICE_TYPE_GPU && !gpu.handle) gpu = agent;
    if (type == HSA_DEVICE_TYPE_CPU && !cpu.handle) cpu = agent;
    return HSA_STATUS_SUCCESS;
}

/* Each attribute into memory of a pattern: how many bytes of it are written counts, too. */
static void attribute(hsa_executable_symbol_t symbol, int number) {
    unsigned char value[256];
    memset(value, 0xcc, sizeof value);
    hsa_status_t status = hsa_executable_symbol_get_info(symbol, number, value);
    size_t bytes = sizeof value;
    while (bytes && value[bytes - 1] == 0xcc) bytes--;
    printf("  %d: %#x", number, (unsigned)status);
    uint64_t word = 0;
    memcpy(&word, value, bytes > 8 ? 8 : bytes);
    if (number == HSA_EXECUTABLE_SYMBOL_INFO_AGENT) printf(" %s", word == gpu.handle ? "gpu" : "other");
    else if (number == HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS || number == HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT)
        word == (uint64_t)&mine ? printf(" mine") : printf(" base + %#" PRIx64, word - base);
    else if (number == HSA_EXECUTABLE_SYMBOL_INFO_NAME) printf(" %.*s", (int)bytes, (char *)value);
    /* Upstream says of variables that cannot be written that they are not constant, and the reverse. */
    else if (number == HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST) printf(" of %zu bytes", bytes);
    else printf(" %#" PRIx64, word);
    printf("\n");
}

static hsa_executable_symbol_t symbols[64];
static size_t count;

static hsa_status_t take_symbol(hsa_executable_t executable, hsa_executable_symbol_t symbol, void *data) {
    (void)executable, (void)data;
    if (count < 64) symbols[count++] = symbol;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t take_of_agent(hsa_executable_t executable, hsa_agent_t agent, hsa_executable_symbol_t symbol, void *data) {
    if (agent.handle != gpu.handle) printf("another agent\n");
    return take_symbol(executable, symbol, data);
}

static int by_name(const void *one, const void *other) {
    char names[2][256] = {"", ""};
    hsa_executable_symbol_get_info(*(hsa_executable_symbol_t *)one, HSA_EXECUTABLE_SYMBOL_INFO_NAME, names[0]);
    hsa_executable_symbol_get_info(*(hsa_executable_symbol_t *)other, HSA_EXECUTABLE_SYMBOL_INFO_NAME, names[1]);
    return strcmp(names[0], names[1]);
}

static void say_symbols(hsa_executable_t executable) {
    count = 0;
    SAY(hsa_executable_iterate_program_symbols(executable, take_symbol, NULL));
    printf("of the program: %zu\n", count);
    count = 0;
    SAY(hsa_executable_iterate_symbols(executable, take_symbol, NULL));
    printf("of all: %zu\n", count);
    count = 0;
    SAY(hsa_executable_iterate_agent_symbols(executable, gpu, take_of_agent, NULL));
    qsort(symbols, count, sizeof *symbols, by_name);
    for (size_t index = 0; index < count; index++) {
        printf("symbol\n");
        for (int number = 0; number <= 24; number++) attribute(symbols[index], number);
    }
}

static hsa_status_t say_loaded(hsa_executable_t executable, hsa_loaded_code_object_t loaded, void *data) {
    uint64_t size = 0, storage = 0, storage_size = 0;
    int64_t delta = 0;
    uint32_t kind = 0, type = 0, length = 0;
    hsa_agent_t agent = {0};
    hsa_executable_t owner = {0};
    char uri[512] = "";
    say("executable", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(EXECUTABLE), &owner));
    printf("the one that it was loaded into: %d\n", owner.handle == executable.handle);
    say("load base", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(LOAD_BASE), &base));
    say("load size", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(LOAD_SIZE), &size));
    say("delta", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(LOAD_DELTA), &delta));
    say("kind", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(KIND), &kind));
    say("agent", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(AGENT), &agent));
    say("type", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(CODE_OBJECT_STORAGE_TYPE), &type));
    say("storage", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(CODE_OBJECT_STORAGE_MEMORY_BASE), &storage));
    say("its size", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(CODE_OBJECT_STORAGE_MEMORY_SIZE), &storage_size));
    say("file", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(CODE_OBJECT_STORAGE_FILE), &type));
    say("length", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(URI_LENGTH), &length));
    say("uri", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, LOADED(URI), uri));
    say("nonsense", loader.hsa_ven_amd_loader_loaded_code_object_get_info(loaded, 99, uri + 256));
    char *name = strstr(uri, file_name);
    printf("size %#" PRIx64 ", delta from base %#" PRIx64 ", kind %u, type %u, storage of %" PRIu64 " bytes, %s\n", size,
           base - (uint64_t)delta, kind, type, storage_size, agent.handle == gpu.handle ? "gpu" : "other");
    printf("the file's bytes: %d, uri: %s\n", storage && !memcmp((void *)storage, "\177ELF", 4), name ? name : uri);
    ++*(int *)data;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t count_executables(hsa_executable_t executable, void *data) {
    (void)executable;
    ++*(int *)data;
    return HSA_STATUS_SUCCESS;
}

static void say_segments(void) {
    size_t number = 0;
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, &number));
    printf("segments: %zu\n", number);
    hsa_ven_amd_loader_segment_descriptor_t all[8];
    size_t wrong = number + 1, none = 0;
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(all, &wrong));
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(all, &none));
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, &number));
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, NULL));
    if (number > 8) return;
    SAY(loader.hsa_ven_amd_loader_query_segment_descriptors(all, &number));
    for (size_t index = 0; index < number; index++)
        printf("segment at base + %#" PRIx64 " of %#zx bytes, offset %zu\n", (uint64_t)all[index].segment_base - base,
               all[index].segment_size, all[index].code_object_storage_offset);
}

static void say_addresses(hsa_executable_t executable) {
    const void *host = NULL;
    hsa_executable_t found = {0};
    SAY(loader.hsa_ven_amd_loader_query_host_address((void *)base, &host));
    printf("the file's first bytes: %d\n", host && !memcmp(host, "\177ELF", 4));
    SAY(loader.hsa_ven_amd_loader_query_host_address((void *)16, &host));
    SAY(loader.hsa_ven_amd_loader_query_host_address(NULL, &host));
    SAY(loader.hsa_ven_amd_loader_query_host_address((void *)base, NULL));
    SAY(loader.hsa_ven_amd_loader_query_executable((void *)(base + 64), &found));
    printf("the executable: %d\n", found.handle == executable.handle);
    SAY(loader.hsa_ven_amd_loader_query_executable((void *)16, &found));
}

static void say_executable(hsa_executable_t executable) {
    uint32_t value = 99;
    for (int number = 0; number <= 4; number++) {
        value = 99;
        hsa_status_t status = hsa_executable_get_info(executable, number, &value);
        printf("executable %d: %#x %u\n", number, (unsigned)status, value);
    }
    SAY(hsa_executable_validate(executable, &value));
    printf("valid: %u\n", value);
}

static void say_lookups(hsa_executable_t executable) {
    hsa_executable_symbol_t symbol, other;
    SAY(hsa_executable_get_symbol_by_name(executable, "sums.kd", &gpu, &symbol));
    SAY(hsa_executable_get_symbol(executable, NULL, "sums.kd", gpu, 0, &other));
    printf("the same: %d\n", symbol.handle == other.handle);
    SAY(hsa_executable_get_symbol(executable, "module", "sums.kd", gpu, 0, &other));
    SAY(hsa_executable_get_symbol_by_name(executable, "sums.kd", NULL, &symbol));
    SAY(hsa_executable_get_symbol_by_name(executable, "sums.kd", &cpu, &symbol));
    SAY(hsa_executable_get_symbol_by_name(executable, "sums", &gpu, &symbol));
    SAY(hsa_executable_get_symbol_by_name(executable, "", &gpu, &symbol));
    SAY(hsa_executable_get_symbol_by_name(executable, NULL, &gpu, &symbol));
    SAY(hsa_executable_get_symbol_by_name(executable, "mine", NULL, &symbol));
    attribute(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE);
    attribute(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION);
    attribute(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE);
}

static void say_refusals(hsa_executable_t executable, hsa_code_object_reader_t reader) {
    hsa_executable_t other;
    static char junk[256] = "\177ELF";
    hsa_code_object_reader_t broken;
    SAY(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL));
    SAY(hsa_executable_freeze(executable, NULL));
    SAY(hsa_executable_global_variable_define(executable, "late", &other));
    SAY(hsa_code_object_reader_create_from_memory(junk, sizeof junk, &broken));
    SAY(hsa_code_object_reader_create_from_memory(junk, 0, &broken));
    SAY(hsa_code_object_reader_create_from_memory(NULL, 16, &broken));
    SAY(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &other));
    SAY(hsa_executable_load_program_code_object(other, reader, NULL, NULL));
    SAY(hsa_executable_destroy(other));
    SAY(hsa_executable_create_alt(7, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &other));
    SAY(hsa_executable_create_alt(HSA_PROFILE_BASE, 7, NULL, &other));
    SAY(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, NULL));
    SAY(hsa_executable_create(HSA_PROFILE_BASE, HSA_EXECUTABLE_STATE_FROZEN, NULL, &other));
    say_executable(other);
    SAY(hsa_executable_destroy(other));
}

static void say_readers(const char *path, hsa_code_object_reader_t *reader) {
    int file = open(path, O_RDONLY);
    hsa_code_object_reader_t other;
    SAY(hsa_code_object_reader_create_from_file(file, reader));
    SAY(hsa_code_object_reader_create_from_file(file, NULL));
    SAY(hsa_code_object_reader_create_from_file(-1, &other));
    SAY(hsa_code_object_reader_create_from_file(999, &other));
    SAY(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(file, 1 << 30, 64, &other));
    SAY(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(file, 0, 0, &other));
    SAY(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(file, 64, 64, &other));
    SAY(hsa_code_object_reader_destroy(other));
}

static void *found;
static hsa_status_t find_room(size_t size, hsa_callback_data_t data, void **address) {
    found = malloc(size);
    *address = found;
    return data.handle == 7 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_REGION;
}

static void say_of_object(hsa_code_object_t object) {
    char name[64];
    uint64_t value[8];
    for (int number = 0; number <= 5; number++) {
        /* Upstream ends the process over the kind of code object, in builds that check themselves. */
        if (number == HSA_CODE_OBJECT_INFO_TYPE) continue;
        hsa_status_t status = hsa_code_object_get_info(object, number, value);
        printf("code object %d: %#x\n", number, (unsigned)status);
        if (number != HSA_CODE_OBJECT_INFO_ISA || status) continue;
        hsa_isa_get_info_alt((hsa_isa_t){value[0]}, HSA_ISA_INFO_NAME, name);
        printf("for %s\n", name);
    }
    SAY(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_ISA, NULL));
}

/* All that a symbol tells before it is loaded; what it does not tell is refused. */
static hsa_status_t say_code_symbol(hsa_code_object_t object, hsa_code_symbol_t symbol, void *last) {
    char name[256] = "";
    uint32_t length = 0;
    bool constant = false;
    hsa_code_symbol_t again = {0};
    hsa_code_symbol_get_info(symbol, HSA_CODE_SYMBOL_INFO_NAME_LENGTH, &length);
    hsa_code_symbol_get_info(symbol, HSA_CODE_SYMBOL_INFO_NAME, name);
    printf("code symbol %s, of %u characters:", name, length);
    for (int number = HSA_CODE_SYMBOL_INFO_TYPE; number <= 20; number++) {
        if (number == HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST) continue;
        char text[256] = "";
        uint32_t value = 0;
        bool is_text = number == HSA_CODE_SYMBOL_INFO_NAME || number == HSA_CODE_SYMBOL_INFO_MODULE_NAME;
        hsa_status_t status = hsa_code_symbol_get_info(symbol, number, is_text ? (void *)text : &value);
        printf(status ? " -" : " %u", value);
    }
    hsa_status_t status = hsa_code_symbol_get_info(symbol, HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST, &constant);
    printf(", %#x constant: %d\n", (unsigned)status, constant);
    status = hsa_code_object_get_symbol(object, name, &again);
    printf("by its name: %#x, the same %d\n", (unsigned)status, again.handle == symbol.handle);
    status = hsa_code_object_get_symbol_from_name(object, "", name, &again);
    printf("by its name and none: %#x, the same %d\n", (unsigned)status, again.handle == symbol.handle);
    return strcmp(name, last) == 0 ? HSA_STATUS_INFO_BREAK : HSA_STATUS_SUCCESS;
}

static void say_code_symbols(hsa_code_object_t object) {
    hsa_code_symbol_t symbol = {0};
    hsa_code_object_t none = {0};
    uint32_t value = 0;
    SAY(hsa_code_object_iterate_symbols(object, say_code_symbol, ""));
    SAY(hsa_code_object_iterate_symbols(object, say_code_symbol, "table"));
    SAY(hsa_code_object_iterate_symbols(object, NULL, ""));
    SAY(hsa_code_object_iterate_symbols(none, say_code_symbol, ""));
    SAY(hsa_code_object_get_symbol(object, "nobody", &symbol));
    SAY(hsa_code_object_get_symbol(object, NULL, &symbol));
    SAY(hsa_code_object_get_symbol(object, "table", NULL));
    SAY(hsa_code_object_get_symbol(none, "table", &symbol));
    SAY(hsa_code_object_get_symbol_from_name(object, "module", "table", &symbol));
    SAY(hsa_code_object_get_symbol_from_name(object, NULL, "table", &symbol));
    SAY(hsa_code_symbol_get_info(symbol, HSA_CODE_SYMBOL_INFO_TYPE, NULL));
    SAY(hsa_code_symbol_get_info((hsa_code_symbol_t){0}, HSA_CODE_SYMBOL_INFO_TYPE, &value));
}

/* HSA 1.0's calls: bytes become a code object, which is loaded, and becomes bytes again. */
static void say_objects(const char *path) {
    static char bytes[1 << 20];
    int file = open(path, O_RDONLY);
    size_t size = read(file, bytes, sizeof bytes), again = 0;
    hsa_code_object_t object, none = {0};
    hsa_executable_t executable;
    hsa_executable_symbol_t symbol;
    void *serialized;
    hsa_callback_data_t yes = {7}, no = {8};
    SAY(hsa_code_object_deserialize(NULL, size, NULL, &object));
    SAY(hsa_code_object_deserialize(bytes, 0, NULL, &object));
    SAY(hsa_code_object_deserialize(bytes, size, NULL, NULL));
    SAY(hsa_code_object_deserialize(bytes, size, NULL, &object));
    say_of_object(object);
    say_code_symbols(object);
    SAY(hsa_code_object_serialize(object, NULL, yes, NULL, &serialized, &again));
    SAY(hsa_code_object_serialize(object, find_room, yes, NULL, NULL, &again));
    SAY(hsa_code_object_serialize(object, find_room, no, NULL, &serialized, &again));
    SAY(hsa_code_object_serialize(object, find_room, yes, NULL, &serialized, &again));
    printf("the same bytes: %d\n", serialized == found && again == size && !memcmp(serialized, bytes, size));
    SAY(hsa_executable_create(HSA_PROFILE_BASE, HSA_EXECUTABLE_STATE_UNFROZEN, NULL, &executable));
    SAY(hsa_executable_global_variable_define(executable, "mine", &mine));
    SAY(hsa_executable_load_code_object(executable, gpu, none, NULL));
    SAY(hsa_executable_load_code_object(executable, gpu, object, NULL));
    SAY(hsa_code_object_destroy(object));
    SAY(hsa_code_object_destroy(none));
    SAY(hsa_executable_freeze(executable, NULL));
    SAY(hsa_executable_get_symbol(executable, NULL, "table", gpu, 0, &symbol));
    attribute(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE);
    SAY(hsa_executable_destroy(executable));
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    file_name = strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1];
    hsa_code_object_reader_t reader;
    hsa_executable_t executable;
    SAY(hsa_init());
    hsa_iterate_agents(take_agent, NULL);
    SAY(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader));
    say_readers(argv[1], &reader);
    SAY(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR, NULL, &executable));
    SAY(hsa_executable_global_variable_define(executable, "mine", &mine));
    SAY(hsa_executable_global_variable_define(executable, "mine", &mine));
    SAY(hsa_executable_agent_global_variable_define(executable, gpu, "mine", &mine));
    SAY(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL));
    say_executable(executable);
    SAY(hsa_executable_freeze(executable, NULL));
    int number = 0;
    SAY(loader.hsa_ven_amd_loader_executable_iterate_loaded_code_objects(executable, say_loaded, &number));
    SAY(loader.hsa_ven_amd_loader_iterate_executables(count_executables, &number));
    printf("code objects and executables: %d\n", number);
    say_executable(executable);
    say_symbols(executable);
    say_lookups(executable);
    say_segments();
    say_addresses(executable);
    say_refusals(executable, reader);
    SAY(hsa_executable_destroy(executable));
    SAY(hsa_code_object_reader_destroy(reader));
    say_objects(argv[1]);
    SAY(hsa_shut_down());
    printf("end\n");
    return 0;
}
