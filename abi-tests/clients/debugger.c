/* A core dump of GPUs as debuggers read it: an abort has the runtime write one, and upstream's librocm-dbgapi tells what is in
   it. Usage: debugger CODE_OBJECT (kernels/meeting.c), with HSA_COREDUMP_PATTERN=gpu.core in a folder that may be written. What is not
   in the dump, it reads of the process, whose own dump debuggers would have. Needs a GPU that runs queues (SIMKFD_GPU=1). */
#include "gpu.h"
#include <amd-dbgapi/amd-dbgapi.h>
#include <elf.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OK(call)                                                                                   \
    do {                                                                                           \
        int status = (call);                                                                       \
        if (status) {                                                                              \
            printf("%s: %d\n", #call, status);                                                     \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static atomic_int errors;
static const char *core;
static const Elf64_Phdr *segments;
static int count, reads;
static amd_dbgapi_core_state_data_t state;

static void on_error(hsa_status_t status, hsa_queue_t *queue, void *data) {
    (void)status, (void)queue, (void)data;
    errors++;
}

static void open_core(void) {
    struct stat facts;
    int file = open("gpu.core", O_RDONLY);
    OK(file < 0 || fstat(file, &facts));
    core = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    const Elf64_Ehdr *header = (const void *)core;
    segments = (const void *)(core + header->e_phoff), count = header->e_phnum;
    const Elf64_Nhdr *note = NULL;
    for (int i = 0; i < count; i++)
        if (segments[i].p_type == PT_NOTE) note = (const void *)(core + segments[i].p_offset);
    OK(!note);
    state.endianness = AMD_DBGAPI_ENDIAN_LITTLE;
    state.size = note->n_descsz;
    state.data = (const char *)(note + 1) + ((note->n_namesz + 3) & ~3u);
}

static amd_dbgapi_status_t about(amd_dbgapi_client_process_id_t process, amd_dbgapi_client_process_info_t what, size_t bytes,
                                 void *value) {
    (void)process;
    if (what != AMD_DBGAPI_CLIENT_PROCESS_INFO_CORE_STATE || bytes != sizeof state) return AMD_DBGAPI_STATUS_ERROR_NOT_AVAILABLE;
    /* The library frees it. */
    amd_dbgapi_core_state_data_t *told = value;
    *told = state;
    told->data = memcpy(malloc(state.size), state.data, state.size);
    return AMD_DBGAPI_STATUS_SUCCESS;
}

static amd_dbgapi_status_t no_breakpoint(amd_dbgapi_client_process_id_t process, amd_dbgapi_global_address_t address,
                                         amd_dbgapi_breakpoint_id_t id) {
    (void)process, (void)address, (void)id;
    return AMD_DBGAPI_STATUS_ERROR;
}

static amd_dbgapi_status_t no_removal(amd_dbgapi_client_process_id_t process, amd_dbgapi_breakpoint_id_t id) {
    (void)process, (void)id;
    return AMD_DBGAPI_STATUS_ERROR;
}

static amd_dbgapi_status_t transfer(amd_dbgapi_client_process_id_t process, amd_dbgapi_global_address_t address,
                                    amd_dbgapi_size_t *bytes, void *to, const void *from) {
    (void)process;
    if (from) return AMD_DBGAPI_STATUS_ERROR_MEMORY_ACCESS;
    for (int i = 0; i < count; i++) {
        uint64_t inside = address - segments[i].p_vaddr;
        if (segments[i].p_type != PT_LOAD || inside >= segments[i].p_filesz) continue;
        uint64_t left = segments[i].p_filesz - inside;
        if (*bytes > left) *bytes = left;
        memcpy(to, core + segments[i].p_offset + inside, *bytes);
        reads++;
        return AMD_DBGAPI_STATUS_SUCCESS;
    }
    int memory = open("/proc/self/mem", O_RDONLY);
    ssize_t got = pread(memory, to, *bytes, (off_t)address);
    close(memory);
    *bytes = got > 0 ? (amd_dbgapi_size_t)got : 0;
    return got > 0 ? AMD_DBGAPI_STATUS_SUCCESS : AMD_DBGAPI_STATUS_ERROR_MEMORY_ACCESS;
}

static void tell(amd_dbgapi_log_level_t level, const char *message) {
    fprintf(stderr, "dbgapi %d: %s\n", (int)level, message);
}

static void agents(amd_dbgapi_process_id_t process) {
    size_t found;
    amd_dbgapi_agent_id_t *list;
    OK(amd_dbgapi_process_agent_list(process, &found, &list, NULL));
    for (size_t i = 0; i < found; i++) {
        char *name = NULL;
        uint64_t id = 0, units = 0;
        uint16_t slot = 0;
        amd_dbgapi_agent_state_t is = 0;
        OK(amd_dbgapi_agent_get_info(list[i], AMD_DBGAPI_AGENT_INFO_NAME, sizeof name, &name));
        OK(amd_dbgapi_agent_get_info(list[i], AMD_DBGAPI_AGENT_INFO_OS_ID, sizeof id, &id));
        OK(amd_dbgapi_agent_get_info(list[i], AMD_DBGAPI_AGENT_INFO_STATE, sizeof is, &is));
        OK(amd_dbgapi_agent_get_info(list[i], AMD_DBGAPI_AGENT_INFO_PCI_SLOT, sizeof slot, &slot));
        OK(amd_dbgapi_agent_get_info(list[i], AMD_DBGAPI_AGENT_INFO_EXECUTION_UNIT_COUNT, sizeof units, &units));
        printf("agent %s: %#lx at %#x, state %d, %lu units\n", name, (unsigned long)id, slot, (int)is, (unsigned long)units);
    }
}

static void queues(amd_dbgapi_process_id_t process, const hsa_queue_t *queue) {
    size_t found;
    amd_dbgapi_queue_id_t *list;
    OK(amd_dbgapi_process_queue_list(process, &found, &list, NULL));
    printf("queues: %zu\n", found);
    for (size_t i = 0; i < found; i++) {
        uint64_t address = 0, size = 0;
        amd_dbgapi_os_queue_type_t type = 0;
        OK(amd_dbgapi_queue_get_info(list[i], AMD_DBGAPI_QUEUE_INFO_ADDRESS, sizeof address, &address));
        OK(amd_dbgapi_queue_get_info(list[i], AMD_DBGAPI_QUEUE_INFO_SIZE, sizeof size, &size));
        OK(amd_dbgapi_queue_get_info(list[i], AMD_DBGAPI_QUEUE_INFO_TYPE, sizeof type, &type));
        if (address != (uintptr_t)queue->base_address) continue;
        printf("queue: %lu bytes, type %d\n", (unsigned long)size, (int)type);
    }
}

static void code_and_waves(amd_dbgapi_process_id_t process) {
    size_t found;
    amd_dbgapi_code_object_id_t *list;
    OK(amd_dbgapi_process_code_object_list(process, &found, &list, NULL));
    printf("code objects: %zu\n", found);
    for (size_t i = 0; i < found; i++) {
        char *uri;
        int64_t offset;
        OK(amd_dbgapi_code_object_get_info(list[i], AMD_DBGAPI_CODE_OBJECT_INFO_URI_NAME, sizeof uri, &uri));
        OK(amd_dbgapi_code_object_get_info(list[i], AMD_DBGAPI_CODE_OBJECT_INFO_LOAD_ADDRESS, sizeof offset, &offset));
        printf("code object: %.7s, loaded: %d\n", uri, offset != 0);
    }
    amd_dbgapi_wave_id_t *waves;
    OK(amd_dbgapi_process_wave_list(process, &found, &waves, NULL));
    printf("waves: %zu\n", found);
}

int main(int words, char **files) {
    if (words != 2) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_gpu();
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_MULTI, on_error);
    hsa_executable_t loaded = load(files[1]);
    void **arguments = shared(64);
    arguments[0] = shared(256), arguments[1] = shared(256);
    launch(queue, kernel(loaded, "abort_wave"), 1, arguments, new_signal(1));
    for (int i = 0; i < 500 && !errors; i++) usleep(10000);
    open_core();

    amd_dbgapi_callbacks_t callbacks = {malloc, free, about, no_breakpoint, no_removal, transfer, tell};
    amd_dbgapi_process_id_t process;
    amd_dbgapi_set_log_level(AMD_DBGAPI_LOG_LEVEL_WARNING);
    OK(amd_dbgapi_initialize(&callbacks));
    OK(amd_dbgapi_process_attach((void *)&state, &process));
    agents(process);
    queues(process, queue);
    code_and_waves(process);
    printf("reads of the dump's memory: %d\n", reads);
    OK(amd_dbgapi_process_detach(process));
    OK(amd_dbgapi_finalize());
    puts("end");
    return 0;
}
