# The image of the API: one static program and nothing else. The context is the root of the repository.
#   docker build --build-arg VERSION=v1.2.3 --build-arg REVISION="$(git rev-parse HEAD)" -t emosation-api:local .
# Nothing runs on the target platform, so that any platform can be built on any other. Images are named where they are used:
# Dependabot does not find them in an ARG.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
COPY go.mod go.sum ./
RUN go mod download
COPY api api
COPY internal internal
COPY deploy/binary deploy/binary
RUN go build -o /build-binary ./deploy/binary && mkdir -p /root-of-image/data
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH /build-binary -version "$VERSION" -o /root-of-image/emosation

FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Emosation API" \
      org.opencontainers.image.description="Self-hosted chat that shows how each message was probably meant" \
      org.opencontainers.image.source="https://github.com/emosation/emosation" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# Whom to trust when mails are sent, certificates asked for and messages read elsewhere.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /root-of-image/ /
COPY LICENSE /LICENSE
# Only the embedded database and certificates that this program gets for itself are written, below /data: a volume, then.
ENV EMOSATION_HTTP_ADDR=:8080 EMOSATION_DATA_DIR=/data
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/emosation", "healthcheck"]
ENTRYPOINT ["/emosation"]
CMD ["serve"]
