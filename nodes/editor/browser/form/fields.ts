/** Makes a form's fields from the schema of a node's settings. */
import { iconButton, make } from '../elements.ts'
import { checkValue, type Say } from './check.ts'
import { type FieldSchema, startValue, withoutNull } from './schema.ts'

/** Texts of a node: titles, descriptions and choices by their keys, with the schema's own as fallback. */
export interface FormTexts {
  ofNode(key: string, fallback: string): string
  ofEditor: Say
}

/** Names of the profile, by the format that asks for them. */
export type ProfileChoices = Record<string, { id: string; name: string }[]>

/** A control with its value; `id` is the element that a label points to. */
export interface Field {
  element: HTMLElement
  read(): unknown
}

export interface FieldContext {
  texts: FormTexts
  choices: Promise<ProfileChoices>
}

/**
 * @param key place of the field's texts in the node's catalogue, such as `settings.hours`
 * @param id of the control, so that a label, a test and Node-RED find it
 */
export function makeField(outer: FieldSchema, value: unknown, key: string, id: string, context: FieldContext): Field {
  const { schema, nullable } = withoutNull(outer)
  if (schema.format?.startsWith('profile-')) return nameField(schema.format, String(value ?? ''), id, context)
  if (schema.enum) return choiceField(schema.enum, String(value), key, id, context)
  switch (schema.type) {
    case 'boolean':
      return switchField(value === true, id)
    case 'integer':
    case 'number':
      return numberField(schema, value, nullable, id)
    case 'array':
      return schema.items?.enum
        ? ticksField(schema.items.enum, value, key, id, context)
        : listField(schema, value, key, id, context)
    case 'object':
      return objectField(schema, value, key, id, context)
    default:
      return textField(schema, String(value ?? ''), id)
  }
}

function textField(schema: FieldSchema, value: string, id: string): Field {
  const element = make('input', { type: 'text', id, value, className: 'aisle-wide' })
  if (schema.maxLength !== undefined) element.maxLength = schema.maxLength
  return { element, read: () => element.value }
}

function numberField(schema: FieldSchema, value: unknown, nullable: boolean, id: string): Field {
  const element = make('input', { type: 'number', id, className: 'aisle-number' })
  element.value = value === null || value === undefined ? '' : String(value)
  element.step = schema.type === 'integer' ? '1' : 'any'
  if (schema.minimum !== undefined) element.min = String(schema.minimum)
  if (schema.maximum !== undefined) element.max = String(schema.maximum)
  // What is no number stays as it was typed, so that the check can say so and nothing is lost.
  const read = () => (element.value === '' ? (nullable ? null : '') : Number(element.value))
  return { element, read }
}

function switchField(value: boolean, id: string): Field {
  const element = make('input', { type: 'checkbox', id, checked: value, className: 'aisle-switch' })
  return { element, read: () => element.checked }
}

function choiceField(words: string[], value: string, key: string, id: string, { texts }: FieldContext): Field {
  const element = make('select', { id, className: 'aisle-wide' })
  for (const word of words.includes(value) ? words : [...words, value]) {
    element.append(new Option(texts.ofNode(`${key}.choices.${word}`, plainWords(word)), word, false, word === value))
  }
  return { element, read: () => element.value }
}

/** Names of the profile arrive a moment later; until then the saved one stands alone. */
function nameField(format: string, value: string, id: string, { texts, choices }: FieldContext): Field {
  const element = make('select', { id, className: 'aisle-wide' })
  const all = () => new Option(texts.ofEditor(`form.all.${format}`), '', false, value === '')
  element.append(...(value === '' ? [all()] : [all(), new Option(value, value, false, true)]))
  void choices.then((names) => {
    const known = names[format] ?? []
    const options = known.map(({ id: name, name: text }) => new Option(text, name, false, name === value))
    if (value !== '' && !known.some(({ id: name }) => name === value)) {
      options.push(new Option(texts.ofEditor('form.unknown-name', { name: value }), value, false, true))
    }
    const chosen = element.value
    element.replaceChildren(all(), ...options)
    element.value = chosen
  })
  return { element, read: () => element.value }
}

function ticksField(words: string[], value: unknown, key: string, id: string, { texts }: FieldContext): Field {
  const chosen = new Set(Array.isArray(value) ? value : [])
  const ticks = words.map((word) => {
    const input = make('input', { type: 'checkbox', value: word, checked: chosen.has(word) })
    const label = make('label', { className: 'aisle-tick' })
    label.append(input, texts.ofNode(`${key}.choices.${word}`, plainWords(word)))
    return { input, label }
  })
  const element = make('div', { id, className: 'aisle-ticks' })
  element.append(...ticks.map(({ label }) => label))
  return { element, read: () => ticks.filter(({ input }) => input.checked).map(({ input }) => input.value) }
}

function objectField(schema: FieldSchema, value: unknown, key: string, id: string, context: FieldContext): Field {
  const given = (value ?? {}) as Record<string, unknown>
  const parts = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const field = makeField(property, given[name] ?? startValue(property), `${key}.${name}`, `${id}-${name}`, context)
    const label = make('label', { htmlFor: `${id}-${name}`, className: 'aisle-part' })
    label.append(context.texts.ofNode(`${key}.${name}.title`, property.title ?? plainWords(name)), field.element)
    return { name, field, label }
  })
  const element = make('div', { id, className: 'aisle-object' })
  element.append(...parts.map(({ label }) => label))
  return { element, read: () => Object.fromEntries(parts.map(({ name, field }) => [name, field.read()])) }
}

/** Rows in order, because the first that fits often decides; each can be removed or moved up. */
function listField(schema: FieldSchema, value: unknown, key: string, id: string, context: FieldContext): Field {
  const items = schema.items ?? { type: 'string' }
  const rows: { field: Field; element: HTMLElement }[] = []
  const list = make('ol', { className: 'aisle-list' })
  const say = context.texts.ofEditor
  let made = 0

  const show = () => list.replaceChildren(...rows.map(({ element }) => element))
  const changed = () => {
    show()
    list.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const add = (item: unknown) => {
    const field = makeField(items, item, key, `${id}-${made++}`, context)
    const element = make('li', {})
    const row = { field, element }
    const up = iconButton('arrow-up', say('form.move-up'), () => {
      const at = rows.indexOf(row)
      if (at > 0) rows.splice(at - 1, 2, row, rows[at - 1] as typeof row)
      changed()
    })
    const remove = iconButton('trash', say('form.remove'), () => {
      rows.splice(rows.indexOf(row), 1)
      changed()
    })
    element.append(field.element, up, remove)
    rows.push(row)
  }
  for (const item of Array.isArray(value) ? value : []) add(item)
  show()
  const more = iconButton('plus', say('form.add'), () => {
    add(startValue(items))
    changed()
  })
  more.append(` ${say('form.add')}`)
  const element = make('div', { id })
  element.append(list, more)
  return { element, read: () => rows.map(({ field }) => field.read()) }
}

/** Shows beside `field` what is wrong with it, now and whenever it changes. */
export function watchField(field: Field, schema: FieldSchema, say: Say): HTMLElement {
  const message = make('div', { className: 'aisle-problem' })
  message.setAttribute('role', 'status')
  const check = () => {
    const problem = checkValue(field.read(), schema, say)
    message.textContent = problem ?? ''
    field.element.classList.toggle('input-error', problem !== null)
  }
  field.element.addEventListener('input', check)
  field.element.addEventListener('change', check)
  check()
  return message
}

/** `let-go` → `let go`, `dearFromMinor` → `dear from minor`. */
const plainWords = (name: string) =>
  name.replaceAll('-', ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
