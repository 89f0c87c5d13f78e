/* What a content type says of the kind of a hit. */
#ifndef SLIM_TYPE_CLASS_H
#define SLIM_TYPE_CLASS_H

#include "core/evidence.h"
#include "core/hit.h"

/* The class of a Content-Type header; parameters are left out of account. */
enum slim_type_class slim_type_class_of(struct slim_text type);

/* What the kind of a hit is decided by. */
struct slim_evidence slim_evidence_of(const struct slim_hit *hit);

/* Puts evidence that was kept into a hit, so that slim_evidence_of gives it again: fetch metadata,
 * bits, and a content type of that class. */
void slim_evidence_put(const struct slim_evidence *evidence, struct slim_hit *hit);

#endif
