/* What a sick disk does to one file: loaded before libc, it fails the calls on the database's files
 * as the shared page at NOC_FAULT_PAGE says: a byte for the fault, and one for the file that has it
 * (all, the write-ahead log, the database itself). Compiled when the campaign runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NONE, FULL, WRITE_IO, SYNC_IO, READ_IO, READ_ONLY, SHORT, QUOTA, SLOW, TORN, NO_FILES };

enum { ALL, LOG, ITSELF };

static volatile unsigned char *page;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("NOC_FAULT_PAGE");
  int fd = path ? open(path, O_RDWR) : -1;
  if (fd < 0) return;
  void *found = mmap(0, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (found != MAP_FAILED) page = found;
  close(fd);
}

static int kind(void) { return page ? *page : NONE; }

static int is_ours(int fd) {
  char link[64], path[4096];
  char *end = link + sizeof link - 1, *at = end;
  *at = 0;
  for (unsigned rest = (unsigned)fd; at == end || rest; rest /= 10) *--at = (char)('0' + rest % 10);
  char whole[96] = "/proc/self/fd/";
  strcat(whole, at);
  ssize_t size = readlink(whole, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  const char *name = strstr(path, "noc.db");
  if (!name) return 0;
  return page[1] == ALL || !strcmp(name, page[1] == LOG ? "noc.db-wal" : "noc.db");
}

static int refuse(int error) { errno = error; return -1; }

static ssize_t fault(int fd, size_t size, size_t *less) {
  int now = kind();
  if (now == NONE || !is_ours(fd)) return 0;
  switch (now) {
  case FULL: return refuse(ENOSPC);
  case WRITE_IO: return refuse(EIO);
  case READ_ONLY: return refuse(EROFS);
  case QUOTA: return refuse(EDQUOT);
  case SHORT:
    if (size < 2) return refuse(ENOSPC);
    *less = size / 2;
    return 0;
  case TORN: *less = size / 2; return 0;
  }
  return 0;
}

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
typedef ssize_t (*pwriter)(int, const void *, size_t, off_t);
typedef ssize_t (*writer)(int, const void *, size_t);
typedef ssize_t (*preader)(int, void *, size_t, off_t);
typedef int (*syncer)(int);
typedef int (*truncater)(int, off_t);
typedef int (*opener)(const char *, int, ...);

static ssize_t torn(ssize_t done) {
  if (kind() == TORN) kill(getpid(), SIGKILL);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
  REAL("pwrite64", pwriter);
  size_t less = 0;
  if (fault(fd, size, &less) < 0) return -1;
  return less ? torn(real(fd, data, less, at)) : real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

ssize_t write(int fd, const void *data, size_t size) {
  REAL("write", writer);
  size_t less = 0;
  if (kind() != NONE && fault(fd, size, &less) < 0) return -1;
  return less ? torn(real(fd, data, less)) : real(fd, data, size);
}

ssize_t pread64(int fd, void *data, size_t size, off_t at) {
  REAL("pread64", preader);
  if (kind() == READ_IO && is_ours(fd)) return refuse(EIO);
  return real(fd, data, size, at);
}
ssize_t pread(int fd, void *data, size_t size, off_t at) { return pread64(fd, data, size, at); }

static int sync_fault(int fd) {
  if (kind() == SLOW && is_ours(fd)) usleep(1500000);
  return kind() == SYNC_IO && is_ours(fd);
}
int fsync(int fd) {
  REAL("fsync", syncer);
  return sync_fault(fd) ? refuse(EIO) : real(fd);
}
int fdatasync(int fd) {
  REAL("fdatasync", syncer);
  return sync_fault(fd) ? refuse(EIO) : real(fd);
}

int ftruncate64(int fd, off_t size) {
  REAL("ftruncate64", truncater);
  size_t less = 0;
  if (fault(fd, 0, &less) < 0 && kind() != FULL && kind() != QUOTA) return -1;
  return real(fd, size);
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int open64(const char *path, int flags, ...) {
  REAL("open64", opener);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (kind() == NO_FILES && strstr(path, "noc.db")) return refuse(EMFILE);
  return real(path, flags, mode);
}
