/* A signal of two processes: one makes it and hands it out, the other takes it in; both change it and wait for it, and the
   other's GPU completes it. Without an argument what every library answers; "handlers" registers some, which the
   libraries take where HSA_ENABLE_INTERRUPT is 0; "ends" is about tickets that are wrong or late, and processes that
   end; "idle" rests. They take turns, so that what they print is in order. */
#include "gpu.h"
#include "idle.h"
#include <hsa/amd_hsa_signal.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAY(call) printf("%s: %d\n", #call, (int)(call))
#define VALUE(call) printf("%s: %lld\n", #call, (long long)(call))
#define EQ HSA_SIGNAL_CONDITION_EQ
#define LT HSA_SIGNAL_CONDITION_LT
#define BLOCKED HSA_WAIT_STATE_BLOCKED
#define ACTIVE HSA_WAIT_STATE_ACTIVE
#define FOR_EVER UINT64_MAX

static int channel;
static const hsa_signal_t none = {0};

/* Lets the other process go on. */
static void go(const void *ticket) {
    fflush(stdout);
    hsa_amd_ipc_signal_t nothing = {{0}};
    if (write(channel, ticket ? ticket : &nothing, sizeof nothing) != sizeof nothing) exit(2);
}

/* Waits for its turn; false if the other has ended. */
static bool turn(hsa_amd_ipc_signal_t *ticket) {
    hsa_amd_ipc_signal_t nothing;
    return read(channel, ticket ? ticket : &nothing, sizeof nothing) == sizeof nothing;
}

static bool refused(hsa_signal_value_t value, void *unused) {
    (void)value;
    (void)unused;
    return false;
}

static void look(const char *whose, hsa_signal_t signal) {
    const amd_signal_t *abi = (const amd_signal_t *)signal.handle;
    volatile hsa_signal_value_t *pointer = NULL;
    printf("%s: kind %d, value %d, mailbox %s, event %s\n", whose, (int)abi->kind, (int)abi->value,
           abi->event_mailbox_ptr ? "yes" : "no", abi->event_id ? "yes" : "no");
    SAY(hsa_amd_signal_value_pointer(signal, &pointer));
    printf("pointer to the value: %s\n", pointer == &abi->value ? "yes" : "no");
}

static void export(void) {
    hsa_signal_t signal = none, private = none;
    hsa_amd_ipc_signal_t ticket, again;
    SAY(hsa_amd_signal_create(5, 0, NULL, HSA_AMD_SIGNAL_IPC, &signal));
    look("made", signal);
    SAY(hsa_amd_signal_async_handler(signal, EQ, 12345, refused, NULL));
    SAY(hsa_signal_create(5, 0, NULL, &private));
    SAY(hsa_amd_ipc_signal_create(private, &ticket));
    SAY(hsa_amd_ipc_signal_create(none, &ticket));
    SAY(hsa_amd_ipc_signal_create(signal, NULL));
    SAY(hsa_amd_ipc_signal_create(signal, &ticket));
    SAY(hsa_amd_ipc_signal_create(signal, &again));
    printf("the same ticket: %s\n", memcmp(&ticket, &again, sizeof ticket) == 0 ? "yes" : "no");
    SAY(hsa_amd_ipc_signal_attach(NULL, &private));
    SAY(hsa_amd_ipc_signal_attach(&ticket, NULL));
    go(&ticket);
    VALUE(hsa_signal_wait_scacquire(signal, EQ, 7, FOR_EVER, BLOCKED));
    hsa_signal_add_screlease(signal, 2);
    turn(NULL);
    hsa_signal_t either[2] = {signal, private};
    hsa_signal_condition_t less[2] = {LT, LT};
    hsa_signal_value_t one[2] = {1, 1}, value = 0;
    go(NULL);
    VALUE(hsa_amd_signal_wait_any(2, either, less, one, FOR_EVER, BLOCKED, &value));
    VALUE(value);
    VALUE(hsa_signal_exchange_scacq_screl(signal, 1));
    go(NULL);
    printf("completed by the other's GPU: %d\n", (int)hsa_signal_wait_scacquire(signal, LT, 1, FOR_EVER, BLOCKED));
    go(NULL);
    turn(NULL);
    SAY(hsa_signal_destroy(signal));
    go(NULL);
    turn(NULL);
}

/* A barrier that waits for nothing. */
static void complete(hsa_signal_t signal) {
    hsa_queue_t *queue = new_queue(HSA_QUEUE_TYPE_SINGLE, NULL);
    barrier(queue, HSA_PACKET_TYPE_BARRIER_AND, NULL, 0, signal);
    /* The other process waits for it. */
    turn(NULL);
    SAY(hsa_queue_destroy(queue));
}

static void import(void) {
    hsa_amd_ipc_signal_t ticket, own;
    hsa_signal_t signal = none;
    turn(&ticket);
    SAY(hsa_amd_ipc_signal_attach(&ticket, &signal));
    look("taken in", signal);
    SAY(hsa_amd_ipc_signal_create(signal, &own));
    hsa_signal_store_screlease(signal, 7);
    VALUE(hsa_signal_wait_scacquire(signal, EQ, 9, FOR_EVER, ACTIVE));
    go(NULL);
    turn(NULL);
    usleep(20000);
    hsa_signal_cas_scacq_screl(signal, 9, -3);
    turn(NULL);
    VALUE(hsa_signal_wait_scacquire(signal, EQ, 1, FOR_EVER, BLOCKED));
    complete(signal);
    go(NULL);
    turn(NULL);
    hsa_signal_store_screlease(signal, 11);
    VALUE(hsa_signal_load_scacquire(signal));
    SAY(hsa_signal_destroy(signal));
    go(NULL);
}

static atomic_int calls;

static bool called(hsa_signal_value_t value, void *unused) {
    (void)unused;
    printf("handler: %d\n", (int)value);
    atomic_fetch_add(&calls, 1);
    return false;
}

static void await(int wanted) {
    while (atomic_load(&calls) < wanted) usleep(100);
}

static void export_to_handlers(void) {
    hsa_signal_t signal = none;
    hsa_amd_ipc_signal_t ticket;
    SAY(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_IPC, &signal));
    SAY(hsa_amd_ipc_signal_create(signal, &ticket));
    SAY(hsa_amd_signal_async_handler(signal, EQ, -2, called, NULL));
    go(&ticket);
    turn(NULL);
    hsa_signal_store_screlease(signal, -1);
    turn(NULL);
    go(NULL);
    await(1);
    SAY(hsa_signal_destroy(signal));
    go(NULL);
}

static void import_with_handlers(void) {
    hsa_amd_ipc_signal_t ticket;
    hsa_signal_t signal = none;
    turn(&ticket);
    SAY(hsa_amd_ipc_signal_attach(&ticket, &signal));
    SAY(hsa_amd_signal_async_handler(signal, EQ, -1, called, NULL));
    go(NULL);
    await(1);
    go(NULL);
    turn(NULL);
    hsa_signal_store_screlease(signal, -2);
    turn(NULL);
    SAY(hsa_signal_destroy(signal));
}

/* Sockets that the process holds. */
static int sockets(void) {
    DIR *folder = opendir("/proc/self/fd");
    char target[64];
    int found = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        found += length > 7 && memcmp(target, "socket:", 7) == 0;
    }
    closedir(folder);
    return found;
}

/* A child that goes on when this process has gone; it has only what fork gave it. */
static pid_t leave_child(int before) {
    int ends[2];
    char said;
    if (pipe(ends) != 0) exit(3);
    pid_t child = fork();
    if (child == 0) {
        close(channel);
        printf("in a child: %d more\n", sockets() - before + 1);
        fflush(stdout);
        close(ends[1]);
        for (;;) pause();
    }
    close(ends[1]);
    if (read(ends[0], &said, 1) != 0) exit(4);
    return child;
}

static void export_and_die(void) {
    hsa_signal_t kept = none, destroyed = none;
    hsa_amd_ipc_signal_t tickets[2];
    int before = sockets();
    SAY(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_IPC, &kept));
    SAY(hsa_amd_ipc_signal_create(kept, &tickets[0]));
    SAY(hsa_amd_signal_create(2, 0, NULL, HSA_AMD_SIGNAL_IPC, &destroyed));
    SAY(hsa_amd_ipc_signal_create(destroyed, &tickets[1]));
    printf("sockets: %d more\n", sockets() - before);
    fflush(stdout);
    pid_t child = leave_child(before);
    hsa_amd_ipc_signal_t number = {{(uint32_t)child}};
    go(&number);
    go(&tickets[0]);
    turn(NULL);
    SAY(hsa_signal_destroy(destroyed));
    go(&tickets[1]);
    turn(NULL);
    raise(SIGKILL);
}

static void import_and_outlive(void) {
    hsa_amd_ipc_signal_t child, ticket, late, wrong;
    hsa_signal_t signal = none, other = none;
    void *memory = NULL;
    turn(&child);
    turn(&ticket);
    SAY(hsa_amd_ipc_signal_attach(&ticket, &signal));
    SAY(hsa_amd_ipc_signal_attach(&ticket, &other));
    printf("each attachment is a handle: %s\n", signal.handle == other.handle ? "no" : "yes");
    SAY(hsa_signal_destroy(other));
    SAY(hsa_signal_destroy(other));
    SAY(hsa_amd_ipc_memory_attach((hsa_amd_ipc_memory_t *)&ticket, 4096, 0, NULL, &memory));
    for (int word = 0; word < 8; word++) {
        wrong = ticket;
        wrong.handle[word] ^= 0x100;
        printf("word %d is wrong: %d\n", word, (int)hsa_amd_ipc_signal_attach(&wrong, &other));
    }
    go(NULL);
    turn(&late);
    SAY(hsa_amd_ipc_signal_attach(&late, &other));
    go(NULL);
    printf("the other %s\n", turn(NULL) ? "speaks" : "has gone");
    SAY(hsa_amd_ipc_signal_attach(&ticket, &other));
    hsa_signal_subtract_screlease(signal, 3);
    VALUE(hsa_signal_wait_scacquire(signal, LT, 1, FOR_EVER, BLOCKED));
    SAY(hsa_signal_destroy(signal));
    kill((pid_t)child.handle[0], SIGKILL);
}

static void *wait_long(void *signal) {
    hsa_signal_wait_scacquire(*(hsa_signal_t *)signal, LT, 1, FOR_EVER, ACTIVE);
    return NULL;
}

/* Threads wait for signals of each kind, one of them the other process's, and a signal has a handler. */
static void import_and_rest(void) {
    hsa_amd_ipc_signal_t ticket;
    hsa_signal_t signals[3], handled = none;
    pthread_t threads[3];
    turn(&ticket);
    SAY(hsa_signal_create(1, 0, NULL, &signals[0]));
    SAY(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &signals[1]));
    SAY(hsa_amd_ipc_signal_attach(&ticket, &signals[2]));
    SAY(hsa_signal_create(1, 0, NULL, &handled));
    SAY(hsa_amd_signal_async_handler(handled, LT, 1, called, NULL));
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, wait_long, &signals[i]);
    sleep(8);
    look_on();
    go(NULL);
    pthread_join(threads[2], NULL);
    for (int i = 0; i < 2; i++) {
        hsa_signal_store_screlease(signals[i], 0);
        pthread_join(threads[i], NULL);
    }
    hsa_signal_store_screlease(handled, 0);
    await(1);
}

static void export_and_wake(void) {
    hsa_amd_ipc_signal_t ticket;
    hsa_signal_t signal;
    SAY(hsa_amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_IPC, &signal));
    SAY(hsa_amd_ipc_signal_create(signal, &ticket));
    go(&ticket);
    turn(NULL);
    hsa_signal_store_screlease(signal, 0);
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    int ends[2], status = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
    pid_t exporter = fork();
    channel = ends[exporter == 0];
    close(ends[exporter != 0]);
    if (exporter == 0) {
        open_gpu();
        if (!*what) export();
        if (!strcmp(what, "handlers")) export_to_handlers();
        if (!strcmp(what, "ends")) export_and_die();
        if (!strcmp(what, "idle")) export_and_wake();
    } else {
        open_gpu();
        if (!*what) import();
        if (!strcmp(what, "handlers")) import_with_handlers();
        if (!strcmp(what, "ends")) import_and_outlive();
        if (!strcmp(what, "idle")) import_and_rest();
        waitpid(exporter, &status, 0);
        printf("the other ended with %#x\n", status);
    }
    SAY(hsa_shut_down());
    return 0;
}
