/** Puts the till together from its parts, in the order in which they need each other. */
import { join } from 'node:path'
import type { Random } from '../contract/random.ts'
import { loadDeviceDefinitions } from '../devices/catalogue.ts'
import { type LoadedStore, loadStore } from '../profile/load-store.ts'
import type { ProgramContext, RunningProgram } from '../program/program.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { serveTill } from './api/server.ts'
import { databaseFile } from './data-files.ts'
import { Doors } from './doors/doors.ts'
import { ShownCodes } from './doors/shown-codes.ts'
import { unsafeGates } from './doors/unsafe-gates.ts'
import { signDaily } from './journal-signer.ts'
import { KioskDesk } from './kiosks/kiosk-desk.ts'
import { openLedgerThread } from './ledger/ledger-thread.ts'
import { publicJournalKey } from './ledger/signed-heads.ts'
import type { Shop } from './ledger/step.ts'
import { noticeWriter, tellNotices } from './notices.ts'
import { Charger } from './payments/charger.ts'
import type { PaymentProvider } from './payments/payment-provider.ts'
import { paymentProviders } from './payments/providers.ts'
import { mailReceipts } from './receipts/mailer.ts'
import { createSmtpSender } from './receipts/smtp.ts'
import { sweepRegularly } from './sweeper.ts'
import { TillService } from './till-service.ts'
import { defaultDeadlines, type VisitDeadlines } from './visits/deadlines.ts'

export interface TillOptions {
  deviceDefinitions: string
  random: Random
  deadlines?: Partial<VisitDeadlines>
}

/** What it needs of a program. */
export type TillContext = Pick<ProgramContext, 'settings' | 'secrets' | 'clock' | 'log' | 'notice'>

export interface RunningTill extends RunningProgram {
  /** The port that it listens on, where the settings left the choice to the system. */
  port: number
}

/** @throws AisleError for a profile, a database, a port or a secret that is not as it should be */
export async function startTill(context: TillContext, options: TillOptions): Promise<RunningTill> {
  const started: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    const port = await startParts(context, options, (end) => started.push(end))
    return { port, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @param onStarted gets how to end each part, in the order in which they were started */
async function startParts(
  { settings, secrets, clock, log, notice }: TillContext,
  options: TillOptions,
  onStarted: (end: () => Promise<void> | void) => void,
): Promise<number> {
  const store = await loadStore(settings.profileDirectory)
  const { profile, layout } = store
  const definitions = await loadDeviceDefinitions(options.deviceDefinitions)
  const tokens = {
    flows: handedSecret(secrets, generatedSecrets.tillTokenFlows),
    console: handedSecret(secrets, generatedSecrets.tillTokenConsole),
    accounts: handedSecret(secrets, generatedSecrets.tillTokenAccounts),
    ...(profile.kiosks ? { kiosk: handedSecret(secrets, generatedSecrets.tillTokenKiosk) } : {}),
  }
  const secretKey = handedSecret(secrets, profile.payment.secretKey)
  const journalSecret = handedSecret(secrets, generatedSecrets.journalKey)
  const provider = paymentProviders[profile.payment.provider]({ url: profile.payment.url, secretKey })

  const path = join(settings.dataDirectory, databaseFile)
  const ledger = await openLedgerThread(
    { path, shop: shopOf(store, provider, options), nowMs: clock.nowMs() },
    (lost) => {
      // Without its memory the till may not go on; the supervisor starts it again.
      throw lost
    },
  )
  onStarted(() => ledger.close())

  const write = noticeWriter({
    ...{ timeZone: profile.timeZone, currency: profile.currency },
    byWeight: soldByWeight(layout.products),
  })
  const { sequence } = await ledger.state()
  onStarted(tellNotices(ledger, sequence, write, notice))

  const kiosks = new KioskDesk({
    ...{ kiosks: profile.kiosks ?? [], storeId: profile.storeId, ledger, provider, clock, log },
    adultGoods: new Set(layout.products.flatMap(({ sku, ageRestricted }) => (ageRestricted ? [sku] : []))),
    onPaying: () => charger.nudge(),
  })
  onStarted(() => kiosks.stop())
  const codes = new ShownCodes({ ledger, clock, log })
  const doors = new Doors({
    ...{ profile, definitions, ledger, clock, log },
    broker: () => ({
      host: settings.host,
      port: settings.ports.broker,
      password: handedSecret(secrets, generatedSecrets.brokerPasswordTill),
    }),
    secret: (name) => handedSecret(secrets, name),
    onCode: (read) => codes.read(read),
    onTap: (kiosk, code, reader) => kiosks.tapped(kiosk, code, reader),
  })
  for (const gap of unsafeGates(profile, definitions)) {
    log.warn(gap)
    notice(gap)
  }
  doors.start(await ledger.doorMemory(clock.nowMs()))
  onStarted(() => doors.stop())

  const charger = new Charger({ ledger, provider, clock, random: options.random, log })
  charger.nudge()
  onStarted(() => charger.stop())
  const signer = signDaily({
    ...{ ledger, clock, log, secret: journalSecret, storeId: profile.storeId, dataDirectory: settings.dataDirectory },
  })
  onStarted(() => signer.stop())
  if (profile.mail) {
    const { mail } = profile
    const password = mail.password === undefined ? undefined : handedSecret(secrets, mail.password)
    const mailer = mailReceipts({
      ...{ ledger, clock, log, sender: createSmtpSender(mail, password) },
      style: mailStyleOf(store, mail.from),
    })
    onStarted(() => mailer.stop())
  }
  const sweeper = sweepRegularly(ledger, clock, log, () => charger.nudge())
  onStarted(() => sweeper.stop())

  const till = new TillService({
    ledger,
    doors,
    clock,
    provider,
    kiosks,
    publicJournalKey: publicJournalKey(journalSecret),
    onDecided: () => charger.nudge(),
  })
  const server = await serveTill(till, { host: settings.host, port: settings.ports.till, tokens, log })
  onStarted(() => {
    till.end()
    return server.close()
  })
  return server.port
}

const hourMs = 3_600_000
/** Three years as Korea's E-Commerce Act keeps complaints; what was paid stays longer, and of nobody. */
const defaultRetention = { accountMs: 3 * 365 * 24 * hourMs, commandMs: 90 * 24 * hourMs }

function shopOf(
  { profile, catalogue, layout }: LoadedStore,
  provider: Pick<PaymentProvider, 'holds'>,
  { deadlines }: TillOptions,
): Shop {
  const { holdMinor, offline = {}, disputes } = profile.payment
  return {
    storeId: profile.storeId,
    currency: profile.currency,
    timeZone: profile.timeZone,
    products: new Map(layout.products.map((product) => [product.sku, product])),
    terms: { promotions: catalogue.promotions ?? [], tax: catalogue.tax ?? null },
    deadlines: { ...defaultDeadlines, ...deadlines },
    holdMinor: provider.holds ? (holdMinor ?? null) : null,
    disputes: disputes ?? { refundUpToMinor: 0, mostAMonth: 0 },
    offline: {
      amountMinor: offline.amountMinor ?? null,
      count: offline.count ?? null,
      ageMs: offline.hours === undefined ? null : offline.hours * hourMs,
    },
    retention: defaultRetention,
    sendsMail: profile.mail !== undefined,
    openEntrances: profile.gates.flatMap(({ id, open }) => (open ? [id] : [])),
  }
}

const mailStyleOf = ({ profile, layout }: LoadedStore, from: string) => ({
  ...{ storeId: profile.storeId, storeName: profile.name, timeZone: profile.timeZone, from },
  ...{ byWeight: soldByWeight(layout.products), pageUrl: profile.phone?.url ?? null },
})

const soldByWeight = (products: LoadedStore['layout']['products']) =>
  new Set(products.filter(({ soldBy }) => soldBy === 'weight').map(({ sku }) => sku))
