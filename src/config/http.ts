/** What the configuration says about the HTTP interface, as the programme uses it. */
import type { z } from 'zod'
import type { httpSchema } from './http-schema.ts'
import { required } from './required.ts'
import type { SecretRef } from './secret.ts'

export interface HttpConfig {
  readonly host: string
  readonly port: number
  /** Origin under which browsers reach us, e.g. `https://truebook.example.com`; null: unknown. */
  readonly publicUrl: string | null
  readonly signalTokens: readonly SignalTokenConfig[]
  /** People beside the first admin. */
  readonly operators: readonly OperatorConfig[]
  /** Of the first admin; null: Truebook makes one. */
  readonly operatorToken: SecretRef | null
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  readonly behindProxy: boolean
  readonly queuesWritable: boolean
  readonly requestsPerMinute: number
}

export interface SignalTokenConfig {
  readonly name: string
  /** How the sender proves who it is: shows `token`, or signs with it. */
  readonly proof: 'bearer' | 'hmac'
  readonly token: SecretRef
  /** `*` is every strategy. */
  readonly strategies: readonly string[]
}

export interface OperatorConfig {
  readonly name: string
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly token: SecretRef
}

interface Places {
  readonly path: (text: string) => string
  readonly secret: (fileName: string | undefined, variable: string | undefined) => SecretRef | null
}

export function httpFrom(file: z.output<typeof httpSchema>, { path, secret }: Places): HttpConfig {
  return {
    host: file.host,
    port: file.port,
    publicUrl: file.public_url ?? null,
    signalTokens: file.signal_tokens.map((token) => {
      const hmac = secret(token.hmac_secret_file, token.hmac_secret_env)
      const bearer = secret(token.token_file, token.token_env)
      return {
        name: token.name,
        proof: hmac === null ? 'bearer' : 'hmac',
        token: required(hmac ?? bearer, `token of ${token.name}`),
        strategies: token.strategies,
      }
    }),
    operators: file.operators.map(({ name, role, ...token }) => ({
      name,
      role,
      token: required(secret(token.token_file, token.token_env), `token of ${name}`),
    })),
    operatorToken: secret(file.operator_token_file, file.operator_token_env),
    tls: file.tls === undefined ? null : { certFile: path(file.tls.cert_file), keyFile: path(file.tls.key_file) },
    behindProxy: file.behind_proxy,
    queuesWritable: file.queues_writable,
    requestsPerMinute: file.requests_per_minute,
  }
}
