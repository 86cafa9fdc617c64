/** Which keys a schema knows at a place of an input: the raw material of "did you mean". Read from its JSON Schema. */
import { z } from 'zod'

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly oneOf?: readonly Node[]
  readonly anyOf?: readonly Node[]
  readonly const?: unknown
}

/** Keys allowed at `path`; of a union, those of the members that the input's own discriminators fit. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): string[] {
  let nodes = members(z.toJSONSchema(schema, { io: 'input' }) as Node, input)
  let value = input
  for (const step of path) {
    value = value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[step] : undefined
    nodes = nodes.flatMap((node) => {
      const next = typeof step === 'number' ? node.items : node.properties?.[String(step)]
      return next === undefined ? [] : members(next, value)
    })
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))]
}

function members(node: Node, value: unknown): Node[] {
  const options = node.oneOf ?? node.anyOf
  if (options === undefined) return [node]
  return options.flatMap((option) => members(option, value)).filter((option) => fits(option, value))
}

function fits(node: Node, value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true
  return Object.entries(node.properties ?? {}).every(([key, property]) => {
    const seen = (value as Record<string, unknown>)[key]
    return property.const === undefined || seen === undefined || seen === property.const
  })
}
