/** A store of answers and a product list: a profile, a catalogue and a planogram that fit together. Pure. */
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { Point3DM } from '../profile/layout.ts'
import type { Catalogue, Planogram, Profile } from '../profile/profile-schema.ts'
import type { StoreAnswers } from './answers.ts'
import { camerasOver } from './ceiling.ts'
import { planFloor } from './floor.ts'
import { type SpoiledGoods, spoilGoods } from './mistakes.ts'
import { placeProducts } from './placing.ts'
import type { ListedProduct } from './product-list.ts'
import { platesOf } from './shelving.ts'
import { wirePlates } from './wiring.ts'

export interface StoreDesign {
  profile: Profile
  catalogue: Catalogue
  planogram: Planogram
  /** What the twin knows better; only when the data were to be spoiled. */
  twinGoods?: SpoiledGoods['truth'] & { format: 'open-aisle-twin-goods'; version: 1 }
}

type Device = Profile['devices'][number]

const host = '127.0.0.1'
/** Ports from the first on: two for each gate, the camera recorder, the payment provider, speakers, lines. */
const ports = { recorder: 20, payment: 21, speakers: 22, weighing: 200 }
const passTimeoutMs = 8000
/** As the relay modules' terminals are numbered. */
const wiring = { entryRelay: 1, exitRelay: 2, watchdogRelay: 3 }
const inputs = { passInInput: 1, passOutInput: 2, exitRequestInput: 3, fireInput: 4 }

/**
 * @throws AisleError `store-too-small`, `line-too-slow`, `section-unknown`, `device-unknown`, `device-mismatch`
 */
export function designStore(
  storeId: string,
  answers: StoreAnswers,
  products: readonly ListedProduct[],
  definitions: DeviceCatalogue,
): StoreDesign {
  const { sections, weighing, firstPort } = answers
  const floor = planFloor(answers)
  const plates = floor.fixtures.flatMap(platesOf)
  const models = new Map(
    floor.fixtures.map(({ section, fixture }) => [fixture.id, section.transmitters ?? weighing.definition]),
  )
  const modelOf = ({ fixture }: { fixture: string }) => transmitter(models.get(fixture) ?? '', definitions)
  const wired = wirePlates(plates, modelOf, weighing, firstPort + ports.weighing)
  const doors = gatesOf(answers, floor.gateZones)
  const ceiling = camerasOver(answers, `http://${host}:${firstPort + ports.recorder}`)
  const speakers = speakersOf(answers)
  const vision: Device = {
    id: 'vision-box',
    definition: answers.vision,
    address: { transport: 'mqtt', topic: `${storeId}/vision` },
  }
  const profile: Profile = {
    format: 'open-aisle-profile',
    version: 1,
    storeId,
    name: answers.name,
    ...(answers.description === undefined ? {} : { description: answers.description }),
    currency: answers.currency,
    timeZone: answers.timeZone,
    floor: { sizeM: answers.floorM, wallsM: floor.wallsM },
    zones: floor.zones,
    groups: groupsOf(answers, floor.fixtures, ceiling.cameras),
    fixtures: floor.fixtures.map(({ fixture }) => fixture),
    plates: wired.plates,
    devices: [...doors.devices, vision, ...speakers.devices, ...ceiling.devices, ...wired.devices],
    gates: doors.gates,
    cameras: ceiling.cameras,
    visionAppliances: [{ id: 'vision', device: vision.id }],
    ...(speakers.placed.length > 0 ? { speakers: speakers.placed } : {}),
    payment: {
      provider: 'toss',
      url: `http://${host}:${firstPort + ports.payment}`,
      secretKey: answers.paymentSecret,
    },
    // Product lists have mistakes, and reviews find them.
    learning: { daily: true },
  }
  const catalogue: Catalogue = {
    format: 'open-aisle-catalogue',
    version: 1,
    products: products.map(({ section: _, stock: __, ...product }) => product),
  }
  const entries = placeProducts(sections, plates, products)
  const planogram: Planogram = { format: 'open-aisle-planogram', version: 1, entries }
  if (!answers.mistakes) return { profile, catalogue, planogram }
  const { truth, ...spoiled } = spoilGoods(catalogue, planogram, answers.mistakes)
  return { profile, ...spoiled, twinGoods: { format: 'open-aisle-twin-goods', version: 1, ...truth } }
}

function transmitter(definition: string, definitions: DeviceCatalogue) {
  const address = { transport: 'modbus-tcp', host, port: 1 } as const
  return definitions.of({ id: 'weighing', definition, address }, 'load-cell-transmitter')
}

function gatesOf({ gates, reader, contacts, firstPort }: StoreAnswers, zones: Profile['gates'][number]['zoneM'][]) {
  const devices: Device[] = []
  const placed = gates.map(({ id, kind }, i) => {
    const [contactsPort, readerPort] = [firstPort + 2 * i, firstPort + 2 * i + 1]
    devices.push({
      id: `${id}-contacts`,
      definition: contacts,
      address: { transport: 'modbus-tcp', host, port: contactsPort },
    })
    const reads = kind !== 'exit'
    if (reads)
      devices.push({ id: `${id}-reader`, definition: reader, address: { transport: 'tcp', host, port: readerPort } })
    return {
      ...{ id, kind, zoneM: zones[i] ?? [] },
      ...(reads ? { reader: `${id}-reader` } : {}),
      contacts: `${id}-contacts`,
      wiring: { ...wiring, ...inputs },
      passTimeoutMs,
    }
  })
  return { gates: placed, devices }
}

function speakersOf({ speakers, cameras, firstPort }: StoreAnswers) {
  const devices: Device[] = []
  const placed = (speakers?.atM ?? []).map(([x, y], i) => {
    const [id, device] = [`speaker-${i + 1}`, `speaker-${i + 1}-box`]
    const url = `http://${host}:${firstPort + ports.speakers + i}/announce`
    devices.push({ id: device, definition: speakers?.definition ?? '', address: { transport: 'http', url } })
    return { id, device, positionM: [x, y, cameras.heightM] as Point3DM }
  })
  return { devices, placed }
}

/** Names that flows use: all shelves, each section's, all cameras. */
function groupsOf(
  { sections }: StoreAnswers,
  fixtures: ReturnType<typeof planFloor>['fixtures'],
  cameras: Profile['cameras'],
): Profile['groups'] {
  const ids = (of: typeof fixtures) => of.map(({ fixture }) => fixture.id)
  return [
    { id: 'all-shelves', name: 'All shelves', fixtures: ids(fixtures) },
    ...sections.map(({ id, name }) => ({
      id: `${id}-shelves`,
      name,
      fixtures: ids(fixtures.filter(({ section }) => section.id === id)),
    })),
    ...(cameras.length > 0 ? [{ id: 'ceiling', name: 'Ceiling cameras', cameras: cameras.map(({ id }) => id) }] : []),
  ]
}
