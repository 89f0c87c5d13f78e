/* Capture, in httpd's children: each request that ends becomes a record in the ring. */
#ifndef SLIM_CAPTURE_H
#define SLIM_CAPTURE_H

#include "core/record.h"
#include "core/ring.h"
#include "config.h"
#include "ring_file.h"

/* Maps the ring and takes a slot; called once in each child. */
void slim_capture_child_init(apr_pool_t *pchild, server_rec *server,
                             const struct slim_ring_files *files);
/* The log_transaction hook: OK or DECLINED, whatever happens. */
int slim_capture(request_rec *r);
/* Writes a request as a record, which has room for SLIM_RECORD_MAX bytes (capture_record.c): first
 * as the client asked, last as it was answered. Returns its length. */
size_t slim_capture_write(char *record, const request_rec *r, const request_rec *first,
                          const request_rec *last, uint64_t bytes, apr_time_t now);
/* Adds what is told of a request's page to its record of length, where slim_pages_are_told
 * (capture_page.c). Returns its new length. */
size_t slim_capture_page(char *record, size_t length, const request_rec *first, request_rec *last);
/* For the first SlimStatsPageHeader On of a configuration: hooks the output filter that takes the
 * headers for us off the answer. Without it no request knows of it. */
void slim_page_filter_hook(void);
/* The ring that this child has mapped; NULL: none. */
const struct slim_ring *slim_capture_ring(void);

#endif
