// A library for LD_PRELOAD: each flush to disk takes FLUSH_MICROSECONDS longer. For machines whose
// disk answers at once, as virtual ones do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static int slowly(const char *name, int file) {
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *text = getenv("FLUSH_MICROSECONDS");
    long time = text ? atol(text) * 1000 : 0;
    struct timespec pause = {time / 1000000000, time % 1000000000};
    // Of this thread: otherwise it sleeps 0.05 ms longer.
    prctl(PR_SET_TIMERSLACK, 1UL);
    nanosleep(&pause, NULL);
    return flush(file);
}

int fsync(int file) { return slowly("fsync", file); }

int fdatasync(int file) { return slowly("fdatasync", file); }
