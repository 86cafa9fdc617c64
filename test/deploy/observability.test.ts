/** The board and the alert rules speak only of what a running Truebook tells; every rule says how bad it is and where to read on. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { Registry } from 'prom-client'
import { parse } from 'yaml'
import type { BookReadings } from '#telemetry/metrics/book-readings.ts'
import { accountGauges } from '#telemetry/metrics/account-gauges.ts'
import { bookGauges } from '#telemetry/metrics/book-gauges.ts'
import { createMetrics } from '#telemetry/metrics/metrics.ts'
import { queueGauges, redisGauge } from '#telemetry/metrics/queue-gauges.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity?: string }
  readonly annotations: { readonly summary?: string; readonly description?: string; readonly runbook?: string }
}
interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

const root = dirname(dirname(import.meta.dirname))
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const RULES = 'deploy/prometheus/alerts.yml'
const rules = (
  parse(read(RULES)) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules)
const board = JSON.parse(read('deploy/grafana/truebook.json')) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly query?: { readonly query: string } | string }[] }
}

/** Given by Prometheus itself. */
const OF_PROMETHEUS = new Set(['up'])
const LABELS_OF_PROMETHEUS = new Set(['job', 'instance', 'le'])

const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr }))),
  ...board.templating.list.flatMap(({ query }) =>
    typeof query === 'object' ? [{ of: 'a variable of the board', expr: query.query }] : [],
  ),
]

/** Names of metrics in an expression, with the labels that are asked of each. */
function metricsIn(expr: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b((?:truebook|nodejs|process)_\w+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  )
}

const groupedBy = (expr: string): string[] =>
  [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))

/** A histogram tells three series under one name. */
const baseOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '')

/** What each metric may be asked by, from the registries of all roles together. */
function labelsByMetric(): ReadonlyMap<string, readonly string[]> {
  const metrics = createMetrics({ version: '0', mode: 'paper', role: 'all', site: '' })
  const unread = (): Promise<BookReadings | null> => Promise.resolve(null)
  bookGauges(metrics.registry, unread)
  queueGauges(metrics.registry, () => Promise.resolve([]))
  redisGauge(metrics.registry, () => true)
  accountGauges(metrics.registry, new Map())
  const known = metrics.registry.getMetricsAsArray() as unknown as readonly {
    readonly name: string
    readonly labelNames?: readonly string[]
  }[]
  return new Map(known.map(({ name, labelNames = [] }) => [name, labelNames]))
}

let desk: Desk
let scraped: Set<string>
before(async () => {
  desk = await openDesk()
  await desk.until(await desk.open('BTC'), 'open')
  const answer = await fetch(`${desk.truebook.api?.url}/metrics`, {
    headers: { authorization: `Bearer ${desk.installation.operatorToken}` },
  })
  assert.equal(answer.status, 200)
  scraped = new Set([...(await answer.text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name))
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

test('every metric that the board or a rule names is told by a live scrape', () => {
  const unknown = expressions.flatMap(({ of, expr }) =>
    metricsIn(expr)
      .filter(({ name }) => !OF_PROMETHEUS.has(name) && !scraped.has(name) && !scraped.has(baseOf(name)))
      .map(({ name }) => `${of}: ${name}`),
  )
  assert.deepEqual(unknown, [])
  for (const { of, expr } of expressions) assert.ok(metricsIn(expr).length > 0, `${of} names a metric: ${expr}`)
})

test('every metric of ours is on the board or in a rule', () => {
  const named = new Set(expressions.flatMap(({ expr }) => metricsIn(expr).map(({ name }) => baseOf(name))))
  const unseen = [...scraped].filter((name) => name.startsWith('truebook_') && !named.has(name))
  assert.deepEqual(unseen, [])
})

test('they are asked only by labels that they have', () => {
  const labels = labelsByMetric()
  for (const { of, expr } of expressions) {
    const asked = metricsIn(expr)
    const all = new Set(asked.flatMap(({ name }) => labels.get(name) ?? labels.get(baseOf(name)) ?? []))
    for (const { name, labels: selected } of asked) {
      const own = new Set(labels.get(name) ?? labels.get(baseOf(name)) ?? [])
      for (const label of selected) {
        assert.ok(own.has(label) || LABELS_OF_PROMETHEUS.has(label), `${of}: ${name} has no label ${label}`)
      }
    }
    for (const label of groupedBy(expr)) {
      assert.ok(all.has(label) || LABELS_OF_PROMETHEUS.has(label), `${of}: nothing there has a label ${label}`)
    }
  }
})

test('labels of ours are bounded: none names a position, an order, a signal or a message', () => {
  const unbounded = /position|order_id|signal_id|signal_key|idempotency|trace|alert_id|job_id/
  for (const [name, labels] of labelsByMetric()) {
    for (const label of labels) assert.doesNotMatch(label, unbounded, `${name}: ${label}`)
  }
})

test('money is a float only here, and says so', () => {
  const metrics = new Registry()
  bookGauges(metrics, () => Promise.resolve(null))
  for (const { name, help } of metrics.getMetricsAsArray() as unknown as { name: string; help: string }[]) {
    if (name.endsWith('_usd')) assert.match(help, /A float, for drawing only/, name)
  }
})

test('every rule has a severity, words, and a place in the documents that exists', () => {
  const names = rules.map(({ alert }) => alert)
  assert.deepEqual(names, [...new Set(names)])
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity ?? '', /^(critical|warning|info)$/, alert)
    assert.ok(annotations.summary && annotations.description, alert)
    const [file = '', anchor = ''] = (annotations.runbook ?? '').split('#')
    assert.ok(read(file).includes(`<a id="${anchor}"></a>\`${alert}\` | ${labels.severity} |`), `${alert} in ${file}`)
  }
})

test('the document tells of no rule that does not exist', () => {
  const told = [...read('docs/observability.md').matchAll(/<a id="\w+"><\/a>`(\w+)`/g)].map(([, name]) => name)
  assert.deepEqual(new Set(told), new Set(rules.map(({ alert }) => alert)))
})

test('promtool takes the rules and the configuration, where it is installed', () => {
  const version = spawnSync('promtool', ['--version'])
  // Not everybody has it; our own checks above stand either way.
  if (version.error !== undefined) return
  const checked = spawnSync('promtool', ['check', 'rules', join(root, RULES)], { encoding: 'utf8' })
  assert.equal(checked.status, 0, checked.stdout + checked.stderr)
  const syntax = ['check', 'config', '--syntax-only', join(root, 'deploy/prometheus/prometheus.yml')]
  const config = spawnSync('promtool', syntax, { encoding: 'utf8' })
  assert.equal(config.status, 0, config.stdout + config.stderr)
})

test('Prometheus finds every process where compose and the configuration put it, with the token they ask for', () => {
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    readonly services: Readonly<
      Record<
        string,
        {
          readonly profiles?: readonly string[]
          readonly ports?: readonly string[]
          readonly secrets?: readonly string[]
        }
      >
    >
  }
  const { prometheus, grafana } = compose.services
  const truebook = parse(read('deploy/truebook.yaml')) as {
    readonly http: { readonly port: number }
    readonly metrics: { readonly port: number; readonly token_file: string }
  }
  const {
    scrape_configs: [job],
  } = parse(read('deploy/prometheus/prometheus.yml')) as {
    readonly scrape_configs: readonly {
      readonly job_name: string
      readonly authorization: { readonly credentials_file: string }
      readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[]
    }[]
  }
  assert.equal(job?.job_name, 'truebook')
  assert.equal(job.authorization.credentials_file, truebook.metrics.token_file)
  assert.deepEqual(
    job.dns_sd_configs.map(({ names, port }) => [names, port]),
    [
      [['api'], truebook.http.port],
      [['worker'], truebook.metrics.port],
    ],
  )
  for (const service of [prometheus, grafana]) assert.deepEqual(service?.profiles, ['observability'])
  assert.equal(prometheus?.ports, undefined)
  assert.deepEqual(grafana?.ports, ['127.0.0.1:3000:3000'])
  assert.deepEqual(prometheus?.secrets, ['metrics-token'])
})
