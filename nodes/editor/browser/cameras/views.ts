/** What the flows program tells the cameras' dialog, as plain types that both sides read. Metres, pixels of the picture. */

export type PointPx = readonly [xPx: number, yPx: number]
export type Point3DM = [number, number, number]

/** `GET open-aisle/cameras`: what the profile says now. */
export interface CameraFacts {
  /** A change is made on top of this one. */
  revision: string
  cameras: CameraPlace[]
  groups: { id: string; cameras: string[] }[]
  /** Points of the store that everybody finds in a picture. */
  corners: Corner[]
  /** Programs that have not read the newest change yet. */
  waiting: string[]
}

export interface CameraPlace {
  id: string
  positionM: Point3DM
  lookAtM: Point3DM
  /** Its lens was measured. */
  hasLens: boolean
}

export interface Corner {
  fixture: string
  side: 'front' | 'back'
  hand: 'left' | 'right'
  /** As the shopper before it sees it: its foot, a shelf's front edge by its number, or its top. */
  at: 'foot' | 'top' | number
  storeM: Point3DM
}

/** Seen at a pixel of the picture, and where that is in the store. */
export interface SeenPoint {
  atPx: PointPx
  storeM: Point3DM
}

/** `POST open-aisle/cameras/:id/fit` */
export interface FitQuestion {
  pictureSizePx: [number, number]
  points: SeenPoint[]
}

export interface Fit {
  /** How far each point is off on the floor, in the order of the question; null: the fit does not see it. */
  errorsCm: (number | null)[]
  errorPx: number | null
  refusal: {
    code: string
    reason: string
    value?: number
    /** Index of the worst point. */
    point?: number
  } | null
  /** Where the fit has the camera; also of a refused one. */
  found: { positionM: Point3DM; fieldDeg: number; measuresLens: boolean } | null
  /** The floor's metre grid as the fit sees it, or without one the camera as the profile has it: lines in the picture. */
  gridPx: PointPx[][]
}

/** `POST open-aisle/cameras/:id` */
export interface CalibrationChange extends FitQuestion {
  revision: string
}
