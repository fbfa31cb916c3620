/**
 * The editor's part of a node, as Node-RED wants it: a registration with literal properties and a dialog. What the
 * dialog shows comes from the settings' schema; `nodes/editor/browser` makes the fields when it opens.
 */
import { marked } from 'marked'
import type { TSchema } from 'typebox'
import type { NodeDefinition } from '../nodes/kit/definition.ts'

export function nodeHtml(name: string, definition: NodeDefinition): string {
  return `<script type="text/javascript">
RED.nodes.registerType('${definition.type}', {
${registration(name, definition)}
})
</script>
<script type="text/html" data-template-name="${definition.type}">
${dialog(definition)}
</script>
`
}

export const helpHtml = (type: string, markdown: string): string =>
  `<script type="text/html" data-help-name="${type}">\n${marked.parse(markdown, { async: false })}</script>\n`

function registration(name: string, definition: NodeDefinition): string {
  const common = [
    `category: ${literal(definition.kind === 'config' ? 'config' : 'Open Aisle')}`,
    `color: ${literal(definition.color)}`,
    `icon: '${name}.svg'`,
    `defaults: {\n${defaults(definition)}\n  }`,
    `settingsSchema: ${literal(definition.settings)}`,
    `settingsMigrations: ${migrations(definition)}`,
    'paletteLabel: function () { return this._("label") }',
    'label: function () { return this.name || this._("label") }',
    'labelStyle: function () { return this.name ? "node_label_italic" : "" }',
    'oneditprepare: function () { openAisle.openForm(this) }',
    'oneditsave: function () { openAisle.saveForm(this) }',
  ]
  const ports = [
    `inputs: ${definition.input ? 1 : 0}`,
    `outputs: ${definition.outputs.length}`,
    `inputLabels: function () { return this._("ports.${definition.input?.name}") }`,
    `outputLabels: function (index) { return this._("ports." + ${literal(definition.outputs.map((port) => port.name))}[index]) }`,
  ]
  return (definition.kind === 'config' ? common : [...common, ...ports]).map((line) => `  ${line},`).join('\n')
}

/** Every saved property with its start value; the settings' are validated as the runtime does it. */
function defaults(definition: NodeDefinition): string {
  const rows = ["name: { value: '' }", `version: { value: ${definition.version} }`]
  if (definition.kind === 'node') rows.push("store: { value: '', type: 'aisle-store', required: true }")
  for (const [property, schema] of settingsOf(definition)) {
    const check = `function (value, options) { return openAisle.checkField(this, "${property}", value, options) }`
    rows.push(`${property}: { value: ${literal(schema.default ?? null)}, validate: ${check} }`)
  }
  return rows.map((row) => `    ${row},`).join('\n')
}

/** The sources of the migrations: a type that Node 24 has stripped is blank in them. */
function migrations({ migrations }: NodeDefinition): string {
  const steps = migrations.map(({ version, up }) => {
    const source = up.toString()
    return `{ version: ${version}, ${/^up\s*\(/.test(source) ? source : `up: ${source}`} }`
  })
  return `[${steps.join(', ')}]`
}

function dialog(definition: NodeDefinition): string {
  const prefix = definition.kind === 'config' ? 'node-config-input' : 'node-input'
  const row = (property: string, icon: string, text: string) =>
    `<div class="form-row">
  <label for="${prefix}-${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${text}"></span></label>
  <input type="text" id="${prefix}-${property}">
</div>`
  const rows = [row('name', 'tag', 'node-red:common.label.name')]
  if (definition.kind === 'node') rows.push(row('store', 'shopping-basket', 'open-aisle/editor:form.store'))
  return ['<div class="aisle-form">', ...rows, '</div>'].join('\n')
}

const settingsOf = (definition: NodeDefinition): [string, TSchema & { default?: unknown }][] =>
  Object.entries((definition.settings as TSchema & { properties?: Record<string, TSchema> }).properties ?? {})

/** JSON that may stand inside a script element. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
