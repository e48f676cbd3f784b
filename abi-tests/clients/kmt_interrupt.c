/* Waits that signals interrupt, with handlers that let system calls go on and with handlers that do not: what waits
   for an event must hear of it and of nothing else, and what waits for a time must come to its end.

   A second thread sends each signal when the first one sleeps, so the driver is asked equally often in every run. */
#include "kmt.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define SIGNALS 5
#define MINUTE 60000

static atomic_int signals;
static pthread_t waiter;
static pid_t waiter_id;

static void count(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
}

/* Whether the waiting thread sleeps, as the kernel tells in the third word of its state. */
static int sleeps(void) {
    char path[64], text[256] = {0};
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)waiter_id);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    char *name_end = fgets(text, sizeof text, file) ? strrchr(text, ')') : NULL;
    fclose(file);
    return name_end && strncmp(name_end, ") S", 3) == 0;
}

/* Interrupts the waiter, and raises the event after that. */
static void *disturb(void *event) {
    for (int sent = 0; sent < SIGNALS; sent++) {
        while (!sleeps()) usleep(1000);
        pthread_kill(waiter, SIGALRM);
        while (atomic_load(&signals) == sent) usleep(1000);
    }
    while (!sleeps()) usleep(1000);
    SAY(hsaKmtSetEvent(event));
    return NULL;
}

static HsaEvent *make(void) {
    HsaEventDescriptor descriptor = {0};
    HsaEvent *event = NULL;
    SAY(hsaKmtCreateEvent(&descriptor, false, false, &event));
    if (!event) exit(2);
    return event;
}

/* Waits for two events, of which the second will be raised when all signals have come. */
static void wait_for(const char *how, HSAuint32 milliseconds, int together) {
    HsaEvent *events[2] = {make(), make()};
    pthread_t thread;
    int status;
    atomic_store(&signals, 0);
    pthread_create(&thread, NULL, disturb, events[1]);
    if (together)
        status = hsaKmtWaitOnMultipleEvents(events, 2, false, milliseconds);
    else
        status = hsaKmtWaitOnEvent(events[1], milliseconds);
    int heard = atomic_load(&signals);
    pthread_join(thread, NULL);
    printf("%s, %s: %d after %d signals\n", how, together ? "one of two" : "one", status, heard);
    SAY(hsaKmtWaitOnEvent(events[0], 0));
    SAY(hsaKmtWaitOnEvent(events[1], 0));
    for (int i = 0; i < 2; i++) SAY(hsaKmtDestroyEvent(events[i]));
}

/* Waits a time for what never happens, and is interrupted meanwhile: by an alarm, which needs nobody's attention. */
static void wait_in_vain(void) {
    HsaEvent *event = make();
    struct itimerval often = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
    atomic_store(&signals, 0);
    setitimer(ITIMER_REAL, &often, NULL);
    int status = hsaKmtWaitOnEvent(event, 200);
    while (atomic_load(&signals) == 0) usleep(1000);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("in vain: %d\n", status);
    SAY(hsaKmtDestroyEvent(event));
}

static void under(int flags) {
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};
    printf("system calls %s\n", flags & SA_RESTART ? "go on" : "end");
    sigaction(SIGALRM, &action, NULL);
    for (int together = 0; together < 2; together++) {
        wait_for("for ever", HSA_EVENTTIMEOUT_INFINITE, together);
        wait_for("a minute", MINUTE, together);
    }
    wait_in_vain();
}

int main(void) {
    waiter = pthread_self();
    waiter_id = (pid_t)syscall(SYS_gettid);
    kmt_open();
    under(0);
    under(SA_RESTART);
    kmt_close();
    return 0;
}
