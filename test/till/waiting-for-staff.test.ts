import assert from 'node:assert/strict'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { asOfVersion } from './support/old-database.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, paid } from './support/test-ledger.ts'

describe("the till's state", () => {
  let path: string
  let ledger: Ledger
  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path)
  })
  afterEach(() => ledger.close())

  const waiting = async () => (await ledger.state()).visits.map(({ visitId }) => visitId)
  const decide = (visitId: string) =>
    ledger.take(
      {
        ...{ type: 'resolve-dispute', commandId: `decide-${visitId}`, visitId, lineId: 'line-tea' },
        ...{ outcome: 'reject', decidedBy: 'owner' },
      },
      9,
    )

  /** A disputed visit and one that is owed, and more visits after them than a client is told of. */
  async function longAgo(): Promise<{ disputed: string; owed: string }> {
    const disputed = await beginCharge(ledger, 'anna')
    await endCharge(ledger, disputed, paid('p'))
    await ledger.take(
      { type: 'dispute-line', commandId: 'd', visitId: disputed, lineId: 'line-tea', reason: 'I put it back.' },
      2,
    )
    const owed = await beginCharge(ledger, 'jun')
    await endCharge(ledger, owed, { outcome: 'declined', reason: 'limit' })
    for (let i = 0; i < 22; i++) {
      const visitId = await beginCharge(ledger, `shopper-${i}`)
      await endCharge(ledger, visitId, paid(`p-${i}`))
    }
    return { disputed, owed }
  }

  it('tells of every open dispute and every debt until somebody decided', async () => {
    const { disputed, owed } = await longAgo()
    const told = await waiting()
    assert.deepEqual([told.includes(disputed), told.includes(owed), new Set(told).size], [true, true, told.length])
    await decide(disputed)
    await ledger.take({ type: 'settle-debt', commandId: 's', visitId: owed, how: 'forgiven', decidedBy: 'owner' }, 9)
    for (let i = 0; i < 20; i++) await endCharge(ledger, await beginCharge(ledger, `later-${i}`), paid(`l-${i}`))
    const later = await waiting()
    assert.deepEqual([later.includes(disputed), later.includes(owed)], [false, false])
  })

  it('tells of them also when an earlier release wrote them down, whose accounts and visits are all there', async () => {
    const { disputed, owed } = await longAgo()
    const before = await ledger.exportAccount('anna')
    const old = await asOfVersion(path, '0007-subjects')
    await ledger.close()
    ledger = await openLedger(old)
    const told = await waiting()
    assert.deepEqual([told.includes(disputed), told.includes(owed)], [true, true])
    assert.deepEqual(await ledger.exportAccount('anna'), before)
  })
})
