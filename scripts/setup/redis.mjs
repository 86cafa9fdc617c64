/** Makes sure that a Redis can be had: REDIS_URL, else a server program on the PATH, else apt-get as root. */
import { SetupFailed } from './say.mjs'
import { installFirstOf, onPath } from './system.mjs'

const PROGRAMS = ['redis-server', 'valkey-server']

export function installRedis() {
  if (process.env['REDIS_URL']) return
  if (PROGRAMS.some((program) => onPath(program) !== undefined)) return
  installFirstOf(PROGRAMS)
  if (PROGRAMS.some((program) => onPath(program) !== undefined)) return
  throw new SetupFailed(
    'Expected REDIS_URL, or redis-server or valkey-server on the PATH, saw none.\n' +
      'Run: sudo apt-get update && sudo apt-get install -y redis-server',
  )
}
