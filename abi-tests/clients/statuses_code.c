/* Statuses of code: readers, code objects, executables and their symbols, what the loader tells. Usage:
   statuses_code CODE_OBJECT, with `symbols` of clients/kernels in it. */
#include "statuses.h"
#include <fcntl.h>
#include <hsa/hsa_ven_amd_loader.h>

static const char *file;
static char *bytes;
static size_t size;
static hsa_signal_t a_signal;
static void *out[512];

static hsa_status_t no_more(void) { return HSA_STATUS_SUCCESS; }
static hsa_status_t refuse(void) { return HSA_STATUS_ERROR_OUT_OF_RESOURCES; }
static hsa_status_t take_code_symbol(hsa_code_object_t object, hsa_code_symbol_t symbol, void *data) {
    (void)object;
    *(hsa_code_symbol_t *)data = symbol;
    return HSA_STATUS_SUCCESS;
}
static hsa_status_t room(size_t wanted, hsa_callback_data_t data, void **address) {
    (void)data;
    *address = malloc(wanted);
    return HSA_STATUS_SUCCESS;
}

static hsa_code_object_reader_t reader(void) {
    hsa_code_object_reader_t made;
    NEED(hsa_code_object_reader_create_from_memory(bytes, size, &made));
    return made;
}

static hsa_executable_t executable(void) {
    hsa_executable_t made;
    NEED(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &made));
    return made;
}

static hsa_executable_t loaded(void) {
    hsa_executable_t made = executable();
    NEED(hsa_executable_load_agent_code_object(made, gpu, reader(), NULL, NULL));
    return made;
}

static hsa_code_object_t object(void) {
    hsa_code_object_t made;
    NEED(hsa_code_object_deserialize(bytes, size, NULL, &made));
    return made;
}

static void readers(void) {
    hsa_code_object_reader_t made, gone = reader();
    TRY(hsa_code_object_reader_create_from_memory, (bytes, size, &made), "good");
    TRY(hsa_code_object_reader_create_from_memory, (bytes, 0, &made), "nothing");
    TRY(hsa_code_object_reader_create_from_memory, (NULL, size, &made), "null");
    TRY(hsa_code_object_reader_create_from_memory, (bytes, size, NULL), "nowhere");
    TRY(hsa_code_object_reader_create_from_file, (open(file, O_RDONLY), &made), "good");
    TRY(hsa_code_object_reader_create_from_file, (-1, &made), "file -1");
    TRY(hsa_code_object_reader_create_from_file, (9999, &made), "no file");
    TRY(hsa_code_object_reader_create_from_file, (open("/dev/null", O_RDONLY), &made), "an empty file");
    TRY(hsa_code_object_reader_create_from_file, (open(file, O_RDONLY), NULL), "nowhere");
    TRY(hsa_code_object_reader_destroy, (reader()), "good");
    NEED(hsa_code_object_reader_destroy(gone));
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"destroyed", gone.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        hsa_code_object_reader_t no = {bad[i].handle};
        hsa_executable_t empty = executable();
        TRY(hsa_code_object_reader_destroy, (no), "reader %s", bad[i].kind);
        TRY(hsa_executable_load_agent_code_object, (empty, gpu, no, NULL, NULL), "reader %s", bad[i].kind);
        TRY(hsa_executable_load_program_code_object, (empty, no, NULL, NULL), "reader %s", bad[i].kind);
        afresh();
    }
}

static void objects(void) {
    hsa_code_object_t made, good = object(), gone = object();
    hsa_code_symbol_t symbol = {0};
    hsa_callback_data_t data = {0};
    void *written;
    size_t length;
    NEED(hsa_code_object_destroy(gone));
    NEED(hsa_code_object_iterate_symbols(good, take_code_symbol, &symbol));
    TRY(hsa_code_object_deserialize, (bytes, size, NULL, &made), "good");
    TRY(hsa_code_object_deserialize, (bytes, 0, NULL, &made), "nothing");
    TRY(hsa_code_object_deserialize, (NULL, size, NULL, &made), "null");
    TRY(hsa_code_object_deserialize, (bytes, size, NULL, NULL), "nowhere");
    TRY(hsa_code_object_serialize, (good, room, data, NULL, &written, &length), "good");
    TRY(hsa_code_object_serialize, (good, NULL, data, NULL, &written, &length), "no room");
    TRY(hsa_code_object_serialize, (good, room, data, NULL, NULL, &length), "nowhere");
    TRY(hsa_code_object_serialize, (good, room, data, NULL, &written, NULL), "length nowhere");
    for (unsigned attribute = 0; attribute < 7; attribute++)
        TRY(hsa_code_object_get_info, (good, attribute, out), "attribute %u", attribute);
    TRY(hsa_code_object_get_info, (good, 1, NULL), "nowhere");
    for (unsigned attribute = 0; attribute < 25; attribute++)
        TRY(hsa_code_symbol_get_info, (symbol, attribute, out), "attribute %u", attribute);
    TRY(hsa_code_symbol_get_info, (symbol, 0, NULL), "nowhere");
    TRY(hsa_code_object_get_symbol, (good, "no such symbol", &symbol), "no such");
    TRY(hsa_code_object_get_symbol, (good, NULL, &symbol), "no name");
    TRY(hsa_code_object_get_symbol, (good, "", NULL), "nowhere");
    TRY(hsa_code_object_get_symbol_from_name, (good, NULL, "no such symbol", &symbol), "no such");
    TRY(hsa_code_object_get_symbol_from_name, (good, "module", "no such symbol", &symbol), "in a module");
    TRY(hsa_code_object_get_symbol_from_name, (good, NULL, NULL, &symbol), "no name");
    TRY(hsa_code_object_iterate_symbols, (good, (void *)refuse, NULL), "refused");
    TRY(hsa_code_object_iterate_symbols, (good, NULL, NULL), "by nothing");
    TRY(hsa_code_object_destroy, (object()), "good");
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"destroyed", gone.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_code_object_t no = {bad[i].handle};
        TRY(hsa_code_object_get_info, (no, 1, out), "object %s", kind);
        TRY(hsa_code_object_get_symbol, (no, "name", &symbol), "object %s", kind);
        TRY(hsa_code_object_get_symbol_from_name, (no, NULL, "name", &symbol), "object %s", kind);
        TRY(hsa_code_object_iterate_symbols, (no, (void *)no_more, NULL), "object %s", kind);
        TRY(hsa_code_object_serialize, (no, room, data, NULL, &written, &length), "object %s", kind);
        TRY(hsa_executable_load_code_object, (executable(), gpu, no, NULL), "object %s", kind);
        TRY(hsa_code_object_destroy, (no), "object %s", kind);
        if (strcmp(kind, "destroyed")) TRY(hsa_code_symbol_get_info, ((hsa_code_symbol_t){no.handle}, 0, out), "symbol %s", kind);
        afresh();
    }
}

static void makers(void) {
    hsa_executable_t made;
    for (int profile = -1; profile < 3; profile++)
        for (int mode = -1; mode < 4; mode++)
            TRY(hsa_executable_create_alt, (profile, mode, NULL, &made), "profile %d, mode %d", profile, mode);
    for (int profile = -1; profile < 3; profile++)
        for (int state = -1; state < 3; state++)
            TRY(hsa_executable_create, (profile, state, NULL, &made), "profile %d, state %d", profile, state);
    TRY(hsa_executable_create, (1, 0, NULL, NULL), "nowhere");
    TRY(hsa_executable_create_alt, (1, 0, NULL, NULL), "nowhere");
    TRY(hsa_executable_create_alt, (1, 0, "options", &made), "options");
}

static void executables(void) {
    hsa_executable_t gone = executable();
    hsa_executable_symbol_t symbol;
    uint32_t valid;
    int variable = 0;
    NEED(hsa_executable_destroy(gone));
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"destroyed", gone.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_executable_t no = {bad[i].handle};
        TRY(hsa_executable_get_info, (no, 1, out), "executable %s", kind);
        TRY(hsa_executable_load_agent_code_object, (no, gpu, reader(), NULL, NULL), "executable %s", kind);
        TRY(hsa_executable_load_program_code_object, (no, reader(), NULL, NULL), "executable %s", kind);
        TRY(hsa_executable_load_code_object, (no, gpu, object(), NULL), "executable %s", kind);
        TRY(hsa_executable_freeze, (no, NULL), "executable %s", kind);
        TRY(hsa_executable_validate, (no, &valid), "executable %s", kind);
        TRY(hsa_executable_validate_alt, (no, NULL, &valid), "executable %s", kind);
        TRY(hsa_executable_global_variable_define, (no, "name", &variable), "executable %s", kind);
        TRY(hsa_executable_agent_global_variable_define, (no, gpu, "name", &variable), "executable %s", kind);
        TRY(hsa_executable_readonly_variable_define, (no, gpu, "name", &variable), "executable %s", kind);
        TRY(hsa_executable_get_symbol, (no, NULL, "name", gpu, 0, &symbol), "executable %s", kind);
        TRY(hsa_executable_get_symbol_by_name, (no, "name", &gpu, &symbol), "executable %s", kind);
        TRY(hsa_executable_iterate_symbols, (no, (void *)no_more, NULL), "executable %s", kind);
        TRY(hsa_executable_iterate_agent_symbols, (no, gpu, (void *)no_more, NULL), "executable %s", kind);
        TRY(hsa_executable_iterate_program_symbols, (no, (void *)no_more, NULL), "executable %s", kind);
        TRY(hsa_executable_destroy, (no), "executable %s", kind);
        if (strcmp(kind, "destroyed")) TRY(hsa_executable_symbol_get_info, ((hsa_executable_symbol_t){no.handle}, 0, out), "symbol %s", kind);
        afresh();
    }
}

static void agents(void) {
    hsa_executable_t good = loaded();
    hsa_executable_symbol_t symbol;
    int variable = 0;
    const handle_case_t bad[] = {NO_HANDLES, {"a signal", a_signal.handle}, {"a CPU", cpu.handle}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *kind = bad[i].kind;
        hsa_agent_t no = {bad[i].handle};
        hsa_executable_t empty = executable();
        TRY(hsa_executable_load_agent_code_object, (empty, no, reader(), NULL, NULL), "agent %s", kind);
        TRY(hsa_executable_load_code_object, (empty, no, object(), NULL), "agent %s", kind);
        TRY(hsa_executable_agent_global_variable_define, (empty, no, "name", &variable), "agent %s", kind);
        TRY(hsa_executable_readonly_variable_define, (empty, no, "name", &variable), "agent %s", kind);
        TRY(hsa_executable_get_symbol, (good, NULL, "name", no, 0, &symbol), "agent %s", kind);
        TRY(hsa_executable_get_symbol_by_name, (good, "name", &no, &symbol), "agent %s", kind);
        TRY(hsa_executable_iterate_agent_symbols, (good, no, (void *)no_more, NULL), "agent %s", kind);
    }
}

static void arguments(void) {
    hsa_executable_t good = loaded(), frozen = loaded();
    hsa_executable_symbol_t symbol = {0};
    hsa_loaded_code_object_t part;
    uint32_t valid;
    int variable = 0;
    NEED(hsa_executable_freeze(frozen, NULL));
    NEED(hsa_executable_get_symbol_by_name(frozen, "counter", &gpu, &symbol));
    for (unsigned attribute = 0; attribute < 26; attribute++)
        TRY(hsa_executable_symbol_get_info, (symbol, attribute, out), "attribute %u", attribute);
    for (unsigned attribute = 0; attribute < 5; attribute++)
        TRY(hsa_executable_get_info, (good, attribute, out), "attribute %u", attribute);
    TRY(hsa_executable_symbol_get_info, (symbol, 0, NULL), "nowhere");
    TRY(hsa_executable_get_info, (good, 1, NULL), "nowhere");
    TRY(hsa_executable_validate, (good, &valid), "good");
    TRY(hsa_executable_validate, (good, NULL), "nowhere");
    TRY(hsa_executable_validate_alt, (good, NULL, &valid), "good");
    TRY(hsa_executable_validate_alt, (good, NULL, NULL), "nowhere");
    TRY(hsa_executable_freeze, (loaded(), NULL), "good");
    TRY(hsa_executable_freeze, (frozen, NULL), "frozen");
    TRY(hsa_executable_load_agent_code_object, (frozen, gpu, reader(), NULL, &part), "frozen");
    TRY(hsa_executable_load_agent_code_object, (executable(), gpu, reader(), NULL, &part), "good");
    TRY(hsa_executable_load_program_code_object, (executable(), reader(), NULL, &part), "an agent's");
    TRY(hsa_executable_load_code_object, (executable(), gpu, object(), NULL), "good");
    TRY(hsa_executable_load_code_object, (frozen, gpu, object(), NULL), "frozen");
    TRY(hsa_executable_global_variable_define, (executable(), "name", &variable), "good");
    TRY(hsa_executable_global_variable_define, (executable(), NULL, &variable), "no name");
    TRY(hsa_executable_global_variable_define, (executable(), "name", NULL), "null");
    TRY(hsa_executable_global_variable_define, (frozen, "name", &variable), "frozen");
    TRY(hsa_executable_agent_global_variable_define, (executable(), gpu, "name", &variable), "good");
    TRY(hsa_executable_agent_global_variable_define, (executable(), gpu, NULL, &variable), "no name");
    TRY(hsa_executable_agent_global_variable_define, (frozen, gpu, "name", &variable), "frozen");
    TRY(hsa_executable_readonly_variable_define, (executable(), gpu, "name", &variable), "good");
    TRY(hsa_executable_readonly_variable_define, (executable(), gpu, NULL, &variable), "no name");
    TRY(hsa_executable_readonly_variable_define, (frozen, gpu, "name", &variable), "frozen");
    TRY(hsa_executable_get_symbol, (frozen, NULL, "no such symbol", gpu, 0, &symbol), "no such");
    TRY(hsa_executable_get_symbol, (frozen, "module", "no such symbol", gpu, 0, &symbol), "in a module");
    TRY(hsa_executable_get_symbol, (frozen, NULL, NULL, gpu, 0, &symbol), "no name");
    TRY(hsa_executable_get_symbol, (frozen, NULL, "name", gpu, 0, NULL), "nowhere");
    TRY(hsa_executable_get_symbol_by_name, (frozen, "no such symbol", &gpu, &symbol), "no such");
    TRY(hsa_executable_get_symbol_by_name, (frozen, "no such symbol", NULL, &symbol), "of the program");
    TRY(hsa_executable_get_symbol_by_name, (frozen, NULL, &gpu, &symbol), "no name");
    TRY(hsa_executable_get_symbol_by_name, (frozen, "name", &gpu, NULL), "nowhere");
    TRY(hsa_executable_iterate_symbols, (frozen, (void *)refuse, NULL), "refused");
    TRY(hsa_executable_iterate_symbols, (frozen, NULL, NULL), "by nothing");
    TRY(hsa_executable_iterate_agent_symbols, (frozen, gpu, (void *)refuse, NULL), "refused");
    TRY(hsa_executable_iterate_agent_symbols, (frozen, gpu, NULL, NULL), "by nothing");
    TRY(hsa_executable_iterate_program_symbols, (frozen, (void *)refuse, NULL), "refused");
    TRY(hsa_executable_iterate_program_symbols, (frozen, NULL, NULL), "by nothing");
    TRY(hsa_executable_destroy, (loaded()), "good");
    TRY(hsa_executable_destroy, (frozen), "frozen");
}

static void cases(void) {
    int opened = open(file, O_RDONLY);
    size = (size_t)lseek(opened, 0, SEEK_END);
    bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, opened, 0);
    open_agents();
    NEED(hsa_signal_create(0, 0, NULL, &a_signal));
    readers();
    objects();
    makers();
    executables();
    agents();
    arguments();
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    file = argv[1];
    return all_cases(cases);
}
