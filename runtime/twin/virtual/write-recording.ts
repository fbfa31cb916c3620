/** Writes a run of the twin as a recording (format open-aisle-recording/1), with its truth for scoring. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { StoreLayout } from '../../profile/layout.ts'
import { itemsOf } from '../world/truth.ts'
import { runVirtual, type VirtualOptions, type VirtualRecord, type VirtualTruth } from './run-virtual.ts'

const streams = ['weights', 'people', 'sightings', 'gate'] as const
type StreamName = (typeof streams)[number]

/** Runs the twin and writes what its sensors said to the folder `dir`, which is made when missing. */
export async function writeTwinRecording(
  dir: string,
  options: VirtualOptions & { name?: string },
): Promise<VirtualTruth> {
  await mkdir(dir, { recursive: true })
  const files = Object.fromEntries(
    streams.map((name) => [name, createWriteStream(join(dir, `${name}.jsonl`))]),
  ) as Record<StreamName, WriteStream>
  const run = runVirtual(options)
  let step = run.next()
  for (; !step.done; step = run.next()) {
    const { stream, line } = lineOf(step.value)
    if (!files[stream].write(`${JSON.stringify(line)}\n`)) await once(files[stream], 'drain')
  }
  for (const name of streams) files[name].end()
  await Promise.all(streams.map((name) => finished(files[name])))

  const truth = step.value
  const write = (file: string, json: unknown) => writeFile(join(dir, file), `${JSON.stringify(json, null, 1)}\n`)
  await write('recording.json', {
    format: 'open-aisle-recording/1',
    name: options.name ?? `twin-${options.layout.storeId}-${options.seed}`,
    source: 'simulated',
    start: seconds(truth.startMs),
    duration: seconds(truth.endMs - truth.startMs),
    currency: options.layout.currency,
  })
  await write('layout.json', layoutJson(options.layout))
  await write('products.json', options.layout.products.map(productJson))
  await write('planogram.json', options.layout.planogram)
  await write('truth.json', truthJson(truth))
  return truth
}

function lineOf(record: VirtualRecord): { stream: StreamName; line: unknown } {
  const t = seconds(record.atMs)
  switch (record.type) {
    case 'samples': {
      const { firstAtMs, rateHz, fixture, plates, grams } = record.batch
      return { stream: 'weights', line: { t: seconds(firstAtMs), hz: rateHz, fixture, plates, g: grams } }
    }
    case 'people': {
      const people = record.message.people.map(({ trackId, headM, handsM, score }) => ({
        id: trackId,
        head: headM,
        hands: handsM,
        score,
      }))
      return { stream: 'people', line: { t, people } }
    }
    case 'sighting': {
      const { camera, positionM, candidates } = record.message
      const seen = candidates.map(({ sku, probability }) => ({ sku, p: probability }))
      return { stream: 'sightings', line: { t, camera, position: positionM, candidates: seen } }
    }
    case 'scan': {
      const { gate, token, party } = record
      const scan = { t, gate, event: 'scan', direction: 'in', token, ...(party === 1 ? {} : { party }) }
      return { stream: 'gate', line: scan }
    }
    case 'gate-pass': {
      const { gate, direction } = record.message
      return { stream: 'gate', line: { t, gate, event: 'pass', direction } }
    }
  }
}

function layoutJson(layout: StoreLayout) {
  return {
    fixtures: layout.fixtures.map(({ id, positionM, yawRad }) => ({ id, position: positionM, yaw: yawRad })),
    plates: layout.plates.map(({ id, fixture, shelf, index, positionM, sizeM, yawRad, ratingG }) => ({
      id,
      fixture,
      shelf,
      index,
      position: positionM,
      size: sizeM,
      yaw: yawRad,
      rating_g: ratingG,
    })),
    gates: layout.gates.map(({ id, kind, zoneM }) => ({ id, kind, zone: zoneM })),
    cameras: layout.cameras.map(({ id, positionM }) => ({ id, position: positionM })),
  }
}

const productJson = (product: StoreLayout['products'][number]) => ({
  sku: product.sku,
  name: product.name,
  weight_g: product.weightG,
  ...(product.weightSdG === null ? {} : { weight_sd_g: product.weightSdG }),
  price: product.priceMinor,
  sold_by: product.soldBy,
  ...(product.ageRestricted ? { age_restricted: true } : {}),
  ...(product.aliases.length > 0 ? { aliases: product.aliases } : {}),
})

function truthJson({ visits, handOvers }: VirtualTruth) {
  const entered = visits.filter(({ enteredAtMs, role }) => enteredAtMs !== null && role === 'shopper')
  const people = new Map(entered.map((visit) => [visit.visit, visit.trackIds[0] as string]))
  const personOf = ({ visit }: { visit: number }) => people.get(visit) as string
  return {
    people: entered.map((visit) => ({ person: personOf(visit), ids: visit.trackIds, token: visit.credential })),
    events: visits
      .flatMap(({ events }) => events)
      // Of what staff do, only what takes something off a shopper's receipt is told.
      .filter(({ visit, payer }) => people.has(payer ?? visit))
      .sort((a, b) => a.fromMs - b.fromMs)
      .map((event) => ({
        t0: seconds(event.fromMs),
        t1: seconds(event.untilMs),
        person: people.get(event.visit) ?? 'staff',
        sku: event.sku,
        quantity: event.quantity,
        delta_g: Math.round(event.deltaG * 10) / 10,
        plates: event.plates,
        ...(event.payer === undefined ? {} : { payer: people.get(event.payer) }),
      })),
    handovers: handOvers
      .filter(({ from, to }) => people.has(from) && people.has(to))
      .map(({ atMs, from, to, sku }) => ({ t: seconds(atMs), from: people.get(from), to: people.get(to), sku })),
    receipts: entered.map((visit) => ({ person: personOf(visit), items: itemsOf(visit) })),
  }
}

const seconds = (ms: number) => Math.round(ms) / 1000
