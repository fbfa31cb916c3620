/**
 * kill -9 of the till at random moments of the checkout, while the provider loses answers. Judged by what the
 * provider really carried out. `TILL_KILLS` sets how many kills, `TILL_SEED` repeats a run.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Random, seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { FromProgram, ToProgram } from '../../runtime/program/run-settings.ts'
import type { CommandAnswer, TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillEvent, VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TillClient } from '../../runtime/till-api/till-client.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { freePorts } from '../support/profile-folder.ts'
import {
  checkOut,
  clock,
  cola,
  get,
  gum,
  lineOf,
  openTestStore,
  record,
  registration,
  settingsOf,
  showUntilScanned,
  type TestStore,
  tokens,
} from './support/test-till.ts'
import { waitFor } from './support/wait.ts'

/** A machine with other work may take long; nothing here is a question of speed. */
const patienceMs = 120_000
const kills = Number(process.env.TILL_KILLS ?? 10)
const seed = Number(process.env.TILL_SEED ?? Math.floor(Math.random() * 1e9))
const entry = fileURLToPath(new URL('../../runtime/till/main.ts', import.meta.url))

describe(`the till, killed ${kills} times at random (TILL_SEED=${seed})`, function () {
  this.timeout(180_000 + kills * 12_000)
  let store: TestStore
  let killed: KilledTill

  beforeEach(async () => {
    store = await openTestStore({ seed })
    killed = new KilledTill(store, (await freePorts(1))[0] ?? 0, seededRandom(seed))
  })
  afterEach(async () => {
    await killed.stop()
    await store.stop()
  })

  it('loses nothing that it acknowledged and charges each visit exactly once', async () => {
    store.toss.faults = { ...store.toss.faults, lostAnswers: 0.3, lostRequests: 0.1, broken: 0.1, slowMs: 60 }
    const { visits, sent } = await shopUnderKills(store, killed, Math.max(6, kills))

    assert.ok(
      visits.every((visit) => visit.state === 'paid'),
      `ended as ${visits.map((visit) => visit.state)}`,
    )
    const counts = [...store.toss.chargesByOrder().values()]
    assert.equal(counts.length, visits.length, 'an order for each visit at the provider')
    assert.ok(
      counts.every((count) => count === 1),
      `charged ${counts} times`,
    )
    assert.equal(chargedBy(store), receiptsOf(visits), 'the receipts say what the provider took')

    // What was acknowledged is still known: the same command gets the same answer.
    const flows = killed.client('flows')
    for (const { command, answer } of sent) {
      const { sequence, repeated } = await flows.send(command)
      assert.deepEqual({ sequence, repeated }, { sequence: answer.sequence, repeated: true })
    }
    const verified = await (await get(killed.url, '/v1/journal/verify', 'console')).json()
    assert.equal((verified as { ok: boolean }).ok, true)
  })

  it('would be caught charging twice: a provider that forgets keys and orders shows it', async () => {
    store.toss.faults = { ...store.toss.faults, lostAnswers: 0.6, forgetful: true }
    // More than six visits need: from then on answers arrive, so that the visits end soon.
    const enough = setInterval(() => {
      if (store.toss.charges.length >= 10) store.toss.faults.lostAnswers = 0
    }, 20)
    await shopUnderKills(store, killed, 6, 2).finally(() => clearInterval(enough))
    const counts = [...store.toss.chargesByOrder().values()]
    assert.ok(
      counts.some((count) => count > 1),
      `charged ${counts} times`,
    )
  })
})

const chargedBy = ({ toss }: TestStore) => toss.charges.reduce((sum, charge) => sum + charge.totalAmount, 0)
const receiptsOf = (visits: VisitSnapshot[]) => visits.reduce((sum, visit) => sum + (visit.receipt?.totalMinor ?? 0), 0)

interface Sent {
  command: TillCommand
  answer: CommandAnswer
}

/** Shoppers come one after the other and overlap, while the till is killed; resolves when every visit has ended. */
async function shopUnderKills(store: TestStore, killed: KilledTill, shoppers: number, times = kills) {
  await killed.start()
  const sent: Sent[] = []
  const flows = remembering(killed.client('flows'), sent)
  const events = record(killed.client('flows'))
  const names = Array.from({ length: shoppers }, (_, i) => `shopper-${i}`)
  for (const name of names) await killed.client('accounts').send(registration(name))
  const killing = killed.keepKilling(times)
  const visitIds: string[] = []
  for (const [i, name] of names.entries()) {
    visitIds.push(await enter(store, flows, events.events, name))
    const visitId = visitIds.at(-1) ?? ''
    void checkOut(flows, visitId, [lineOf(cola.sku, 1 + (i % 3)), lineOf(gum.sku, 1)])
  }
  await killing
  const visits: VisitSnapshot[] = []
  for (const visitId of visitIds)
    visits.push(await waitFor(`${visitId} to end`, () => killed.ended(visitId), patienceMs))
  events.stop()
  const sequences = events.events.map((event) => event.sequence)
  assert.ok(
    sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] ?? 0)),
    'each event was told once, in order, through all restarts',
  )
  return { visits, sent }
}

async function enter(store: TestStore, flows: TillClient, events: TillEvent[], name: string): Promise<string> {
  const { scanId } = await showUntilScanned(store.scanner, events, name)
  const admission = { type: 'admit' as const, commandId: `admit-${scanId}`, scanId, party: 1, rule: '', policyHash: '' }
  const { visitId } = await flows.send(admission)
  if (!visitId) throw new Error('The till opened no visit.')
  await waitFor(
    'the visit to be open',
    () =>
      events.some(({ type, data }) => type === 'visit-changed' && data.visitId === visitId && data.state === 'open'),
    patienceMs,
  )
  return visitId
}

const remembering = (client: TillClient, sent: Sent[]): TillClient => ({
  ...client,
  async send(command, signal) {
    const answer = await client.send(command, signal)
    sent.push({ command, answer })
    return answer
  },
})

/** The real program as a child, which dies and comes back. */
class KilledTill {
  readonly url: string
  readonly #store: TestStore
  readonly #port: number
  readonly #random: Random
  #child: ChildProcess | undefined

  constructor(store: TestStore, port: number, random: Random) {
    this.#store = store
    this.#port = port
    this.#random = random
    this.url = `http://127.0.0.1:${port}`
  }

  client(role: keyof typeof tokens): TillClient {
    return createTillClient({ url: this.url, token: tokens[role], clock })
  }

  /** The visit, when it has ended. */
  async ended(visitId: string): Promise<VisitSnapshot | false> {
    const visit = (await (await get(this.url, `/v1/visits/${visitId}`, 'console')).json()) as VisitSnapshot
    return ['paid', 'empty', 'void', 'debt'].includes(visit.state) && visit
  }

  start(): Promise<void> {
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    this.#child = child
    const start: ToProgram = {
      type: 'start',
      settings: settingsOf(this.#store, this.#port),
      secrets: this.#store.secrets,
    }
    child.send(start)
    return new Promise((resolve, reject) => {
      child.on('message', (message: FromProgram) => {
        if (message.type === 'ready') resolve()
        if (message.type === 'failed') reject(new Error(message.error.message))
      })
    })
  }

  async keepKilling(times: number): Promise<void> {
    for (let kill = 0; kill < times; kill++) {
      await new Promise((resolve) => setTimeout(resolve, uniform(this.#random, 0, 700)))
      await this.stop()
      await this.start()
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}
