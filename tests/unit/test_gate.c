/* Places for questions: two on the whole server, and what a dead process held is free. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

#include "httpd/gate.c"
#include "httpd/robust.c"

/* A child that enters and stays; returns its pid when it is in. */
static pid_t enter_in_child(void)
{
    int told[2];
    char word = 0;

    assert_int_equal(0, pipe(told));
    pid_t child = fork();
    if (child == 0) {
        word = slim_gate_enter(0) >= 0 ? 'y' : 'n';
        _exit(write(told[1], &word, 1) == 1 ? pause() : 1);
    }
    assert_int_equal(1, read(told[0], &word, 1));
    close(told[0]);
    close(told[1]);
    if (word == 'y') {
        return child;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return -1;
}

static void end(pid_t child)
{
    assert_int_equal(0, kill(child, SIGKILL));
    assert_int_equal(child, waitpid(child, NULL, 0));
}

static void two_are_in_at_once_whoever_they_are(void **state)
{
    (void)state;
    slim_gate_make(pool);
    pid_t first = enter_in_child(), second = enter_in_child();
    assert_true(first > 0 && second > 0);
    assert_int_equal(-1, enter_in_child());
    assert_int_equal(-1, slim_gate_enter(0));
    end(first);
    int place = slim_gate_enter(0);
    assert_true(place >= 0);
    assert_int_equal(-1, enter_in_child());
    slim_gate_leave(place);
    end(second);
    place = slim_gate_enter(0);
    assert_true(place >= 0);
    slim_gate_leave(place);
    first = enter_in_child();
    second = enter_in_child();
    assert_true(first > 0 && second > 0);
    end(first);
    end(second);
}

static void *leave_soon(void *first)
{
    int place = slim_gate_enter(0);

    *(int *)first = place;
    apr_sleep(100000);
    slim_gate_leave(place);
    return NULL;
}

static void a_few_wait_for_their_turn(void **state)
{
    pthread_t thread;
    int first = -1;

    (void)state;
    slim_gate_make(pool);
    pid_t stays = enter_in_child();
    assert_int_equal(0, pthread_create(&thread, NULL, leave_soon, &first));
    while (__atomic_load_n(&first, __ATOMIC_SEQ_CST) < 0) {
        apr_sleep(1000);
    }
    int place = slim_gate_enter(1);
    assert_true(place >= 0);
    slim_gate_leave(place);
    assert_int_equal(0, pthread_join(thread, NULL));
    end(stays);
}

static void what_is_told_is_told_once_by_all(void **state)
{
    int status;

    (void)state;
    slim_gate_make(pool);
    pid_t child = fork();
    if (child == 0) {
        _exit(slim_gate_is_first(SLIM_TOLD_PROXY) ? 0 : 1);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    assert_int_equal(0, slim_gate_is_first(SLIM_TOLD_PROXY));
    assert_int_equal(1, slim_gate_is_first(SLIM_TOLD_REQUIRE));
    slim_gate_make(pool); /* as after a reload */
    assert_int_equal(1, slim_gate_is_first(SLIM_TOLD_PROXY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_are_in_at_once_whoever_they_are),
        cmocka_unit_test(a_few_wait_for_their_turn),
        cmocka_unit_test(what_is_told_is_told_once_by_all),
    };

    return RUN_UNIT(tests);
}
