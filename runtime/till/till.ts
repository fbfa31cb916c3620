/** Puts the till together from its parts, in the order in which they need each other. */
import { join } from 'node:path'
import { AisleError, errorSentence } from '../contract/errors.ts'
import type { Random } from '../contract/random.ts'
import { loadDeviceDefinitions } from '../devices/catalogue.ts'
import { loadStore } from '../profile/load-store.ts'
import type { ProgramContext, RunningProgram } from '../program/program.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { serveTill, type TillServer } from './api/server.ts'
import { hashCredential } from './credential-hash.ts'
import { Doors } from './doors/doors.ts'
import { openLedgerThread } from './ledger/ledger-thread.ts'
import { noticeWriter, tellNotices } from './notices.ts'
import { Charger } from './payments/charger.ts'
import { createTossProvider } from './payments/toss.ts'
import { sweepRegularly } from './sweeper.ts'
import { TillService } from './till-service.ts'
import { defaultDeadlines, type VisitDeadlines } from './visits/deadlines.ts'

export interface TillOptions {
  deviceDefinitions: string
  random: Random
  deadlines?: Partial<VisitDeadlines>
}

export interface RunningTill extends RunningProgram {
  /** The port that it listens on, where the settings left the choice to the system. */
  port: number
}

/** @throws AisleError for a profile, a database, a port or a secret that is not as it should be */
export async function startTill(context: ProgramContext, options: TillOptions): Promise<RunningTill> {
  const { settings, secrets, clock, log, notice } = context
  const { profile, layout } = await loadStore(settings.profileDirectory)
  const definitions = await loadDeviceDefinitions(options.deviceDefinitions)
  const tokens = {
    flows: secretOf(secrets, generatedSecrets.tillTokenFlows),
    console: secretOf(secrets, generatedSecrets.tillTokenConsole),
    accounts: secretOf(secrets, generatedSecrets.tillTokenAccounts),
  }
  const provider = createTossProvider({
    url: profile.payment.url,
    secretKey: secretOf(secrets, profile.payment.secretKey),
  })

  const ledger = await openLedgerThread(
    {
      path: join(settings.dataDirectory, 'till.sqlite'),
      shop: {
        storeId: profile.storeId,
        currency: profile.currency,
        products: new Map(layout.products.map((product) => [product.sku, product])),
        deadlines: { ...defaultDeadlines, ...options.deadlines },
      },
      nowMs: clock.nowMs(),
    },
    // Without its memory the till may not go on; the supervisor starts it again.
    (error) => {
      throw error
    },
  )

  const takeCode = async (gate: string, code: string) => {
    const seenAtMs = clock.nowMs()
    const credentialHash = await hashCredential(code, ledger.identity.credentialSalt)
    await ledger.takeScan({ gate, method: 'qr', credentialHash, seenAtMs }, clock.nowMs())
  }
  const doors = new Doors({
    profile,
    definitions,
    ledger,
    clock,
    log,
    onCode: (gate, code) => {
      takeCode(gate, code).catch((error: unknown) => log.error({ gate, error: errorSentence(error) }, 'a scan is lost'))
    },
  })
  const charger = new Charger({ ledger, provider, clock, random: options.random, log })
  const till = new TillService({ ledger, doors, clock, onDecided: () => charger.nudge() })
  const write = noticeWriter({ timeZone: profile.timeZone, currency: profile.currency })

  const { sequence } = await ledger.state()
  const stopNotices = tellNotices(ledger, sequence, write, notice)
  doors.start(await ledger.doorMemory())
  charger.nudge()
  const sweeper = sweepRegularly(ledger, clock, log, () => charger.nudge())

  let server: TillServer | undefined
  const stop = async () => {
    till.end()
    await server?.close()
    await Promise.all([sweeper.stop(), charger.stop(), doors.stop()])
    stopNotices()
    await ledger.close()
  }
  try {
    server = await serveTill(till, { host: settings.host, port: settings.ports.till, tokens, log })
  } catch (error) {
    await stop()
    throw error
  }
  return { port: server.port, stop }
}

function secretOf(secrets: ProgramSecrets, name: string): string {
  const value = secrets[name]
  if (value) return value
  throw new AisleError('secret-missing', `The till was not given the secret "${name}".`, {
    action: `Set it: aisle secret set ${name}`,
  })
}
