/* make_agents_image RULES DATA BYTES: reads the lists of agents as a recorder does, writes their
 * tables into the file BYTES, and a C file that names them to standard output. RULES is uap-core's
 * regexes.yaml, DATA the directory of our own lists. A list that is not there is left out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <apr_general.h>

#include "enrich/agent.h"
#include "enrich/agents_image.h"

/* This program's own is empty: it reads. */
const struct slim_agents_image slim_agents_image;

static FILE *bytes;
static size_t written;

static void put(const void *from, size_t size)
{
    if (size > 0 && fwrite(from, size, 1, bytes) != 1) {
        perror("cannot write the tables");
        exit(1);
    }
    written += size;
}

/* Writes an array, and the expression that stands for it. */
static void put_array(const char *member, const char *type, const void *array, int count,
                      size_t size)
{
    static const char zeros[64];

    put(zeros, (size_t)-written % sizeof zeros);
    printf("%s = (const %s *)(const void *)(tables + %zu),\n", member, type, written);
    put(array, (size_t)count * size);
}

static void put_filter(const struct slim_filter_table *f)
{
    printf(".filter = {.shift = %d, .states = %d, .hits = %d, .lists = %d,\n", f->shift, f->states,
           f->hits, f->lists);
    put_array(".class_of", "uint8_t", f->class_of, SLIM_FILTER_BYTES, 1);
    put_array(".next", "uint16_t", f->next, f->states << f->shift, sizeof *f->next);
    put_array(".shorter", "uint16_t", f->shorter, f->states, sizeof *f->shorter);
    put_array(".report", "uint16_t", f->report, f->states, sizeof *f->report);
    put_array(".first_hit", "int32_t", f->first_hit, f->states, sizeof *f->first_hit);
    put_array(".hit", "struct slim_filter_hit", f->hit, f->hits, sizeof *f->hit);
    for (int i = 0; i < f->lists; i++) {
        char member[32];
        snprintf(member, sizeof member, ".list[%d].needs", i);
        put_array(member, "uint8_t", f->list[i].needs, f->list[i].rules, 1);
        printf(".list[%d].rules = %d,\n", i, f->list[i].rules);
    }
    puts("},");
}

static void put_lists(const char *name, const struct slim_rules_image *image)
{
    printf(".%s = {.lists = %d, .files = %d, .text_size = %d,\n", name, image->lists, image->files,
           image->text_size);
    put_array(".text", "char", image->text, image->text_size, 1);
    for (int i = 0; i < image->lists; i++) {
        char member[32];
        snprintf(member, sizeof member, ".list[%d].rule", i);
        put_array(member, "struct slim_image_rule", image->list[i].rule, image->list[i].rules,
                  sizeof *image->list[i].rule);
        printf(".list[%d].rules = %d,\n", i, image->list[i].rules);
    }
    put_filter(&image->filter);
    puts("},");
}

static void put_image(const struct slim_agents_image *image, const char *path)
{
    printf("#include \"enrich/agents_image.h\"\n\n"
           "__asm__(\".pushsection .rodata\\n.balign 64\\n.hidden tables\\n.globl tables\\n\"\n"
           "        \"tables: .incbin \\\"%s\\\"\\n.popsection\");\n"
           "extern const unsigned char tables[];\n\n"
           "const struct slim_agents_image slim_agents_image = {\n",
           path);
    if (image->agents.files > 0) {
        put_lists("agents", &image->agents);
        put_lists("probes", &image->probes);
        for (int i = 0; i < image->agents.files + image->probes.files; i++) {
            printf(".file[%d] = {%" PRIu32 "u, 0x%08" PRIx32 "u},\n", i, image->file[i].length,
                   image->file[i].sum);
        }
    }
    puts("};");
}

int main(int argc, char **argv)
{
    struct slim_agents_image image;
    apr_pool_t *pool;
    char reason[256];
    int changed;

    if (argc != 4) {
        fprintf(stderr, "usage: %s RULES DATA BYTES\n", argv[0]);
        return 2;
    }
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 1;
    }
    struct slim_agents *agents = slim_agents_make(argv[1], argv[2], pool);
    if (slim_agents_refresh(agents, &changed, reason, sizeof reason) != APR_SUCCESS) {
        fprintf(stderr, "%s: %s\n", argv[0], reason); /* what can be read is taken */
    }
    bytes = fopen(argv[3], "we");
    if (!bytes) {
        perror(argv[3]);
        return 1;
    }
    slim_agents_make_image(agents, &image);
    put_image(&image, argv[3]);
    if (fclose(bytes) != 0 || fflush(stdout) != 0) {
        perror(argv[3]);
        return 1;
    }
    apr_terminate();
    return 0;
}
