/** Slips of the pen in a configuration that put a secret where a parser's error could quote it. */

export interface SlippedSecrets {
  readonly redisUrl: string
  readonly redisPassword: string
  readonly key: string
  readonly apiSecret: string
  readonly operatorToken: string
  readonly signalToken: string
}

/** The configuration with one slip each. */
export function slipsOf(plain: string, secrets: SlippedSecrets): readonly string[] {
  const { redisUrl, redisPassword, key, apiSecret, operatorToken, signalToken } = secrets
  return [
    plain.replace('url_file: secrets/redis-url', `url: ${redisUrl}`),
    plain.replace('url_file: secrets/redis-url', `url: ${redisUrl.replace('redis://', 'redis//')}`),
    plain.replace('url_file: secrets/redis-url', `url_file: ${redisUrl}`),
    plain.replace('url_file: secrets/redis-url', `url_env: "${redisPassword}"`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `agent_key: "${key}"`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `agent_key_env: "${key}"`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `agent_key_file: ${key}`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `agent_key_env: PLANTED_AGENT_KEY "${key}`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `*${key}`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `? [${key}]\n    : x`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `${key}: agent`),
    plain.replace('agent_key_env: PLANTED_AGENT_KEY', `agent_key_env: !${key} 5x`),
    plain.replace('secrets/prop-a-secret', apiSecret),
    plain.replace('secrets/operator-token', operatorToken),
    plain.replace('secrets/signal-token', `/${signalToken}`),
    plain.replace('mode: paper', `mode: ${operatorToken}`),
  ]
}
