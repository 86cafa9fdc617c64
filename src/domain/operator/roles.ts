/**
 * Who may do what. An operator may hold back, look again and say that something was seen: acts that can only make things safer. Whatever
 * lets exposure back in, ends positions or changes what the book calls ours is an admin's.
 */
import type { VerbName } from './action.ts'

/** The role that a verb needs at least. */
export const ROLE_OF_VERB: Readonly<Record<VerbName, 'operator' | 'admin'>> = {
  sweep: 'operator',
  acknowledge: 'operator',
  halt: 'operator',
  'cancel-orders': 'operator',
  quarantine: 'operator',
  resume: 'admin',
  release: 'admin',
  flatten: 'admin',
  adopt: 'admin',
  ignore: 'admin',
  unignore: 'admin',
  'retry-job': 'admin',
}
