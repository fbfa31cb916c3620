/** Which models a store's cameras are looked at with: those of its profile, or the one that comes with us. */
import { join, resolve } from 'node:path'
import type { Profile } from '../../profile/profile-schema.ts'
import type { Detector, Embedder } from './model-definition.ts'
import type { ModelUse } from './model-file.ts'
import type { ModelLibrary } from './model-library.ts'

/** Its definition has the hash of its file, so nobody has to vouch for it. */
const shipped = { model: 'ceiling-people-hands', folder: join(import.meta.dirname, '../../../models') }

export interface ModelsOptions {
  profile: Pick<Profile, 'vision'>
  /** Files are named relative to it. */
  profileDirectory: string
  models: ModelLibrary
}

export interface StoreModels {
  detector: ModelUse & { definition: Detector }
  embedder?: ModelUse & { definition: Embedder }
}

/** @throws AisleError `model-unknown`, `model-mismatch` */
export function modelsOf({ profile, profileDirectory, models }: ModelsOptions): StoreModels {
  const { detector, embedder } = profile.vision ?? {}
  const fileOf = (file: string) => resolve(profileDirectory, file)
  return {
    detector: detector
      ? { ...pinned(detector), definition: models.of(detector.model, 'detect'), file: fileOf(detector.file) }
      : { definition: models.of(shipped.model, 'detect'), file: join(shipped.folder, `${shipped.model}.onnx`) },
    ...(embedder && {
      embedder: { ...pinned(embedder), definition: models.of(embedder.model, 'embed'), file: fileOf(embedder.file) },
    }),
  }
}

const pinned = ({ sha256 }: { sha256?: string | undefined }) => (sha256 === undefined ? {} : { sha256 })
