/** Asks an integrator for the answers that a new store is made of; the questions come from the answers' schema. */
import { type Static, type TSchema, Type } from 'typebox'
import { compileCheck, identifierPattern } from '../contract/schema.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { DeviceKind } from '../devices/definition-schema.ts'
import { isTimeZone, Section, StoreAnswers } from './answers.ts'

/** Whoever answers. */
export interface Interview {
  /** Shows the question and gives what was typed. */
  ask(question: string): Promise<string>
  say(line: string): void
}

const usualSection: Omit<Section, 'id' | 'name'> = {
  ...{
    place: 'north',
    fixtures: 4,
    widthM: 1.2,
    depthM: 0.45,
    heightM: 1.5,
    shelves: 4,
    platesPerShelf: 6,
    ratingG: 10_000,
  },
}
/** Field stores have 0.15 to 1 camera a square metre. */
const camerasPerM2 = 0.4

/**
 * @param sectionNames sections that the product list names: they are asked about first
 * @param products the product list, as the answers are to name it
 */
export async function askAnswers(
  interview: Interview,
  options: { storeId: string; sectionNames: string[]; products: string; definitions: DeviceCatalogue },
): Promise<StoreAnswers> {
  const { properties } = StoreAnswers
  const field = <S extends TSchema>(schema: S, fallback: unknown, title?: string) =>
    askField(interview, schema, fallback, title)
  const model = (kind: DeviceKind, title: string) => askModel(interview, options.definitions, kind, title)
  interview.say('Enter takes what stands in brackets.')
  const name = await field(properties.name, options.storeId)
  const currency = await field(properties.currency, 'KRW')
  const timeZone = await askTimeZone(interview)
  const metres = Type.Number({ minimum: 1, maximum: 500 })
  const width = await field(metres, 8, 'Width of the floor along the wall with the gate (m)')
  const depth = await field(metres, 6, 'Depth of the floor (m)')
  const atM = await field(metres, 1.2, 'Middle of the gate, from the west corner of its wall (m)')
  const sections = await askSections(interview, options.sectionNames)
  const weighing = properties.weighing.properties
  const cameras = properties.cameras.properties
  return {
    format: 'open-aisle-new-store',
    version: 1,
    ...{ name, currency, timeZone },
    floorM: [width, depth],
    gates: [{ id: 'gate-1', kind: 'both', atM }],
    sections,
    weighing: {
      definition: await model('load-cell-transmitter', 'Model of the load cell transmitters'),
      pollHz: await field(weighing.pollHz, 15, 'Readings a second'),
      baudRate: await field(weighing.baudRate, 115_200, 'Baud rate'),
      parity: await field(weighing.parity, 'none', 'Parity'),
    },
    cameras: {
      definition: await model('camera', 'Model of the cameras'),
      count: await field(cameras.count, Math.ceil(width * depth * camerasPerM2), 'Number of cameras'),
      heightM: await field(cameras.heightM, 2.8, 'Height of the ceiling (m)'),
    },
    reader: await model('reader', 'Model of the code reader at the gate'),
    contacts: await model('relay-module', 'Model of the relay module at the gate'),
    vision: await model('vision-appliance', 'Model of the vision appliance'),
    firstPort: await field(properties.firstPort, 26_000, 'First port for the demonstration'),
    paymentSecret: 'toss-secret-key',
    products: options.products,
  }
}

async function askTimeZone(interview: Interview): Promise<string> {
  const usual = Intl.DateTimeFormat().resolvedOptions().timeZone
  for (;;) {
    const zone = await askField(interview, StoreAnswers.properties.timeZone, usual)
    if (isTimeZone(zone)) return zone
    interview.say(`  ${zone} is no time zone.`)
  }
}

async function askSections(interview: Interview, names: readonly string[]): Promise<Section[]> {
  const sections: Section[] = []
  let usual: Record<string, unknown> = usualSection
  for (;;) {
    const proposed = names[sections.length]
    const isLast = proposed === undefined && sections.length > 0
    interview.say('')
    const schema = Type.String({ minLength: isLast ? 0 : 1, maxLength: 100 })
    const question = isLast ? 'Name of one more section; empty when there is none' : 'Name of a section'
    const name = await askField(interview, schema, proposed ?? (isLast ? '' : 'Shelves'), question)
    if (name === '') return sections
    const answers: Record<string, unknown> = {}
    for (const [key, schema] of Object.entries(Section.properties)) {
      if (key in usualSection) answers[key] = await askField(interview, schema, usual[key])
    }
    usual = answers
    sections.push({ id: idOf(name, sections), name, ...(answers as typeof usualSection) })
  }
}

/** The name as an identifier; names of other scripts get a number. */
function idOf(name: string, taken: readonly { id: string }[]): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const fits = new RegExp(identifierPattern).test(plain) && taken.every(({ id }) => id !== plain)
  return fits ? plain : `section-${taken.length + 1}`
}

async function askModel(interview: Interview, definitions: DeviceCatalogue, kind: DeviceKind, title: string) {
  const models = definitions.all.filter((definition) => definition.kind === kind).map(({ id }) => id)
  const schema = Type.Unsafe<string>({ type: 'string', enum: models })
  return await askField(interview, schema, models[0], title)
}

/** Asks until the answer fits the schema. */
async function askField<S extends TSchema>(
  interview: Interview,
  schema: S,
  fallback: unknown,
  title?: string,
): Promise<Static<S>> {
  const { title: own, description, type, enum: words } = schema as TSchema & Record<string, unknown>
  const check = compileCheck(schema)
  const choice = Array.isArray(words) ? ` (${words.join(', ')})` : ''
  const hint = title === undefined && description ? ` – ${description}` : ''
  const usual = fallback === '' ? '' : ` [${fallback}]`
  const question = `${title ?? own}${hint}${choice}${usual}: `
  const isNumber = type === 'number' || type === 'integer'
  for (;;) {
    const typed = (await interview.ask(question)).trim()
    const answer = typed === '' ? fallback : isNumber ? Number(typed.replace(',', '.')) : typed
    const problems = check(answer)
    if (problems.length === 0) return answer as Static<S>
    if (Number.isNaN(answer)) interview.say(`  ${typed} is no number.`)
    else interview.say(`  That ${problems.map(({ message }) => message).join('; ')}.`)
  }
}
