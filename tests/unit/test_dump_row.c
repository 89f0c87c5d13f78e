/* Rows of an old table's dump. */
#include "unit.h"

#include "import/dump_row.h"
#include "noise.h"

/* All rows of a dump given whole, cells separated by |, rows by newlines. */
static const char *rows_of(const char *bytes, size_t length)
{
    const char *shown = "";
    struct slim_text column[DUMP_COLUMNS], row, text = {bytes, length};
    struct slim_dump dump;
    enum slim_dump_found found;
    size_t taken;

    slim_dump_begin(&dump, text);
    while ((found = slim_dump_next(&dump, text, 1, &taken, &row)) != DUMP_MORE) {
        if (found == DUMP_ROW) {
            char *scratch_copy = malloc(row.length + 1); /* seen by the sanitizer when too small */
            const char *wrong = slim_dump_cells(&dump, row, scratch_copy, column);
            for (int i = 0; i < DUMP_COLUMNS && !wrong; i++) {
                shown = apr_pstrcat(pool, shown, i ? "|" : "", string_of(column[i]), NULL);
            }
            shown = apr_pstrcat(pool, shown, wrong ? wrong : "", "\n", NULL);
            free(scratch_copy);
        } else if (found == DUMP_TOO_LONG) {
            shown = apr_pstrcat(pool, shown, "too long\n", NULL);
        }
        text.at += taken;
        text.length -= taken;
    }
    return shown;
}

#define ROW "(1,'en','at','r','d','s','/a',1,4,'3',9)"
#define SHOWN "1|en|at|r|d|s|/a|1|4|3|9\n"

static void rows_are_found(void **state)
{
    static const struct {
        const char *dump, *rows;
    } cases[] = {
        {"", ""},
        {"-- nothing\n", ""},
        {"INSERT INTO `wp_slim_stats` VALUES " ROW ";\n", SHOWN},
        {"INSERT INTO `wp_slim_stats` VALUES " ROW "," ROW ";\n", SHOWN SHOWN},
        {"INSERT INTO `wp_slim_stats` VALUES\n" ROW ",\n" ROW
         ";\nINSERT INTO slim_stats VALUES " ROW ";",
         SHOWN SHOWN SHOWN},
        {"/* x */\nINSERT INTO `other` VALUES (1),\n(2);\ninsert into `a`.`x_slim_stats` "
         "values" ROW,
         SHOWN},
        {"INSERT INTO wp_slim_stats (`id`, `dt`, `resource`) VALUES (7, 9, '/a');",
         "||||||/a||||9\n"},
        {"INSERT INTO wp_slim_stats VALUES "
         "(1,'a\\'b''c\\\\','\\n)',NULL,'','(','/\\Z',-1,34,\"q\",9);",
         "1|a'b'c\\|\n)|||(|/\x1a|-1|34|q|9\n"},
        {"INSERT INTO wp_slim_stats VALUES "
         "(1,_binary 'a\\0',0x6174,0x,0x4,0x4G,_utf8mb4 'x',-1,34,0x2f2A,9);",
         "1|a|at|0x|0x4|0x4G|x|-1|34|/*|9\n"}, /* string_of ends at a zero */
        {"1,en,at,r,d,s,\"/INSERT INTO `wp_slim_stats` VALUES (1)\",1,4,3,9\n", /* CSV */
         "1|en|at|r|d|s|/INSERT INTO `wp_slim_stats` VALUES (1)|1|4|3|9\n"},
        {"remote_ip,language,country,referer,domain,searchterms,resource,platform,browser,version,"
         "dt\n1,en,at,r,d,remote_ip,/remote_ip,1,4,3,9\n2,en,at,r,d,insert into,/a,1,4,3,9\n",
         "1|en|at|r|d|remote_ip|/remote_ip|1|4|3|9\n2|en|at|r|d|insert into|/a|1|4|3|9\n"},
        {"\"1\";\"en,us\";at;r;d;s;/a;1;4;3;9\n", "1|en,us|at|r|d|s|/a|1|4|3|9\n"},
        {"INSERT INTO wp_slim_stats VALUES (1,2);", "a row with too few columns\n"},
        {"INSERT INTO wp_slim_stats VALUES (1,2,3,4,5,6,7,8,9,10,11,12);",
         "a row with too many columns\n"},
        {"INSERT INTO wp_slim_stats VALUES (1,'never closed);\n", ""},
        {"1,en,at,r,d,s,/a,1,4,3,9\n", SHOWN},
        {"1;en;at;r;d;\"s;\"\"t\"\"\n\";/a;1;4;3;9\r\n", "1|en|at|r|d|s;\"t\"\n|/a|1|4|3|9\n"},
        {"dt,remote_ip,resource\n9,1.2.3.4,\"/a,b\"\n9,NULL,\\N",
         "1.2.3.4||||||/a,b||||9\n||||||||||9\n"},
        {"\"remote_ip\"\t\"dt\"\n1\t9\n\n", "1||||||||||9\n"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got = rows_of(cases[i].dump, strlen(cases[i].dump));
        if (strcmp(cases[i].rows, got) != 0) {
            fail_msg("%s\nexpected %s\ngot      %s", cases[i].dump, cases[i].rows, got);
        }
    }
}

static void too_long_a_row_is_told(void **state)
{
    static const char begin[] = "INSERT INTO wp_slim_stats VALUES (1,'", end[] = "');\n";
    static const char next[] = "INSERT INTO wp_slim_stats VALUES " ROW ";\n";
    char *dump = apr_pcalloc(pool, 300000);

    (void)state;
    memset(dump, 'x', 200000);
    memcpy(dump, begin, sizeof begin - 1);
    strcpy(dump + 200000, end);
    strcat(dump + 200000, next);
    assert_string_equal("too long\n" SHOWN, rows_of(dump, strlen(dump)));
}

static void bytes_of_any_kind_do_no_harm(void **state)
{
    static const char dump[] =
        "INSERT INTO wp_slim_stats (a,`b`) VALUES (1,'\\'\"'),(\"x\",NULL);\n";

    (void)state;
    noise_seed(3);
    for (int i = 0; i < 20000; i++) {
        size_t length = noise_below(sizeof dump);
        char *bytes = malloc(length + 1);
        memcpy(bytes, dump, length);
        for (int n = 0; n < 5; n++) {
            bytes[noise_below(length + 1)] = "'\"\\(),;\n\0I"[noise_below(10)];
        }
        assert_non_null(rows_of(bytes, length));
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(too_long_a_row_is_told),
        cmocka_unit_test(bytes_of_any_kind_do_no_harm),
    };

    return RUN_UNIT(tests);
}
