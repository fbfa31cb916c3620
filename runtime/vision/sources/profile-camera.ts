/** A camera of the profile, reached as its model's definition says, with the login that the profile names. */
import { pathToFileURL } from 'node:url'
import type { DeviceCatalogue, ProfileDevice } from '../../devices/catalogue.ts'
import type { ProgramSecrets } from '../../program/run-settings.ts'
import { handedSecret } from '../../security/handed-secret.ts'
import { cameraCapture, usualDecoder } from './camera-capture.ts'
import { CameraSource, type CameraSourceOptions } from './camera-source.ts'
import type { FrameSource } from './frame-source.ts'

export interface ProfileCameraOptions
  extends Pick<CameraSourceOptions, 'clock' | 'wireClock' | 'onFrame' | 'onHealth'> {
  catalogue: DeviceCatalogue
  secrets: ProgramSecrets
  /** Asks for pictures at least this often, where they have to be asked for; the definition's pace by default. */
  everyMs?: number
}

/** @throws AisleError `device-unknown`, `device-mismatch`, `secret-missing` */
export function profileCamera(device: ProfileDevice, options: ProfileCameraOptions): FrameSource {
  const { catalogue, secrets, everyMs = Number.POSITIVE_INFINITY, ...listener } = options
  const known = catalogue.of(device, 'camera')
  const definition = { ...known, intervalMs: Math.min(known.intervalMs, everyMs) }
  const { address, id } = device
  const { url, login: loginName } = placeOf(address)
  const login = loginName === undefined ? undefined : handedSecret(secrets, loginName)
  const { wireClock } = options
  return new CameraSource({
    ...listener,
    device: id,
    capture: cameraCapture({ url, login, definition, decoder: usualDecoder, wireClock }),
    definition,
  })
}

function placeOf(address: ProfileDevice['address']): { url: string; login?: string | undefined } {
  switch (address.transport) {
    case 'http':
    case 'rtsp':
      return address
    case 'file':
      return { url: pathToFileURL(address.path).href }
    default:
      // The catalogue has made sure of it.
      throw new Error(`no camera is reached by ${address.transport}`)
  }
}
