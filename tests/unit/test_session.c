/* Hits are divided into visits as the definitions say, whatever the order in which they come, and
 * whether old ones are still at hand or not. */
#include "unit.h"

#include <apr_hash.h>
#include <apr_tables.h>

#include "core/session.h"
#include "noise.h"

#define TIMEOUT 1800
#define HITS_MAX 400
#define DAY INT64_C(1769817600)

/* Pages and resources are numbers here, and their order is that of the texts. */
static int by_number(void *baton, enum slim_session_text text, int64_t a, int64_t b)
{
    (void)baton;
    (void)text;
    return (a > b) - (a < b);
}

static const struct slim_session_rules rules = {TIMEOUT, by_number, NULL};

struct script {
    const char *name;
    const char *hits; /* "v 0:05 A" view, p: post, f: prefetch, d: download, s: search, a: asset (r:
                         rendered ahead), b: any other; then the page, after < the page it came
                         from, after @ the one that its address is, if it is named otherwise */
    const char *visits; /* of those that count or not: began-ended, page views, hits, entry>exit */
};

static const struct script scripts[] = {
    {"a POST before all else is no page view", "p 0:00 A, v 0:20 A", "0:20:00-0:20:00 1/2 A>A"},
    {"POSTs go on", "v 0:00 A, p 0:25 B, p 0:50 B, v 1:15 C", "0:00:00-1:15:00 4/4 A>C"},
    {"POSTs alone are nobody", "p 0:00 A, p 0:25 A, v 0:40 B", "0:40:00-0:40:00 1/2 B>B rest 1"},
    {"downloads are acts, counted once", "d 0:00 E, d 0:25 E, d 0:50 E, v 0:55 A",
     "0:00:00-0:55:00 1/4 A>A at 0:55:00 downloads 1"},
    {"a prefetch stands where it was shown", "v 0:00 A, f 0:05 B, a 0:34 x <B",
     "0:00:00-0:00:00 1/1 A>A; 0:34:00-0:34:00 1/2 B>B"},
    {"a prefetch is shown", "v 0:00:00 A, f 0:05:00 B, a 0:05:01 x <B", "0:00:00-0:05:01 2/3 A>B"},
    {"the newest prefetch is shown", "v 0:00 A, f 0:01 B, f 0:02 B, f 0:03:00 B, a 0:03:02 x <B",
     "0:00:00-0:03:02 2/5 A>B"},
    {"prefetches of prefetches are not shown", "v 0:00 A, f 0:01 B <A, f 0:02 C <B",
     "0:00:00-0:00:00 1/3 A>A"},
    {"a prefetch that is shown shows another", "v 0:00 A, f 0:01 B <A, f 0:02 C <B, a 0:03 x <C",
     "0:00:00-0:03:00 3/4 A>C"},
    {"what is rendered ahead has its pictures with it", "v 0:00 A, f 0:01 B <A, r 0:01 x <B",
     "0:00:00-0:00:00 1/3 A>A"},
    {"a page that fetches itself ahead is shown once",
     "v 0:00 A, f 0:01 B <A, f 0:02 B <B, v 0:03 C <B", "0:00:00-0:03:00 3/4 A>C"},
    {"what was asked for in earnest is not shown once more",
     "v 0:00 A, f 0:01 B, v 0:02 B, a 0:03 x <B", "0:00:00-0:02:00 2/4 A>B"},
    {"a prefetch is shown by its address", "v 0:00 A, f 0:05 N @B, a 0:05:01 x <B",
     "0:00:00-0:05:01 2/3 A>N"},
    {"a prefetch is not shown by its name", "v 0:00 A, f 0:05 B @C, a 0:06 x <B",
     "0:00:00-0:00:00 1/3 A>A"},
    {"what has the name of another takes nothing from it",
     "v 0:00 A, f 0:05 B, v 0:06:00 B @C, a 0:07 x <B", "0:00:00-0:07:00 3/4 A>B"},
    {"past midnight", "v 23:59:00 A, f 23:59:58 B, a 24:00:03 x <B", "23:59:00-24:00:03 2/3 A>B"},
    {"a visit is counted where its first page view is", "d 23:50 E, v 24:05 A",
     "23:50:00-24:05:00 1/2 A>A at 24:05:00 downloads 1"},
    {"what lies between belongs to it", "v 0:00 A, v 0:20 B, a 0:05 x", "0:00:00-0:20:00 2/3 A>B"},
    {"what fails makes no visit of its own", "v 0:00 A, b 0:05 N", "0:00:00-0:00:00 1/2 A>A"},
    {"nobody", "b 0:05 N, a 0:06 x", "rest 2"},
    {"what comes after belongs to what was before", "v 0:15 A, v 1:10 B, a 0:50 x",
     "0:15:00-0:15:00 1/1 A>A; 1:10:00-1:10:00 1/2 B>B"},
    {"a late act takes it over", "v 0:15 A, v 1:10 B, a 0:50 x, v 0:30 C",
     "0:15:00-0:30:00 2/3 A>C; 1:10:00-1:10:00 1/1 B>B"},
    {"searches count once a visit", "s 0:00 A, s 0:01 A, s 0:40 A",
     "0:00:00-0:01:00 0/2 -; 0:40:00-0:40:00 0/1 - searches 2"},
    {"within a second the referer comes first", "v 0:00:00 B <Z, v 0:00:00 Z",
     "0:00:00-0:00:00 2/2 Z>B"},
    {"within a second pages go by their names", "v 0:00:00 C, v 0:00:00 A, v 0:00:00 B",
     "0:00:00-0:00:00 3/3 A>C"},
    {"the limit itself is no longer gap", "v 0:00:00 A, v 0:30:00 B, v 1:00:01 C",
     "0:00:00-0:30:00 2/2 A>B; 1:00:01-1:00:01 1/1 C>C"},
};

/* --- reading a script --- */

static unsigned role_of(char letter)
{
    static const char letters[] = "vpfdsarb";
    static const unsigned roles[] = {SLIM_ROLE_VIEW,     SLIM_ROLE_POSTED,
                                     SLIM_ROLE_PREFETCH, SLIM_ROLE_DOWNLOAD,
                                     SLIM_ROLE_SEARCH,   SLIM_ROLE_ASSET,
                                     SLIM_ROLE_ASSET,    0};

    return roles[strchr(letters, letter) - letters];
}

static int64_t second_of(const char *text)
{
    int hour = 0, minute = 0, second = 0;

    sscanf(text, "%d:%d:%d", &hour, &minute, &second);
    return DAY + hour * 3600 + minute * 60 + second;
}

static size_t read_script(const char *text, struct slim_session_hit *hits)
{
    char *copy = apr_pstrdup(pool, text), *last = NULL;
    size_t count = 0;

    for (char *one = strtok_r(copy, ",", &last); one; one = strtok_r(NULL, ",", &last)) {
        char role, page, at[16], from = 0;
        const char *address = strchr(one, '@');
        struct slim_session_hit *hit = &hits[count];
        memset(hit, 0, sizeof *hit);
        assert_true(sscanf(one, " %c %15s %c <%c", &role, at, &page, &from) >= 3);
        hit->id = (second_of(at) << SLIM_HIT_SECOND_SHIFT) + (int64_t)count;
        hit->roles = role_of(role);
        hit->resource = hit->origin.page = page;
        hit->at = address ? address[1] : page;
        hit->origin.searchterms = page;
        hit->from = from;
        hit->proves = !strchr("fr", role);
        count++;
    }
    return count;
}

/* --- telling visits --- */

static const char *clock_of(int64_t second)
{
    second -= DAY;
    return apr_psprintf(pool, "%d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
                        (int)(second % 60));
}

static const char *tell_visit(const struct slim_visit *v)
{
    const char *at = v->counted == v->began || v->pageviews == 0
                         ? ""
                         : apr_psprintf(pool, " at %s", clock_of(v->counted));

    return apr_psprintf(pool, "%s-%s %d/%d %s%s", clock_of(v->began), clock_of(v->ended),
                        (int)v->pageviews, (int)v->hits,
                        v->pageviews ? apr_psprintf(pool, "%c>%c", (int)v->entry.page, (int)v->exit)
                                     : "-",
                        at);
}

static const char *tell(const struct slim_session_hit *hits, size_t count,
                        const struct slim_visit *visits, int number)
{
    const char *text = "", *rest = "";
    int downloads = 0, searches = 0;

    for (int v = 0; v < number; v++) {
        if (visits[v].acts == 0) {
            rest = apr_psprintf(pool, "%srest %d", *text ? " " : "", (int)visits[v].hits);
        } else {
            text = apr_pstrcat(pool, text, *text ? "; " : "", tell_visit(&visits[v]), NULL);
        }
    }
    for (size_t i = 0; i < count; i++) {
        downloads += hits[i].is.download;
        searches += hits[i].is.searched;
    }
    return apr_pstrcat(pool, text, rest,
                       downloads ? apr_psprintf(pool, " downloads %d", downloads) : "",
                       searches ? apr_psprintf(pool, " searches %d", searches) : "", NULL);
}

static struct slim_session_work *work;

static const char *divided(struct slim_session_hit *hits, size_t count)
{
    struct slim_session_past past = {.until = SLIM_LONG_AGO, .acted = SLIM_LONG_AGO};
    struct slim_visit *visits;
    int number = slim_session_divide(work, &rules, &past, hits, count, &visits);

    assert_true(number > 0);
    return tell(hits, count, visits, number);
}

static void shuffle(struct slim_session_hit *hits, size_t count)
{
    for (size_t i = count - 1; i > 0; i--) {
        size_t k = noise_below(i + 1);
        struct slim_session_hit kept = hits[i];
        hits[i] = hits[k];
        hits[k] = kept;
    }
}

static void hits_are_divided_as_defined(void **state)
{
    struct slim_session_hit hits[HITS_MAX];

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(scripts); i++) {
        for (int turn = 0; turn < 5; turn++) {
            size_t count = read_script(scripts[i].hits, hits);
            if (turn > 0) {
                shuffle(hits, count);
                for (size_t k = 0; k < count; k++) { /* numbers within a second by arrival */
                    hits[k].id =
                        (hits[k].id >> SLIM_HIT_SECOND_SHIFT << SLIM_HIT_SECOND_SHIFT) + (int64_t)k;
                }
            }
            const char *told = divided(hits, count);
            if (strcmp(told, scripts[i].visits) != 0) {
                fail_msg("%s: %s, not %s", scripts[i].name, told, scripts[i].visits);
            }
        }
    }
}

/* --- any hits --- */

/* They go on and on, with gaps about the limit. */
static size_t make_hits(struct slim_session_hit *hits)
{
    static const char with_prefetches[] = "vvvpffdsaaabb", without[] = "vvvpadsaaabbb";
    const char *letters = noise_below(2) ? with_prefetches : without;
    static const int gaps[] = {0, 0, 1, 3, 60, 600, 1799, 1800, 1801};
    int64_t second = DAY;

    for (size_t i = 0; i < HITS_MAX; i++) {
        second += gaps[noise_below(noise_below(4) ? 5 : LENGTH_OF(gaps))];
        char letter = letters[noise_below(13)];
        hits[i] = (struct slim_session_hit){.id = (second << SLIM_HIT_SECOND_SHIFT) + (int64_t)i,
                                            .roles = role_of(letter),
                                            .proves = letter != 'f' && noise_below(5) > 0,
                                            .resource = 'A' + (int64_t)noise_below(6)};
        hits[i].origin.page = hits[i].origin.searchterms = hits[i].resource;
        hits[i].at = noise_below(4) ? hits[i].resource : 'A' + (int64_t)noise_below(6);
        hits[i].from = noise_below(2) ? 'A' + (int64_t)noise_below(6) : 0;
        hits[i].marks = 1 << noise_below(8);
    }
    return HITS_MAX;
}

/* The measures of all visits, by their beginning, and the visit of each hit. */
static const char *tell_all(const struct slim_visit *visits, int number, const int64_t *visit_of)
{
    const char *text = "";

    for (int v = 0; v < number; v++) {
        text = apr_psprintf(pool, "%s%s %s acts %d assets %d marks %d opened %s closed %s:", text,
                            visits[v].acts ? "visit" : "rest", tell_visit(&visits[v]),
                            (int)visits[v].acts, (int)visits[v].assets, (int)visits[v].marks,
                            clock_of(visits[v].opened), clock_of(visits[v].closed));
        for (size_t i = 0; i < HITS_MAX; i++) {
            if (visit_of[i] == visits[v].id) {
                text = apr_psprintf(pool, "%s %d", text, (int)i);
            }
        }
        text = apr_pstrcat(pool, text, "\n", NULL);
    }
    return text;
}

static size_t number_of(const struct slim_session_hit *hit)
{
    return (size_t)(hit->id & 0xffff);
}

static int by_began(const void *a, const void *b)
{
    const struct slim_visit *x = a, *y = b;

    if ((x->acts == 0) != (y->acts == 0)) {
        return (x->acts == 0) - (y->acts == 0);
    }
    return (x->began > y->began) - (x->began < y->began);
}

static const char *at_once(const struct slim_session_hit *made, size_t count)
{
    struct slim_session_hit hits[HITS_MAX];
    struct slim_session_past past = {.until = SLIM_LONG_AGO, .acted = SLIM_LONG_AGO};
    int64_t visit_of[HITS_MAX];
    struct slim_visit *visits;

    memcpy(hits, made, sizeof hits);
    int number = slim_session_divide(work, &rules, &past, hits, count, &visits);
    for (size_t i = 0; i < count; i++) {
        visit_of[number_of(&hits[i])] = hits[i].is.visit;
    }
    return tell_all(visits, number, visit_of);
}

/* What a store would have of a session whose hits come a few at a time. */
struct kept {
    struct slim_session_hit hits[HITS_MAX];
    long held;
    struct slim_session_past past;
    struct slim_visit visits[HITS_MAX];
    int number;
    int64_t visit_of[HITS_MAX]; /* by the hit's number */
    const struct slim_session_hit *made;
    struct slim_session_claim claim;
    int late, again; /* late hits that were added, and those that made all of it be done again */
};

static struct kept kept;

static int in_play(int64_t id)
{
    int found = id == kept.past.visit.id || id == kept.past.rest.id;

    for (long i = 0; i < kept.held; i++) {
        found |= kept.hits[i].is.visit == id;
    }
    return found;
}

/* Replaces what was in play by what is. */
static void keep_visits(const struct slim_visit *visits, int number, const int *was_in_play)
{
    int left = 0;

    for (int v = 0; v < kept.number; v++) {
        if (!was_in_play[v]) {
            kept.visits[left++] = kept.visits[v];
        }
    }
    for (int v = 0; v < number; v++) {
        kept.visits[left++] = visits[v];
    }
    kept.number = left;
}

/* Waiting hits that an act took along, or takes along no more. */
static void take_along(struct slim_session_claim claim)
{
    for (size_t i = 0; i < HITS_MAX; i++) {
        size_t n = number_of(&kept.made[i]);
        int64_t second = slim_session_second(&kept.made[i]), visit = kept.visit_of[n];
        if (visit && second <= kept.past.until
            && (visit == claim.rest || visit == claim.visit || visit == kept.claim.visit)
            && (second >= claim.from || second >= kept.claim.from)) {
            kept.visit_of[n] = second >= claim.from ? claim.visit : claim.rest;
        }
    }
    kept.claim = claim;
}

static void divide_kept(void)
{
    int was_in_play[HITS_MAX];
    struct slim_visit *visits;

    for (int v = 0; v < kept.number; v++) {
        was_in_play[v] = in_play(kept.visits[v].id);
    }
    int number =
        slim_session_divide(work, &rules, &kept.past, kept.hits, (size_t)kept.held, &visits);
    assert_true(number > 0);
    keep_visits(visits, number, was_in_play);
    for (long i = 0; i < kept.held; i++) {
        kept.visit_of[number_of(&kept.hits[i])] = kept.hits[i].is.visit;
    }
    take_along(slim_session_claimed(work));
}

/* As if the store was read from the beginning. */
static void begin_again(size_t taken)
{
    slim_session_past_clear(&kept.past);
    kept.held = (long)taken;
    kept.number = 0;
    kept.claim = (struct slim_session_claim){.from = SLIM_NEVER};
    memcpy(kept.hits, kept.made, taken * sizeof kept.hits[0]);
    for (size_t i = 0; i < taken; i++) {
        kept.hits[i].is.visit = kept.visit_of[number_of(&kept.hits[i])];
    }
}

static void take_one(size_t i)
{
    struct slim_session_hit hit = kept.made[i];

    if (slim_session_second(&hit) > kept.past.until) {
        kept.hits[kept.held++] = hit;
        return;
    }
    int taken = slim_session_late(&kept.past, &rules, &hit);
    assert_true(taken >= 0);
    if (taken) {
        kept.late++;
        kept.visit_of[number_of(&hit)] = hit.is.visit;
    } else {
        kept.again++;
        begin_again(i + 1);
    }
}

/* A few at a time, forgetting what can be forgotten. */
static const char *bit_by_bit(const struct slim_session_hit *made, size_t count, int64_t keep,
                              long *most)
{
    kept.made = made;
    kept.late = kept.again = 0;
    memset(kept.visit_of, 0, sizeof kept.visit_of);
    begin_again(0);
    for (size_t taken = 0; taken < count;) {
        for (size_t some = 1 + noise_below(9); some > 0 && taken < count; some--) {
            take_one(taken++);
        }
        divide_kept();
        kept.held =
            slim_session_forget(work, &rules, &kept.past, kept.hits, (size_t)kept.held, keep);
        assert_true(kept.held > 0);
        kept.claim = slim_session_claimed(work);
        *most = kept.held > *most ? kept.held : *most;
    }
    divide_kept();
    qsort(kept.visits, (size_t)kept.number, sizeof kept.visits[0], by_began);
    return tell_all(kept.visits, kept.number, kept.visit_of);
}

static void assert_same(const char *expected, const char *told)
{
    const char *a = expected, *b = told;

    if (strcmp(expected, told) == 0) {
        return;
    }
    while (*a && *a == *b) {
        a++, b++;
    }
    while (a > expected && a[-1] != '\n') {
        a--, b--;
    }
    fail_msg("%.300s\nnot\n%.300s", b, a);
}

static void what_is_forgotten_is_not_lost(void **state)
{
    struct slim_session_hit made[HITS_MAX];
    long most = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        noise_seed(seed);
        size_t count = make_hits(made);
        assert_same(at_once(made, count), bit_by_bit(made, count, 1, &most));
        assert_int_equal(0, kept.late + kept.again);
    }
    assert_true(most < HITS_MAX / 2);
}

/* Each comes up to so many places after its turn. */
static void delay(struct slim_session_hit *hits, size_t count, size_t places)
{
    for (size_t i = 0; i + 1 < count; i++) {
        size_t k = i + noise_below(places);
        if (k < count && noise_below(5) == 0) {
            struct slim_session_hit moved = hits[i];
            memmove(&hits[i], &hits[i + 1], (k - i) * sizeof moved);
            hits[k] = moved;
        }
    }
}

static void late_hits_find_their_place(void **state)
{
    struct slim_session_hit made[HITS_MAX];
    long most = 0;
    int late = 0, again = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        noise_seed(seed);
        size_t count = make_hits(made);
        delay(made, count, 12);
        assert_same(at_once(made, count), bit_by_bit(made, count, 1, &most));
        late += kept.late;
        again += kept.again;
    }
    assert_true(late > 100 && again > 100);
}

static void the_order_of_arrival_does_not_matter(void **state)
{
    struct slim_session_hit made[HITS_MAX];

    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        noise_seed(seed);
        size_t count = make_hits(made);
        const char *expected = at_once(made, count);
        shuffle(made, count);
        assert_same(expected, at_once(made, count));
    }
}

static int begin(void **state)
{
    work = slim_session_work_make();
    return work ? begin_unit(state) : -1;
}

static int end(void **state)
{
    slim_session_past_clear(&kept.past);
    slim_session_work_free(work);
    return end_unit(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_are_divided_as_defined),
        cmocka_unit_test(what_is_forgotten_is_not_lost),
        cmocka_unit_test(late_hits_find_their_place),
        cmocka_unit_test(the_order_of_arrival_does_not_matter),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
