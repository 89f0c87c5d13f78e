/* User agents and client hints: within bounds, the same when asked again; and addresses. */
#include "fuzz.h"

#include "core/address.h"
#include "enrich/agent.h"
#include "enrich/hint_text.h"

static struct slim_agents *read_agents(void)
{
    static struct slim_agents *agents;
    char reason[256];
    int changed;

    if (!agents) {
        agents = slim_agents_make("/usr/share/uap-core/regexes.yaml", "conf", fuzz_pool());
        CHECK(slim_agents_refresh(agents, &changed, reason, sizeof reason) == APR_SUCCESS);
    }
    return agents;
}

static void check_address(const uint8_t *data, size_t size)
{
    char text[SLIM_ADDRESS_SIZE], again[SLIM_ADDRESS_SIZE];
    uint8_t address[16], length;

    if (size >= sizeof text) {
        return;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    if (slim_address_parse(text, address, &length)) {
        CHECK(length == 4 || length == 16);
        slim_address_format(address, length, text);
        CHECK(slim_address_parse(text, address, &length));
        slim_address_format(address, length, again);
        CHECK(strcmp(text, again) == 0);
    }
}

/* Named by what is kept of its hints it has the same names. */
static void check_kept(struct slim_text agent, const struct slim_client *client)
{
    char kept[SLIM_HINT_TEXT_MAX];
    struct slim_client first = *client;
    struct slim_hit hit = {0};

    if (client->hints.length > 0) {
        memcpy(kept, client->hints.at, client->hints.length);
    }
    hit.field[SLIM_AGENT] = agent;
    slim_hint_text_put((struct slim_text){kept, client->hints.length}, &hit);
    const struct slim_client *again = slim_agents_derive(read_agents(), &hit);
    CHECK(fuzz_is_same(again->hints, first.hints));
    CHECK(fuzz_is_same(again->browser, first.browser));
    CHECK(fuzz_is_same(again->version_full, first.version_full));
    CHECK(fuzz_is_same(again->platform_version, first.platform_version));
    CHECK(again->robot == first.robot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_text text = fuzz_text(data, size);
    const char *line = size ? memchr(data, '\n', size) : NULL;
    struct slim_hit hit = {0};
    struct slim_agent_explanation explained;

    check_address(data, size);
    hit.field[SLIM_AGENT] = text;
    if (line) { /* what stands behind the first line are hints */
        hit.field[SLIM_AGENT].length = (size_t)(line - text.at);
        struct slim_text hints = {line + 1, size - hit.field[SLIM_AGENT].length - 1};
        hit.field[SLIM_CH_UA] = hit.field[SLIM_CH_VERSIONS] = hints;
        hit.field[SLIM_CH_PLATFORM] = hit.field[SLIM_CH_PLATFORM_VERSION] = hints;
    }
    struct slim_client client = *slim_agents_derive(read_agents(), &hit);
    CHECK(client.robot < SLIM_ROBOTS);
    CHECK(client.hints.length <= SLIM_HINT_TEXT_MAX);
    check_kept(hit.field[SLIM_AGENT], &client);
    CHECK(client.version.length == 0 || client.browser.length > 0);
    slim_agents_explain(read_agents(), &hit, &explained);
    CHECK(explained.client->robot == client.robot);
    CHECK(fuzz_is_same(explained.client->browser, client.browser));
    CHECK(fuzz_is_same(explained.client->platform, client.platform));
    return 0;
}
