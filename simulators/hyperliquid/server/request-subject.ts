/** What a fault rule can know of a request before the venue acts on it. Costly facts are found only when a rule asks. */
import type { FaultMatch } from '#simulators/hyperliquid/faults/fault.ts'
import type { FaultSubject } from '#simulators/venue/fault-script.ts'
import { parseEnvelope } from '#simulators/hyperliquid/wire/envelope.ts'
import { signerOf } from '#simulators/hyperliquid/wire/signer.ts'
import type { VenueContext } from './venue-context.ts'

/** The subject of an exchange request. */
export function exchangeSubject(
  raw: unknown,
  path: '/exchange' | '/ws',
  context: VenueContext,
): FaultSubject<FaultMatch> {
  const action = field(raw, 'action')
  return {
    path,
    info: undefined,
    channel: undefined,
    action: text(field(action, 'type')),
    get user() {
      return signers(raw, context)
    },
    get cloid() {
      return cloidsOf(action)
    },
  }
}

/** The subject of an info request. */
export function infoSubject(raw: unknown, path: '/info' | '/ws'): FaultSubject<FaultMatch> {
  return {
    path,
    action: undefined,
    channel: undefined,
    info: text(field(raw, 'type')),
    user: text(field(raw, 'user'))?.toLowerCase(),
    cloid: text(field(raw, 'oid'))?.toLowerCase(),
  }
}

function signers(raw: unknown, { network, venue }: VenueContext): readonly string[] {
  const envelope = parseEnvelope(raw)
  const signer = envelope === undefined ? undefined : signerOf(envelope, network)
  if (envelope === undefined || signer === undefined) return []
  const role = venue.account.role(signer)
  const accounts = [signer, role.role === 'agent' ? role.user : undefined, envelope.vaultAddress]
  return accounts.filter((account) => account !== undefined)
}

function cloidsOf(action: unknown): readonly string[] {
  const lists = ['orders', 'cancels', 'modifies'].flatMap((key) => {
    const value = field(action, key)
    return Array.isArray(value) ? (value as unknown[]) : []
  })
  return [...lists, field(action, 'order')]
    .flatMap((leg) => [field(leg, 'c'), field(leg, 'cloid'), field(leg, 'oid'), field(field(leg, 'order'), 'c')])
    .map(text)
    .filter((cloid) => cloid !== undefined)
    .map((cloid) => cloid.toLowerCase())
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
