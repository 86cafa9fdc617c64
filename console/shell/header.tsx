/** The band above every screen: mode, verdict, trading, critical alerts, and whether any of it is fresh. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { OverviewAnswer } from '#http/overview-wire.ts'
import { ageText } from '#http/overview/verdict.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { addressOf } from '../live/route.ts'
import { session } from '../live/session.ts'
import { connection, heardAt, mode, now, overview, verdict } from '../live/state.ts'
import { VerdictMark } from '../parts/marks.tsx'
import { utcText } from '../parts/times.tsx'
import { helpIsOpen } from './keys.ts'
import { Nav } from './nav.tsx'

export function Header(): VNode {
  return (
    <header class={`band band-${mode}`}>
      <div class="band-top">
        <span class={`mode mode-${mode}`}>
          <span class="mode-shape" aria-hidden="true" />
          {mode.toUpperCase()}
          <span class="mode-meaning">{mode === 'live' ? 'real money' : 'simulated or test venues'}</span>
        </span>
        <Nav />
        <div class="band-right">
          <ConnectionState />
          <time class="utc-clock" title={utcText(now.value)}>
            {utcText(now.value).slice(11)}
          </time>
          <Seat />
          <button type="button" class="small" aria-label="? Keys and signs" onClick={() => (helpIsOpen.value = true)}>
            <kbd>?</kbd>
          </button>
        </div>
      </div>
      <VerdictLine />
      <Standing />
    </header>
  )
}

function Seat(): VNode {
  const seat = session.value
  return (
    <form class="seat" method="post" action="/logout">
      <span>{seat === null ? 'nobody logged in' : `${seat.name}, ${seat.role}`}</span>{' '}
      {seat !== null && <button class="small">Log out</button>}
    </form>
  )
}

function ConnectionState(): VNode {
  const state = connection.value
  const words = {
    // Never the word "live": that is a mode.
    live: 'connected',
    connecting: 'connecting',
    lost: 'CONNECTION LOST',
    trouble: 'BOOK NOT READ',
    'signed-out': 'LOGGED OUT',
  }[state]
  const age = state === 'live' || heardAt.value === 0 ? '' : ` ${ageText(now.value - heardAt.value)}`
  return (
    <span class={`connection connection-${state}`}>
      <span class="dot" aria-hidden="true" />
      {words}
      {age}
    </span>
  )
}

const WORDS = { equal: 'EQUAL', drift: 'DRIFT', unknown: 'UNKNOWN' } as const

function VerdictLine(): VNode {
  const { state, text } = verdict.value
  return (
    <div class={`verdict verdict-${state}`}>
      <VerdictMark state={state} />
      <p>
        <strong>{WORDS[state]}</strong> <span class="verdict-text">{text}</span>
      </p>
      <Announcement text={`${WORDS[state]}${state === 'equal' ? '' : ` ${text}`}`} state={state} />
    </div>
  )
}

/** Told aloud when the verdict becomes another one, never for an age that moves. */
function Announcement({ text, state }: { readonly text: string; readonly state: string }): VNode {
  const [told, setTold] = useState('')
  useEffect(() => setTold(text), [state])
  return (
    <p class="visually-hidden" role="status">
      {told}
    </p>
  )
}

function Standing(): VNode {
  return (
    <ul class="standing" aria-label="What stands">
      <TradingState />
      <CriticalAlerts />
      <Work />
    </ul>
  )
}

function TradingState(): VNode {
  const seen = overview.value
  const halted = seen?.trading.filter((scope) => !scope.trading_enabled) ?? []
  return (
    <li class={halted.length > 0 ? 'bad' : ''}>
      <a href={addressOf('actions')}>
        Trading <strong>{seen === null ? 'unknown' : tradingText(halted.map(({ scope }) => scope))}</strong>
      </a>
      <ActionButton action={{ verb: 'halt', scope: { kind: 'all' } }} tone="grave" label="Halt" />
    </li>
  )
}

function CriticalAlerts(): VNode {
  const critical = overview.value?.alerts.filter((alert) => alert.severity === 'critical') ?? []
  const open = critical.filter((alert) => (alert.acknowledged ?? null) === null).length
  return (
    <li class={open > 0 ? 'bad' : ''}>
      <a href={addressOf('alerts')}>
        {open > 0 && <span aria-hidden="true">▲▲ </span>}
        Critical alerts <strong>{open}</strong>
        {critical.length > open && <span class="quiet"> +{critical.length - open} acknowledged</span>}
      </a>
    </li>
  )
}

function Work(): VNode {
  const { dead_jobs: dead, workers } = overview.value ?? { dead_jobs: null, workers: null }
  if (overview.value !== null && dead === null && workers === null) return <NoRedis />
  return <Known dead={dead} workers={workers} />
}

function Known({
  dead,
  workers,
}: {
  readonly dead: number | null
  readonly workers: OverviewAnswer['workers']
}): VNode {
  const idle = workers?.some((site) => site.workers.length === 0) ?? false
  return (
    <>
      <li class={dead !== null && dead > 0 ? 'bad' : ''}>
        <a href={addressOf('actions')}>
          Dead jobs <strong>{dead ?? 'unknown'}</strong>
        </a>
      </li>
      <li class={idle ? 'bad' : ''}>
        <span>
          Workers <strong>{workersText(workers)}</strong>
        </span>
      </li>
    </>
  )
}

/** Book and brokers are still compared where they stand; nothing new is worked on. */
function NoRedis(): VNode {
  return (
    <li class="bad">
      <span>
        <strong>Redis does not answer</strong>: workers and dead jobs unknown
      </span>
    </li>
  )
}

function tradingText(halted: readonly string[]): string {
  if (halted.length === 0) return 'enabled'
  return halted.includes('global') ? 'HALTED' : `HALTED for ${halted.join(', ')}`
}

function workersText(sites: OverviewAnswer['workers']): string {
  if (sites === null) return 'unknown'
  const idle = sites.filter((site) => site.workers.length === 0)
  if (idle.length > 0) return `NONE for ${idle.flatMap((site) => site.accounts).join(', ')}`
  return String(sites.reduce((sum, site) => sum + site.workers.length, 0))
}
