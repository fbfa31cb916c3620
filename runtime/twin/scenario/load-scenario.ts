/** Reads scenarios and checks them against the store that they name. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AisleError } from '../../contract/errors.ts'
import { type Problem, parseJson } from '../../contract/schema.ts'
import type { LoadedStore } from '../../profile/load-store.ts'
import { checkScenario, type Scenario } from './scenario-schema.ts'

/**
 * The files that `path` means: itself, or every `.json` file in it, in the order of their names.
 * @throws AisleError `scenario-missing`
 */
export async function scenarioFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw missing(path, cause)
  })
  if (!found.isDirectory()) return [path]
  const files = (await readdir(path)).filter((file) => file.endsWith('.json')).sort()
  if (files.length === 0) throw missing(path)
  return files.map((file) => join(path, file))
}

/** @throws AisleError `scenario-invalid`, or what parsing throws */
export async function readScenario(file: string): Promise<Scenario> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw missing(file, cause)
  })
  return checkScenario(parseJson(text, file), file)
}

const missing = (where: string, cause?: unknown) =>
  new AisleError('scenario-missing', 'There is no scenario.', {
    where,
    action: 'Name a file, or a folder of .json files; the library is in scenarios/.',
    cause,
  })

/**
 * Whether everything that the scenario names is there.
 * @throws AisleError `scenario-invalid`
 */
export function fitScenario(scenario: Scenario, { layout }: LoadedStore, where: string): void {
  const known = {
    plate: new Set(layout.plates.map(({ id }) => id)),
    fixture: new Set(layout.fixtures.map(({ id }) => id)),
    sku: new Set(layout.products.map(({ sku }) => sku)),
  }
  const problems = [...unknownNames(scenario, known), ...contradictions(scenario)]
  if (problems.length === 0) return
  const shown = problems.slice(0, 5).map(({ pointer, message }) => `${pointer} ${message}`)
  const more = problems.length > 5 ? ` (and ${problems.length - 5} more)` : ''
  throw new AisleError('scenario-invalid', `This scenario does not fit its store: ${shown.join('; ')}${more}.`, {
    where,
    action: `Name what the store ${layout.storeId} has.`,
  })
}

type Known = Record<'plate' | 'fixture' | 'sku', ReadonlySet<string>>

/** Fields are called alike throughout: what is called `plate` names a plate, wherever it stands. */
function unknownNames(value: unknown, known: Known, pointer = '', field = ''): Problem[] {
  if (typeof value === 'string') {
    const kind = field === 'plates' || field === 'truePlates' ? 'plate' : field
    const names = known[kind as keyof Known]
    return names && !names.has(value) ? [{ pointer, message: `is ${JSON.stringify(value)}, no ${kind} of it` }] : []
  }
  if (Array.isArray(value)) return value.flatMap((one, i) => unknownNames(one, known, `${pointer}/${i}`, field))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => unknownNames(one, known, `${pointer}/${key}`, key))
}

function contradictions({ visits, expect }: Scenario): Problem[] {
  const names = visits.map(({ name }) => name)
  return [
    ...visits.flatMap(({ name, does, behaviour }, i) => [
      ...(names.indexOf(name) === i ? [] : [{ pointer: `/visits/${i}/name`, message: 'is used twice' }]),
      ...((does === undefined) === (behaviour === undefined)
        ? [{ pointer: `/visits/${i}`, message: 'needs either "does" or "behaviour"' }]
        : []),
    ]),
    ...Object.keys(expect?.visits ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => ({ pointer: `/expect/visits/${name}`, message: 'is the name of no visit' })),
  ]
}
