/* Lists of agents: chosen, read, or taken as they were when the program was built. */
#include "agent_lists.h"

#include "core/crc32c.h"

/* What is read in one go: which files, those of rules first, then of robots and of probes. */
struct trial {
    struct slim_list_file files[SLIM_AGENT_FILES];
    int which[SLIM_AGENT_FILES];
    int rules, robots, probes; /* how many */
    int count;
};

static void choose(const struct slim_kept_list *list, struct trial *t)
{
    t->rules = slim_kept_lists_choose(list, SLIM_OWN_AGENTS, SLIM_UAP_AGENTS, t->files, t->which);
    t->count = t->rules;
    t->robots = slim_kept_lists_choose(list, SLIM_OWN_ROBOTS, SLIM_OUR_ROBOTS, t->files + t->count,
                                       t->which + t->count);
    t->count += t->robots;
    t->probes = slim_kept_lists_choose(list, SLIM_OWN_PROBES, SLIM_OUR_PROBES, t->files + t->count,
                                       t->which + t->count);
    t->count += t->probes;
}

static struct slim_image_file describe(const struct slim_list_file *file)
{
    return (struct slim_image_file){(uint32_t)file->length,
                                    slim_crc32c(0, file->bytes, file->length)};
}

/* Whether the program was built with just these files. */
static int is_in_image(const struct trial *t)
{
    const struct slim_agents_image *image = &slim_agents_image;
    int same = t->count > 0 && t->count == image->agents.files + image->probes.files;

    for (int i = 0; same && i < t->count; i++) {
        struct slim_image_file file = describe(&t->files[i]);
        same = !t->files[i].is_own && file.length == image->file[i].length
               && file.sum == image->file[i].sum;
    }
    return same;
}

static void take_image(const struct trial *t, struct slim_agent_lists *made, apr_pool_t *pool)
{
    const char *path[SLIM_AGENT_FILES];

    for (int i = 0; i < t->count; i++) {
        path[i] = t->files[i].path;
    }
    made->agents = slim_rule_lists_of_image(&slim_agents_image.agents, path, pool);
    made->rules = slim_agent_rules_make(made->agents);
    made->robots = slim_robots_make(made->agents);
    made->probe_lists = slim_rule_lists_of_image(&slim_agents_image.probes,
                                                 path + slim_agents_image.agents.files, pool);
    made->probes = slim_probes_make(made->probe_lists);
}

static apr_status_t read_files(struct trial *t, struct slim_agent_lists *made, apr_pool_t *pool)
{
    struct slim_rule_lists *agents = slim_rule_lists_make(pool),
                           *probes = slim_rule_lists_make(pool);
    struct slim_list_file *file = t->files;
    apr_status_t rv = slim_agent_rules_read(file, t->rules, &made->rules, agents);

    made->agents = agents;
    made->probe_lists = probes;
    if (rv == APR_SUCCESS) {
        rv = slim_robots_read_files(file + t->rules, t->robots, &made->robots, agents);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_probes_read_files(file + t->rules + t->robots, t->probes, &made->probes, probes);
    }
    if (slim_rule_lists_lacked_memory(agents) || slim_rule_lists_lacked_memory(probes)) {
        rv = APR_ENOMEM;
    }
    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(agents);
        slim_rule_lists_build(probes);
    }
    return rv;
}

apr_status_t slim_agent_lists_read(struct slim_kept_list *list, struct slim_agent_lists *made,
                                   apr_pool_t **pool, apr_pool_t *parent)
{
    struct trial trial;
    apr_status_t rv;

    for (;;) {
        rv = apr_pool_create(pool, parent);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        choose(list, &trial);
        if (is_in_image(&trial)) {
            take_image(&trial, made, *pool);
            return APR_SUCCESS;
        }
        rv = read_files(&trial, made, *pool);
        if (rv == APR_SUCCESS) {
            return APR_SUCCESS;
        }
        int again = slim_kept_lists_refuse(list, trial.files, trial.which, trial.count, rv);
        apr_pool_destroy(*pool);
        if (!again) {
            return rv;
        }
    }
}

int slim_agent_lists_are_image(const struct slim_kept_list *list)
{
    struct trial trial;

    choose(list, &trial);
    return is_in_image(&trial);
}

void slim_agent_lists_image(const struct slim_agent_lists *lists, const struct slim_kept_list *list,
                            struct slim_agents_image *image)
{
    struct trial trial;

    *image = (struct slim_agents_image){0};
    choose(list, &trial);
    if (!lists->rules || trial.count > SLIM_IMAGE_FILES) {
        return;
    }
    slim_rule_lists_image(lists->agents, &image->agents);
    slim_rule_lists_image(lists->probe_lists, &image->probes);
    for (int i = 0; i < trial.count; i++) {
        image->file[i] = describe(&trial.files[i]);
    }
    if (image->agents.files != trial.rules + trial.robots || image->probes.files != trial.probes) {
        *image = (struct slim_agents_image){0}; /* one has no rule: rules would get its path */
    }
}
