/** What every request handler and hub of one running venue shares. */
import type { Venue } from '#simulators/projectx/engine/venue.ts'
import type { FaultRule } from '#simulators/projectx/faults/fault.ts'
import type { Subject } from '#simulators/projectx/faults/fault-subject.ts'
import type { FaultScript } from '#simulators/venue/fault-script.ts'
import type { RequestBudget } from './request-budget.ts'
import type { Sessions } from './sessions.ts'

export interface Desk {
  readonly venue: Venue
  readonly faults: FaultScript<FaultRule>
  readonly sessions: Sessions
  readonly budget: RequestBudget
}

/** One authorised request under way. */
export interface Call {
  readonly desk: Desk
  readonly userName: string
  readonly token: string
  readonly subject: Subject
}
