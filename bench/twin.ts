/**
 * `aisle bench twin [--profile DIR] [--shoppers N] [--seconds N] [--rate HZ] [--json]`: what it costs to carry a
 * store in the twin: every plate read at `--rate`, every frame of the vision appliance, and that many shoppers who
 * are always inside. In process, without protocols: the share of one core that it takes at the store's own speed,
 * and how many store seconds go by in one second when nothing holds it back.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../runtime/contract/random.ts'
import { loadStore } from '../runtime/profile/load-store.ts'
import { CustomerBase } from '../runtime/twin/shoppers/customer.ts'
import { Doorkeeper } from '../runtime/twin/virtual/doorkeeper.ts'
import { PeopleView } from '../runtime/twin/vision/people-view.ts'
import { Sightings } from '../runtime/twin/vision/sightings.ts'
import { facingQuantityOf } from '../runtime/twin/world/facing-quantity.ts'
import { tickMs, World } from '../runtime/twin/world/world.ts'

const startMs = 1_800_000_000_000
/** They come one by one: until the last one is in, nothing is measured. */
const longestWarmUpMs = 20 * 60_000
/** A transmitter is asked for a few samples at a time. */
const batchSize = 12

interface Load {
  profile: string
  plates: number
  fixtures: number
  /** On average while it was measured. */
  shoppers: number
  rateHz: number
  storeSeconds: number
  /** Processor time, as a share of one core at the store's own speed. */
  coreShare: number
  parts: { world: number; plates: number; vision: number }
  nanosecondsPerSample: number
  /** On a core that it has to itself. */
  storeSecondsPerSecond: number
}

export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string', multiple: true },
      shoppers: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '30' },
      rate: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  })
  const profiles =
    values.profile ?? ['corner-shop', 'gs25-euljiro', 'emart24-gimpo'].map((name) => `hardware-profiles/${name}`)
  const loads: Load[] = []
  for (const profile of profiles) {
    loads.push(await carry(profile, Number(values.shoppers), Number(values.seconds), Number(values.rate)))
  }
  if (values.json) console.log(JSON.stringify(loads))
  else print(loads)
}

async function carry(profile: string, shoppers: number, seconds: number, rateHz: number): Promise<Load> {
  const { layout, planogram } = await loadStore(profile)
  const doorkeeper = new Doorkeeper(layout)
  const sightings = new Sightings(layout, seededRandom(2))
  const customers = new CustomerBase(seededRandom(3), seededRandom(4))
  const world = new World({
    layout,
    facingQuantity: facingQuantityOf(planogram),
    mechanics: doorkeeper.mechanics,
    seed: 1,
    startMs,
    events: {
      credentialShown: (gate, visit, atMs) => doorkeeper.shown(gate, atMs, visit.party),
      seen: (_, piece, handM) => sightings.of(piece, handM),
      left: (_, customer) => customers.goes(customer),
    },
  })
  // With the store's own cameras: looking past bodies and shelves is the dear part of vision.
  const view = new PeopleView(world, { seed: 1, cameras: 'layout' })
  const plates = layout.plates.map(({ id }) => id)
  const parts = { world: 0, plates: 0, vision: 0 }
  const timed = (part: keyof typeof parts, work: () => void) => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    parts[part] += (user + system) / 1e6
  }

  let nowMs = startMs
  let readMs = startMs
  let frameMs = startMs
  const live = () => {
    nowMs += tickMs
    doorkeeper.mind(nowMs)
    if (world.shoppers.length < shoppers && world.gateFree) {
      const customer = customers.comes()
      if (customer) world.arrive(customer)
    }
    world.advanceTo(nowMs + 0.001)
  }
  const stepMs = 1000 / rateHz
  const read = () => {
    for (const plate of plates) {
      for (let i = 0; i < batchSize; i++) world.shelves.gramsAt(plate, readMs + i * stepMs)
    }
    readMs += batchSize * stepMs
  }
  const look = () => {
    view.people(nowMs)
    frameMs += 1000 / view.frameHz
  }

  while (
    world.shoppers.filter(({ stage }) => stage === 'inside').length < shoppers - 1 &&
    nowMs < startMs + longestWarmUpMs
  )
    live()
  readMs = nowMs
  frameMs = nowMs
  const ticks = Math.round((seconds * 1000) / tickMs)
  let people = 0
  const started = process.cpuUsage()
  for (let tick = 0; tick < ticks; tick++) {
    timed('world', live)
    while (readMs + batchSize * stepMs <= nowMs) timed('plates', read)
    if (nowMs >= frameMs) timed('vision', look)
    people += world.shoppers.length
  }
  const { user, system } = process.cpuUsage(started)
  const cpuS = (user + system) / 1e6
  const share = (partS: number) => partS / seconds
  return {
    profile: basename(profile),
    plates: plates.length,
    fixtures: layout.fixtures.length,
    shoppers: people / ticks,
    rateHz,
    storeSeconds: seconds,
    coreShare: share(cpuS),
    parts: { world: share(parts.world), plates: share(parts.plates), vision: share(parts.vision) },
    nanosecondsPerSample: (parts.plates * 1e9) / (plates.length * rateHz * seconds),
    storeSecondsPerSecond: seconds / cpuS,
  }
}

function print(loads: readonly Load[]): void {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(9)
  console.log(`${'store'.padEnd(16)}  plates  shoppers  one core    world   plates   vision  ns/sample  times real`)
  for (const { profile, plates, shoppers, coreShare, parts, nanosecondsPerSample, storeSecondsPerSecond } of loads) {
    const counts = `${String(plates).padStart(8)}${shoppers.toFixed(1).padStart(10)}`
    const shares = [coreShare, parts.world, parts.plates, parts.vision].map(percent).join('')
    const speed = `${nanosecondsPerSample.toFixed(0).padStart(11)}${storeSecondsPerSecond.toFixed(0).padStart(12)}`
    console.log(`${profile.padEnd(16)}${counts} ${shares}${speed}`)
  }
}
