import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeDefinition } from '../../nodes/kit/definition.ts'
import { migrateSettings, settingFields } from '../../nodes/kit/migrate-settings.ts'
import { settingsReader } from '../../nodes/kit/read-settings.ts'
import { messageSchemas } from '../../runtime/contract/messages.ts'

const nodesFolder = fileURLToPath(new URL('../../nodes/', import.meta.url))
const folders = readdirSync(nodesFolder).filter(
  (name) => existsSync(join(nodesFolder, name, 'definition.ts')) && name !== 'kit',
)
const read = (folder: string, file: string) => readFileSync(join(nodesFolder, folder, file), 'utf8')
type Texts = { [key: string]: string | Texts }

/** `settings.hours.title` and the like. */
const keysOf = (texts: Texts, prefix = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  )

interface FieldSchema {
  title?: string
  description?: string
  default?: unknown
  enum?: string[]
  type?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  items?: FieldSchema
  pattern?: string
  format?: string
  properties?: Record<string, FieldSchema>
}

/** The texts that a field of a dialog is made of, in each language but the schema's own. */
function keysOfField(key: string, schema: FieldSchema): string[] {
  const inner = schema.items?.properties ?? {}
  return [
    `${key}.title`,
    ...(schema.description ? [`${key}.description`] : []),
    ...(schema.enum ?? []).map((word) => `${key}.choices.${word}`),
    ...Object.entries(inner).flatMap(([name, field]) => keysOfField(`${key}.${name}`, field)),
  ]
}

describe('the catalogue of nodes', () => {
  it('holds the nodes of an unmanned store', () => {
    deepEqual(folders.sort(), [
      'basket',
      'cameras',
      'device-health',
      'entry',
      'entry-rules',
      'fusion',
      'gate',
      'line-rules',
      'load-cells',
      'notify',
      'payment',
      'receipt',
      'restock',
      'review',
      'staff',
      'store',
      'vision-appliance',
      'visit',
      'zones',
    ])
  })

  for (const folder of folders) {
    describe(folder, () => {
      let definition: NodeDefinition
      before(async () => {
        definition = (await import(join(nodesFolder, folder, 'definition.ts'))).default
      })

      it('is named after its folder and registers itself', async () => {
        equal(definition.type, `aisle-${folder}`)
        equal(typeof (await import(join(nodesFolder, folder, 'index.ts'))).default, 'function')
      })

      it('has ports of known message types with names of their own', () => {
        const ports = [...(definition.input ? [definition.input] : []), ...definition.outputs]
        for (const { types } of ports) {
          ok(types.length > 0)
          for (const type of types) ok(Object.hasOwn(messageSchemas, type), type)
        }
        equal(new Set(ports.map(({ name }) => name)).size, ports.length)
        if (definition.kind === 'config') equal(ports.length, 0)
      })

      it('describes each setting: title, bounds, a default that fits', () => {
        const settings = migrateSettings(definition, {})
        deepEqual(settingsReader(definition)(settings, undefined, folder), settings)
        for (const [name, schema] of settingFields(definition) as [string, FieldSchema][]) {
          ok(schema.title && schema.description, `${name} lacks title or description`)
          ok(schema.default !== undefined, `${name} lacks a default`)
          if (schema.type === 'number' || schema.type === 'integer') {
            ok(schema.minimum !== undefined && schema.maximum !== undefined, `${name} lacks bounds`)
          }
          if (schema.type === 'string' && !schema.enum && !schema.format) {
            ok(schema.maxLength ?? schema.pattern, `${name} lacks bounds`)
          }
          if (schema.type === 'array') ok(schema.maxItems, `${name} lacks bounds`)
        }
      })

      it('brings up what any earlier version saved', () => {
        const steps = definition.migrations.map(({ version }) => version)
        deepEqual(
          steps,
          [...steps].sort((a, b) => a - b),
        )
        ok(steps.every((version) => version >= 1 && version <= definition.version))
        for (let version = 0; version <= definition.version; version++) {
          settingsReader(definition)({ id: 'n', name: '', wires: [], version }, undefined, folder)
        }
      })

      it('has all its texts in English and Korean', () => {
        const en = keysOf(JSON.parse(read(folder, 'texts.en.json')))
        const ko = keysOf(JSON.parse(read(folder, 'texts.ko.json')))
        const ports = [...(definition.input ? [definition.input] : []), ...definition.outputs]
        const both = ['label', ...ports.map(({ name }) => `ports.${name}`)]
        // English titles stand in the schema; its texts only say what reads better than the schema's words.
        deepEqual(en.filter((key) => !key.startsWith('settings.')).sort(), [...both].sort())
        const fields = settingFields(definition).flatMap(([name, schema]) =>
          keysOfField(`settings.${name}`, schema as FieldSchema),
        )
        const missing = [...both, ...fields].filter((key) => !ko.includes(key))
        deepEqual(missing, [])
        deepEqual(
          [...en, ...ko].filter((key) => !both.includes(key) && !knownKey(key, fields)),
          [],
        )
      })

      it('has help with the standard sections in English and Korean', () => {
        const wanted = (inputs: string, outputs: string, details: string) => [
          ...(definition.input ? [inputs] : []),
          ...(definition.outputs.length > 0 ? [outputs] : []),
          details,
        ]
        const sections = (language: string) =>
          [...read(folder, `help.${language}.md`).matchAll(/^### (.+)$/gm)].map(([, title]) => title)
        deepEqual(sections('en'), wanted('Inputs', 'Outputs', 'Details'))
        deepEqual(sections('ko'), wanted('입력', '출력', '상세'))
        for (const language of ['en', 'ko']) {
          const help = read(folder, `help.${language}.md`)
          for (const { types } of definition.outputs) for (const type of types) ok(help.includes(`\`${type}\``), type)
        }
      })

      it('has a white icon of the size that Node-RED wants', () => {
        const icon = read(folder, 'icon.svg')
        ok(/<svg [^>]*width="40" height="60"/.test(icon))
        ok(/stroke="#fff"/.test(icon) && !/script|href|style/.test(icon))
      })
    })
  }
})

/** Descriptions of fields within a list's rows are extra, but must belong to a field. */
const knownKey = (key: string, fields: string[]) =>
  fields.includes(key) || fields.includes(key.replace(/\.description$/, '.title'))
