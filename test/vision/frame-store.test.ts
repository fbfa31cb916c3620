import assert from 'node:assert/strict'
import fc from 'fast-check'
import { FrameStore } from '../../runtime/vision/frame-store.ts'

const frame = (bytes: number) => ({
  ...{ format: 'rgb24' as const, widthPx: 1, heightPx: 1, takenAtMs: 0 },
  bytes: Buffer.alloc(bytes),
})

describe('the store of frames', () => {
  it('gives frames by id, and the newest of each camera', () => {
    const store = new FrameStore({ maxBytes: 100 })
    const first = store.put('a', frame(10))
    const second = store.put('b', frame(10))
    assert.equal(store.get(first.id), first)
    assert.equal(store.newest('b'), second)
    assert.equal(store.newest('c'), undefined)
    store.delete(second.id)
    assert.deepEqual([store.get(second.id), store.newest('b')], [undefined, undefined])
  })

  it('takes everything, holds no more than it may, and counts what it dropped, oldest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150), { minLength: 1 }), (sizes) => {
        const store = new FrameStore({ maxBytes: 100 })
        const ids = sizes.map((bytes, i) => store.put(`camera-${i % 3}`, frame(bytes)).id)
        const kept = ids.filter((id) => store.get(id))
        const { frames, bytes, dropped } = store.figures
        assert.deepEqual(kept, ids.slice(ids.length - kept.length))
        assert.deepEqual([frames, dropped], [kept.length, ids.length - kept.length])
        assert.ok(kept.length >= 1 && (bytes <= 100 || kept.length === 1))
      }),
    )
  })
})
