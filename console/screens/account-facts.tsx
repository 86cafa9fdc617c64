/** The facts below an account's sides. Every place is always there, so that nothing below moves when one fills. */
import type { VNode } from 'preact'
import type { AccountOverview, LastSweep } from '#http/overview-wire.ts'
import { ageText } from '#http/overview/verdict.ts'
import { addressOf } from '../live/route.ts'
import { now } from '../live/state.ts'
import { Fact } from '../parts/fact.tsx'
import { GateBar, HeadroomBar } from '../parts/headroom-bar.tsx'
import { Amount } from '../parts/numbers.tsx'
import { Age, utcText } from '../parts/times.tsx'

export function AccountFacts({ account }: { readonly account: AccountOverview }): VNode {
  const { equity, last_sweep: sweep } = account
  return (
    <>
      <dl class="facts">
        <Fact name="Equity, USD">
          <Amount value={equity?.brokerEquity} missing="not read yet" />
        </Fact>
        <Unexplained equity={equity} />
        <Fact name="Last sweep" tone={sweep?.complete === false ? 'bad' : ''}>
          {sweep === null ? 'none yet' : <SweepLink sweep={sweep} />}
        </Fact>
        <Fact name="Fills proven">{sweep === null ? 'not known' : <Proven sweep={sweep} />}</Fact>
        <Fact name="Open orders">
          <a href={addressOf('orders')}>{account.open_orders}</a>
        </Fact>
        <Locked locks={account.locks} />
      </dl>
      {account.programme !== null && <LockedOut programme={account.programme} />}
      {account.limits.length + (account.programme?.headroom.length ?? 0) > 0 && <Rooms account={account} />}
    </>
  )
}

function SweepLink({ sweep }: { readonly sweep: LastSweep }): VNode {
  const found = sweep.findings.length
  const result = found === 0 ? 'equal' : `${found} ${found === 1 ? 'finding' : 'findings'}`
  return (
    <a href={addressOf('sweeps')} title={sweep.detail}>
      {sweep.complete ? result : 'INCOMPLETE'}, <Age at={sweep.finished_at} />
    </a>
  )
}

function Proven({ sweep }: { readonly sweep: LastSweep }): VNode {
  const { proven_from: from, proven_through: through } = sweep
  if (through === null) return <span>not known</span>
  return <span title={`from ${utcText(from ?? 0)} to ${utcText(through)}`}>to {utcText(through).slice(11)}</span>
}

function Unexplained({ equity }: { readonly equity: AccountOverview['equity'] }): VNode {
  if (equity === null) return <Fact name="Unexplained, USD">not read yet</Fact>
  const { unexplained, unknown } = equity
  return (
    <Fact name="Unexplained, USD" tone={unexplained === '0' ? '' : 'bad'}>
      {unexplained === null ? (
        <span title={unknown ?? ''}>unknown: {unknown}</span>
      ) : (
        <Amount value={unexplained} signed />
      )}
    </Fact>
  )
}

function Locked({ locks }: { readonly locks: AccountOverview['locks'] }): VNode {
  const locked = Object.entries(locks)
  const shown = locked.map(([name, lock]) => `${name === '*' ? 'all' : name} ${ageText(now.value - lock.since)}`)
  return (
    <Fact name="Entries locked" tone={locked.length > 0 ? 'bad' : ''}>
      <span class="clip" title={locked.map(([name, lock]) => `${name}: ${lock.reason}`).join('\n')}>
        {locked.length === 0 ? 'no' : shown.join(', ')}
      </span>
    </Fact>
  )
}

type Programme = NonNullable<AccountOverview['programme']>

function LockedOut({ programme: { firm, lockout } }: { readonly programme: Programme }): VNode | null {
  if (lockout === null) return null
  return (
    <p class="lockout">
      LOCKED OUT by {firm}: {lockout.limit}
      {lockout.until === null ? ', for good' : `, until ${utcText(lockout.until)}`}
    </p>
  )
}

/** What is left until entries stop: of the account's own limits, and above the floors of its programme. */
function Rooms({ account: { limits, programme } }: { readonly account: AccountOverview }): VNode {
  return (
    <div class="rooms" aria-label="Room until entries stop" role="group">
      {limits.map((room) => (
        <GateBar key={room.gate} room={room} />
      ))}
      {programme?.headroom.map((room) => (
        <HeadroomBar key={`${programme.firm} ${room.rule}`} room={room} />
      ))}
      {programme !== null && (
        <span class="programme-name">
          Floors of {programme.firm}, looked at <Age at={programme.as_of} />
        </span>
      )}
    </div>
  )
}
