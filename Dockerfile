# One image for everything: `lockstep start`, its three services apart, and every other verb.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY scripts scripts
COPY libs libs
COPY services services
COPY simulators simulators
COPY cli cli
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
# Node would otherwise let its young heap grow to what the machine has: the memory of a comparison then rises with the shops.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY deploy/health.mjs health.mjs
# A volume that is mounted there for the first time takes over what is here: the folders belong to the user below.
RUN ln -s /app/dist/lockstep.js /usr/local/bin/lockstep \
  && install -d -o node -g node -m 700 /var/lib/lockstep /var/lib/lockstep-reports
USER node
# Where `lockstep.config.yaml` is looked for, and `pairs/` beside it.
WORKDIR /etc/lockstep
EXPOSE 8787 8789
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/health.mjs", "live"]
# Node is told by SIGTERM itself and ends what is begun; whoever runs it must not put a shell between.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/lockstep.js"]
CMD ["start"]
