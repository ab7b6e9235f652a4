#ifndef LATCHKEY_CLINUX_H
#define LATCHKEY_CLINUX_H
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* accept4(2) is behind _GNU_SOURCE, which Swift's importer does not define. */
int accept4(int, struct sockaddr *, socklen_t *, int);

static inline int latchkey_accept(int fd, struct sockaddr *address, socklen_t *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* So are these. */
int pipe2(int[2], int);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
void *memmem(const void *, size_t, const void *, size_t);

/* A pipe whose ends no child inherits. */
static inline int latchkey_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

/* Has a child close every descriptor from `first` on. */
static inline int latchkey_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

/* Every descriptor from `first` on is closed when the process runs another program. */
static inline int latchkey_close_on_exec(int first) {
    return (int)syscall(SYS_close_range, first, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
}

static inline int latchkey_tcp_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* struct epoll_event is packed and holds a union; Swift sees two integers instead. */
static inline int latchkey_epoll_ctl(int epoll, int op, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epoll, op, fd, &event);
}

static inline uint64_t latchkey_epoll_data(const struct epoll_event *event) {
    return event->data.u64;
}

static inline uint32_t latchkey_epoll_events(const struct epoll_event *event) {
    return event->events;
}

/* Bytes that can be sent without raising SIGPIPE. */
static inline ssize_t latchkey_send(int fd, const void *bytes, size_t count) {
    return send(fd, bytes, count, MSG_NOSIGNAL);
}

/* The thread's slot: the index of the event loop that it runs, or -1 (see Kernel.ThreadSlot). */
extern __thread int latchkey_thread_slot;
static inline int latchkey_get_thread_slot(void) { return latchkey_thread_slot; }
static inline void latchkey_set_thread_slot(int slot) { latchkey_thread_slot = slot; }

/* What the thread's event loop does at the end of a round, or NULL (see Kernel.RoundEnd). */
extern __thread void *latchkey_round_end;
static inline void *latchkey_get_round_end(void) { return latchkey_round_end; }
static inline void latchkey_set_round_end(void *end) { latchkey_round_end = end; }

/// How many processors this process may use (sched_getaffinity(2), whose wrapper glibc hides).
static inline int latchkey_core_count(void) {
    unsigned char set[1024] = {0};
    long length = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int count = 0;
    for (long i = 0; i < length; i++) count += __builtin_popcount(set[i]);
    return count > 0 ? count : 1;
}

#endif
