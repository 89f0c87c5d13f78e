/* SlimStatsPage: which addresses of a site are one page. Pure, but for the machine code of
 * patterns, which is made when one is first used: rules are of one thread. */
#ifndef SLIM_PAGE_RULE_H
#define SLIM_PAGE_RULE_H

#include <apr_tables.h>

#include "hit.h"
#include "status_code.h"

enum slim_page_rule_kind {
    SLIM_PAGE_NONE,  /* forgets the rules before it */
    SLIM_PAGE_FILE,  /* /a/ is /a/home.php, if that is the file that httpd found for it */
    SLIM_PAGE_INDEX, /* /a/index.html is /a/ */
    SLIM_PAGE_SLASH, /* /a/ is /a */
    SLIM_PAGE_LOWER, /* /A is /a */
    SLIM_PAGE_MAP    /* what fits a pattern is one page */
};

struct slim_page_pattern;

struct slim_page_rule {
    const char *section; /* as of an exclusion: "", "/path", "<Directory /x>" */
    const char *text;    /* "index", "index=home.html", "map /shop/[0-9]+ /shop/..." */
    enum slim_page_rule_kind kind;
    uint32_t section_id; /* of a section that no address tells; 0: one does */
    const char *page;    /* of an index its name, NULL: the usual ones; of a pattern its page */
    struct slim_page_pattern *pattern;
};

/* What is told of the hit whose page is made. */
struct slim_page_place {
    struct slim_text resource; /* path and query, as sent */
    struct slim_text sections; /* the ids of sections that hold for it, as SLIM_PAGE_SECTIONS */
    struct slim_text file;     /* the page of the file that was served; empty: not known */
};

#define SLIM_PAGE_RULE_MAX 512 /* bytes of a pattern, and of a page */
#define SLIM_PAGE_SECTIONS_MAX 8

/* Reads "SECTION<TAB>RULE"; texts point into a copy in pool, where patterns are freed with it.
 * SLIM_EBADSETTING: it is not understood, and *why says so, in pool; NULL: nothing closer. */
apr_status_t slim_page_rule_parse(const char *text, struct slim_page_rule *rule, const char **why,
                                  apr_pool_t *pool) SLIM_MUST_CHECK;

/* The id of a section that no address tells; never 0. */
uint32_t slim_page_section_id(const char *section);

/* Makes a page (length bytes of page, which has room for size) the one it is equal to, by rules
 * (struct slim_page_rule, in the order of the configuration; NULL: none). First the words of all
 * sections that hold, file before index before slash before lower, then their patterns in their
 * order, each on what the one before made. A pattern has to fit the whole path, or path and query
 * if it has \? in it. Words leave the query alone. Cut at size. Returns the length; *made: the last
 * rule that changed it, NULL: none. */
size_t slim_page_rules_apply(const apr_array_header_t *rules, const struct slim_page_place *place,
                             char *page, size_t length, size_t size,
                             const struct slim_page_rule **made);

/* Whether two lists are the same. */
int slim_page_rules_are_equal(const apr_array_header_t *a, const apr_array_header_t *b);

#endif
