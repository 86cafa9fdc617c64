/** Keys of the configuration file for the HTTP interface: where it listens, and who may do what. */
import { z } from 'zod'
import { name, path, strategy, url, variable } from './scalars.ts'

const signalToken = z.strictObject({
  name: name.describe('Who sends with it; appears in logs, and is x-truebook-key where signals are signed.'),
  token_file: path.optional().describe('File with the bearer token; or its environment variable, or an HMAC secret.'),
  token_env: variable.optional(),
  hmac_secret_file: path.optional().describe('Instead of a token: the sender signs each request and shows no secret.'),
  hmac_secret_env: variable.optional(),
  strategies: z.array(strategy).min(1).default(['*']).describe('Strategies this token may signal for; "*" is all.'),
})

const operator = z.strictObject({
  name: name.describe('Stands in audit records of what this person does.'),
  role: z.enum(['viewer', 'operator', 'admin']).describe('viewer reads; operator holds back; admin does everything.'),
  token_file: path.optional().describe('File with the token of this person.'),
  token_env: variable.optional(),
})

export const httpSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Other than this machine only with tls or behind_proxy.'),
  port: z.int().min(0).max(65_535).default(8700).describe('TCP port; 0 takes any free one.'),
  public_url: url(/^https?:$/, 'https://truebook.example.com')
    .refine(isOrigin, { message: 'a URL without path, query and user, such as https://truebook.example.com' })
    .transform((text) => new URL(text).origin)
    .optional()
    .describe('Where browsers reach this server; links in alerts start with it. Other host names are refused then.'),
  signal_tokens: z.array(signalToken).max(100).default([]).describe('Who may send signals; without an entry nobody.'),
  operators: z.array(operator).max(100).default([]).describe('People beside the first admin, each with an own token.'),
  operator_token_file: path
    .optional()
    .describe('Token of the first admin, "operator". Default: <data_dir>/operator-token, made at the first start.'),
  operator_token_env: variable.optional(),
  tls: z
    .strictObject({
      cert_file: path.describe('Certificate chain, PEM.'),
      key_file: path.describe('Its private key, PEM.'),
    })
    .optional()
    .describe('Serves HTTPS itself.'),
  behind_proxy: z.boolean().default(false).describe('A reverse proxy in front terminates TLS.'),
  queues_writable: z.boolean().default(false).describe('Lets admins change jobs in Bull Board.'),
  requests_per_minute: z.int().min(1).max(1_000_000).default(6000).describe('Per caller; more are answered 429.'),
})

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { pathname, search, hash, username, password } = new URL(text)
  return pathname === '/' && search + hash + username + password === ''
}
