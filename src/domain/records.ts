/** Rows that record what was received, done, owed, noticed and decided. Plain JSON; instants in ms since epoch. */
import type { AlertKind } from './alert-kinds.ts'
import type { DecimalString } from './decimal.ts'
import type { AccountId, IdempotencyKey, InstrumentId, PositionId, SignalKey } from './ids.ts'
import type { OtherFee } from './other-fees.ts'
import type { Envelope, Stage } from './message.ts'
import type { Signal } from './signal.ts'

/** Row id: signal key. Its creation is the acceptance of the signal. */
export interface SignalRow {
  readonly signalKey: SignalKey
  readonly signal: Signal
  readonly payloadHash: string
  readonly accounts: readonly AccountId[]
  /** Position id (or command id) per account, index-aligned with `accounts`. */
  readonly positionIds: readonly PositionId[]
  readonly receivedAt: number
}

/** What a stage made of a message. `denied` names the gate, its limit and what was observed. */
export interface Outcome {
  readonly result: 'done' | 'denied' | 'nothing-to-do'
  readonly detail: string
  readonly gate?: string
  readonly limit?: string
  readonly observed?: string
  /** Entries: the size rule and who set it, e.g. `risk_usd 500 by strategy_sizing`. */
  readonly sizing?: string
}

/** Row id: idempotency key. Written in the same commit as the effect: the message has had it. */
export interface ProcessedRow extends Audited {
  readonly idempotencyKey: IdempotencyKey
  readonly stage: Stage
  readonly account: AccountId
  readonly positionId: PositionId
  readonly outcome: Outcome
  readonly at: number
}

/**
 * Row id: what was confirmed, see src/operate/done-before.ts. Created in the commit of an operator's action: whoever confirms the same again,
 * at whichever process, finds what it did.
 */
export interface ConfirmationRow {
  /** Names the preview, as in the audit records. */
  readonly confirmation: string
  readonly verb: string
  readonly by: string
  readonly why: string
  readonly at: number
  /** Subject and place of each record that it left. */
  readonly records: readonly { readonly subject: string; readonly seq: number }[]
  /** Idempotency keys of the work that it owed. */
  readonly keys: readonly string[]
}

/**
 * Row id: idempotency key. Work that is owed: created with the effect that caused it, deleted in the commit that
 * fulfils it. Redis only hurries it along; the sweep enqueues what still stands here.
 */
export interface OutboxRow {
  readonly envelope: Envelope
  readonly stage: Stage
  readonly createdAt: number
}

/**
 * Realised: one closed episode. Reversal: what the venue took back of one; reinstated: what it tells again of it. Fee: what a fee in
 * another coin than the settlement currency is worth, see `conversion`. Funding and transfer: the venue's own rows. USD, positive is ours.
 */
export interface LedgerRow {
  readonly ledgerId: string
  readonly account: AccountId
  readonly kind: 'realised' | 'reversal' | 'reinstated' | 'fee' | 'funding' | 'transfer'
  readonly instrument: InstrumentId | null
  readonly positionId: PositionId | null
  readonly gross: DecimalString
  readonly fees: DecimalString
  /** gross - fees for what trades made; the amount for the others. */
  readonly net: DecimalString
  /** Of a fee: what was taken, in which coin, at which rate and by whose word. */
  readonly conversion?: OtherFee
  /** Fill ids or the venue's row identity: every number links to them. */
  readonly evidence: readonly string[]
  readonly at: number
}

/** Terms of the equity identity, USD. */
export interface CashSums {
  readonly closedPnl: DecimalString
  readonly fees: DecimalString
  readonly funding: DecimalString
  readonly transfers: DecimalString
}

/** Row id: account id. How far the account's fill history is proven complete. */
export interface CursorRow {
  readonly account: AccountId
  /** Every fill at or before this instant is in the book (ms). Moves only after a complete read. */
  readonly fillsThrough: number
  readonly fundingThrough: number
  /** The earliest instant the book's fill history covers. */
  readonly since: number
  /** Why history before `since` is gone for good (venue retention), or null when it is whole. */
  readonly missing: string | null
  /** Why the last read of fills was incomplete and the next may heal it, or null: sums lack something meanwhile. */
  readonly gap?: string | null
  /** Running sums over every perp fill and cash row read so far, USD; exactly once, since they move with this row. */
  readonly sums: CashSums
  readonly updatedAt: number
}

/** Row id: signer (agent address). Durable high-water mark of nonces; the only allocator of that key. */
export interface SignerRow {
  readonly signer: string
  readonly lastNonce: number
}

export type Severity = 'critical' | 'warning' | 'info'

/** Row id: deterministic from the cause, so that one cause is one alert however often it is seen. */
export interface AlertRow {
  readonly alertId: string
  readonly severity: Severity
  readonly kind: AlertKind
  readonly account: AccountId
  readonly instrument: InstrumentId | null
  readonly positionId: PositionId | null
  readonly title: string
  readonly detail: string
  readonly raisedAt: number
  readonly resolvedAt: number | null
  readonly deliveredAt: number | null
  /** True while not resolved. */
  readonly active: boolean
  /** Who has seen it, and what they say of it; null or absent while nobody has. It is repeated no more. */
  readonly acknowledged?: OperatorWord | null
}

/** Who asked for something or saw it, when (ms) and why. */
export interface OperatorWord {
  readonly by: string
  readonly at: number
  readonly why: string
}

/** Row id: alert id, a dot, sink. What one sink was told of one alert; `told` in ms. */
export interface DeliveryRow {
  readonly alertId: string
  readonly sink: string
  /** How often it was told that the alert stands; 0: not yet. */
  readonly rounds: number
  /** When it was told last. */
  readonly toldAt: number | null
  /** When it was told that somebody has seen it, and that it is over. */
  readonly acknowledgedAt: number | null
  readonly resolvedAt: number | null
  /** Somebody is telling it now, until then (ms) at the longest: nobody else does. */
  readonly claim: { readonly until: number } | null
}

/** Row id: `process`. A worker process says here that it lives; beside every queue, so that a dead Redis hides nobody's death. */
export interface HeartbeatRow {
  /** Host, process id and start: a process that starts anew is another one. */
  readonly process: string
  readonly site: string | null
  readonly stages: readonly Stage[]
  readonly accounts: readonly FeedState[]
  readonly startedAt: number
  /** By its own clock, ms. Whoever watches asks whether it changes, not whether it is near their own. */
  readonly at: number
}

/** What a process hears of one account; instants by that process's clock, ms. */
export interface FeedState {
  readonly account: AccountId
  /** Since when the venue's stream is down; null while it is up. */
  readonly downSince: number | null
  /** When it last told a price; null where it has told none. */
  readonly pricedAt: number | null
}

/** The row that a decision is about. It holds the head of its chain: `processed` is the command that opened no position. */
export interface AuditSubject {
  readonly kind: 'positions' | 'processed' | 'accounts' | 'programmes' | 'control'
  /** Id of that row. */
  readonly id: string
}

/** The last record of a subject. */
export interface AuditHead {
  /** Its place in the chain, from 0. */
  readonly seq: number
  readonly hash: string
}

/** Part of every row that decisions are about; absent while none was recorded. */
export interface Audited {
  readonly audit?: AuditHead
}

/** One decision with the inputs that made it, before it has a place in the chain of its subject. */
export interface Decision {
  readonly about: AuditSubject
  readonly at: number
  /** Stage, `guard`, `sweep`, or the operator's name. */
  readonly actor: string
  readonly decision: string
  readonly inputs: Readonly<Record<string, unknown>>
}

/** Immutable record of one decision. Row id: subject and `seq`, see `audit-chain.ts`. */
export interface AuditRow extends Omit<Decision, 'about'> {
  readonly auditId: string
  readonly subjectKind: AuditSubject['kind']
  readonly subject: AuditSubject['id']
  /** Place in the chain of the subject, from 0. */
  readonly seq: number
  /** Hash of the record before; null for the first. */
  readonly previous: string | null
  /** SHA-256 over all other fields. */
  readonly hash: string
}

/** One finding of a sweep. */
export interface Finding {
  readonly kind:
    | 'orphan'
    | 'unexpected-position'
    | 'size-drift'
    | 'side-drift'
    | 'foreign-order'
    | 'unknown-order'
    | 'evidence-expired'
  readonly instrument: InstrumentId
  readonly positionId: PositionId | null
  readonly book: string
  readonly broker: string
  readonly action: string
}

/** What the last look of a sweep saw of one instrument: signed sizes, "0" is flat. */
export interface Compared {
  readonly instrument: InstrumentId
  readonly book: DecimalString
  readonly broker: DecimalString
}

/** One sweep of one account: what it compared, found and proved. */
export interface SweepRow {
  readonly sweepId: string
  readonly account: AccountId
  readonly trigger: 'boot' | 'scheduled' | 'demand'
  readonly startedAt: number
  readonly finishedAt: number
  /** False when a read was unavailable: then nothing was concluded. */
  readonly complete: boolean
  readonly findings: readonly Finding[]
  readonly requeued: number
  /** Interval of fill history this sweep proved, ms. */
  readonly provenFrom: number | null
  readonly provenThrough: number | null
  readonly detail: string
  /** Every instrument that either side holds; absent when nothing was compared. */
  readonly compared?: readonly Compared[]
  /** The venue's own time of that look, ms. */
  readonly brokerAsOf?: number
}
