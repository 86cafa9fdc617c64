/** The facts below an account's sides. Every place is always there, so that nothing below moves when one fills. */
import type { ComponentChildren, VNode } from 'preact'
import type { AccountOverview } from '#http/overview-wire.ts'
import { ageText } from '#http/overview/verdict.ts'
import { addressOf } from '../live/route.ts'
import { now } from '../live/state.ts'
import { HeadroomBar } from '../parts/headroom-bar.tsx'
import { Amount } from '../parts/numbers.tsx'
import { Age, utcText } from '../parts/times.tsx'

export function AccountFacts({ account }: { readonly account: AccountOverview }): VNode {
  const { equity, last_sweep: sweep, locks, open_orders: orders } = account
  const locked = Object.entries(locks)
  return (
    <>
      <dl class="facts">
        <Fact name="Equity, USD">
          <Amount value={equity?.brokerEquity} missing="not read yet" />
        </Fact>
        <Fact name="Unexplained, USD" tone={unexplainedTone(account)}>
          <Unexplained account={account} />
        </Fact>
        <Fact name="Last sweep" tone={sweep !== null && !sweep.complete ? 'bad' : ''}>
          {sweep === null ? (
            'none yet'
          ) : (
            <a href={addressOf('sweeps')} title={sweep.detail}>
              {sweep.complete ? sweepText(sweep.findings.length) : 'INCOMPLETE'}, <Age at={sweep.finished_at} />
            </a>
          )}
        </Fact>
        <Fact name="Fills proven">
          {sweep?.proven_through === null || sweep?.proven_through === undefined ? (
            'not known'
          ) : (
            <span title={`from ${utcText(sweep.proven_from ?? 0)} to ${utcText(sweep.proven_through)}`}>
              to {utcText(sweep.proven_through).slice(11)}
            </span>
          )}
        </Fact>
        <Fact name="Open orders">
          <a href={addressOf('orders')}>{orders}</a>
        </Fact>
        <Fact name="Entries locked" tone={locked.length > 0 ? 'bad' : ''}>
          <span class="clip" title={locked.map(([name, lock]) => `${name}: ${lock.reason}`).join('\n')}>
            {locked.length === 0
              ? 'no'
              : locked
                  .map(([name, lock]) => `${name === '*' ? 'all' : name} ${ageText(now.value - lock.since)}`)
                  .join(', ')}
          </span>
        </Fact>
      </dl>
      {account.programme !== null && (
        <div class="programme" aria-label={`Programme ${account.programme.firm}`} role="group">
          <span class="programme-name">
            {account.programme.firm} <Age at={account.programme.as_of} />
          </span>
          {account.programme.lockout !== null && (
            <span class="lockout">
              LOCKED OUT: {account.programme.lockout.limit}
              {account.programme.lockout.until === null
                ? ', for good'
                : `, until ${utcText(account.programme.lockout.until)}`}
            </span>
          )}
          {account.programme.headroom.map((room) => (
            <HeadroomBar key={room.rule} room={room} />
          ))}
        </div>
      )}
    </>
  )
}

function Fact(props: { readonly name: string; readonly tone?: string; readonly children: ComponentChildren }): VNode {
  return (
    <div class={`fact ${props.tone ?? ''}`}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

function sweepText(findings: number): string {
  return findings === 0 ? 'equal' : `${findings} ${findings === 1 ? 'finding' : 'findings'}`
}

function Unexplained({ account: { equity } }: { readonly account: AccountOverview }): VNode {
  if (equity === null) return <>not read yet</>
  if (equity.unexplained === null) return <span title={equity.unknown ?? ''}>unknown: {equity.unknown}</span>
  return <Amount value={equity.unexplained} signed />
}

function unexplainedTone({ equity }: AccountOverview): string {
  if (equity === null || equity.unexplained === '0') return ''
  return 'bad'
}
