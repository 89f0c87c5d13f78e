/* The dashboard's files, compiled in: nothing is read from disk to serve them. The table is made at
 * build by embed.sh. */
#ifndef SLIM_ASSETS_H
#define SLIM_ASSETS_H

#include <stddef.h>

struct slim_asset {
    const char *name;            /* "index.html", "app.js" */
    const char *type;            /* content type, with its charset */
    const char *text;            /* without NUL bytes */
    const unsigned char *packed; /* the same by gzip (RFC 1952) */
    size_t packed_size;
};

/* Ends with a NULL name. */
extern const struct slim_asset slim_assets[];

/* Names the content of all files together; it is part of their addresses, so that each of them may
 * be kept for ever. */
extern const char slim_assets_hash[];

/* NULL when there is none of exactly that name. */
const struct slim_asset *slim_asset_find(const char *name);

#endif
