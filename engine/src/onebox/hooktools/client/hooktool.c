/* Copyright 2026 The Charmed DataOps Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every hook tool, as a charm starts it: it asks the engine and prints the answer. The twin of
 * hooktool.py; it speaks the format that wire.py describes, and starts in a millisecond.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *data;
    size_t length, room;
} buffer;

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "ERROR %s%s\n", what, detail);
    exit(1);
}

static void append(buffer *b, const void *data, size_t length) {
    if (b->length + length + 1 > b->room) {
        b->room = 2 * (b->length + length + 1);
        b->data = realloc(b->data, b->room);
        if (b->data == NULL) fail("out of memory", "");
    }
    memcpy(b->data + b->length, data, length);
    b->length += length;
    b->data[b->length] = 0;
}

static void read_all(buffer *b, int fd, const char *name) {
    char part[65536];
    for (;;) {
        ssize_t count = read(fd, part, sizeof part);
        if (count == 0) return;
        if (count > 0) append(b, part, (size_t)count);
        else if (errno != EINTR) fail(name, strerror(errno));
    }
}

static int write_all(int fd, const char *data, size_t length) {
    while (length > 0) {
        ssize_t count = write(fd, data, length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        data += count;
        length -= (size_t)count;
    }
    return 0;
}

static void unreachable(const char *address) {
    fprintf(stderr, "ERROR dial unix %s: %s\n", address, strerror(errno));
    exit(1);
}

static buffer ask(const char *address, const buffer *head, const buffer *in) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    buffer request = {0}, answer = {0};
    char line[64];
    int length = snprintf(line, sizeof line, "%zu %ld\n", head->length, in ? (long)in->length : -1L);

    if (strlen(address) >= sizeof to.sun_path) fail("the socket's path is too long: ", address);
    strcpy(to.sun_path, address);
    append(&request, line, (size_t)length);
    append(&request, head->data, head->length);
    if (in) append(&request, in->length ? in->data : "", in->length);

    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) unreachable(address);
    if (write_all(fd, request.data, request.length) < 0) unreachable(address);
    read_all(&answer, fd, "read answer: ");
    close(fd);
    free(request.data);
    return answer;
}

static const char *needed(const char *name) {
    const char *value = getenv(name);
    if (value == NULL || *value == 0) fail(name, " not set");
    return value;
}

int main(int argc, char **argv) {
    const char *context = needed("JUJU_CONTEXT_ID");
    const char *address = needed("JUJU_AGENT_SOCKET_ADDRESS");
    char cwd[PATH_MAX] = "/";
    buffer head = {0}, in = {0};
    int code;
    size_t out, err;

    needed("JUJU_AGENT_SOCKET_NETWORK");
    if (getcwd(cwd, sizeof cwd) == NULL) strcpy(cwd, "/");
    char *slash = strrchr(argv[0], '/');
    if (slash) argv[0] = slash + 1;
    append(&head, context, strlen(context) + 1);
    append(&head, cwd, strlen(cwd) + 1);
    for (int i = 0; i < argc; i++) append(&head, argv[i], strlen(argv[i]) + 1);

    buffer answer = ask(address, &head, NULL);
    if (answer.length > 3 && strncmp(answer.data, "-1 ", 3) == 0) {
        read_all(&in, 0, "read stdin: ");
        answer = ask(address, &head, &in);
    }
    char *body = answer.length ? memchr(answer.data, '\n', answer.length) : NULL;
    if (body == NULL || sscanf(answer.data, "%d %zu %zu", &code, &out, &err) != 3 ||
        answer.length - (size_t)(body + 1 - answer.data) != out + err)
        fail("the engine closed the connection before it answered", "");
    write_all(1, body + 1, out);
    write_all(2, body + 1 + out, err);
    return code;
}
