/** An alert in words, the same for every sink. Pure; plain text, so that no sink's markup can be injected through it. */
import type { Telling } from './alert-telling.ts'
import { plainLine } from './plain-text.ts'
import type { AlertRow } from './records.ts'

/** What is handed to a sink. */
export interface AlertNotice extends Telling {
  readonly alert: AlertRow
}

/** `link` leads to the alert in the console; null where its address is not configured. */
export interface AlertWords {
  readonly subject: string
  readonly lines: readonly string[]
  readonly link: string | null
}

/**
 * The words of one notice. `publicUrl` is where people reach the console. What venues and senders wrote into an alert makes no line that
 * looks like one of ours, and nothing is hidden in it.
 */
export function alertWords(notice: AlertNotice, publicUrl: string | null): AlertWords {
  const { subject, lines, link } = wordsOf(notice, publicUrl)
  return { subject: plainLine(subject), lines: lines.map(plainLine), link }
}

function wordsOf({ alert, event, round }: AlertNotice, publicUrl: string | null): AlertWords {
  const link = publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/#/alerts/${alert.alertId}`
  if (event === 'acknowledged') return { subject: `[acknowledged] ${alert.title}`, lines: [seenBy(alert)], link }
  if (event === 'resolved') return { subject: `[resolved] ${alert.title}`, lines: [overSince(alert)], link }
  const lines = [alert.detail, aboutOf(alert), `What to do: docs/alerts.md#${alert.kind}`]
  if (round > 0) lines.unshift(`Told ${round + 1} times: nobody has acknowledged it.`)
  // It ended before this sink could be told: nobody shall look for what is not there.
  if (!alert.active) lines.unshift(overSince(alert))
  return { subject: `[${alert.severity}] ${alert.title}`, lines, link }
}

/** Identity of a notice at a sink: whoever sends it twice sends the same. */
export function noticeKeyOf({ alert, event, round }: AlertNotice): string {
  if (event !== 'raised') return `${alert.alertId}.${event}`
  return round === 0 ? alert.alertId : `${alert.alertId}.${round}`
}

/** A text no longer than a sink takes, with no half of a character: APIs refuse those, and would refuse the alert for ever. */
export function cutTo(most: number, text: string): string {
  if (text.length <= most) return text.toWellFormed()
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(most - 2))
  return `${text.slice(0, isHalf ? most - 2 : most - 1).toWellFormed()}…`
}

function aboutOf({ kind, account, instrument, positionId, raisedAt }: AlertRow): string {
  const about = [kind, ...(account === '*' ? [] : [account]), instrument, positionId].filter((part) => part !== null)
  return `${about.join(' · ')} · since ${instant(raisedAt)}`
}

function seenBy({ acknowledged }: AlertRow): string {
  if (acknowledged === undefined || acknowledged === null) return 'Somebody has seen it.'
  return `Seen by ${acknowledged.by} at ${instant(acknowledged.at)}: ${acknowledged.why}`
}

function overSince(alert: AlertRow): string {
  const since = alert.resolvedAt === null ? '' : ` since ${instant(alert.resolvedAt)}`
  const seen = alert.acknowledged === undefined || alert.acknowledged === null ? '' : ` ${seenBy(alert)}`
  return `It is over${since}.${seen}`
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
