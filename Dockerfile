# docker build --target manager -t REGISTRY/headstart:TAG . makes the image that manifests/install.yaml wants.
# Both targets hold the same files, so that nodes and control plane share their layers; they differ in user and default command.
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && find dist -name '*.map' -delete

FROM gcr.io/distroless/cc-debian12 AS base
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build --chmod=755 /src/scripts/image-entrypoint.js /usr/local/bin/headstart
COPY --from=build /src/dist /app
ENV NODE_ENV=production
ENTRYPOINT ["/usr/local/bin/headstart"]

FROM base AS daemon
# The sockets of container runtimes belong to root.
USER 0:0
CMD ["daemon"]

FROM base AS manager
USER 65532:65532
CMD ["manager"]
