/**
 * Decodes video in a child process, ffmpeg, which a damaged stream may end and nothing else. It gives pixels (rgb24)
 * rather than JPEG: coding each picture once more costs 3 ms and decoding it again 6 ms, and both lose something,
 * where a pipe carries a 640 × 360 picture in less than 1 ms. Only pictures that are wanted are scaled. Neither an
 * address nor a login is in its command line or its environment: a camera's stream comes to its standard input.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { AisleError } from '../../../contract/errors.ts'
import { shortestStep } from '../pace.ts'
import { type PpmPicture, PpmPictures } from './ppm-pictures.ts'

export interface DecoderSettings {
  /** The program, by name or path. */
  ffmpeg: string
  /** Pictures are made to fit in here, never larger than they were; their proportions stay. */
  fitIn: { widthPx: number; heightPx: number }
}

export interface VideoDecoderOptions extends DecoderSettings {
  /** What it reads: ffmpeg's arguments up to and with -i. */
  input: readonly string[]
  /** No more pictures than one in so long of the video's own time. */
  intervalMs: number
  /** It is waited for. `atMs` is the picture's time in the video. */
  onPicture(picture: PpmPicture, atMs: number): void | Promise<void>
  /** What the decoder says about the video, in its words. */
  onComplaint(complaint: string): void
}

/** 8K; what claims to be larger is damaged or hostile. */
const mostPixels = 7680 * 4320

export class VideoDecoder {
  readonly #options: VideoDecoderOptions
  readonly #child: ChildProcess
  readonly #timesMs: number[] = []
  #awaitTime: (() => void) | undefined
  #timesEnded = false
  #lastComplaint = ''
  /** Resolves when the video has ended and all of its pictures were taken. @throws AisleError `ffmpeg-missing`, `decoder-failed` */
  readonly done: Promise<void>

  constructor(options: VideoDecoderOptions) {
    this.#options = options
    this.#child = spawn(options.ffmpeg, argumentsOf(options), {
      // Nothing of this process's environment is its business.
      env: { PATH: process.env.PATH ?? '', AV_LOG_FORCE_NOCOLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.done = this.#run()
    // Whoever stops it does not wait for it to fail.
    this.done.catch(() => {})
    // That it is gone is known from its end.
    this.#child.stdin?.on('error', () => {})
  }

  get input(): Writable | null {
    return this.#child.stdin
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  stop(): void {
    // A decoder that hangs does not hear a milder signal.
    this.#child.kill('SIGKILL')
  }

  async #run(): Promise<void> {
    const exited = new Promise<number | null>((resolve, reject) => {
      this.#child.once('error', (cause) => reject(missing(this.#options.ffmpeg, cause)))
      this.#child.once('close', (code) => resolve(code))
    })
    exited.catch(() => {})
    // Unless it could not be started at all, the child has the streams that it was started with.
    const [, pictures, complaints, times] = this.#child.stdio as unknown as [Writable, Readable, Readable, Readable]
    createInterface(complaints).on('line', (line) => this.#complain(line))
    createInterface(times)
      .on('line', (line) => this.#takeTime(line))
      .on('close', () => this.#endTimes())
    await Promise.all([this.#readPictures(pictures), exited])
    const code = await exited
    if (code !== 0) {
      throw new AisleError('decoder-failed', `the decoder ended: ${this.#lastComplaint || `exit status ${code}`}.`, {
        action: 'Check that the camera sends H.264 or H.265, and that ffmpeg is version 5.1 or newer.',
      })
    }
  }

  async #readPictures(stream: Readable): Promise<void> {
    const ready: PpmPicture[] = []
    const parser = new PpmPictures((picture) => ready.push(picture))
    for await (const chunk of stream) {
      parser.push(chunk)
      for (let picture = ready.shift(); picture; picture = ready.shift()) {
        const atMs = await this.#nextTime()
        if (atMs === undefined) return
        await this.#options.onPicture(picture, atMs)
      }
    }
  }

  /** Times come on a pipe of their own, in the order of the pictures; undefined when no more will come. */
  async #nextTime(): Promise<number | undefined> {
    while (this.#timesMs.length === 0 && !this.#timesEnded) {
      await new Promise<void>((resolve) => {
        this.#awaitTime = resolve
      })
    }
    return this.#timesMs.shift()
  }

  #takeTime(line: string): void {
    const seconds = /^frame:\d+\s+pts:\S+\s+pts_time:(\S+)/.exec(line)?.[1]
    if (seconds === undefined) return
    this.#timesMs.push(Math.round(Number(seconds) * 1000))
    this.#awaitTime?.()
  }

  #endTimes(): void {
    this.#timesEnded = true
    this.#awaitTime?.()
  }

  #complain(line: string): void {
    // Where in its memory something lies changes from line to line and tells nobody anything.
    this.#lastComplaint = line.replace(/^\[(\S+) @ \S+\]/, '$1:').slice(0, 300)
    this.#options.onComplaint(this.#lastComplaint)
  }
}

function argumentsOf({ input, fitIn, intervalMs }: VideoDecoderOptions): string[] {
  const stepS = shortestStep(intervalMs) / 1000
  const { widthPx, heightPx } = fitIn
  const filters = [
    `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${stepS})'`,
    `scale=w='min(iw,${widthPx})':h='min(ih,${heightPx})':force_original_aspect_ratio=decrease:flags=bilinear`,
    // Prints the time of each picture; it prints none that has no note on it.
    'metadata=mode=add:key=aisle:value=1',
    'metadata=mode=print:file=pipe\\\\:3:direct=1',
  ]
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-max_pixels', `${mostPixels}`],
    // More threads decode no sooner: each adds a picture of delay, and there is one decoder for each camera.
    ...['-threads', '1', '-filter_threads', '1', ...input, '-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-vf', filters.join(','), '-fps_mode', 'passthrough'],
    ...['-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', 'pipe:1'],
  ]
}

const missing = (program: string, cause: Error) =>
  new AisleError('ffmpeg-missing', `the video decoder ${program} cannot be started.`, {
    action:
      'Install ffmpeg 5.1 or newer (Debian and Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg), or name the program in OPEN_AISLE_FFMPEG, and start the store again.',
    cause,
  })
