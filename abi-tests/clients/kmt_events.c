/* Events of the thunk: all types, both ways of resetting, waits on one and on many, ages. */
#include "kmt.h"
#include <pthread.h>

static HsaEvent *make(HSA_EVENTTYPE type, bool manual, bool signaled) {
    HsaEventDescriptor descriptor = {0};
    HsaEvent *event = NULL;
    descriptor.EventType = type;
    descriptor.NodeId = gpu_count > 0 ? gpus[0] : 0;
    printf("type %d, manual %d, signaled %d: ", (int)type, manual, signaled);
    SAY(hsaKmtCreateEvent(&descriptor, manual, signaled, &event));
    return event;
}

static void one(bool manual) {
    HsaEvent *event = make(HSA_EVENTTYPE_SIGNAL, manual, false);
    if (!event) return;
    SAY(hsaKmtWaitOnEvent(event, 0));
    SAY(hsaKmtSetEvent(event));
    SAY(hsaKmtWaitOnEvent(event, 0));
    SAY(hsaKmtWaitOnEvent(event, 0));
    SAY(hsaKmtSetEvent(event));
    SAY(hsaKmtResetEvent(event));
    SAY(hsaKmtWaitOnEvent(event, 1));
    SAY(hsaKmtQueryEventState(event));
    SAY(hsaKmtDestroyEvent(event));
}

static void many(void) {
    HsaEvent *events[3];
    uint64_t ages[3] = {1, 1, 1};
    for (int i = 0; i < 3; i++) events[i] = make(HSA_EVENTTYPE_SIGNAL, true, false);
    SAY(hsaKmtWaitOnMultipleEvents(events, 3, false, 0));
    SAY(hsaKmtSetEvent(events[1]));
    SAY(hsaKmtWaitOnMultipleEvents(events, 3, false, 0));
    SAY(hsaKmtWaitOnMultipleEvents(events, 3, true, 1));
    SAY(hsaKmtSetEvent(events[0]));
    SAY(hsaKmtSetEvent(events[2]));
    SAY(hsaKmtWaitOnMultipleEvents(events, 3, true, 1000));
    SAY(hsaKmtWaitOnMultipleEvents(events, 0, true, 0));
    SAY(hsaKmtWaitOnMultipleEvents_Ext(events, 3, true, 0, ages));
    printf("ages %d %d %d\n", (int)ages[0], (int)ages[1], (int)ages[2]);
    for (int i = 0; i < 3; i++) SAY(hsaKmtDestroyEvent(events[i]));
}

static void aged(void) {
    HsaEvent *event = make(HSA_EVENTTYPE_SIGNAL, false, false);
    uint64_t age = 1;
    SAY(hsaKmtWaitOnEvent_Ext(event, 0, &age));
    SAY(hsaKmtSetEvent(event));
    SAY(hsaKmtWaitOnEvent_Ext(event, 0, &age));
    printf("age %d\n", (int)age);
    SAY(hsaKmtWaitOnEvent_Ext(event, 0, &age));
    SAY(hsaKmtDestroyEvent(event));
}

static void *set_later(void *event) {
    usleep(20000);
    SAY(hsaKmtSetEvent(event));
    return NULL;
}

static void woken(void) {
    pthread_t thread;
    HsaEvent *event = make(HSA_EVENTTYPE_SIGNAL, false, false);
    pthread_create(&thread, NULL, set_later, event);
    int status = hsaKmtWaitOnEvent(event, HSA_EVENTTIMEOUT_INFINITE);
    pthread_join(thread, NULL);
    printf("woken: %d\n", status);
    SAY(hsaKmtDestroyEvent(event));
}

static void types(void) {
    for (int type = HSA_EVENTTYPE_SIGNAL; type <= HSA_EVENTTYPE_MAXID; type++) {
        HsaEvent *event = make(type, true, true);
        if (!event) continue;
        printf("its type %d\n", (int)event->EventData.EventType);
        SAY(hsaKmtSetEvent(event));
        SAY(hsaKmtResetEvent(event));
        SAY(hsaKmtQueryEventState(event));
        SAY(hsaKmtWaitOnEvent(event, 0));
        SAY(hsaKmtDestroyEvent(event));
    }
}

int main(void) {
    kmt_open();
    one(false);
    one(true);
    many();
    aged();
    woken();
    types();
    SAY(hsaKmtDestroyEvent(NULL));
    SAY(hsaKmtSetEvent(NULL));
    SAY(hsaKmtResetEvent(NULL));
    SAY(hsaKmtQueryEventState(NULL));
    SAY(hsaKmtWaitOnEvent(NULL, 0));
    kmt_close();
    return 0;
}
