/* Answers that all children keep together: found by whoever asks the same, made by one at a time.
 */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/buffer.h"
#include "httpd/kept.c"
#include "httpd/robust.c"

static struct slim_text key_of(unsigned char number)
{
    static char key[8];

    return (struct slim_text){key, (size_t)snprintf(key, sizeof key, "%u", number)};
}

/* What becomes of an asker; what it found is added to text. */
static enum slim_kept enter(unsigned char key, int waiting_max, int *place, const char **text)
{
    struct slim_buffer body;

    slim_buffer_init(&body, pool);
    enum slim_kept is = slim_kept_enter(key_of(key), waiting_max, &body, place);
    *text = body.at;
    return is;
}

static void leave(int place, const char *text)
{
    struct slim_buffer body;

    slim_buffer_init(&body, pool);
    slim_buffer_text(&body, text);
    slim_kept_leave(place, &body, 0);
}

static void make(unsigned char key, const char *answer)
{
    const char *text;
    int place;

    assert_int_equal(SLIM_KEPT_MAKE, enter(key, 0, &place, &text));
    leave(place, answer);
}

static void assert_found(unsigned char key, const char *answer)
{
    const char *text;
    int place;

    assert_int_equal(SLIM_KEPT_FOUND, enter(key, 0, &place, &text));
    assert_string_equal(answer, text);
}

/* A child that makes an answer and is stopped by a signal, having said so. */
static pid_t make_in_child(unsigned char key)
{
    const char *text;
    int told[2], place;
    char word = 0;

    assert_int_equal(0, pipe(told));
    pid_t child = fork();
    if (child == 0) {
        word = enter(key, 0, &place, &text) == SLIM_KEPT_MAKE ? 'y' : 'n';
        _exit(write(told[1], &word, 1) == 1 ? pause() : 1);
    }
    assert_int_equal(1, read(told[0], &word, 1));
    close(told[0]);
    close(told[1]);
    assert_int_equal('y', word);
    return child;
}

static void end(pid_t child)
{
    assert_int_equal(0, kill(child, SIGKILL));
    assert_int_equal(child, waitpid(child, NULL, 0));
}

static void who_asks_the_same_finds_the_answer(void **state)
{
    int status;

    (void)state;
    slim_kept_make(pool);
    pid_t child = fork();
    if (child == 0) {
        const char *text;
        int place, is = enter(1, 0, &place, &text);
        leave(place, "one");
        _exit(is == SLIM_KEPT_MAKE ? 0 : 1);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    assert_found(1, "one");
    make(2, "two");
    assert_found(1, "one");
    assert_found(2, "two");
    slim_kept_make(pool); /* as after a reload */
    make(1, "new");
}

static int is_late;

static void *leave_later(void *data)
{
    const char *text;
    int place, *entered = data;

    int is = (int)enter(1, 0, &place, &text);
    __atomic_store_n(entered, is, __ATOMIC_SEQ_CST);
    while (slim_robust_take(table->waiting, 1) == 0) { /* until somebody waits */
        pthread_mutex_unlock(&table->waiting[0]);
        apr_sleep(1000);
    }
    if (is_late) {
        slim_kept_leave(place, NULL, 1);
    } else {
        leave(place, "late");
    }
    return NULL;
}

/* A thread that makes an answer until somebody waits for it. */
static pthread_t begin_making_it(void)
{
    pthread_t thread;
    int entered = -1;

    slim_kept_make(pool);
    assert_int_equal(0, pthread_create(&thread, NULL, leave_later, &entered));
    while (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) < 0) {
        apr_sleep(1000);
    }
    assert_int_equal(SLIM_KEPT_MAKE, entered);
    return thread;
}

static void others_wait_for_who_makes_it(void **state)
{
    const char *text;
    int place;

    (void)state;
    is_late = 0;
    pthread_t thread = begin_making_it();
    assert_int_equal(SLIM_KEPT_BUSY, enter(1, 0, &place, &text)); /* no more may wait */
    assert_int_equal(SLIM_KEPT_FOUND, enter(1, 1, &place, &text));
    assert_string_equal("late", text);
    assert_int_equal(0, pthread_join(thread, NULL));
}

/* They would be late themselves; who comes afterwards tries. */
static void who_waited_for_what_takes_too_long_is_told(void **state)
{
    const char *text;
    int place;

    (void)state;
    is_late = 1;
    pthread_t thread = begin_making_it();
    assert_int_equal(SLIM_KEPT_LATE, enter(1, 1, &place, &text));
    assert_int_equal(0, pthread_join(thread, NULL));
    make(1, "in time");
    assert_found(1, "in time");
}

static void a_long_question_is_everybodys_own(void **state)
{
    char *key = apr_pcalloc(pool, KEY_MAX + 1);
    struct slim_buffer body;
    int place;

    (void)state;
    slim_kept_make(pool);
    slim_buffer_init(&body, pool);
    assert_int_equal(SLIM_KEPT_ALONE,
                     slim_kept_enter((struct slim_text){key, KEY_MAX + 1}, 9, &body, &place));
    assert_int_equal(SLIM_KEPT_MAKE,
                     slim_kept_enter((struct slim_text){key, KEY_MAX}, 9, &body, &place));
    slim_kept_leave(place, &body, 0);
    assert_int_equal(SLIM_KEPT_FOUND,
                     slim_kept_enter((struct slim_text){key, KEY_MAX}, 9, &body, &place));
    assert_int_equal(SLIM_KEPT_MAKE,
                     slim_kept_enter((struct slim_text){key, KEY_MAX - 1}, 9, &body, &place));
    slim_kept_leave(place, NULL, 0);
}

static void who_dies_is_followed_by_another(void **state)
{
    const char *text;
    int place;

    (void)state;
    slim_kept_make(pool);
    pid_t child = make_in_child(1);
    assert_int_equal(SLIM_KEPT_BUSY, enter(1, 0, &place, &text));
    end(child);
    make(1, "of another");
    assert_found(1, "of another");
}

static void who_fails_is_followed_by_another(void **state)
{
    const char *text;
    int place;

    (void)state;
    slim_kept_make(pool);
    assert_int_equal(SLIM_KEPT_MAKE, enter(1, 0, &place, &text));
    slim_kept_leave(place, NULL, 0);
    make(1, "of another");
    assert_found(1, "of another");
}

static void a_large_answer_is_everybodys_own(void **state)
{
    struct slim_buffer body;
    const char *text;
    int place;

    (void)state;
    slim_kept_make(pool);
    slim_buffer_init(&body, pool);
    slim_buffer_char(&body, 'x', BODY_MAX);
    assert_int_equal(SLIM_KEPT_MAKE, enter(1, 0, &place, &text));
    slim_kept_leave(place, &body, 0);
    assert_found(1, body.at);
    slim_buffer_char(&body, 'x', 1);
    assert_int_equal(SLIM_KEPT_MAKE, enter(2, 0, &place, &text));
    slim_kept_leave(place, &body, 0);
    assert_int_equal(SLIM_KEPT_ALONE, enter(2, 0, &place, &text));
    assert_int_equal(SLIM_KEPT_ALONE, enter(2, 0, &place, &text));
}

static void the_answer_that_nobody_used_for_longest_goes(void **state)
{
    (void)state;
    slim_kept_make(pool);
    pid_t child = make_in_child(0); /* has a place until it dies */
    for (unsigned char key = 1; key < PLACES; key++) {
        make(key, "kept");
    }
    assert_found(1, "kept");
    make(PLACES, "new"); /* in the place of 2 */
    assert_found(1, "kept");
    assert_found(3, "kept");
    assert_found(PLACES, "new");
    make(2, "again");
    end(child);
}

static void without_a_place_each_is_alone(void **state)
{
    pid_t child[PLACES];
    const char *text;
    int place;

    (void)state;
    slim_kept_make(pool);
    for (unsigned char i = 0; i < PLACES; i++) {
        child[i] = make_in_child(i);
    }
    assert_int_equal(SLIM_KEPT_ALONE, enter(PLACES, 9, &place, &text));
    for (int i = 0; i < PLACES; i++) {
        end(child[i]);
    }
    make(PLACES, "again");
    table = NULL; /* the system had no memory for it */
    assert_int_equal(SLIM_KEPT_ALONE, enter(1, 9, &place, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_the_same_finds_the_answer),
        cmocka_unit_test(others_wait_for_who_makes_it),
        cmocka_unit_test(who_waited_for_what_takes_too_long_is_told),
        cmocka_unit_test(who_dies_is_followed_by_another),
        cmocka_unit_test(who_fails_is_followed_by_another),
        cmocka_unit_test(a_long_question_is_everybodys_own),
        cmocka_unit_test(a_large_answer_is_everybodys_own),
        cmocka_unit_test(the_answer_that_nobody_used_for_longest_goes),
        cmocka_unit_test(without_a_place_each_is_alone),
    };

    return RUN_UNIT(tests);
}
