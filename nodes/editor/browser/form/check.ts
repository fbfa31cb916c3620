/**
 * What is wrong with a value, said beside its field while somebody types. It knows the keywords that settings use;
 * the whole schema is checked before a deploy, by the program.
 */
import { type FieldSchema, withoutNull } from './schema.ts'

/** A text of the editor's plugin. */
export type Say = (key: string, values?: Record<string, unknown>) => string

/** A sentence, or null when it fits. */
export function checkValue(value: unknown, outer: FieldSchema, say: Say): string | null {
  if (typeof value === 'string' && /^\$\{[^}]+\}$/.test(value)) return null
  const { schema, nullable } = withoutNull(outer)
  if (value === null || value === undefined || value === '') {
    return nullable || mayBeEmpty(schema) ? null : say('form.missing')
  }
  if (schema.enum) return schema.enum.includes(String(value)) ? null : say('form.not-a-choice')
  if (schema.type === 'number' || schema.type === 'integer') return checkNumber(Number(value), schema, say)
  if (schema.type === 'array') return checkList(value, schema, say)
  if (schema.type === 'object') return checkObject(value, schema, say)
  if (typeof value === 'string') return checkText(value, schema, say)
  return null
}

function mayBeEmpty({ type, minLength = 0, pattern }: FieldSchema): boolean {
  if (type === 'number' || type === 'integer' || minLength > 0) return false
  return pattern === undefined || new RegExp(pattern, 'u').test('')
}

function checkNumber(value: number, schema: FieldSchema, say: Say): string | null {
  if (Number.isNaN(value)) return say('form.not-a-number')
  if (schema.type === 'integer' && !Number.isInteger(value)) return say('form.not-whole')
  const low = schema.minimum ?? schema.exclusiveMinimum
  const high = schema.maximum ?? schema.exclusiveMaximum
  if (low !== undefined && (value < low || value === schema.exclusiveMinimum)) return say('form.too-low', { low })
  if (high !== undefined && (value > high || value === schema.exclusiveMaximum)) return say('form.too-high', { high })
  return null
}

function checkText(value: string, schema: FieldSchema, say: Say): string | null {
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return say('form.too-long', { max: schema.maxLength })
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) {
    return say('form.wrong-form', { form: schema.description ?? schema.pattern })
  }
  return null
}

function checkList(value: unknown, schema: FieldSchema, say: Say): string | null {
  if (!Array.isArray(value)) return say('form.missing')
  if (value.length < (schema.minItems ?? 0)) return say('form.too-few', { min: schema.minItems })
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return say('form.too-many', { max: schema.maxItems })
  for (const [index, item] of value.entries()) {
    const problem = schema.items ? checkValue(item, schema.items, say) : null
    if (problem) return `${index + 1}: ${problem}`
  }
  return null
}

function checkObject(value: unknown, schema: FieldSchema, say: Say): string | null {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const problem = checkValue((value as Record<string, unknown>)[name], property, say)
    if (problem) return `${property.title ?? name}: ${problem}`
  }
  return null
}
