/** Scalars that the keys of the configuration file share. */
import { z } from 'zod'
import { isDecimalText } from '#domain/decimal.ts'

const isPositive = (text: string): boolean =>
  isDecimalText(text) && !/^[-+]?0*\.?0*$/.test(text) && !text.startsWith('-')

/** Whether a host name or address stays on this machine. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host)
}

export const money = z
  .string()
  .max(40)
  .refine(isPositive, { message: 'a positive plain decimal in quotes, such as "1000.50"' })
  .meta({ format: 'decimal' })
export const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/, 'letters, digits and . _ - only')
export const strategy = z.string().regex(/^(\*|[A-Za-z0-9._@/-]{1,128})$/, 'a strategy name, or "*" for all')
export const path = z.string().min(1).max(4096).meta({ format: 'path' })
export const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable, such as HL_AGENT_KEY')
  .describe('Environment variable that holds it, instead of the file.')
export const ms = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most)
export const bps = z.number().positive().max(10_000)
export const url = (protocols: RegExp, example: string): z.ZodString =>
  z.string().refine((text) => isSafeUrl(text, protocols), {
    message: `a URL such as ${example} (plain text only to this machine)`,
  })

function isSafeUrl(text: string, protocols: RegExp): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocols.test(protocol) && (protocol.endsWith('s:') || isLoopbackHost(hostname))
}
