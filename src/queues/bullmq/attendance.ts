/**
 * Who listens at a site: seen from Redis, so it covers processes on other machines. A worker that is connected asks for work
 * every few seconds; one that has not asked for long is on a machine that sleeps or lost its network.
 */
import { STAGES, type Stage } from '#domain/message.ts'
import { queueOf } from '#queues/queue.ts'
import type { Site } from '#queues/site.ts'
import type { BullWorkQueue } from './work-queue.ts'

/** Longest silence of a live process, s: several blocking reads of an idle queue. */
const SILENT_MAX_S = 30

/** Work that only the site's own workers do; the rest anybody does. */
const SITE_STAGES = STAGES.filter((stage) => queueOf(stage).siteless !== true)

/** The workers of one site. */
export interface Attendance {
  readonly site: Site
  /** Live processes as `<host>-<process id>`. */
  readonly processes: readonly string[]
  /** Stages of the site that none of them works on. */
  readonly unattended: readonly Stage[]
}

interface Listener {
  readonly stage: Stage
  readonly process: string
  readonly silentS: number
}

/** @throws when Redis does not answer, or does not say who is connected */
export async function readAttendance(workQueue: BullWorkQueue, site: Site): Promise<Attendance> {
  const listeners = (await Promise.all(SITE_STAGES.map((stage) => listenersOf(workQueue, stage, site)))).flat()
  // A process that is busy at every slot of one stage still asks for work of another.
  const heard = listeners.filter(({ silentS }) => silentS <= SILENT_MAX_S)
  const processes = new Set(heard.map((listener) => listener.process))
  const attended = new Set(listeners.flatMap(({ stage, process }) => (processes.has(process) ? [stage] : [])))
  return { site, processes: [...processes].toSorted(), unattended: SITE_STAGES.filter((stage) => !attended.has(stage)) }
}

async function listenersOf(workQueue: BullWorkQueue, stage: Stage, site: Site): Promise<readonly Listener[]> {
  const clients = await workQueue.queue(stage, site).getWorkers()
  return clients.map(({ rawname, idle }) => {
    if (rawname === undefined) {
      throw new Error('Expected Redis to list its clients, saw it refuse: allow CLIENT LIST and CLIENT SETNAME.')
    }
    return { stage, process: rawname.split(':w:').at(-1) ?? rawname, silentS: Number(idle) }
  })
}
