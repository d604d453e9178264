/* tls: the certificate that the server shows, and the key that belongs to it (GnuTLS) */
#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "memory.h"

enum { CHAIN_MAX = 16 };

struct tls {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned size;
    gnutls_privkey_t key;
    char *priorities;
};

/* ---- reading ---- */

static bool complain(char fault[static TLS_FAULT], const char *what, const char *file, const char *reason)
{
    snprintf(fault, TLS_FAULT, "the %s %s cannot be used: %s", what, file, reason);
    size_t size = strlen(fault);
    if (fault[size - 1] != '.' && size + 1 < TLS_FAULT)
        memcpy(fault + size, ".", sizeof("."));
    return false;
}

static void release_data(gnutls_datum_t *data)
{
    if (data->data)
        gnutls_memset(data->data, 0, data->size);
    gnutls_free(data->data);
}

static bool read_chain(struct tls *tls, const char *file, char fault[static TLS_FAULT])
{
    _cleanup_(release_data) gnutls_datum_t text = {0};
    unsigned size = CHAIN_MAX;
    int failed = gnutls_load_file(file, &text);
    if (!failed)
        failed = gnutls_pcert_list_import_x509_raw(tls->chain, &size, &text, GNUTLS_X509_FMT_PEM, 0);
    if (failed)
        return complain(fault, "certificate", file, gnutls_strerror(failed));
    tls->size = size;
    return true;
}

static bool read_key(struct tls *tls, const char *file, char fault[static TLS_FAULT])
{
    _cleanup_(release_data) gnutls_datum_t text = {0};
    int failed = gnutls_privkey_init(&tls->key);
    if (!failed)
        failed = gnutls_load_file(file, &text);
    if (!failed)
        failed = gnutls_privkey_import_x509_raw(tls->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    return !failed || complain(fault, "key", file, gnutls_strerror(failed));
}

enum { ID_SIZE = 32 };

static bool id_of(gnutls_pubkey_t key, unsigned char id[static ID_SIZE])
{
    size_t size = ID_SIZE;
    return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &size) == 0;
}

static bool belong_together(const struct tls *tls)
{
    unsigned char one[ID_SIZE], other[ID_SIZE];
    gnutls_pubkey_t key;
    if (gnutls_pubkey_init(&key) != 0)
        return false;
    bool same = gnutls_pubkey_import_privkey(key, tls->key, 0, 0) == 0 && id_of(key, one) &&
                id_of(tls->chain->pubkey, other) && memcmp(one, other, ID_SIZE) == 0;
    gnutls_pubkey_deinit(key);
    return same;
}

/* AEAD and forward secrecy, unless told; whatever is told, nothing below TLS 1.2. */
static bool read_priorities(struct tls *tls, const char *told, char fault[static TLS_FAULT])
{
    static const char usual[] = "NORMAL:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:"
                                "+AES-128-GCM:%SERVER_PRECEDENCE";
    static const char never[] = ":-VERS-SSL3.0:-VERS-TLS1.0:-VERS-TLS1.1:-VERS-DTLS-ALL";
    tls->priorities = memory_format("%s%s", told ? told : usual, never);
    gnutls_priority_t read;
    if (gnutls_priority_init(&read, tls->priorities, NULL) != 0) {
        snprintf(fault, TLS_FAULT, "there are no such priorities of TLS as \"%.400s\".", told ? told : usual);
        return false;
    }
    gnutls_priority_deinit(read);
    return true;
}

const char *tls_priorities(const struct tls *tls)
{
    return tls->priorities;
}

struct tls *tls_read(const char *certificate, const char *key, const char *priorities, char fault[static TLS_FAULT])
{
    struct tls *tls = memory_alloc(sizeof(*tls));
    bool good =
        read_chain(tls, certificate, fault) && read_key(tls, key, fault) && read_priorities(tls, priorities, fault);
    if (good && !belong_together(tls)) {
        char reason[300];
        snprintf(reason, sizeof(reason), "it is not that of the certificate %.250s", certificate);
        good = complain(fault, "key", key, reason);
    }
    if (good)
        return tls;
    tls_release(tls);
    return NULL;
}

void tls_release(struct tls *tls)
{
    if (!tls)
        return;
    for (unsigned i = 0; i < tls->size; i++)
        gnutls_pcert_deinit(&tls->chain[i]);
    if (tls->key)
        gnutls_privkey_deinit(tls->key);
    free(tls->priorities);
    free(tls);
}

/* A key belongs to one certificate, so that this tells it, too. */
bool tls_same(const struct tls *a, const struct tls *b)
{
    bool same = a->size == b->size;
    for (unsigned i = 0; same && i < a->size; i++) {
        const gnutls_datum_t *one = &a->chain[i].cert, *other = &b->chain[i].cert;
        same = one->size == other->size && memcmp(one->data, other->data, one->size) == 0;
    }
    return same;
}

long long tls_ends(const struct tls *tls)
{
    gnutls_x509_crt_t certificate;
    if (gnutls_pcert_export_x509((gnutls_pcert_st *)&tls->chain[0], &certificate) != 0)
        return -1;
    long long ends = gnutls_x509_crt_get_expiration_time(certificate);
    gnutls_x509_crt_deinit(certificate);
    return ends;
}

/* ---- showing ---- */

static _Thread_local const struct tls *shown;

void tls_show(const struct tls *tls)
{
    shown = tls;
}

static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *asked, gnutls_pcert_st **ret_chain,
                    unsigned *ret_size, gnutls_ocsp_data_st **ret_ocsp, unsigned *ret_ocsp_size,
                    gnutls_privkey_t *ret_key, unsigned *ret_flags)
{
    (void)session, (void)asked;
    *ret_chain = (gnutls_pcert_st *)shown->chain;
    *ret_size = shown->size;
    *ret_ocsp = NULL;
    *ret_ocsp_size = 0;
    *ret_key = shown->key;
    *ret_flags = 0;
    return 0;
}

const tls_function tls_retrieve = (tls_function)retrieve;
