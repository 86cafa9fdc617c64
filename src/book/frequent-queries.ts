/** Queries that several parts ask in the same words. */
import type { Query } from './book.ts'

/** The last sweeps of an account, the newest first. */
export function newestSweeps(account: string, limit: number): Query<'sweeps'> {
  return { where: { account }, orderBy: { field: 'startedAt', direction: 'descending' }, limit }
}

/** Alerts that stand, the newest first. */
export function activeAlerts(limit: number): Query<'alerts'> {
  return { where: { active: true }, orderBy: { field: 'raisedAt', direction: 'descending' }, limit }
}

/** All alerts that stand at one account, the oldest first. */
export function activeAlertsAt(account: string): Query<'alerts'> {
  return { where: { account, active: true }, orderBy: { field: 'raisedAt', direction: 'ascending' } }
}
