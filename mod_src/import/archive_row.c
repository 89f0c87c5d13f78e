/* Lines of an archive: cells, and what they say. */
#include "archive_row.h"

#include <string.h>

#include "archive_value.h"
#include "core/ascii.h"
#include "core/text.h"
#include "log_value.h"
#include "store/columns.h"

/* --- columns --- */

enum visitor_column { VISITOR_HASH, VISITOR_LAST };
enum title_column { TITLE_SITE, TITLE_PAGE, TITLE_TIME, TITLE_NAME };
enum log_column {
    LOG_HEAD,
    LOG_HEAD_LENGTH,
    LOG_TAIL,
    LOG_TAIL_LENGTH,
    LOG_POSITION,
    LOG_LINES,
    LOG_REJECTED,
    LOG_FIRST,
    LOG_LAST,
    LOG_NAME
};

enum note_column { NOTE_KIND, NOTE_AT, NOTE_UNTIL, NOTE_SITE, NOTE_TEXT, NOTE_TIMES, NOTE_HITS };

enum total_column {
    TOTAL_DIMENSION,
    TOTAL_BUCKET,
    TOTAL_SITE,
    TOTAL_ROBOT,
    TOTAL_MEASURES,
    TOTAL_VISITORS = TOTAL_MEASURES + SLIM_MEASURES,
    TOTAL_TEXTS
};

/* clang-format off */
#define HIT_COLUMNS_OF(X)                                                                          \
    X(second) X(visitor) X(site) X(method) X(resource) X(page) X(address_page) X(referer)          \
    X(domain) X(referer_page) X(source) X(channel) X(searchterms) X(campaign) X(medium) X(term)    \
    X(content) X(address) X(country) X(region) X(city) X(network) X(network_name) X(language)      \
    X(agent) X(hints) X(browser) X(version) X(version_full) X(platform) X(platform_version)        \
    X(robot) X(kind) X(status) X(protocol) X(bytes) X(duration_us) X(tls) X(flags) X(marks)        \
    X(evidence) X(server) X(operator) X(purpose)
/* clang-format on */

#define AS_CONSTANT(name) HIT_##name,
#define AS_NAME(name) #name,

enum hit_column { HIT_COLUMNS_OF(AS_CONSTANT) HIT_COLUMNS };

#define COLUMNS_MAX HIT_COLUMNS

static const struct {
    const char *name;
    const char *columns[COLUMNS_MAX + 1];
} sorts[SLIM_ARCHIVE_SORTS] = {
    [SLIM_ARCHIVE_VISITOR] = {"visitor", {"hash", "last"}},
    [SLIM_ARCHIVE_TITLE] = {"title", {"site", "page", "time_us", "name"}},
    [SLIM_ARCHIVE_LOG] = {"log",
                          {"head", "head_length", "tail", "tail_length", "position", "lines",
                           "rejected", "first", "last", "name"}},
    [SLIM_ARCHIVE_NOTE] = {"note", {"kind", "at", "until", "site", "text", "times", "hits"}},
    [SLIM_ARCHIVE_GONE] = {"gone", {"second"}},
    [SLIM_ARCHIVE_TOTAL] = {"total", {"dimension", "bucket", "site",    "robot",    "hits",
                                      "pageviews", "errors", "bytes",   "visits",   "bounces",
                                      "duration",  "fresh",  "unshown", "visitors", "key1",
                                      "key2",      "key3",   "key4",    "key5",     "key6",
                                      "key7",      "key8",   "key9",    "key10",    "key11"}},
    [SLIM_ARCHIVE_HIT] = {"hit", {HIT_COLUMNS_OF(AS_NAME)}},
};

static int sort_of(struct slim_text name)
{
    for (int i = 0; i < SLIM_ARCHIVE_SORTS; i++) {
        if (slim_text_is(name, sorts[i].name)) {
            return i;
        }
    }
    return -1;
}

static int column_of(int sort, struct slim_text name)
{
    for (int i = 0; sorts[sort].columns[i]; i++) {
        if (slim_text_is(name, sorts[sort].columns[i])) {
            return i;
        }
    }
    return -1;
}

/* --- cells --- */

/* Takes what stands before the next separator, or all of it; 0: nothing is left. */
static int next_part(struct slim_text *text, char separator, struct slim_text *part)
{
    if (!text->at) {
        return 0;
    }
    const char *stop = text->length ? memchr(text->at, separator, text->length) : NULL;
    *part = (struct slim_text){text->at, stop ? (size_t)(stop - text->at) : text->length};
    text->length -= part->length + (stop != NULL);
    text->at = stop ? stop + 1 : NULL;
    return 1;
}

static struct slim_text without_return(struct slim_text line)
{
    line.length -= line.length > 0 && line.at[line.length - 1] == '\r';
    return line;
}

int slim_archive_is(struct slim_text head)
{
    size_t length = sizeof SLIM_ARCHIVE_MARK - 1;

    return head.length > length && memcmp(head.at, SLIM_ARCHIVE_MARK, length) == 0
           && strchr("\t\r\n", head.at[length]);
}

static void name_columns(struct slim_archive *archive, struct slim_text line)
{
    struct slim_text cell;
    int sort = -1;

    if (next_part(&line, '\t', &cell) && cell.length > 0) {
        sort = sort_of((struct slim_text){cell.at + 1, cell.length - 1});
    }
    if (sort < 0) {
        return;
    }
    int *cells = &archive->cells[sort];
    for (*cells = 0; *cells < SLIM_ARCHIVE_CELLS_MAX && next_part(&line, '\t', &cell);) {
        archive->column[sort][(*cells)++] = column_of(sort, cell);
    }
}

const char *slim_archive_begin(struct slim_archive *archive, struct slim_text head)
{
    struct slim_text line;

    memset(archive, 0, sizeof *archive);
    while (next_part(&head, '\n', &line) && line.length > 0 && *line.at == '#') {
        name_columns(archive, without_return(line));
    }
    return archive->cells[SLIM_ARCHIVE_HIT] > 0 ? NULL : "its first lines name no columns of hits";
}

/* The cells by their columns. */
static const char *read_cells(const struct slim_archive *archive, struct slim_text line,
                              char *scratch, int sort, struct slim_text column[COLUMNS_MAX])
{
    struct slim_text cell;
    int cells = 0;

    while (next_part(&line, '\t', &cell)) {
        if (cells == archive->cells[sort]) {
            return "a line with too many cells";
        }
        int at = archive->column[sort][cells++];
        if (at >= 0) {
            column[at] = (struct slim_text){scratch, slim_log_value_unescape(cell, scratch)};
            scratch += column[at].length;
        }
    }
    return cells < archive->cells[sort] ? "a line with too few cells" : NULL;
}

/* --- hits --- */

struct numbers {
    int64_t second, channel, network, robot, kind, status, protocol, bytes, duration_us, flags,
        marks, evidence, purpose;
};

static const char *read_numbers(const struct slim_text *column, struct numbers *numbers)
{
    const struct {
        enum hit_column column;
        int64_t *number;
        uint64_t most;
    } all[] = {
        {HIT_second, &numbers->second, SLIM_TIME_MAX / 1000000},
        {HIT_channel, &numbers->channel, SLIM_CHANNELS - 1},
        {HIT_network, &numbers->network, UINT32_MAX},
        {HIT_robot, &numbers->robot, SLIM_ROBOTS - 1},
        {HIT_kind, &numbers->kind, SLIM_KINDS - 1},
        {HIT_status, &numbers->status, UINT16_MAX},
        {HIT_protocol, &numbers->protocol, UINT16_MAX},
        {HIT_bytes, &numbers->bytes, INT64_MAX},
        {HIT_duration_us, &numbers->duration_us, INT64_MAX},
        {HIT_flags, &numbers->flags, SLIM_ROW_FLAGS_ARCHIVED},
        {HIT_marks, &numbers->marks, UINT32_MAX},
        {HIT_evidence, &numbers->evidence, UINT32_MAX},
        {HIT_purpose, &numbers->purpose, SLIM_ROBOT_PURPOSES - 1},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!slim_archive_number(column[all[i].column], all[i].most, all[i].number)) {
            return "an impossible number";
        }
    }
    return column[HIT_second].length > 0 ? NULL : "a hit without its second";
}

static void make_client(const struct slim_text *column, const struct numbers *numbers,
                        struct slim_client *client)
{
    *client = (struct slim_client){
        .browser = column[HIT_browser],
        .version = column[HIT_version],
        .version_full = column[HIT_version_full],
        .platform = column[HIT_platform],
        .platform_version = column[HIT_platform_version],
        .hints = column[HIT_hints],
        .robot =
            numbers->robot == SLIM_ROBOT_OWN ? SLIM_ROBOT_NONE : (enum slim_robot)numbers->robot,
        .operator= column[HIT_operator],
        .purpose = (enum slim_robot_purpose)numbers->purpose,
    };
}

static void make_facts(const struct slim_text *column, const struct numbers *numbers,
                       struct slim_facts *facts)
{
    facts->kind = (enum slim_kind)numbers->kind;
    facts->evidence = (uint32_t)numbers->evidence;
    facts->resource = column[HIT_resource];
    facts->page = column[HIT_page];
    facts->address_page = column[HIT_address_page];
    facts->page_rule = NULL;
    facts->title = (struct slim_text){NULL, 0};
    facts->region = column[HIT_region];
    facts->city = column[HIT_city];
    facts->network = (uint32_t)numbers->network;
    facts->network_name = column[HIT_network_name];
    facts->referer = column[HIT_referer];
    facts->domain = column[HIT_domain];
    facts->source = column[HIT_source];
    facts->channel = (enum slim_channel)numbers->channel;
    facts->referer_is_own = numbers->flags >> SLIM_ROW_OWN_REFERER & 1;
    facts->referer_page = column[HIT_referer_page];
    facts->terms = column[HIT_searchterms];
    facts->terms_are_local = numbers->flags >> SLIM_ROW_LOCAL_TERMS & 1;
    facts->campaign = (struct slim_campaign){column[HIT_campaign], column[HIT_medium],
                                             column[HIT_term], column[HIT_content]};
    facts->server = column[HIT_server];
    facts->marks = (unsigned)numbers->marks;
    facts->is_imported = numbers->flags >> SLIM_ROW_IMPORTED & 1;
    facts->archive = 0;
}

static const char *read_strings(const struct slim_text *column, struct slim_hit *hit,
                                struct slim_facts *facts)
{
    if (!slim_archive_hash(column[HIT_visitor], &facts->visitor)) {
        return "a visitor that is none";
    }
    if (column[HIT_address].length > 0
        && !slim_log_value_address(column[HIT_address], hit->address, &hit->address_length)) {
        return "an address that is none";
    }
    if (!slim_archive_string(column[HIT_language], facts->language, sizeof facts->language)
        || !slim_archive_string(column[HIT_country], facts->country, sizeof facts->country)
        || !slim_archive_string(column[HIT_tls], facts->tls, sizeof facts->tls)) {
        return "a language, country or version of TLS that is none";
    }
    return NULL;
}

static const char *read_hit(const struct slim_text *column, struct slim_archive_record *record)
{
    struct numbers numbers;
    struct slim_hit *hit = &record->hit;
    const char *wrong = read_numbers(column, &numbers);

    memset(hit, 0, sizeof *hit);
    if (wrong || (wrong = read_strings(column, hit, &record->facts))) {
        return wrong;
    }
    hit->time_us = numbers.second * 1000000;
    hit->duration_us = (uint64_t)numbers.duration_us;
    hit->bytes = (uint64_t)numbers.bytes;
    hit->flags = (uint32_t)numbers.flags & SLIM_HIT_FLAGS_KEPT;
    hit->flags |= numbers.flags >> SLIM_ROW_OWN & 1 ? SLIM_HIT_OWN : 0;
    hit->status = (uint16_t)numbers.status;
    hit->protocol = (uint16_t)numbers.protocol;
    hit->field[SLIM_SITE] = column[HIT_site];
    hit->field[SLIM_METHOD] = column[HIT_method];
    hit->field[SLIM_AGENT] = column[HIT_agent];
    make_client(column, &numbers, &record->client);
    make_facts(column, &numbers, &record->facts);
    record->facts.client = &record->client;
    return NULL;
}

/* --- the others --- */

static const char *read_visitor(const struct slim_text *column, struct slim_archive_record *record)
{
    return slim_archive_hash(column[VISITOR_HASH], &record->visitor) && record->visitor
                   && slim_archive_number(column[VISITOR_LAST], SLIM_TIME_MAX / 1000000,
                                          &record->last_s)
               ? NULL
               : "a visitor that is none";
}

static const char *read_title(const struct slim_text *column, struct slim_archive_record *record)
{
    record->site = column[TITLE_SITE];
    record->page = column[TITLE_PAGE];
    record->title = column[TITLE_NAME];
    return record->title.length > 0 && record->title.length <= SLIM_TERMS_MAX
                   && slim_archive_number(column[TITLE_TIME], SLIM_TIME_MAX, &record->time_us)
               ? NULL
               : "a title that is none";
}

static const char *read_log(const struct slim_text *column, struct slim_archive_record *record)
{
    struct slim_store_import *import = &record->import;
    int64_t head_length, tail_length, position, lines, rejected;

    memset(import, 0, sizeof *import);
    if (column[LOG_HEAD].length != 2 * sizeof import->head
        || column[LOG_TAIL].length != 2 * sizeof import->tail
        || !slim_hex_read(column[LOG_HEAD].at, sizeof import->head, import->head)
        || !slim_hex_read(column[LOG_TAIL].at, sizeof import->tail, import->tail)
        || !slim_archive_number(column[LOG_HEAD_LENGTH], INT64_MAX, &head_length)
        || !slim_archive_number(column[LOG_TAIL_LENGTH], INT64_MAX, &tail_length)
        || !slim_archive_number(column[LOG_POSITION], INT64_MAX, &position)
        || !slim_archive_number(column[LOG_LINES], INT64_MAX, &lines)
        || !slim_archive_number(column[LOG_REJECTED], INT64_MAX, &rejected)
        || !slim_archive_number(column[LOG_FIRST], SLIM_TIME_MAX / 1000000, &import->first_s)
        || !slim_archive_number(column[LOG_LAST], SLIM_TIME_MAX / 1000000, &import->last_s)) {
        return "a log that is none";
    }
    struct slim_text name = column[LOG_NAME];
    name.length = name.length < sizeof record->name ? name.length : sizeof record->name - 1;
    (void)slim_archive_string(name, record->name, sizeof record->name);
    import->name = record->name;
    import->head_length = (uint64_t)head_length;
    import->tail_length = (uint64_t)tail_length;
    import->offset = (uint64_t)position;
    import->lines = (uint64_t)lines;
    import->rejected = (uint64_t)rejected;
    return NULL;
}

static const char *read_note(const struct slim_text *column, struct slim_archive_record *record)
{
    struct slim_note *note = &record->note;
    int kind = slim_note_kind_find(column[NOTE_KIND]);
    int64_t times, hits;

    *note = (struct slim_note){.site = column[NOTE_SITE], .text = column[NOTE_TEXT]};
    if (kind < 0 || !slim_archive_number(column[NOTE_AT], SLIM_TIME_MAX / 1000000, &note->at_s)
        || !slim_archive_number(column[NOTE_UNTIL], SLIM_TIME_MAX / 1000000, &note->until_s)
        || !slim_archive_number(column[NOTE_TIMES], INT64_MAX, &times)
        || !slim_archive_number(column[NOTE_HITS], INT64_MAX, &hits)) {
        return "a note that is none";
    }
    note->kind = (enum slim_note_kind)kind;
    note->times = (uint64_t)times;
    note->hits = (uint64_t)hits;
    return slim_note_is_good(note) ? NULL : "a note that is none";
}

static const char *read_gone(const struct slim_text *column, struct slim_archive_record *record)
{
    return slim_archive_number(column[0], SLIM_TIME_MAX / 1000000, &record->gone_s)
               ? NULL
               : "an impossible number";
}

static const char *read_total(const struct slim_text *column, struct slim_archive_record *record)
{
    struct slim_store_total *total = &record->total;
    int good = slim_archive_number(column[TOTAL_DIMENSION], INT32_MAX, &total->dimension)
               && slim_archive_number(column[TOTAL_BUCKET], INT32_MAX, &total->bucket)
               && slim_archive_number(column[TOTAL_ROBOT], SLIM_ROBOTS - 1, &total->robot)
               && slim_archive_bytes(column[TOTAL_VISITORS], &total->visitors);

    for (int i = 0; good && i < SLIM_MEASURES; i++) {
        good = slim_archive_number(column[TOTAL_MEASURES + i], INT64_MAX, &total->measure[i]);
    }
    total->site = column[TOTAL_SITE];
    memcpy(total->text, column + TOTAL_TEXTS, sizeof total->text);
    return good ? NULL : "an impossible number";
}

const char *slim_archive_read(const struct slim_archive *archive, struct slim_text line,
                              char *scratch, struct slim_archive_record *record)
{
    static const char *(*const read[SLIM_ARCHIVE_SORTS])(const struct slim_text *,
                                                         struct slim_archive_record *) = {
        [SLIM_ARCHIVE_VISITOR] = read_visitor, [SLIM_ARCHIVE_TITLE] = read_title,
        [SLIM_ARCHIVE_LOG] = read_log,         [SLIM_ARCHIVE_NOTE] = read_note,
        [SLIM_ARCHIVE_GONE] = read_gone,       [SLIM_ARCHIVE_TOTAL] = read_total,
        [SLIM_ARCHIVE_HIT] = read_hit,
    };
    struct slim_text column[COLUMNS_MAX] = {{NULL, 0}}, name;

    line = without_return(line);
    int sort = next_part(&line, '\t', &name) ? sort_of(name) : -1;
    if (sort < 0) {
        return "a line of a sort that is not known";
    }
    const char *wrong = read_cells(archive, line, scratch, sort, column);
    record->sort = (enum slim_archive_sort)sort;
    return wrong ? wrong : read[sort](column, record);
}
