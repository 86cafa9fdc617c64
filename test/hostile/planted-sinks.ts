/** A sink of every kind that has a secret, with a secret to search for. */

export const SINK_SECRETS = {
  slack: 'T1PLANTED/B1PLANTED/pLantedSlackHook7a',
  telegram: 'AAHpLantedBotToken5c9dNeverShown',
  pagerduty: 'R0pLantedRoutingKey4e1fNeverShown',
  mail: 'pLantedMailPassword2b8cNeverShown',
  switch: 'pLantedSwitch6d3aNeverShown',
} as const

/** A sink of every kind that has a secret, each told of everything. */
export function sinksAt(base: string): object[] {
  const port = Number(new URL(base).port)
  const mail = { host: '127.0.0.1', port, tls: 'none', user: 'desk', from: 'desk@example.com', to: ['ops@example.com'] }
  return [
    { name: 'chat', type: 'slack', url_file: 'secrets/slack-url' },
    { name: 'bot', type: 'telegram', chat: '-1', token_file: 'secrets/bot', base_url: base },
    { name: 'pager', type: 'pagerduty', routing_key_file: 'secrets/pager', base_url: base },
    { name: 'mail', type: 'mail', password_file: 'secrets/smtp', ...mail },
  ].map((sink) => ({ ...sink, min_severity: 'info' }))
}

/** What stands in the files that they name. */
export function sinkFiles(base: string): Readonly<Record<string, string>> {
  return {
    'slack-url': `${base}/services/${SINK_SECRETS.slack}`,
    'switch-url': `${base}/ping/${SINK_SECRETS.switch}`,
    bot: `12345:${SINK_SECRETS.telegram}`,
    pager: SINK_SECRETS.pagerduty,
    smtp: SINK_SECRETS.mail,
  }
}
