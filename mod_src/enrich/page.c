/* The page: without parameters that name none, then what SlimStatsPage makes of it. */
#include "page.h"

#include "resource.h"
#include "core/facts.h"
#include "value.h"

static struct slim_text page_of_file(const struct slim_page_maker *maker, char *out, size_t size)
{
    size_t length = slim_resource_page(maker->file, maker->rules->own, maker->list, out, size);

    return (struct slim_text){out, maker->file.length ? length : 0};
}

size_t slim_page_derive(const struct slim_page_maker *maker, struct slim_text resource, char *out,
                        size_t size, const char **rule)
{
    char file[SLIM_PAGE_MAX];
    const struct slim_page_place place = {resource, maker->sections,
                                          page_of_file(maker, file, sizeof file)};
    const struct slim_page_rule *made;
    size_t length = slim_resource_page(resource, maker->rules->own, maker->list, out, size);

    length = slim_page_rules_apply(maker->rules->pages, &place, out, length, size, &made);
    *rule = made ? made->text : NULL;
    return length;
}

size_t slim_page_named(const struct slim_page_maker *maker, struct slim_text name, char *out,
                       size_t size)
{
    struct slim_text address = slim_resource_derive(name);

    if (address.length > 0 && address.at[0] == '/') {
        return slim_resource_page(address, maker->rules->own, maker->list, out, size);
    }
    return slim_value_clean(name, "", out, size < SLIM_TERMS_MAX ? size : SLIM_TERMS_MAX);
}
