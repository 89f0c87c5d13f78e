/* What our own structures must be before they are written: each invariant, broken alone, is found,
 * and the program ends rather than write it. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/journal_internal.h"
#include "core/log.h"
#include "core/status.h"
#include "core/valid.h"
#include "core/visit.h"
#include "store/hll.h"

static struct slim_visit sound_visit(void)
{
    return (struct slim_visit){.began = 10,
                               .ended = 20,
                               .acts = 2,
                               .hits = 3,
                               .pageviews = 1,
                               .entry_hit = 7,
                               .exit_hit = 7};
}

static void a_visit_that_cannot_be_is_found(void **state)
{
    struct slim_visit visit = sound_visit(), rest = {.began = 5, .ended = 5, .hits = 2};

    (void)state;
    assert_null(slim_visit_validate(&visit));
    assert_null(slim_visit_validate(&rest));
    visit.ended = 9;
    assert_non_null(slim_visit_validate(&visit));
    visit = sound_visit();
    visit.hits = 0;
    assert_non_null(slim_visit_validate(&visit));
    visit = sound_visit();
    visit.pageviews = 4;
    assert_non_null(slim_visit_validate(&visit));
    visit = sound_visit();
    visit.entry_hit = 0;
    assert_non_null(slim_visit_validate(&visit));
    visit = sound_visit();
    visit.pageviews = 0;
    assert_non_null(slim_visit_validate(&visit));
}

static void a_status_that_cannot_be_is_found(void **state)
{
    struct slim_status status;

    (void)state;
    memset(&status, 0, sizeof status);
    assert_null(slim_status_validate(&status));
    status.area[SLIM_AREA_CLOCK].state = SLIM_STATES;
    assert_non_null(slim_status_validate(&status));
    status.area[SLIM_AREA_CLOCK].state = SLIM_STATE_CLOCK_BACK;
    assert_null(slim_status_validate(&status));
    status.heard_count = SLIM_HEARD_MAX + 1;
    assert_non_null(slim_status_validate(&status));
    status.heard_count = 0;
    status.drop_reason = SLIM_DROPPED_REASONS;
    assert_non_null(slim_status_validate(&status));
    status.drop_reason = 0;
    memset(status.version, 'x', sizeof status.version);
    assert_non_null(slim_status_validate(&status));
}

static void a_set_that_cannot_be_is_found(void **state)
{
    struct slim_hll set = {0};

    (void)state;
    assert_null(slim_hll_validate(&set));
    for (uint64_t i = 0; i < 20000; i++) { /* until it is dense, and beyond */
        assert_int_equal(APR_SUCCESS, slim_hll_add(&set, i * UINT64_C(0x9e3779b97f4a7c15)));
        assert_null(slim_hll_validate(&set));
    }
    set.count = set.places;
    assert_non_null(slim_hll_validate(&set));
    slim_hll_free(&set);
    set.has_zero = 2;
    assert_non_null(slim_hll_validate(&set));
    set = (struct slim_hll){.places = 16};
    assert_non_null(slim_hll_validate(&set));
}

static struct slim_journal sound_journal(void)
{
    static char buffer[64];

    return (struct slim_journal){.fd = 3,
                                 .segment = 5,
                                 .buffer = buffer,
                                 .size = sizeof buffer,
                                 .used = 16,
                                 .added = 1,
                                 .segment_first = 8,
                                 .synced = 64,
                                 .end = {.segment = 5, .offset = 128, .record = 9}};
}

static void a_journal_that_cannot_be_is_found(void **state)
{
    struct slim_journal j = sound_journal();

    (void)state;
    assert_null(slim_journal_validate(&j));
    j.used = 72;
    assert_non_null(slim_journal_validate(&j));
    j.used = 12;
    assert_non_null(slim_journal_validate(&j));
    j = sound_journal();
    j.end.segment = 4;
    assert_non_null(slim_journal_validate(&j));
    j = sound_journal();
    j.end.offset = 60;
    assert_non_null(slim_journal_validate(&j));
    j = sound_journal();
    j.synced = 136;
    assert_non_null(slim_journal_validate(&j));
    j = sound_journal();
    j.segment_first = 10;
    assert_non_null(slim_journal_validate(&j));
    j = sound_journal();
    j.unsynced_count = 1;
    j.unsynced[0] = (struct slim_unsynced){.fd = 4, .from = 9, .to = 8};
    assert_non_null(slim_journal_validate(&j));
    j.unsynced_count = UNSYNCED_MAX + 1;
    assert_non_null(slim_journal_validate(&j));
}

static void say_nothing(enum slim_level level, const char *message)
{
    (void)level, (void)message;
}

static void who_would_write_it_ends(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        slim_log_set_sink(say_nothing);
        signal(SIGABRT, SIG_DFL);
        slim_must_be_valid("visit", NULL);
        slim_must_be_valid("visit", "it ends before it begins");
        _exit(0);
    }
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_that_cannot_be_is_found),
        cmocka_unit_test(a_status_that_cannot_be_is_found),
        cmocka_unit_test(a_set_that_cannot_be_is_found),
        cmocka_unit_test(a_journal_that_cannot_be_is_found),
        cmocka_unit_test(who_would_write_it_ends),
    };

    return RUN_UNIT(tests);
}
