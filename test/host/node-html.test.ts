import { deepEqual } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { Type } from 'typebox'
import { loadNodeFolders } from '../../build/node-folders.ts'
import { nodeHtml } from '../../build/node-html.ts'
import type { NodeDefinition } from '../../nodes/kit/definition.ts'
import { migrateSettings, type NodeMigration } from '../../nodes/kit/migrate-settings.ts'
import { strictObject } from '../../runtime/contract/schema.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const definition = {
  type: 'aisle-probe',
  kind: 'node',
  version: 2,
  color: '#fff',
  input: null,
  outputs: [],
  settings: strictObject({ dwellMs: Type.Integer({ default: 5000 }), zone: Type.String({ default: '' }) }),
  migrations: [
    { version: 1, up: ({ area, ...saved }: Record<string, unknown>) => ({ ...saved, zone: area }) },
    {
      version: 2,
      up(saved) {
        const { dwellS, ...others } = saved as { dwellS: number }
        return { ...others, dwellMs: dwellS * 1000 }
      },
    },
  ],
} satisfies NodeDefinition

/** What the page's script registers. */
function registered(html: string): { settingsMigrations: NodeMigration[] } {
  const [, script = ''] = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html) ?? []
  let found: unknown
  const RED = { nodes: { registerType: (_type: string, options: unknown) => (found = options) } }
  new Function('RED', script)(RED)
  return found as { settingsMigrations: NodeMigration[] }
}

describe("a node's part in the editor", () => {
  it('upgrades old settings as the program does', () => {
    const { settingsMigrations } = registered(nodeHtml('probe', definition))
    const old = { id: 'n', area: 'drinks', dwellS: 3 }
    const expected = { dwellMs: 3000, zone: 'drinks' }
    deepEqual(migrateSettings(definition, old), expected)
    deepEqual(migrateSettings({ ...definition, migrations: settingsMigrations }, old), expected)
  })

  it("holds every shipped node's migrations whole", async () => {
    for (const { name, definition } of await loadNodeFolders(root)) {
      const { settingsMigrations } = registered(nodeHtml(name, definition))
      for (let version = 0; version <= definition.version; version++) {
        const old = { id: 'n', version }
        deepEqual(
          migrateSettings({ ...definition, migrations: settingsMigrations }, old),
          migrateSettings(definition, old),
        )
      }
    }
  })
})
