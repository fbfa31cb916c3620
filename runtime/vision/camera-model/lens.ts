/**
 * What a lens does to the direction of a ray, as OpenCV models it: a pinhole with radial and tangential distortion
 * (k1, k2, p1, p2, k3), or a fisheye (k1 to k4 of the angle). Points are those of the plane one unit before the
 * camera: x to the right, y down.
 */

export type Normalised = [x: number, y: number]

/** Where {@link Lens.distort} puts its answer: it is asked for so often that a new array each time would be felt. */
export type Answer = { x: number; y: number }

export interface Lens {
  /** @returns false beyond what the lens shows */
  distort(x: number, y: number, answer: Answer): boolean
  undistort(x: number, y: number): Normalised | null
}

/** The widest ray that any lens here is used for: 85 degrees off the line of sight, as its tangent. */
const widestRadius = Math.tan((85 * Math.PI) / 180)
const radiusStep = 0.01
const newtonSteps = 20
const precision = 1e-10

export function lensOf(kind: 'pinhole' | 'fisheye', distortion: readonly number[]): Lens {
  const [k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0] = distortion
  const radial = (r: number) =>
    kind === 'fisheye' ? fisheyeFactor(r, [k1, k2, p1, p2]) : 1 + r * r * (k1 + r * r * (k2 + r * r * k3))
  const [tangential1, tangential2] = kind === 'fisheye' ? [0, 0] : [p1, p2]
  const limit = kind === 'pinhole' && k2 === 0 && k3 === 0 ? turningRadius(k1) : monotonicUntil((r) => r * radial(r))
  const apply = (x: number, y: number, answer: Answer): void => {
    const rr = x * x + y * y
    const factor = radial(Math.sqrt(rr))
    answer.x = x * factor + 2 * tangential1 * x * y + tangential2 * (rr + 2 * x * x)
    answer.y = y * factor + tangential1 * (rr + 2 * y * y) + 2 * tangential2 * x * y
  }
  return {
    distort(x, y, answer) {
      if (x * x + y * y > limit * limit) return false
      apply(x, y, answer)
      return true
    },
    undistort: (x, y) => inverse(apply, x, y, limit),
  }
}

function fisheyeFactor(r: number, [k1, k2, k3, k4]: readonly [number, number, number, number]): number {
  if (r < 1e-8) return 1
  const angle = Math.atan(r)
  const a2 = angle * angle
  return (angle * (1 + a2 * (k1 + a2 * (k2 + a2 * (k3 + a2 * k4))))) / r
}

/**
 * Beyond some radius a fitted polynomial turns back, and would show in the middle of the picture what is far outside
 * of it: no ray beyond is drawn.
 */
function monotonicUntil(distorted: (r: number) => number): number {
  let before = 0
  for (let r = radiusStep; r < widestRadius; r += radiusStep) {
    const now = distorted(r)
    if (now <= before) return r - radiusStep
    before = now
  }
  return widestRadius
}

/** The same of `r + k1 r³`, which a calibration asks for thousands of times: where its slope is 0. */
const turningRadius = (k1: number) => (k1 < 0 ? Math.min(widestRadius, Math.sqrt(-1 / (3 * k1))) : widestRadius)

/** By Newton's method, because the fixed-point iteration in common use diverges at the rims of wide lenses. */
function inverse(
  apply: (x: number, y: number, answer: Answer) => void,
  xWanted: number,
  yWanted: number,
  limit: number,
): Normalised | null {
  const at = (x: number, y: number): Normalised => {
    const answer = { x: 0, y: 0 }
    apply(x, y, answer)
    return [answer.x, answer.y]
  }
  let [x, y] = within(xWanted, yWanted, limit)
  for (let step = 0; step < newtonSteps; step++) {
    const [px, py] = at(x, y)
    const [ex, ey] = [xWanted - px, yWanted - py]
    if (Math.hypot(ex, ey) < precision) return [x, y]
    const h = 1e-6
    const [ax, ay] = at(x + h, y)
    const [bx, by] = at(x, y + h)
    const [a, b, c, d] = [(ax - px) / h, (bx - px) / h, (ay - py) / h, (by - py) / h]
    const determinant = a * d - b * c
    if (Math.abs(determinant) < 1e-9) return null
    const next: Normalised = [x + (d * ex - b * ey) / determinant, y + (a * ey - c * ex) / determinant]
    ;[x, y] = within(...next, limit)
  }
  const [px, py] = at(x, y)
  return Math.hypot(xWanted - px, yWanted - py) < 1e-5 ? [x, y] : null
}

function within(x: number, y: number, limit: number): Normalised {
  const r = Math.hypot(x, y)
  return r <= limit ? [x, y] : [(x * limit) / r, (y * limit) / r]
}
