/*
 * Places of numbers: what window_views/values.py computes, value by value. Equal to the last bit.
 */

#include "kernel.h"

enum {
    REMEMBERED = 64,
    FEWEST = 16,
    PLACES = 512,
    FEWEST_DIFFERENT = 8,
    RUNS = 3,
    UNIT = 1024,
    SLOTS = 2048, /* a power of two, at least twice PLACES */
    NONE = -1,
    FIRST_PLACES = 16,
    LONGEST = 15,           /* bytes of a number */
    MOST_BEYOND = 8 * UNIT, /* bits that a value outside everything remembered adds at most, */
    TIMES = 1 << 14,        /* reached at so many 1024ths of the range: 2·log2(16) = 8 */
};

typedef struct {
    int32_t start, stop; /* bytes of the event */
    int64_t name;
} Span;

typedef struct {
    double newest[REMEMBERED];
    double ordered[REMEMBERED];
} Values;

/* Apart from its values: a stream of ever new templates asks for many places and adds little to any. */
typedef struct {
    int64_t key;
    int16_t older, newer; /* by last use; NONE at the ends */
    int16_t count;
    int16_t first; /* of newest: where the oldest value stands, once it is full */
} Place;

typedef struct {
    PyObject_HEAD
    Values *values; /* of each place; most streams have few */
    Place places[PLACES];
    int room, used, oldest, latest;
    int16_t slots[SLOTS]; /* positions in places, by key; NONE where free */
    Py_buffer log;        /* 1024·log2 n, whole, for n below TIMES */
} Places;

static inline size_t slot_of(int64_t key) {
    return (size_t)((uint64_t)key * 0x9E3779B97F4A7C15u >> 53);
}

static void unlink_place(Places *self, int at) {
    Place *place = &self->places[at];
    if (place->older != NONE)
        self->places[place->older].newer = place->newer;
    else
        self->oldest = place->newer;
    if (place->newer != NONE)
        self->places[place->newer].older = place->older;
    else
        self->latest = place->older;
}

static void append_place(Places *self, int at) {
    self->places[at].older = (int16_t)self->latest;
    self->places[at].newer = NONE;
    if (self->latest != NONE)
        self->places[self->latest].newer = (int16_t)at;
    else
        self->oldest = at;
    self->latest = at;
}

/* Free a slot and move those behind it up, so that searches still find them. */
static void free_slot(Places *self, size_t slot) {
    size_t hole = slot;
    for (size_t next = (slot + 1) % SLOTS; self->slots[next] != NONE; next = (next + 1) % SLOTS) {
        size_t home = slot_of(self->places[self->slots[next]].key);
        if ((next - home) % SLOTS >= (next - hole) % SLOTS) {
            self->slots[hole] = self->slots[next];
            hole = next;
        }
    }
    self->slots[hole] = NONE;
}

static int double_room(Places *self) {
    int room = self->room == 0 ? FIRST_PLACES : 2 * self->room;
    Values *values = PyMem_Realloc(self->values, (size_t)room * sizeof *values);
    if (values == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->values = values;
    self->room = room;
    return 0;
}

/* The place of a key, now the one used last; the one longest unused goes where there are too many. NULL with an
   exception set. */
static Place *place_of(Places *self, int64_t key) {
    size_t slot = slot_of(key);
    for (; self->slots[slot] != NONE; slot = (slot + 1) % SLOTS) {
        int at = self->slots[slot];
        if (self->places[at].key == key) {
            if (at != self->latest) {
                unlink_place(self, at);
                append_place(self, at);
            }
            return &self->places[at];
        }
    }
    int at = self->used;
    if (self->used < PLACES) {
        if (self->used == self->room && double_room(self) < 0)
            return NULL;
        self->used++;
    } else {
        at = self->oldest;
        unlink_place(self, at);
        size_t gone = slot_of(self->places[at].key);
        while (self->slots[gone] != at)
            gone = (gone + 1) % SLOTS;
        free_slot(self, gone);
        for (slot = slot_of(key); self->slots[slot] != NONE; slot = (slot + 1) % SLOTS)
            ;
    }
    Place *place = &self->places[at];
    place->key = key;
    place->count = place->first = 0;
    append_place(self, at);
    self->slots[slot] = (int16_t)at;
    return place;
}

static inline Values *values_of(const Places *self, const Place *place) {
    return &self->values[place - self->places];
}

static void add_value(const Places *self, Place *place, double value) {
    Values *values = values_of(self, place);
    int count = place->count;
    if (count == REMEMBERED) {
        double gone = values->newest[place->first];
        int at = 0;
        while (values->ordered[at] < gone)
            at++;
        memmove(&values->ordered[at], &values->ordered[at + 1], sizeof(double) * (size_t)(count - 1 - at));
        values->newest[place->first] = value;
        place->first = (place->first + 1) & (REMEMBERED - 1);
        count--;
    } else {
        values->newest[count] = value;
        place->count++;
    }
    int at = count;
    while (at > 0 && values->ordered[at - 1] > value) {
        values->ordered[at] = values->ordered[at - 1];
        at--;
    }
    values->ordered[at] = value;
}

static int tells_levels(const Places *self, const Place *place) {
    const Values *values = values_of(self, place);
    int count = place->count, different = 1, apart = 0, changes = 0;
    if (count < FEWEST)
        return 0;
    for (int i = 1; i < count; i++)
        different += values->ordered[i] != values->ordered[i - 1];
    if (different < FEWEST_DIFFERENT)
        return 0;
    double median = values->ordered[count / 2];
    int8_t sides[REMEMBERED]; /* of those that lie off the median, oldest first */
    for (int i = 0; i < count; i++) {
        double value = values->newest[(place->first + i) & (REMEMBERED - 1)];
        sides[apart] = value > median;
        apart += value != median;
    }
    for (int i = 1; i < apart; i++)
        changes += sides[i] != sides[i - 1];
    return RUNS * (1 + changes) >= apart;
}

static int64_t bits_of(const Places *self, const Place *place, double value) {
    const Values *values = values_of(self, place);
    const int64_t *log = self->log.buf;
    int count = place->count, below = 0, upto = 0;
    for (int i = 0; i < count; i++) {
        below += values->ordered[i] < value;
        upto += values->ordered[i] <= value;
    }
    int from = count - below, rank = 1 + (from < upto ? from : upto);
    int64_t bits = log[count + 1] - log[rank] - UNIT;
    bits = bits < 0 ? 0 : bits;
    double low = values->ordered[0], high = values->ordered[count - 1];
    double under = low - value, over = value - high, beyond = under > over ? under : over;
    if (beyond > 0) {
        double times = UNIT * (1 + beyond / (high - low));
        bits += times < TIMES ? 2 * (log[(int)times] - 10 * UNIT) : MOST_BEYOND;
    }
    return bits;
}

/* Sign, digits and at most one dot, 15 bytes at most: both numbers of the quotient are exact, so it is rounded once. */
static double value_of(const unsigned char *at, const unsigned char *end) {
    static const double powers[] = {1,   1e1, 1e2, 1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int negative = *at == '-', decimals = 0, dotted = 0;
    int64_t whole = 0;
    for (at += negative; at < end; at++) {
        if (*at == '.') {
            dotted = 1;
            continue;
        }
        whole = 10 * whole + (*at - '0');
        decimals += dotted;
    }
    double value = (double)whole / powers[decimals];
    return negative ? -value : value;
}

static int take_number(Places *self, const Span *span, const Py_buffer *event, int64_t template_key, int64_t *bits,
                       int64_t *compared) {
    if (span->start < 0 || span->stop > event->len || span->stop <= span->start ||
        span->stop - span->start > LONGEST) {
        PyErr_SetString(PyExc_ValueError, "a span lies outside its event");
        return -1;
    }
    const unsigned char *text = event->buf;
    double value = value_of(text + span->start, text + span->stop);
    uint64_t key = ((uint64_t)template_key ^ (uint64_t)span->name) * 0x9E3779B97F4A7C15u;
    Place *place = place_of(self, (int64_t)key);
    if (place != NULL && place->count < FEWEST) {
        add_value(self, place, value);
        place = place_of(self, span->name);
    }
    if (place == NULL)
        return -1;
    if (tells_levels(self, place)) {
        *bits += bits_of(self, place, value);
        *compared += 1;
    }
    add_value(self, place, value);
    return 0;
}

static int take_event(Places *self, PyObject *event, PyObject *spans, int64_t template_key, int64_t *bits,
                      int64_t *compared) {
    if (!PyBytes_Check(spans) || PyBytes_GET_SIZE(spans) % sizeof(Span) != 0) {
        PyErr_SetString(PyExc_TypeError, "the spans of an event must be bytes");
        return -1;
    }
    Py_ssize_t count = PyBytes_GET_SIZE(spans) / (Py_ssize_t)sizeof(Span);
    *bits = *compared = 0;
    if (count == 0)
        return 0;
    Py_buffer view;
    if (PyObject_GetBuffer(event, &view, PyBUF_SIMPLE) < 0)
        return -1;
    int result = 0;
    for (Py_ssize_t i = 0; result == 0 && i < count; i++) {
        Span span;
        memcpy(&span, PyBytes_AS_STRING(spans) + i * (Py_ssize_t)sizeof span, sizeof span);
        result = take_number(self, &span, &view, template_key, bits, compared);
    }
    PyBuffer_Release(&view);
    return result;
}

static int whole_numbers(PyObject *given, Py_buffer *view, Py_ssize_t count, int writable) {
    if (PyObject_GetBuffer(given, view, PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0)) < 0)
        return -1;
    if (view->itemsize == 8 && view->len == 8 * count)
        return 0;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "one whole number of 64 bits per event is needed");
    return -1;
}

static PyObject *places_take(Places *self, PyObject *args) {
    PyObject *events, *spans, *templates, *bits, *compared;
    if (!PyArg_ParseTuple(args, "OO!OOO:take", &events, &PyList_Type, &spans, &templates, &bits, &compared))
        return NULL;
    events = PySequence_Tuple(events);
    if (events == NULL)
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(events);
    Py_buffer keys, sums, counts;
    int result = -1;
    if (PyList_GET_SIZE(spans) != count)
        PyErr_SetString(PyExc_ValueError, "spans for each event are needed");
    else if (whole_numbers(templates, &keys, count, 0) == 0) {
        if (whole_numbers(bits, &sums, count, 1) == 0) {
            if (whole_numbers(compared, &counts, count, 1) == 0) {
                result = 0;
                for (Py_ssize_t i = 0; result == 0 && i < count; i++)
                    result = take_event(self, PyTuple_GET_ITEM(events, i), PyList_GET_ITEM(spans, i),
                                        ((int64_t *)keys.buf)[i], (int64_t *)sums.buf + i,
                                        (int64_t *)counts.buf + i);
                PyBuffer_Release(&counts);
            }
            PyBuffer_Release(&sums);
        }
        PyBuffer_Release(&keys);
    }
    Py_DECREF(events);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *places_state(Places *self, PyObject *Py_UNUSED(ignored)) {
    PyObject *state = PyList_New(0);
    for (int at = self->oldest; state != NULL && at != NONE; at = self->places[at].newer) {
        const Place *place = &self->places[at];
        PyObject *values = PyList_New(place->count);
        for (int i = 0; values != NULL && i < place->count; i++) {
            PyObject *value = PyFloat_FromDouble(self->values[at].newest[(place->first + i) % REMEMBERED]);
            if (value == NULL)
                Py_CLEAR(values);
            else
                PyList_SET_ITEM(values, i, value);
        }
        PyObject *entry = values == NULL ? NULL : Py_BuildValue("(LN)", (long long)place->key, values);
        if (entry == NULL || PyList_Append(state, entry) < 0)
            Py_CLEAR(state);
        Py_XDECREF(entry);
    }
    return state;
}

static PyObject *places_add(Places *self, PyObject *args) {
    long long key;
    PyObject *values;
    if (!PyArg_ParseTuple(args, "LO:add", &key, &values))
        return NULL;
    values = PySequence_Tuple(values);
    if (values == NULL)
        return NULL;
    Place *place = place_of(self, key);
    for (Py_ssize_t i = 0; place != NULL && i < PyTuple_GET_SIZE(values); i++) {
        double value = PyFloat_AsDouble(PyTuple_GET_ITEM(values, i));
        if (value == -1 && PyErr_Occurred())
            break;
        add_value(self, place, value);
    }
    Py_DECREF(values);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *places_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *log;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "Places takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O:Places", &log))
        return NULL;
    Places *self = (Places *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    if (whole_numbers(log, &self->log, TIMES, 0) < 0) {
        self->log.obj = NULL;
        Py_DECREF(self);
        return NULL;
    }
    self->oldest = self->latest = NONE;
    for (int i = 0; i < SLOTS; i++)
        self->slots[i] = NONE;
    return (PyObject *)self;
}

static void places_dealloc(Places *self) {
    PyTypeObject *type = Py_TYPE(self);
    if (self->log.obj != NULL)
        PyBuffer_Release(&self->log);
    PyMem_Free(self->values);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef places_methods[] = {
    {"take", (PyCFunction)places_take, METH_VARARGS, PyDoc_STR("Bits of the numbers of events, in order.")},
    {"state", (PyCFunction)places_state, METH_NOARGS, PyDoc_STR("Keys and values, longest unused first.")},
    {"add", (PyCFunction)places_add, METH_VARARGS, PyDoc_STR("Values of one place, oldest first.")},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot places_slots[] = {
    {Py_tp_doc, PyDoc_STR("The newest values at the places of one stream.")},
    {Py_tp_new, places_new},
    {Py_tp_dealloc, places_dealloc},
    {Py_tp_methods, places_methods},
    {0, NULL},
};
PyType_Spec places_spec = {
    .name = "driftlock_core.kernel._kernel.Places",
    .basicsize = sizeof(Places),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = places_slots,
};
