/** The twin as a whole: a world, the devices in it, its customers and the provider of their cards. */
import { join } from 'node:path'
import { seededRandom } from '../contract/random.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import type { ProgramContext, RunningProgram } from '../program/program.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { createTillClient } from '../till-api/till-http-client.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { createControl } from './control/control.ts'
import { Faults, providerName } from './devices/faults.ts'
import { DoorQueue } from './door-queue.ts'
import { readRealGoods } from './goods.ts'
import { KioskCustomers } from './kiosk-customers.ts'
import { CardPage } from './provider/card-page.ts'
import { ProviderLedger } from './provider/provider-ledger.ts'
import { serveProvider } from './provider/provider-server.ts'
import { createStripe } from './provider/stripe.ts'
import { createToss, tappedPrefix } from './provider/toss.ts'
import { Webhooks } from './provider/webhooks.ts'
import { type ServedDevices, serveDevices } from './served-devices.ts'
import { Arrivals, usualDay } from './shoppers/arrivals.ts'
import { behaviourOf, type Mix, mixes } from './shoppers/behaviour.ts'
import { CustomerBase, codeOf } from './shoppers/customer.ts'
import { Deliveries } from './shoppers/deliveries.ts'
import { PeopleView } from './vision/people-view.ts'
import { Sightings } from './vision/sightings.ts'
import { GateMechanics, RelayModule } from './world/gate-mechanics.ts'
import { hash32, streamOf } from './world/hash-noise.ts'
import { tickMs, World } from './world/world.ts'

/** @throws AisleError `port-taken`, `twin-not-loopback`, `twin-unknown-device` */
export async function startTwin(
  store: LoadedStore,
  context: Pick<ProgramContext, 'settings' | 'secrets' | 'clock' | 'log'> & {
    /** Absent where the twin runs without the other programs, which have to change with it. */
    requestSpeed?: (scale: number) => void
  },
): Promise<RunningProgram> {
  const { settings, secrets, clock, log } = context
  const { profile } = store
  const { layout, facingQuantity } = await readRealGoods(settings.profileDirectory, store)
  const { seed, visits } = settings.twin
  const mix: Mix = mixes[settings.twin.mix ?? 'demonstration']
  const startMs = clock.nowMs()
  const random = (what: string, run = 0) => seededRandom(hash32(seed, streamOf(what), run))
  const thisRun = Math.floor(startMs / 1000) & 0x7fffffff

  const faults = new Faults(clock)
  const customers = new CustomerBase(random('cards'), random('codes', thisRun))
  const sightings = new Sightings(layout, random('sightings'))
  const { modules, mechanics } = gatesOf(profile)
  const tillUrl = `http://${settings.host}:${settings.ports.till}`
  const taps = random('taps', thisRun)
  const kiosks =
    profile.kiosks &&
    new KioskCustomers({
      ...{ clock, log, newCard: () => tappedPrefix + codeOf(taps, 24) },
      till: createTillClient({ url: tillUrl, token: handedSecret(secrets, generatedSecrets.tillTokenKiosk), clock }),
      tap: (kiosk, token) => devices?.tap(kiosk, token),
    })
  // Devices need the world and the world tells the devices; the world is silent until it is first advanced.
  let devices: ServedDevices | undefined
  const world = new World({
    layout,
    facingQuantity,
    mechanics,
    seed,
    startMs,
    events: {
      credentialShown: (gate, visit) => devices?.show(gate, visit.credential),
      ...(kiosks ? { atKiosk: (kiosk, visit) => kiosks.comes(kiosk, visit) } : {}),
      seen: (_, piece, handM, atMs) => devices?.sees(sightings.of(piece, handM), atMs),
      left(visit, customer) {
        customers.goes(customer)
        if (visit.turnedAway) log.warn({ visit: visit.visit, gate: visit.gate }, 'a shopper was not let in and left')
      },
    },
  })
  const arrivals = new Arrivals(random('arrivals', thisRun), {
    shoppersPerHour: settings.twin.byHour ? usualDay(settings.twin.shoppersPerHour) : settings.twin.shoppersPerHour,
    floorM: world.plan.sizeM,
    startMs,
    timeZone: profile.timeZone,
  })
  const asked = createAccounts({
    url: tillUrl,
    token: handedSecret(secrets, generatedSecrets.tillTokenAccounts),
    clock,
    run: String(Math.floor(startMs)),
  })
  const accounts = profile.gates.every(({ open }) => open) ? nobodyAsks : asked
  const deliveries = new Deliveries(world, random('deliveries', thisRun), { clean: mix.staffClean })
  const queue = new DoorQueue({
    ...{ world, arrivals, customers, deliveries, accounts, clock, visits },
    behaviourOf: (visit) => behaviourOf(mix, visit, seed),
  })

  const advance = () => {
    for (const gate of mechanics.values()) breakGate(gate, faults)
    world.advanceTo(clock.nowMs())
  }
  devices = await serveDevices({
    profile,
    world,
    modules,
    view: new PeopleView(world, { seed }),
    clock,
    faults,
    brokerUrl: `mqtt://${settings.host}:${settings.ports.broker}`,
    brokerPassword: handedSecret(secrets, generatedSecrets.brokerPasswordDevices),
    advance,
  })
  for (const { id } of profile.gates) faults.declare(id, 'gate')

  const ledger = new ProviderLedger(join(settings.dataDirectory, 'twin-payment-provider.jsonl'))
  const webhookIds = random('webhooks', thisRun)
  const webhooks = new Webhooks({
    clock,
    faults,
    newId: () => `twin-${Math.floor(webhookIds.next() * 2 ** 48).toString(36)}`,
  })
  const provider = await startProvider().catch(async (error: unknown) => {
    await devices?.stop()
    throw error
  })

  const live = () => {
    advance()
    queue.mind()
    timer = clock.after(tickMs, live)
  }
  let timer = clock.after(0, live)

  return {
    async stop() {
      clock.clear(timer)
      kiosks?.stop()
      await queue.stop()
      webhooks.stop()
      await devices?.stop()
      await provider.stop()
    },
  }

  function startProvider() {
    faults.declare(providerName, 'provider')
    const customerOfKey = new Map(customers.payments.map(({ billingKey, customerKey }) => [billingKey, customerKey]))
    // Keys of one run must not meet those of another in the same books.
    const keys = random('payment-keys', thisRun)
    const cardPage = new CardPage()
    const createProvider = { toss: createToss, stripe: createStripe }[profile.payment.provider]
    const toss = createProvider({
      ledger,
      clock,
      newKey: () => `${thisRun.toString(36)}${Math.floor(keys.next() * 2 ** 32).toString(36)}${ledger.charges.length}`,
      customerOf: (billingKey) => customerOfKey.get(billingKey),
      customerOfPermission: (authKey) => cardPage.customerOf(authKey),
      declines: () => faults.active(providerName, 'declines'),
      forgetsKeys: () => faults.active(providerName, 'forgets-keys'),
      changed: (payment) => webhooks.changed(payment),
    })
    const url = new URL(profile.payment.url)
    return serveProvider({
      cardPage,
      host: url.hostname,
      port: Number(url.port || 80),
      clock,
      faults,
      secretKey: handedSecret(secrets, profile.payment.secretKey),
      controlToken: handedSecret(secrets, generatedSecrets.twinControl),
      toss,
      control: createControl({
        world,
        faults,
        ledger,
        invite: (wanted) => queue.invite(wanted),
        finished: () => queue.finished,
        webhooks,
        // What looks at pictures takes as long for each at any speed.
        speed: { initial: settings.clock.scale, request: settings.vision ? undefined : context.requestSpeed },
      }),
    })
  }
}

/** Whoever walks in by an open entrance needs no account. */
const nobodyAsks: Accounts = { register: async () => true }

function breakGate(gate: GateMechanics, faults: Faults): void {
  gate.fire = faults.active(gate.gate, 'fire')
  gate.fireWireCut = faults.active(gate.gate, 'fire-wire-cut')
  gate.watchdogCut = faults.active(gate.gate, 'watchdog-cut')
  gate.held = faults.active(gate.gate, 'held')
  gate.powered = !faults.active(gate.gate, 'no-power')
  gate.blocked = faults.active(gate.gate, 'blocked')
}

/** The turnstiles, wired to their relay modules as the profile says. */
function gatesOf(profile: LoadedStore['profile']) {
  const modules = new Map<string, RelayModule>()
  const mechanics = new Map<string, GateMechanics>()
  for (const { id, contacts, wiring, passTimeoutMs, open } of profile.gates) {
    const module = modules.get(contacts ?? '') ?? new RelayModule()
    if (contacts) modules.set(contacts, module)
    mechanics.set(id, new GateMechanics(id, module, wiring ?? {}, passTimeoutMs, open))
  }
  return { modules, mechanics }
}
