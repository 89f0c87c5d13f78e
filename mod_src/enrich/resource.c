/* The resource and the page it stands for. Pure; linear. */
#include "resource.h"

#include <string.h>

#include "core/url.h"

/* Parameters that say where a visitor came from, not what is shown. One with a trailing * is a
 * prefix. */
static const char *const tracking[] = {
    "utm_*",   "gclid",   "gclsrc",    "dclid",   "gbraid",      "wbraid",     "gad_source",
    "srsltid", "fbclid",  "igshid",    "igsh",    "msclkid",     "yclid",      "ysclid",
    "twclid",  "ttclid",  "li_fat_id", "mc_cid",  "mc_eid",      "_ga",        "_gl",
    "_hsenc",  "_hsmi",   "mkt_tok",   "vero_id", "oly_anon_id", "oly_enc_id", "wickedid",
    "epik",    "rdt_cid", "ScCid",     "s_kwcid", "mtm_*",       "pk_*",       "matomo_*",
    "piwik_*", "hsa_*",
};

struct slim_text slim_resource_derive(struct slim_text target)
{
    struct slim_url url;
    const char *hash = target.length ? memchr(target.at, '#', target.length) : NULL;

    if (hash) {
        target.length = (size_t)(hash - target.at);
    }
    if (target.length > 0 && target.at[0] != '/' && slim_url_split(target, &url)) {
        const char *from = url.authority.at + url.authority.length;
        size_t length = (size_t)(target.at + target.length - from);
        return length > 0 ? (struct slim_text){from, length} : (struct slim_text){"/", 1};
    }
    return target;
}

static int is_tracking(struct slim_text name)
{
    for (size_t i = 0; i < sizeof tracking / sizeof tracking[0]; i++) {
        size_t length = strlen(tracking[i]);
        if (tracking[i][length - 1] == '*'
                ? name.length >= length - 1 && memcmp(name.at, tracking[i], length - 1) == 0
                : name.length == length && memcmp(name.at, tracking[i], length) == 0) {
            return 1;
        }
    }
    return 0;
}

size_t slim_resource_page(struct slim_text resource, char *out)
{
    const char *mark = resource.length ? memchr(resource.at, '?', resource.length) : NULL;
    size_t used = mark ? (size_t)(mark - resource.at) : resource.length;

    if (used > 0) {
        memcpy(out, resource.at, used);
    }
    if (!mark) {
        return used;
    }
    struct slim_text query = {mark + 1, resource.length - used - 1}, name, value;
    char separator = '?';
    while (slim_url_next_parameter(&query, &name, &value)) {
        if (is_tracking(name)) {
            continue;
        }
        const char *end = value.at ? value.at + value.length : name.at + name.length;
        size_t length = (size_t)(end - name.at);
        out[used++] = separator;
        memcpy(out + used, name.at, length);
        used += length;
        separator = '&';
    }
    return used;
}
