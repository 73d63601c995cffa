/* Arrays that a function is handed, all taken and all given back together. */

#ifndef DRIFTLOCK_BUFFERS_H
#define DRIFTLOCK_BUFFERS_H

#include "kernel.h"

/* Take one array of one dimension for each letter: l 64 bits whole, i 32 bits whole, h 16 bits without sign, b bytes,
   d real; a capital where it is written into. -1 with an exception set, and then none is held. */
int buffers_take(const char *kinds, PyObject *const *objects, Py_buffer *views);
void buffers_release(Py_buffer *views, size_t count);

/* Whether numbers begin at 0, never fall and end at *end*: where stretches of that many things begin and end. */
int are_borders(const Py_buffer *borders, Py_ssize_t end);

#endif
