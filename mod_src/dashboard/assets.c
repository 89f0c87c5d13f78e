/* Finds a file of the dashboard by its name. */
#include "assets.h"

#include <string.h>

const struct slim_asset *slim_asset_find(const char *name)
{
    for (const struct slim_asset *asset = slim_assets; asset->name; asset++) {
        if (strcmp(asset->name, name) == 0) {
            return asset;
        }
    }
    return NULL;
}
