/** The part of JSON Schema that nodes' settings are written in. */
export interface FieldSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  title?: string
  description?: string
  default?: unknown
  format?: string
  enum?: string[]
  const?: unknown
  anyOf?: FieldSchema[]
  properties?: Record<string, FieldSchema>
  required?: string[]
  items?: FieldSchema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
}

/** A value that may be left empty is written as `X or null`. */
export function withoutNull(schema: FieldSchema): { schema: FieldSchema; nullable: boolean } {
  const some = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (some?.length !== 1 || some.length === schema.anyOf?.length) return { schema, nullable: false }
  const { anyOf: _, ...outer } = schema
  return { schema: { ...outer, ...some[0] }, nullable: true }
}

/** A value for a field that has none yet. */
export function startValue(schema: FieldSchema): unknown {
  if (schema.default !== undefined) return structuredClone(schema.default)
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {})
    return Object.fromEntries(properties.map(([name, property]) => [name, startValue(property)]))
  }
  if (schema.type === 'array') return []
  if (schema.type === 'boolean') return false
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'string') return ''
  return schema.anyOf?.some(({ type }) => type === 'null') ? null : (schema.minimum ?? 0)
}
