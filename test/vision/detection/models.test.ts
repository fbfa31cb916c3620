import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { largestModelBytes, readModel } from '../../../runtime/vision/models/model-file.ts'
import { loadModelDefinitions } from '../../../runtime/vision/models/model-library.ts'
import { tryModel } from '../../../runtime/vision/models/model-trial.ts'
import { type ExecutionProvider, openModel } from '../../../runtime/vision/models/open-model.ts'
import { endless, greedy, modelFolder, personAnswer, sha256, tinyModel, tinyYolox } from './tiny-models.ts'

const shipped = fileURLToPath(new URL('../../../hardware-profiles/models', import.meta.url))

describe('model definitions', () => {
  const folder = modelFolder()

  async function load(definition: object, name = 'tiny-yolox') {
    const path = folder.path(`definitions-${Math.random()}`)
    await mkdir(path)
    await writeFile(join(path, `${name}.json`), JSON.stringify(definition))
    return loadModelDefinitions(path)
  }

  it('come with the platform for the families that integrators use', async () => {
    const { all } = await loadModelDefinitions(shipped)
    const families = new Set<string>(all.map((model) => (model.task === 'detect' ? model.output.family : model.task)))
    for (const family of ['yolox', 'yolov8', 'yolov8-pose', 'nanodet', 'embed']) assert.ok(families.has(family), family)
  })

  it('take their classes from a list that several share', async () => {
    const library = await loadModelDefinitions(shipped)
    assert.equal(library.of('yolox-nano-416', 'detect').classes.length, 80)
  })

  it('are refused with the place of the mistake', async () => {
    const wrong = { ...tinyYolox, scoreAtLeast: 3 }
    await assert.rejects(load(wrong), { code: 'model-definition-invalid', message: /scoreAtLeast/ })
  })

  it('are refused when they name a class that the model has not', async () => {
    await assert.rejects(load({ ...tinyYolox, detects: { person: ['people'] } }), /names people/)
  })

  it('are refused when they name a keypoint that the model has not', async () => {
    const output = { family: 'yolov8-pose', strides: [16], keypoints: 2, head: 2 }
    await assert.rejects(load({ ...tinyYolox, output }), /keypoint 2, but there are 2/)
  })

  it('are refused when the list of classes is not there', async () => {
    await assert.rejects(load({ ...tinyYolox, classes: 'nowhere' }), /list of classes nowhere/)
  })

  it('have the name of their file', async () => {
    await assert.rejects(load(tinyYolox, 'another'), /id is "tiny-yolox"/)
  })

  it('are asked for by what they are to do', async () => {
    const library = await loadModelDefinitions(shipped)
    assert.throws(() => library.of('person-reid-retail-0287', 'detect'), { code: 'model-mismatch' })
    assert.throws(() => library.of('yolo-9000', 'detect'), { code: 'model-unknown', action: /yolox-nano-416/ })
  })
})

describe('a model file', () => {
  const folder = modelFolder()
  const model = () => folder.add(tinyModel(personAnswer))

  it('is read when its hash is the one that was vouched for', async () => {
    const use = model()
    assert.equal(sha256(await readModel(use)), use.sha256)
  })

  it('is refused while nobody vouches for it, and says its hash', async () => {
    const { sha256: hash, ...use } = model()
    await assert.rejects(readModel(use), { code: 'model-unpinned', message: new RegExp(hash) })
  })

  it('is refused when it is another than was vouched for', async () => {
    await assert.rejects(readModel({ ...model(), sha256: '0'.repeat(64) }), { code: 'model-changed' })
    const definition = { ...tinyYolox, sha256: 'f'.repeat(64) }
    await assert.rejects(readModel({ ...model(), definition }), { code: 'model-changed' })
  })

  it('is refused when it is not there, or no file', async () => {
    await assert.rejects(readModel({ ...model(), file: folder.path('none.onnx') }), { code: 'model-missing' })
    const pipe = folder.path('pipe')
    execFileSync('mkfifo', [pipe])
    await assert.rejects(readModel({ ...model(), file: pipe }), { code: 'model-missing', message: /no file/ })
  })

  it('is refused before it is read when it is too large', async () => {
    const file = folder.path('large.onnx')
    await writeFile(file, '')
    await truncate(file, largestModelBytes + 1)
    await assert.rejects(readModel({ ...model(), file }), { code: 'model-too-large' })
  })

  for (const [what, bytes] of [
    ['empty', Buffer.alloc(0)],
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ['cut off', tinyModel(personAnswer).subarray(0, 200)],
  ] as const) {
    it(`is refused when it is ${what}`, async () => {
      await assert.rejects(readModel(folder.add(bytes)), { code: 'model-broken' })
    })
  }

  it('is refused when it names other classes than its definition', async () => {
    const named = (names: string) => readModel(folder.add(tinyModel(personAnswer, { notes: { names } })))
    await named("{0: 'person', 1: 'bottle', 2: 'chair'}")
    await assert.rejects(named("{0: 'person', 1: \"potter's wheel\", 2: 'chair'}"), {
      code: 'model-classes',
      message: /class 1 is potter's wheel, .* bottle/,
    })
    await assert.rejects(named("{0: 'person', 1: 'bottle'}"), { code: 'model-classes', message: /class 2 is missing/ })
  })
})

describe('a model that is opened', () => {
  const open = async (bytes: Uint8Array, providers: readonly ExecutionProvider[] = ['cpu']) => {
    const model = await openModel(tinyYolox, bytes, 'tiny.onnx', { providers, threads: 1 })
    await model.close()
    return model
  }

  it('may leave lengths open', () => open(tinyModel(personAnswer, { inputDims: ['batch', 3, 'height', 'width'] })))

  it('is refused when it takes something else than the definition says', async () => {
    await assert.rejects(open(tinyModel(personAnswer, { inputDims: [1, 3, 64, 64] })), {
      code: 'model-shape',
      message: /float32 \[1, 3, 64, 64\], but the definition says float32 \[1, 3, 32, 32\]/,
    })
    await assert.rejects(open(tinyModel(personAnswer, { inputType: 'uint8' })), { code: 'model-shape' })
  })

  it('is refused when it gives something else than the definition says', async () => {
    await assert.rejects(open(tinyModel(personAnswer.subarray(0, 28), { outputDims: [1, 4, 7] })), {
      code: 'model-shape',
      message: /gives float32 \[1, 4, 7\], but by the definition there is float32 \[1, 4, 8\]/,
    })
  })

  it('is refused when it gives what is no number', async () => {
    await assert.rejects(open(tinyModel(new Float32Array(32).fill(Number.NaN))), { code: 'model-broken' })
  })

  it('is refused when its graph makes no sense', async () => {
    const bytes = tinyModel(personAnswer)
    bytes.write('ReduceLean', bytes.indexOf('ReduceMean'))
    await assert.rejects(open(bytes), { code: 'model-broken', message: /ReduceLean/ })
  })

  it('falls back to the processor, and says why', async () => {
    const { provider, notices } = await open(tinyModel(personAnswer), ['openvino', 'cpu'])
    assert.equal(provider, 'cpu')
    assert.match(notices.join(), /no openvino/)
  })
})

describe("a model's first run", () => {
  const folder = modelFolder()
  const run = (bytes: Uint8Array, deadlineMs = 60_000) => tryModel(folder.add(bytes), deadlineMs)

  it('lets a good one pass', () => run(tinyModel(personAnswer)))

  it('hands on why a model was refused', async () => {
    await assert.rejects(run(tinyModel(new Float32Array(32).fill(Number.NaN))), { code: 'model-broken' })
  })

  it('ends one that does not end by itself', async () => {
    await assert.rejects(run(tinyModel(personAnswer, { extra: endless }), 2000), { code: 'model-hangs' })
  })

  it('refuses one that asks for more memory than there is', async () => {
    await assert.rejects(run(tinyModel(personAnswer, { extra: greedy })), { code: /model-(broken|crashes)/ })
  })
})
