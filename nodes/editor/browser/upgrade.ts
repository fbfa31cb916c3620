/**
 * Upgrades old nodes of ours on their way into the editor, as the program does it at start. It must be before Node-RED
 * makes nodes of them: of what is saved, it keeps only the fields that the type has today.
 */
import { migrateSettings, savedVersion } from '../../kit/migrate-settings.ts'

type Saved = Record<string, unknown>

/** Loading, pasting, importing and undoing all come through `RED.nodes.import`, which has no hook. */
export function upgradeImports(): void {
  const { import: importNodes } = RED.nodes
  RED.nodes.import = (nodes, options) => importNodes(Array.isArray(nodes) ? nodes.map(upgrade) : nodes, options)
}

/** A node as it would be saved today; what is no old node of ours stays as it is. */
function upgrade(saved: Saved): Saved {
  const type = RED.nodes.getType(String(saved.type))
  if (!type?.settingsSchema || !type.settingsMigrations) return saved
  const version = type.defaults.version?.value as number
  if (savedVersion(saved) >= version) return saved
  const definition = { settings: type.settingsSchema, migrations: type.settingsMigrations }
  return { ...saved, ...migrateSettings(definition, saved), version }
}
