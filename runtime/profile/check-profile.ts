/**
 * What a schema cannot say: that names point to something, that no two plates are the same channel. All
 * problems are collected, so that an integrator mends them in one go.
 */
import type { Problem } from '../contract/schema.ts'
import { checkPromotions } from './check-promotions.ts'
import type { Catalogue, Planogram, Profile } from './profile-schema.ts'

export function checkProfile(profile: Profile): Problem[] {
  return [
    ...duplicates(profile),
    ...unknownNames(profile),
    ...unknownUnits(profile),
    ...sharedChannels(profile),
    ...gateWiring(profile),
    ...openEntrances(profile),
    ...platesOffTheFloor(profile),
  ]
}

/** Products and places against each other. */
export function checkGoods(
  profile: Profile,
  catalogue: Catalogue,
  planogram: Planogram,
): { catalogue: Problem[]; planogram: Problem[] } {
  const problems = { catalogue: checkPromotions(catalogue), planogram: [] as Problem[] }
  const owners = new Map<string, string>()
  catalogue.products.forEach((product, i) => {
    for (const code of [product.sku, ...(product.aliases ?? [])]) {
      const owner = owners.get(code)
      if (owner)
        problems.catalogue.push({
          pointer: `/products/${i}`,
          message: `has the code ${code}, which ${owner} has too; codes must be unique`,
        })
      owners.set(code, product.sku)
    }
  })
  const plates = new Set(profile.plates.map((plate) => plate.id))
  planogram.entries.forEach((entry, i) => {
    if (!owners.has(entry.sku))
      problems.planogram.push({
        pointer: `/entries/${i}/sku`,
        message: `is ${entry.sku}, which is not in the catalogue; add the product or correct the code`,
      })
    entry.plates.forEach((plate, j) => {
      if (!plates.has(plate))
        problems.planogram.push({
          pointer: `/entries/${i}/plates/${j}`,
          message: `is ${plate}, which is no plate of this profile${nearest(plate, plates)}`,
        })
    })
  })
  return problems
}

const namedLists = [
  'zones',
  'groups',
  'fixtures',
  'plates',
  'devices',
  'gates',
  'kiosks',
  'cameras',
  'visionAppliances',
  'speakers',
] as const

function duplicates(profile: Profile): Problem[] {
  return namedLists.flatMap((list) => {
    const seen = new Map<string, number>()
    return (profile[list] ?? []).flatMap(({ id }, i) => {
      const first = seen.get(id)
      seen.set(id, first ?? i)
      return first === undefined
        ? []
        : [{ pointer: `/${list}/${i}/id`, message: `is ${id}, as is /${list}/${first}; give each its own id` }]
    })
  })
}

interface Reference {
  kind: 'fixtures' | 'plates' | 'devices' | 'cameras'
  name: string | undefined
  pointer: string
}

function references(profile: Profile): Reference[] {
  const list = (kind: Reference['kind'], names: string[] | undefined, pointer: string) =>
    (names ?? []).map((name, j) => ({ kind, name, pointer: `${pointer}/${j}` }))
  return [
    ...profile.plates.flatMap(({ fixture, source }, i): Reference[] => [
      { kind: 'fixtures', name: fixture, pointer: `/plates/${i}/fixture` },
      { kind: 'devices', name: source.device, pointer: `/plates/${i}/source/device` },
    ]),
    ...profile.gates.flatMap(({ reader, otherReaders, contacts }, i): Reference[] => [
      { kind: 'devices', name: reader, pointer: `/gates/${i}/reader` },
      ...list('devices', otherReaders, `/gates/${i}/otherReaders`),
      { kind: 'devices', name: contacts, pointer: `/gates/${i}/contacts` },
    ]),
    ...(profile.kiosks ?? []).map(
      ({ terminal }, i): Reference => ({ kind: 'devices', name: terminal, pointer: `/kiosks/${i}/terminal` }),
    ),
    ...profile.cameras.map(
      ({ device }, i): Reference => ({ kind: 'devices', name: device, pointer: `/cameras/${i}/device` }),
    ),
    ...profile.visionAppliances.map(
      ({ device }, i): Reference => ({ kind: 'devices', name: device, pointer: `/visionAppliances/${i}/device` }),
    ),
    ...(profile.speakers ?? []).map(
      ({ device }, i): Reference => ({ kind: 'devices', name: device, pointer: `/speakers/${i}/device` }),
    ),
    ...profile.groups.flatMap(({ fixtures, plates, cameras }, i) => [
      ...list('fixtures', fixtures, `/groups/${i}/fixtures`),
      ...list('plates', plates, `/groups/${i}/plates`),
      ...list('cameras', cameras, `/groups/${i}/cameras`),
    ]),
  ]
}

function unknownNames(profile: Profile): Problem[] {
  return references(profile).flatMap(({ kind, name, pointer }) => {
    const known = profile[kind].map(({ id }) => id)
    if (name === undefined || known.includes(name)) return []
    return [{ pointer, message: `is ${name}, which is not among the ${kind} of this profile${nearest(name, known)}` }]
  })
}

function unknownUnits(profile: Profile): Problem[] {
  return profile.plates.flatMap(({ source }, i) => {
    const device = profile.devices.find(({ id }) => id === source.device)
    if (!device?.units || device.units.includes(source.unit)) return []
    return [
      {
        pointer: `/plates/${i}/source/unit`,
        message: `is ${source.unit}, but ${device.id} has the units ${device.units.join(', ')}`,
      },
    ]
  })
}

function sharedChannels(profile: Profile): Problem[] {
  const users = new Map<string, string>()
  return profile.plates.flatMap((plate, i) => {
    const { device, unit, channel } = plate.source
    const key = `${device} unit ${unit} channel ${channel}`
    const user = users.get(key)
    users.set(key, user ?? plate.id)
    return user
      ? [{ pointer: `/plates/${i}/source`, message: `is ${key}, which ${user} has too; a channel weighs one plate` }]
      : []
  })
}

function gateWiring(profile: Profile): Problem[] {
  return profile.gates.flatMap((gate, i) => {
    const { exitOpensWhenOff, ...channels } = gate.wiring ?? {}
    const wiring = Object.entries(channels)
    const problems: Problem[] = []
    if (wiring.length > 0 && !gate.contacts)
      problems.push({
        pointer: `/gates/${i}/contacts`,
        message: 'is missing, but the gate has wiring; name the device with its relays',
      })
    if (exitOpensWhenOff && channels.exitRelay === undefined)
      problems.push({
        pointer: `/gates/${i}/wiring/exitOpensWhenOff`,
        message: 'is about exitRelay, which is missing; name the relay of the exit',
      })
    for (const kind of ['Relay', 'Input']) {
      const used = new Map<number, string>()
      for (const [name, channel] of wiring.filter(([name]) => name.endsWith(kind))) {
        const other = used.get(channel)
        if (other)
          problems.push({
            pointer: `/gates/${i}/wiring/${name}`,
            message: `is ${channel}, as is ${other}; each needs its own`,
          })
        used.set(channel, name)
      }
    }
    return problems
  })
}

/** Nothing can be opened or counted where nothing stands, and whoever walks in there must be able to pay. */
function openEntrances(profile: Profile): Problem[] {
  const { gates, kiosks = [] } = profile
  const ids = new Set(gates.map(({ id }) => id))
  return [
    ...gates.flatMap(({ open, kind, contacts }, i): Problem[] => {
      if (!open) return []
      const pointer = `/gates/${i}/open`
      return [
        ...(contacts === undefined
          ? []
          : [{ pointer, message: 'is set, but the gate has contacts; it can be one only' }]),
        ...(kind === 'exit' ? [{ pointer, message: 'is about those who walk in, but the gate is an exit' }] : []),
        ...(kiosks.length > 0 ? [] : [{ pointer, message: 'is set, but nobody could pay; add a kiosk to "kiosks"' }]),
      ]
    }),
    ...kiosks.flatMap(({ id }, i): Problem[] =>
      ids.has(id) ? [{ pointer: `/kiosks/${i}/id`, message: `is ${id}, as is a gate; give each its own id` }] : [],
    ),
  ]
}

function platesOffTheFloor(profile: Profile): Problem[] {
  const [widthM, depthM] = profile.floor.sizeM
  return profile.plates.flatMap((plate, i) => {
    const [x, y] = plate.positionM
    const inside = x >= 0 && x <= widthM && y >= 0 && y <= depthM
    return inside
      ? []
      : [{ pointer: `/plates/${i}/positionM`, message: `is (${x}, ${y}), off the floor of ${widthM} by ${depthM} m` }]
  })
}

/** "; did you mean X?" for the known name that shares the longest beginning. */
function nearest(name: string, known: Iterable<string>): string {
  let best = ''
  let bestLength = 1
  for (const candidate of known) {
    let length = 0
    while (length < candidate.length && candidate[length] === name[length]) length++
    if (length > bestLength) [best, bestLength] = [candidate, length]
  }
  return best ? `; did you mean ${best}?` : ''
}
