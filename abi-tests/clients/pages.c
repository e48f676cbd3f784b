/* A library to be preloaded that imitates a kernel of pages of 64 KiB: it tells their size, gives mappings at multiples of
   it, and refuses addresses and offsets that are none, as mmap(2) and its kin do there. What the C library maps for itself
   is not seen. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 0x10000ul
#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

static int is_unaligned(uintptr_t number) { return number % PAGE != 0; }
static size_t whole(size_t bytes) { return (bytes + PAGE - 1) & -PAGE; }
static int refuse(void) { return errno = EINVAL, -1; }

long sysconf(int name) { return name == _SC_PAGESIZE ? (long)PAGE : NEXT(sysconf)(name); }
int getpagesize(void) { return PAGE; }
unsigned long getauxval(unsigned long type) { return type == AT_PAGESZ ? PAGE : NEXT(getauxval)(type); }

/* Maps a page more than wanted and gives back what is before and behind. */
static void *map_aligned(size_t bytes) {
    char *start = NEXT(mmap)(NULL, bytes + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return start;
    char *aligned = (char *)whole((uintptr_t)start);
    if (aligned > start) NEXT(munmap)(start, (size_t)(aligned - start));
    NEXT(munmap)(aligned + bytes, (size_t)(start + PAGE - aligned));
    return aligned;
}

void *mmap(void *hint, size_t bytes, int protection, int flags, int file, off_t offset) {
    int is_placed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    if (is_unaligned((uintptr_t)offset) || (is_placed && is_unaligned((uintptr_t)hint))) return refuse(), MAP_FAILED;
    if (bytes == 0) return refuse(), MAP_FAILED;
    if (is_placed) return NEXT(mmap)(hint, whole(bytes), protection, flags, file, offset);
    void *place = map_aligned(whole(bytes));
    if (place == MAP_FAILED) return place;
    void *mapped = NEXT(mmap)(place, whole(bytes), protection, flags | MAP_FIXED, file, offset);
    if (mapped == MAP_FAILED) {
        int why = errno;
        NEXT(munmap)(place, whole(bytes));
        errno = why;
    }
    return mapped;
}

void *mmap64(void *hint, size_t bytes, int protection, int flags, int file, off_t offset) {
    return mmap(hint, bytes, protection, flags, file, offset);
}

int munmap(void *start, size_t bytes) {
    return is_unaligned((uintptr_t)start) ? refuse() : NEXT(munmap)(start, whole(bytes));
}

int mprotect(void *start, size_t bytes, int protection) {
    return is_unaligned((uintptr_t)start) ? refuse() : NEXT(mprotect)(start, whole(bytes), protection);
}

int madvise(void *start, size_t bytes, int advice) {
    return is_unaligned((uintptr_t)start) ? refuse() : NEXT(madvise)(start, whole(bytes), advice);
}
