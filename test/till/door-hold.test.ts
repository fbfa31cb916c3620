import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import { edit } from '../support/profile-folder.ts'
import {
  openTestStore,
  record,
  registration,
  showUntilScanned,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from './support/test-till.ts'
import { TwinProvider } from './support/twin-provider.ts'

describe('a till whose provider reserves at the door', () => {
  let store: TestStore
  let till: TestTill
  let provider: TwinProvider
  let told: ReturnType<typeof record>

  beforeEach(async () => {
    provider = await new TwinProvider('stripe', new SystemClock(), seededRandom(2)).start()
    store = await openTestStore()
    await edit(store.profileDirectory, 'profile.json', (profile) => {
      const payment = { provider: 'stripe', url: provider.url, secretKey: 'toss-secret-key', holdMinor: 30_000 }
      return { ...profile, payment }
    })
    till = await startTestTill(store)
    told = record(till.client('flows'))
  })
  afterEach(async () => {
    told.stop()
    await till.stop()
    await Promise.all([store.stop(), provider.stop()])
  })

  async function admit(name: string): Promise<string> {
    await till.client('accounts').send(registration(name))
    const { scanId } = await showUntilScanned(store.scanner, told.events, name)
    const admission = { type: 'admit' as const, commandId: `admit-${scanId}`, scanId, party: 1 }
    const { visitId = '' } = await till.client('flows').send({ ...admission, rule: '', policyHash: '' })
    return visitId
  }

  it('opens to whom it can reserve from, and stays closed to whose card is refused', async () => {
    provider.declines = true
    await assert.rejects(admit('anna'), { code: 'payment-declined' })
    const refused = told.events.flatMap(({ type, data }) => (type === 'visit-changed' ? [data] : [])).at(-1)
    await visitIn(till, refused?.visitId ?? '', 'void')
    assert.equal(refused?.enteredAtMs, null)

    provider.declines = false
    const visitId = await admit('bert')
    await visitIn(till, visitId, 'open')
    assert.deepEqual(
      provider.books.intents.map(({ amount, status }) => [amount, status]),
      [
        [30_000, 'requires_payment_method'],
        [30_000, 'requires_capture'],
      ],
    )
  })

  it('opens all the same when the provider does not answer in time', async () => {
    provider.faults.down = true
    const visitId = await admit('carl')
    await visitIn(till, visitId, 'open')
  })
})
