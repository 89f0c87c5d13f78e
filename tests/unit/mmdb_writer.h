/* Small MaxMind DB files, made by tests/mmdb.pl: networks that have entries, then the file. */
#ifndef SLIM_MMDB_WRITER_H
#define SLIM_MMDB_WRITER_H

#include "unit.h"

#include <apr_hash.h>

struct mmdb_writer {
    unsigned ip_version;
    const char *networks; /* as the program wants them */
};

struct mmdb_made {
    char *bytes;
    size_t length;
};

static inline struct mmdb_writer *mmdb_make(unsigned ip_version)
{
    struct mmdb_writer *w = apr_pcalloc(pool, sizeof *w);

    w->ip_version = ip_version;
    w->networks = "";
    return w;
}

/* Gives a network bytes, which need not be an entry. */
static inline void mmdb_put_bytes(struct mmdb_writer *w, const char *address, unsigned bits,
                                  const void *bytes, size_t length)
{
    char *digits = apr_palloc(pool, 2 * length + 1);

    for (size_t i = 0; i < length; i++) {
        snprintf(digits + 2 * i, 3, "%02x", ((const uint8_t *)bytes)[i]);
    }
    w->networks = apr_psprintf(pool, "%s%s[\"%s/%u\",\"hex:%s\"]", w->networks,
                               *w->networks ? "," : "", address, bits, digits);
}

/* Gives a network an entry: JSON, as that program has it, or, when it does not begin with {, the
 * entry's bytes. */
static inline void mmdb_put(struct mmdb_writer *w, const char *address, unsigned bits,
                            const char *entry)
{
    if (*entry != '{') {
        mmdb_put_bytes(w, address, bits, entry, strlen(entry));
        return;
    }
    w->networks = apr_psprintf(pool, "%s%s[\"%s/%u\",%s]", w->networks, *w->networks ? "," : "",
                               address, bits, entry);
}

/* Begins the program, which then makes a file for each line that it is given. */
static inline void mmdb_begin(FILE **ask, FILE **answer)
{
    int to[2], from[2];

    assert_int_equal(0, pipe2(to, O_CLOEXEC));
    assert_int_equal(0, pipe2(from, O_CLOEXEC));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execlp("perl", "perl", "tests/mmdb.pl", (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *ask = fdopen(to[1], "we");
    *answer = fdopen(from[0], "re");
}

static inline void mmdb_run(const char *spec, const char *path)
{
    static FILE *ask, *answer; /* the program ends when these do */
    char line[16] = "";

    if (!ask) {
        mmdb_begin(&ask, &answer);
    }
    fprintf(ask, "%s %s\n", spec, path);
    fflush(ask);
    assert_non_null(fgets(line, sizeof line, answer));
    assert_string_equal("made\n", line);
}

/* The file's bytes, in pool. The program is slow to begin: what it made once is kept. */
static inline uint8_t *mmdb_finish(struct mmdb_writer *w, size_t *length)
{
    static apr_hash_t *made_before;
    const char *spec =
        apr_psprintf(pool, "{\"ip_version\":%u,\"record_size\":24,\"networks\":[%s]}",
                     w->ip_version, w->networks);
    const char *spec_path = scratch_path("mmdb.spec"), *path = scratch_path("mmdb.made");

    made_before = made_before ? made_before : apr_hash_make(pool);
    struct mmdb_made *made = apr_hash_get(made_before, spec, APR_HASH_KEY_STRING);
    if (!made) {
        made = apr_palloc(pool, sizeof *made);
        put_file(spec_path, spec, strlen(spec));
        mmdb_run(spec_path, path);
        made->bytes = get_file(path, &made->length);
        apr_hash_set(made_before, spec, APR_HASH_KEY_STRING, made);
    }
    *length = made->length;
    return apr_pmemdup(pool, made->bytes, made->length);
}

/* Puts the file in its place as those who update one do: whole, and another file than before. */
static inline void mmdb_install(struct mmdb_writer *w, const char *path)
{
    size_t length;
    uint8_t *bytes = mmdb_finish(w, &length);
    const char *new_path = apr_pstrcat(pool, path, ".new", NULL);

    put_file(new_path, bytes, length);
    assert_int_equal(0, rename(new_path, path));
}

/* --- damage --- */

/* libmaxminddb 1.7 forgets a list when it refuses a file for what that says about itself. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb";
}

/* Changes bytes, cuts, or repeats a piece elsewhere; returns the new length. */
static inline size_t mmdb_damage(uint8_t *bytes, size_t length, unsigned short seed[3])
{
    for (long n = nrand48(seed) % 6; n >= 0 && length > 0; n--) {
        size_t at = (size_t)nrand48(seed) % length, from = (size_t)nrand48(seed) % length;
        size_t piece = (size_t)nrand48(seed) % 16;

        switch (nrand48(seed) % 8) {
        case 0: length = at; break;
        case 1:
            piece = piece < length - at ? piece : length - at;
            piece = piece < length - from ? piece : length - from;
            memmove(bytes + at, bytes + from, piece);
            break;
        case 2: bytes[at] = (uint8_t)(nrand48(seed) % 2 ? 0xff : 0); break;
        case 3: bytes[at] = (uint8_t)(nrand48(seed) & 0xff); break;
        default: bytes[at] ^= (uint8_t)(1u << nrand48(seed) % 8); break;
        }
    }
    return length;
}

#endif
