/* A tool library that hears what becomes of the queues' scratch memory, and says so at the end: a dispatch and the thread
   that gives it memory go on at the same time. */
#include <hsa/hsa_api_trace.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 4096 };

static hsa_amd_event_scratch_alloc_end_t heard[MOST];
static unsigned count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static hsa_status_t hear(hsa_amd_tool_event_t event) {
    hsa_amd_event_scratch_alloc_end_t own = {.kind = event.none->kind};
    switch (own.kind) {
    case HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_END: own = *event.scratch_alloc_end; break;
    case HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_START:
        own.queue = event.scratch_alloc_start->queue, own.flags = event.scratch_alloc_start->flags;
        own.dispatch_id = event.scratch_alloc_start->dispatch_id;
        break;
    /* The other four are alike. */
    default: own.queue = event.scratch_free_start->queue, own.flags = event.scratch_free_start->flags;
    }
    pthread_mutex_lock(&lock);
    if (count < MOST) heard[count++] = own;
    pthread_mutex_unlock(&lock);
    return HSA_STATUS_SUCCESS;
}

bool OnLoad(HsaApiTable *tables, uint64_t version, uint64_t failed_count, const char *const *failed) {
    (void)version, (void)failed_count, (void)failed;
    ToolsApiTable *table = tables->tools_;
    printf("callbacks: table %zu of %u bytes, set %d\n", sizeof *table, table->version.minor_id,
           table->hsa_amd_tool_scratch_event_alloc_start_fn != NULL);
    table->hsa_amd_tool_scratch_event_alloc_start_fn = table->hsa_amd_tool_scratch_event_alloc_end_fn = hear;
    table->hsa_amd_tool_scratch_event_free_start_fn = table->hsa_amd_tool_scratch_event_free_end_fn = hear;
    table->hsa_amd_tool_scratch_event_async_reclaim_start_fn = hear;
    table->hsa_amd_tool_scratch_event_async_reclaim_end_fn = hear;
    return true;
}

void OnUnload(void) {
    static const char *const names[] = {"?", "alloc", "allocated", "free", "freed", "reclaim", "reclaimed"};
    for (unsigned i = 0; i < count; i++) {
        const hsa_amd_event_scratch_alloc_end_t *event = &heard[i];
        printf("%s: flags %d, dispatch %d, %zu bytes, %zu waves, the same queue %d\n", names[event->kind], event->flags,
               (int)event->dispatch_id, event->size, event->num_slots, event->queue == heard[0].queue);
    }
}
