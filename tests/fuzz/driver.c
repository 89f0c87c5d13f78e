/* Runs a fuzz target over its seeds, and over damaged copies of them that are always the same. */
#include "fuzz.h"

#include <dirent.h>
#include <unistd.h>

#define SEED_MAX 20000
#define DAMAGED 500 /* copies of each seed */

static uint64_t state = 88172645463325252u;

static size_t below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

static size_t damage(uint8_t *bytes, size_t size)
{
    for (size_t n = 1 + below(4); n > 0 && size > 0; n--) {
        size_t at = below(size);
        switch (below(4)) {
        case 0: bytes[at] = (uint8_t)below(256); break;
        case 1: bytes[at] ^= (uint8_t)(1u << below(8)); break;
        case 2: size = at; break;
        default: memmove(bytes + at, bytes + below(at + 1), size - at); break;
        }
    }
    return size;
}

/* Each input in memory of its own length, so that a sanitizer sees the byte behind it. */
static void try(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    CHECK(exact);
    memcpy(exact, bytes, size);
    CHECK(LLVMFuzzerTestOneInput(exact, size) == 0);
    free(exact);
}

static void run_seed(const char *path)
{
    uint8_t bytes[SEED_MAX], copy[SEED_MAX];
    FILE *file = fopen(path, "re");

    CHECK(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    try(bytes, size);
    for (int i = 0; i < DAMAGED; i++) {
        memcpy(copy, bytes, size);
        try(copy, damage(copy, size));
    }
}

int main(void)
{
    static const char directory[] = "tests/fuzz/seeds/" SLIM_FUZZ_NAME;
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort), seeds = 0;
    uint8_t noise[SEED_MAX];
    char path[512];

    alarm(600);
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
            run_seed(path);
            seeds++;
        }
        free(entries[i]);
    }
    CHECK(seeds > 0);
    free(entries);
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (uint8_t)below(256);
    }
    for (size_t size = 0; size < sizeof noise; size += 1 + size / 4) {
        try(noise, size);
    }
    fprintf(stderr, "[       OK ] fuzz_%s: %d seeds\n", SLIM_FUZZ_NAME, seeds);
    return 0;
}
