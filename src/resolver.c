/* resolver: the addresses of hosts, without waiting for whoever knows them */
#include "resolver.h"

#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "buffer.h"
#include "memory.h"

enum { START_S = 1 };

/* Never freed: there are as many as settings name hosts. */
struct name {
    struct name *next;
    char *host, *addresses; /* NULL: none was heard yet */
    const char *fault;      /* why the last answer was none */
    bool asks, wanted, answered;
};

/* Threads wait for each other here: once a connection, for as long as it takes to copy a text. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct name *names;
static struct timespec start_until; /* CLOCK_MONOTONIC; 0: no name was wanted yet */

/* ---- the thread of a name ---- */

static char *text_of(const struct addrinfo *found)
{
    struct buffer text = BUFFER_INIT;
    char address[NI_MAXHOST];
    for (; found; found = found->ai_next) {
        if (getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
            continue;
        if (text.size)
            buffer_putc(&text, ',');
        buffer_puts(&text, address);
    }
    buffer_putc(&text, '\0');
    return buffer_detach(&text, &(size_t){0});
}

static void take_answer(struct name *name, int fault, const struct addrinfo *found)
{
    name->answered = true;
    name->fault = fault ? gai_strerror(fault) : NULL;
    if (!fault) {
        free(name->addresses);
        name->addresses = text_of(found);
    }
    pthread_cond_broadcast(&changed);
}

static void ask(struct name *name)
{
    static const struct addrinfo stream = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int fault = getaddrinfo(name->host, NULL, &stream, &found);
    pthread_mutex_lock(&mutex);
    take_answer(name, fault, found);
    pthread_mutex_unlock(&mutex);
    if (!fault)
        freeaddrinfo(found);
}

static void wait_until_wanted(struct name *name)
{
    pthread_mutex_lock(&mutex);
    while (!name->wanted)
        pthread_cond_wait(&changed, &mutex);
    name->wanted = false;
    pthread_mutex_unlock(&mutex);
}

static void *ask_when_wanted(void *name)
{
    for (;;) {
        ask(name);
        wait_until_wanted(name);
    }
    return NULL;
}

/* ---- whoever wants to know ---- */

static void begin_to_ask(struct name *name)
{
    pthread_t thread;
    name->asks = pthread_create(&thread, NULL, ask_when_wanted, name) == 0;
    if (name->asks)
        pthread_detach(thread);
}

static void wait_at_start(const struct name *name)
{
    if (!start_until.tv_sec) {
        clock_gettime(CLOCK_MONOTONIC, &start_until);
        start_until.tv_sec += START_S;
    }
    int waited = 0;
    while (name->asks && !name->answered && waited == 0)
        waited = pthread_cond_clockwait(&changed, &mutex, CLOCK_MONOTONIC, &start_until);
}

static struct name *find(const char *host)
{
    struct name *name = names;
    while (name && strcmp(name->host, host) != 0)
        name = name->next;
    return name;
}

static struct name *add(const char *host)
{
    struct name *name = memory_alloc(sizeof(*name));
    *name = (struct name){.next = names, .host = memory_text(host), .fault = "no answer yet"};
    names = name;
    begin_to_ask(name);
    return name;
}

static void ask_again(struct name *name)
{
    name->wanted = true;
    if (name->asks)
        pthread_cond_broadcast(&changed);
    else
        begin_to_ask(name);
}

const char *resolver_addresses(struct arena *arena, const char *host, const char **ret_fault)
{
    pthread_mutex_lock(&mutex);
    struct name *name = find(host);
    if (name)
        ask_again(name);
    else
        name = add(host);
    wait_at_start(name);
    const char *addresses = name->addresses ? arena_format(arena, "%s", name->addresses) : NULL;
    *ret_fault = name->fault;
    pthread_mutex_unlock(&mutex);
    return addresses;
}
