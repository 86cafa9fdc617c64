/** Keys of the configuration file for whoever looks inside: metrics and traces. */
import { z } from 'zod'
import { path, variable } from './scalars.ts'

export const metricsSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Other than this machine only with token_file or token_env.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Where this process serves /metrics alone; workers need it. The API serves it on its own port too.'),
  token_file: path.optional().describe('Bearer token of the scraper; also opens /metrics of the API.'),
  token_env: variable.optional(),
})

export const tracingSchema = z.strictObject({
  endpoint: z
    .string()
    .refine(isCollectorUrl, { message: 'an http(s) URL without a password, such as http://127.0.0.1:4318' })
    .optional()
    .describe('Collector that takes OTLP over HTTP; without it nothing is traced.'),
  headers_file: path
    .optional()
    .describe('File with headers of the collector on one line, e.g. authorization=Bearer abc,x-scope-orgid=1.'),
  headers_env: variable.optional(),
  sample: z.number().min(0).max(1).default(1).describe('Part of the lives that is traced, each one whole or not.'),
})

function isCollectorUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}
