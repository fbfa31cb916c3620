/** What the owner of a store asks of its till from the shell. */
import assert from 'node:assert/strict'
import { readdir, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import addAccount from '../../bin/commands/account.ts'
import addBackup from '../../bin/commands/backup.ts'
import addRefund from '../../bin/commands/refund.ts'
import { releaseRunFile, writeRunFile } from '../../runtime/supervisor/run-file.ts'
import type { AccountExport } from '../../runtime/till-api/events.ts'
import { aisle } from '../support/aisle-command.ts'
import { asSupervised, whereIs } from './support/supervised.ts'
import {
  admit,
  checkOut,
  cola,
  gum,
  lineOf,
  openTestStore,
  registration,
  scanIn,
  settingsOf,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from './support/test-till.ts'

describe("the commands of a till's owner", () => {
  let store: TestStore
  let till: TestTill
  let dataDirectory: string
  let visitId: string

  before(async () => {
    store = await openTestStore()
    till = await startTestTill(store)
    dataDirectory = await asSupervised(store, till)
    await till.client('accounts').send(registration('anna'))
    visitId = await admit(till, (await scanIn(till, store, 'anna')).scanId)
    await checkOut(till.client('flows'), visitId, [lineOf(cola.sku, 2), lineOf(gum.sku, 1)])
    await visitIn(till, visitId, 'paid')
  })
  after(async () => {
    await till.stop()
    await store.stop()
  })

  const account = (...args: string[]) => aisle(addAccount, 'account', ...whereIs(store), ...args)
  const exported = async () => JSON.parse(await account('export', 'anna')) as AccountExport
  const refund = (...args: string[]) => aisle(addRefund, 'refund', visitId, ...args, ...whereIs(store))
  const inBackups = (command: string, ...args: string[]) => aisle(addBackup, command, ...args, ...whereIs(store))

  it('account export: gives all that is kept of a person', async () => {
    const { visits, scans } = await exported()
    assert.deepEqual([visits.map((visit) => visit.visitId), scans.length], [[visitId], 1])
  })

  it('backup: copies the database of the store that runs, for its owner alone', async () => {
    assert.match(await inBackups('backup'), /[1-9][0-9]* journal entries .* verified/)
    const folder = join(dataDirectory, 'backups')
    const [file = '', ...others] = await readdir(folder)
    assert.deepEqual([others, (await stat(join(folder, file))).mode & 0o077], [[], 0])
  })

  it('refund: lists the lines of a visit, and gives one of them back once, in the name of whoever asked', async () => {
    const [first = ''] = (await refund()).split('\n')
    assert.deepEqual(first.split('\t').slice(1, 2), ['2'])
    const [lineId = ''] = first.split('\t')
    await refund(lineId, '--reason', 'it was broken')
    await refund(lineId, '--reason', 'it was broken')
    const [visit] = (await exported()).visits
    const given = visit?.refunds?.map(({ by, reason }) => [by, reason])
    assert.deepEqual(given, [[userInfo().username, 'it was broken']])
  })

  it('restore: is refused while the store runs, and puts the copy in the place of what there is when it does not', async () => {
    const folder = join(dataDirectory, 'backups')
    const backup = join(folder, (await readdir(folder))[0] ?? '')
    await assert.rejects(inBackups('restore', backup), { code: 'store-running' })
    await till.stop()
    await releaseRunFile(dataDirectory)
    assert.match(await inBackups('restore', backup), /verified and restored/)
    till = await startTestTill(store)
    const restored = await visitIn(till, visitId, 'paid')
    assert.equal(restored.refunds, undefined, 'as it was when it was copied')
  })

  it('account export: says so when no store runs', async () => {
    await assert.rejects(account('export', 'anna'), { code: 'store-not-running' })
  })

  it('account forget: leaves nothing of a person to be exported', async () => {
    writeRunFile(settingsOf(store, till.port))
    assert.match(await account('forget', 'anna'), /^anna is forgotten/)
    await assert.rejects(account('export', 'anna'), { code: 'account-unknown' })
  })
})
