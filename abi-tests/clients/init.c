/* One hsa_init and one hsa_shut_down: prints the nanoseconds that both took. "none" as argument leaves them out. */
#include <hsa/hsa.h>
#include <stdio.h>
#include <time.h>

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
    (void)argv;
    long long start = now();
    if (argc == 1 && (hsa_init() != HSA_STATUS_SUCCESS || hsa_shut_down() != HSA_STATUS_SUCCESS)) return 1;
    printf("%lld\n", now() - start);
    return 0;
}
