/** Fills a node's dialog with the fields of its settings, and takes them over when it is confirmed. */
import { ask } from '../ask.ts'
import { checkValue, type Say } from './check.ts'
import { type Field, type FormTexts, makeField, type ProfileChoices, watchField } from './fields.ts'
import { type FieldSchema, startValue, withoutNull } from './schema.ts'

/** Fields of the open dialogs; a config node's dialog may lie above its user's. */
const open = new Map<string, Map<string, Field>>()

/** Returns the form, for what a dialog shows besides its fields. */
export function openForm(node: EditorNode, say: Say): HTMLElement | undefined {
  const container = [...document.querySelectorAll<HTMLElement>('.aisle-form')].at(-1)
  if (!container) return undefined
  const context = { texts: textsOf(node, say), choices: profileChoices() }
  const fields = new Map<string, Field>()
  for (const [name, schema] of settingsOf(node)) {
    const key = `settings.${name}`
    const field = makeField(schema, node[name] ?? startValue(schema), key, fieldId(node, name, schema), context)
    fields.set(name, field)
    container.append(row(field, schema, name, key, context.texts))
  }
  open.set(node.id, fields)
  return container
}

/** Node-RED sees by itself what changed. Numbers stay numbers: it would take over texts from the inputs. */
export function saveForm(node: EditorNode): void {
  for (const [name, field] of open.get(node.id) ?? []) node[name] = field.read()
  open.delete(node.id)
}

/** For Node-RED's red triangle: true, or what is wrong. */
export function checkField(node: EditorNode, name: string, value: unknown, say: Say): true | string {
  const schema = settingsOf(node).find(([property]) => property === name)?.[1]
  return (schema && checkValue(value, schema, say)) ?? true
}

const settingsOf = (node: EditorNode): [string, FieldSchema][] =>
  Object.entries(node._def.settingsSchema?.properties ?? {})

/** Node-RED reads what has this id once more after us; what it would misread (lists, empty numbers) has another. */
function fieldId(node: EditorNode, name: string, schema: FieldSchema): string {
  const { schema: inner, nullable } = withoutNull(schema)
  const plain = !nullable && inner.type !== 'array' && inner.type !== 'object'
  const prefix = node._def.category === 'config' ? 'node-config-input' : 'node-input'
  return `${plain ? prefix : 'aisle'}-${name}`
}

function row(field: Field, schema: FieldSchema, name: string, key: string, texts: FormTexts): HTMLElement {
  const element = document.createElement('div')
  element.className = 'form-row'
  const label = document.createElement('label')
  label.htmlFor = field.element.id
  label.textContent = texts.ofNode(`${key}.title`, schema.title ?? name)
  const side = document.createElement('div')
  side.className = 'aisle-side'
  const hint = document.createElement('div')
  hint.className = 'aisle-hint'
  hint.textContent = [texts.ofNode(`${key}.description`, schema.description ?? ''), bounds(schema)]
    .filter(Boolean)
    .join(' ')
  side.append(field.element, watchField(field, schema, texts.ofEditor), hint)
  element.append(label, side)
  return element
}

function bounds({ minimum, maximum }: FieldSchema): string {
  if (minimum === undefined || maximum === undefined) return ''
  return `${minimum} – ${maximum}`
}

const textsOf = (node: EditorNode, say: Say): FormTexts => ({
  ofNode(key, fallback) {
    const text = node._(key)
    return text === key || text === '' ? fallback : text
  },
  ofEditor: say,
})

async function profileChoices(): Promise<ProfileChoices> {
  return await ask<ProfileChoices>('open-aisle/names').catch(() => ({}))
}
