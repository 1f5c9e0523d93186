/* Clocks that a test sets, for one process: preloaded, it shifts what the C library tells.

   DESKBREAK_CLOCKS names a folder with two files. `shift` holds two signed 64-bit numbers of
   nanoseconds, by which the wall clock and the boot clock are ahead of the computer's. `set` is a
   pipe: a byte in it wakes whoever waits to hear that the clock was set, as the kernel does with a
   timer of TFD_TIMER_CANCEL_ON_SET. Source: clock_gettime(2), timerfd_create(2). */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static volatile int64_t *shift;
static int timer = -1;

static int in_folder(const char *name, int flags) {
    char path[4096];
    const char *folder = getenv("DESKBREAK_CLOCKS");
    if (folder == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC);
}

__attribute__((constructor)) static void begin(void) {
    int fd = in_folder("shift", O_RDONLY);
    if (fd < 0)
        return;
    void *at = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED)
        shift = at;
}

int clock_gettime(clockid_t id, struct timespec *at) {
    int64_t ahead = 0, all;
    if (syscall(SYS_clock_gettime, id, at) != 0)
        return -1;
    if (shift != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        ahead = shift[0];
    else if (shift != NULL && id == CLOCK_BOOTTIME)
        ahead = shift[1];
    if (ahead == 0)
        return 0;
    all = at->tv_sec * SECOND + at->tv_nsec + ahead;
    at->tv_sec = all / SECOND - (all % SECOND < 0);
    at->tv_nsec = (all % SECOND + SECOND) % SECOND;
    return 0;
}

int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to != NULL)
        *to = now.tv_sec;
    return now.tv_sec;
}

int timerfd_create(clockid_t id, int flags) {
    if (id != CLOCK_REALTIME || shift == NULL)
        return syscall(SYS_timerfd_create, id, flags);
    timer = in_folder("set", O_RDWR);
    return timer;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *to, struct itimerspec *was) {
    if (fd == timer && timer >= 0)
        return 0;
    return syscall(SYS_timerfd_settime, fd, flags, to, was);
}

ssize_t read(int fd, void *to, size_t count) {
    ssize_t got = syscall(SYS_read, fd, to, count);
    if (fd != timer || timer < 0 || got < 0)
        return got;
    errno = ECANCELED;
    return -1;
}
