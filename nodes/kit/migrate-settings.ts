/**
 * Brings the settings that a flow has saved up to what a node's definition wants today. Pure, and free of the
 * validator: the editor runs it too, so that an old flow opens upgraded.
 */
import type { TSchema } from 'typebox'
import type { NodeDefinition } from './definition.ts'

type Settings = Record<string, unknown>

/** The fields of a definition's settings with their schemas. */
export function settingFields(definition: Pick<NodeDefinition, 'settings'>): [name: string, schema: TSchema][] {
  return Object.entries((definition.settings as unknown as { properties: Record<string, TSchema> }).properties)
}

/**
 * A node's settings stand beside Node-RED's own fields (`id`, `wires`, `name`…), with their `version`; a node
 * without one was saved before versions began and counts as version 0. What is missing gets its default.
 */
export function migrateSettings(definition: NodeDefinition, saved: Settings): Settings {
  const version = typeof saved.version === 'number' ? saved.version : 0
  const migrated = definition.migrations
    .filter((step) => step.version > version)
    .reduce<Settings>((settings, step) => step.up(settings), saved)
  return Object.fromEntries(
    settingFields(definition).map(([name, schema]) => [name, fromText(migrated[name], schema) ?? defaultOf(schema)]),
  )
}

function defaultOf(schema: TSchema): unknown {
  return structuredClone((schema as { default?: unknown }).default)
}

/** Node-RED fills `${NAME}` in from the environment as text; a number or a switch is meant where the schema says so. */
function fromText(value: unknown, schema: TSchema): unknown {
  if (typeof value !== 'string') return value
  const { type } = schema as { type?: string }
  if ((type === 'number' || type === 'integer') && value.trim() !== '' && Number.isFinite(Number(value))) {
    return Number(value)
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
