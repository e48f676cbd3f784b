/* dlopen, hsa_init, hsa_shut_down, dlclose, again and again: every round works, and for a thousand memory does not grow. */
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 2000
/* Caches of libc, of each thread that ends, and of the simulator fill: nothing grows from some 1500 on. */
#define WARM_UP 1000

static void round_trip(void) {
    void *library = dlopen("libhsa-runtime64.so.1", RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    int (*init)(void) = (int (*)(void))dlsym(library, "hsa_init");
    int (*shut_down)(void) = (int (*)(void))dlsym(library, "hsa_shut_down");
    int status = init();
    if (status == 0) status = shut_down();
    dlclose(library);
    if (status != 0) {
        fprintf(stderr, "status %d\n", status);
        exit(1);
    }
}

int main(void) {
    size_t before = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (i == WARM_UP) before = mallinfo2().uordblks;
        round_trip();
    }
    size_t after = mallinfo2().uordblks;
    /* Less than one small allocation a round. */
    printf("%d rounds; heap grew by less than 16 bytes a round: %s\n", ROUNDS,
           after < before + 16 * (ROUNDS - WARM_UP) ? "yes" : "no");
    return 0;
}
