import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadDeviceDefinitions, readDefinition } from '../../runtime/devices/catalogue.ts'

const shipped = join(import.meta.dirname, '../../hardware-profiles/devices')
const mx08 = JSON.parse(await readFile(join(shipped, 'baykon-mx08.json'), 'utf8'))

const refusal = (changes: object): AisleError => {
  try {
    readDefinition(JSON.stringify({ ...mx08, ...changes }), '/store/baykon-mx08.json')
  } catch (error) {
    if (error instanceof AisleError) return error
  }
  return assert.fail('it was accepted')
}

describe('the catalogue of device definitions', () => {
  it('finds every shipped definition by scanning', async () => {
    const catalogue = await loadDeviceDefinitions(shipped)
    for (const id of [
      'baykon-mx08',
      'generic-rs485-1',
      'laumas-tlb4',
      'moxa-e1214',
      'tcp-scanner',
      'http-camera',
      'people-mqtt',
    ]) {
      assert.equal(catalogue.get(id)?.id, id)
    }
  })

  it('knows a definition by the name that profiles of earlier releases use', async () => {
    const catalogue = await loadDeviceDefinitions(shipped)
    assert.equal(catalogue.get('generic-rs485')?.id, 'generic-rs485-1')
    assert.equal(catalogue.all.filter(({ id }) => id.startsWith('generic-rs485')).length, 4)
  })

  it('refuses a misfit with file and place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'devices-'))
    try {
      await writeFile(join(folder, 'odd.json'), JSON.stringify({ ...mx08, id: 'odd', channels: 0, colour: 'red' }))
      await assert.rejects(loadDeviceDefinitions(folder), (error: AisleError) => {
        assert.equal(error.where, join(folder, 'odd.json'))
        assert.match(error.message, /\/channels is 0/)
        assert.match(error.message, /\/colour is not a known field/)
        return true
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('refuses a second definition of an id, because the id is the name of the file', () => {
    assert.match(refusal({ id: 'other' }).message, /\/id is "other", but the file is baykon-mx08\.json/)
  })

  it('refuses registers that no request reads', () => {
    assert.match(refusal({ reads: [{ address: 1004, count: 50 }] }).message, /\/weight needs register 1056/)
  })

  it('refuses requests that overlap, or that the device cannot answer', () => {
    const overlapping = [
      { address: 1004, count: 56 },
      { address: 1059, count: 2 },
    ]
    assert.match(refusal({ reads: overlapping }).message, /\/reads\/1 overlaps \/reads\/0/)
    assert.match(refusal({ reads: [{ address: 1004, count: 64 }] }).message, /answers at most 60/)
  })

  it('refuses numbers that share a register', () => {
    const net = { address: 1008, stride: 7, type: 'i32' }
    assert.match(refusal({ net }).message, /\/net overlaps \/weight in register 1008/)
  })

  it('refuses orders that cannot be carried out or confirmed', () => {
    const order = { address: 1061, stride: 1, values: [1], wearsFlash: false }
    const commands = (name: string, changes: object) => ({ commands: { [name]: { ...order, ...changes } } })
    assert.match(refusal(commands('calibrateSpan', {})).message, /needs a known weight/)
    assert.match(refusal(commands('zero', { wearsFlash: true })).message, /needs a flashWriteBudget/)
    assert.match(refusal(commands('zero', { values: undefined })).message, /nothing is written/)
    const { net: _, ...withoutNet } = mx08.status
    assert.match(
      refusal({ ...commands('tare', {}), net: undefined, status: withoutNet }).message,
      /cannot be confirmed/,
    )
  })

  it('refuses channels whose numbers run into one another', () => {
    assert.match(refusal({ weight: { ...mx08.weight, stride: 1 } }).message, /less than the 2 registers/)
  })

  it('refuses an unknown kind, keys that poison prototypes, and what is no JSON', () => {
    assert.match(refusal({ kind: 'toaster' }).message, /\/kind is "toaster"/)
    for (const text of ['{"__proto__":{"kind":"camera"}}', '{', 'null', '[]', '3']) {
      assert.throws(() => readDefinition(text, '/store/x.json'), AisleError)
    }
  })

  it('refuses a device that is used as what it is not', async () => {
    const catalogue = await loadDeviceDefinitions(shipped)
    const device = (definition: string) => ({
      id: 'd',
      definition,
      address: { transport: 'tcp' as const, host: '127.0.0.1', port: 1 },
    })
    assert.throws(() => catalogue.of(device('nothing'), 'camera'), { code: 'device-unknown' })
    assert.throws(() => catalogue.of(device('http-camera'), 'reader'), { code: 'device-mismatch' })
    assert.throws(() => catalogue.of(device('http-camera'), 'camera'), { code: 'device-mismatch' })
    assert.equal(catalogue.of(device('tcp-scanner'), 'reader').terminator, '\r')
  })
})
