import assert from 'node:assert/strict'
import fc from 'fast-check'
import sharp from 'sharp'
import { AisleError } from '../../../runtime/contract/errors.ts'
import { pictureKind } from '../../../runtime/vision/sources/picture-kind.ts'

const blank = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
const pictures = {
  'a JPEG': await blank.clone().jpeg().toBuffer(),
  'a progressive JPEG with metadata': await blank.clone().withMetadata().jpeg({ progressive: true }).toBuffer(),
  'a PNG': await blank.clone().png().toBuffer(),
}

describe('what a picture is', () => {
  for (const [name, bytes] of Object.entries(pictures)) {
    it(`is told of ${name}, and of one that a camera padded`, () => {
      const kind = { format: name === 'a PNG' ? 'png' : 'jpeg', widthPx: 40, heightPx: 30 }
      assert.deepEqual(pictureKind(bytes), kind)
      assert.deepEqual(pictureKind(Buffer.concat([bytes, Buffer.alloc(20)])), kind)
    })

    it(`is not told of ${name} that is cut off anywhere`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: bytes.length - 9 }), (end) => {
          assert.throws(() => pictureKind(bytes.subarray(0, end)), AisleError)
        }),
      )
    })
  }

  it('is told, or refused in words, of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom([], [0xff, 0xd8, 0xff]), (bytes, start) => {
        try {
          pictureKind(Buffer.from([...start, ...bytes]))
        } catch (error) {
          assert.ok(error instanceof AisleError)
        }
      }),
    )
  })
})
