/* What is known of addresses: paths and names that tell a kind, and parameters that no page is
 * named by. Filled from files like conf/paths.tsv, conf/names.tsv and conf/parameters.txt, whose
 * heads describe them, and from directives. */
#ifndef SLIM_PAGE_LIST_H
#define SLIM_PAGE_LIST_H

#include "hit.h"
#include "list_file.h"

struct slim_page_list;

/* Where an entry stands; file NULL: in a directive. */
struct slim_listed {
    int kind; /* enum slim_kind */
    const char *file;
    unsigned line;
};

struct slim_page_list *slim_page_list_make(apr_pool_t *pool);

/* Adds the lines of a file; what was added earlier comes first. errno's value or SLIM_EBADRULES,
 * and the file's fault says where. */
apr_status_t slim_page_list_add_paths(struct slim_page_list *list, struct slim_list_file *file,
                                      apr_pool_t *pool) SLIM_MUST_CHECK;
apr_status_t slim_page_list_add_names(struct slim_page_list *list, struct slim_list_file *file,
                                      apr_pool_t *pool) SLIM_MUST_CHECK;
apr_status_t slim_page_list_add_parameters(struct slim_page_list *list, struct slim_list_file *file,
                                           apr_pool_t *pool) SLIM_MUST_CHECK;

/* Adds one pattern as a directive has it: ".log" is the end of a name, "?feed=rss2" a parameter,
 * all else a path. NULL, or what is wrong. text is kept. */
const char *slim_page_list_add_kind(struct slim_page_list *list, const char *kind,
                                    const char *pattern, apr_pool_t *pool);
const char *slim_page_list_add_parameter(struct slim_page_list *list, const char *name,
                                         apr_pool_t *pool);

/* The first entry that fits, NULL: none does. resource: path and query; extension: as in a name,
 * without its dot. list may be NULL. */
const struct slim_listed *slim_page_list_path(const struct slim_page_list *list,
                                              struct slim_text resource);
const struct slim_listed *slim_page_list_name(const struct slim_page_list *list,
                                              struct slim_text extension);
/* Whether a parameter of the query is none that a page is named by; in_path: of a path's segment,
 * as in "/a;jsessionid=1". */
int slim_page_list_drops(const struct slim_page_list *list, struct slim_text name, int in_path);

#endif
