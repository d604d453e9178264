# The image of claimd: built from source, then nothing but the binary, its libraries and the bill of all that, run by nobody in particular
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/lib.sh scripts/prepare scripts/
RUN scripts/prepare build
COPY tools/npm-install tools/
COPY web/.npmrc web/package.json web/package-lock.json web/
RUN tools/npm-install web build
COPY . .
RUN make -j "$(nproc)"

FROM debian:bookworm-slim AS run
RUN apt-get update \
 && apt-get install -y --no-install-recommends libmicrohttpd12 libjansson4 libpq5 libxxhash0 zlib1g libbrotli1 libgmp10 libssl3 libpcre2-8-0 libgnutls30 libseccomp2 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/claimd /usr/local/bin/claimd

FROM build AS bill
COPY --from=run / /image
RUN make -s sbom ROOT=/image PROGRAM=/usr/local/bin/claimd >/sbom.cdx.json

FROM run
COPY --from=bill /sbom.cdx.json /usr/share/doc/claimd/sbom.cdx.json
USER 65532:65532
ENV CLAIMD_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=3s --timeout=2s --start-period=5s --retries=3 CMD ["claimd", "health"]
ENTRYPOINT ["claimd"]
CMD ["serve"]
