import { AisleError } from '../../runtime/contract/errors.ts'
import { compileGate } from '../../runtime/contract/schema.ts'
import type { ProfileNames } from '../../runtime/store/binding.ts'
import type { NodeDefinition } from './definition.ts'
import { migrateSettings, settingFields } from './migrate-settings.ts'

/** Compiles the check of a definition's settings, once per node type. */
export function settingsReader(definition: NodeDefinition) {
  const check = compileGate(definition.settings, {
    code: 'settings-invalid',
    what: 'A setting of this node',
    action: 'Open the node, correct it and deploy.',
  })
  /**
   * The settings that `saved` holds, migrated and checked against the schema and the names of the store.
   * @throws AisleError `settings-invalid`, `name-unknown`
   */
  return (saved: object, names: ProfileNames | undefined, where: string): Record<string, unknown> => {
    const settings = check(migrateSettings(definition, { ...saved }), where) as Record<string, unknown>
    for (const [field, schema] of settingFields(definition)) {
      const { format } = schema as { format?: string }
      if (names && format && settings[field] !== '') checkName(names, format, String(settings[field]), where)
    }
    return settings
  }
}

const listsOfNames: Record<string, { what: string; of(names: ProfileNames): { id: string }[] }> = {
  'profile-group': { what: 'group of shelves', of: (names) => names.groups },
  'profile-camera-group': { what: 'group of cameras', of: (names) => names.cameraGroups },
  'profile-zone': { what: 'zone', of: (names) => names.zones },
  'profile-gate': { what: 'gate', of: (names) => names.gates },
  'profile-appliance': { what: 'vision appliance', of: (names) => names.appliances },
}

function checkName(names: ProfileNames, format: string, name: string, where: string): void {
  const list = listsOfNames[format]
  if (!list) return
  const known = list.of(names).map(({ id }) => id)
  if (known.includes(name)) return
  throw new AisleError('name-unknown', `This store has no ${list.what} called "${name}".`, {
    where,
    action: known.length > 0 ? `Choose one of ${known.join(', ')}, or all.` : 'Choose all, or add one to the profile.',
  })
}
