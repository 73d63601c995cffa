/*
 * Canonical events by shape: fold an event to its shape, look the shape up, ask Python where it is new.
 * Exact: a hit needs equal length and equal bytes. The table is emptied when it holds too many bytes.
 */

#include "kernel.h"

enum {
    ENTRY_OVERHEAD = 200, /* as masking.py counts it */
    FIRST_SLOTS = 1 << 10,
    MOST_PROBES = 64, /* bounds what keys made to collide can cost; such a key is computed anew each time */
    ROOM_KEPT = 1 << 20,
    EVENTS_A_SIGNAL_CHECK = 1 << 10,
    EVENTS_AHEAD = 4, /* how early to ask memory for an event: they lie scattered */
    BLOCK = 16,
};

typedef struct {
    uint64_t hash;
    PyObject *key; /* bytes; NULL where the slot is free */
    PyObject *value;
} Slot;

typedef struct {
    PyObject_HEAD
    Slot *slots;
    size_t mask; /* number of slots - 1, a power of two - 1 */
    size_t used;
    size_t held; /* bytes, by the count of masking.py */
    size_t limit;
    Py_ssize_t longest; /* no longer key is kept */
    int zero_digits;
    unsigned char *room;
    Py_ssize_t room_size;
} Shapes;

static uint64_t secret = 0; /* of this process; moves slots, never results */

static inline void fold_digits(unsigned char *restrict to, const unsigned char *restrict from, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        unsigned char byte = from[i];
        byte = (unsigned char)(byte - '1') < 9 ? '0' : byte;
        to[i] = byte == '\n' ? 0x1E : byte;
    }
}

/* The shape: newline to 0x1E and, if asked for, digits to 0. In blocks that the compiler turns into vectors; the
   last one overlaps the one before it, so that no bytes are left to go one by one. */
static void fold(unsigned char *restrict to, const unsigned char *restrict from, Py_ssize_t length, int zero_digits) {
    if (!zero_digits) {
        for (Py_ssize_t i = 0; i < length; i++)
            to[i] = from[i] == '\n' ? 0x1E : from[i];
        return;
    }
    if (length < BLOCK) {
        fold_digits(to, from, length);
        return;
    }
    for (Py_ssize_t i = 0; i + BLOCK <= length; i += BLOCK)
        fold_digits(to + i, from + i, BLOCK);
    fold_digits(to + length - BLOCK, from + length - BLOCK, BLOCK);
}

static inline uint64_t word(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t mix(uint64_t state, uint64_t value) {
    state = (state ^ value) * 0x9E3779B97F4A7C15u;
    return state ^ state >> 32;
}

/* Four chains that do not wait for each other; the last block overlaps, as above. */
static uint64_t hash_of(const unsigned char *bytes, Py_ssize_t length) {
    uint64_t a = secret ^ (uint64_t)length, b = ~secret, c = secret << 1, d = secret >> 1;
    if (length < BLOCK) {
        unsigned char block[BLOCK] = {0};
        memcpy(block, bytes, (size_t)length);
        a = mix(a, word(block));
        b = mix(b, word(block + 8));
    } else {
        Py_ssize_t i = 0;
        for (; i + 2 * BLOCK <= length; i += 2 * BLOCK) {
            a = mix(a, word(bytes + i));
            b = mix(b, word(bytes + i + 8));
            c = mix(c, word(bytes + i + 16));
            d = mix(d, word(bytes + i + 24));
        }
        if (i + BLOCK <= length) {
            a = mix(a, word(bytes + i));
            b = mix(b, word(bytes + i + 8));
        }
        c = mix(c, word(bytes + length - BLOCK));
        d = mix(d, word(bytes + length - BLOCK + 8));
    }
    return mix(mix(mix(a, b), c), d);
}

/* The slot of a key, or a free one for it; NULL if the search took too long. */
static Slot *find(const Shapes *self, uint64_t hash, const unsigned char *key, Py_ssize_t length) {
    for (size_t probe = 0; probe < MOST_PROBES; probe++) {
        Slot *slot = &self->slots[(hash + probe) & self->mask];
        if (slot->key == NULL)
            return slot;
        if (slot->hash == hash && PyBytes_GET_SIZE(slot->key) == length &&
            memcmp(PyBytes_AS_STRING(slot->key), key, (size_t)length) == 0)
            return slot;
    }
    return NULL;
}

static void empty(Shapes *self) {
    for (size_t i = 0; self->slots != NULL && i <= self->mask; i++) {
        Py_CLEAR(self->slots[i].key);
        Py_CLEAR(self->slots[i].value);
    }
    self->used = self->held = 0;
}

static int double_slots(Shapes *self) {
    size_t count = 2 * (self->mask + 1);
    Slot *old = self->slots, *slots = PyMem_Calloc(count, sizeof(Slot));
    if (slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    size_t old_mask = self->mask;
    self->slots = slots;
    self->mask = count - 1;
    for (size_t i = 0; i <= old_mask; i++) {
        if (old[i].key == NULL)
            continue;
        Slot *slot = find(self, old[i].hash, (const unsigned char *)PyBytes_AS_STRING(old[i].key),
                          PyBytes_GET_SIZE(old[i].key));
        if (slot != NULL) {
            *slot = old[i];
        } else { /* forgotten: it will be computed anew */
            Py_DECREF(old[i].key);
            Py_DECREF(old[i].value);
            self->used--;
        }
    }
    PyMem_Free(old);
    return 0;
}

/* Keep a computed value. Other threads may have run since the key was looked up, so it is looked up again. */
static int keep(Shapes *self, uint64_t hash, PyObject *key, PyObject *value) {
    size_t more = (size_t)PyBytes_GET_SIZE(key) + (size_t)PyBytes_GET_SIZE(value) + ENTRY_OVERHEAD;
    if (self->held + more > self->limit)
        empty(self);
    if (2 * (self->used + 1) > self->mask + 1 && double_slots(self) < 0)
        return -1;
    Slot *slot = find(self, hash, (const unsigned char *)PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key));
    if (slot != NULL && slot->key == NULL) {
        slot->hash = hash;
        slot->key = Py_NewRef(key);
        slot->value = Py_NewRef(value);
        self->used++;
        self->held += more;
    }
    return 0;
}

static PyObject *compute_and_keep(Shapes *self, uint64_t hash, Py_ssize_t length, PyObject *compute) {
    PyObject *key = PyBytes_FromStringAndSize((const char *)self->room, length);
    if (key == NULL)
        return NULL;
    PyObject *value = PyObject_CallOneArg(compute, key); /* may let other threads in: room is theirs now */
    if (value != NULL && !PyBytes_CheckExact(value)) {
        PyErr_SetString(PyExc_TypeError, "a canonical event must be bytes");
        Py_CLEAR(value);
    }
    if (value != NULL && length <= self->longest && keep(self, hash, key, value) < 0)
        Py_CLEAR(value);
    Py_DECREF(key);
    return value;
}

/* The canonical form of one event; a new reference. */
static PyObject *look_up(Shapes *self, const unsigned char *event, Py_ssize_t length, PyObject *compute) {
    if (length > self->room_size || self->room == NULL) {
        unsigned char *room = PyMem_Realloc(self->room, (size_t)length + 1);
        if (room == NULL)
            return PyErr_NoMemory();
        self->room = room;
        self->room_size = length;
    }
    fold(self->room, event, length, self->zero_digits);
    uint64_t hash = hash_of(self->room, length);
    Slot *slot = find(self, hash, self->room, length);
    if (slot != NULL && slot->key != NULL)
        return Py_NewRef(slot->value);
    return compute_and_keep(self, hash, length, compute);
}

static inline void fetch(const PyObject *event) {
#if defined(__GNUC__)
    __builtin_prefetch((const char *)event);
    __builtin_prefetch((const char *)event + 64);
    __builtin_prefetch((const char *)event + 128);
#else
    (void)event;
#endif
}

static int fill(Shapes *self, PyObject *events, PyObject *compute, PyObject *lines) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(events); i++) {
        PyObject *event = PyTuple_GET_ITEM(events, i), *line;
        if (i % EVENTS_A_SIGNAL_CHECK == 0 && PyErr_CheckSignals() < 0)
            return -1;
        if (i + EVENTS_AHEAD < PyTuple_GET_SIZE(events))
            fetch(PyTuple_GET_ITEM(events, i + EVENTS_AHEAD));
        if (PyBytes_Check(event)) {
            line = look_up(self, (const unsigned char *)PyBytes_AS_STRING(event), PyBytes_GET_SIZE(event), compute);
        } else {
            Py_buffer view;
            if (PyObject_GetBuffer(event, &view, PyBUF_SIMPLE) < 0)
                return -1;
            line = look_up(self, view.buf, view.len, compute);
            PyBuffer_Release(&view);
        }
        if (line == NULL)
            return -1;
        PyList_SET_ITEM(lines, i, line);
    }
    return 0;
}

static PyObject *shapes_canonical(Shapes *self, PyObject *args) {
    PyObject *given, *compute;
    if (!PyArg_ParseTuple(args, "OO:canonical", &given, &compute))
        return NULL;
    PyObject *events = PySequence_Tuple(given); /* a list might change under us while Python runs */
    PyObject *lines = events == NULL ? NULL : PyList_New(PyTuple_GET_SIZE(events));
    if (lines != NULL && fill(self, events, compute, lines) < 0)
        Py_CLEAR(lines);
    Py_XDECREF(events);
    if (self->room_size > ROOM_KEPT) {
        PyMem_Free(self->room);
        self->room = NULL;
        self->room_size = 0;
    }
    return lines;
}

static PyObject *shapes_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Py_ssize_t limit, longest;
    int zero_digits;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "Shapes takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "nnp:Shapes", &limit, &longest, &zero_digits))
        return NULL;
    if (secret == 0) {
        PyObject *text = PyUnicode_FromString("driftlock");
        Py_hash_t hash = text == NULL ? -1 : PyObject_Hash(text); /* Python's own secret is in it */
        Py_XDECREF(text);
        if (hash == -1)
            return NULL;
        secret = (uint64_t)hash | 1;
    }
    Shapes *self = (Shapes *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->limit = limit < 0 ? 0 : (size_t)limit;
    self->longest = longest;
    self->zero_digits = zero_digits;
    self->mask = FIRST_SLOTS - 1;
    self->slots = PyMem_Calloc(FIRST_SLOTS, sizeof(Slot));
    if (self->slots == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void shapes_dealloc(Shapes *self) {
    PyTypeObject *type = Py_TYPE(self);
    empty(self);
    PyMem_Free(self->slots);
    PyMem_Free(self->room);
    type->tp_free(self);
    Py_DECREF(type);
}

static Py_ssize_t shapes_length(Shapes *self) {
    return (Py_ssize_t)self->used;
}

static PyMethodDef shapes_methods[] = {
    {"canonical", (PyCFunction)shapes_canonical, METH_VARARGS, PyDoc_STR("Canonical forms of events, in order.")},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot shapes_slots[] = {
    {Py_tp_doc, PyDoc_STR("A bounded cache of canonical events by shape.")},
    {Py_tp_new, shapes_new},
    {Py_tp_dealloc, shapes_dealloc},
    {Py_tp_methods, shapes_methods},
    {Py_sq_length, shapes_length},
    {0, NULL},
};
PyType_Spec shapes_spec = {
    .name = "driftlock_core.kernel._kernel.Shapes",
    .basicsize = sizeof(Shapes),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = shapes_slots,
};
