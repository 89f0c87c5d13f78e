/* Reading values by the ways that the makers of such files have to name them. */
#include "mmdb_value.h"

#include <string.h>

#include "core/ascii.h"
#include "core/text.h"
#include "value.h"

static int get(MMDB_entry_s *entry, slim_mmdb_keys way, MMDB_entry_data_s *data)
{
    return MMDB_aget_value(entry, data, way) == MMDB_SUCCESS && data->has_data;
}

static int get_text(MMDB_entry_s *entry, slim_mmdb_keys way, struct slim_text *text)
{
    MMDB_entry_data_s data;

    if (!get(entry, way, &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return 0;
    }
    *text = (struct slim_text){data.utf8_string, data.data_size};
    return text->length > 0;
}

static int read_code(struct slim_text text, char code[3])
{
    if (text.length != 2) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        char c = slim_lower(text.at[i]);
        if (c < 'a' || c > 'z') {
            return 0;
        }
        code[i] = (char)(c - 32);
    }
    return 1;
}

int slim_mmdb_value_code(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count, char code[3])
{
    struct slim_text text;

    for (size_t i = 0; i < count; i++) {
        memset(code, 0, 3);
        if (get_text(entry, ways[i], &text) && read_code(text, code)) {
            return 1;
        }
    }
    memset(code, 0, 3);
    return 0;
}

int slim_mmdb_value_text(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count,
                         char text[SLIM_MMDB_TEXT_MAX + 1])
{
    struct slim_text raw;
    size_t length = 0;

    for (size_t i = 0; i < count && length == 0; i++) {
        if (get_text(entry, ways[i], &raw)) {
            length = slim_value_clean(raw, "", text, SLIM_MMDB_TEXT_MAX);
        }
    }
    text[length] = '\0';
    return length > 0;
}

static int read_number(struct slim_text text, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = slim_text_begins(text, "as") ? 2 : 0;

    if (i == text.length) {
        return 0;
    }
    for (; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 0;
        }
        value = value * 10 + (uint64_t)(text.at[i] - '0');
        if (value > UINT32_MAX) {
            return 0;
        }
    }
    *number = (uint32_t)value;
    return value > 0;
}

static int get_number(MMDB_entry_s *entry, slim_mmdb_keys way, uint32_t *number)
{
    MMDB_entry_data_s data;

    if (!get(entry, way, &data)) {
        return 0;
    }
    switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
        return read_number((struct slim_text){data.utf8_string, data.data_size}, number);
    case MMDB_DATA_TYPE_UINT16: *number = data.uint16; return *number > 0;
    case MMDB_DATA_TYPE_UINT32: *number = data.uint32; return *number > 0;
    case MMDB_DATA_TYPE_INT32:
        *number = data.int32 > 0 ? (uint32_t)data.int32 : 0;
        return *number > 0;
    case MMDB_DATA_TYPE_UINT64:
        *number = data.uint64 <= UINT32_MAX ? (uint32_t)data.uint64 : 0;
        return *number > 0;
    default: return 0;
    }
}

int slim_mmdb_value_network(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count,
                            uint32_t *number)
{
    for (size_t i = 0; i < count; i++) {
        if (get_number(entry, ways[i], number)) {
            return 1;
        }
    }
    *number = 0;
    return 0;
}
