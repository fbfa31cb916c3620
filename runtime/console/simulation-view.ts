/** The simulated store's answers in the form that the pages show. */
import type { StoreLayout } from '../profile/layout.ts'
import type { VisitSnapshot } from '../till-api/events.ts'
import type {
  ActFieldView,
  ActView,
  SimulationChoices,
  SimulationView,
  VisitTruthView,
} from './pages/simulation-view.ts'
import type { Behaviours, State, Things, Truth } from './twin-answers.ts'

export function choicesOf({ behaviours, requestSchema }: Behaviours, things: Things, layout: StoreLayout) {
  const namesOf = Map.groupBy(things.things, ({ kind }) => kind)
  return {
    behaviours,
    acts: requestSchema.properties.plan.items.oneOf.map(actOf),
    kinds: things.kinds
      .map(({ kind, title, faults }) => ({
        ...{ kind, title },
        faults: faults.map(({ fault, title, value = null }) => ({ fault, title, degree: value })),
        things: namesOf.get(kind)?.map(({ name }) => name) ?? [],
      }))
      .filter(({ things }) => things.length > 0),
    names: {
      plates: layout.plates.map(({ id }) => id),
      fixtures: layout.fixtures.map(({ id }) => id),
      products: layout.products.map(({ sku, name }) => ({ sku, name })),
    },
  } satisfies SimulationChoices
}

type ActSchema = Behaviours['requestSchema']['properties']['plan']['items']['oneOf'][number]
type FieldSchema = NonNullable<ActSchema['properties'][string]>

function actOf({ properties, required = [], description = '' }: ActSchema): ActView {
  const { act, ...fields } = properties
  return {
    act: act?.const ?? '',
    description,
    fields: Object.entries(fields).map(([name, { title = name, description = '', ...schema }]) => ({
      ...{ name, title, description },
      kind: kindOf(schema),
      choices: schema.enum ?? [],
      required: required.includes(name),
    })),
  }
}

function kindOf({ type = '', enum: words }: FieldSchema): ActFieldView['kind'] {
  if (words) return 'choice'
  const kinds: Record<string, ActFieldView['kind']> = {
    string: 'text',
    number: 'number',
    integer: 'number',
    boolean: 'yes-no',
  }
  return kinds[type] ?? 'other'
}

export function simulationOf({ nowMs, paused, speed, inside, finished }: State, { things }: Things): SimulationView {
  return {
    ...{ nowMs, paused, speed, inside, finished },
    broken: things.flatMap(({ name, kind, broken }) =>
      broken.map(({ fault, value, untilMs }) => ({ thing: name, kind, fault, degree: value, untilMs })),
    ),
  }
}

/** What the simulated shopper of `visit` really did: the one of that account who came in at that time. */
export function truthOf(
  { accountId, openedAtMs, enteredAtMs }: VisitSnapshot,
  { visits }: Truth,
  layout: StoreLayout,
): VisitTruthView | undefined {
  const distanceMs = (truth: Truth['visits'][number]) =>
    Math.abs((truth.enteredAtMs ?? 0) - (enteredAtMs ?? openedAtMs))
  const [truth] = visits.filter((one) => one.accountId === accountId).sort((a, b) => distanceMs(a) - distanceMs(b))
  if (!truth) return undefined
  const names = new Map(layout.products.map(({ sku, name }) => [sku, name]))
  const named = (sku: string) => names.get(sku) ?? sku
  return {
    items: truth.items.map(({ sku, quantity }) => ({ sku, name: named(sku), quantity })),
    moves: truth.events.map(({ fromMs, sku, quantity, plate }) => ({
      ...{ atMs: fromMs, quantity, plate },
      name: named(sku),
    })),
  }
}
