/* An allocator whose memory is one piece, and copies of it and of all variables. */
#include "memory.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "outside.h"

static void *map(size_t bytes)
{
    void *got = (void *)syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);

    if (got == MAP_FAILED) {
        abort();
    }
    return got;
}

#if SIM_MEMORY_COMES_BACK

#define HEAP_BYTES ((size_t)4 << 30) /* of addresses; the kernel gives what of them is used */
#define UNIT 16u                     /* what malloc aligns to */
#define STEPS 4u                     /* sizes between a power of two and the next */
#define CLASSES (28u * STEPS)
#define SEGMENTS_MAX 4096
#define LARGE 1024u /* a free piece's bytes are no part of a copy */
#define BULK 32768u /* nor are those of pools of processes that are no more, but their heads */

/* Stands before each piece of memory. */
struct piece {
    struct piece *next; /* of those of its class that are free */
    uint16_t class, is_free;
    uint32_t head; /* what of it is copied; 0: all */
};

_Static_assert(sizeof(struct piece) == UNIT, "memory behind a piece is aligned");

/* At the heap's own begin, so that it comes back with it. */
struct heap {
    size_t used;
    struct piece *free[CLASSES];
};

static struct heap *heap;

/* --- sizes --- */

/* UNIT, then STEPS sizes for each doubling. */
static size_t size_of(unsigned class)
{
    size_t base = (size_t)UNIT * STEPS << class / STEPS;

    return base / STEPS * (STEPS + class % STEPS) - (size_t)UNIT * STEPS + UNIT;
}

static unsigned class_of(size_t size)
{
    size_t from = size + UNIT * STEPS - UNIT;

    if (size <= UNIT) {
        return 0;
    }
    unsigned doublings = 63u - (unsigned)__builtin_clzll(from / (UNIT * STEPS));
    unsigned class = doublings * STEPS;
    class += (unsigned)((from - (UNIT * STEPS << doublings)) / (UNIT << doublings));
    return class + (size_of(class) < size);
}

/* --- pieces --- */

static struct piece *piece_of(void *memory)
{
    return (struct piece *)((char *)memory - sizeof(struct piece));
}

static size_t extent_of(unsigned class)
{
    return sizeof(struct piece) + (size_of(class) + UNIT - 1) / UNIT * UNIT;
}

/* From the heap's end. */
static struct piece *cut(unsigned class)
{
    size_t at = heap->used;

    heap->used += extent_of(class);
    if (heap->used > HEAP_BYTES) {
        abort();
    }
    struct piece *piece = (struct piece *)((char *)heap + at);
    piece->class = (uint16_t) class;
    return piece;
}

static void *obtain(size_t size)
{
    unsigned class = class_of(size);

    if (!heap) {
        heap = map(HEAP_BYTES);
        madvise(heap, HEAP_BYTES, MADV_HUGEPAGE); /* fewer faults */
        heap->used = (sizeof *heap + UNIT - 1) / UNIT * UNIT;
    }
    if (class >= CLASSES) {
        errno = ENOMEM;
        return NULL;
    }
    struct piece *piece = heap->free[class];
    if (piece) {
        heap->free[class] = piece->next;
    } else {
        piece = cut(class);
    }
    piece->is_free = 0;
    piece->head = 0;
    return piece + 1;
}

SIM_OUTSIDE void *malloc(size_t size)
{
    return obtain(size);
}

SIM_OUTSIDE void free(void *memory)
{
    if (!memory) {
        return;
    }
    struct piece *piece = piece_of(memory);
    if (piece->is_free) {
        abort();
    }
    piece->is_free = 1;
    piece->next = heap->free[piece->class];
    heap->free[piece->class] = piece;
}

SIM_OUTSIDE void *calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *memory = obtain(bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

SIM_OUTSIDE size_t malloc_usable_size(void *memory)
{
    return memory ? size_of(piece_of(memory)->class) : 0;
}

SIM_OUTSIDE void *realloc(void *memory, size_t size)
{
    size_t room = malloc_usable_size(memory);

    if (memory && size <= room && size > room / 2) {
        return memory;
    }
    void *other = obtain(size);
    if (memory && other) {
        memcpy(other, memory, size < room ? size : room);
        free(memory);
    }
    return other;
}

/* Nothing here asks for more than malloc gives. */
SIM_OUTSIDE int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = alignment > UNIT ? NULL : obtain(size);
    return *memory ? 0 : ENOMEM;
}

SIM_OUTSIDE void *aligned_alloc(size_t alignment, size_t size)
{
    return alignment > UNIT ? NULL : obtain(size);
}

/* --- pages --- */

#define PAGE 4096u
#define MARK UINT64_C(0x7067615f6d697300)

/* Stands before the first page. */
struct pages {
    uint64_t mark;
    void *memory;
};

void *sim_memory_map(size_t bytes, int stays)
{
    char *memory = obtain(bytes + PAGE + sizeof(struct pages));
    char *first = memory + sizeof(struct pages);

    first += (PAGE - (uintptr_t)first % PAGE) % PAGE;
    if (!stays && bytes >= BULK) {
        piece_of(memory)->head = 2 * PAGE; /* with the begin of the first page */
    }
    ((struct pages *)(void *)first)[-1] = (struct pages){stays ? 0 : MARK, memory};
    return first;
}

int sim_memory_unmap(void *pages)
{
    char *from = (char *)heap, *first = pages;

    if (first < from || first >= from + HEAP_BYTES || (uintptr_t)first % PAGE != 0) {
        return 0;
    }
    struct pages *head = (struct pages *)pages - 1;
    if (head->mark != MARK) {
        return 0;
    }
    head->mark = 0;
    free(head->memory);
    return 1;
}

/* --- keeping, and putting back --- */

struct segment {
    char *at, *copy;
    size_t bytes;
};

/* Outside of all that is put back. */
struct kept {
    struct segment segment[SEGMENTS_MAX];
    unsigned count;
    size_t used;
    char room[64 << 20];
};

static struct kept *kept;

static void note(char *at, size_t bytes)
{
    struct segment *segment = &kept->segment[kept->count++];

    if (kept->count == SEGMENTS_MAX || bytes > sizeof kept->room - kept->used) {
        abort();
    }
    *segment = (struct segment){at, kept->room + kept->used, bytes};
    kept->used += bytes;
}

static void note_heap(void)
{
    size_t from = 0, at = (sizeof *heap + UNIT - 1) / UNIT * UNIT;

    while (at < heap->used) {
        const struct piece *piece = (const struct piece *)((char *)heap + at);
        size_t extent = extent_of(piece->class);
        size_t copied = piece->is_free ? 0 : piece->head > 0 ? piece->head : extent;
        if (extent > copied + LARGE) {
            note((char *)heap + from, at + sizeof *piece + copied - from);
            from = at + extent;
        }
        at += extent;
    }
    note((char *)heap + from, heap->used - from);
}

/* The linker's own variables are about what is loaded; its part that is read-only is no part. */
static int is_linkers(const struct dl_phdr_info *object)
{
    return strstr(object->dlpi_name, "/ld-") || strstr(object->dlpi_name, "vdso");
}

static int note_variables(struct dl_phdr_info *object, size_t size, void *baton)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), protected_end = 0;

    (void)size;
    (void)baton;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_GNU_RELRO) {
            protected_end = (object->dlpi_addr + part->p_vaddr + part->p_memsz) & ~(page - 1);
        }
    }
    for (int i = 0; i < object->dlpi_phnum && !is_linkers(object); i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t from = object->dlpi_addr + part->p_vaddr, to = from + part->p_memsz;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W)) {
            from = protected_end > from && protected_end <= to ? protected_end : from;
            note((char *)from, to - from);
        }
    }
    return 0;
}

void sim_memory_keep(void)
{
    kept = map(sizeof *kept);
    note_heap();
    dl_iterate_phdr(note_variables, NULL);
    for (unsigned i = 0; i < kept->count; i++) {
        memcpy(kept->segment[i].copy, kept->segment[i].at, kept->segment[i].bytes);
    }
}

void sim_memory_return(void)
{
    const struct kept *all = kept; /* while the variable itself is written */

    fflush(NULL);
    for (unsigned i = 0; i < all->count; i++) {
        memcpy(all->segment[i].at, all->segment[i].copy, all->segment[i].bytes);
    }
}

#else

void *sim_memory_map(size_t bytes, int stays)
{
    (void)stays;
    return map(bytes);
}

int sim_memory_unmap(void *pages)
{
    (void)pages;
    return 0;
}

void sim_memory_keep(void)
{
}

void sim_memory_return(void)
{
}

#endif
