# One image for every role; the argument says which: `docker run truebook api`, `docker run truebook worker`.
# TypeScript is run as it is by Node 24, so there is no build step: what runs is what was reviewed.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
# Stripped and compiled modules are kept between starts where /tmp is.
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY src src
COPY console console
COPY schema schema
COPY programmes programmes
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8700
# The runtime drains: it stops taking jobs, ends the running ones, then exits.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/cli/main.mjs"]
CMD ["worker", "--config", "/etc/truebook/truebook.yaml"]
