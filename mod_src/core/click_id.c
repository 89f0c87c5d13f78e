/* The table of click ids. */
#include "click_id.h"

#include <string.h>

/* Facebook and Instagram mark every link that leaves them, Yandex every result of its search: these
 * say where a click came from, and nothing of a campaign. */
static const struct slim_click_id table[] = {
    {"gclid", "Google Ads", SLIM_CHANNEL_CAMPAIGN},
    {"gbraid", "Google Ads", SLIM_CHANNEL_CAMPAIGN},
    {"wbraid", "Google Ads", SLIM_CHANNEL_CAMPAIGN},
    {"dclid", "Google Ads", SLIM_CHANNEL_CAMPAIGN},
    {"msclkid", "Microsoft Ads", SLIM_CHANNEL_CAMPAIGN},
    {"ttclid", "TikTok", SLIM_CHANNEL_CAMPAIGN},
    {"twclid", "X", SLIM_CHANNEL_CAMPAIGN},
    {"li_fat_id", "LinkedIn", SLIM_CHANNEL_CAMPAIGN},
    {"yclid", "Yandex", SLIM_CHANNEL_CAMPAIGN},
    {"rdt_cid", "Reddit", SLIM_CHANNEL_CAMPAIGN},
    {"epik", "Pinterest", SLIM_CHANNEL_CAMPAIGN},
    {"ScCid", "Snapchat", SLIM_CHANNEL_CAMPAIGN},
    {"fbclid", "Facebook", SLIM_CHANNEL_SOCIAL},
    {"igshid", "Instagram", SLIM_CHANNEL_SOCIAL},
    {"igsh", "Instagram", SLIM_CHANNEL_SOCIAL},
    {"ysclid", "Yandex", SLIM_CHANNEL_SEARCH},
};

const struct slim_click_id *slim_click_id_find(struct slim_text name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (name.length == strlen(table[i].name)
            && memcmp(name.at, table[i].name, name.length) == 0) {
            return &table[i];
        }
    }
    return NULL;
}
