/* A line to another process, over which descriptors are sent. */
#ifndef CHANNEL_H
#define CHANNEL_H
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int channel;

/* Waits for the other side, and is given a descriptor if one was sent; -1 if none was. */
static inline int hear(void) {
    char byte = 0;
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int fd = -1;
    if (recvmsg(channel, &message, 0) != 1) _exit(3);
    struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
    if (sent) memcpy(&fd, CMSG_DATA(sent), sizeof fd);
    return fd;
}

/* Lets the other side go on, with a descriptor unless it is -1. */
static inline void tell(int fd) {
    char byte = 0;
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
        sent->cmsg_level = SOL_SOCKET;
        sent->cmsg_type = SCM_RIGHTS;
        sent->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(sent), &fd, sizeof fd);
    }
    fflush(stdout);
    if (sendmsg(channel, &message, MSG_NOSIGNAL) != 1) _exit(4);
}
#endif
