/* The dashboard's files, compiled in: nothing is read from disk to serve them. The table is made at
 * build by embed.sh. */
#ifndef SLIM_ASSETS_H
#define SLIM_ASSETS_H

#include <stddef.h>

struct slim_asset {
    const char *name;            /* "index.html", "app.js", "help/start" */
    const char *type;            /* content type, with its charset */
    size_t size;                 /* of its text */
    const unsigned char *packed; /* the text by gzip (RFC 1952) */
    size_t packed_size;
};

/* Ends with a NULL name. */
extern const struct slim_asset slim_assets[];

/* Names the content of all files together that the page asks for; it is part of their addresses, so
 * that each of them may be kept for ever. */
extern const char slim_assets_hash[];

/* NULL when there is none of exactly that name. */
const struct slim_asset *slim_asset_find(const char *name);

/* Writes asset->size bytes of text. 0: there is no memory for it. */
int slim_asset_unpack(const struct slim_asset *asset, unsigned char *text);

#endif
