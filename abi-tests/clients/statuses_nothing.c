/* The functions that the arguments name, called with nothing but zeros: before the runtime is there, while it is, and
   after. */
#include "statuses.h"
#include <dlfcn.h>

static char **names;

/* Whatever a function takes, it finds zeros: they are in registers and on the stack. */
typedef long (*any_t)(long, long, long, long, long, long, long, long, long, long, long, long, long, long);

/* To the first, zero is an open file; the others are called in between. */
static int excepted(const char *name) {
    return !strcmp(name, "hsa_amd_portable_close_dmabuf") || !strcmp(name, "hsa_init") || !strcmp(name, "hsa_shut_down");
}

static void each(const char *when) {
    for (char **name = names; *name; name++) {
        if (excepted(*name)) continue;
        any_t function = (any_t)dlsym(RTLD_DEFAULT, *name);
        if (!begin(*name, (const void *)function, "zeros %s", when)) continue;
        long answer = function(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        say("%#x", (unsigned)answer);
    }
}

static void cases(void) {
    each("before hsa_init");
    NEED(hsa_init());
    each("after hsa_init");
    NEED(hsa_shut_down());
    each("after hsa_shut_down");
}

int main(int argc, char **argv) {
    (void)argc;
    names = argv + 1;
    return all_cases(cases);
}
