import assert from 'node:assert/strict'
import { programPlans } from '../../bin/program-plans.ts'
import { brokerUsers } from '../../runtime/broker/access.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { ownVisionDevice, ownVisionOf, watchesItself, withOwnVision } from '../../runtime/profile/own-vision.ts'
import type { RunSettings } from '../../runtime/program/run-settings.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { cornerShop } from '../twin/corner-shop.ts'

describe("a store's own vision", () => {
  let shop: LoadedStore

  before(async () => {
    shop = await cornerShop()
  })

  const settings = (start: Pick<RunSettings, 'live' | 'vision'>): RunSettings => ({
    ...{ profileDirectory: 'profile', dataDirectory: 'data', host: '127.0.0.1', ...start },
    ports: { console: 1, editor: 2, till: 3, sensing: 4, broker: 5, phone: 6, vision: 7 },
    clock: { scale: 1, originMs: 0 },
    twin: { seed: 1, shoppersPerHour: 1, visits: null },
  })
  const withCameraLogin = () => ({
    ...shop.profile,
    devices: shop.profile.devices.map((device) =>
      device.id === 'camera-1' && device.address.transport === 'http'
        ? { ...device, address: { ...device.address, login: 'camera-login' } }
        : device,
    ),
  })
  const plansOf = (start: Pick<RunSettings, 'live' | 'vision'>, profile = withCameraLogin()) =>
    new Map(programPlans(settings(start), profile, (name) => `value of ${name}`).map((plan) => [plan.name, plan]))

  it('is wanted where somebody asks for it, and in a live store without an appliance', () => {
    const { profile } = shop
    const withoutAppliance = { ...profile, visionAppliances: [] }
    assert.equal(watchesItself(profile, { live: false }), false)
    assert.equal(watchesItself(profile, { live: true }), false)
    assert.equal(watchesItself(profile, { live: false, vision: true }), true)
    assert.equal(watchesItself(withoutAppliance, { live: true }), true)
    assert.equal(watchesItself(withoutAppliance, { live: false }), false)
    assert.equal(watchesItself({ ...withoutAppliance, groups: [] }, { live: true }), false)
  })

  it('cannot be where no group has cameras', () => {
    const blind = { ...shop, profile: { ...shop.profile, groups: [] } }
    assert.throws(
      () => withOwnVision(blind, { live: false, vision: true }),
      (error: unknown) => error instanceof AisleError && error.code === 'vision-no-cameras',
    )
  })

  it('stands in the place of the appliance, under the name of the cameras', () => {
    const { profile } = withOwnVision(shop, { live: false, vision: true })
    assert.deepEqual(profile.visionAppliances, [{ id: 'ceiling', device: ownVisionDevice }])
    assert.equal(
      profile.devices.find(({ id }) => id === 'vision-box'),
      undefined,
    )
    assert.equal(ownVisionOf(profile)?.source, 'ceiling')
    assert.equal(ownVisionOf(shop.profile), null)
    assert.equal(withOwnVision(shop, { live: true }), shop)
  })

  it('may publish below its own topic and hear nothing; the appliance may not connect any more', () => {
    const { profile } = withOwnVision(shop, { live: true, vision: true })
    const secrets = {
      [generatedSecrets.brokerPasswordSensing]: 'a',
      [generatedSecrets.brokerPasswordDevices]: 'b',
      [generatedSecrets.brokerPasswordTill]: 'c',
    }
    const users = brokerUsers(profile, secrets)
    const own = users.find(({ name }) => name === ownVisionDevice)
    assert.deepEqual(own, {
      ...{ name: ownVisionDevice, password: 'b', publishes: 'corner-shop/own-vision', hearsAll: false, hears: [] },
    })
    assert.equal(
      users.find(({ name }) => name === 'vision-box'),
      undefined,
    )
  })

  it('is a program only where it has work, and alone knows the logins of the cameras then', () => {
    const usual = plansOf({ live: false })
    assert.equal(usual.has('vision'), false)
    assert.ok(usual.get('sensing')?.secrets['camera-login'])
    const watching = plansOf({ live: false, vision: true })
    assert.deepEqual(Object.keys(watching.get('vision')?.secrets ?? {}).sort(), [
      generatedSecrets.brokerPasswordDevices,
      'camera-login',
      generatedSecrets.visionToken,
    ])
    assert.equal(watching.get('sensing')?.secrets['camera-login'], undefined)
    assert.ok(watching.get('sensing')?.secrets[generatedSecrets.visionToken])
  })

  it('gives console and vision what pictures for reviews need, only where the profile keeps some', () => {
    const { evidenceToken, sensingToken } = generatedSecrets
    const plain = plansOf({ live: true, vision: true })
    for (const name of ['console', 'vision'] as const) assert.ok(!(evidenceToken in (plain.get(name)?.secrets ?? {})))
    const keeping = { ...withCameraLogin(), vision: { evidence: { keepHours: 24 } } }
    const plans = plansOf({ live: true, vision: true }, keeping)
    for (const name of ['console', 'vision'] as const) assert.ok(evidenceToken in (plans.get(name)?.secrets ?? {}))
    assert.ok(sensingToken in (plans.get('vision')?.secrets ?? {}))
    const byAppliance = plansOf({ live: true }, keeping)
    assert.ok(!(evidenceToken in (byAppliance.get('console')?.secrets ?? {})))
  })
})
