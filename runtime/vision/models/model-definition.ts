/**
 * A model definition: what a model wants to be given and what its numbers mean, as data, so that a new model of a
 * known family needs no code. `hardware-profiles/models/<id>.json`. The model's own file is not part of it.
 */
import { type Static, Type } from 'typebox'
import { Identifier, oneOf, strictObject, taggedUnion } from '../../contract/schema.ts'

const triple = (description: string) => Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description })
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })
const strides = Type.Array(Type.Integer({ minimum: 1, maximum: 256 }), {
  minItems: 1,
  maxItems: 8,
  description: 'Pixels of the input that one cell of each grid stands for.',
})
const keypoint = (description: string) => Type.Integer({ minimum: 0, maximum: 132, description })
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const className = text(100)

const ModelInput = strictObject({
  widthPx: Type.Integer({ minimum: 8, maximum: 4096 }),
  heightPx: Type.Integer({ minimum: 8, maximum: 4096 }),
  layout: oneOf(['nchw', 'nhwc'], { description: 'Colour planes one after the other, or colours pixel by pixel.' }),
  channels: oneOf(['rgb', 'bgr']),
  type: oneOf(['float32', 'uint8']),
  normalise: Type.Optional(
    strictObject(
      { mean: triple('In the order of the channels.'), deviation: triple('In the order of the channels.') },
      { description: 'Each value becomes (value − mean) / deviation; without it, values are 0 to 255.' },
    ),
  ),
  fit: oneOf(['top-left', 'centred', 'stretched'], {
    description: 'Where a picture of another shape lies in the input, or that it is stretched to it.',
  }),
  padding: Type.Integer({ minimum: 0, maximum: 255, description: 'What surrounds it, before normalising.' }),
})

const head = {
  format: Type.Literal('open-aisle-model'),
  version: Type.Literal(1),
  id: Identifier({ description: "The file's name without .json; profiles refer to it." }),
  name: text(100),
  licence: Type.String({
    minLength: 1,
    maxLength: 100,
    description: "Of the model's weights, where one file is meant; the integrator answers for its use.",
  }),
  description: Type.String({ maxLength: 2000 }),
  sources: Type.Array(text(500), { minItems: 1 }),
  sha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Where exactly one file is meant. Else the profile says it.',
    }),
  ),
  input: ModelInput,
}

const DetectionOutput = taggedUnion('family', [
  strictObject(
    { family: Type.Literal('yolox'), strides },
    { description: 'One row a cell: centre and size relative to the cell, objectness, class scores.' },
  ),
  strictObject(
    { family: Type.Literal('yolov8'), strides },
    { description: 'One column a cell: centre and size in pixels, class scores. YOLOv8 and YOLO11.' },
  ),
  strictObject(
    {
      family: Type.Literal('yolov8-pose'),
      strides,
      keypoints: Type.Integer({ minimum: 1, maximum: 133 }),
      wrists: Type.Optional(Type.Array(keypoint('Of the hands.'), { maxItems: 2 })),
      head: Type.Optional(keypoint('The middle of the head.')),
      floor: Type.Optional(keypoint('Where the person stands on the floor.')),
    },
    { description: 'As yolov8, then x, y and confidence of each keypoint; here is which of them is what.' },
  ),
  strictObject(
    { family: Type.Literal('nanodet'), strides, distances: Type.Integer({ minimum: 2, maximum: 33 }) },
    { description: 'For each stride class scores, and four distributions over so many distances.' },
  ),
])

const Detector = strictObject({
  ...head,
  task: Type.Literal('detect'),
  output: DetectionOutput,
  classes: Type.Union([Type.Array(className, { minItems: 1, maxItems: 2000 }), Identifier()], {
    description: 'In the order of the scores; or the name of a list in hardware-profiles/models/classes.',
  }),
  detects: strictObject(
    {
      person: Type.Optional(Type.Array(className)),
      hand: Type.Optional(Type.Array(className)),
      object: Type.Optional(Type.Array(className)),
    },
    { description: 'What the classes are to a store; others are left out.' },
  ),
  scoreAtLeast: share('Low: tracking follows a person through a weak score too.'),
  overlapAtMost: share('Of two boxes of one class that share more than this, the better one stays.'),
})

const Embedder = strictObject({
  ...head,
  task: Type.Literal('embed'),
  output: strictObject({ numbers: Type.Integer({ minimum: 2, maximum: 8192 }) }),
})

export const ModelDefinition = taggedUnion('task', [Detector, Embedder])

export type ModelInput = Static<typeof ModelInput>
export type DetectionOutput = Static<typeof DetectionOutput>
export type Embedder = Static<typeof Embedder>
/** With its list of classes in place. */
export type Detector = Omit<Static<typeof Detector>, 'classes'> & { classes: readonly string[] }
export type ModelDefinition = Detector | Embedder
export type ModelTask = ModelDefinition['task']
