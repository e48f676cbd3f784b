/* A tool library that says when it gets the tables, and of which others it hears that they failed. Copies of it are tools of
   their own: the number in a copy's name is its priority, and one that is called "refuses" does not want to work. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <hsa/hsa_api_trace.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t HSA_AMD_TOOL_PRIORITY;
static const char *name = "?";

__attribute__((constructor)) static void begin(void) {
    Dl_info place;
    if (!dladdr(&name, &place)) return;
    const char *slash = strrchr(place.dli_fname, '/');
    name = slash ? slash + 1 : place.dli_fname;
    HSA_AMD_TOOL_PRIORITY = (uint32_t)atoi(name + strcspn(name, "0123456789"));
}

bool OnLoad(HsaApiTable *tables, uint64_t version, uint64_t failed_count, const char *const *failed) {
    printf("%s: OnLoad, version as in the table: %d, failed:", name, version == tables->version.major_id);
    for (uint64_t i = 0; i < failed_count; i++) printf(" %s", failed[i]);
    puts("");
    return !strstr(name, "refuses");
}

void OnUnload(void) { printf("%s: OnUnload\n", name); }
