/**
 * Brings the settings that a flow has saved up to what a node's definition wants today. Pure, and free of the
 * validator: the editor runs it too, so that an old flow opens upgraded.
 */
import type { TSchema } from 'typebox'

type Settings = Record<string, unknown>

/**
 * Rebuilds settings saved by an older version. Pure, and made of nothing but itself: the build writes its source
 * into the editor's part of the node.
 */
export interface NodeMigration {
  /** The version that this step makes. */
  version: number
  up(settings: Settings): Settings
}

/** What of a node's definition this needs. */
export interface Migratable {
  settings: TSchema
  migrations: readonly NodeMigration[]
}

/** The fields of a definition's settings with their schemas. */
export function settingFields(definition: Pick<Migratable, 'settings'>): [name: string, schema: TSchema][] {
  return Object.entries((definition.settings as unknown as { properties: Record<string, TSchema> }).properties)
}

/**
 * A node's settings stand beside Node-RED's own fields (`id`, `wires`, `name`…), with their `version`; a node
 * without one was saved before versions began and counts as version 0. What is missing gets its default.
 */
export function migrateSettings(definition: Migratable, saved: Settings): Settings {
  const migrated = definition.migrations
    .filter((step) => step.version > savedVersion(saved))
    .reduce<Settings>((settings, step) => step.up(settings), saved)
  return Object.fromEntries(
    settingFields(definition).map(([name, schema]) => [name, fromText(migrated[name], schema) ?? defaultOf(schema)]),
  )
}

export const savedVersion = ({ version }: Settings): number => (typeof version === 'number' ? version : 0)

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
