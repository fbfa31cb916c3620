/** A person as cameras see one: where the body's points are, and the parts that are drawn around them. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { cross, dot, minus, along as plus, unit } from '../../vision/camera-model/vectors.ts'
import type { Rgb } from './canvas.ts'
import type { Clothes } from './clothes.ts'
import type { Capsule } from './draw-capsule.ts'
import type { Pinhole } from './pinhole.ts'

export interface Figure {
  id: string
  /** Where it stands. */
  positionM: PointM
  headingRad: number
  heightM: number
  /** The crown; leans with the reach of an arm. */
  headM: Point3DM
  /** Wrists, left and right. */
  handsM: readonly [Point3DM, Point3DM]
  /** Distance walked, which moves the legs. */
  walkedM: number
  /** What the hands hold: a colour for each piece. */
  holds: readonly [readonly Rgb[], readonly Rgb[]]
  /** Carries a bag at the side. */
  hasBag: boolean
  clothes: Clothes
}

/** Whose pixel it is: the figure's number from 0 on, and which part. */
export type BodyPart = 'body' | 'head' | 'left hand' | 'right hand'
const parts: readonly BodyPart[] = ['body', 'head', 'left hand', 'right hand']

export const ownerOf = (figure: number, part: BodyPart): number => 1 + figure * parts.length + parts.indexOf(part)

/** Lengths are those of a body of this height; others are in proportion. */
const grownM = 1.7
/** The head's middle is so far below the crown. */
export const headMiddleBelowM = 0.115
const shouldersBelowM = 0.3
const shoulderAsideM = 0.18
const upperArmM = 0.3
const forearmM = 0.28
const hipHighM = 0.9
const hipAsideM = 0.09
const strideM = 0.65
const footForwardM = 0.2

/** The middle of the head, which is what one sees of it from all sides. */
export function headMiddleOf({ headM, heightM }: Pick<Figure, 'headM' | 'heightM'>): Point3DM {
  return plus(headM, [0, 0, -1], (headMiddleBelowM * heightM) / grownM)
}

interface Part {
  part: BodyPart
  fromM: Point3DM
  toM: Point3DM
  radiusM: number
  colour: Rgb
  patch?: Capsule['patch']
  stripes?: Capsule['stripes']
}

/** The parts of one figure in a camera's own axes. */
export function capsulesOf(figure: Figure, number: number, camera: Pinhole): Capsule[] {
  return partsOf(figure).map(({ part, fromM, toM, patch, ...rest }) => ({
    ...rest,
    fromM: camera.point(fromM),
    toM: camera.point(toM),
    ...(patch ? { patch: { ...patch, towards: camera.direction(patch.towards) } } : {}),
    owner: ownerOf(number, part),
  }))
}

function partsOf(figure: Figure): Part[] {
  const { headM, headingRad, heightM, positionM, clothes } = figure
  const size = heightM / grownM
  const ahead: Point3DM = [Math.cos(headingRad), Math.sin(headingRad), 0]
  const left: Point3DM = [-ahead[1], ahead[0], 0]
  const bulk = size * clothes.build
  const neck = plus(headM, [0, 0, -1], shouldersBelowM * size)
  const hips: Point3DM = [positionM[0], positionM[1], hipHighM * size]
  const chest = plus(neck, minus(hips, neck), 0.35)
  const body = (fromM: Point3DM, toM: Point3DM, radiusM: number, colour: Rgb, more: Partial<Part> = {}): Part => ({
    ...{ part: 'body', fromM, toM, radiusM, colour },
    ...more,
  })
  const side = (sign: number, of: Point3DM, asideM: number) => plus(of, left, sign * asideM * size)
  const shirt = { ...(clothes.stripes ? { stripes: clothes.stripes } : {}) }
  const shoulder = (sign: number) => side(sign, neck, shoulderAsideM)
  const trunk = [
    body(shoulder(-1), shoulder(1), 0.075 * bulk, clothes.top),
    body(side(-1, chest, 0.075), side(-1, hips, 0.06), 0.11 * bulk, clothes.top, shirt),
    body(side(1, chest, 0.075), side(1, hips, 0.06), 0.11 * bulk, clothes.top, shirt),
    body(plus(neck, [0, 0, -1], 0.06 * size), plus(hips, ahead, 0.02), 0.115 * bulk, clothes.top, shirt),
    body(plus(headM, [0, 0, -1], 0.2 * size), neck, 0.055 * size, clothes.skin),
  ]
  const things = figure.hasBag ? [bagOf(figure, hips, left, size)] : []
  const pack = clothes.backpack
    ? [body(plus(chest, ahead, -0.16), plus(plus(hips, ahead, -0.17), [0, 0, 1], 0.1), 0.12, clothes.backpack)]
    : []
  return [
    ...trunk,
    ...headOf(figure, ahead, left, size),
    ...([0, 1] as const).flatMap((hand) => armOf(figure, hand, shoulder(hand === 0 ? 1 : -1), left, size)),
    ...([1, -1] as const).flatMap((sign) => legOf(figure, sign, side(sign, hips, hipAsideM), ahead, left, size)),
    ...things,
    ...pack,
  ]
}

function headOf(figure: Figure, ahead: Point3DM, left: Point3DM, size: number): Part[] {
  const { clothes } = figure
  const middle = headMiddleOf(figure)
  const up: Point3DM = [0, 0, 1]
  const face = { colour: clothes.skin, towards: unit(plus(ahead, up, -0.35)), cos: clothes.bald ? -0.6 : 0.35 }
  const head = (fromM: Point3DM, toM: Point3DM, radiusM: number, colour: Rgb, patch?: Part['patch']): Part => ({
    ...{ part: 'head', fromM, toM, radiusM, colour, patch },
  })
  const skull = head(plus(middle, up, -0.025 * size), plus(middle, up, 0.022 * size), 0.093 * size, clothes.hair, face)
  const back = plus(middle, ahead, -0.035 * size)
  const extra = {
    short: [],
    long: [head(back, plus(back, up, -0.16 * size), 0.08 * size, clothes.hair)],
    bun: [head(plus(back, up, 0.07 * size), plus(back, up, 0.08 * size), 0.045 * size, clothes.hair)],
    cap: [
      head(plus(middle, up, 0.04 * size), plus(middle, up, 0.045 * size), 0.096 * size, clothes.cap),
      head(
        plus(plus(plus(middle, ahead, 0.1 * size), up, 0.04), left, 0.04),
        plus(plus(plus(middle, ahead, 0.1 * size), up, 0.04), left, -0.04),
        0.028 * size,
        clothes.cap,
      ),
    ],
  }[clothes.hairStyle]
  return [skull, ...extra]
}

/** Two links from the shoulder to the wrist, the elbow outwards and down; then the hand and what it holds. */
function armOf(figure: Figure, hand: 0 | 1, shoulder: Point3DM, left: Point3DM, size: number): Part[] {
  const { clothes, handsM, holds } = figure
  const wrist = handsM[hand]
  const sign = hand === 0 ? 1 : -1
  const elbow = elbowOf(shoulder, wrist, unit([left[0] * sign * 0.6, left[1] * sign * 0.6, -0.8]), size)
  const forward = unit(minus(wrist, elbow))
  const sleeve = clothes.sleeves === 'long' ? clothes.top : clothes.skin
  const part = hand === 0 ? 'left hand' : 'right hand'
  const pieces = holds[hand].slice(0, 3).map((colour, i): Part => {
    const at = plus(plus(wrist, forward, 0.1 * size), [0, 0, 1], 0.05 * i)
    return { part: 'body', fromM: plus(at, [0, 0, 1], -0.04), toM: plus(at, [0, 0, 1], 0.06), radiusM: 0.035, colour }
  })
  return [
    { part: 'body', fromM: shoulder, toM: elbow, radiusM: 0.052 * size * clothes.build, colour: clothes.top },
    { part: 'body', fromM: elbow, toM: plus(wrist, forward, -0.065 * size), radiusM: 0.036 * size, colour: sleeve },
    {
      ...{ part, fromM: plus(wrist, forward, -0.045 * size), toM: plus(wrist, forward, 0.045 * size) },
      ...{ radiusM: 0.043 * size, colour: clothes.skin },
    },
    ...pieces,
  ]
}

/** @param pole where the elbow would rather be */
function elbowOf(shoulder: Point3DM, wrist: Point3DM, pole: Point3DM, size: number): Point3DM {
  const [upper, lower] = [upperArmM * size, forearmM * size]
  const line = minus(wrist, shoulder)
  const length = Math.hypot(...line)
  const along = unit(line)
  // Farther than an arm goes: it is drawn straight.
  if (length >= upper + lower) return plus(shoulder, along, (length * upper) / (upper + lower))
  const share = length < 1e-6 ? 0 : (upper ** 2 - lower ** 2 + length ** 2) / (2 * length)
  const out = Math.sqrt(Math.max(0, upper ** 2 - share ** 2))
  return plus(plus(shoulder, along, share), unit(plus(pole, along, -dot(pole, along))), out)
}

function legOf(figure: Figure, sign: number, hip: Point3DM, ahead: Point3DM, left: Point3DM, size: number): Part[] {
  const { clothes, walkedM, positionM } = figure
  const step = Math.sin((Math.PI * walkedM) / strideM + (sign > 0 ? 0 : Math.PI)) * footForwardM * size
  const foot = plus(plus([positionM[0], positionM[1], 0.08 * size], left, sign * 0.1 * size), ahead, step)
  const knee = plus(plus(hip, minus(foot, hip), 0.5), ahead, 0.05 * size)
  const leg = { part: 'body', colour: clothes.legs } as const
  const calf = clothes.shorts ? clothes.skin : clothes.legs
  const up = cross(ahead, left)
  return [
    { ...leg, fromM: hip, toM: knee, radiusM: 0.08 * size * clothes.build },
    { ...leg, fromM: knee, toM: foot, radiusM: 0.055 * size, colour: calf },
    {
      ...{ part: 'body', fromM: plus(plus(foot, ahead, -0.04 * size), up, -0.04 * size) },
      ...{ toM: plus(plus(foot, ahead, 0.14 * size), up, -0.045 * size), radiusM: 0.042 * size, colour: clothes.shoes },
    },
  ]
}

function bagOf({ clothes }: Figure, hips: Point3DM, left: Point3DM, size: number): Part {
  const at = plus(hips, left, -0.27 * size)
  return {
    ...{ part: 'body', fromM: plus(at, [0, 0, 1], -0.15), toM: plus(at, [0, 0, 1], -0.02) },
    ...{ radiusM: 0.1 * size, colour: clothes.bag },
  }
}
