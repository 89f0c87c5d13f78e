/* What capture tells of a request's page, where a directive asks for it. */
#include "capture.h"
#include "core/bytes.h"

void slim_capture_page(struct slim_record_writer *writer, const struct slim_dir *dir)
{
    char ids[SLIM_PAGE_SECTIONS_MAX * sizeof(uint32_t)];
    size_t length = 0;

    for (int i = 0; i < dir->page_sections->nelts && length < sizeof ids; i++) {
        slim_put_u32(ids + length, APR_ARRAY_IDX(dir->page_sections, i, uint32_t));
        length += sizeof(uint32_t);
    }
    slim_record_text(writer, SLIM_PAGE_SECTIONS, ids, length);
}
