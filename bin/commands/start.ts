/** `aisle start`: builds what changed, starts the store's programs and runs until Ctrl-C. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { build } from '../../build/build.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { defaultKioskPort } from '../../runtime/kiosk/kiosk-session.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { type RunSettings, type ShopperMix, shopperMixes } from '../../runtime/program/run-settings.ts'
import { openSecretStore, type SecretStore } from '../../runtime/security/secret-store.ts'
import { doubtsAbout } from '../../runtime/store-design/doubts.ts'
import { claimRunFile, releaseRunFile, writeRunFile } from '../../runtime/supervisor/run-file.ts'
import { Supervisor } from '../../runtime/supervisor/supervisor.ts'
import { programPlans } from '../program-plans.ts'
import { dataOption, profileOption, root, type StoreOptions, storeDirectories } from '../store-options.ts'

interface StartOptions extends StoreOptions {
  live?: boolean
  vision?: boolean
  port: number
  editorPort: number
  tillPort: number
  sensingPort: number
  brokerPort: number
  phonePort: number
  visionPort: number
  kioskPort: number
  speed: number
  seed: number
  visits?: number
  shoppersPerHour: number
  byHour?: boolean
  mix: ShopperMix
}

export default function addStart(program: Command): void {
  program
    .command('start')
    .description('run a store until Ctrl-C: the demonstration with the twin, or --live against its devices')
    .addOption(profileOption)
    .addOption(dataOption)
    .option('--live', 'without the twin, against the addresses in the profile')
    .option('--vision', 'watch the cameras itself, without the vision appliance of the profile')
    .option('--port <n>', 'store page', port, 8080)
    .option('--editor-port <n>', 'Node-RED editor', port, 1880)
    .option('--till-port <n>', "the till's API", port, 8081)
    .option('--sensing-port <n>', "sensing's API", port, 8082)
    .option('--broker-port <n>', 'MQTT broker', port, 1883)
    .option('--phone-port <n>', "shoppers' page", port, 8083)
    .option('--vision-port <n>', "newest pictures of the store's own vision", port, 8084)
    .option('--kiosk-port <n>', "page of a store's kiosks", port, defaultKioskPort)
    .option('--speed <x>', 'demonstration only: times faster than real time', number(0.1, 20), 1)
    .option('--seed <n>', 'demonstration only: the same seed gives the same shoppers', number(0, 2 ** 32 - 1), 1)
    .option('--visits <n>', 'demonstration only: let in this many shoppers, then no more', number(0, 1e6))
    .option('--shoppers-per-hour <n>', 'demonstration only: how many come', number(1, 600), 150)
    .option('--by-hour', 'demonstration only: as many in the busiest hour of a usual day, fewer in the others')
    .addOption(
      new Option('--mix <name>', 'demonstration only: which kinds of shoppers come')
        .choices(shopperMixes)
        .default('demonstration'),
    )
    .action(start)
}

async function start(options: StartOptions): Promise<void> {
  const say = (line: string) => console.log(line)
  await build(root, say)
  const settings = runSettings(options)
  const store = await loadStore(settings.profileDirectory)
  const { profile } = store
  for (const note of store.notes) say(`profile ${profile.storeId}: brought up to ${note}`)
  const doubts = doubtsAbout(store, await loadDeviceDefinitions(join(root, 'hardware-profiles', 'devices')))
  if (doubts.length > 0)
    say(`Some things in its data look wrong (${doubts.length}): npx aisle check-profile ${options.profile}`)

  await claimRunFile(settings)
  try {
    const secrets = openSecretStore(settings.dataDirectory)
    secrets.ensureGenerated()
    if (!options.live) inventPaymentKey(secrets, profile.payment.secretKey)
    const supervisor = new Supervisor(programPlans(settings, profile, secrets.read), say, (clock) =>
      writeRunFile({ ...settings, clock }),
    )
    const ended = untilToldToEnd()
    await supervisor.start()
    say(`${profile.name} is running${options.live ? '' : ' with simulated shoppers and devices'}. Ctrl-C ends it.`)
    await ended
    say('Ending …')
    await supervisor.stop()
  } finally {
    await releaseRunFile(settings.dataDirectory)
  }
}

function runSettings(options: StartOptions): RunSettings {
  if (options.live && options.speed !== 1) {
    throw new AisleError('speed-live', 'A live store runs at the speed of its shoppers.', {
      action: 'Leave --speed out.',
    })
  }
  if (options.vision && options.speed !== 1) {
    throw new AisleError('speed-vision', 'Cameras give ten pictures a second, however fast the shoppers are.', {
      action: 'Leave --speed out.',
    })
  }
  return {
    ...storeDirectories(options),
    host: '127.0.0.1',
    ports: {
      console: options.port,
      editor: options.editorPort,
      till: options.tillPort,
      sensing: options.sensingPort,
      broker: options.brokerPort,
      phone: options.phonePort,
      vision: options.visionPort,
      kiosk: options.kioskPort,
    },
    clock: { scale: options.speed, originMs: Date.now() },
    live: options.live === true,
    vision: options.vision === true,
    twin: {
      ...{ seed: options.seed, shoppersPerHour: options.shoppersPerHour, mix: options.mix },
      byHour: options.byHour === true,
      visits: options.visits ?? null,
    },
  }
}

/** The twin's payment provider takes whatever key the till has; a live store's must be set by its owner. */
function inventPaymentKey(secrets: SecretStore, name: string): void {
  if (secrets.read(name) === undefined) secrets.set(name, `test_sk_${randomBytes(16).toString('hex')}`)
}

function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

const port = (value: string) => number(1, 65535)(value)

function number(low: number, high: number) {
  return (value: string): number => {
    const parsed = Number(value)
    if (!(parsed >= low && parsed <= high)) throw new InvalidArgumentError(`It is a number from ${low} to ${high}.`)
    return parsed
  }
}
