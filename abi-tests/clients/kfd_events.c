/* Events: their ids and slots, what waiting for one, all or any of them says, and where they run out. */
#define _GNU_SOURCE
#include "kfd_call.h"
#include <pthread.h>

static unsigned create(unsigned type, unsigned auto_reset) {
    struct kfd_ioctl_create_event_args event = {.event_type = type, .auto_reset = auto_reset};
    int result = ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &event);
    printf("create type %u: %s, id %#x, trigger %#x, slot %u, page at %#llx\n", type, said(result), event.event_id,
           event.event_trigger_data, event.event_slot_index, event.event_page_offset);
    return event.event_id;
}

static void set(unsigned id) { call("set", AMDKFD_IOC_SET_EVENT, &(struct kfd_ioctl_set_event_args){.event_id = id}); }

static void reset(unsigned id) {
    call("reset", AMDKFD_IOC_RESET_EVENT, &(struct kfd_ioctl_reset_event_args){.event_id = id});
}

static void destroy(unsigned id) {
    call("destroy", AMDKFD_IOC_DESTROY_EVENT, &(struct kfd_ioctl_destroy_event_args){.event_id = id});
}

static void wait(const char *what, struct kfd_event_data *data, unsigned count, int all, unsigned milliseconds) {
    struct kfd_ioctl_wait_events_args args = {.events_ptr = (unsigned long)data, .num_events = count,
                                              .wait_for_all = all, .timeout = milliseconds, .wait_result = 77};
    int result = ioctl(kfd, AMDKFD_IOC_WAIT_EVENTS, &args);
    printf("wait, %s: %s, result %u\n", what, said(result), args.wait_result);
}

static void wait_one(const char *what, unsigned id, unsigned milliseconds) {
    struct kfd_event_data data = {.event_id = id};
    wait(what, &data, 1, 1, milliseconds);
}

static void aged(const char *what, unsigned id, unsigned long age) {
    struct kfd_event_data data = {.event_id = id, .signal_event_data.last_event_age = age};
    wait(what, &data, 1, 1, 0);
    printf("age %llu\n", data.signal_event_data.last_event_age);
}

static void one_at_a_time(void) {
    unsigned kept = create(KFD_IOC_EVENT_SIGNAL, 0), consumed = create(KFD_IOC_EVENT_SIGNAL, 1);
    wait_one("not set", kept, 0);
    wait_one("not set, for a while", kept, 20);
    set(kept);
    wait_one("set", kept, 0);
    wait_one("still set", kept, ~0u);
    reset(kept);
    wait_one("reset", kept, 0);
    set(consumed);
    wait_one("set, resets itself", consumed, 0);
    wait_one("was reset", consumed, 0);
    aged("age not asked", kept, 0);
    aged("age 1", kept, 1);
    aged("age of now", kept, 2);
    set(kept);
    aged("set, age of before", kept, 2);
    aged("set, future age", kept, 99);
    destroy(kept);
    destroy(kept);
    wait_one("destroyed", kept, 0);
    set(kept);
    reset(kept);
    destroy(consumed);
}

static void several(void) {
    unsigned first = create(KFD_IOC_EVENT_SIGNAL, 0), second = create(KFD_IOC_EVENT_SIGNAL, 1);
    struct kfd_event_data data[3] = {{.event_id = first}, {.event_id = second}, {.event_id = first}};
    wait("any of two, none set", data, 2, 0, 0);
    set(second);
    wait("all of two, one set", data, 2, 1, 0);
    wait("any of two, consumed by the wait that failed", data, 2, 0, 0);
    set(first);
    set(second);
    wait("all of two", data, 2, 1, 0);
    wait("the same one twice, all of three", data, 3, 1, 0);
    wait("nothing", data, 0, 0, 0);
    wait("all of nothing", data, 0, 1, 0);
    wait("nothing to read", NULL, 1, 0, 0);
    data[1].event_id = 4000;
    wait("one is unknown", data, 2, 0, 0);
    wait("more than can be", data, KFD_SIGNAL_EVENT_LIMIT + 1, 0, 0);
    destroy(first);
    destroy(second);
}

/* What the thread does in a moment to the event that main sleeps on. */
struct later {
    void (*act)(unsigned id);
    unsigned id;
};

static void *act_later(void *argument) {
    struct later *later = argument;
    usleep(200000);
    later->act(later->id);
    return NULL;
}

static void while_asleep(const char *what, void (*act)(unsigned id), unsigned auto_reset) {
    struct later later = {act, create(KFD_IOC_EVENT_SIGNAL, auto_reset)};
    pthread_t thread;
    pthread_create(&thread, NULL, act_later, &later);
    struct kfd_event_data data = {.event_id = later.id};
    struct kfd_ioctl_wait_events_args args = {.events_ptr = (unsigned long)&data, .num_events = 1, .timeout = 5000};
    int result = ioctl(kfd, AMDKFD_IOC_WAIT_EVENTS, &args);
    int error = errno;
    pthread_join(thread, NULL);
    errno = error;
    printf("%s while asleep: %s, result %u\n", what, said(result), args.wait_result);
    wait_one("afterwards", later.id, 0);
    ioctl(kfd, AMDKFD_IOC_DESTROY_EVENT, &(struct kfd_ioctl_destroy_event_args){.event_id = later.id});
}

static void until_none_is_left(void) {
    struct kfd_ioctl_create_event_args event;
    unsigned count = 0;
    int result;
    do {
        event = (struct kfd_ioctl_create_event_args){.event_type = KFD_IOC_EVENT_SIGNAL};
        result = ioctl(kfd, AMDKFD_IOC_CREATE_EVENT, &event);
        count += result == 0;
    } while (result == 0 && count < 10000);
    printf("%u more signal events, then %s\n", count, said(result));
    create(KFD_IOC_EVENT_MEMORY, 0);
    destroy(100);
    create(KFD_IOC_EVENT_SIGNAL, 0);
    create(KFD_IOC_EVENT_SIGNAL, 0);
}

int main(void) {
    start();
    for (unsigned type = 0; type < 12; type++) create(type, 0);
    struct kfd_ioctl_create_event_args page = {.event_page_offset = 4096};
    call("create with a page that is no buffer", AMDKFD_IOC_CREATE_EVENT, &page);
    set(0);
    destroy(0);
    one_at_a_time();
    several();
    while_asleep("set", set, 0);
    while_asleep("set", set, 1);
    while_asleep("destroyed", destroy, 0);
    until_none_is_left();
    return 0;
}
