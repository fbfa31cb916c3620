/** A folder of pictures in place of a camera, in the order of their names. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, sleep } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { Capture, CaptureSink } from './frame-source.ts'
import { type PictureKind, pictureKind } from './picture-kind.ts'

export interface PictureFolderOptions {
  path: string
  /** Between two pictures. */
  intervalMs: number
  /** live: one an interval, again and again. once: as fast as they are taken. */
  play: 'live' | 'once'
  /** When the first picture was taken; by default now. */
  startMs?: number
  wireClock: Clock
}

export function pictureFolder({ path, intervalMs, play, startMs, wireClock }: PictureFolderOptions): Capture {
  return async (sink, end) => {
    const names = (await readdir(path)).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort()
    if (names.length === 0) {
      throw new AisleError('picture-unusable', 'the folder has no JPEG and no PNG in it.', {
        where: path,
        action: 'Put pictures into it, or name another folder.',
      })
    }
    const firstMs = startMs ?? wireClock.nowMs()
    for (let i = 0; !end.aborted && (play === 'live' || i < names.length); i++) {
      const takenAtWireMs = play === 'live' ? wireClock.nowMs() : firstMs + i * intervalMs
      const bytes = await readFile(join(path, names[i % names.length] ?? ''))
      const kind = kindOf(bytes, sink)
      if (kind) await sink.picture({ bytes, ...kind, takenAtWireMs })
      if (play === 'live') await sleep(wireClock, intervalMs, end)
    }
  }
}

function kindOf(bytes: Buffer, sink: CaptureSink): PictureKind | undefined {
  try {
    return pictureKind(bytes)
  } catch (error) {
    sink.damaged(errorSentence(error))
    return undefined
  }
}
