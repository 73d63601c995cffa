/* Places of whole numbers among keys, many at a time. */

#include "lookups.h"

#include "buffers.h"

int table_of(const Py_buffer *keys, const Py_buffer *slots, int shift, Table *table) {
    Py_ssize_t count = slots->shape[0];
    *table = (Table){keys->buf, slots->buf, keys->shape[0], count - 1, shift};
    /* Open addressing has two to the power of what is left of 64 bits. */
    return shift == 0 ? count > 0 : shift > 1 && shift < 64 && count == (Py_ssize_t)1 << (64 - shift);
}

PyObject *kernel_find(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[4];
    Py_buffer views[4];
    int shift;
    if (!PyArg_ParseTuple(args, "OOiOO:find", &objects[0], &objects[1], &shift, &objects[2], &objects[3]) ||
        buffers_take("lilL", objects, views) < 0)
        return NULL;
    Table table;
    Py_ssize_t count = views[2].shape[0];
    int fit = table_of(&views[0], &views[1], shift, &table) && views[3].shape[0] == count;
    if (fit) {
        const int64_t *wanted = views[2].buf;
        int64_t *found = views[3].buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < count; i++)
            found[i] = table_find(&table, wanted[i]);
        Py_END_ALLOW_THREADS
    } else {
        PyErr_SetString(PyExc_ValueError, "keys, slots and numbers wanted do not fit together");
    }
    buffers_release(views, 4);
    if (!fit)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *kernel_seat(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[2];
    Py_buffer views[2];
    Table table;
    int shift;
    if (!PyArg_ParseTuple(args, "OOi:seat", &objects[0], &objects[1], &shift) || buffers_take("lI", objects, views) < 0)
        return NULL;
    /* A slot more than keys at least, so that every search ends. */
    int fit = table_of(&views[0], &views[1], shift, &table) && shift > 0 && table.count <= table.last &&
              table.count <= INT32_MAX;
    if (fit) {
        int32_t *slots = views[1].buf;
        Py_BEGIN_ALLOW_THREADS
        for (int64_t slot = 0; slot <= table.last; slot++)
            slots[slot] = -1;
        for (int64_t place = 0; place < table.count; place++) {
            int64_t at = table_slot(&table, table.keys[place]);
            while (slots[at] >= 0)
                at = (at + 1) & table.last;
            slots[at] = (int32_t)place;
        }
        Py_END_ALLOW_THREADS
    } else {
        PyErr_SetString(PyExc_ValueError, "keys and slots do not fit together");
    }
    buffers_release(views, 2);
    if (!fit)
        return NULL;
    Py_RETURN_NONE;
}
