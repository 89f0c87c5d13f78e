/* The lists of agents, robots and probes as they were when the module was built. A process whose
 * files are the same, byte for byte, takes these: reading them takes some 35 ms of CPU and 7 MB of
 * memory of its own. */
#ifndef SLIM_AGENTS_IMAGE_H
#define SLIM_AGENTS_IMAGE_H

#include "rules_image.h"

#define SLIM_IMAGE_FILES 4 /* agents.yaml, uap-core's regexes.yaml, robots.tsv, probes.tsv */

struct slim_image_file {
    uint32_t length, sum; /* CRC-32C */
};

struct slim_agents_image {
    struct slim_rules_image agents; /* browsers, platforms, spiders, robots */
    struct slim_rules_image probes;
    struct slim_image_file file[SLIM_IMAGE_FILES]; /* those of agents, then those of probes */
};

/* Made by image/make_agents_image.c. Without files: none. */
extern const struct slim_agents_image slim_agents_image;

#endif
