/* Streams of the C library: it reads by itself, past the functions that have its names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "outside.h"

struct stream {
    struct stream *next;
    FILE *file;
    int fd;
};

static struct stream *streams;

static ssize_t read_stream(void *cookie, char *bytes, size_t length)
{
    return read(((struct stream *)cookie)->fd, bytes, length);
}

static int close_stream(void *cookie)
{
    struct stream **at = &streams, *stream = cookie;
    int fd = stream->fd;

    while (*at != stream) {
        at = &(*at)->next;
    }
    *at = stream->next;
    free(stream);
    return close(fd);
}

SIM_OUTSIDE FILE *fdopen(int fd, const char *mode)
{
    const cookie_io_functions_t functions = {.read = read_stream, .close = close_stream};
    struct stream *stream = calloc(1, sizeof *stream);

    *stream = (struct stream){.next = streams, .fd = fd};
    stream->file = fopencookie(stream, mode, functions);
    streams = stream;
    return stream->file;
}

SIM_OUTSIDE int fileno(FILE *file)
{
    for (const struct stream *stream = streams; stream; stream = stream->next) {
        if (stream->file == file) {
            return stream->fd;
        }
    }
    errno = EBADF;
    return -1;
}
