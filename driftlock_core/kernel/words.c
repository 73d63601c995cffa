/* Words of texts and their numbers, as views/vocabulary.py defines them. */

#include "buffers.h"

enum { SPACE, SIGN, LETTER, DIGIT, WIDE_LEAD };
static const unsigned char MASK[] = "<n>"; /* every mask of a number, whatever its width */

typedef struct {
    const unsigned char *start;
    size_t length;
} Word;

typedef struct {
    PyObject_HEAD
    unsigned char kinds[256];
    uint64_t seed; /* where a word stands in the table changes no number, so none can choose words that meet there */
    unsigned char *bytes;
    Word *words;
    int32_t *slots;
    size_t mask;
    Py_ssize_t count;
} Vocabulary;

static void fill_kinds(unsigned char *kinds) {
    for (int byte = 0; byte < 256; byte++)
        kinds[byte] = byte >= 0xE3 && byte <= 0xE9                                     ? WIDE_LEAD
                      : byte >= 0x80 || (byte >= 'a' && byte <= 'z')                   ? LETTER
                      : byte >= '0' && byte <= '9'                                     ? DIGIT
                      : byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == 0x1E ? SPACE
                                                                                       : SIGN;
}

static int is_low(unsigned char byte) {
    return byte >= 'a' && byte <= 'z';
}

/* Length of a mask such as <ip4> or <n12>, 0 where none begins. */
static size_t mask_at(const unsigned char *text, size_t length) {
    size_t at = 1;
    while (at < length && is_low(text[at]))
        at++;
    if (at == 1)
        return 0;
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    return at < length && text[at] == '>' ? at + 1 : 0;
}

static int is_wide(const unsigned char *text, size_t length) {
    return length >= 3 && text[1] >= 0x80 && text[1] <= 0xBF && text[2] >= 0x80 && text[2] <= 0xBF;
}

/* The next word of a text in lower case from a place on, which moves behind it; 0 at the end. */
static int next_word(const unsigned char *kinds, const unsigned char *text, size_t length, size_t *at, Word *word) {
    while (*at < length && kinds[text[*at]] == SPACE)
        ++*at;
    if (*at >= length)
        return 0;
    const unsigned char *start = text + *at;
    size_t left = length - *at, taken = 1, masked;
    unsigned char kind = kinds[*start];
    if (*start == '<' && (masked = mask_at(start, left)) > 0) {
        *at += masked;
        int of_number = start[1] == 'n' && !is_low(start[2]) && masked > 3;
        *word = of_number ? (Word){MASK, sizeof MASK - 1} : (Word){start, masked};
        return 1;
    }
    if (kind == WIDE_LEAD)
        taken = is_wide(start, left) ? 3 : 1;
    else if (kind != SIGN)
        while (taken < left && kinds[start[taken]] == kind)
            taken++;
    *at += taken;
    *word = (Word){start, taken};
    return 1;
}

static uint64_t hash_of(uint64_t seed, Word word) {
    uint64_t hash = seed ^ word.length;
    for (size_t i = 0; i < word.length; i++) {
        hash = (hash ^ word.start[i]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash ^ hash >> 32;
}

static int equal(Word a, Word b) {
    return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

/* The slot that holds a word, or the free one where it would stand. */
static size_t slot_of(const Word *words, const int32_t *slots, size_t mask, uint64_t hash, Word word) {
    size_t at = (size_t)hash & mask;
    while (slots[at] >= 0 && !equal(words[slots[at]], word))
        at = (at + 1) & mask;
    return at;
}

static size_t slots_for(size_t words) {
    size_t slots = 16;
    while (slots < 2 * words)
        slots *= 2;
    return slots;
}

/* What is needed to read texts: one in lower case, and the different words of one. */
typedef struct {
    unsigned char *lower;
    int32_t *seen; /* of each known word: one more than the text that had it last */
    Word *unknown;
    int32_t *slots; /* of the unknown ones; as many are cleared as were taken */
    size_t *taken;
    size_t mask;
} Room;

static int64_t read_text(const Vocabulary *self, const unsigned char *text, size_t length, int32_t number, int once,
                         const Room *room, int64_t *found) {
    for (size_t i = 0; i < length; i++)
        room->lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i];
    Word word;
    size_t at = 0;
    int32_t unknown = 0;
    int64_t count = 0;
    while (next_word(self->kinds, room->lower, length, &at, &word)) {
        uint64_t hash = hash_of(self->seed, word);
        int32_t known = self->slots[slot_of(self->words, self->slots, self->mask, hash, word)];
        if (!once) {
            found[count++] = known;
        } else if (known >= 0) {
            if (room->seen[known] != number + 1)
                found[count++] = known;
            room->seen[known] = number + 1;
        } else {
            size_t slot = slot_of(room->unknown, room->slots, room->mask, hash, word);
            if (room->slots[slot] >= 0)
                continue;
            room->unknown[unknown] = word;
            room->taken[unknown] = slot;
            room->slots[slot] = unknown++;
            found[count] = self->count + count; /* counts on from the known ones */
            count++;
        }
    }
    while (unknown > 0)
        room->slots[room->taken[--unknown]] = -1;
    return count;
}

static int arrange(const Vocabulary *self, size_t longest, Room *room) {
    size_t slots = slots_for(longest);
    room->mask = slots - 1;
    room->lower = PyMem_Malloc(longest + 1);
    room->seen = PyMem_Calloc((size_t)self->count + 1, sizeof(int32_t));
    room->unknown = PyMem_New(Word, longest + 1);
    room->slots = PyMem_New(int32_t, slots);
    room->taken = PyMem_New(size_t, longest + 1);
    if (room->lower == NULL || room->seen == NULL || room->unknown == NULL || room->slots == NULL ||
        room->taken == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < slots; i++)
        room->slots[i] = -1;
    return 0;
}

static void give_back(Room *room) {
    PyMem_Free(room->lower);
    PyMem_Free(room->seen);
    PyMem_Free(room->unknown);
    PyMem_Free(room->slots);
    PyMem_Free(room->taken);
}

/* Numbers of the words of texts laid end to end, or of the different ones of each; how many, all in all. */
static PyObject *vocabulary_read(Vocabulary *self, PyObject *args) {
    PyObject *objects[4], *result = NULL;
    Py_buffer views[4];
    int once;
    if (!PyArg_ParseTuple(args, "OOpOO:read", &objects[0], &objects[1], &once, &objects[2], &objects[3]) ||
        buffers_take("blLL", objects, views) < 0)
        return NULL;
    const int64_t *borders = views[1].buf;
    int64_t *found = views[2].buf, *counts = views[3].buf, total = 0;
    Py_ssize_t texts = views[3].shape[0], longest = 0;
    Room room = {0};
    if (views[1].shape[0] != texts + 1 || texts >= INT32_MAX || !are_borders(&views[1], views[0].shape[0]) ||
        views[2].shape[0] < views[0].shape[0] || views[0].shape[0] >= INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "texts, borders and room for the words do not fit together");
        goto done;
    }
    for (Py_ssize_t i = 0; i < texts; i++)
        longest = borders[i + 1] - borders[i] > longest ? borders[i + 1] - borders[i] : longest;
    if (arrange(self, (size_t)longest, &room) < 0)
        goto done;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < texts; i++) {
        counts[i] = read_text(self, (const unsigned char *)views[0].buf + borders[i],
                              (size_t)(borders[i + 1] - borders[i]), (int32_t)i, once, &room, found + total);
        total += counts[i];
    }
    Py_END_ALLOW_THREADS
    result = PyLong_FromLongLong(total);
done:
    give_back(&room);
    buffers_release(views, 4);
    return result;
}

/* Copy the words, end to end; -1 with an exception set. */
static int take_words(Vocabulary *self, PyObject *words) {
    Py_ssize_t total = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(words); i++) {
        if (!PyBytes_Check(PyTuple_GET_ITEM(words, i))) {
            PyErr_SetString(PyExc_TypeError, "a word is bytes");
            return -1;
        }
        total += PyBytes_GET_SIZE(PyTuple_GET_ITEM(words, i));
    }
    self->count = PyTuple_GET_SIZE(words);
    if (self->count >= INT32_MAX / 4) {
        PyErr_SetString(PyExc_ValueError, "more words than can be numbered");
        return -1;
    }
    self->mask = slots_for((size_t)self->count) - 1;
    self->bytes = PyMem_Malloc((size_t)total + 1);
    self->words = PyMem_New(Word, self->count + 1);
    self->slots = PyMem_New(int32_t, self->mask + 1);
    if (self->bytes == NULL || self->words == NULL || self->slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i <= self->mask; i++)
        self->slots[i] = -1;
    unsigned char *end = self->bytes;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        PyObject *word = PyTuple_GET_ITEM(words, i);
        self->words[i] = (Word){end, (size_t)PyBytes_GET_SIZE(word)};
        memcpy(end, PyBytes_AS_STRING(word), self->words[i].length);
        end += self->words[i].length;
        size_t slot = slot_of(self->words, self->slots, self->mask, hash_of(self->seed, self->words[i]), self->words[i]);
        if (self->slots[slot] < 0)
            self->slots[slot] = (int32_t)i;
    }
    return 0;
}

static PyObject *vocabulary_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *words;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "Vocabulary takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!:Vocabulary", &PyTuple_Type, &words))
        return NULL;
    Vocabulary *self = (Vocabulary *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    fill_kinds(self->kinds);
    self->seed = (uint64_t)(uintptr_t)self * 0xD6E8FEB86659FD93u;
    if (take_words(self, words) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void vocabulary_dealloc(Vocabulary *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(self->bytes);
    PyMem_Free(self->words);
    PyMem_Free(self->slots);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef vocabulary_methods[] = {
    {"read", (PyCFunction)vocabulary_read, METH_VARARGS, PyDoc_STR("Numbers of the words of texts.")},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot vocabulary_slots[] = {
    {Py_tp_doc, PyDoc_STR("Words and their numbers.")},
    {Py_tp_new, vocabulary_new},
    {Py_tp_dealloc, vocabulary_dealloc},
    {Py_tp_methods, vocabulary_methods},
    {0, NULL},
};
PyType_Spec vocabulary_spec = {
    .name = "driftlock_core.kernel._kernel.Vocabulary",
    .basicsize = sizeof(Vocabulary),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = vocabulary_slots,
};
