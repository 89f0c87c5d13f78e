/* Finds a file of the dashboard by its name, and unpacks it for those who do not take gzip. */
#include "assets.h"

#include <string.h>
#define ZLIB_CONST /* what it reads is const */
#include <zlib.h>

#define GZIP_ALONE (16 + MAX_WBITS) /* as zlib's inflateInit2 has it */

const struct slim_asset *slim_asset_find(const char *name)
{
    for (const struct slim_asset *asset = slim_assets; asset->name; asset++) {
        if (strcmp(asset->name, name) == 0) {
            return asset;
        }
    }
    return NULL;
}

int slim_asset_unpack(const struct slim_asset *asset, unsigned char *text)
{
    z_stream stream = {0};

    if (inflateInit2(&stream, GZIP_ALONE) != Z_OK) {
        return 0;
    }
    stream.next_in = asset->packed;
    stream.avail_in = (uInt)asset->packed_size;
    stream.next_out = text;
    stream.avail_out = (uInt)asset->size;
    int done = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    return done;
}
