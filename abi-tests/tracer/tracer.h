/* A tool library that writes down what a program does by HSA, in the trace event format of chrome://tracing and Perfetto:
   calls.awk makes a wrapper for each entry of the API tables, device.c sees to dispatches and copies, output.c writes. */
#ifndef TRACER_H
#define TRACER_H
#include <hsa/hsa_api_trace.h>
#include <stdbool.h>
#include <stddef.h>

/* The tables as the runtime made them. */
extern CoreApiTable core;
extern AmdExtTable amd;

/* Whether a runtime's table, which may be older than this library, reaches as far as an entry. */
#define HAS(table, entry) (offsetof(__typeof__(*(table)), entry) < (table)->version.minor_id)

/* Now, in ticks of the clock that the times of dispatches are in; 0 when the runtime has ended. */
uint64_t now(void);

/* Opens the file that HSA_TRACE names; false without one. */
bool open_output(void);

/* Writes an event from one tick to another; `track` is a thread's number, or a device's; `detail` is JSON. */
void write_event(const char *kind, const char *name, uint32_t track, uint64_t begin, uint64_t end, const char *detail);

/* Names a track. */
void name_track(uint32_t track, const char *name);

/* Writes a call of this thread's that began then and ends now. */
void write_call(const char *name, uint64_t begin, const char *detail);

/* Puts what sees to dispatches and copies into the tables; then a wrapper for each entry. */
void watch_device(HsaApiTable *tables);
void wrap_calls(HsaApiTable *tables);

#endif
