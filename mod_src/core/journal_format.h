/* Segment and frame headers as bytes, for the two faces of the journal. Pure functions. */
#ifndef SLIM_JOURNAL_FORMAT_H
#define SLIM_JOURNAL_FORMAT_H

#include <stddef.h>

#include "journal.h"

#define SEGMENT_HEADER 64u
#define FRAME_HEADER 72u
#define FRAME_MAX (FRAME_HEADER + SLIM_JOURNAL_PAYLOAD_MAX)
#define SEGMENT_NAME "%016" PRIx64 ".journal"
#define SEGMENT_NAME_SIZE 40

struct segment_header {
    unsigned char journal[SLIM_UUID_LENGTH];
    uint64_t segment;
    uint64_t first_record;
    int64_t made_us;
};

void slim_segment_header_put(const struct segment_header *header, char *bytes);
apr_status_t slim_segment_header_get(const char *bytes,
                                     struct segment_header *header) SLIM_MUST_CHECK;

/* The number in a segment's file name, 0 when it is no such name. */
uint64_t slim_segment_number(const char *name);

/* What the checksums of a journal's frames begin with. It is secret: bytes that a visitor sends
 * cannot be a valid frame, wherever a reader looks for one after damage. */
uint32_t slim_frame_seed(const unsigned char *journal_uuid);

/* Writes header and payload to out: FRAME_HEADER + payload length bytes. */
void slim_frame_put(const struct slim_frame *frame, uint32_t seed, char *out);

/* The frame at the beginning of size bytes. APR_INCOMPLETE: a frame may begin here but is not
 * whole; SLIM_EBADJOURNAL: none begins here. *length: bytes of the frame. */
apr_status_t slim_frame_get(const char *bytes, size_t size, uint32_t seed, struct slim_frame *frame,
                            size_t *length) SLIM_MUST_CHECK;

/* The same for bytes that are no valid frame, at a place where one began: one wrong bit of a header
 * is mended, in place. SLIM_EBADFRAME: a frame that is all there, whose header is right and whose
 * payload is not valid; APR_INCOMPLETE: one that is not all there. Not to be asked anywhere else:
 * in a payload, somebody else's bytes may fit a header's check by chance. */
apr_status_t slim_frame_recover(char *bytes, size_t size, uint32_t seed, struct slim_frame *frame,
                                size_t *length) SLIM_MUST_CHECK;

/* Whether the header of a frame that cannot be recovered was once written to its end, by a version
 * whose headers have a check. */
int slim_frame_header_was_whole(const char *header);

#endif
