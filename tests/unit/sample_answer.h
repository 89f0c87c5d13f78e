/* An answer of a made-up report, and bytes that renderers stumble over. */
#ifndef SLIM_SAMPLE_ANSWER_H
#define SLIM_SAMPLE_ANSWER_H

#include "unit.h"

#include "noise.h"
#include "report/render.h"

static const struct slim_report report = {.name = "sample",
                                          .summary = "texts and numbers",
                                          .column = {{"name", SLIM_TEXT},
                                                     {"hits", SLIM_COUNT},
                                                     {"bytes", SLIM_BYTES},
                                                     {"code", SLIM_NUMBER},
                                                     {"last", SLIM_SECONDS},
                                                     {"hit", SLIM_ID}},
                                          .sort = "hits"};

static struct slim_query query;

/* An answer whose rows hold the texts, and numbers made of their place. */
static inline struct slim_answer answer_of(const struct slim_text *texts, int rows)
{
    struct slim_answer answer = {.query = &query, .columns = 6, .rows_total = (uint64_t)rows};

    slim_query_init(&query, &report, 1769853600);
    answer.since = query.since;
    answer.rows = apr_array_make(pool, rows, sizeof(struct slim_cell *));
    for (int i = 0; i < rows; i++) {
        struct slim_cell *cells = apr_pcalloc(pool, 6 * sizeof *cells);
        cells[0] = (struct slim_cell){.is_text = 1, .text = texts[i].at, .length = texts[i].length};
        cells[1].number = 1234567 + i;
        cells[2].number = 10240;
        cells[3].number = 404;
        cells[4].number = 1610943705;
        cells[5].number = INT64_MAX;
        APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = cells;
        answer.total[1] += cells[1].number;
        answer.total[2] += cells[2].number;
    }
    return answer;
}

static inline const char *render(const char *format, const struct slim_answer *answer)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_format_find(format)->render(answer, &out);
    assert_int_equal(strlen(out.at), out.length);
    return out.at;
}

static inline const char *render_text(const char *format, const char *text)
{
    struct slim_text one = text_of(text);
    struct slim_answer answer = answer_of(&one, 1);

    return render(format, &answer);
}

static inline size_t nasty_bytes(char *bytes, size_t size)
{
    static const char *const parts[] = {"=",
                                        "+",
                                        "-",
                                        "@",
                                        "\xef\xbc\x9d",
                                        "\xef\xbc\x8b",
                                        "\xef\xbc\x8d",
                                        "\xef\xbc\xa0",
                                        "\t",
                                        "\r\n",
                                        ",",
                                        "\"",
                                        "'",
                                        " ",
                                        "<",
                                        ">",
                                        "&",
                                        "\xe2\x80\xa8",
                                        "\xe2\x80\xa9",
                                        "\xe2\x80\xae",
                                        "\xff",
                                        "\\",
                                        "x",
                                        "|cmd",
                                        "\xe4\xb8\xad",
                                        "\xcc\x88",
                                        "</script>",
                                        ";"};
    size_t length = 0;

    for (size_t n = noise_below(12); n > 0; n--) {
        const char *part = parts[noise_below(LENGTH_OF(parts))];
        if (length + strlen(part) <= size) {
            memcpy(bytes + length, part, strlen(part));
            length += strlen(part);
        }
    }
    return length;
}

#endif
