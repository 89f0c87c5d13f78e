/* Writes small MaxMind DB files (https://maxmind.github.io/MaxMind-DB/): entries first, then the
 * networks that have them, then the file. */
#ifndef SLIM_MMDB_WRITER_H
#define SLIM_MMDB_WRITER_H

#include "unit.h"

#include "core/address.h"

#define MMDB_NODES 4096
#define MMDB_DATA 16384

enum mmdb_type {
    MMDB_TEXT = 2,
    MMDB_DOUBLE = 3,
    MMDB_U16 = 5,
    MMDB_U32 = 6,
    MMDB_MAP = 7,
    MMDB_I32 = 8,
    MMDB_U64 = 9,
    MMDB_ARRAY = 11
};

struct mmdb_writer {
    unsigned ip_version;
    uint32_t node[MMDB_NODES][2]; /* 0 nothing, MMDB_ENTRY and an offset, or a node */
    uint32_t nodes;
    uint8_t data[MMDB_DATA];
    size_t used;
};

#define MMDB_ENTRY 0x80000000u

static inline struct mmdb_writer *mmdb_make(unsigned ip_version)
{
    struct mmdb_writer *w = apr_pcalloc(pool, sizeof *w);

    w->ip_version = ip_version;
    w->nodes = 1;
    return w;
}

static inline void mmdb_bytes(struct mmdb_writer *w, const void *bytes, size_t length)
{
    assert_true(length <= sizeof w->data - w->used);
    memcpy(w->data + w->used, bytes, length);
    w->used += length;
}

/* A value's head; what it holds follows. */
static inline void mmdb_head(struct mmdb_writer *w, enum mmdb_type type, size_t size)
{
    uint8_t head[4] = {(uint8_t)(type <= 7 ? type << 5 : 0), 0, 0, 0};
    size_t length = 1;

    if (type > 7) {
        head[length++] = (uint8_t)(type - 7);
    }
    if (size < 29) {
        head[0] = (uint8_t)(head[0] | size);
    } else if (size < 285) {
        head[0] |= 29;
        head[length++] = (uint8_t)(size - 29);
    } else {
        head[0] |= 30;
        head[length++] = (uint8_t)((size - 285) >> 8);
        head[length++] = (uint8_t)((size - 285) & 0xff);
    }
    mmdb_bytes(w, head, length);
}

static inline void mmdb_text(struct mmdb_writer *w, const char *text)
{
    mmdb_head(w, MMDB_TEXT, strlen(text));
    mmdb_bytes(w, text, strlen(text));
}

static inline void mmdb_number(struct mmdb_writer *w, enum mmdb_type type, uint64_t number)
{
    uint8_t bytes[8];
    size_t length = 0;

    for (int shift = 56; shift >= 0; shift -= 8) {
        if (length > 0 || number >> shift & 0xff) {
            bytes[length++] = (uint8_t)(number >> shift & 0xff);
        }
    }
    mmdb_head(w, type, length);
    mmdb_bytes(w, bytes, length);
}

/* A value written as JSON has it: maps, arrays, texts without escapes, and numbers (uint32). Spaces
 * are not expected. */
static inline const char *mmdb_json(struct mmdb_writer *w, const char *at)
{
    static char text[4096];
    int depth = 0, items = 0;

    if (*at == '"') {
        size_t length = strcspn(at + 1, "\"");
        assert_true(length < sizeof text);
        memcpy(text, at + 1, length);
        text[length] = '\0';
        mmdb_text(w, text);
        return at + length + 2;
    }
    if (*at >= '0' && *at <= '9') {
        char *end;
        mmdb_number(w, MMDB_U32, strtoull(at, &end, 10));
        return end;
    }
    assert_true(*at == '{' || *at == '[');
    char close = *at == '{' ? '}' : ']';
    items = at[1] != close;
    for (const char *c = at, *quote = NULL; *c; c++) {
        quote = *c == '"' ? (quote ? NULL : c) : quote;
        depth += quote ? 0 : *c == '{' || *c == '[' ? 1 : *c == '}' || *c == ']' ? -1 : 0;
        items += !quote && depth == 1 && *c == ',';
        if (depth == 0) {
            break;
        }
    }
    mmdb_head(w, close == '}' ? MMDB_MAP : MMDB_ARRAY, (size_t)items);
    for (at++; *at != close; at += *at == ',' || *at == ':') {
        assert_true(*at != '\0');
        at = mmdb_json(w, at);
    }
    return at + 1;
}

/* Gives a network the entry at an offset of data. */
static inline void mmdb_network(struct mmdb_writer *w, const char *address, unsigned bits,
                                size_t entry)
{
    uint8_t bytes[16], length;
    uint32_t node = 0;

    assert_true(slim_address_parse(address, bytes, &length));
    if (length == 4 && w->ip_version == 6) {
        memmove(bytes + 12, bytes, 4);
        memset(bytes, 0, 12);
        bits += 96;
    }
    for (unsigned i = 0; i < bits; i++) {
        uint32_t *record = &w->node[node][bytes[i / 8] >> (7 - i % 8) & 1];
        if (i == bits - 1) {
            *record = MMDB_ENTRY | (uint32_t)entry;
        } else if (*record == 0) {
            assert_true(w->nodes < MMDB_NODES);
            *record = w->nodes++;
        }
        node = *record;
    }
}

/* Gives it a value that is written as JSON. */
static inline void mmdb_put(struct mmdb_writer *w, const char *address, unsigned bits,
                            const char *json)
{
    size_t entry = w->used;

    assert_true(*mmdb_json(w, json) == '\0');
    mmdb_network(w, address, bits, entry);
}

static inline size_t mmdb_tree(const struct mmdb_writer *w, uint8_t *out)
{
    size_t used = 0;

    for (uint32_t i = 0; i < w->nodes; i++) {
        for (int side = 0; side < 2; side++) {
            uint32_t record = w->node[i][side];
            uint32_t value = record == 0           ? w->nodes
                             : record & MMDB_ENTRY ? w->nodes + 16 + (record & ~MMDB_ENTRY)
                                                   : record;
            out[used++] = (uint8_t)(value >> 16 & 0xff);
            out[used++] = (uint8_t)(value >> 8 & 0xff);
            out[used++] = (uint8_t)(value & 0xff);
        }
    }
    return used;
}

/* The file's bytes, in pool. */
static inline uint8_t *mmdb_finish(struct mmdb_writer *w, size_t *length)
{
    static const char mark[] = "\xab\xcd\xefMaxMind.com";
    uint8_t *out = apr_pcalloc(pool, (size_t)w->nodes * 6 + 16 + MMDB_DATA);
    size_t used = mmdb_tree(w, out) + 16;

    mmdb_bytes(w, mark, sizeof mark - 1);
    mmdb_head(w, MMDB_MAP, 9);
    mmdb_text(w, "node_count");
    mmdb_number(w, MMDB_U32, w->nodes);
    mmdb_text(w, "record_size");
    mmdb_number(w, MMDB_U16, 24);
    mmdb_text(w, "ip_version");
    mmdb_number(w, MMDB_U16, w->ip_version);
    mmdb_text(w, "database_type");
    mmdb_text(w, "Test");
    mmdb_text(w, "languages");
    mmdb_json(w, "[\"en\"]");
    mmdb_text(w, "binary_format_major_version");
    mmdb_number(w, MMDB_U16, 2);
    mmdb_text(w, "binary_format_minor_version");
    mmdb_number(w, MMDB_U16, 0);
    mmdb_text(w, "build_epoch");
    mmdb_number(w, MMDB_U64, 1700000000);
    mmdb_text(w, "description");
    mmdb_json(w, "{\"en\":\"test\"}");
    memcpy(out + used, w->data, w->used);
    *length = used + w->used;
    return out;
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
