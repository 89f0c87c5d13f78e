/* Files of rules that anybody may have written: agents.yaml, robots.tsv, probes.tsv. What is taken
 * answers, and a file that is not is named. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "enrich/agent_rules.h"
#include "enrich/probe.h"
#include "enrich/robot.h"

static const struct slim_text subject = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0 aaaaaaaaaaaaaaaaaaaa",
    92};

static void read_agents(struct slim_list_file *file, struct slim_rule_lists *lists)
{
    struct slim_agent_rules *rules;
    struct slim_agent_name name;

    if (slim_agent_rules_read(file, 1, &rules, lists) != APR_SUCCESS) {
        CHECK(!file->only_good && file->fault && strstr(file->fault, file->path));
        return;
    }
    slim_rule_lists_build(lists);
    if (slim_agent_rules_browser(rules, subject, &name)) {
        CHECK(name.family[0] && name.place.line > 0);
    }
    (void)slim_agent_rules_platform(rules, subject, &name);
    (void)slim_agent_rules_is_spider(rules, subject, NULL);
}

static void read_robots(struct slim_list_file *file, struct slim_rule_lists *lists)
{
    struct slim_robots *robots;

    if (slim_robots_read_files(file, 1, &robots, lists) != APR_SUCCESS) {
        CHECK(!file->only_good && file->fault && strstr(file->fault, file->path));
        return;
    }
    slim_rule_lists_build(lists);
    CHECK(slim_robots_find(robots, subject) < SLIM_ROBOTS);
}

static void read_probes(struct slim_list_file *file, struct slim_rule_lists *lists)
{
    struct slim_probes *probes;
    struct slim_rule_place place;

    if (slim_probes_read_files(file, 1, &probes, lists) != APR_SUCCESS) {
        CHECK(!file->only_good && file->fault && strstr(file->fault, file->path));
        return;
    }
    slim_rule_lists_build(lists);
    if (slim_probes_tell(probes, subject, 404, &place)) {
        CHECK(place.line > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct slim_list_file *,
                                   struct slim_rule_lists *) = {read_agents, read_robots,
                                                                read_probes};
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t i = 0; i < 2 * (sizeof readers / sizeof readers[0]); i++) {
        struct slim_list_file file = {.path = path, .only_good = i % 2 == 1};
        apr_pool_t *pool;
        CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
        readers[i / 2](&file, slim_rule_lists_make(pool));
        apr_pool_destroy(pool);
    }
    close(fd);
    return 0;
}
