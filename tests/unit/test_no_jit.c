/* Where no memory may be written and run, as SELinux has it, rules are slower and not wrong. */
#include "unit.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pcre2.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enrich/agent.h"

/* From now on mmap and mprotect refuse what is to be written and run. */
static int forbid_code(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {LENGTH_OF(code), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
           && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int jit_compiles(void)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR) "a+b", PCRE2_ZERO_TERMINATED, 0, &error, &offset, NULL);
    int good = code && pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;

    pcre2_code_free(code);
    return good;
}

/* A line for each agent of a table, as all rules together have it; the number of lines. */
static int tell_all(const char *to)
{
    struct slim_agents *agents = slim_agents_make("/usr/share/uap-core/regexes.yaml", "conf", pool);
    char line[4096], reason[256];
    int changed, lines = 0;
    FILE *in = fopen("tests/data/agents.tsv", "re"), *out = fopen(to, "we");

    if (!in || !out
        || slim_agents_refresh(agents, &changed, reason, sizeof reason) != APR_SUCCESS) {
        return 0;
    }
    for (; fgets(line, sizeof line, in); lines++) {
        struct slim_hit hit = {.field[SLIM_AGENT] = {line, strcspn(line, "\t\n")}};
        const struct slim_client *client = slim_agents_derive(agents, &hit);
        fprintf(out, "%s|%s|%s|%s|%s\n", string_of(client->browser),
                string_of(client->version_full), string_of(client->platform),
                string_of(client->platform_version), slim_robot_name(client->robot));
    }
    fclose(in);
    return fclose(out) == 0 ? lines : 0;
}

static void rules_without_jit_say_the_same(void **state)
{
    const char *with = scratch_path("with.txt"), *without = scratch_path("without.txt");
    size_t with_length, without_length;
    int status;
    pid_t child = fork(); /* before anything was compiled: the allocator keeps memory */

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        int is_forbidden = forbid_code() && !jit_compiles();
        _exit(is_forbidden && tell_all(without) > 0 ? 0 : 1);
    }
    assert_true(jit_compiles());
    assert_true(tell_all(with) > 100);
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    const char *expected = get_file(with, &with_length);
    const char *got = get_file(without, &without_length);
    assert_int_equal(with_length, without_length);
    assert_memory_equal(expected, got, with_length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_without_jit_say_the_same),
    };

    return RUN_UNIT(tests);
}
