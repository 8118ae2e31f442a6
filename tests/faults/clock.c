/* A machine whose clock was set and that was asleep: loaded before libc, it adds to the times that
 * the kernel tells what the shared page at NOC_CLOCK_PAGE says, two doubles: the seconds that the
 * clock is wrong by, and those that the machine slept. Compiled when the campaign runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile double *page;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("NOC_CLOCK_PAGE");
  int fd = path ? open(path, O_RDONLY) : -1;
  if (fd < 0) return;
  void *found = mmap(0, 2 * sizeof(double), PROT_READ, MAP_SHARED, fd, 0);
  if (found != MAP_FAILED) page = found;
  close(fd);
}

static double offset(clockid_t clock) {
  if (!page) return 0;
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE:
  case CLOCK_TAI: return page[0] + page[1];
  case CLOCK_BOOTTIME: return page[1];
  }
  return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(clock, now);
  double more = done == 0 ? offset(clock) : 0;
  if (more != 0) {
    double whole = floor(more);
    now->tv_sec += (time_t)whole;
    now->tv_nsec += (long)((more - whole) * 1e9);
    if (now->tv_nsec >= 1000000000L) now->tv_sec++, now->tv_nsec -= 1000000000L;
  }
  return done;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec exact;
  int done = clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return done;
}

time_t time(time_t *told) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (told) *told = exact.tv_sec;
  return exact.tv_sec;
}
