/**
 * Schemas are written with TypeBox: what it builds is plain JSON Schema (2020-12), and the TypeScript type
 * is inferred from it, so a field is described once. ajv validates at each boundary.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'secure-json-parse'
import { type Static, type TSchema, Type } from 'typebox'
import { AisleError } from './errors.ts'

/** An object schema that refuses unknown fields. */
export function strictObject<P extends Record<string, TSchema>>(properties: P, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** One of a few words. */
export function oneOf<const W extends readonly string[]>(words: W, options: object = {}) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...words], ...options })
}

/**
 * One of several objects that differ in a field of theirs, `tag`, which is a literal in each. Problems are told of
 * the one that the tag names, not of all.
 */
export function taggedUnion<S extends TSchema>(tag: string, schemas: readonly S[], options: object = {}) {
  return Type.Unsafe<Static<S>>({
    type: 'object',
    discriminator: { propertyName: tag },
    properties: { [tag]: { type: 'string' } },
    required: [tag],
    oneOf: [...schemas],
    ...options,
  })
}

// TypeBox writes tuples in the older draft's form, which 2020-12 refuses.
const numbers = (length: number, options: object) => ({
  type: 'array',
  prefixItems: Array.from({ length }, () => ({ type: 'number' })),
  items: false,
  minItems: length,
  ...options,
})
/** x to the right, y into the store, metres. */
export const Point2M = (options: object = {}) => Type.Unsafe<[number, number]>(numbers(2, options))
/** x to the right, y into the store, z up, metres; the origin is a corner of the floor. */
export const Point3M = (options: object = {}) => Type.Unsafe<[number, number, number]>(numbers(3, options))

export const identifierPattern = '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$'
export const Identifier = (options: object = {}) => Type.String({ pattern: identifierPattern, ...options })

/** One plain address (RFC 5321, dot-string): no name, no list, nothing that could begin another header. */
export const EmailAddress = (options: object = {}) =>
  Type.String({ pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,180}[A-Za-z0-9]$", ...options })

/** Strings that name something of the profile: dialogs offer a choice for them; which names exist, no schema knows. */
export const profileNameFormats = [
  'profile-group',
  'profile-camera-group',
  'profile-zone',
  'profile-gate',
  'profile-appliance',
] as const

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  useDefaults: false,
  discriminator: true,
  verbose: true,
  // Made shorter, its code takes twice as long to compile, which every program waits for, and is hardly any faster.
  code: { optimize: false },
  formats: Object.fromEntries(profileNameFormats.map((format) => [format, true])),
})

/** One thing that is wrong with a value: a JSON pointer into it, and a sentence. */
export interface Problem {
  pointer: string
  message: string
}

/**
 * A check of a value against `schema`; an empty list means that it fits. The schema is compiled at the first use:
 * a program starts with all of them in memory and needs a few.
 */
export function compileCheck<S extends TSchema>(schema: S): (value: unknown) => Problem[] {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= ajv.compile(schema)
    return validate(value) ? [] : (validate.errors ?? []).map(toProblem)
  }
}

/** Like {@link compileCheck}, as a gate: the typed value comes out, or an AisleError with code `code`. */
export function compileGate<S extends TSchema>(schema: S, options: { code: string; what: string; action: string }) {
  const check = compileCheck(schema)
  return (value: unknown, where?: string): Static<S> => {
    const problems = check(value)
    if (problems.length === 0) return value as Static<S>
    const shown = problems.slice(0, 5).map((problem) => `${problem.pointer || '/'} ${problem.message}`)
    const more = problems.length > 5 ? ` (and ${problems.length - 5} more)` : ''
    throw new AisleError(options.code, `${options.what} does not fit: ${shown.join('; ')}${more}.`, {
      where,
      action: options.action,
    })
  }
}

function toProblem(error: ErrorObject): Problem {
  const pointer = error.instancePath
  const found = JSON.stringify(error.data)?.slice(0, 80)
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const field = error.params.additionalProperty ?? error.params.unevaluatedProperty
      return { pointer: `${pointer}/${field}`, message: 'is not a known field; remove it or check its spelling' }
    }
    case 'required':
      return { pointer: `${pointer}/${error.params.missingProperty}`, message: 'is missing' }
    case 'enum':
      return { pointer, message: `is ${found}; allowed are ${error.params.allowedValues.join(', ')}` }
    case 'discriminator':
      return {
        pointer: `${pointer}/${error.params.tag}`,
        message: `is ${JSON.stringify(error.params.tagValue)}, which is not known`,
      }
    default:
      return { pointer, message: `is ${found}, but ${error.message}` }
  }
}

/** Limits on JSON from outside; deeper or larger than any profile, flow or message of ours. */
export interface JsonLimits {
  maxBytes: number
  maxDepth: number
}

/**
 * Parses JSON that came from outside. `__proto__` and `constructor.prototype` keys are refused, because
 * Node-RED's cloning would turn them into real prototypes; so is what is larger or deeper than `limits`.
 * @throws AisleError `json-too-large`, `json-too-deep`, `json-invalid`
 */
export function parseJson(text: string, where: string, limits: JsonLimits = { maxBytes: 16e6, maxDepth: 64 }): unknown {
  if (Buffer.byteLength(text) > limits.maxBytes) {
    throw new AisleError('json-too-large', `It is larger than ${limits.maxBytes} bytes.`, {
      where,
      action: 'Split it into smaller files.',
    })
  }
  const tooDeep = depthOf(text) > limits.maxDepth
  if (tooDeep) {
    throw new AisleError('json-too-deep', `It is nested deeper than ${limits.maxDepth} levels.`, {
      where,
      action: 'Check where it comes from; no file of a store is that deep.',
    })
  }
  try {
    return parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    throw new AisleError('json-invalid', `It is not acceptable JSON: ${errorText(cause)}.`, {
      where,
      action: 'Correct the file; keys such as __proto__ are refused.',
      cause,
    })
  }
}

const errorText = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** Nesting depth by brackets outside strings; a linear scan, so that depth is known before parsing. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x7d || code === 0x5d) depth--
  }
  return deepest
}
