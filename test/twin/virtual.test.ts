import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readMessage } from '../../runtime/contract/messages.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { readTruth, score } from '../../runtime/recording/score.ts'
import type { VirtualRecord } from '../../runtime/twin/virtual/records.ts'
import { quietMs, runVirtual, usualStartMs } from '../../runtime/twin/virtual/run-virtual.ts'
import { writeTwinRecording } from '../../runtime/twin/virtual/write-recording.ts'
import { poorAppliance, Sightings } from '../../runtime/twin/vision/sightings.ts'
import { cornerShop, deviationOf, meanOf } from './corner-shop.ts'

describe('a run of the twin without protocols', function () {
  this.timeout(60_000)
  let store: LoadedStore
  let records: VirtualRecord[]
  let truth: ReturnType<ReturnType<typeof runVirtual>['next']>['value']

  before(async () => {
    store = await cornerShop()
    records = []
    const run = runVirtual({
      layout: store.layout,
      planogram: store.planogram,
      seed: 21,
      visits: 6,
      idChangesPerMinute: 2,
    })
    let step = run.next()
    for (; !step.done; step = run.next()) records.push(step.value)
    truth = step.value
  })

  const of = <T extends VirtualRecord['type']>(type: T) =>
    records.filter((record): record is Extract<VirtualRecord, { type: T }> => record.type === type)

  it('says what sensing and the till would say, in the contract’s messages and in order', () => {
    for (const { message } of [...of('people'), ...of('sighting'), ...of('gate-pass')]) {
      readMessage(message, ['people', 'sighting', 'gate-pass'])
    }
    for (const [i, { atMs }] of records.entries()) assert.ok(i === 0 || atMs >= (records[i - 1]?.atMs ?? 0) - 40)
    assert.equal(of('gate-pass').length, 12)
    assert.equal(of('scan').length, 6)
  })

  it('weighs every plate 15 times a second, without a gap, fixtures not aligned', () => {
    const firsts = new Set<number>()
    for (const { id } of store.layout.fixtures) {
      const batches = of('samples').filter(({ batch }) => batch.fixture === id)
      firsts.add(batches[0]?.batch.firstAtMs ?? 0)
      for (const [i, { batch }] of batches.entries()) {
        const before = batches[i - 1]?.batch
        if (before) assert.ok(Math.abs(batch.firstAtMs - before.firstAtMs - 200) < 0.01)
        assert.equal(batch.grams.length, batch.plates.length)
      }
    }
    assert.equal(firsts.size, 3)
  })

  it('sees heads about 2 cm and hands about 3 cm off, loses a hand at times, and has a hand at each event', () => {
    const quiet = of('people').flatMap(({ message }) => message.people)
    const hands = quiet.flatMap(({ handsM }) => handsM)
    const lost = hands.filter((hand) => hand === null).length / hands.length
    assert.ok(lost > 0.005 && lost < 0.08, `${lost} of all hands lost`)
    if (!truth || !('visits' in truth)) assert.fail()
    for (const visit of truth.visits) {
      for (const { plate, fromMs } of visit.events) {
        const at = store.layout.plates.find(({ id }) => id === plate)?.positionM ?? [0, 0, 0]
        const near = of('people')
          .filter(({ atMs }) => Math.abs(atMs - fromMs) < 250)
          .flatMap(({ message }) => message.people.filter(({ trackId }) => visit.trackIds.includes(trackId)))
          .flatMap(({ handsM }) => handsM.flatMap((hand) => (hand ? [hand] : [])))
          .map((hand) => Math.hypot(hand[0] - at[0], hand[1] - at[1], hand[2] - at[2]))
        assert.ok(near.length === 0 || Math.min(...near) < 0.3, `hand ${Math.min(...near)} m from ${plate}`)
      }
    }
  })

  it('changes a track id now and then when asked to, and remembers it in the truth', () => {
    if (!truth || !('visits' in truth)) assert.fail()
    const ids = new Set(of('people').flatMap(({ message }) => message.people.map(({ trackId }) => trackId)))
    const known = new Set(truth.visits.flatMap(({ trackIds }) => trackIds))
    assert.deepEqual([...ids].sort(), [...known].sort())
    assert.ok(ids.size > 6)
  })

  it('is honest about what it sees: what it says with 70 % is right in 70 % of cases', () => {
    const sightings = new Sightings(store.layout, seededRandom(5), poorAppliance)
    const { layout } = store
    const stated: number[] = []
    const right: number[] = []
    for (let i = 0; i < 4000; i++) {
      const sku = layout.planogram[i % layout.planogram.length]?.sku ?? ''
      const [best] = sightings.of({ sku, weightG: 100 + i / 100 }, [4, 3, 1]).candidates
      stated.push(best?.p ?? 0)
      right.push(best?.sku === sku ? 1 : 0)
    }
    assert.ok(Math.abs(meanOf(stated) - meanOf(right)) < 0.02, `${meanOf(stated)} stated, ${meanOf(right)} right`)
    const unsure = stated.flatMap((p, i) => (p < 0.8 ? [{ p, right: right[i] as number }] : []))
    const [said, was] = [meanOf(unsure.map(({ p }) => p)), meanOf(unsure.map((one) => one.right))]
    assert.ok(unsure.length > 500 && Math.abs(said - was) < 0.05, `${said} stated, ${was} right`)
    const xs = Array.from({ length: 500 }, () => sightings.of({ sku: 'x', weightG: 1 }, [4, 3, 1]).position?.[0] ?? 4)
    assert.ok(Math.abs(deviationOf(xs) - 0.03) < 0.006)
  })

  it('can be written as a recording that reads back, whose own truth scores 1', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'open-aisle-twin-'))
    try {
      const written = await writeTwinRecording(directory, {
        layout: store.layout,
        planogram: store.planogram,
        seed: 4,
        visits: 3,
      })
      const recording = await readRecording(directory)
      assert.equal(recording.layout.plates.length, 24)
      const read = readTruth(directory)
      assert.equal(read.receipts.length, 3)
      assert.equal(written.visits.length, 3)
      assert.equal(score(read, { receipts: read.receipts }, recording.layout.products).f1, 1)
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('closes the store when told, packs the files, and shows how far it is', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'open-aisle-twin-'))
    try {
      const sizes: number[] = []
      const openMs = 60_000
      const { startMs, endMs, visits } = await writeTwinRecording(directory, {
        ...{ layout: store.layout, planogram: store.planogram, seed: 9, shoppersPerHour: 300, gzip: true },
        closes: (nowMs) => nowMs >= usualStartMs + openMs,
        onProgress: (_, { bytes }) => sizes.push(bytes),
      })
      assert.ok(endMs - startMs > openMs, 'who was inside went out first')
      assert.ok(visits.length >= 2 && visits.every(({ leftAtMs }) => leftAtMs !== null))
      assert.ok(visits.every(({ scannedAtMs }) => (scannedAtMs ?? 0) < startMs + openMs + 5000))
      assert.ok((sizes.at(-1) ?? 0) > 1000 && sizes.length > 1)
      assert.deepEqual(
        (await readdir(directory)).filter((file) => file.endsWith('.jsonl')),
        [],
      )
      const recording = await readRecording(directory)
      assert.ok(Math.abs(recording.durationMs - (endMs - startMs)) < 1)
      await assert.rejects(writeTwinRecording(directory, { layout: store.layout, seed: 9 }), {
        code: 'recording-exists',
      })
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('lets come who is expected, when they are, and only whom the door admits', () => {
    const customer = (accountId: string) => ({
      ...{ accountId, role: 'shopper' as const, credential: accountId, payment: null },
    })
    const run = runVirtual({
      ...{ layout: store.layout, planogram: store.planogram, seed: 2 },
      comers: [
        { atMs: 2000, customer: customer('anna'), choice: { plan: [] } },
        { atMs: 20_000, customer: customer('bora'), choice: { plan: [] } },
      ],
      admits: ({ accountId }) => accountId === 'anna',
    })
    let step = run.next()
    const scans: boolean[] = []
    for (; !step.done; step = run.next()) if (step.value.type === 'scan') scans.push(step.value.admitted)
    const [anna, bora] = step.value.visits
    assert.ok((anna?.scannedAtMs ?? 0) >= step.value.startMs + quietMs + 2000)
    assert.equal(anna?.turnedAway, false)
    assert.equal(bora?.turnedAway, true)
    assert.ok(scans[0] && scans.slice(1).every((admitted) => !admitted))
  })

  it('gives the same bytes from the same seed', () => {
    const again: VirtualRecord[] = []
    const options = { layout: store.layout, planogram: store.planogram, seed: 21, visits: 6, idChangesPerMinute: 2 }
    for (const record of runVirtual(options)) again.push(record)
    assert.equal(JSON.stringify(again), JSON.stringify(records))
  })
})

describe('aisle record --twin', function () {
  this.timeout(30_000)
  const aisle = fileURLToPath(new URL('../../bin/aisle.ts', import.meta.url))
  const run = promisify(execFile)

  it('records shoppers with the truth, and says how fast', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'open-aisle-twin-'))
    try {
      const args = [aisle, 'record', '--twin', '--visits', '1', '--seed', '6', '--out', directory]
      const { stdout, stderr } = await run(process.execPath, args)
      assert.equal(stdout, `${directory}\n`)
      assert.match(stderr, /\d+ batches, \d+ frames, .* MB; 1 visit, \d+ times as fast as real/)
      assert.equal(readTruth(directory).people.length, 1)
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('refuses options that belong to the other kind of recording', async () => {
    const refused = await run(process.execPath, [aisle, 'record', '--hours', '2']).catch((error) => error)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /"hours" does not go with a record without --twin\./)
  })
})
