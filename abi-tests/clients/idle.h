/* How little a process does that only waits. */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Milliseconds of processor time. */
static long used(const struct rusage *usage) {
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
}

/* Looks on for ten seconds; says whether that was a thousandth of a processor at most, and five wake-ups a second. */
static void look_on(void) {
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    sleep(10);
    getrusage(RUSAGE_SELF, &after);
    long took = used(&after) - used(&before), woke = after.ru_nvcsw - before.ru_nvcsw;
    printf("10 ms of 10 s or less: %s\n", took <= 10 ? "yes" : "no");
    printf("woke 50 times or less: %s\n", woke <= 50 ? "yes" : "no");
    fprintf(stderr, "%ld ms, woke %ld times\n", took, woke);
}
