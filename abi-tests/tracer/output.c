/* Writes the trace: an array of events, as Trace Event Format has it ("X" has a duration, "M" names things, times are µs).
   What is not written yet when a process is killed is lost; viewers do without the closing bracket. */
#define _GNU_SOURCE
#include "tracer.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char text[1 << 16];
static size_t filled;
static int file = -1;
/* The process that opened the file: a child of fork opens one of its own, or writes nothing. */
static pid_t owner;
static uint64_t zero, frequency = 1;

static void flush(void) {
    size_t written = 0;
    while (written < filled) {
        ssize_t step = write(file, text + written, filled - written);
        if (step < 0 && errno != EINTR) break;
        written += step > 0 ? (size_t)step : 0;
    }
    filled = 0;
}

/* One event, of less than 1 KiB. */
__attribute__((format(printf, 1, 2))) static void put(const char *format, ...) {
    va_list values;
    va_start(values, format);
    pthread_mutex_lock(&lock);
    if (owner == getpid()) {
        if (sizeof text - filled < 1024) flush();
        int length = vsnprintf(text + filled, 1024, format, values);
        if (length > 0 && length < 1024) filled += (size_t)length;
    }
    pthread_mutex_unlock(&lock);
    va_end(values);
}

uint64_t now(void) {
    uint64_t ticks = 0;
    core.hsa_system_get_info_fn(HSA_SYSTEM_INFO_TIMESTAMP, &ticks);
    return ticks;
}

bool open_output(void) {
    const char *wanted = getenv("HSA_TRACE");
    if (!wanted) return false;
    /* The runtime has been started again. */
    if (owner == getpid()) return true;
    char name[4096];
    file = open(wanted, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) {
        /* Another process of the program has it. */
        snprintf(name, sizeof name, "%s.%d", wanted, (int)getpid());
        file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (file < 0) {
        perror(wanted);
        return false;
    }
    core.hsa_system_get_info_fn(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency);
    zero = now(), owner = getpid(), filled = 0;
    put("[{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%d,\"args\":{\"name\":\"%s\"}}", (int)owner,
        program_invocation_short_name);
    return true;
}

__attribute__((destructor)) static void close_output(void) {
    put("\n]\n");
    pthread_mutex_lock(&lock);
    if (owner == getpid()) flush();
    owner = 0;
    pthread_mutex_unlock(&lock);
}

static double microseconds(uint64_t ticks) { return (double)ticks * 1e6 / (double)frequency; }

void write_event(const char *kind, const char *name, uint32_t track, uint64_t begin, uint64_t end, const char *detail) {
    if (end < begin) end = begin;
    put(",\n{\"ph\":\"X\",\"cat\":\"%s\",\"name\":\"%.400s\",\"pid\":%d,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f,\"args\":{%s}}",
        kind, name, (int)owner, track, microseconds(begin - zero), microseconds(end - begin), detail);
}

void name_track(uint32_t track, const char *name) {
    put(",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%d,\"tid\":%u,\"args\":{\"name\":\"%s\"}}", (int)owner, track, name);
}

void write_call(const char *name, uint64_t begin, const char *detail) {
    static __thread uint32_t thread;
    if (!thread) thread = (uint32_t)gettid();
    write_event("call", name, thread, begin, now(), detail);
}
