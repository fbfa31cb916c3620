/** What people in the store can do, one act at a time, as data: plans and scenarios are lists of these. */
import { type Static, type TProperties, Type } from 'typebox'
import { Identifier, oneOf, Point2M, strictObject, taggedUnion } from '../../contract/schema.ts'

const text = (title: string, description: string) => Type.String({ minLength: 1, maxLength: 40, title, description })
const milliseconds = (title: string, description: string) =>
  Type.Number({ minimum: 0, maximum: 600_000, title, description: `${description} Milliseconds.` })
const grams = (title: string, description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 50_000, title, description: `${description} Grams.` })

const plate = Identifier({ title: 'Plate', description: 'A plate of the store’s profile.' })
const fixture = Identifier({ title: 'Fixture', description: 'A fixture of the store’s profile.' })
const sku = Type.String({ minLength: 1, maxLength: 64, title: 'Product', description: 'A SKU of the catalogue.' })
const hand = Type.Optional(
  oneOf(['left', 'right'], {
    title: 'Hand',
    description: 'Which hand does it. Without: the one that this person prefers.',
  }),
)
const item = text('Item', 'The name that this plan gives to what was taken; the other acts call it by this name.')
const person = (description: string) => Type.Optional(text('Person', `${description} By name.`))
const gathering = text('Name', 'Any name; whoever uses the same one means the same moment.')

const act = <const N extends string, P extends TProperties>(name: N, description: string, fields: P, options = {}) =>
  strictObject({ act: Type.Literal(name), ...fields }, { title: name, description, ...options })

export const actSchemas = [
  act('take', 'Goes to a plate and takes its front piece into a hand.', {
    plate,
    item,
    sku: Type.Optional({ ...sku, description: 'Takes the foremost piece of this SKU, not the foremost of all.' }),
    count: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 6, title: 'Pieces', description: 'So many at once, with one hand.' }),
    ),
    substitute: Type.Optional(
      Type.Boolean({ title: 'Or another', description: 'Takes what lies nearest when the plate is empty.' }),
    ),
    slowMs: Type.Optional(milliseconds('Slow lift', 'The weight leaves the plate evenly within this time.')),
    holdMs: Type.Optional(
      milliseconds('Hold', 'The piece is lifted a little, and held over its plate for this long before it goes.'),
    ),
    hand,
    cutIn: Type.Optional(
      Type.Boolean({ title: 'Cuts in', description: 'Squeezes in before others instead of waiting for room.' }),
    ),
  }),
  act('take-together', 'Takes two pieces at one moment, with both hands.', {
    takes: Type.Array(strictObject({ plate, item, sku: Type.Optional(sku) }), {
      minItems: 2,
      maxItems: 2,
      title: 'Pieces',
      description: 'What each hand takes; an arm’s length apart at most.',
    }),
  }),
  act('look', 'Holds up what the hands hold and looks at it; cameras see it.', {
    durationMs: milliseconds('Duration', 'How long.'),
  }),
  act('stow', 'Puts what the hands hold into the bag.', {
    item: Type.Optional({ ...item, description: 'Only this item. Without: all that the hands hold.' }),
  }),
  act('hide', 'Puts an item into a pocket, close to the body, without ever showing it.', { item }),
  act('put-back', 'Puts an item, from hand, bag or pocket, onto a plate.', {
    item,
    plate: Type.Optional({ ...plate, description: 'Any plate of the store. Without: where it was taken from.' }),
    manner: Type.Optional(
      oneOf(['gentle', 'usual', 'dropped'], { title: 'How', description: 'Set down slowly, as usual, or let fall.' }),
    ),
    over: Type.Optional(
      strictObject(
        {
          plate,
          share: Type.Number({
            exclusiveMinimum: 0,
            exclusiveMaximum: 1,
            title: 'Share',
            description: 'How much of the weight that plate bears, from 0 to 1.',
          }),
        },
        { title: 'Also on', description: 'Lies over a second plate too.' },
      ),
    ),
    hand,
  }),
  act('put-weight', 'Lays something that is not for sale onto a plate, to fool the shelf.', {
    plate,
    weightG: grams('Weight', 'What it weighs.'),
    forMs: Type.Optional(milliseconds('For', 'Takes it away again after so long, like a bag that was set down.')),
  }),
  act('swap', 'Takes a piece and lays something else in its place at the same moment.', {
    plate,
    item,
    weightG: grams('Weight', 'What is laid in its place weighs so much.'),
  }),
  act('press', 'Leans on a plate and lets go again; nothing is taken.', {
    plate,
    forceG: grams('Force', 'As the plate would show it.'),
    durationMs: milliseconds('Duration', 'How long.'),
  }),
  act('knock', 'Bumps into a fixture: all its plates shake.', {
    fixture,
    strength: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 10,
        title: 'Strength',
        description: '1: as with a hip; 3: as with a full trolley. Default 1.',
      }),
    ),
  }),
  act('reach', 'Puts a hand before a plate and keeps it there, until the next act needs the hand.', { plate, hand }),
  act('hand-over', 'Goes to another person and gives them an item; they interrupt what they do between two acts.', {
    item,
    to: person('Who gets it. Without: whoever stands nearest.'),
  }),
  act('exchange', 'Goes to another person, gives them an item and gets one of theirs.', {
    item,
    with: person('Who. Without: whoever stands nearest.'),
    theirs: Type.Optional(text('Their item', 'As the other’s plan calls it. Without: whatever they have.')),
  }),
  act('drop', 'Lets an item fall to the floor.', { item }),
  act('pick-up', 'Picks an item up from the floor, whoever dropped it.', { item }),
  act('throw-out', 'Throws an item out over the gate.', { item }),
  act(
    'go-to',
    'Goes somewhere: to a plate, or to a point of the floor.',
    {
      plate: Type.Optional(plate),
      positionM: Type.Optional(Point2M({ title: 'Point', description: 'x and y in the store’s frame, metres.' })),
    },
    { minProperties: 2, maxProperties: 2 },
  ),
  act('wait', 'Stands about.', { durationMs: milliseconds('Duration', 'How long.') }),
  act('meet', 'Waits until so many people have come to the meeting; then all go on at the same moment.', {
    name: gathering,
    people: Type.Integer({ minimum: 2, maximum: 20, title: 'People', description: 'How many, oneself included.' }),
  }),
  act('signal', 'Lets whoever waits for this signal, or will, go on.', { name: gathering }),
  act('wait-for', 'Waits for a signal.', { name: gathering }),
  act('pay', 'Pays at the kiosk what it shows, by card.', {}),
  act('lose-phone', 'Notices that the phone is gone, looks for it and does not find it.', {}),
  act('fill', 'Staff: puts so many new pieces of a product onto a plate at once.', {
    plate,
    sku,
    count: Type.Integer({ minimum: 1, maximum: 50, title: 'Pieces', description: 'How many.' }),
  }),
  act('clean', 'Staff: lifts everything off each plate of a fixture in turn, wipes the plate and puts it all back.', {
    fixture,
  }),
  act('count', 'Staff: touches each piece on a plate to count them.', { plate }),
]

/** One thing that somebody does. */
export type Act = Static<(typeof actSchemas)[number]>
export type ActOf<N extends Act['act']> = Extract<Act, { act: N }>

export const ActSchema = taggedUnion('act', actSchemas, { title: 'Act' })

/** What somebody does, in this order. */
export const PlanSchema = Type.Array(ActSchema, { maxItems: 200, title: 'Plan' })

/** Somebody who comes along with a customer: on the customer's code, and what they take is the customer's. */
export const CompanionSchema = strictObject({
  name: Type.Optional(text('Name', 'As the acts of others call this person.')),
  child: Type.Optional(
    Type.Boolean({
      title: 'Child',
      description: 'Small, without a phone; slips through the gate beside the adult, so that no gate counts it.',
    }),
  ),
  plan: Type.Optional(PlanSchema),
})
export type Companion = Static<typeof CompanionSchema>
