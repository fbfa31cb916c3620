/** How pictures for reviews are kept, and that they go. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EvidenceArchive } from '../../../runtime/console/evidence/evidence-archive.ts'
import { EvidenceClerk } from '../../../runtime/console/evidence/evidence-clerk.ts'
import { VirtualClock } from '../../../runtime/contract/clock.ts'
import type { VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { EvidenceQuestion } from '../../../runtime/vision/evidence/evidence-client.ts'
import { pricedLine, visit } from '../scene.ts'

const hourMs = 3_600_000
const rule = { keepHours: 24, waitDays: 7 }
const layout = { products: [] } as never

/** A visit of which the first of two lines waits for a decision. */
const inReview = (facts: Partial<VisitSnapshot> = {}): VisitSnapshot => {
  const [doubtful, sure] = ['l-1', 'l-2'].map((lineId, i) => ({
    ...pricedLine(layout, { lineId, product: 0, quantity: 1, probability: 0.9 - i / 2 }),
    eventIds: [`e-${i + 1}`],
  }))
  assert.ok(doubtful && sure)
  const decided = [doubtful, sure].map(({ lineId, sku, quantity, probability }, i) => {
    return {
      lineId,
      sku,
      quantity,
      probability,
      outcome: i === 0 ? ('review' as const) : ('charge' as const),
      rule: 'r',
    }
  })
  return visit('v-1', {
    ...{ state: 'review', lines: [doubtful, sure], decision: { lines: decided, outcome: 'review', policyHash: '0' } },
    ...facts,
  })
}

describe('pictures for reviews', () => {
  let dataDirectory: string
  let clock: VirtualClock
  let archive: EvidenceArchive
  let asked: EvidenceQuestion[]
  let audited: { event: string; facts: object }[]
  /** As the till has the visit; undefined: it does not answer. */
  let visitNow: VisitSnapshot | null | undefined
  let visionIsAway: boolean

  beforeEach(() => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'aisle-evidence-'))
    clock = new VirtualClock(1_800_000_000_000)
    archive = new EvidenceArchive(dataDirectory)
    asked = []
    audited = []
    visitNow = inReview()
    visionIsAway = false
  })
  afterEach(() => rmSync(dataDirectory, { recursive: true }))

  const clerkWith = (its: { rule: typeof rule | undefined } = { rule }) =>
    new EvidenceClerk({
      ...{ archive, wallClock: clock, ...its },
      async ask(question) {
        if (visionIsAway) throw new Error('connection refused')
        asked.push(question)
        return [{ eventId: 'e-1', camera: 'cam-1', takenAtMs: clock.nowMs(), jpeg: 'AAAA' }]
      },
      async visit() {
        if (visitNow === undefined) throw new Error('connection refused')
        return visitNow
      },
      audit: (event, facts) => audited.push({ event, facts }),
    })
  const files = () =>
    readdirSync(dataDirectory).includes('evidence') ? readdirSync(join(dataDirectory, 'evidence')) : []
  const keptBy = async (clerk: EvidenceClerk) => {
    clerk.seen(inReview())
    await clerk.askForWanted()
    assert.equal(files().length, 1)
  }
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise(setImmediate)
  }
  const later = (hours: number) => clock.advanceTo(clock.nowMs() + hours * hourMs)

  it('are none where the profile does not ask for them', async () => {
    const clerk = clerkWith({ rule: undefined })
    clerk.seen(inReview())
    await clerk.askForWanted()
    assert.deepEqual([asked, files()], [[], []])
  })

  it('are of the events that doubtful lines rest on, kept once, for nobody else to read, and told by id alone', async () => {
    const clerk = clerkWith()
    clerk.seen(visit('v-0', { state: 'paid' }))
    clerk.seen(inReview())
    clerk.seen(inReview())
    await clerk.askForWanted()
    clerk.seen(inReview())
    await clerk.askForWanted()
    assert.deepEqual(asked, [{ eventIds: ['e-1'], personIds: ['person-v-1'] }])
    const [file = ''] = files()
    assert.match(file, /^[0-9a-f]{64}\.json$/)
    assert.equal(statSync(join(dataDirectory, 'evidence', file)).mode & 0o777, 0o600)
    assert.deepEqual(audited, [{ event: 'evidence kept', facts: { visitId: 'v-1', pictures: 1 } }])
  })

  it('are asked for again while the vision program starts, and not for ever', async () => {
    const clerk = clerkWith()
    visionIsAway = true
    clerk.seen(inReview())
    await clerk.askForWanted()
    visionIsAway = false
    await clerk.askForWanted()
    assert.equal(files().length, 1)

    archive.delete('v-1')
    const other = clerkWith()
    visionIsAway = true
    other.seen(inReview())
    later(1)
    await other.askForWanted()
    visionIsAway = false
    other.seen(inReview())
    await other.askForWanted()
    assert.deepEqual(files(), [])
  })

  it('stay while the review waits, and go their time after it was decided', async () => {
    const clerk = clerkWith()
    await keptBy(clerk)
    later(48)
    await clerk.sweep()
    assert.equal(files().length, 1)
    visitNow = inReview({ state: 'paid' })
    await clerk.sweep()
    later(23)
    await clerk.sweep()
    assert.equal(files().length, 1)
    later(1.01)
    await clerk.sweep()
    assert.deepEqual(files(), [])
    assert.deepEqual(audited.at(-1), { event: 'evidence deleted', facts: { visitId: 'v-1', why: 'it was decided' } })
  })

  it('go also when nobody decides, and when the till does not answer', async () => {
    const clerk = clerkWith()
    await keptBy(clerk)
    visitNow = undefined
    later(7 * 24 - 1)
    await clerk.sweep()
    assert.equal(files().length, 1)
    later(1)
    await clerk.sweep()
    assert.deepEqual(files(), [])
  })

  it('go when their shopper is forgotten, when the till knows no such visit, and when the profile wants none', async () => {
    for (const change of [
      () => {
        visitNow = inReview({ state: 'paid', accountId: null })
        return clerkWith()
      },
      () => {
        visitNow = null
        return clerkWith()
      },
      () => clerkWith({ rule: undefined }),
    ]) {
      visitNow = inReview()
      await keptBy(clerkWith())
      await change().sweep()
      assert.deepEqual(files(), [])
    }
  })

  it('are looked after again when the disk failed meanwhile, and the store page goes on', async () => {
    const clerk = clerkWith()
    await keptBy(clerk)
    visitNow = inReview({ state: 'paid' })
    const put = archive.put
    archive.put = () => {
      throw new Error('no space left on device')
    }
    clerk.start()
    await until(() => audited.at(-1)?.event === 'evidence trouble')
    assert.deepEqual(audited.at(-1)?.facts, { error: 'no space left on device' })
    archive.put = put
    clock.advanceTo(clock.nowMs() + 60_000)
    await until(() => archive.get('v-1')?.decidedAtMs !== null)
    clerk.stop()
  })

  it('go when their file is damaged: nobody could say for how long to keep it', async () => {
    const clerk = clerkWith()
    await keptBy(clerk)
    const [file = ''] = files()
    const { writePrivateFile } = await import('../../../runtime/security/private-file.ts')
    writePrivateFile(join(dataDirectory, 'evidence', file), '{"visitId": 1')
    await clerk.sweep()
    assert.deepEqual(files(), [])
  })
})
