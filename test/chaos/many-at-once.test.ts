/** kill -9 while many commands share commits: each is acknowledged when it is kept, and takes effect once. */
import assert from 'node:assert/strict'
import { integerBetween, seededRandom } from '../../runtime/contract/random.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import { cola, get, type TestStore } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import {
  type Acknowledged,
  assertDatabaseIsWhole,
  assertJournalTellsAll,
  assertJournalVerifies,
  assertNothingLost,
  remembering,
} from './support/judgement.ts'
import { type KilledTill, openKilledTill } from './support/killed-till.ts'
import { patienceMs, seed, seedNote, tellProgress, times } from './support/trial.ts'

const kills = times(50, 1)
const atOnce = 40
const inALife = 200

describe(`the till, killed ${kills} times with ${atOnce} commands under way ${seedNote}`, function () {
  this.timeout(120_000 + kills * 30_000)
  let store: TestStore
  let till: KilledTill

  beforeEach(async () => {
    ;({ store, till } = await openKilledTill())
  })
  afterEach(async () => {
    await till.stop()
    await store.stop()
  })

  const move = (i: number): TillCommand => ({
    ...{ type: 'move-stock', commandId: `move-${i}`, reason: 'staff', plate: 'g1-s1-p1', sku: cola.sku },
    ...{ quantity: 1, eventId: `event-${i}` },
  })

  it('loses nothing that it acknowledged, and does nothing twice', async () => {
    const random = seededRandom(seed)
    const acknowledged: Acknowledged[] = []
    const client = remembering(till.client('flows'), acknowledged)
    let sent = 0
    const sender = async (upTo: number) => {
      while (sent < upTo) await client.send(move(sent++))
    }
    for (let kill = 0; kill < kills; kill++) {
      const upTo = sent + inALife
      // Struck while others are under way: at most their commit stands between an answer and the disk.
      const strikeAt = acknowledged.length + integerBetween(random, 1, inALife - atOnce)
      const senders = Array.from({ length: atOnce }, () => sender(upTo))
      await till.killAt(() => waitFor('so many answers', () => acknowledged.length >= strikeAt, patienceMs))
      await Promise.all(senders)
      tellProgress(kill + 1, kills, 'kills')
    }
    const { stock } = (await (await get(till.url, '/v1/stock', 'console')).json()) as { stock: { quantity: number }[] }
    assert.deepEqual(
      stock.map(({ quantity }) => quantity),
      [sent],
      'each that was sent was acknowledged in the end, and moved one',
    )
    await assertNothingLost(till.client('flows'), acknowledged)
    await assertJournalTellsAll(store, [])
    await assertJournalVerifies(till.url)
    assertDatabaseIsWhole(store)
  })
})
