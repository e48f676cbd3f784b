/* Where the runtime begins: it hands the tables over. */
#include "tracer.h"
#include <string.h>

CoreApiTable core;
AmdExtTable amd;

/* As much of a table as both this library and the runtime know. */
static void take(void *to, size_t room, const ApiTableVersion *table) {
    memcpy(to, table, table->minor_id < room ? table->minor_id : room);
}

/* The runtime looks for these two; a program's functions of other names do not get in between those of this library. */
__attribute__((visibility("default"))) bool OnLoad(HsaApiTable *, uint64_t, uint64_t, const char *const *);
__attribute__((visibility("default"))) void OnUnload(void);

bool OnLoad(HsaApiTable *tables, uint64_t version, uint64_t failed_count, const char *const *failed) {
    (void)version, (void)failed_count, (void)failed;
    take(&core, sizeof core, &tables->core_->version);
    take(&amd, sizeof amd, &tables->amd_ext_->version);
    if (!open_output()) return false;
    watch_device(tables);
    wrap_calls(tables);
    return true;
}

/* The runtime puts its own functions back by itself. */
void OnUnload(void) {}
