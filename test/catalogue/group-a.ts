/** Group A: what a venue makes of an order may be ambiguous; what we make of it may not. */
import type { CatalogueCase } from './case.ts'

const AT_THE_WORKERS = ['test/workers/placement.test.ts']
const LATE_FILLS = ['test/workers/late-fills.test.ts']
const ANSWERS = ['test/brokers/hyperliquid/exchange-answer.test.ts']
const RESOLUTION = ['test/brokers/resolution.test.ts']

export const GROUP_A: readonly CatalogueCase[] = [
  {
    id: 'A1',
    required:
      'a timeout is unknown: the same client order id alone, and nothing new on that instrument until it is resolved',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/exchange-answer.ts',
        find: `if (outcome.kind === 'lost') return unknown(outcome.detail)`,
        replace: `if (outcome.kind === 'lost') return { kind: 'refused', reason: outcome.detail, final: true }`,
        tests: ANSWERS,
      },
      {
        file: 'src/workers/conclude.ts',
        find: `if (conclusion.kind === 'unknown')
      return await keepUnknown(intent, position, conclusion.observed, envelope.stage, tools)`,
        replace: `const known: Conclusion =
      conclusion.kind === 'unknown'
        ? { kind: 'rejected', reason: 'timeout', evidence: { kind: 'not-sent', at: now, detail: 'timeout' } }
        : conclusion
    if (conclusion.kind === 'unknown') return await conclude(intentId, known, envelope, tools)`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/domain/gates.ts',
        find: `if (held === undefined) return null`,
        replace: `if (held === undefined || id !== '') return null`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A2',
    required: 'a fill that comes after the answer was lost belongs to the intent that was sent',
    mutants: [
      {
        file: 'src/workers/conclude.ts',
        find: `if (intent === null || intent.row.settled) {`,
        replace: `if (intent === null || intent.row.settled || (intent.row.state === 'unknown' && conclusion.kind === 'accepted')) {`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/workers/monitor.ts',
        find: `if (decision.unexplained) wantOlderFills(tools, position.row.account, position.row.createdAt)`,
        replace: ``,
        tests: LATE_FILLS,
      },
    ],
  },
  {
    id: 'A3',
    required: 'a close is tried again under its own id and reduces only; no second close while the first is unknown',
    mutants: [
      {
        file: 'src/workers/close.ts',
        find: `if (intent !== null && !intent.row.settled)`,
        replace: `if (intent !== null && !intent.row.settled && intent.row.state !== 'unknown')`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/workers/close.ts',
        find: `reduceOnly: true,`,
        replace: `reduceOnly: false,`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/domain/monitor.ts',
        find: `intent.event === 'exit' && !intent.settled`,
        replace: `intent.event === 'exit' && intent.state === 'sending'`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A4',
    required: 'an unknown order never ages out; what landed late is found by its client order id',
    mutants: [
      {
        file: 'src/brokers/resolution.ts',
        find: `if (fence === null) return { kind: 'unknown', observed: \`\${seen}, but the request can still land\` }`,
        replace: `if (fence === null) return { kind: 'absent', evidence: { kind: 'deadline-passed', at, detail: seen } }`,
        tests: RESOLUTION,
      },
      {
        file: 'src/workers/conclude.ts',
        find: `if (intent.row.state === 'unknown')
    return {`,
        replace: `if (intent.row.state === 'unknown' && tools.now() - (intent.row.sentAt ?? 0) > 86_400_000) {
    const old = { kind: 'not-sent', at: tools.now(), detail: 'too old' } as const
    await tools.book.commit([replaceIntent(intent, settledIntent(intent.row, 'rejected', old, tools.now()))])
    return { kind: 'done', next: [], detail: 'too old' }
  }
  if (intent.row.state === 'unknown')
    return {`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/workers/reconcile.ts',
        find: `wantOlderFills(tools, row.account, row.createdAt)`,
        replace: ``,
        tests: LATE_FILLS,
      },
    ],
  },
  {
    id: 'A5',
    required: 'the answer to a cancel is not final before fills were read after it',
    mutants: [
      {
        file: 'src/domain/entry-settlement.ts',
        find: `return accounted && chained ?`,
        replace: `return accounted || record.status === 'canceled' || chained ?`,
        tests: ['test/domain/entry-settlement.test.ts'],
      },
      {
        file: 'src/brokers/bybit/after-ack.ts',
        find: `if (found === null || !isOver(found.order.status)) {`,
        replace: `if (answer.kind === 'acknowledged') {
    const report = { ...WORKING, status: 'canceled', clientOrderId: command.target, venueOrderId: null } as const
    return { kind: 'accepted', reports: [report], detail: said }
  }
  if (found === null || !isOver(found.order.status)) {`,
        tests: ['test/brokers/bybit/send-verdict.test.ts'],
      },
    ],
  },
  {
    id: 'A6',
    required: 'the transport never repeats a request that is not idempotent',
    mutants: [
      {
        file: 'src/brokers/http-request.ts',
        find: `requestOnce(agent, root + path, { method: 'POST', body, headers: { ...JSON_BODY, ...headers } }, deadlineMs),`,
        replace: `requestOnce(agent, root + path, { method: 'POST', body, headers: { ...JSON_BODY, ...headers } }, deadlineMs).then(
        (first) =>
          first.kind === 'lost'
            ? requestOnce(agent, root + path, { method: 'POST', body, headers: { ...JSON_BODY, ...headers } }, deadlineMs)
            : first,
      ),`,
        tests: ['test/brokers/http-request.test.ts'],
      },
    ],
  },
  {
    id: 'A7',
    required: 'an order is transmitted exactly once, whatever comes back',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/hyperliquid-broker.ts',
        find: `const outcome = await this.#session.exchange(request.body, urgencyOf(command))`,
        replace: `let outcome = await this.#session.exchange(request.body, urgencyOf(command))
    for (let again = 0; again < 3 && (outcome.kind === 'lost' || outcome.kind === 'answer' && outcome.status >= 429); again++)
      outcome = await this.#session.exchange(request.body, urgencyOf(command))`,
        tests: ['test/brokers/hyperliquid/contract.test.ts'],
      },
    ],
  },
  {
    id: 'A8',
    required: 'a refusal of a duplicate id proves that the first one landed',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/exchange-answer.ts',
        find: `return { kind: 'duplicate', detail: text }`,
        replace: `return { kind: 'refused', reason: text, final: true }`,
        tests: ANSWERS,
      },
      {
        file: 'src/brokers/projectx/send-verdict.ts',
        find: `if (isTagTaken(errorCode, errorMessage)) return`,
        replace: `if (isTagTaken(errorCode, errorMessage) && errorCode !== 2) return`,
        tests: ['test/brokers/projectx/send-verdict.test.ts'],
      },
      {
        file: 'src/brokers/bybit/codes.ts',
        find: `if (retCode === DUPLICATE_LINK_ID) return 'duplicate'`,
        replace: `if (retCode === DUPLICATE_LINK_ID) return 'refused'`,
        tests: ['test/brokers/bybit/orders.test.ts'],
      },
    ],
  },
  {
    id: 'A9',
    required: 'no terminal state without evidence of the venue, which is stored',
    mutants: [
      {
        file: 'src/brokers/projectx/resolution.ts',
        find: `if (refused === undefined) return unknown('no order and no trade carries its id, but the request can still land')`,
        replace: `if (refused === undefined)
    return { kind: 'rejected', reason: 'in-flight timeout', evidence: { kind: 'not-sent', at, detail: 'in-flight timeout' } }`,
        tests: ['test/brokers/projectx/resolution.test.ts'],
      },
      {
        file: 'src/workers/submit.ts',
        find: `if (fenced.kind === 'unknown') return fenced`,
        replace: `if (fenced.kind === 'unknown')
      return { kind: 'rejected', reason: 'in-flight timeout', evidence: { kind: 'not-sent', at: tools.now(), detail: 'in-flight timeout' } }`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A10',
    required: 'orders that stay unknown trip a breaker: no new exposure on the account',
    mutants: [
      {
        file: 'src/domain/gates.ts',
        find: `if (unknownOrders >= UNKNOWN_ORDERS_MAX) {`,
        replace: `if (unknownOrders >= UNKNOWN_ORDERS_MAX * 1000) {`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/workers/entry-decision.ts',
        find: `unsettled.filter((stored) => stored.row.state === 'unknown').length`,
        replace: `unsettled.filter((stored) => stored.row.state === 'unknown' && stored.row.event === 'entry').length`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A11',
    required: 'look-ups by client order id, then fills, then open orders: absent from open orders is not refused',
    mutants: [
      {
        file: 'src/brokers/resolution.ts',
        find: `if (evidence.fills.kind === 'complete' && evidence.fills.found.length > 0) {`,
        replace: `if (evidence.fills.kind === 'complete' && evidence.fills.found.length > 1_000) {`,
        tests: RESOLUTION,
      },
    ],
  },
  {
    id: 'A12',
    required: 'an entry is proven by trades and position; filled and without a stop raises an alarm within a set time',
    mutants: [
      {
        file: 'src/brokers/projectx/resolve.ts',
        find: `if (rows.length === 0) {`,
        replace: `if (rows.length < 0) {`,
        tests: ['test/brokers/projectx/entry-proof.test.ts'],
      },
      {
        file: 'src/domain/monitor.ts',
        find: `row.nakedSince !== null && now - row.nakedSince >= inputs.pace.nakedAlertMs`,
        replace: `row.nakedSince !== null && row.nativeStop !== null && now - row.nakedSince >= inputs.pace.nakedAlertMs`,
        tests: ['test/domain/monitor.test.ts'],
      },
      {
        file: 'src/domain/monitor.ts',
        find: `unprovenAlert: now - since >= UNPROVEN_ALERT_MS`,
        replace: `unprovenAlert: false`,
        tests: LATE_FILLS,
      },
    ],
  },
  {
    id: 'A13',
    required:
      'an entry with its brackets goes out once; nothing mutating is repeated after 401, 429 or a read error; failed positions are no empty list',
    mutants: [
      {
        file: 'src/brokers/projectx/session.ts',
        find: `if (isUnauthorized(outcome)) this.#tokens.drop(token)`,
        replace: `if (isUnauthorized(outcome)) {
      this.#tokens.drop(token)
      return await this.#post(path, body, await this.#tokens.current(), timeouts.sendMs)
    }`,
        tests: ['test/brokers/projectx/session.test.ts'],
      },
      {
        file: 'src/brokers/projectx/projectx-broker.ts',
        find: `return command.type === 'new-order'
          ? await acceptedNow(`,
        replace: `if (command.type === 'new-order' && command.attachedStop !== null) {
          const entry = { ...command, attachedStop: null }
          await this.#transmit(placeBody(entry, this.#contracts.contract(entry.instrument), this.#account.id).replace('.0"', '.1"'), entry)
        }
        return command.type === 'new-order'
          ? await acceptedNow(`,
        tests: ['test/brokers/projectx/entry-proof.test.ts'],
      },
      {
        file: 'src/brokers/projectx/position-reads.ts',
        find: `const { data } = await this.#session.read('/api/Position/searchOpen', body, positionsSchema)`,
        replace: `const { data } = await this.#session
      .read('/api/Position/searchOpen', body, positionsSchema)
      .catch(() => ({ data: { positions: [] as WirePosition[] } }))`,
        tests: ['test/brokers/projectx/entry-proof.test.ts'],
      },
      {
        file: 'src/workers/conclude.ts',
        find: `settledIntent(intent.row, conclusion.kind === 'accepted' ? 'accepted' : 'rejected', conclusion.evidence, now),`,
        replace: `conclusion.kind === 'accepted' ? { ...intent.row, state: 'ready' } : settledIntent(intent.row, 'rejected', conclusion.evidence, now),`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A14',
    required:
      'an order that the venue dropped without a word ends by its deadline and proof of absence: alert, and no placement by itself',
    mutants: [
      {
        file: 'src/brokers/resolution.ts',
        find: `if (fence.kind === 'closed') return { kind: 'absent',`,
        replace: `if (fence.kind === 'closed') return { kind: 'unknown', observed: detail }
  if (fence.kind !== 'processed') return { kind: 'absent',`,
        tests: RESOLUTION,
      },
      {
        file: 'src/workers/conclude.ts',
        find: `const alert = await raised(tools.book, refusalCause(intent, reason, conclusion.evidence), now)`,
        replace: `const alert = { writes: [] as Write[], next: [] as Envelope[] }`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A15',
    required: 'ids come from the book, never from a counter that starts again with a process or a gateway',
    mutants: [
      {
        file: 'src/domain/ids.ts',
        find: `return digest(['order', positionId, event, String(leg)], 128) as ClientOrderId`,
        replace: `return digest(['order', String((counters.last += 1)), event, String(leg)], 128) as ClientOrderId
}
const counters = { last: 0 }
export function nextOf(positionId: PositionId): PositionId {
  return positionId`,
        tests: ['test/domain/identity.test.ts'],
      },
    ],
  },
  {
    id: 'A16',
    required: 'the same id with other terms is refused and critical, at ingest and at the venue',
    mutants: [
      {
        file: 'src/brokers/resolution.ts',
        find: `return side !== command.side || instrument !== command.instrument || !isSize`,
        replace: `return false`,
        tests: RESOLUTION,
      },
      {
        file: 'src/brokers/resolution.ts',
        find: `const isSize = command.reduceOnly || decimal(originalSize).eq(command.size)`,
        replace: `const isSize = command.reduceOnly || decimal(originalSize).gt(0)`,
        tests: RESOLUTION,
      },
      {
        file: 'src/brokers/bybit/after-ack.ts',
        find: `if (stranger !== null) return { kind: 'unknown', observed: stranger }`,
        replace: ``,
        tests: ['test/brokers/bybit/send-verdict.test.ts'],
      },
      {
        file: 'src/ingest/accept-signal.ts',
        find: `stored.row.payloadHash === attempted.payloadHash ? 'repeated' : 'conflict'`,
        replace: `'repeated'`,
        tests: ['test/http/signals.test.ts'],
      },
    ],
  },
  {
    id: 'A17',
    required: 'one allocator of nonces for each signing key, with a durable high-water mark',
    mutants: [
      {
        file: 'src/workers/signer.ts',
        find: `return Math.max(now, last + 1)`,
        replace: `return now`,
        tests: ['test/workers/signer.test.ts'],
      },
      {
        file: 'src/workers/signer.ts',
        find: `: { op: 'replace', kind: 'signers', id: row.signer, row, revision: stored.revision }`,
        replace: `: { op: 'put', kind: 'signers', id: row.signer, row }`,
        tests: ['test/workers/signer.test.ts'],
      },
    ],
  },
  {
    id: 'A18',
    required: 'errors of a gateway are unknown, not refusals; many unknowns halt entries',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/exchange-answer.ts',
        find: `      : unknown(seen)`,
        replace: `      : { kind: 'refused', reason: seen, final: true }`,
        tests: ANSWERS,
      },
      {
        file: 'src/brokers/bybit/send-verdict.ts',
        find: `if (!OWN_STATUS.has(status) || isUnreadable(envelope)) {`,
        replace: `if (isUnreadable(envelope)) {`,
        tests: ['test/brokers/bybit/send-verdict.test.ts'],
      },
      {
        file: 'src/domain/gates.ts',
        find: `export const UNKNOWN_ORDERS_MAX = 3`,
        replace: `export const UNKNOWN_ORDERS_MAX = 4`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A19',
    required: '"ok" without an order id, a fill or a resting status is unknown',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/exchange-answer.ts',
        find: `resting: z.looseObject({ oid: z.int(),`,
        replace: `resting: z.looseObject({ oid: z.int().default(0),`,
        tests: ANSWERS,
      },
      {
        file: 'src/brokers/projectx/send-verdict.ts',
        find: `if (success) return orderId === null ? unknown('success without an order id') : { kind: 'accepted', orderId }`,
        replace: `if (success) return { kind: 'accepted', orderId }`,
        tests: ['test/brokers/projectx/send-verdict.test.ts'],
      },
      {
        file: 'src/brokers/bybit/send-verdict.ts',
        find: `if (!acknowledged.success) return { kind: 'unknown', observed: \`retCode 0 without an order id: \${shown}\` }`,
        replace: `if (!acknowledged.success) return { kind: 'acknowledged', venueOrderId: '', detail: shown }`,
        tests: ['test/brokers/bybit/send-verdict.test.ts'],
      },
    ],
  },
  {
    id: 'A20',
    required: 'a stop whose outcome is unknown blocks another one; what is found becomes the stop',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: `intent.event === 'stop' && !intent.settled`,
        replace: `intent.event === 'stop' && intent.state === 'ready'`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A21',
    required: 'a fill is real when the position and the fills of the broker show it, not when an answer says so',
    mutants: [
      {
        file: 'src/domain/entry-settlement.ts',
        find: `const filled = Decimal.max(entered, filledOf(episode, entryId))`,
        replace: `const filled = decimal(record.originalSize).minus(record.leavesSize)`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/domain/entry-settlement.ts',
        find: `const chained = isChained({ episode, entered, brokerSize, left }, filled)`,
        replace: `const chained = true`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'A22',
    required: 'one "not found" proves nothing',
    mutants: [
      {
        file: 'src/brokers/resolution.ts',
        find: `if (lookups.length < terms.lookups || span < terms.spanMs) {`,
        replace: `if (lookups.length < 1) {`,
        tests: RESOLUTION,
      },
      {
        file: 'src/domain/entry-settlement.ts',
        find: `if (record === null) return { kind: 'unproven' }`,
        replace: `if (record === null) return { kind: 'settled', filled: filledOf(episode, entryId) }`,
        tests: ['test/domain/entry-settlement.test.ts'],
      },
    ],
  },
  {
    id: 'A23',
    required: 'what is sent is keyed by the intent, not by the attempt: trying again sends nothing new',
    mutants: [
      {
        file: 'src/workers/place.ts',
        find: `if (intent.row.state !== 'ready') {`,
        replace: `if (intent.row.state === 'sending') {`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/domain/ids.ts',
        find: "return `sig-${digest(['signal', source, signalId], 160)}` as SignalKey",
        replace: "return `sig-${digest(['signal', source, signalId, String(performance.now())], 160)}` as SignalKey",
        tests: ['test/http/signals.test.ts'],
      },
    ],
  },
]
