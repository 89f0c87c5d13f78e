/* What a browser says about itself in Sec-CH-UA headers (https://wicg.github.io/ua-client-hints/):
 * the agent of a Chromium is the same for many browsers and systems, and stands still at Windows
 * 10, Mac OS X 10.15.7 and Android 10. */
#ifndef SLIM_CLIENT_HINT_H
#define SLIM_CLIENT_HINT_H

#include "agent_rules.h"

/* One of a list of brands: "Brave";v="131". Texts point into the list, without quotes. */
struct slim_brand {
    struct slim_text name;
    struct slim_text version;
};

/* The brand at *at, which moves on; 0 at the end, or where the list is malformed. */
int slim_brand_next(struct slim_text list, size_t *at, struct slim_brand *brand);

/* Names the browser where the agent names no more than the engine it is built on, and gives its
 * full version. */
void slim_client_hint_browser(const struct slim_hit *hit, struct slim_agent_name *browser);

/* Tells the version of the platform that the agent names; hints of another one are not believed. */
void slim_client_hint_platform(const struct slim_hit *hit, struct slim_agent_name *platform);

/* Whether the brands call it a browser without a window. */
int slim_client_hint_is_headless(const struct slim_hit *hit);

/* The family of a platform whose version is believed, by the name that hints have for it; NULL: it
 * is no such platform. */
const char *slim_client_hint_system(struct slim_text platform);

/* What stands between the quotes of a hint that is one string; empty: it is none. */
struct slim_text slim_client_hint_unquoted(struct slim_text text);

/* Whether hints can name a browser, or only its version, where its agent names by_agent; and
 * whether they can say which version a platform is. Families by the agent rules. */
int slim_client_hint_may_name(struct slim_text by_agent, struct slim_text browser);
int slim_client_hint_may_date(struct slim_text platform);

/* Whether there is any hint to look at. */
int slim_client_hint_is_there(const struct slim_hit *hit);

#endif
