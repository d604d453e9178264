# The image of PgBouncer, from Debian
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends pgbouncer \
 && rm -rf /var/lib/apt/lists/*
USER postgres
STOPSIGNAL SIGINT
EXPOSE 6432
CMD ["pgbouncer", "/operations/pgbouncer.ini"]
