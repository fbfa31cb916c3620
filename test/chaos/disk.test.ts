/** A disk that is full, or fails: what was acknowledged is there when it works again. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { integerBetween, seededRandom } from '../../runtime/contract/random.ts'
import { databaseFile } from '../../runtime/till/data-files.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillClient } from '../../runtime/till-api/till-client.ts'
import { cola, registration, type TestStore } from '../till/support/test-till.ts'
import {
  type Acknowledged,
  assertDatabaseIsWhole,
  assertJournalVerifies,
  assertNothingLost,
  remembering,
} from './support/judgement.ts'
import { type KilledTill, openKilledTill } from './support/killed-till.ts'
import { patienceMs, seed, seedNote, tellProgress, times } from './support/trial.ts'

const fullDisks = times(20, 1)
const brokenSyncs = times(60, 1)
/** Commands are sent until the disk refuses; no disk of these trials takes so many. */
const mostCommands = 5000

describe(`a disk that fails the till ${seedNote}`, function () {
  this.timeout(patienceMs + (fullDisks + brokenSyncs) * 30_000)
  const random = seededRandom(seed)
  let store: TestStore
  let till: KilledTill

  beforeEach(async () => {
    ;({ store, till } = await openKilledTill())
    await till.client('accounts').send(registration('anna'))
    await till.stop()
  })
  afterEach(async () => {
    await till.stop()
    await store.stop()
  })

  /** Runs the till so, sends until it takes no more, and looks for everything that it took once it runs well again. */
  async function loseNothing(wrapped: readonly string[]): Promise<void> {
    await till.start(wrapped)
    const acknowledged: Acknowledged[] = []
    const giveUp = new AbortController()
    await sendUntilRefused(remembering(till.client('flows'), acknowledged), giveUp.signal)
    giveUp.abort()
    assert.ok(acknowledged.length > 0, 'something was taken before the disk failed')
    await till.stop()
    await till.start()
    await assertNothingLost(till.client('flows'), acknowledged)
    await assertJournalVerifies(till.url)
    await till.stop()
    assertDatabaseIsWhole(store)
  }

  it(`loses nothing when it is full, ${fullDisks} times`, async () => {
    for (let trial = 0; trial < fullDisks; trial++) {
      emptyLog(store)
      // A shell's limit for the size of a file, in KiB: beyond it every write fails, as on a full disk.
      const limitKiB = integerBetween(random, 400, 1500)
      await loseNothing(['bash', '-c', `ulimit -f ${limitKiB}; trap '' XFSZ; exec "$0" "$@"`])
      tellProgress(trial + 1, fullDisks, 'full disks')
    }
  })

  it(`loses nothing when it does not confirm what was written, ${brokenSyncs} times`, async function () {
    if (!hasStrace()) {
      console.log('      skipped: strace is not on this machine (apt-get install strace)')
      this.skip()
    }
    for (let trial = 0; trial < brokenSyncs; trial++) {
      const nth = integerBetween(random, 5, 60)
      const inject = `inject=fsync,fdatasync:error=${trial % 2 === 0 ? 'EIO' : 'ENOSPC'}:when=${nth}+`
      // With -D the till itself is our child, and strace watches from aside; with --seccomp-bpf it stops at no other call.
      const calls = join(store.dataDirectory, 'syncs.txt')
      const aside = ['strace', '-D', '-f', '--seccomp-bpf', '-qq', '-o', calls]
      await loseNothing([...aside, '-e', 'trace=fsync,fdatasync', '-e', inject])
      assert.match(readFileSync(calls, 'utf8'), /INJECTED/, 'the disk did fail')
      tellProgress(trial + 1, brokenSyncs, 'disks that do not confirm')
    }
  })
})

/** Stock moves, one after the other, until one is refused, or has no answer for a while. */
async function sendUntilRefused(client: TillClient, signal: AbortSignal): Promise<void> {
  for (let i = 0; i < mostCommands; i++) {
    const command: TillCommand = {
      type: 'move-stock',
      commandId: `move-${process.hrtime.bigint()}-${i}`,
      ...{ reason: 'staff', plate: 'g1-s1-p1', sku: cola.sku, quantity: 1, eventId: `event-${i}` },
    }
    const taken = await Promise.race([
      client.send(command, signal).then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 3000)),
    ])
    if (!taken) return
  }
  throw new Error('The disk took everything.')
}

/** The log of a database that was killed is as long as it was, and perhaps longer than the next limit. */
function emptyLog({ dataDirectory }: TestStore): void {
  const database = new Database(join(dataDirectory, databaseFile))
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
