/* A tool library that only keeps the API tables, for programs that call functions which are in the tables alone. */
#include <hsa/hsa_api_trace.h>
#include <stdbool.h>
#include <stddef.h>

static HsaApiTable *kept;

bool OnLoad(HsaApiTable *tables, uint64_t version, uint64_t failed_count, const char *const *failed) {
    (void)version, (void)failed_count, (void)failed;
    kept = tables;
    return true;
}

void OnUnload(void) { kept = NULL; }

HsaApiTable *table(void) { return kept; }
