/** Checks of Pub/Sub: what the configuration names is there. Nothing is published and no signal is taken. */
import type { PubsubConfig } from '#config/pubsub.ts'
import type { Standing } from '#pubsub/google/standing.ts'
import { type Check, fail, ok } from './checks.ts'
import { pubsubPlace } from './open-pubsub.ts'

/** None where the configuration names nothing. */
export async function checkPubsub(config: PubsubConfig | null): Promise<Check[]> {
  if (config === null) return []
  const { standingOfSubscription, standingOfTopic } = await import('#pubsub/google/standing.ts')
  const { events, signals, projectId } = config
  const place = pubsubPlace(config)
  const inProject = `--project ${projectId}`
  const [topic, subscription] = await Promise.all([
    events === null ? null : standingOfTopic({ ...place, topic: events.topic }),
    signals === null ? null : standingOfSubscription({ ...place, subscription: signals.subscription }),
  ])
  return [
    ...(events === null || topic === null
      ? []
      : [told(`topic ${events.topic}`, topic, `gcloud pubsub topics create ${events.topic} ${inProject}`)]),
    ...(signals === null || subscription === null
      ? []
      : [
          told(
            `subscription ${signals.subscription}`,
            subscription,
            `gcloud pubsub subscriptions create ${signals.subscription} --topic TOPIC ${inProject}`,
          ),
        ]),
  ]
}

function told(check: string, standing: Standing, create: string): Check {
  switch (standing.kind) {
    case 'there':
      return ok(check, 'is there')
    case 'missing':
      return fail(check, 'expected it to exist, saw none', create)
    case 'hidden':
      return {
        level: 'warn',
        check,
        detail: 'we may not see it; that is no proof that we may use it',
        fix: 'give the service account roles/pubsub.viewer, or look at the first event or signal',
      }
    case 'unavailable':
      return fail(check, standing.reason, 'gcloud auth application-default login')
  }
}
