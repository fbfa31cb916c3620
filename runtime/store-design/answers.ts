/** What an integrator answers about a new store, as data: `new-store.json`. A store is made of it and a product list. */
import { type Static, Type } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { compileGate, Identifier, oneOf, Point2M, parseJson, strictObject } from '../contract/schema.ts'

export const answersFile = 'new-store.json'

const definition = (what: string, example: string) =>
  Identifier({ description: `Model of ${what}: a file in hardware-profiles/devices, such as ${example}.` })

export const Section = strictObject({
  id: Identifier({ title: 'Section', description: 'Short name; fixtures and plates are called after it.' }),
  name: Type.String({ title: 'Name', minLength: 1, maxLength: 100 }),
  place: oneOf(['north', 'east', 'south', 'west', 'island'], {
    title: 'Place',
    description: 'Along a wall (the gates are in the south wall), or an island with shelves on both sides.',
  }),
  fixtures: Type.Integer({ title: 'Fixtures', minimum: 1, maximum: 100, description: 'How many stand side by side.' }),
  widthM: Type.Number({ title: 'Width (m)', minimum: 0.3, maximum: 3, description: 'Of one fixture.' }),
  depthM: Type.Number({ title: 'Depth (m)', minimum: 0.2, maximum: 1.5 }),
  heightM: Type.Number({ title: 'Height (m)', minimum: 0.5, maximum: 2.5 }),
  shelves: Type.Integer({ title: 'Shelves', minimum: 1, maximum: 8, description: 'Weighed shelves of one fixture.' }),
  platesPerShelf: Type.Integer({ title: 'Plates on a shelf', minimum: 1, maximum: 20 }),
  ratingG: Type.Number({ title: 'Rating (g)', minimum: 500, maximum: 500_000, description: 'Rated load of a plate.' }),
  transmitters: Type.Optional(definition('its load cell transmitters where they differ', 'laumas-tlb4')),
})
export type Section = Static<typeof Section>

/** How the written data are spoiled, the way real master data are, for training and tests. The twin keeps the truth. */
export const Mistakes = strictObject({
  seed: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'The same seed gives the same mistakes.' }),
  missingWeights: Type.Integer({ minimum: 0, description: 'Products that nobody weighed.' }),
  absurdWeights: Type.Integer({
    minimum: 0,
    description: 'Weights in kilograms instead of grams, or ten times too much.',
  }),
  netWeights: Type.Integer({ minimum: 0, description: 'Weights as printed on the pack, without the pack.' }),
  swappedPlaces: Type.Integer({ minimum: 0, description: 'Pairs of products that lie in each other’s place.' }),
  emptyPlaces: Type.Integer({ minimum: 0, description: 'Products that the planogram places but that are not there.' }),
  overfullPlaces: Type.Integer({ minimum: 0, description: 'Facing quantities that no plate could carry.' }),
})
export type Mistakes = Static<typeof Mistakes>

export const StoreAnswers = strictObject(
  {
    format: Type.Literal('open-aisle-new-store'),
    version: Type.Literal(1),
    name: Type.String({ title: 'Name', minLength: 1, maxLength: 100 }),
    description: Type.Optional(Type.String({ maxLength: 1000 })),
    currency: Type.String({ title: 'Currency', pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
    timeZone: Type.String({ title: 'Time zone', maxLength: 60, description: 'IANA name, such as Asia/Seoul.' }),
    floorM: Point2M({ title: 'Floor (m)', description: 'Width (west to east) and depth (south to north).' }),
    gates: Type.Array(
      strictObject({
        id: Identifier(),
        kind: oneOf(['entry', 'exit', 'both']),
        atM: Type.Number({ description: 'Middle of the gate along the south wall, from the west.' }),
      }),
      { minItems: 1, maxItems: 10 },
    ),
    sections: Type.Array(Section, { minItems: 1, maxItems: 50 }),
    weighing: strictObject({
      definition: definition('the load cell transmitters', 'baykon-mx08'),
      pollHz: Type.Number({ exclusiveMinimum: 0, maximum: 200, description: 'Readings a second of each plate.' }),
      baudRate: Type.Integer({
        minimum: 1200,
        maximum: 1_000_000,
        description: 'Of the serial lines behind gateways.',
      }),
      parity: oneOf(['none', 'even', 'odd']),
    }),
    cameras: strictObject({
      definition: definition('the cameras', 'http-camera'),
      count: Type.Integer({ minimum: 0, maximum: 500 }),
      heightM: Type.Number({ minimum: 1.8, maximum: 10 }),
    }),
    speakers: Type.Optional(
      strictObject({
        definition: definition('the speakers', 'http-speaker'),
        atM: Type.Array(Point2M(), { minItems: 1, maxItems: 100, description: 'Where they hang from the ceiling.' }),
      }),
    ),
    reader: definition('the code readers', 'tcp-scanner'),
    contacts: definition('the relay modules of the gates', 'moxa-e1214'),
    vision: definition('the vision appliance', 'people-mqtt'),
    firstPort: Type.Integer({
      minimum: 1024,
      maximum: 60_000,
      description:
        'The demonstration serves all devices on 127.0.0.1 from this port on; a store has its own addresses.',
    }),
    paymentSecret: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      description: 'Name of the secret with the key.',
    }),
    products: Type.String({ minLength: 1, maxLength: 500, description: 'The product list (CSV), from this file on.' }),
    mistakes: Type.Optional(Mistakes),
  },
  { title: 'Answers about a new store' },
)
export type StoreAnswers = Static<typeof StoreAnswers>

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const gate = compileGate(StoreAnswers, {
  code: 'answers-invalid',
  what: 'The file of answers',
  action: `Correct these places; hardware-profiles/emart24-gimpo/${answersFile} is an example.`,
})

/** @throws AisleError `answers-invalid` and what parseJson throws */
export function readAnswers(text: string, where: string): StoreAnswers {
  const answers = gate(parseJson(text, where), where)
  if (isTimeZone(answers.timeZone)) return answers
  throw new AisleError('answers-invalid', `/timeZone is ${JSON.stringify(answers.timeZone)}, which is no time zone.`, {
    where,
    action: 'Write an IANA name, such as Asia/Seoul.',
  })
}
