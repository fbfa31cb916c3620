/**
 * What the cameras' dialog does: looking through a camera, fitting its place and lens to points that were clicked, and
 * writing a good fit into the profile. Pictures go to the browser that asks and are kept nowhere.
 */
import { AisleError } from '../../runtime/contract/errors.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { cameraHangs } from '../../runtime/profile/store-changes.ts'
import type { ProgramContext } from '../../runtime/program/program.ts'
import { handedSecret } from '../../runtime/security/handed-secret.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { type Calibration, calibrate, fieldOfView } from '../../runtime/vision/calibration/calibrate.ts'
import { cornersOf } from '../../runtime/vision/calibration/corners.ts'
import { floorGrid } from '../../runtime/vision/calibration/floor-grid.ts'
import { profileCalibration } from '../../runtime/vision/calibration/profile-calibration.ts'
import { CameraModel } from '../../runtime/vision/camera-model/camera-model.ts'
import { fetchPicture } from '../../runtime/vision/picture-client.ts'
import type { Frame } from '../../runtime/vision/sources/frame-source.ts'
import type { CalibrationChange, CameraFacts, Fit, FitQuestion } from '../editor/browser/cameras/views.ts'
import type { Saved } from '../editor/browser/saved.ts'
import type { StoreDesk } from './store-desk.ts'

export interface CameraDeskOptions {
  store: StoreDesk
  /** The newest picture of a camera; undefined when there is none that is fresh. */
  picture(camera: string): Promise<Frame | undefined>
  audit(event: string, facts: object): void
}

export class CameraDesk {
  readonly #options: CameraDeskOptions

  constructor(options: CameraDeskOptions) {
    this.#options = options
  }

  async facts(): Promise<CameraFacts> {
    const { store } = this.#options
    const { hash, profile, layout, names } = await store.look()
    return {
      revision: hash,
      cameras: profile.cameras.map(({ id, positionM, lookAtM, lens }) => {
        return { id, positionM, lookAtM, hasLens: lens !== undefined }
      }),
      groups: names.cameraGroups.map(({ id, cameras }) => ({ id, cameras })),
      corners: cornersOf(layout),
      waiting: store.waiting,
    }
  }

  picture(camera: string): Promise<Frame | undefined> {
    return this.#options.picture(camera)
  }

  async fit(id: string, { pictureSizePx, points }: FitQuestion): Promise<Fit> {
    const store = await this.#options.store.lastLook()
    const camera = cameraIn(store, id)
    const fit = calibrate({ pictureSizePx, points, camera })
    const seen = new CameraModel(fit.found ?? camera, pictureSizePx)
    return { ...fitView(fit, pictureSizePx), gridPx: floorGrid(seen, store.profile.floor.sizeM) }
  }

  /** @throws AisleError `calibration-refused` with the reason when the points do not fit together */
  async calibrate(user: string, id: string, { revision, pictureSizePx, points }: CalibrationChange): Promise<Saved> {
    const { store, audit } = this.#options
    const { camera, errorsCm, refusal } = calibrate({ pictureSizePx, points, camera: cameraIn(await store.look(), id) })
    if (!camera) {
      throw new AisleError('calibration-refused', refusal?.reason ?? 'The points do not fit together.', {
        where: id,
        action: 'Correct the points and save again.',
      })
    }
    const { before, saved } = await store.change(revision, cameraHangs(id, profileCalibration(camera)))
    const old = before.profile.cameras.find((one) => one.id === id)
    audit('camera calibrated', {
      user,
      camera: id,
      old,
      points: points.length,
      errorsCm,
      revision,
      saved: saved.revision,
    })
    return saved
  }
}

function cameraIn({ profile }: LoadedStore, id: string): LoadedStore['profile']['cameras'][number] {
  const camera = profile.cameras.find((one) => one.id === id)
  if (camera) return camera
  throw new AisleError('camera-unknown', `There is no camera ${id}.`, {
    action: 'Take the name from the profile as it is now.',
  })
}

function fitView(fit: Calibration, pictureSizePx: [number, number]): Omit<Fit, 'gridPx'> {
  const { found, errorsCm, errorPx, refusal, measured } = fit
  const focalPx = found?.lens?.focalPx
  return {
    errorsCm,
    errorPx: Number.isFinite(errorPx) ? errorPx : null,
    refusal,
    found: found && {
      positionM: found.positionM,
      fieldDeg: focalPx === undefined ? 0 : fieldOfView(pictureSizePx[0], focalPx),
      measuresLens: measured.focal,
    },
  }
}

/** The desk of the store that runs; sensing has the pictures, whoever reaches the cameras. */
export function liveCameras({ settings, secrets, log, store }: ProgramContext & { store: StoreDesk }): CameraDesk {
  const url = `http://${settings.host}:${settings.ports.sensing}`
  const token = handedSecret(secrets, generatedSecrets.sensingToken)
  return new CameraDesk({
    store,
    picture: (camera) => fetchPicture(url, token, camera),
    audit: (event, facts) => log.info(facts, `audit ${event}`),
  })
}
