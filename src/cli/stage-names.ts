/** Names of the stages for the command line, without loading the schemas that the domain's own list comes with. */
import type { Stage } from '#domain/message.ts'

/** As in `domain/message.ts`; a test keeps them equal. */
export const STAGE_NAMES = [
  'route',
  'precheck',
  'place',
  'monitor',
  'close',
  'reconcile',
  'sweep',
  'guard',
  'alerts',
  'publish',
] as const satisfies readonly Stage[]
export type StageName = (typeof STAGE_NAMES)[number]
