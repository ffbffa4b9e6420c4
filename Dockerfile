# docker build --target manager -t REGISTRY/headstart:TAG . makes the image that manifests/install.yaml wants.
# Both targets hold the same layers, so that a machine with both keeps them once; they differ in user, default command and labels.
# For two architectures, other bases and builds that can be repeated see docs/guides/build-images.md.
ARG BUILD_IMAGE=docker.io/library/node:24-trixie-slim
ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:latest

# JavaScript is the same for every architecture: nothing runs under emulation.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && find dist -name '*.map' -exec rm {} + && chmod -R a=rX dist

FROM ${NODE_IMAGE} AS node

FROM ${RUNTIME_IMAGE} AS headstart
COPY --from=node --chown=0:0 --chmod=0555 /usr/local/bin/node /usr/local/bin/node
COPY --from=build --chown=0:0 /src/dist /app
COPY --chown=0:0 --chmod=0444 LICENSE /app/LICENSE
COPY --chown=0:0 --chmod=0555 scripts/image-entrypoint.js /usr/local/bin/headstart
ENV NODE_ENV=production
ENTRYPOINT ["/usr/local/bin/headstart"]

FROM headstart AS daemon
# The sockets of container runtimes belong to root.
USER 0:0
CMD ["daemon"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="headstart-daemon" \
      org.opencontainers.image.description="Pulls images to one Kubernetes node before pods need them." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="https://example.com/headstart" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM headstart AS manager
USER 65532:65532
CMD ["manager"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="headstart-manager" \
      org.opencontainers.image.description="Controllers and webhooks that put the next image on Kubernetes nodes before pods need it." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="https://example.com/headstart" \
      org.opencontainers.image.licenses="Apache-2.0"
