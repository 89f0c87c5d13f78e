/* The MaxMind DB format: search tree, data section, metadata. */
#include "mmdb_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNTRIES (26 * 26)
#define SEPARATOR 16    /* zero bytes between tree and data */
#define ENTRY_LENGTH 22 /* a country in the data section */
#define RECORD24_MAX 0xffffffu

enum {
    TYPE_TEXT = 2,
    TYPE_UINT16 = 5,
    TYPE_UINT32 = 6,
    TYPE_MAP = 7,
    TYPE_UINT64 = 9,
    TYPE_ARRAY = 11
};

uint32_t slim_mmdb_country_value(const char country[3])
{
    return (uint32_t)((country[0] - 'A') * 26 + (country[1] - 'A'));
}

/* --- the data format; sizes stay below 29, where they fit the first byte, and for texts 285 --- */

static void put_control(FILE *file, int type, size_t size)
{
    int first = size < 29 ? (int)size : 29;

    if (type <= TYPE_MAP) {
        fputc(type << 5 | first, file);
    } else {
        fputc(first, file);
        fputc(type - TYPE_MAP, file);
    }
    if (size >= 29) {
        fputc((int)(size - 29), file);
    }
}

static void put_text(FILE *file, const char *text)
{
    size_t length = strlen(text);

    put_control(file, TYPE_TEXT, length);
    fwrite(text, 1, length, file);
}

static void put_number(FILE *file, int type, uint64_t number)
{
    size_t size = 0;

    while (size < 8 && number >> (8 * size)) {
        size++;
    }
    put_control(file, type, size);
    while (size-- > 0) {
        fputc((int)(number >> (8 * size) & 0xff), file);
    }
}

/* --- the parts of the file --- */

static void put_metadata(FILE *file, uint32_t nodes, unsigned record_bits, uint64_t epoch)
{
    fwrite("\xab\xcd\xefMaxMind.com", 1, 14, file);
    put_control(file, TYPE_MAP, 9);
    put_text(file, "node_count");
    put_number(file, TYPE_UINT32, nodes);
    put_text(file, "record_size");
    put_number(file, TYPE_UINT16, record_bits);
    put_text(file, "ip_version");
    put_number(file, TYPE_UINT16, 6);
    put_text(file, "database_type");
    put_text(file, "SlimStats-Country");
    put_text(file, "languages");
    put_control(file, TYPE_ARRAY, 0);
    put_text(file, "binary_format_major_version");
    put_number(file, TYPE_UINT16, 2);
    put_text(file, "binary_format_minor_version");
    put_number(file, TYPE_UINT16, 0);
    put_text(file, "build_epoch");
    put_number(file, TYPE_UINT64, epoch);
    put_text(file, "description");
    put_control(file, TYPE_MAP, 1);
    put_text(file, "en");
    put_text(file,
             "Countries from the text files of tor-geoipdb; of IPFire Location, CC BY-SA 4.0");
}

/* All countries that there could be: an offset is so a matter of counting. */
static void put_data(FILE *file)
{
    for (int i = 0; i < COUNTRIES; i++) {
        const char code[3] = {(char)('A' + i / 26), (char)('A' + i % 26), '\0'};
        put_control(file, TYPE_MAP, 1);
        put_text(file, "country");
        put_control(file, TYPE_MAP, 1);
        put_text(file, "iso_code");
        put_text(file, code);
    }
}

static uint32_t file_record(uint32_t record, const uint32_t *number, uint32_t nodes)
{
    if (record == 0) {
        return nodes;
    }
    return record & SLIM_MMDB_VALUE ? nodes + SEPARATOR + (record & ~SLIM_MMDB_VALUE) * ENTRY_LENGTH
                                    : number[record];
}

static void put_node(FILE *file, uint32_t left, uint32_t right, unsigned record_bits)
{
    unsigned char bytes[7];
    size_t used = 0;

    for (int shift = 16; shift >= 0; shift -= 8) {
        bytes[used++] = (unsigned char)(left >> shift);
    }
    if (record_bits == 28) {
        bytes[used++] = (unsigned char)(left >> 24 << 4 | right >> 24);
    }
    for (int shift = 16; shift >= 0; shift -= 8) {
        bytes[used++] = (unsigned char)(right >> shift);
    }
    fwrite(bytes, 1, used, file);
}

apr_status_t slim_mmdb_file_write(const struct slim_mmdb_tree *tree, uint64_t epoch, FILE *file)
{
    static const char separator[SEPARATOR];
    uint32_t *order = malloc(2 * sizeof *order * tree->count);

    if (!order) {
        return APR_ENOMEM;
    }
    uint32_t *number = order + tree->count;
    uint32_t nodes = slim_mmdb_tree_number(tree, order, number);
    unsigned bits = nodes + SEPARATOR + COUNTRIES * ENTRY_LENGTH <= RECORD24_MAX ? 24 : 28;
    for (uint32_t i = 0; i < nodes; i++) {
        const uint32_t *records = tree->node[order[i]];
        put_node(file, file_record(records[0], number, nodes),
                 file_record(records[1], number, nodes), bits);
    }
    free(order);
    fwrite(separator, 1, sizeof separator, file);
    put_data(file);
    put_metadata(file, nodes, bits, epoch);
    errno = 0;
    return fflush(file) == 0 && !ferror(file) ? APR_SUCCESS : errno ? errno : APR_EGENERAL;
}
