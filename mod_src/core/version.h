/* The version of everything in this tree. */
#ifndef SLIM_VERSION_H
#define SLIM_VERSION_H

#define SLIM_VERSION "0.1.0"

#endif
