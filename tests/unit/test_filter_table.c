/* The table of filters, the files of SQL they are made of, and those that speak of them. */
#include "unit.h"

#include <dirent.h>

#include "query/filter_table.h"

static int has_file(const char *folder, const char *name)
{
    return access(apr_pstrcat(pool, "sql/sqlite/", folder, "/", name, ".sql", NULL), F_OK) == 0;
}

static void every_filter_has_its_file(void **state)
{
    int filters = 0;

    (void)state;
    for (const struct slim_filter_type *f = slim_filter_types; f->name; f++) {
        int of_visit = slim_filter_is_of_visits(f);
        if (has_file("visit_filter", f->name) != of_visit
            || has_file("filter", f->name) == of_visit) {
            fail_msg("%s has no file of SQL, or in the wrong folder", f->name);
        }
        assert_ptr_equal(f, slim_filter_type_find(f->name, strlen(f->name)));
        filters++;
    }
    assert_true(filters > 20);
    assert_null(slim_filter_type_find("pages", 5));
    assert_null(slim_filter_type_find("pag", 3));
    assert_null(slim_filter_type_find("", 0));
}

static int count_files(const char *path)
{
    DIR *folder = opendir(path);
    int files = 0;

    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const char *dot = strchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".sql") != 0) {
            continue;
        }
        if (!slim_filter_type_find(entry->d_name, (size_t)(dot - entry->d_name))) {
            fail_msg("%s/%s is of no filter", path, entry->d_name);
        }
        files++;
    }
    closedir(folder);
    return files;
}

static void every_file_is_of_a_filter(void **state)
{
    (void)state;
    assert_true(count_files("sql/sqlite/filter") > 0);
    assert_true(count_files("sql/sqlite/visit_filter") > 0);
}

/* The words of a text up to its first full stop that are names; whatever is in brackets is not. */
static int count_names(char *text)
{
    char *state;
    int names = 0;

    *strchr(text, '.') = '\0';
    for (char *word = apr_strtok(text, " \n", &state); word;
         word = apr_strtok(NULL, " \n", &state)) {
        names += slim_filter_type_find(word, strlen(word)) != NULL;
    }
    return names;
}

static void the_manual_names_them(void **state)
{
    static const char begin[] = "Dimensions: ";
    size_t size;
    char *manual = get_file("mod_src/cli/slimstats.1", &size);
    char *list = strstr(manual, begin);
    int filters = 0;

    (void)state;
    assert_non_null(list);
    list = apr_pstrdup(pool, list + sizeof begin - 1);
    for (const struct slim_filter_type *f = slim_filter_types; f->name; f++) {
        filters++;
    }
    assert_int_equal(filters, count_names(list));
}

/* What stands behind mark in the page's scripts, each time: a name in quotes. */
static int count_named_after(const char *mark, const char *path)
{
    size_t size;
    const char *at = get_file(path, &size);
    int named = 0;

    while ((at = strstr(at, mark)) != NULL) {
        at += strlen(mark);
        size_t length = strcspn(at, "\"");
        if (!slim_filter_type_find(at, length)) {
            fail_msg("%s: %.*s is no filter", path, (int)length, at);
        }
        named++;
    }
    return named;
}

static void the_page_filters_by_no_other(void **state)
{
    static const char *const marks[] = {"dimension: \"", "toggleFilter(\"", "filterOn(\""};
    DIR *folder = opendir("mod_src/dashboard");
    int named = 0;

    (void)state;
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const char *dot = strrchr(entry->d_name, '.');
        for (size_t i = 0; dot && strcmp(dot, ".js") == 0 && i < LENGTH_OF(marks); i++) {
            named += count_named_after(marks[i], apr_pstrcat(pool, "mod_src/dashboard/",
                                                             entry->d_name, NULL));
        }
    }
    closedir(folder);
    assert_true(named > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter_has_its_file),
        cmocka_unit_test(every_file_is_of_a_filter),
        cmocka_unit_test(the_manual_names_them),
        cmocka_unit_test(the_page_filters_by_no_other),
    };

    return RUN_UNIT(tests);
}
