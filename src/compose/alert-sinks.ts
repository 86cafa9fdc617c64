/** Where alerts go: always the log, and a webhook where one is configured. */
import type { Secret } from '#config/secret.ts'
import type { AlertRow, Severity } from '#domain/records.ts'
import type { Log } from '#workers/worker.ts'

const WEBHOOK_TIMEOUT_MS = 10_000

/** The webhook did not take an alert; the delivery is tried again. The address is not shown: it is the credential. */
export class AlertNotDelivered extends Error {
  override readonly name = 'AlertNotDelivered'
}

/** A function that hands one alert to every sink. @throws AlertNotDelivered */
export function alertSinks(webhookUrl: Secret | null, log: Log): (alert: AlertRow) => Promise<void> {
  return async (alert) => {
    log[levelOf(alert.severity)]({ alert }, `alert: ${alert.title}`)
    if (webhookUrl !== null) await post(webhookUrl, alert)
  }
}

function levelOf(severity: Severity): 'error' | 'warn' | 'info' {
  if (severity === 'critical') return 'error'
  return severity === 'warning' ? 'warn' : 'info'
}

async function post(url: Secret, alert: AlertRow): Promise<void> {
  let status: number
  try {
    const response = await fetch(url.reveal(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': alert.alertId },
      // `text` is what Slack and its kin show; the rest is for programs.
      body: JSON.stringify({ text: `[${alert.severity}] ${alert.title}: ${alert.detail}`, alert }),
      redirect: 'error',
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    })
    await response.body?.cancel()
    status = response.status
  } catch (error) {
    throw new AlertNotDelivered(`Alert ${alert.alertId}: the webhook did not answer (${(error as Error).name}).`)
  }
  if (status < 200 || status > 299) {
    throw new AlertNotDelivered(`Alert ${alert.alertId}: expected the webhook to answer 2xx, saw ${status}.`)
  }
}
