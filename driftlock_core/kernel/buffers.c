/* Arrays that a function is handed, all taken and all given back together. */

#include "buffers.h"

#include <ctype.h>

static const char *formats_of(char kind) {
    switch (tolower(kind)) {
    case 'l':
        return "lq";
    case 'i':
        return "il";
    case 'h':
        return "H";
    case 'b':
        return "B?";
    default:
        return "d";
    }
}

static Py_ssize_t size_of(char kind) {
    switch (tolower(kind)) {
    case 'i':
        return 4;
    case 'h':
        return 2;
    case 'b':
        return 1;
    default:
        return 8;
    }
}

static int fits(const Py_buffer *view, char kind) {
    return view->ndim == 1 && view->itemsize == size_of(kind) && view->format != NULL && view->format[0] != '\0' &&
           view->format[1] == '\0' && strchr(formats_of(kind), view->format[0]) != NULL;
}

int buffers_take(const char *kinds, PyObject *const *objects, Py_buffer *views) {
    for (size_t held = 0; kinds[held] != '\0'; held++) {
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (isupper(kinds[held]) ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(objects[held], &views[held], flags) < 0) {
            buffers_release(views, held);
            return -1;
        }
        if (!fits(&views[held], kinds[held])) {
            buffers_release(views, held + 1);
            PyErr_SetString(PyExc_ValueError, "arrays do not fit together: one is of another type or of more dimensions");
            return -1;
        }
    }
    return 0;
}

void buffers_release(Py_buffer *views, size_t count) {
    while (count > 0)
        PyBuffer_Release(&views[--count]);
}

int are_borders(const Py_buffer *borders, Py_ssize_t end) {
    const int64_t *at = borders->buf;
    Py_ssize_t count = borders->shape[0];
    if (count < 1 || at[0] != 0 || at[count - 1] != end)
        return 0;
    for (Py_ssize_t i = 1; i < count; i++)
        if (at[i] < at[i - 1])
            return 0;
    return 1;
}
